"""Who would move: the tiers of a scheme held against another grading of the same customers on the same date.

Tiers are whole-number places here (0 best, the last one *unrated*) in the order of the features: a move of a line then
costs a few passes over small arrays, and no text is touched but that of the customers shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.schemes import UNRATED
from segmentation.search import matches
from segmentation.standing import Standing
from segmentation.tiers import assign_tiers

ComparisonKind = Literal["published", "grades", "simple_sort"]
DIRECTIONS = ("up", "down", "in", "out")  # in, out: from *unrated* into a tier, and back
STAYS = len(DIRECTIONS)
Places = NDArray[np.integer]


@dataclass(frozen=True)
class Roster:
    """What every comparison reads of a standing, one entry per customer in the order of its features.

    points: score, not-a-number where *unrated* · revenue: currency over the method's window · by_revenue: row numbers,
    largest revenue first, equal ones in customer_id order · sales_rank: how many rated customers come before this one
    in "sort by last 12 months' sales", the number of customers where *unrated* · hours: estimated hours a month now,
    not-a-number where none are recorded.
    """

    points: NDArray[np.float64]
    revenue: NDArray[np.float64]
    by_revenue: NDArray[np.int64]
    sales_rank: NDArray[np.int64]
    hours: NDArray[np.float64]

    @classmethod
    def of(cls, standing: Standing, hours: NDArray[np.float64] | None = None) -> Roster:
        """All that costs time: keep it as long as the standing. `hours` come in the order of the features."""
        features, count = standing.features, standing.population
        # Scores come in the order of the features: looking a million ids up would take seconds.
        rated = np.flatnonzero(standing.reasons.isna())
        points = np.full(count, np.nan)
        points[rated] = standing.scored.scores.dropna().to_numpy(dtype=float)
        sales = features["revenue_12m_e4"].to_numpy(dtype=np.int64)[rated]
        sales_rank = np.full(count, count, np.int64)
        sales_rank[rated[np.argsort(-sales, kind="stable")]] = np.arange(rated.size)
        revenue = features["amount"].to_numpy(dtype=float)
        known = np.full(count, np.nan) if hours is None else hours
        return cls(points, revenue, np.argsort(-revenue, kind="stable"), sales_rank, known)

    def place(self, cuts: Sequence[float]) -> Places:
        """The tier of every customer at score `cuts` (falling); len(cuts) + 1 where *unrated*."""
        places = np.zeros(self.points.size, np.int8)
        for cut in cuts:
            places += self.points < cut
        places[np.isnan(self.points)] = len(cuts) + 1
        return places


@dataclass(frozen=True)
class Comparison:
    """Another grading of the customers of a roster: `places` in `names` (best first), len(names) where *unrated*.

    `label` is the published scheme's name where kind is 'published'.
    """

    kind: ComparisonKind
    label: str
    names: tuple[str, ...]
    places: Places


@dataclass(frozen=True)
class Movement:
    """`matrix`: customers by (their place, our place), names as labels. Counts add up to all customers; those who
    get in or out of *unrated* move, but neither up nor down. `revenue`: currency, of those who would move. `groups`:
    rows `DIRECTIONS`; customers, revenue (currency), hours (a month now, estimated; null where none are recorded).
    `directions`: place in `DIRECTIONS` of every customer, `STAYS` where nothing changes."""

    comparison: Comparison
    matrix: pd.DataFrame
    up_count: int
    down_count: int
    same_count: int
    moved_count: int
    revenue: float
    standing: Standing
    roster: Roster
    places: Places
    is_moved: NDArray[np.bool_]
    groups: pd.DataFrame
    directions: NDArray[np.int8]

    def list_customers(self, limit: int | None = None, text: str = "") -> pd.DataFrame:
        """Who would move, largest revenue first: name, direction, theirs, ours, score, revenue, hours, by customer_id.

        `text` keeps those whose name or number contains it, looked for among all who would move.
        """
        most = self.standing.population if limit is None else limit
        rows = self.find(text)[:most] if text.strip() else self._largest(most)
        theirs, ours = (
            np.array([*names], dtype=object) for names in (self.matrix.index, self.matrix.columns)
        )
        return pd.DataFrame(
            {
                "name": self.standing.features["name"].iloc[rows],
                "direction": np.array(DIRECTIONS, dtype=object)[self.directions[rows]],
                "theirs": theirs[self.comparison.places[rows]],
                "ours": ours[self.places[rows]],
                "score": self.roster.points[rows],
                "revenue": self.roster.revenue[rows],
                "hours": self.roster.hours[rows],
            },
            index=self.standing.features.index[rows],
        )

    def find(self, text: str) -> NDArray[np.int64]:
        """Row numbers of all who would move and whose name or number contains `text`, largest revenue first."""
        rows = self.roster.by_revenue[self.is_moved[self.roster.by_revenue]]
        return rows[matches(self.standing.features, rows, text)]

    def _largest(self, limit: int) -> NDArray[np.int64]:
        """Row numbers of those who would move, looked for in ever longer heads of the order."""
        order, reach = self.roster.by_revenue, 4 * limit
        while True:
            head = order[:reach]
            rows = head[self.is_moved[head]][:limit]
            if len(rows) == limit or reach >= len(order):
                return rows
            reach *= 8


def assign(standing: Standing, cuts: Sequence[float], names: Sequence[str]) -> pd.Series:
    """The tier of every customer of the standing, *unrated* included, as text by customer_id."""
    tiers = pd.Series(UNRATED, index=standing.features.index, dtype=object, name="tier")
    rated = assign_tiers(standing.scored.scores.dropna(), cuts, names)
    tiers.loc[rated.index] = rated.astype(object)
    return tiers


def grades_in_file(standing: Standing) -> Comparison | None:
    """The grades the user's own file carried, ordered as text sorts (A before B); None where it had none."""
    grades = standing.features["grade"].where(lambda grade: grade.notna() & (grade != ""))
    if grades.isna().all():
        return None
    names = tuple(sorted(grades.dropna().unique(), key=lambda grade: (grade.casefold(), grade)))
    places = pd.Categorical(grades, categories=list(names)).codes.astype(np.int64)
    return Comparison("grades", "", names, np.where(places < 0, len(names), places))


def simple_sort(roster: Roster, sizes: Sequence[int], names: Sequence[str]) -> Comparison:
    """'Sort by last 12 months' sales' at the given tier sizes; equal sales end in customer_id order."""
    places = np.searchsorted(np.cumsum(sizes), roster.sales_rank, side="right").astype(np.int8)
    return Comparison("simple_sort", "", tuple(names), places)


def compare(
    standing: Standing, roster: Roster, places: Places, names: Sequence[str], other: Comparison
) -> Movement:
    """Movement of every customer from `other` to `places` in `names`: by name where ours hold all of theirs (a file's
    grades are ordered as text sorts, and may leave one out), else by position, first to first."""
    other = _by_name(other, names)
    theirs, ours = len(other.names) + 1, len(names) + 1
    cells = other.places.astype(np.int64) * ours + places
    counts = np.bincount(cells, minlength=theirs * ours).reshape(theirs, ours)
    their_place, our_place = np.indices(counts.shape)
    both_rated = (their_place < theirs - 1) & (our_place < ours - 1)
    both_unrated = (their_place == theirs - 1) & (our_place == ours - 1)
    moves = ~(both_unrated | (both_rated & (their_place == our_place)))
    direction = np.select(
        [~moves, ~both_rated & (our_place < ours - 1), ~both_rated, their_place > our_place],
        [STAYS, DIRECTIONS.index("in"), DIRECTIONS.index("out"), DIRECTIONS.index("up")],
        DIRECTIONS.index("down"),
    )
    directions = direction.astype(np.int8).ravel()[cells]
    is_moved = directions != STAYS
    groups = _sum_groups(roster, directions, is_moved)
    up, down, *_ = groups["customers"].to_numpy()
    return Movement(
        comparison=other,
        matrix=pd.DataFrame(counts, index=[*other.names, UNRATED], columns=[*names, UNRATED]),
        up_count=int(up),
        down_count=int(down),
        same_count=int(counts[~moves].sum()),
        moved_count=int(counts[moves].sum()),
        revenue=float(roster.revenue[is_moved].sum()),
        standing=standing,
        roster=roster,
        places=places,
        is_moved=is_moved,
        groups=groups,
        directions=directions,
    )


def _sum_groups(roster: Roster, directions: NDArray[np.int8], is_moved: NDArray[np.bool_]) -> pd.DataFrame:
    """Customers, revenue and hours of those who would move, by direction."""
    rows = np.flatnonzero(is_moved)
    to, hours = directions[rows], roster.hours[rows]
    is_recorded = ~np.isnan(hours)

    def add(weights: NDArray[np.float64] | None = None) -> NDArray[np.number]:
        return np.bincount(to, weights, minlength=len(DIRECTIONS))

    recorded = add(is_recorded.astype(float)) > 0
    summed = np.where(recorded, add(np.where(is_recorded, hours, 0.0)), np.nan)
    groups = {"customers": add(), "revenue": add(roster.revenue[rows]), "hours": summed}
    return pd.DataFrame(groups, index=list(DIRECTIONS))


def _by_name(other: Comparison, names: Sequence[str]) -> Comparison:
    """The same grading with its places in `names`, where these hold every name it has."""
    if other.names == tuple(names) or not set(other.names) <= set(names):
        return other
    moved = np.array([*(names.index(name) for name in other.names), len(names)])
    return replace(other, names=tuple(names), places=moved[other.places])
