"""Companies at the edge of what can be said: each opens in both languages, says what it can and what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Code, Language, catalogue
from tests.pages.states import MARKUP, STATES
from tests.pages.stores import open_page
from tests.worlds import make_store

TUNING, PROFILE = "tier_tuning", "customer_profile"
# State → what stands on the tuning page and on the first customer's: message ids, with the number they count.
SAID: dict[str, tuple[dict[str, int | None], dict[str, int | None]]] = {
    "thirty_customers_one_month": (
        {"empty.small": 30, "v.short.none.need": None, "sweep.few": 22, "head.sum": 30},
        {"rows.all": 6, "profile.likely.few": 0},
    ),
    "one_tier_empty": ({"rule.line.nobody": None, "head.sum": 60}, {}),
    "equal_scores": (
        {"rule.one_score": 40, "rule.line.nobody": None, "v.short.alone": None},
        {"profile.top": None},
    ),
    "only_refunds": ({"empty.rated": 30, "rated.by.none": None, "fact.refunded": 30}, {"why.unrated": None}),
    "refunds_outweigh": ({"dist.refunds": None, "rule.line.nobody": None}, {"profile.top": None}),
    "named_like_markup": ({"head.sum": 40}, {"profile.grade": None, "profile.group.sum": 5}),
    "one_customer": ({"empty.one": None, "v.short.alone": None, "head.sum": 1}, {"drop.none": None}),
    "nobody_rated": (
        {"empty.rated": 20, "rated.by.new": None, "rated.first": None, "empty.facts": None},
        {"profile.breakdown.none": None, "rows.all": 1},
    ),
    "without_orders": ({"orders.from_deals": 47, "alloc.none": None}, {"profile.from_deals": None}),
    "without_touches": ({"empty.touches": None, "empty.spend": None}, {}),
    "without_deals": ({"empty.deals": None}, {}),
    "without_customers": ({"head.sum": 60}, {}),
    "customers_alone": ({"empty.rated": 60, "rated.by.none": None}, {"profile.months.undated": None}),
    "touches_alone": (
        {"dist.none": None, "alloc.unsold": None, "moves.unsold": None},
        {"profile.no_orders": None},
    ),
    "one_week": ({"empty.small": 25, "rule.line.nobody": None}, {"profile.months.none": None}),
    "flat_sheet": (
        {"v.asis": None, "dist.none": None, "moves.unsold": None},
        {"profile.months.undated": None},
    ),
}
QUERIES = {
    "one_tier_empty": {"lines": "score", "score1": "66", "score2": "66"},
    "without_deals": {"outcome": "win_rate"},
}
# A number that is none, a count of nothing out of nothing, and one of a thing called many.
BROKEN = re.compile(
    r"\b(?:nan|NaN|NaT|None|inf|Infinity)\b|<NA>|(?<![\w.,–])[-−]0(?:\.0)?(?![\d.,])|\b0 of 0\b|\b0/0\b"
    r"|(?<![\d.,])1 (?:customers|orders|days|deals|months|rows|follow-ups|cases|settings|tiers)\b"
)
ENGLISH = re.compile(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}")
DRAWN = {"text", "ticktext", "title", "hovertext", "hovertemplate", "name"}


@cache
def state_path(state: str) -> Path:
    folder = Path(mkdtemp(prefix=f"tierboard-{state}-"))
    return Path(make_store(folder, **STATES[state]()).path)


def written(app: AppTest) -> list[str]:
    """Sentences, names of controls and what stands where someone points at a mark: everything markdown is made of."""
    found = [
        str(element.value)
        for kind in ("header", "subheader", "markdown", "caption")
        for element in app.get(kind)
    ]
    marked = [*app.markdown, *app.button, *app.selectbox, *app.slider]
    found += [str(element.proto.help) for element in marked if getattr(element.proto, "help", "")]
    return found + [element.label for element in (*app.button, *app.selectbox, *app.slider)]


def drawn(app: AppTest) -> list[str]:
    """Texts of the charts, their alternatives, and the headers and words of tables."""
    charts = [element.proto for element in app.get("plotly_chart")]
    found = [proto.alt for proto in charts]
    found += [text for proto in charts for text in texts_of(json.loads(proto.spec))]
    for frame in (*app.dataframe, *app.table):
        found += [str(cell) for cell in frame.value.select_dtypes(exclude="number").to_numpy().ravel()]
    return found


def texts_of(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner, name)
    elif isinstance(value, str) and name in DRAWN:
        yield value


def plain(text: str) -> str:
    return unescape(text).replace("\u2060", "")


def pattern(message: str, count: int | None, code: Code) -> str:
    """The message as a regular expression: its count as it is, anything for the other facts."""
    found = catalogue(code)
    raw = message if count is None else found.ngettext(message, message, count)
    raw = found.gettext(message) if raw == message else raw
    assert raw != message, f"{message} is not in the catalogue"
    parts = re.split(r"(\{\w+\})", raw)
    fixed = {"{n}": re.escape(Language(code).number(count))} if count is not None else {}
    return "".join(fixed.get(part, r"[^\n]+?") if part.startswith("{") else re.escape(part) for part in parts)


def assert_sound(app: AppTest, said: dict[str, int | None], code: Code, state: str) -> None:
    assert not app.exception, [element.value for element in app.exception]
    sentences, figures = written(app), drawn(app)
    if state == "named_like_markup":
        loose = [(mark, text) for mark in MARKUP for text in sentences if mark in text]
        assert not loose, "a name reached markdown as markup"
    everything = [plain(text) for text in (*sentences, *figures)]
    broken = [text for text in everything if BROKEN.search(text)]
    assert not broken, broken
    if code == "zh" and state != "named_like_markup":
        assert not [text for text in everything if ENGLISH.search(re.sub(r"<[^>]*>", "", text))]
    told = "\n".join(everything)
    for message, count in said.items():
        assert re.search(pattern(message, count, code), told), (message, told)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_every_state_says_what_it_can(monkeypatch: pytest.MonkeyPatch, state: str, code: Code) -> None:
    on_tuning, on_profile = SAID[state]
    store = state_path(state)
    app = open_page(monkeypatch, store, TUNING, code, **QUERIES.get(state, {}))
    assert_sound(app, on_tuning, code, state)
    assert_sound(open_page(monkeypatch, store, PROFILE, code), on_profile, code, state)


@pytest.mark.parametrize("state", ["one_customer", "equal_scores", "refunds_outweigh", "one_week"])
def test_sales_as_result_and_hours_as_lines_hold_too(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    query = {"outcome": "revenue_per_customer", "lines": "hours"}
    assert_sound(open_page(monkeypatch, state_path(state), TUNING, "en", **query), {}, "en", state)


def test_results_without_a_date_do_not_stand_in_for_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, state_path("flat_sheet"), TUNING, "en")
    assert "stand in for orders" not in "\n".join(map(plain, written(app)))
