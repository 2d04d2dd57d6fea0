"""What to think twice about: one remark for each reason, and none where there is none."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest

from segmentation.guards import Guard, count_dimensions, find_guards
from segmentation.schemes import STANDARDS, Scheme, TierPolicy
from segmentation.standing import Standing, stand
from tests.sample_books import sample_book

AS_OF = dt.date(2026, 10, 31)


@cache
def standing(method: str, params: tuple[tuple[str, Any], ...] = ()) -> Standing:
    return stand(sample_book(), Scheme(method=method, method_params=dict(params)), AS_OF)


def guards(scheme: Scheme, reviewed_on: dt.date | None = None) -> dict[str, Guard]:
    found = find_guards(
        standing(scheme.method, tuple(sorted(scheme.method_params.items()))), scheme, reviewed_on
    )
    return {guard.code: guard for guard in found}


@pytest.mark.parametrize(
    ("method", "params", "count"),
    [
        ("abc", (), 1),
        ("rfm", (), 3),
        ("rfm", (("frequency_weight", 0), ("recency_weight", 0)), 1),
        ("scorecard", (), 2),
        ("scorecard", (("value_share", 1.0),), 1),
        ("four_dimensions", (), 4),
        ("four_dimensions", (("need_weight", 0),), 3),
        ("clusters", (), None),
        ("lifecycle", (), None),
        ("ltv", (("basis", "historical"),), 1),
        ("fit_engagement", (), 2),
    ],
)
def test_how_many_questions_a_score_asks(method: str, params: Any, count: int | None) -> None:
    told = standing(method, params)
    assert count_dimensions(told.method, told.scored) == count


def test_one_dimension_and_more_than_three_are_said() -> None:
    assert "one" in guards(Scheme(method="abc"))
    assert guards(Scheme(method="four_dimensions"))["many"].facts == {"n": 4, "most": 3}
    assert not {"one", "many"} & set(guards(Scheme(method="scorecard")))


def test_small_segments_are_named() -> None:
    told = standing("rfm", (("segments", "eleven"),)).scored.segments
    assert told is not None
    counts = told.value_counts()
    small = set(counts[counts < max(5, 0.02 * counts.sum())].index)
    found = guards(Scheme(method="rfm", method_params={"segments": "eleven"})).get("small")
    assert (set(found.segments) if found else set()) == small and small


@pytest.mark.parametrize(("days", "is_stale"), [(92, False), (93, True)])
def test_tiers_not_reviewed_for_a_quarter_are_stale(days: int, is_stale: bool) -> None:
    found = guards(Scheme(), AS_OF - dt.timedelta(days=days))
    assert ("stale" in found) is is_stale
    assert not is_stale or found["stale"].facts["n"] == days


def test_never_published_is_not_stale() -> None:
    assert "stale" not in guards(Scheme())


def test_tiers_beyond_the_playbook_are_named() -> None:
    policy = TierPolicy(("A", "B", "C", "D", "E"), "customers", (0.1, 0.3, 0.5, 0.7))
    found = guards(Scheme(policy=policy, standards=STANDARDS[:3]))
    assert found["playbook"].tiers == ("D", "E")
    assert "playbook" not in guards(Scheme())
