"""Scales: edges are values that occur, ties stay together, order of rows is nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmentation import scales

VALUES = arrays(np.float64, st.integers(1, 40), elements=st.integers(-5, 12).map(float))


@given(VALUES, st.integers(2, 10), st.booleans())
def test_quantile_bins_keep_ties_together_and_rise(values: np.ndarray, bins: int, falling: bool) -> None:
    edges = scales.quantile_edges(values, bins)
    assert list(edges) == sorted(edges)
    assert set(edges) <= set(values)
    numbers = scales.bin_numbers(values, edges, bins, falling=falling)
    assert numbers.min() >= 1 and numbers.max() <= bins
    assert sum(scales.bin_sizes(numbers, bins)) == len(values)
    by_value = {value: set(numbers[values == value]) for value in set(values)}
    assert all(len(found) == 1 for found in by_value.values())
    ordered = [min(by_value[value]) for value in sorted(by_value)]
    assert ordered == sorted(ordered, reverse=falling)


def test_without_ties_the_bins_are_equal() -> None:
    values = np.arange(100.0)
    numbers = scales.bin_numbers(values, scales.quantile_edges(values, 5), 5)
    assert scales.bin_sizes(numbers, 5) == (20, 20, 20, 20, 20)


def test_the_lower_edge_belongs_to_its_bin_and_the_upper_to_the_next() -> None:
    values = np.array([9.0, 10.0, 19.99, 20.0])
    assert scales.bin_numbers(values, (10.0, 20.0), 3).tolist() == [1, 2, 2, 3]
    assert scales.bin_numbers(values, (10.0, 20.0), 3, falling=True).tolist() == [3, 2, 2, 1]


def test_more_edges_than_bins_never_leave_the_scale() -> None:
    assert scales.bin_numbers(np.array([9.0]), (1.0, 2.0, 3.0), 3).tolist() == [3]
    assert scales.bin_numbers(np.array([9.0]), (1.0, 2.0, 3.0), 3, falling=True).tolist() == [1]


@given(arrays(np.float64, st.integers(2, 30), elements=st.floats(-1e6, 1e6)), st.randoms())
def test_edges_do_not_depend_on_the_order_of_rows(values: np.ndarray, random: object) -> None:
    shuffled = values.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert scales.mean_edge(values) == scales.mean_edge(shuffled)
    assert scales.quantile_edges(values, 5) == scales.quantile_edges(shuffled, 5)
    curve, again = scales.running_share(values), scales.running_share(shuffled)
    assert all(map(np.array_equal, curve, again))
    assert scales.thinned(*curve, 3) == scales.thinned(*again, 3)


def test_unknown_values_take_no_part_in_edges() -> None:
    known, holed = np.array([1.0, 2, 3, 4]), np.array([1.0, np.nan, 2, 3, np.nan, 4])
    assert scales.quantile_edges(holed, 3) == scales.quantile_edges(known, 3)
    assert scales.mean_edge(holed) == (2.5,)
    assert scales.quantile_edges(np.array([np.nan]), 3) == scales.mean_edge(np.array([np.nan])) == ()


def test_caps_and_half_lives() -> None:
    assert scales.capped_share(np.array([-1.0, 0, 3, 6, 60]), 6).tolist() == [0, 0, 0.5, 1, 1]
    assert np.isnan(scales.capped_share(np.array([np.nan]), 6)).all()
    assert scales.decayed_share(np.array([0.0, 90, 180, -5]), 90).tolist() == [1, 0.5, 0.25, 1]


def test_running_share_is_exact_at_every_value_it_keeps() -> None:
    worth, share = scales.thinned(*scales.running_share(np.array([5.0, 1, 1, 3, 0, -7])), 100)
    assert worth == (1.0, 3.0, 5.0)
    assert share == (20.0, 50.0, 100.0)
    read = scales.read_share(np.array([5.0, 1, 2, 0, -7, 99, np.nan]), worth, share)
    assert read[:6].tolist() == [100, 20, 35, 0, 0, 100] and np.isnan(read[6])


def test_equal_sums_are_equal_scores_in_whatever_order_they_were_reached() -> None:
    parts = pd.DataFrame({"a": [0.1, 0.3], "b": [0.2, 0.2], "c": [0.3, 0.1]})
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert scales.summed(parts).nunique() == 1


@pytest.mark.parametrize("value", [None, np.nan, pd.NA])
def test_null_stays_null_as_a_number(value: object) -> None:
    read = scales.as_floats(pd.Series([1, value, 3], dtype="Int64"))
    assert read.dtype == np.float64 and np.isnan(read[1]) and read[2] == 3
