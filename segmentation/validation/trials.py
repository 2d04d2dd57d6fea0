"""One contender on one past date, held against the simple sort of the same customers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.validation.discrimination import Estimate, Floats, area
from segmentation.validation.past import Day
from segmentation.validation.redraws import TIERS, Draws, Sums, total

UNPLACED = len(TIERS)
Places = NDArray[np.int8]


@dataclass(frozen=True)
class Ranked:
    """A ranking of some customers of a day."""

    sums: Sums
    auc: Estimate


@dataclass(frozen=True)
class Trial:
    """A contender on a date: `own` and `base`, the simple sort, of the customers both rate; `left_out_count`: those
    whom only the simple sort rates; won, lost: cases (customers, deals; money in ten-thousandths). Of the customers
    rated on the date before as well: `both`, and how many of them stand in the same tier, `same`, redrawn like sums."""

    on: dt.date
    own: Ranked
    base: Ranked
    rated_count: int
    left_out_count: int
    won: float
    lost: float
    both: Floats
    same: Floats


class Rankings:
    """The rankings of one day by who is ranked, so that the simple sort of the same customers is worked out once."""

    def __init__(self, day: Day, draws: Draws) -> None:
        self.day, self.draws = day, draws
        self._simple: dict[bytes, Ranked] = {}

    def rank(self, scores: Floats, is_taken: NDArray[np.bool_]) -> Ranked:
        cases = self.day.cases.pick(is_taken)
        sums, rungs = total(scores[is_taken], cases, self.draws)
        return Ranked(sums, area(rungs, cases.won, cases.lost))

    def rank_simply(self, is_taken: NDArray[np.bool_]) -> Ranked:
        """By sales of the 12 months before."""
        key = np.packbits(is_taken).tobytes()
        if key not in self._simple:
            self._simple[key] = self.rank(self.day.sales, is_taken)
        return self._simple[key]


def try_scores(rankings: Rankings, scores: Floats, before: Places | None) -> tuple[Trial, Places]:
    """A contender's `scores` on the day of `rankings`, not-a-number where *unrated*; `before`: its tiers by customer of
    the last date, on the date before. Returns those of the day along with the trial."""
    day, draws = rankings.day, rankings.draws
    is_taken = ~np.isnan(scores) & day.is_rated
    cases = day.cases.pick(is_taken)
    places = place_customers(day, scores, draws)
    both, same = stay(places, before, draws)
    trial = Trial(
        on=day.on,
        own=rankings.rank(scores, is_taken),
        base=rankings.rank_simply(is_taken),
        rated_count=int(is_taken.sum()),
        left_out_count=int(day.is_rated.sum() - is_taken.sum()),
        won=float(cases.won.sum()),
        lost=float(cases.lost.sum()),
        both=both,
        same=same,
    )
    return trial, places


def place_customers(day: Day, scores: Floats, draws: Draws) -> Places:
    """Tiers by customer of the last date, `UNPLACED` where *unrated* or not known yet."""
    is_taken = ~np.isnan(scores) & day.is_rated
    places = np.full(draws.block.size, UNPLACED, np.int8)
    places[day.cases.rows[is_taken]] = place(scores[is_taken])
    return places


def stay(places: Places, before: Places | None, draws: Draws) -> tuple[Floats, Floats]:
    """Customers with a tier on both dates, and those of them in the same one."""
    if before is None:
        nobody = np.zeros(len(draws.weights))
        return nobody, nobody
    rows = np.flatnonzero((places < UNPLACED) & (before < UNPLACED))
    is_same = (places[rows] == before[rows]).astype(float)
    return draws.totals(np.ones(rows.size), rows), draws.totals(is_same, rows)


def place(scores: Floats) -> Places:
    """Tiers of `TIERS` sizes, 0 best. Equal scores stay together: a group on a line is above it where its middle is."""
    ranked = np.sort(-scores)
    first = np.searchsorted(ranked, -scores, side="left")
    last = np.searchsorted(ranked, -scores, side="right")
    middle = (first + last) / 2 / max(scores.size, 1)
    return np.searchsorted(np.array(TIERS[:-1]), middle, side="left").astype(np.int8)
