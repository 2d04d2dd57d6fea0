"""How well does a score put customers who got somewhere before those who did not? Exact figures of one date.

A customer carries `won` and `lost` cases: 1 and 0 for a yes/no result, several of both where deals are counted; where
the result is an amount, `won` is the amount and `lost` is 1. AUC is then the chance that the customer of a won case
(of a unit of money) stands above that of a lost one, ties counting half.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from segmentation.rates import wilson

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % range in the same unit; not-a-number where it is unknown."""

    value: float = NAN
    low: float = NAN
    high: float = NAN

    @property
    def is_known(self) -> bool:
        return not np.isnan(self.value)

    def scaled(self, factor: float, shift: float = 0.0) -> Estimate:
        """The same on another scale: `factor`·x + `shift`, `factor` > 0."""
        return Estimate(*(factor * end + shift for end in (self.value, self.low, self.high)))


UNKNOWN = Estimate()


@dataclass(frozen=True)
class Rungs:
    """Sums per distinct score, best first. `at`: the rung of every customer, in their order."""

    at: NDArray[np.int64]
    customers: Floats
    won: Floats
    lost: Floats
    value: Floats


def collapse(scores: Floats, won: Floats, lost: Floats, value: Floats) -> Rungs:
    """One rung per distinct score; none of `scores` may be null."""
    distinct, place = np.unique(-scores, return_inverse=True)
    at, count = place.reshape(-1).astype(np.int64), distinct.size
    sums = [np.bincount(at, weights, count) for weights in (None, won, lost, value)]
    return Rungs(at, *(np.asarray(each, float) for each in sums))


def concordance(won: Floats, lost: Floats) -> tuple[Floats, Floats]:
    """Pairs of a won and a lost case with the won one above, ties half (Mann & Whitney 1947), and all pairs.

    The last axis holds rungs, best first; the axes before it are kept.
    """
    all_lost = lost.sum(axis=-1, keepdims=True)
    below = all_lost - np.cumsum(lost, axis=-1)
    return (won * (below + lost / 2)).sum(axis=-1), won.sum(axis=-1) * all_lost[..., 0]


def ratio(part: Floats, whole: Floats) -> Floats:
    """Part of whole; not-a-number where there is no whole."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0)


def area(rungs: Rungs, won: Floats, lost: Floats, confidence: float = 0.95) -> Estimate:
    """AUC of one date with its range (DeLong, DeLong & Clarke-Pearson 1988; several cases of one customer as
    Obuchowski 1997); `won` and `lost` by customer, as collapsed into `rungs`. Where every won case stands above (or
    below) every lost one the formula knows no spread: see `of_no_spread`."""
    above, pairs = concordance(rungs.won, rungs.lost)
    if not pairs > 0:
        return UNKNOWN
    auc = float(above / pairs)
    error = float(np.sqrt(_variance(rungs, won, lost, auc)))
    if error == 0.0 and auc in (0.0, 1.0):
        return of_no_spread(auc, min(carriers(won), carriers(lost)), confidence)
    half = float(ndtri(0.5 + confidence / 2)) * error
    return Estimate(auc, max(0.0, auc - half), min(1.0, auc + half))


def of_no_spread(auc: float, carried_by: float, confidence: float = 0.95) -> Estimate:
    """An AUC of 0 or 1, which no redraw moves either, with Wilson's range for as many cases as there are customers who
    carry the rarer kind: ten deals of one customer say no more than one."""
    low, high = wilson(auc * carried_by, carried_by, confidence)
    return Estimate(auc, float(low), float(high))


def carriers(values: Floats) -> float:
    """How many customers (or blocks) really carry a sum: (Σx)²/Σx² (Kish 1965), all of them where they are equal."""
    squares = float((values**2).sum())
    return float(values.sum()) ** 2 / squares if squares > 0 else 0.0


def _variance(rungs: Rungs, won: Floats, lost: Floats, auc: float) -> float:
    """S₁₀/M + S₀₁/N + 2·S₁₁/(M·N), the spread of placements over customers (Obuchowski 1997, eq. 2 to 5); with one case
    a customer it is that of DeLong and others (1988, eq. 5). A single customer of a kind shows no spread."""
    all_won, all_lost = float(rungs.won.sum()), float(rungs.lost.sum())
    below = (all_lost - np.cumsum(rungs.lost) + rungs.lost / 2) / all_lost
    above = (np.cumsum(rungs.won) - rungs.won / 2) / all_won
    of_won, of_lost = won * (below[rungs.at] - auc), lost * (above[rungs.at] - auc)
    winners, losers = int((won > 0).sum()), int((lost > 0).sum())
    either = int(((won > 0) | (lost > 0)).sum())
    s10 = winners / max(winners - 1, 1) / all_won * float((of_won**2).sum())
    s01 = losers / max(losers - 1, 1) / all_lost * float((of_lost**2).sum())
    s11 = either / max(either - 1, 1) * float((of_won * of_lost).sum())
    return max(0.0, s10 / all_won + s01 / all_lost + 2 * s11 / (all_won * all_lost))


def top_weights(customers: Floats, share: float) -> Floats:
    """How much of each rung lies in the best `share` (0–1) of customers: 1 above the line, 0 below, and of the rung on
    it the part that is missing, so that sizes are equal whatever the ties. The last axis holds rungs, best first."""
    target = share * customers.sum(axis=-1, keepdims=True)
    before = np.cumsum(customers, axis=-1) - customers
    found: Floats = np.clip(
        np.divide(target - before, customers, out=np.zeros_like(customers), where=customers > 0), 0.0, 1.0
    )
    return found
