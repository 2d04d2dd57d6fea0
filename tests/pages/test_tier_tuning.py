"""The tuning page: it opens on every book, the sum closes, lines move everything at once, the link says it all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES
from segmentation.journal import Journal
from segmentation.methods.registry import BrokenMethod
from tests.pages.stores import ROOT, SECONDS, WORLDS, assert_whole, one_customer, run_anew, store_path, texts
from tests.worlds import make_store

NASTY = "![x](http://h) <script>alert(1)</script> $x$ :red[x]"


def open_tuning(monkeypatch: pytest.MonkeyPatch, store: Path, code: str = "en", **query: str) -> AppTest:
    monkeypatch.setenv("TIERBOARD_STORE", str(store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    for name, value in {"lang": code, **query}.items():
        app.query_params[name] = value
    return app.run()


def headline(app: AppTest) -> str:
    return str(app.header[0].value)


def sum_line(app: AppTest) -> list[int]:
    """The numbers of "116 + 349 + 699 + 36 not rated = 1,200 customers."."""
    found = next(line for line in texts(app).splitlines() if re.search(r"\d \+ .*=", line))
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", found)]


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """Specifications on the wire by the alternative text's first word."""
    return {proto.proto.alt.split(" ")[0]: json.loads(proto.proto.spec) for proto in app.get("plotly_chart")}


def customers(count: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """A small company: `count` customers with orders over two years."""
    random = np.random.default_rng(seed)
    ids = [f"C{number:03d}" for number in range(count)]
    owners = np.repeat(ids, 1 + random.integers(0, 9, count))
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 730, len(owners)), "D")
    orders = pd.DataFrame(
        {
            "order_id": [f"O{number}" for number in range(len(owners))],
            "customer_id": owners,
            "ordered_on": days.strftime("%Y-%m-%d"),
            "amount": random.integers(100, 9_000, len(owners)),
        }
    )
    names = [NASTY if number == 0 else f"Company {number}" for number in range(count)]
    told = pd.DataFrame({"customer_id": ids, "name": names, "first_contact_on": ["2023-06-01"] * count})
    return {"customers": told, "orders": orders}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small company for tests that only look: proposed and read once, and left as it was made."""
    store = make_store(tmp_path_factory.mktemp("looked-at"), **customers(60))
    before = Journal(store.path).number()
    yield Path(store.path)
    assert Journal(store.path).number() == before, "a test that only looks has written"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The same company for one test that writes."""
    return Path(make_store(tmp_path, **customers(60)).path)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_it_opens_on_every_book(monkeypatch: pytest.MonkeyPatch, world: str, code: str) -> None:
    assert_whole(open_tuning(monkeypatch, store_path(world), code), code)


def test_the_sample_shows_its_charts_and_a_sum_that_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_tuning(monkeypatch, store_path("sample"))
    *parts, total = sum_line(app)
    assert sum(parts) == total == 1_200
    alts = [proto.proto.alt for proto in app.get("plotly_chart")]
    assert len(alts) == 7 and all(alts)
    assert "invented sample company" in texts(app)


def test_the_charts_of_one_rerun_weigh_at_most_30_kb(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_tuning(monkeypatch, store_path("sample"))
    sizes = [len(proto.proto.spec.encode()) for proto in app.get("plotly_chart")]
    assert sum(sizes) <= 30 * 1024, sizes


def test_moving_a_line_moves_headline_sum_charts_and_link(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = open_tuning(monkeypatch, own)
    before, drawn = headline(app), charts(app)
    assert "scheme" not in app.query_params, "a bookmark would never open a scheme published later"
    app = run_anew(app.slider(key="customers1@slider").set_value(60.0).run())
    assert app.query_params["scheme"] in ("proposed", ["proposed"]), "the link does not say what was changed"
    assert headline(app) != before
    stands_still = {"Matrix"}  # the cells of value and behaviour know no line
    assert {name for name in drawn if charts(app)[name] == drawn[name]} <= stands_still
    assert app.query_params["customers1"] in ("60", ["60"])
    assert "Draft, 2 changes" in texts(app)
    *parts, total = sum_line(app)
    assert sum(parts) == total == 60


def test_a_link_opens_the_same_figures_in_either_language(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    link = {
        "lines": "number",
        "number1": "7",
        "names": "A,B,C,D",
        "outcome": "revenue_per_customer",
        "rfm.bins": "4",
    }
    english = open_tuning(monkeypatch, own, "en", **link)
    chinese = open_tuning(monkeypatch, own, "zh", **link)
    assert sum_line(english) == sum_line(chinese)
    assert len(sum_line(english)) == 6
    assert english.session_state["draft"] == chinese.session_state["draft"]
    assert english.session_state["draft"].policy.kind == "number"


@pytest.mark.parametrize(
    "link",
    [
        {"customers1": "abc"},
        {"customers1": "900"},
        {"lines": "nonsense"},
        {"names": "A,A"},
        {"names": "A"},
        {"method": "../../etc"},
        {"list": "2999-01-01"},
        {"days": "-4"},
        {"scheme": "gone.9"},
        {"lang": "xx"},
    ],
)
def test_what_a_link_may_not_say_gives_way(
    monkeypatch: pytest.MonkeyPatch, own: Path, link: dict[str, str]
) -> None:
    expected = sum_line(open_tuning(monkeypatch, own))
    app = open_tuning(monkeypatch, own, **{"lang": "en", **link})
    assert not app.exception
    assert sum_line(app) == expected
    (asked,) = (f"{name}={value}" for name, value in link.items())
    assert f"The link asks for {asked}," in unescape(texts(app))
    app = run_anew(app.slider(key="customers1@slider").set_value(60.0).run())
    assert "The link asks for" not in texts(app)


def test_stating_the_lines_otherwise_leaves_them_where_they_are(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    app = open_tuning(monkeypatch, own)
    expected = sum_line(app)
    for kind in ("score", "number", "customers"):
        app = run_anew(app.selectbox(key="lines@en").set_value(kind).run())
        assert sum_line(app) == expected, kind


def test_publishing_freezes_the_lines_as_points(monkeypatch: pytest.MonkeyPatch, written: Path) -> None:
    app = open_tuning(monkeypatch, written)
    expected = sum_line(app)
    cuts = app.session_state["held_lines"]["score"]
    app.button(key="publish").click().run()
    app.button(key="publish_now").click().run()
    kept = Journal(written).published_scheme()
    assert kept is not None
    assert kept.policy.kind == "score"
    assert kept.policy.cuts == pytest.approx(cuts)
    assert kept.fitted
    app = run_anew(app)
    assert sum_line(app) == expected
    assert "In force" in texts(app)
    assert "Lines are fixed" in texts(app)


def test_the_sample_can_be_neither_published_nor_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_tuning(monkeypatch, store_path("sample"))
    assert app.button(key="publish").disabled
    assert not [button for button in app.button if button.key == "save_as"]


def test_without_follow_ups_hours_are_missing_not_zero(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    said = texts(open_tuning(monkeypatch, own))
    assert "No follow-ups yet" in said
    assert "of hours" not in said.splitlines()[0]


def test_without_deals_the_page_names_the_table_that_would_help(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    assert "No deals yet" in texts(open_tuning(monkeypatch, own, outcome="win_rate"))


def test_too_short_a_history_shows_tiers_and_no_results(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = open_tuning(monkeypatch, own, days="365", **{"rfm.window_days": "730"})
    assert "too early to judge" in texts(app)
    assert sum_line(app)[-1] == 60


def test_a_customers_name_is_never_markup(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = open_tuning(monkeypatch, own, lines="number", number1="40")
    for kind in ("markdown", "header", "button", "selectbox", "slider", "caption", "html"):
        for element in app.get(kind):
            assert "http://h" not in str(element.proto), kind


def test_a_tier_name_from_a_link_is_never_markup(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = open_tuning(monkeypatch, own, names="![x](http://h),<script>y</script>,$z$")
    written = "\n".join(str(element.value) for element in (*app.markdown, *app.header))
    for mark in ("![x]", "<script>", "$z$"):
        assert mark not in written
    assert "http://h" not in "".join(slider.label for slider in app.slider)


def test_one_customer_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = open_tuning(monkeypatch, Path(make_store(tmp_path, **one_customer()).path))
    assert not app.exception
    assert sum_line(app)[-1] == 1


def test_why_this_method_and_window_is_said_where_it_acts(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = open_tuning(monkeypatch, own)
    assert "RFM with 3 grades per dimension" in texts(app)
    for key in ("method@en", "rfm.window_days@en", "outcome@en", "days@en"):
        assert "Proposed from your data" in app.selectbox(key=key).help, key
    changed = open_tuning(monkeypatch, own, method="abc")
    assert "RFM with 3 grades" not in "\n".join(element.value for element in changed.markdown)


def test_a_stored_unit_that_means_nothing_does_not_stop_the_page(
    monkeypatch: pytest.MonkeyPatch, written: Path
) -> None:
    Journal(written).change_setting("money_unit", "abc", "test", datetime(2026, 1, 1))
    app = open_tuning(monkeypatch, written)
    assert app.session_state["session"].look.money_unit == "auto"
    assert sum_line(app)[-1] == 60


def test_a_broken_method_is_a_card_and_the_rest_works(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    broken = (BrokenMethod("x_<b>.py", "TypeError: ![x](http://h)"),)
    monkeypatch.setattr("segmentation.ui.method_form.broken_methods", lambda: broken)
    app = open_tuning(monkeypatch, own)
    assert len(app.error) == 1 and "http://h" not in app.error[0].value
    assert sum_line(app)[-1] == 60


def test_a_line_that_ties_keep_in_place_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_tuning(monkeypatch, store_path("sample"), customers1="1")
    said = texts(app)
    reached = re.search(r"\*\*A\*\* best (\d+)%", str(app.slider(key="customers1@slider").label))
    assert reached and int(reached[1]) > 1
    assert f"1% asked, {reached[1]}% taken" in said
    assert f"A the best {reached[1]}%" in said


def test_another_method_keeps_the_sizes_of_lines_stated_as_points(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    app = open_tuning(monkeypatch, own)
    app = run_anew(app.selectbox(key="lines@en").set_value("score").run())
    before = sum_line(app)
    app = run_anew(app.selectbox(key="method@en").set_value("scorecard").run())
    assert app.session_state["draft"].policy.kind == "customers"
    assert all(abs(ours - theirs) <= 6 for ours, theirs in zip(sum_line(app), before, strict=True))
    app = run_anew(app.selectbox(key="method@en").set_value("abc").run())
    policy = app.session_state["draft"].policy
    assert (policy.kind, policy.cuts) == ("value", (0.7, 0.9))


def test_a_look_at_other_methods_moves_no_line(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = open_tuning(monkeypatch, own, method="rfm", customers1="15", customers2="45")
    before, policy = sum_line(app), app.session_state["draft"].policy
    for method in ("abc", "scorecard", "lifecycle", "rfm"):
        app = run_anew(app.selectbox(key="method@en").set_value(method).run())
    assert app.session_state["draft"].policy == policy and sum_line(app) == before


def test_controls_that_would_change_nothing_are_not_drawn(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    def sliders(**link: str) -> set[str]:
        return {str(slider.key) for slider in open_tuning(monkeypatch, own, **link).slider}

    assert "scorecard.amount_points@slider" in sliders(method="scorecard")
    card = sliders(method="scorecard", **{"scorecard.preset": "leads"})
    assert "scorecard.half_life_days@slider" in card
    assert not [key for key in card if "_points@" in key]
    assert "rfm.first_amount@slider" not in sliders(method="rfm")
    assert "rfm.first_amount@slider" in sliders(method="rfm", **{"rfm.cut": "fixed"})


def test_orders_of_nobody_known_are_named_under_the_sum(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tables = customers(60)
    strangers = tables["orders"].head(3).assign(order_id=["X1", "X2", "X2"], customer_id="Z9", amount=100)
    tables["orders"] = pd.concat([tables["orders"], strangers], ignore_index=True)
    said = texts(open_tuning(monkeypatch, Path(make_store(tmp_path, **tables).path)))
    assert "2 orders (¥300) belong to no known customer." in said


def test_won_deals_that_stand_in_for_orders_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tables = customers(60)
    orders = tables.pop("orders").rename(columns={"order_id": "deal_id", "ordered_on": "closed_on"})
    tables["deals"] = orders.assign(state="won", opened_on=orders["closed_on"])
    said = texts(open_tuning(monkeypatch, Path(make_store(tmp_path, **tables).path)))
    assert f"{len(orders)} won deals stand in for orders." in said
    assert "belong to no known customer" not in said


def test_recorded_results_are_offered_only_where_there_are_any(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    app = open_tuning(monkeypatch, own, outcome="recorded")
    assert "Yes/no in your sheet" not in app.selectbox(key="outcome@en").options
    assert app.session_state["draft"].outcome != "recorded"
