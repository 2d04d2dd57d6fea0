"""A score explained adds up, names the line it passed, and every way to the next tier is checked by scoring again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from segmentation.explanations import Explanation, explain
from segmentation.i18n import LANGUAGES, Language
from segmentation.reasons import say_drop, say_next, say_why
from segmentation.schemes import Scheme
from segmentation.standing import Standing, stand
from tests.worlds import make_book

AS_OF = date(2026, 6, 30)
NAMES = ("A", "B", "C")
CUTS = (70.0, 30.0)


def _orders() -> pd.DataFrame:
    """Customer k of 40 orders k // 4 + 1 times, 100·k each, the last one 40 − k days before the as-of date."""
    rows = []
    for k in range(40):
        for place in range(k // 4 + 1):
            day = pd.Timestamp(AS_OF) - pd.Timedelta(days=41 - k + 25 * place)
            rows.append((f"O{k}-{place}", f"C{k:02d}", f"{day:%Y-%m-%d}", 100 * k + 50))
    return pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_on", "amount"])


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    customers = pd.DataFrame(
        {
            "customer_id": [f"C{k:02d}" for k in range(40)] + ["NEW", "SILENT"],
            "name": [f"Customer {k}" for k in range(40)] + ["Newcomer", "Silent"],
            "first_contact_on": ["2024-01-01"] * 40 + ["2026-06-20", "2024-01-01"],
        }
    )
    book = make_book(tmp_path_factory.mktemp("book"), customers=customers, orders=_orders())
    return stand(book, Scheme(method="rfm"), AS_OF)


@pytest.fixture(scope="module")
def everybody(standing: Standing) -> list[Explanation]:
    rated = standing.reasons.index[standing.reasons.isna()]
    return [explain(standing, customer_id, CUTS, NAMES) for customer_id in rated]


def test_the_parts_add_up_to_the_score(everybody: list[Explanation]) -> None:
    for explained in everybody:
        assert sum(part.points for part in explained.parts) == pytest.approx(explained.score)
        assert all(part.points <= (part.most or 0) + 1e-9 for part in explained.parts)


def test_every_part_says_the_number_it_read(standing: Standing) -> None:
    explained = explain(standing, "C20", CUTS, NAMES)
    row = standing.features.loc["C20"]
    read = {part.feature: part.value for part in explained.parts}
    assert read == {name: float(row[name]) for name in ("recency_days", "order_count", "amount")}


def test_tier_line_and_gap(everybody: list[Explanation]) -> None:
    explained = everybody
    assert {e.tier for e in explained} == set(NAMES)
    for e in explained:
        assert e.score is not None
        assert e.tier == ("A" if e.score >= 70 else "B" if e.score >= 30 else "C")
        assert e.cut == {"A": 70.0, "B": 30.0, "C": None}[e.tier]
        assert e.next_cut == {"A": None, "B": 70.0, "C": 30.0}[e.tier]
        assert e.gap == (None if e.tier == "A" else pytest.approx(e.next_cut - e.score))


def test_each_way_alone_reaches_the_next_line_and_a_little_less_does_not(
    standing: Standing, everybody: list[Explanation]
) -> None:
    """Checked against the method itself, with the edges of everybody held fixed."""
    ways = 0
    for e in everybody:
        for way in e.ways:
            ways += 1
            step = -1.0 if way.is_at_least else 1.0
            if way.feature == "amount":
                step = -0.02 * way.value
            for value, should in ((way.value, True), (way.value + step, False)):
                row = standing.features.loc[[e.customer_id]].copy()
                row[way.feature] = float(value)
                score = standing.method.score(row, standing.scored.fitted).scores.iloc[0]
                assert (score >= (e.next_cut or 0)) == should, (e.customer_id, way, score, e.next_cut)
    assert ways > 10


def test_a_customer_too_far_below_has_no_single_way(standing: Standing) -> None:
    worst = explain(standing, "C04", (99.0, 95.0), NAMES)
    assert worst.tier == "C" and worst.gap is not None and worst.gap > 34
    assert worst.ways == ()
    assert "one thing alone" in say_next(worst, Language("en"), str)


def test_one_way_and_several_are_said_apart(everybody: list[Explanation]) -> None:
    several = next(e for e in everybody if len(e.ways) > 1)
    assert "One of these would" in say_next(several, Language("en"), str)
    assert "This alone would" in say_next(replace(several, ways=several.ways[:1]), Language("en"), str)


def test_equal_to_the_line_is_above_it(standing: Standing) -> None:
    score = float(standing.scored.scores["C20"])
    assert explain(standing, "C20", (score, 1.0), NAMES).tier == "A"


def test_an_empty_tier_above_promises_nothing(standing: Standing) -> None:
    explained = explain(standing, "C20", (float("inf"), 1.0), NAMES)
    assert (explained.tier, explained.next_tier, explained.ways) == ("B", None, ())


def test_unrated_customers_have_a_reason_and_no_score(standing: Standing) -> None:
    for customer_id in ("NEW", "SILENT"):
        explained = explain(standing, customer_id, CUTS, NAMES)
        assert (explained.tier, explained.score, explained.parts) == ("unrated", None, ())
        assert explained.reason in ("new", "none")


def test_nobody_is_a_key_error(standing: Standing) -> None:
    with pytest.raises(KeyError):
        explain(standing, "nobody", CUTS, NAMES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_sentences_are_whole_in_both_languages(standing: Standing, code: str) -> None:
    language = Language(code)  # type: ignore[arg-type]
    for customer_id in standing.features.index:
        explained = explain(standing, customer_id, CUTS, NAMES)
        for sentence in (say(explained, language, str) for say in (say_why, say_next, say_drop)):
            assert not any(mark in sentence for mark in ("{", "why.", "way.", "drop."))
    why = say_why(explain(standing, "C20", CUTS, NAMES), language, str)
    assert why.startswith("Customer 20")
    assert ("points" in why) == (code == "en")


@pytest.mark.parametrize("method", ["abc", "scorecard"])
def test_other_methods_explain_themselves_too(standing: Standing, tmp_path: Path, method: str) -> None:
    registry = pytest.importorskip("segmentation.methods.registry")
    if method not in registry.methods():
        pytest.skip(f"{method} is not there")
    book = make_book(tmp_path, orders=_orders())
    other = stand(book, Scheme(method=method), AS_OF)
    explained = explain(other, "C20", (99.0, 1.0), NAMES)
    assert explained.tier == "B" and explained.parts
    assert sum(part.points for part in explained.parts) == pytest.approx(explained.score)


def test_each_drop_alone_costs_the_tier_and_a_little_less_does_not(
    standing: Standing, everybody: list[Explanation]
) -> None:
    drops = 0
    for e in everybody:
        assert (e.cushion is None) == (e.tier == "C") and (e.tier != "C" or e.drops == ())
        for way in e.drops:
            drops += 1
            step = -1.0 if way.is_at_least else 1.0
            if way.feature == "amount":
                step = 0.02 * way.value
            for value, should in ((way.value, True), (way.value + step, False)):
                row = standing.features.loc[[e.customer_id]].copy()
                row[way.feature] = float(value)
                score = standing.method.score(row, standing.scored.fitted).scores.iloc[0]
                assert (score < (e.cut or 0)) == should, (e.customer_id, way, score, e.cut)
    assert drops > 10


def test_what_would_cost_the_tier_is_said(everybody: list[Explanation]) -> None:
    told = next(e for e in everybody if len(e.drops) > 1)
    assert f"One of these alone would make it {told.lower_tier}" in say_drop(told, Language("en"), str)
    assert "This alone would make" in say_drop(replace(told, drops=told.drops[:1]), Language("en"), str)
    assert "No single thing" in say_drop(replace(told, drops=()), Language("en"), str)
    lowest = next(e for e in everybody if e.tier == "C")
    assert say_drop(lowest, Language("en"), str) == ""


def test_lines_on_top_of_each_other_leave_no_tier_between_them(standing: Standing) -> None:
    rated = standing.reasons.index[standing.reasons.isna()]
    found = [explain(standing, customer_id, (50.0, 50.0), NAMES) for customer_id in rated]
    assert {(e.tier, e.next_tier, e.lower_tier) for e in found} == {("A", None, "C"), ("C", "A", None)}


def test_a_line_close_by_is_told_in_whole_steps(tmp_path: Path) -> None:
    """Points that fade from the first day on: a customer who ordered today loses the tier tomorrow, not today."""
    people = pd.DataFrame(
        {"customer_id": [f"C{k:02d}" for k in range(40)], "calls": [k // 3 for k in range(40)]}
    )
    orders = _orders().assign(ordered_on=lambda told: told["ordered_on"].mask(told.index == 39, f"{AS_OF}"))
    book = make_book(tmp_path, customers=people, orders=orders)
    scheme = Scheme(method="scorecard", method_params={"attributes": ("calls",), "attribute_points": 40})
    standing = stand(book, scheme, AS_OF)
    today = standing.features["recency_days"].astype("float64").idxmin()
    assert standing.features.at[today, "recency_days"] == 0
    score = float(standing.scored.scores[today])
    told = explain(standing, str(today), (score, 0.0), NAMES)
    days = {way.feature: way.value for way in told.drops}
    assert days["recency_days"] == 1
    near = explain(standing, "C20", (float(standing.scored.scores["C20"]), 0.0), NAMES)
    assert {way.feature: way.value for way in near.drops}["attribute:calls"] == 3, (
        "calls are whole for everybody"
    )
