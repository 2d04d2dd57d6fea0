"""Dates without a year that run from December into January: the later part belongs to the next year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from segmentation.intake.columns import Typed
from segmentation.intake.dates import lacks_year
from segmentation.intake.grids import Cells, spread

_LEAP_MONTHS = 9


def follow_turn(cells: Cells, one: Typed) -> Typed:
    """The dates with a year more or less where the rows, in order, pass the turn of a year; mark `turn` is theirs.

    Rows may run up or down. The year stated belongs to the part with the most months (of equal ones the earlier);
    where the order of the rows says nothing (they jump back and forth) all dates keep it.
    """
    bare = spread([lacks_year(text) for text in cells.texts], cells.codes, False).astype(bool) & one.known
    where = np.flatnonzero(bare)
    months = one.data[where].astype("datetime64[M]").astype(int) % 12
    steps = np.diff(months)
    turns = np.where(steps <= -_LEAP_MONTHS, 1, np.where(steps >= _LEAP_MONTHS, -1, 0))
    if not turns.any() or len(set(turns[turns != 0])) > 1 or np.abs(turns).sum() > 2:
        return one
    years = np.concatenate([[0], np.cumsum(turns)])
    if not _is_sorted(months + 12 * years):
        return one
    stated = max(sorted(set(years)), key=lambda year: (len(set(months[years == year])), -year))
    moved = where[years != stated]
    shift = np.zeros(len(one.data), dtype=int)
    shift[where] = years - stated
    data, marks = one.data.copy(), one.marks.copy()
    data[moved] = _moved(one.data[moved], shift[moved])
    marks[moved] += " turn"
    return replace(one, data=data, marks=marks)


def _is_sorted(months: np.ndarray) -> bool:
    """Whether the months mostly run one way."""
    steps = np.diff(months)
    steps = steps[steps != 0]
    return not len(steps) or max((steps > 0).mean(), (steps < 0).mean()) >= 0.8


def _moved(moments: np.ndarray, years: Sequence[int] | np.ndarray) -> np.ndarray:
    """The same day and time some years on; 29 February becomes 1 March where there is none."""
    month = moments.astype("datetime64[M]")
    rest = moments - month.astype(moments.dtype)
    return (month + 12 * np.asarray(years)).astype(moments.dtype) + rest
