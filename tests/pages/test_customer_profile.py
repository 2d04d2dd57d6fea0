"""The customer page: found by search or link, explained in one sentence, every row with sheet and cell."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES
from tests.pages.stores import WORLDS, assert_whole, open_page, store_path, texts
from tests.worlds import make_store

PAGE = "customer_profile"
BAD_NAME = "![x](http://evil.example/p.png) <script>alert(1)</script> :red[**Acme**]"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_it_opens_on_every_book(monkeypatch: pytest.MonkeyPatch, world: str, code: str) -> None:
    app = open_page(monkeypatch, store_path(world), PAGE, code)
    assert_whole(app, code)
    if world == "undone":
        assert app.button(key="profile.empty.go")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_largest_customer_is_explained_without_a_click(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, code)
    said = texts(app)
    assert ("Score breakdown" in said) == (code == "en")
    assert ("得分构成" in said) == (code == "zh")
    rows = next(frame.value for frame in app.dataframe if "cell" in frame.value.columns)
    assert rows["cell"].str.fullmatch(r"[A-Z]+[0-9]+").all()
    assert set(rows["sheet"]) and len(rows) > 5


def test_search_ignores_case_and_keeps_the_choice_in_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    app.text_input(key="profile.search").set_value("c0486").run()
    assert not app.exception
    assert app.selectbox[-1].value == "C0486"
    assert app.query_params["customer"] == "C0486"


def test_a_link_opens_its_customer(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en", customer="C0007")
    assert "C0007" in texts(app)
    assert app.query_params["customer"] == "C0007"


def test_a_link_to_nobody_says_so_and_shows_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en", customer="nobody")
    assert not app.exception
    assert "There is no customer" in texts(app)


def test_nobody_found_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    app.text_input(key="profile.search").set_value("zzzz *no*").run()
    assert not app.exception
    assert "No customer matches" in texts(app)
    assert "*no*" not in texts(app)
    assert "Score breakdown" in texts(app), "who was shown stays"


def test_the_first_visit_adds_nothing_to_the_browsers_history(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    assert "customer" not in app.query_params
    app.selectbox[-1].select_index(3).run()
    assert app.query_params["customer"] == app.selectbox[-1].value


def test_rows_shown_are_rows_counted_and_rows_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    counted, left = re.search(r"Counted: (\d+) rows .*left out: (\d+) rows?", texts(app)).groups()  # type: ignore[union-attr]
    assert f"Order rows {int(counted) + int(left)}" in str(app.segmented_control(key="profile.kind"))


def test_a_customer_without_touches_says_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("one_customer"), PAGE, "en")
    app.segmented_control(key="profile.kind").set_value("touches").run()
    assert "not recorded, which is not the same as not contacted" in texts(app)


def test_a_name_is_never_markup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    customers = pd.DataFrame(
        {"customer_id": ["C1"], "name": [BAD_NAME], "owner": ["<b>x</b> [y](http://evil.example)"],
         "first_contact_on": ["2024-01-01"]}
    )  # fmt: skip
    orders = pd.DataFrame(
        {"order_id": ["O1", "O2"], "customer_id": ["C1"] * 2, "ordered_on": ["2025-01-01", "2025-05-01"],
         "amount": [5, 6]}
    )  # fmt: skip
    store = make_store(tmp_path, customers=customers, orders=orders)
    app = open_page(monkeypatch, store.path, PAGE, "en")
    assert not app.exception
    for marks in ("![", "](", "<script", "<b>", ":red[*", "http://evil"):
        assert marks not in texts(app), marks
    assert "Acme" in texts(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_months_and_the_likely_tiers_are_told(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, code, customer="C0486")
    said = unescape(texts(app))
    start, normal = {
        "en": ("Tier at each month's end: ", "with normal month-to-month change it would be"),
        "zh": ("各月末等级：", "按正常的月度波动"),
    }[code]
    assert start in said and normal in said
    assert re.search({"en": r"\d+ changes of score", "zh": r"\d+ 次得分变化"}[code], said)


def test_a_short_history_cannot_be_looked_back_on(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("one_customer"), PAGE, "en")
    assert_whole(app, "en")
    assert "history is too short" in texts(app) or "changes of score between month ends are known" in texts(
        app
    )


def test_a_large_company_is_replayed_on_request_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmentation.ui.profile_months.MOST_WITHOUT_ASKING", 100)
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en", customer="C0486")
    assert "Tier at each month" not in unescape(texts(app))
    next(button for button in app.button if "Replay the last 12" in button.label).click().run()
    assert not app.exception and "Tier at each month" in unescape(texts(app))
    app.selectbox[-1].select_index(3).run()
    assert "Tier at each month" in unescape(texts(app)), "asked for once, shown for every customer"
