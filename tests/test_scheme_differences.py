"""Two schemes held against each other: every decision in words, every customer counted once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES, Language
from segmentation.rosters import Roster, assign
from segmentation.scheme_differences import (
    CustomerDifference,
    count_moves,
    list_differences,
    tell_difference,
)
from segmentation.schemes import DEFAULT_MINUTES, STANDARDS, UNRATED, Scheme, Standard, TierPolicy
from segmentation.tuning import draw_lines, prepare
from tests.random_worlds import DAYS, START, MemoryBook, make_frames

BASE = Scheme(method="rfm", policy=TierPolicy(("A", "B", "C"), "customers", (0.1, 0.4)))


def told(after: Scheme, code: Any = "en", before: Scheme = BASE) -> list[str]:
    return [tell_difference(found, Language(code)) for found in list_differences(before, after)]


def test_equal_schemes_differ_in_nothing() -> None:
    renamed = BASE.changed(name="other", revision=7, method_params={"window_days": 365})
    assert list_differences(BASE, renamed) == ()


CHANGES: tuple[tuple[Mapping[str, Any], list[str]], ...] = (
    ({"method": "abc"}, ["Method: RFM → ABC analysis"]),
    ({"method": "abc", "method_params": {"window_days": 730}},
     ["Method: RFM → ABC analysis", "Period counted: 12 months → 24 months"]),
    ({"method_params": {"window_days": None}}, ["Period counted: 12 months → All history"]),
    ({"method_params": {"bins": 3}}, ["Grades per dimension: 5 → 3"]),
    ({"fitted": {"x": (1.0,)}}, ["Edges of the method: fitted to the data each time → fixed"]),
    ({"policy": TierPolicy(("A", "B", "C"), "customers", (0.125, 0.4))}, ["Line of A: 10% → 12.5%"]),
    ({"policy": TierPolicy(("A", "B", "C"), "score", (80, 50.5))},
     ["Lines stated as: Share of customers (10%, 40%) → Points (80 points, 50.5 points)"]),
    ({"policy": TierPolicy(("A", "B"), "customers", (0.1,))}, ["Tiers: A, B, C → A, B", "Lines: 10%, 40% → 10%"]),
    ({"policy": TierPolicy(("战略", "B", "C"))}, ["Tiers: A, B, C → 战略, B, C"]),
    ({"lines_within": "region"}, ["Lines among: everybody → region"]),
    ({"outcome": "win_rate", "outcome_days": 180},
     ["Conversion means: Orders again → Win rate", "Outcome window: 90 → 180 days"]),
    ({"minimum_history_days": 30}, ["Too new to be rated: under 90 → 30 days as customer"]),
    ({"minimum_orders": 1}, ["Rated from 2 → 1 orders even if new"]),
    ({"standards": (Standard({"visit": 2.0, "call": 3.0, "message": 4.0}, "any", 12, 2), *STANDARDS[1:])},
     ["Standard of A, visit per month: 1 → 2", "Standard of A, who looks after it: a senior seller → any seller",
      "Standard of A, answer within: 24 → 12 hours", "Standard of A, reviewed every: 1 → 2 months"]),
    ({"unrated_standard": Standard({"call": 1.0, "message": 1.0}, "any", 24, 1)},
     ["Standard of Not rated, call per month: 2 → 1"]),
    ({"minutes": {**DEFAULT_MINUTES, "visit": 120.0}}, ["Minutes per contact, visit: 180 → 120"]),
    ({"working_hours_per_month": 160.0}, ["Hours per seller and month: 165 → 160"]),
    ({"selling_share": 0.5}, ["Share of hours with customers: 60% → 50%"]),
)  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=lambda case: str(case)[:40])
def test_each_decision_is_told_with_both_values(change: Mapping[str, Any], expected: list[str]) -> None:
    assert told(BASE.changed(**change)) == expected
    chinese = told(BASE.changed(**change), "zh")
    assert len(chinese) == len(expected)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in line) for line in chinese), chinese


def test_parameters_are_told_as_their_controls_show_them() -> None:
    before = Scheme(method="abc")
    after = before.changed(method_params={"value": "margin", "head_share": 0.75})
    assert told(after, before=before) == ["Value is: Sales → Gross profit", "Head brings: 70% → 75%"]


def test_no_field_of_a_scheme_can_change_unsaid() -> None:
    said = {name for change, _ in CHANGES for name in change}
    assert said | {"name", "revision"} == {field.name for field in dataclasses.fields(Scheme)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_strangers_text_passes_through_the_readers_escape(code: Any) -> None:
    after = BASE.changed(policy=TierPolicy(("![x]", "B", "C"), "customers", (0.2, 0.4)))
    lines = [
        tell_difference(found, Language(code), lambda text: text.replace("!", "?"))
        for found in list_differences(BASE, after)
    ]
    assert len(lines) == 2
    assert not [line for line in lines if "!" in line]
    card = Scheme(method="scorecard")
    columns = card.changed(method_params={"attributes": ("![y]",)})
    (line,) = (
        tell_difference(f, Language(code), lambda text: text.replace("!", "?"))
        for f in list_differences(card, columns)
    )
    assert "?[y]" in line


LENIENT = Scheme(method="rfm", policy=TierPolicy(kind="customers", cuts=(0.2, 0.5)))
STRICT = Scheme(
    method="abc",
    minimum_history_days=900,
    minimum_orders=7,
    policy=TierPolicy(kind="value", cuts=(0.6, 0.9)),
)


@pytest.mark.parametrize(("before", "after"), [(LENIENT, STRICT), (STRICT, LENIENT)], ids=["out", "in"])
@pytest.mark.parametrize("seed", range(3))
def test_customers_are_counted_like_their_tiers(seed: int, before: Scheme, after: Scheme) -> None:
    as_of = START + dt.timedelta(DAYS)
    book: Any = MemoryBook(make_frames(seed, rows=200), as_of)
    bases = [prepare(book, scheme, as_of) for scheme in (before, after)]
    sides = [
        (Roster.of(base.now), draw_lines(base, scheme))
        for base, scheme in zip(bases, (before, after), strict=True)
    ]
    found = count_moves(bases[1].now, sides[0], sides[1])
    tiers = [assign(base.now, side[1].cuts, side[1].names) for base, side in zip(bases, sides, strict=True)]
    pairs = pd.DataFrame({"a": tiers[0], "b": tiers[1]})
    rated = (pairs != UNRATED).all(axis=1)
    moved = pairs["a"] != pairs["b"]
    expected = CustomerDifference(
        up_count=int((rated & (pairs["b"] < pairs["a"])).sum()),
        down_count=int((rated & (pairs["b"] > pairs["a"])).sum()),
        in_count=int(((pairs["a"] == UNRATED) & (pairs["b"] != UNRATED)).sum()),
        out_count=int(((pairs["a"] != UNRATED) & (pairs["b"] == UNRATED)).sum()),
        same_count=int((~moved).sum()),
        revenue=pytest.approx(float(bases[1].now.features.loc[moved, "amount"].sum())),
    )
    assert found == expected
    assert found.moved_count + found.same_count == len(pairs)
    assert (found.up_count or found.down_count) and (found.in_count if after is LENIENT else found.out_count)
