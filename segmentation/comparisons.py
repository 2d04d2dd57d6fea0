"""Who would move: the tiers of a scheme held against another grading of the same customers on the same date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.crossings import Cells, FixedGrading, SalesOrder, measure_customers
from segmentation.rosters import Lines, Places, Placing, Roster, Rows, texts_at
from segmentation.schemes import UNRATED
from segmentation.search import matches
from segmentation.standing import Standing
from segmentation.tally import Tally

ComparisonKind = Literal["published", "grades", "simple_sort"]
DIRECTIONS = ("up", "down", "in", "out")  # in, out: from *unrated* into a tier, and back
STAYS = len(DIRECTIONS)


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
    """`counts`: customers by (their place, our place), whose names are `theirs_called` and `ours_called`. They add up
    to all customers; those who get in or out of *unrated* move, but neither up nor down. `revenue`: currency, of who
    would move. `groups`: rows `DIRECTIONS`; customers, revenue (currency), hours (a month now, estimated; null where
    none are recorded). `theirs`, `ours`: row numbers → places, for the customers looked at one by one."""

    comparison: Comparison
    counts: NDArray[np.int64]
    theirs_called: tuple[str, ...]
    ours_called: tuple[str, ...]
    same_count: int
    moved_count: int
    revenue: float
    groups: Tally
    standing: Standing
    roster: Roster
    theirs: Placing
    ours: Placing

    @property
    def matrix(self) -> pd.DataFrame:
        """`counts` with the names of the places as labels."""
        return pd.DataFrame(self.counts, index=[*self.theirs_called], columns=[*self.ours_called])

    @property
    def up_count(self) -> int:
        return int(self.groups.at("up", "customers"))

    @property
    def down_count(self) -> int:
        return int(self.groups.at("down", "customers"))

    def list_customers(self, rows: Rows | None = None) -> dict[str, list[Any]]:
        """Those at `rows`, else all who would move, largest revenue first: customer_id, name (the id where there is
        none), direction, theirs, ours, score (null where *unrated*), revenue, hours (null where unrecorded)."""
        rows = self.rows() if rows is None else rows
        ids = texts_at(self.standing.features.index, rows)
        names = texts_at(self.standing.features["name"], rows)
        return {
            "customer_id": ids,
            "name": [own if pd.isna(name) else name for name, own in zip(names, ids, strict=True)],
            "direction": [DIRECTIONS[to] for to in self._directions(rows).tolist()],
            "theirs": [self.theirs_called[place] for place in self.theirs(rows).tolist()],
            "ours": [self.ours_called[place] for place in self.ours(rows).tolist()],
            "score": self.roster.points[rows].tolist(),
            "revenue": self.roster.revenue[rows].tolist(),
            "hours": self.roster.hours[rows].tolist(),
        }

    def rows(self, limit: int | None = None, text: str = "") -> Rows:
        """Row numbers of who would move, largest revenue first, at most `limit`; `text` keeps those whose name or
        number contains it, looked for among all who would move."""
        most = self.standing.population if limit is None else limit
        return self.find(text)[:most] if text.strip() else self._largest(most)

    def find(self, text: str) -> Rows:
        """Row numbers of all who would move and whose name or number contains `text`, largest revenue first."""
        rows = self._largest(self.standing.population)
        return rows[matches(self.standing.features, rows, text)]

    def _directions(self, rows: Rows) -> NDArray[np.int8]:
        """Place in `DIRECTIONS` of some customers, `STAYS` where nothing changes."""
        found: NDArray[np.int8] = _directions(*self.counts.shape)[self.theirs(rows), self.ours(rows)]
        return found

    def _is_moved(self, rows: Rows) -> NDArray[np.bool_]:
        """Whether customers change their place: *unrated* is the last one on either side."""
        theirs, ours = (count - 1 for count in self.counts.shape)
        place = self.ours(rows)
        return self.theirs(rows) != (place if theirs == ours else np.where(place == ours, theirs, place))

    def _largest(self, limit: int) -> Rows:
        """Row numbers of those who would move, looked for in ever longer heads of the order, each once."""
        order, found, start, reach = self.roster.by_revenue, [], 0, 4 * limit
        wanted = min(limit, self.moved_count)
        while wanted > 0 and start < len(order):
            head = order[start : start + reach]
            rows = head[self._is_moved(head)]
            found.append(rows)
            wanted -= len(rows)
            start, reach = start + reach, reach * 8
        return np.concatenate([np.empty(0, np.int64), *found])[:limit]


def grades_in_file(standing: Standing) -> Comparison | None:
    """The grades the user's own file carried, ordered as text sorts (A before B); None where it had none."""
    grades = standing.features["grade"].where(lambda grade: grade.notna() & (grade != ""))
    if grades.isna().all():
        return None
    names = tuple(sorted(grades.dropna().unique(), key=lambda grade: (grade.casefold(), grade)))
    places = pd.Categorical(grades, categories=list(names)).codes.astype(np.int64)
    return Comparison("grades", "", names, np.where(places < 0, len(names), places))


def compare(
    standing: Standing, roster: Roster, places: Places, names: Sequence[str], other: Comparison
) -> Movement:
    """Movement of every customer from `other` to `places` in `names`: by name where ours hold all of theirs (a file's
    grades are ordered as text sorts, and may leave one out), else by position, first to first."""
    shape = len(other.names) + 1, len(names) + 1
    at = other.places.astype(np.int64) * shape[1] + places
    weights = measure_customers(roster.revenue, roster.hours)
    cells = {
        name: np.bincount(at, values, shape[0] * shape[1]).astype(float).reshape(shape)
        for name, values in weights.items()
    }
    return _move((standing, roster), (other, names), cells, (other.places.__getitem__, places.__getitem__))


def keep_grading(roster: Roster, other: Comparison) -> FixedGrading:
    """The customers by a grading that stands still: keep them as long as both."""
    weights = measure_customers(roster.revenue, roster.hours)
    return FixedGrading.of(roster.points, roster.ranked, weights, other.places, len(other.names) + 1)


def keep_sales_order(roster: Roster) -> SalesOrder:
    """Scores against sales of the last 12 months: keep it as long as the roster."""
    weights = measure_customers(roster.revenue, roster.hours)
    return SalesOrder.of(roster.points, roster.ranked, weights, roster.sales_rank)


def cross(
    standing: Standing,
    roster: Roster,
    lines: Lines,
    other: Comparison,
    kept: FixedGrading | SalesOrder,
) -> Movement:
    """The same as `compare` for lines over the scores, from running totals; customers are read when they are listed.

    `other.places` may be empty for *sort by sales*: its sizes are those of our own computed tiers.
    """
    cells = {name: sums.copy() for name, sums in kept.cells(lines.cuts).items()}
    theirs: Placing = other.places.__getitem__
    if isinstance(kept, SalesOrder):
        theirs = _by_sales(roster, cells["customers"][:, :-1].sum(axis=0).cumsum()[: len(lines.names)])
    _move_held(cells, roster, lines, theirs)
    return _move(
        (standing, roster), (other, lines.names), cells, (theirs, lambda rows: lines.place(roster, rows))
    )


def _move_held(cells: Cells, roster: Roster, lines: Lines, theirs: Placing) -> None:
    """Whoever is set by hand leaves the computed cell for the one it is set to."""
    rows = lines.held_rows
    if not rows.size:
        return
    computed, weights = (
        roster.place(lines.cuts, rows),
        measure_customers(roster.revenue[rows], roster.hours[rows]),
    )
    for name, values in weights.items():
        np.subtract.at(cells[name], (theirs(rows), computed), values)
        np.add.at(cells[name], (theirs(rows), lines.held_places), values)


def _move(
    who: tuple[Standing, Roster],
    gradings: tuple[Comparison, Sequence[str]],
    cells: Cells,
    placings: tuple[Placing, Placing],
) -> Movement:
    """Sums by cell of theirs and ours → counts, groups and the two ways to place a customer."""
    (standing, roster), (other, names), (theirs, ours) = who, gradings, placings
    if other.names != tuple(names) and set(other.names) <= set(names):
        to = np.array([*(list(names).index(name) for name in other.names), len(names)])
        other, theirs = replace(other, names=tuple(names)), _through(to, theirs)
        spread = {name: np.zeros((len(names) + 1, sums.shape[1])) for name, sums in cells.items()}
        for name, sums in cells.items():
            spread[name][to] = sums
        cells = spread
    counts = np.rint(cells["customers"]).astype(np.int64)
    directions = _directions(*counts.shape)
    groups = {
        name: np.bincount(directions.ravel(), sums.ravel(), STAYS + 1)[:STAYS] for name, sums in cells.items()
    }
    customers, recorded = np.rint(groups["customers"]), np.rint(groups["recorded"])
    is_moved = directions != STAYS
    return Movement(
        comparison=other,
        counts=counts,
        theirs_called=(*other.names, UNRATED),
        ours_called=(*names, UNRATED),
        same_count=int(counts[~is_moved].sum()),
        moved_count=int(counts[is_moved].sum()),
        revenue=float(groups["revenue"].sum()),
        groups=Tally(
            DIRECTIONS,
            {
                "customers": customers,
                "revenue": np.where(customers > 0, groups["revenue"], 0.0),
                "hours": np.where(recorded > 0, groups["hours"], np.nan),
            },
        ),
        standing=standing,
        roster=roster,
        theirs=theirs,
        ours=ours,
    )


def _through(to: Places, theirs: Placing) -> Placing:
    return lambda rows: to[theirs(rows)]


def _by_sales(roster: Roster, ends: NDArray[np.number]) -> Placing:
    """Places by sales where the best tier ends before rank `ends[0]`, and so on."""
    return lambda rows: np.searchsorted(ends, roster.sales_rank[rows], side="right").astype(np.int8)


@cache
def _directions(theirs: int, ours: int) -> NDArray[np.int8]:
    """Place in `DIRECTIONS` by (their place, our place), `STAYS` where nothing changes; *unrated* comes last."""
    their_place, our_place = np.indices((theirs, ours))
    both_rated = (their_place < theirs - 1) & (our_place < ours - 1)
    both_unrated = (their_place == theirs - 1) & (our_place == ours - 1)
    moves = ~(both_unrated | (both_rated & (their_place == our_place)))
    found = np.select(
        [~moves, ~both_rated & (our_place < ours - 1), ~both_rated, their_place > our_place],
        [STAYS, DIRECTIONS.index("in"), DIRECTIONS.index("out"), DIRECTIONS.index("up")],
        DIRECTIONS.index("down"),
    )
    return found.astype(np.int8)
