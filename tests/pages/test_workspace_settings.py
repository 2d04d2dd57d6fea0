"""Settings: the view changes at once, the calendar makes a data version, hours and names a draft of the scheme."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES
from segmentation.imports import read_thresholds
from segmentation.journal import Journal
from segmentation.settings import Check, Thresholds
from segmentation.store import Store
from segmentation.ui.settings_calendar import is_currency_code
from tests.pages.stores import WORLDS, assert_whole, one_customer, open_page, run_anew, store_path, texts
from tests.worlds import PUBLISHED_AT, make_store

PAGE = "workspace_settings"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_it_opens_on_every_book(monkeypatch: pytest.MonkeyPatch, world: str, code: str) -> None:
    assert_whole(open_page(monkeypatch, store_path(world), PAGE, code), code)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[AppTest, Path]:
    store = make_store(tmp_path, **one_customer())
    return open_page(monkeypatch, store.path, PAGE, "en"), store.path


def test_the_money_unit_is_kept_and_acts_at_once(own: tuple[AppTest, Path]) -> None:
    app, path = own
    app.selectbox(key="set.unit.en").set_value("1000").run()
    assert Journal(path).settings()["money_unit"] == "1000"
    assert "12,346K" in texts(run_anew(app))


def test_a_new_calendar_is_a_new_data_version_with_the_same_rows(own: tuple[AppTest, Path]) -> None:
    app, path = own
    app.selectbox(key="set.fiscal.en").set_value(4)
    app.selectbox(key="set.currency").set_value("EUR")
    next(button for button in app.button if "data version" in button.label).click().run()
    assert not app.exception
    first, second = Store(path).versions()
    assert (second.kind, second.calendar.fiscal_month, second.calendar.currency) == ("settings", 4, "EUR")
    assert second.rows == first.rows
    assert app.session_state["version"] == 2
    told = texts(app)
    assert "Changed: Currency" in told and "→ EUR" in told and "January → April" in told
    assert "Time zone" not in told


def test_saving_an_unchanged_calendar_makes_no_data_version(own: tuple[AppTest, Path]) -> None:
    app, path = own
    next(button for button in app.button if "data version" in button.label).click().run()
    assert "Nothing was changed" in texts(app) and len(Store(path).versions()) == 1


def test_the_preset_box_says_own_names_once_one_is_changed(own: tuple[AppTest, Path]) -> None:
    app, _ = own
    assert app.selectbox(key="set.preset.en").value == "abc"
    app.text_input(key="set.name.0").set_value("Gold").run()
    assert app.selectbox(key="set.preset.en").value == "own"
    app.text_input(key="set.name.0").set_value("A").run()
    app.segmented_control(key="set.count").set_value(4).run()
    assert app.selectbox(key="set.preset.en").value == "abcd"


def test_the_sellers_own_hours_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    assert "Your file gives hours for 14 of 14 sellers" in texts(app)
    assert "hours a month with customers" in texts(app)


@pytest.mark.parametrize(
    ("text", "is_code"), [("CNY", True), ("EUROS", False), ("€", False), ("E1R", False), ("元元元", False)]
)
def test_a_currency_is_three_letters(text: str, is_code: bool) -> None:
    assert is_currency_code(text) == is_code


def test_names_hours_and_minutes_become_a_draft_of_the_scheme(
    own: tuple[AppTest, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, path = own
    app.segmented_control(key="set.count").set_value(4).run()
    app.text_input(key="set.name.3").set_value("Rest, of all").run()
    app.number_input(key="set.selling").set_value(50).run()
    app.session_state["set.minutes"] = {
        "edited_rows": {0: {"minutes": 200}},
        "added_rows": [],
        "deleted_rows": [],
    }
    app.run()
    app.button(key="set.apply").click().run()
    assert not app.exception
    saved = next(iter(Journal(path).schemes().values()))
    assert saved.state == "draft"
    assert saved.scheme.policy.names == ("A", "B", "C", "Rest of all")
    assert len(saved.scheme.policy.cuts) == 3
    assert saved.scheme.selling_share == 0.5
    assert saved.scheme.minutes["visit"] == 200.0
    assert app.session_state["draft"] == saved.scheme
    again = open_page(monkeypatch, path, PAGE, "en", scheme=f"{saved.scheme.name}.{saved.scheme.revision}")
    (minutes,) = [frame.value for frame in again.dataframe if "minutes" in frame.value]
    assert minutes["kind"].iloc[0] == "visit" and minutes["minutes"].iloc[0] == 200.0


def test_a_preset_fills_the_names_in(own: tuple[AppTest, Path]) -> None:
    app, _ = own
    app.selectbox(key="set.preset.en").set_value("potential").run()
    names = [app.text_input(key=f"set.name.{place}").value for place in range(4)]
    assert names == ["High potential", "Fast close", "Wait and see", "Low value"]
    assert "never on paper a customer sees" in texts(app)


def test_equal_names_are_refused_in_words(own: tuple[AppTest, Path]) -> None:
    app, _ = own
    app.text_input(key="set.name.1").set_value("A").run()
    assert ":red[" in texts(app) and "different from each other" in texts(app)


def test_the_sample_can_be_looked_at_but_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    app.number_input(key="set.selling").set_value(50).run()
    assert app.button(key="set.apply").disabled
    assert app.selectbox(key="set.zone").disabled


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_check_is_changed_kept_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    store = make_store(tmp_path, **one_customer())
    app = open_page(monkeypatch, store.path, PAGE, code)
    app.number_input(key="check.fewer_orders.start").set_value(30)
    app.segmented_control(key=f"set.check.fewer_orders.{code}").set_value("stop")
    press(app, {"en": "Keep these checks", "zh": "保存检查标准"}[code])
    assert not app.exception
    kept = read_thresholds(store)
    assert kept == replace(Thresholds(), fewer_orders=Check(0.3, "stop"))
    assert {"en": "Changed: Fewer orders", "zh": "改动：当月订单明显少于平时"}[code] in texts(app)
    (event,) = [one for one in Journal(store.path).events("setting") if one.key == "checks"]
    assert event.payload["value"]["fewer_orders"] == {"start": 0.3, "level": "stop"}


def test_what_retention_takes_away_is_told_before_it_is_kept(own: tuple[AppTest, Path]) -> None:
    app, path = own
    for number in (1, 2, 3):
        Store(path).undo(number, "anna", PUBLISHED_AT)
    app = run_anew(app)
    app.number_input(key="keep.count.versions").set_value(2).run()
    assert "2 of 4 uploads would go: no. 1, 2" in texts(app)
    app.button(key="keep.save").click().run()
    assert not app.exception and Journal(path).settings()["retention"] == {"versions": 2}
    assert len(Store(path).versions()) == 4, "nothing goes before the next publish"
    app.button(key="keep.drill").click().run()
    assert "4 uploads restored from their files, all with the same totals" in texts(app)


def test_a_customer_is_counted_confirmed_and_erased(own: tuple[AppTest, Path]) -> None:
    app, path = own
    key = Store(path).open().query("stored_customers")["customer_id"][0]
    app.text_input(key="erase.customer").set_value("nobody")
    press(app, "Count what is stored")
    assert "nobody" in texts(app) and Store(path).current().number == 1  # type: ignore[union-attr]
    app.text_input(key="erase.customer").set_value(key)
    press(app, "Count what is stored")
    assert app.button(key="erase.now").disabled
    app.text_input(key=f"erase.again.{key}").set_value(key).run()
    app.button(key="erase.now").click().run()
    assert not app.exception and "Erased. Upload no. 2" in texts(app)
    with Store(path).open() as book:
        assert book.version.kind == "erasure" and book.query("stored_customers").empty
