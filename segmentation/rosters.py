"""Where customers stand under a set of lines: whole-number places (0 best, the last one *unrated*) by row number.

Places are in the order of the features: a move of a line then costs a few passes over small arrays, and no text is
touched but that of the customers shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.schemes import UNRATED
from segmentation.standing import Standing
from segmentation.tiers import assign_tiers

Places = NDArray[np.integer]
Rows = NDArray[np.int64]
FEW_ROWS = 1_000
Placing = Callable[[Rows], Places]


def texts_at(column: pd.Series | pd.Index, rows: NDArray[np.integer]) -> list[Any]:
    """The entries of a text column at some rows. A few are picked one by one: taking any from a column of a million
    texts walks through all of them."""
    if len(rows) > FEW_ROWS:
        return column.take(rows).tolist()
    values = column.array
    return [values[row] for row in rows.tolist()]


def place_points(points: NDArray[np.float64], cuts: Sequence[float]) -> Places:
    """Tier by rank at score `cuts` (falling), 0 best; len(cuts) + 1 where there is no score: *unrated*."""
    places = np.zeros(points.size, np.int8)
    for cut in cuts:
        places += points < cut
    places[np.isnan(points)] = len(cuts) + 1
    return places


def points_of(standing: Standing) -> NDArray[np.float64]:
    """Scores in the order of the features, not-a-number where *unrated*."""
    points = np.full(standing.population, np.nan)
    # Scores come in that order too: looking a million ids up would take seconds.
    points[np.flatnonzero(standing.reasons.isna())] = standing.scored.scores.dropna().to_numpy(dtype=float)
    return points


@dataclass(frozen=True)
class Roster:
    """What every comparison reads of a standing, one entry per customer in the order of its features.

    points: score, not-a-number where *unrated* · revenue: currency over the method's window · by_revenue: row numbers,
    largest revenue first, equal ones in customer_id order · sales_rank: how many rated customers come before this one
    in "sort by last 12 months' sales", the number of customers where *unrated* · hours: estimated hours a month now,
    not-a-number where none are recorded · ranked: row numbers of the rated, best score first.
    """

    points: NDArray[np.float64]
    revenue: NDArray[np.float64]
    by_revenue: NDArray[np.int64]
    sales_rank: NDArray[np.int64]
    hours: NDArray[np.float64]
    ranked: NDArray[np.int64]

    @classmethod
    def of(cls, standing: Standing, hours: NDArray[np.float64] | None = None) -> Roster:
        """All that costs time: keep it as long as the standing. `hours` come in the order of the features."""
        features, count = standing.features, standing.population
        rated, points = np.flatnonzero(standing.reasons.isna()), points_of(standing)
        sales = features["revenue_12m_e4"].to_numpy(dtype=np.int64)[rated]
        sales_rank = np.full(count, count, np.int64)
        sales_rank[rated[np.argsort(-sales, kind="stable")]] = np.arange(rated.size)
        revenue = features["amount"].to_numpy(dtype=float)
        known = np.full(count, np.nan) if hours is None else hours
        ranked = rated[np.argsort(-points[rated], kind="stable")]
        return cls(points, revenue, np.argsort(-revenue, kind="stable"), sales_rank, known, ranked)

    def place(self, cuts: Sequence[float], rows: Rows | None = None) -> Places:
        """The tier of all customers, or of those at `rows`, at score `cuts` (falling); len(cuts) + 1: *unrated*."""
        return place_points(self.points if rows is None else self.points[rows], cuts)


@dataclass(frozen=True)
class Lines:
    """Tiers as lines over the scores, and who is set by hand: rows (rising) and their places in `names`."""

    cuts: tuple[float, ...]
    names: tuple[str, ...]
    held_rows: Rows
    held_places: Places

    def place(self, roster: Roster, rows: Rows) -> Places:
        """Effective tiers of some customers."""
        places = roster.place(self.cuts, rows)
        if self.held_rows.size:
            at = np.minimum(np.searchsorted(self.held_rows, rows), self.held_rows.size - 1)
            is_held = self.held_rows[at] == rows
            places[is_held] = self.held_places[at[is_held]]
        return places


def assign(standing: Standing, cuts: Sequence[float], names: Sequence[str]) -> pd.Series:
    """The tier of every customer of the standing, *unrated* included, as text by customer_id."""
    tiers = pd.Series(UNRATED, index=standing.features.index, dtype=object, name="tier")
    rated = assign_tiers(standing.scored.scores.dropna(), cuts, names)
    tiers.loc[rated.index] = rated.astype(object)
    return tiers
