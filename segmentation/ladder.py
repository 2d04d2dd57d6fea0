"""The ladder: customers ranked by score with running totals, so that any set of lines is a binary search.

Sorted once per score; a move of a line then costs the same at ten thousand and at a million customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.schemes import CutKind, TierPolicy
from segmentation.tally import Tally

Whole = NDArray[np.int64]
MINUTES_PER_HOUR = 60
LARGEST_TOTAL = 2.0**63


@dataclass(frozen=True)
class Solved:
    """Lines as score points, falling; what was asked of each line and what whole groups of ties gave.

    `asked` and `got` are in the unit of `kind`: points, cumulative share of rated customers, cumulative share of
    value, cumulative customers, or hours a month of that tier alone.
    """

    kind: CutKind
    cuts: tuple[float, ...]
    asked: tuple[float, ...]
    got: tuple[float, ...]


@dataclass(frozen=True)
class Ladder:
    """One rung per distinct score, best first; `totals[name][r]` is the sum over the best r rungs.

    `positive` holds the same sums with negative values as 0, for measures that have any (share-of-value cuts).
    """

    scores: NDArray[np.float64]
    totals: Mapping[str, Whole]
    positive: Mapping[str, Whole]

    @classmethod
    def build(cls, scores: ArrayLike, measures: Mapping[str, Whole], rows: Whole | None = None) -> Ladder:
        """`scores`: rated customers only, none null. `measures`: int64 arrays in the same order, or with `rows` those
        of all customers, the rated at these rows.

        A measure `customers` is always added. ValueError on a null score or a wrong length; OverflowError when a
        running total would leave int64.
        """
        points = np.asarray(scores, float)
        if np.isnan(points).any():
            raise ValueError("a rated score is null")
        order = np.argsort(-points, kind="stable")
        ranked, taken = points[order], order if rows is None else rows[order]
        ends = (
            np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
            if ranked.size
            else np.empty(0, np.int64)
        )
        totals = {"customers": np.append(0, ends + 1).astype(np.int64)}
        positive = {}
        for name, values in measures.items():
            if rows is None and len(values) != len(points):
                raise ValueError(f"{name} has {len(values)} values for {len(points)} scores")
            totals[name] = _running(name, values, taken, ends)
            if len(values) and values.min() < 0:
                positive[name] = _running(name, np.maximum(values, 0), taken, ends)
        # Kept as a view of the rising order: a search in any other would copy all of it first.
        return cls(np.ascontiguousarray(ranked[ends][::-1])[::-1], totals, positive)

    @property
    def customers(self) -> int:
        return int(self.totals["customers"][-1])

    @property
    def bytes(self) -> int:
        """Memory of the arrays: what a cache of ladders is bounded by."""
        return int(
            self.scores.nbytes + sum(a.nbytes for a in [*self.totals.values(), *self.positive.values()])
        )

    def rungs_at(self, cuts: Sequence[float]) -> Whole:
        """How many rungs lie at or above each cut."""
        return self.scores.size - np.searchsorted(self.scores[::-1], np.asarray(cuts, float), side="left")

    def at(self, cuts: Sequence[float]) -> Tally:
        """Tier totals at score `cuts` (falling): one row per tier, best first (rank 0…), one column per measure."""
        ends = np.concatenate([[0], self.rungs_at(cuts), [self.scores.size]])
        ranks = tuple(range(len(ends) - 1))
        return Tally(ranks, {name: np.diff(running[ends]) for name, running in self.totals.items()})

    def histogram(self, edges: Sequence[float]) -> Whole:
        """Customers between each two neighbours of the rising `edges`, low ≤ score < high."""
        return -np.diff(self.totals["customers"][self.rungs_at(edges)])

    def solve(
        self, policy: TierPolicy, value_measure: str = "", minutes_per_customer: Sequence[float] = ()
    ) -> Solved:
        """The score lines of `policy`; `value_measure` for share of value, minutes per tier for hours.

        Whole groups of equal scores are taken from the top while the running total stays ≤ the target; a first
        group that alone exceeds it is taken all the same (definitions.md, *Cuts*).
        """
        if policy.kind == "score":
            return Solved("score", policy.cuts, policy.cuts, policy.cuts)
        if policy.kind == "hours":
            return self._solve_hours(policy.cuts, minutes_per_customer)
        taken = self.rungs_for(policy.kind, policy.cuts, value_measure)
        got = self.positions_of(policy.kind, taken, value_measure)
        return Solved(policy.kind, self._lines(taken), policy.cuts, tuple(got.tolist()))

    def rungs_for(
        self,
        kind: CutKind,
        cuts: Sequence[float],
        value_measure: str = "",
        minutes: float = 0.0,
        start: int = 0,
    ) -> Whole:
        """How many rungs each of `cuts` takes, each stated alone. By hours, the tier begins after `start` rungs and
        costs `minutes` a customer; the others count from the top."""
        if kind == "score":
            return self.rungs_at(cuts)
        running = self._running_of(kind, value_measure)
        begin = start if kind == "hours" else 0
        first, last = int(running[begin]), int(running[-1])
        # Capped: a target beyond int64 would turn the search into one over floats.
        limits = [min(first + self._target(kind, cut, last, minutes), last) for cut in cuts]
        reached = np.searchsorted(running, np.array(limits, np.int64), side="right") - 1
        # One rung at least while any is left.
        return np.minimum(np.maximum(reached, begin + 1), self.scores.size).astype(np.int64)

    def positions_of(
        self,
        kind: CutKind,
        rungs: Sequence[int] | Whole,
        value_measure: str = "",
        minutes: float = 0.0,
        start: int = 0,
    ) -> NDArray[np.float64]:
        """What a line below each of `rungs` comes to in the unit of `kind`: the way back from `rungs_for`."""
        taken = np.asarray(rungs, np.int64)
        if kind == "score":
            return np.array(self._lines(taken.tolist()))
        running = self._running_of(kind, value_measure)
        reached = running[taken].astype(float)
        if kind == "number":
            return reached
        if kind == "hours":
            return (reached - float(running[start])) * minutes / MINUTES_PER_HOUR
        return reached / float(running[-1]) if running[-1] else np.zeros(len(taken))

    def _target(self, kind: CutKind, cut: float, total: int, minutes: float) -> int:
        if kind == "hours":
            # 20 min + 15 min + … come as floats: a hair below a whole customer is that customer.
            return floor(cut * MINUTES_PER_HOUR / minutes + 1e-9) if minutes > 0 else self.customers
        return _floor_of(cut, total if kind in ("customers", "value") else 1)

    def _running_of(self, kind: CutKind, value_measure: str) -> Whole:
        name = value_measure if kind == "value" else "customers"
        return self.positive.get(name, self.totals[name])

    def _solve_hours(self, hours: Sequence[float], minutes_per_customer: Sequence[float]) -> Solved:
        if len(minutes_per_customer) < len(hours):
            raise ValueError(f"{len(hours)} lines by hours need the minutes of {len(hours)} tiers")
        taken: list[int] = []
        got: list[float] = []
        for asked, minutes in zip(hours, minutes_per_customer, strict=False):
            start = taken[-1] if taken else 0
            taken += self.rungs_for("hours", [asked], "", minutes, start).tolist()
            got += self.positions_of("hours", taken[-1:], "", minutes, start).tolist()
        return Solved("hours", self._lines(taken), tuple(hours), tuple(got))

    def _lines(self, taken: Sequence[int] | Whole) -> tuple[float, ...]:
        """The lowest score taken by each line; with nobody rated every line is at the top."""
        return tuple(float(self.scores[rungs - 1]) if rungs else 100.0 for rungs in taken)


def _running(name: str, values: Whole, order: Whole, ends: Whole) -> Whole:
    largest = max(abs(int(values.min())), abs(int(values.max()))) if len(values) else 0
    if largest * len(values) >= LARGEST_TOTAL and np.abs(values, dtype=float).sum() >= LARGEST_TOTAL:
        raise OverflowError(f"the running total of {name} leaves int64")
    return np.concatenate([[0], np.cumsum(values[order], dtype=np.int64)[ends]]).astype(np.int64)


def _floor_of(cut: float, total: int) -> int:
    """0.29 × 100 customers are 29, not 28.999…: the number as it was typed, not as binary holds it."""
    product = cut * total
    if abs(product - round(product)) > 1e-15 * abs(product):
        return floor(product)  # farther from a whole number than binary can be wrong
    return floor(Fraction(repr(float(cut))) * total)
