"""How many customers, and with how much, cross from one grading into another, for any lines: from running totals.

A move of a line must cost the same at a thousand and at a million customers, and who would move is asked for with every
one of them. Where the other grading stands still, its customers are kept by their place, best first, with running
totals; where it is *sort by sales* at our own sizes, both orders are laid over a grid of blocks (two-dimensional prefix
sums), and only the block a line falls into is looked at one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCKS = 512
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Cells = dict[str, Floats]  # by weight: (their places, our places), *unrated* last in both


def measure_customers(revenue: Floats, hours: Floats) -> dict[str, Floats]:
    """What is added up, one entry per customer: itself, its sales, its hours, whether hours are on record (unrecorded
    ones add nothing)."""
    recorded = ~np.isnan(hours)
    return {
        "customers": np.ones(len(revenue)),
        "revenue": revenue,
        "hours": np.where(recorded, hours, 0.0),
        "recorded": recorded.astype(float),
    }


@dataclass(frozen=True)
class FixedGrading:
    """Another grading that stands still. steps: −score of the rated by their place, best first · starts: where each
    place begins in it · totals: by weight, running totals in that order from 0 · unrated: by weight and their place.
    """

    steps: Floats
    starts: Rows
    totals: Mapping[str, Floats]
    unrated: Mapping[str, Floats]

    @classmethod
    def of(
        cls,
        points: Floats,
        ranked: Rows,
        weights: Mapping[str, Floats],
        places: NDArray[np.integer],
        count: int,
    ) -> FixedGrading:
        """points: score of every customer, not-a-number where *unrated* · ranked: row numbers of the rated, best
        first · places: their place of every customer, below `count`."""
        theirs = places[ranked]
        rows = ranked[np.argsort(theirs, kind="stable")]
        starts = np.searchsorted(places[rows], np.arange(count + 1))
        nobody = np.flatnonzero(np.isnan(points))
        return cls(
            -points[rows],
            starts,
            {name: np.append(0.0, np.cumsum(values[rows])) for name, values in weights.items()},
            {
                name: np.bincount(places[nobody], values[nobody], minlength=count).astype(float)
                for name, values in weights.items()
            },
        )

    def cells(self, cuts: Sequence[float]) -> Cells:
        """Sums by (their place, our place) at score `cuts`, falling."""
        ends = np.empty((len(self.starts) - 1, len(cuts) + 2), np.int64)
        for place, (start, end) in enumerate(zip(self.starts, self.starts[1:], strict=False)):
            taken = np.searchsorted(self.steps[start:end], [-cut for cut in cuts], side="right")
            ends[place] = [start, *(start + taken), end]
        return {
            name: np.column_stack([np.diff(totals[ends], axis=1), self.unrated[name]])
            for name, totals in self.totals.items()
        }


@dataclass(frozen=True)
class SalesOrder:
    """*Sort by sales* at the sizes of our own tiers. steps: −score of the rated, best first · sales: their rank by
    sales in that order · back: the way back, rank by score in the order of sales · weights in the order of scores ·
    prefix: by weight, sums of whole blocks before (score block, sales block)."""

    steps: Floats
    sales: Rows
    back: Rows
    weights: Mapping[str, Floats]
    prefix: Mapping[str, Floats]
    block: int
    unrated: Mapping[str, float]

    @classmethod
    def of(cls, points: Floats, ranked: Rows, weights: Mapping[str, Floats], sales_rank: Rows) -> SalesOrder:
        """`sales_rank`: of every customer, the rated from 0 on."""
        count, sales = len(ranked), sales_rank[ranked].astype(np.int64)
        back = np.empty(count, np.int64)
        back[sales] = np.arange(count)
        block = max(1, -(-count // BLOCKS))
        side = -(-count // block) if count else 0
        places = (np.arange(count) // block) * side + sales // block
        mine = {name: values[ranked] for name, values in weights.items()}
        prefix = {}
        for name, values in mine.items():
            sums = np.zeros((side + 1, side + 1))
            sums[1:, 1:] = np.bincount(places, values, minlength=side * side).reshape(side, side)
            prefix[name] = sums.cumsum(axis=0).cumsum(axis=1)
        nobody = np.isnan(points)
        unrated = {name: float(values[nobody].sum()) for name, values in weights.items()}
        return cls(-points[ranked], sales, back, mine, prefix, block, unrated)

    def cells(self, cuts: Sequence[float]) -> Cells:
        """Sums by (place by sales, our place) at score `cuts`, falling; whoever is rated by one is by the other."""
        ends = np.searchsorted(self.steps, [-cut for cut in cuts], side="right")
        bounds = [0, *ends.tolist(), len(self.steps)]
        found = {}
        corners = {
            (by_sales, by_score): self._corner(by_score, by_sales)
            for by_sales in bounds
            for by_score in bounds
        }
        for name in self.weights:
            sums = np.array(
                [[corners[by_sales, by_score][name] for by_score in bounds] for by_sales in bounds]
            )
            rated = np.diff(np.diff(sums, axis=0), axis=1)
            found[name] = np.pad(rated, ((0, 1), (0, 1)))
            found[name][-1, -1] = self.unrated[name]
        return found

    def _corner(self, by_score: int, by_sales: int) -> dict[str, float]:
        """Sums over the best `by_score` by score among the best `by_sales` by sales."""
        scores, sales = by_score // self.block, by_sales // self.block
        whole = scores * self.block
        over = slice(whole, by_score)  # the rest of the block by score, all sales ranks below
        rest = np.flatnonzero(self.sales[over] < by_sales) + whole
        beside = self.back[
            sales * self.block : by_sales
        ]  # the rest of the block by sales, whole blocks by score
        rows = np.concatenate([rest, beside[beside < whole]])
        return {
            name: float(self.prefix[name][scores, sales] + values[rows].sum())
            for name, values in self.weights.items()
        }
