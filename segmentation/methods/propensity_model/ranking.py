"""How well a score puts winners above losers: the area under the ROC curve, its interval, and the difference of two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True)
class Area:
    """area: the chance that a winner stands above a loser, ties counting half · low, high: 95 % · wins, losses."""

    area: float
    low: float
    high: float
    wins: int
    losses: int

    @property
    def beats_chance(self) -> bool:
        return self.low > 0.5


def area_under_curve(
    scores: Floats, wins: Floats, trials: Floats, clusters: NDArray[np.int64] | None = None
) -> Area:
    """Area and interval of `scores`, each with `wins` of `trials`; not-a-number where nobody won or nobody lost.

    Variance by placement values (DeLong, DeLong & Clarke-Pearson 1988, eq. 5–7), summed within `clusters` (Obuchowski
    1997); interval on the logit scale (Pepe 2003, 5.2.5). At 0 and 1, where the variance vanishes, the open end is that
    of a proportion with as many trials as the rarer class has members.
    """
    area, deviations = _placements(scores, wins, trials)
    won, lost = int(wins.sum()), int(trials.sum() - wins.sum())
    if not won or not lost:
        return Area(math.nan, math.nan, math.nan, won, lost)
    if area in (0.0, 1.0) or won < 2 or lost < 2:
        reach = 0.025 ** (1 / min(won, lost))
        return Area(area, reach if area == 1.0 else 0.0, 1 - reach if area == 0.0 else 1.0, won, lost)
    error = math.sqrt(_summed_square(deviations, clusters)) / (area * (1 - area))
    middle = math.log(area / (1 - area))
    low, high = (1 / (1 + math.exp(-(middle + sign * Z * error))) for sign in (-1, 1))
    return Area(area, low, high, won, lost)


def area_difference(
    first: Floats,
    second: Floats,
    wins: Floats,
    trials: Floats,
    clusters: NDArray[np.int64] | None = None,
) -> tuple[float, float, float]:
    """Area of `first` − area of `second` on the same cases: difference, low, high (DeLong et al. 1988, eq. 9)."""
    one, one_off = _placements(first, wins, trials)
    other, other_off = _placements(second, wins, trials)
    half = Z * math.sqrt(_summed_square(one_off - other_off, clusters))
    return one - other, one - other - half, one - other + half


def _placements(scores: Floats, wins: Floats, trials: Floats) -> tuple[float, Floats]:
    """The area, and how far each row pulls it from its mean: their squares sum up to its variance."""
    losses = trials - wins
    won, lost = float(wins.sum()), float(losses.sum())
    if won == 0 or lost == 0:
        return math.nan, np.zeros(len(scores))
    _, place = np.unique(scores, return_inverse=True)
    wins_at, losses_at = np.bincount(place, weights=wins), np.bincount(place, weights=losses)
    below = (np.cumsum(losses_at) - losses_at / 2)[place] / lost
    above = (won - np.cumsum(wins_at) + wins_at / 2)[place] / won
    area = float(wins_at @ (np.cumsum(losses_at) - losses_at / 2)) / (won * lost)
    # m(m − 1) rather than m², as the published estimator has it.
    of_wins = wins * (below - area) / won * math.sqrt(won / max(1.0, won - 1))
    of_losses = losses * (above - area) / lost * math.sqrt(lost / max(1.0, lost - 1))
    return area, of_wins + of_losses


def _summed_square(deviations: Floats, clusters: NDArray[np.int64] | None) -> float:
    """Σ over clusters of the square of their sum."""
    sums = deviations if clusters is None else np.bincount(clusters, weights=deviations)
    return math.fsum(np.sort(sums**2))
