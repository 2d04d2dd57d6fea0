"""Who changes to a method of ordered segments begins with lines between them: no tier is left empty."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from segmentation.methods.registry import methods
from segmentation.schemes import Scheme, TierPolicy
from segmentation.tuning import draw_lines, prepare
from tests.sample_books import sample_book

AS_OF = dt.date(2026, 10, 31)


@pytest.mark.parametrize(
    ("method", "params"),
    [("rules", {}), ("lifecycle", {}), ("clusters", {"count": 3}), ("clusters", {"count": 4})],
)
def test_every_tier_has_somebody(method: str, params: dict[str, Any]) -> None:
    kind, cuts = methods()[method].usual_lines  # type: ignore[attr-defined]
    scheme = Scheme(method=method, method_params=params, policy=TierPolicy(("A", "B", "C"), kind, cuts))
    tiers = draw_lines(prepare(sample_book(), scheme, AS_OF), scheme).tiers
    assert min(tiers.at(name, "customers") for name in ("A", "B", "C")) > 0, tiers["customers"]


def test_ready_rules_of_three_segments_are_the_three_tiers() -> None:
    kind, cuts = methods()["rules"].usual_lines  # type: ignore[attr-defined]
    scheme = Scheme(method="rules", policy=TierPolicy(("A", "B", "C"), kind, cuts))
    base = prepare(sample_book(), scheme, AS_OF)
    counted = base.now.scored.segments.value_counts()
    tiers = draw_lines(base, scheme).tiers
    assert [int(tiers.at(name, "customers")) for name in "ABC"] == [
        int(counted[name]) for name in base.now.method.rule_set.segments
    ]
