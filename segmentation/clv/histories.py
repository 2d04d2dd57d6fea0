"""Purchase histories as the models read them: (x, t_x, T) per customer, equal ones collapsed into one row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
DAYS_PER_WEEK = 7.0
_MOST_CODES = 2**20  # three codes of this size still fit into one int64


@dataclass(frozen=True)
class Histories:
    """Distinct histories, sorted; all arrays of shape (rows,) but `row`.

    repeat_count: x, order days after the first · last_weeks: t_x, from the first to the last order day ·
    age_weeks: T, from the first order day to the end of the observation · customer_count: how many customers share
    the row · row: shape (customers,), the row of each customer given.
    """

    repeat_count: Floats
    last_weeks: Floats
    age_weeks: Floats
    customer_count: Floats
    row: Whole

    @property
    def customers(self) -> int:
        return len(self.row)


def collapse(
    repeat_count: ArrayLike, last: ArrayLike, age: ArrayLike, *, unit_weeks: float = 1.0
) -> Histories:
    """The distinct rows of (x, t_x, T), each of shape (customers,); `unit_weeks`: weeks in one unit of t_x and T.

    ValueError where a history is impossible: x below 0 or no whole number, t_x outside 0…T, or x = 0 with t_x > 0.
    """
    given = [np.asarray(values, float) for values in (repeat_count, last, age)]
    _check(*given)
    if not given[0].size:
        empty = np.zeros(0)
        return Histories(empty, empty, empty, empty, np.zeros(0, np.int64))
    codes = [_codes(values) for values in given]
    sizes = [int(code.max()) + 1 for code in codes]
    key = (codes[0] * sizes[1] + codes[1]) * sizes[2] + codes[2]
    _, first, row, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    repeats, last_one, age_one = (values[first] for values in given)
    return Histories(repeats, last_one * unit_weeks, age_one * unit_weeks, count.astype(float), row)


def expand(histories: Histories) -> Histories:
    """The same customers, one row each: what collapsing must not change."""
    at = histories.row
    every = (histories.repeat_count[at], histories.last_weeks[at], histories.age_weeks[at])
    return Histories(*every, np.ones(len(at)), np.arange(len(at)))


def _check(repeat_count: Floats, last: Floats, age: Floats) -> None:
    is_possible = (
        (repeat_count >= 0)
        & (repeat_count == np.rint(repeat_count))
        & (last >= 0)
        & (last <= age)
        & ((repeat_count > 0) | (last == 0))
    )
    if not is_possible.all():
        wrong = int(np.flatnonzero(~is_possible)[0])
        raise ValueError(f"impossible history x={repeat_count[wrong]}, t_x={last[wrong]}, T={age[wrong]}")


def _codes(values: Floats) -> Whole:
    """Whole numbers that order and separate `values`: the values themselves where they are small and whole."""
    if values.max() < _MOST_CODES and (values == np.rint(values)).all():
        return values.astype(np.int64)
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
