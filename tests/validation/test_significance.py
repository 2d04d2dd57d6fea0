"""Holm by hand, ranges of redraws, and what carries a sum."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from segmentation.validation.discrimination import carriers
from segmentation.validation.redraws import percentiles
from segmentation.validation.significance import holm, student_range, two_sided, widened_tail


def test_holm_by_hand() -> None:
    """Smallest × 4, next × 3 …, never falling, never above 1 (Holm 1979)."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()


def test_what_is_unknown_is_not_a_look() -> None:
    told = holm([0.02, float("nan"), 0.03])
    assert told[0] == pytest.approx(0.04) and np.isnan(told[1]) and told[2] == pytest.approx(0.04)


def test_carriers_are_all_where_equal_and_one_where_one_has_all() -> None:
    assert carriers(np.full(40, 3.0)) == pytest.approx(40)
    assert carriers(np.array([9.0, 0, 0])) == 1.0
    assert carriers(np.zeros(3)) == 0.0


def test_chance_and_range_say_the_same() -> None:
    values = np.append(0.1, 0.1 + 0.05 * np.random.default_rng(1).normal(size=999))
    chance, told = two_sided(values, 0.0, 30), student_range(values, 30, (-1, 1))
    assert (chance <= 0.05) == (told.low > 0)
    error = values[1:].std(ddof=1) * np.sqrt(31 / 30)
    assert chance == pytest.approx(2 * stats.t.sf(0.1 / error, 30))
    assert two_sided(np.zeros(1000), 0.0, 30) == 1.0
    assert two_sided(np.full(1000, 0.2), 0.0, 30) == 0.0
    assert np.isnan(two_sided(np.full(1000, np.nan), 0.0, 30))
    assert student_range(values, 30, (0.0, 0.12)).high == 0.12


def test_few_customers_widen_the_tail() -> None:
    assert widened_tail(5) < widened_tail(50) < 0.025
    assert widened_tail(1e9) == pytest.approx(0.025, rel=1e-3)


def test_a_percentile_range_holds_its_figure() -> None:
    told = percentiles(np.array([0.9, 0.1, 0.2, 0.3]), 0.025)
    assert (told.value, told.high) == (0.9, 0.9) and told.low < 0.2
    assert not percentiles(np.array([np.nan, 0.1]), 0.025).is_known
