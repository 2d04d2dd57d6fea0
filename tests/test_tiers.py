"""Tiers: total, exclusive, ordered, and unrated where there is no score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.errors import SettingError
from segmentation.ladder import Ladder
from segmentation.schemes import UNRATED, TierPolicy
from segmentation.tiers import DEFAULT_SHARES, NAME_PRESETS, assign_tiers

SCORES = st.lists(st.one_of(st.none(), st.integers(0, 100).map(float)), max_size=60)
CUTS = st.lists(st.integers(0, 100).map(float), min_size=1, max_size=5).map(
    lambda cuts: sorted(cuts, reverse=True)
)


def series(scores: list[float | None]) -> pd.Series:
    return pd.Series(scores, index=[f"c{number}" for number in range(len(scores))], dtype=float)


@given(SCORES, CUTS)
def test_every_customer_has_exactly_the_tier_its_score_says(
    scores: list[float | None], cuts: list[float]
) -> None:
    names = [f"T{rank}" for rank in range(len(cuts) + 1)]
    tiers = assign_tiers(series(scores), cuts, names)
    assert list(tiers.cat.categories) == [*names, UNRATED]
    assert tiers.cat.ordered
    bounds = [np.inf, *cuts, -np.inf]
    for score, tier in zip(scores, tiers, strict=True):
        inside = (
            []
            if score is None
            else [n for n, lo, hi in zip(names, bounds[1:], bounds, strict=False) if lo <= score < hi]
        )
        assert [tier] == (inside or [UNRATED])


@given(SCORES.filter(lambda scores: any(s is not None for s in scores)), CUTS)
def test_counts_equal_those_of_the_ladder(scores: list[float | None], cuts: list[float]) -> None:
    names = [f"T{rank}" for rank in range(len(cuts) + 1)]
    column = series(scores)
    counts = assign_tiers(column, cuts, names).value_counts(sort=False)[names]
    assert counts.tolist() == Ladder.build(column.dropna(), {}).at(cuts)["customers"].tolist()


@pytest.mark.parametrize("cuts", [(50.0,), (50.0, 60.0), ()])
def test_lines_that_do_not_fit_are_refused(cuts: tuple[float, ...]) -> None:
    with pytest.raises(SettingError):
        assign_tiers(series([1.0]), cuts, ("A", "B", "C"))


@pytest.mark.parametrize("preset", NAME_PRESETS, ids=lambda preset: preset.id)
def test_presets_are_policies_in_both_languages(preset: object) -> None:
    for code in ("en", "zh"):
        names = preset.names(code)  # type: ignore[attr-defined]
        assert TierPolicy(names, "customers", DEFAULT_SHARES[len(names)]).names == names


@pytest.mark.parametrize("count", range(2, 7))
def test_every_number_of_tiers_has_default_shares(count: int) -> None:
    assert TierPolicy(tuple("ABCDEF"[:count]), "customers", DEFAULT_SHARES[count])
