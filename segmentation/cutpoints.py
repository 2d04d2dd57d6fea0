"""Is the score related to the outcome anywhere, and which lines are as good as the best-looking one?

The split "at or above against below" is looked at on every rung; the largest |z| of so many looks is held against the
largest of random orderings of the same customers (maximally selected statistics: Miller & Siegmund 1982; Lausen &
Schumacher 1992). Everything is drawn at rung level, so the cost does not grow with the number of customers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.ladder import Ladder
from segmentation.rates import Unit

Floats = NDArray[np.float64]
Rungs = NDArray[np.int64]
MOST_RUNGS = 200
FEWEST_CUSTOMERS, FEWEST_SHARE = 30, 0.05
ORDERINGS, REDRAWS = 999, 500
LEVEL = 0.05
PRIOR_CUSTOMERS = (
    10.0  # a rung of one customer shows no spread of its own: it is drawn towards the rate of all
)


@dataclass(frozen=True)
class Cutpoint:
    """The best-looking line of a score for one outcome.

    best, low, high: how many rungs of the ladder lie at or above the best-looking line and the ends of its plateau (low
    is the end with the lower score, so low ≥ best ≥ high). z: the statistic there, negative where results are better
    *below* the line. p_value: share of random orderings with a largest |z| at least as large. position_count: lines
    looked at.
    """

    best: int
    low: int
    high: int
    z: float
    p_value: float
    position_count: int

    @property
    def beats_chance(self) -> bool:
        return self.p_value <= LEVEL

    @property
    def is_reversed(self) -> bool:
        return self.z < 0


@dataclass(frozen=True)
class _Positions:
    """Groups of whole rungs, best first. rungs: rungs at or above the lower end of each group; sizes: customers with
    something to count; sums: outcome of each, centred to add up to 0; variance: of one customer's centred outcome;
    wins: for yes/no outcomes the number of yes of each group, else None."""

    rungs: Rungs
    sizes: Rungs
    sums: Floats
    variance: float
    wins: Rungs | None

    @property
    def total(self) -> int:
        return int(self.sizes.sum())

    @property
    def is_eligible(self) -> NDArray[np.bool_]:
        """Lines that leave enough customers on both sides."""
        above = np.cumsum(self.sizes)
        fewest = max(FEWEST_CUSTOMERS, FEWEST_SHARE * self.total)
        return (above >= fewest) & (self.total - above >= fewest)

    def z(self, sums: Floats) -> Floats:
        """The standardised split at every line, for one row of centred sums per draw: pooled two-proportion z for
        yes/no outcomes, the same with the finite population's variance for others. 0 where there is no other side."""
        above = np.cumsum(self.sizes).astype(float)
        spread = np.sqrt(self.variance * above * (self.total - above) / max(self.total, 1))
        running = np.cumsum(sums, axis=-1)
        return np.divide(running, spread, out=np.zeros_like(running), where=spread > 0)


def find_cutpoint(ladder: Ladder, unit: Unit, *seeds: object) -> Cutpoint | None:
    """The best-looking line of `ladder`, whose measures are those of `rates.outcome_measures`; None where too few
    customers have something to count, or all of them the same. Equal `seeds` give equal draws."""
    positions = _group(ladder, unit)
    is_eligible = positions.is_eligible
    if not is_eligible.any() or not positions.variance > 0:
        return None
    digest = hashlib.sha256("\0".join(map(str, seeds)).encode()).digest()
    draws = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    z = positions.z(positions.sums)
    best = int(np.flatnonzero(is_eligible)[np.argmax(np.abs(z[is_eligible]))])
    largest = np.abs(positions.z(_shuffle(positions, draws))[:, is_eligible]).max(axis=1)
    p_value = (1 + int((largest >= abs(z[best]) - 1e-9).sum())) / (1 + ORDERINGS)
    high, low = _plateau(positions, is_eligible, z, best, draws)
    rungs = positions.rungs
    return Cutpoint(
        int(rungs[best]), int(rungs[low]), int(rungs[high]), float(z[best]), p_value, int(is_eligible.sum())
    )


def count_customers(ladder: Ladder, unit: Unit) -> int:
    """Customers of a ladder with something to count."""
    return int(_running_counted(ladder, unit)[-1])


def _running_counted(ladder: Ladder, unit: Unit) -> Rungs:
    return ladder.totals["outcome_customers" if unit == "deal" else "outcome_n"]


def _group(ladder: Ladder, unit: Unit) -> _Positions:
    """At most 200 groups of whole rungs with about as many customers each."""
    totals = ladder.totals
    counted = _running_counted(ladder, unit)
    targets = np.arange(1, MOST_RUNGS + 1) * int(counted[-1]) / MOST_RUNGS
    ends = np.unique(np.searchsorted(counted, targets, side="left"))
    ends = ends[ends > 0]
    if not ends.size:
        empty = np.empty(0, np.int64)
        return _Positions(empty, empty, empty.astype(float), 0.0, None)
    steps = {name: np.diff(running[ends], prepend=0) for name, running in totals.items()}
    sizes = np.diff(counted[ends], prepend=0)
    size = int(sizes.sum())
    wins = None
    if unit == "money":
        ranks = steps["outcome_rank"].astype(float)
        mean = ranks.sum() / size
        sums = ranks - mean * sizes
        variance = (float(totals["outcome_rank_squares"][ends[-1]]) - size * mean**2) / max(size - 1, 1)
    elif unit == "deal":
        rate = steps["outcome_k"].sum() / max(steps["outcome_n"].sum(), 1)
        sums = steps["outcome_k"] - rate * steps["outcome_n"]
        kk, kn, nn = (float(steps[f"outcome_{name}"].sum()) for name in ("kk", "kn", "nn"))
        variance = (kk - 2 * rate * kn + rate**2 * nn) / max(size - 1, 1)
    else:
        wins = steps["outcome_k"]
        rate = wins.sum() / max(size, 1)
        sums, variance = wins - rate * sizes, rate * (1 - rate)
    return _Positions(ends, sizes, np.asarray(sums, float), float(variance), wins)


def _shuffle(positions: _Positions, draws: np.random.Generator) -> Floats:
    """Centred sums of 999 random orderings: exact for yes/no outcomes (multivariate hypergeometric), else a Gaussian
    bridge with the finite population's variance."""
    sizes, total = positions.sizes, positions.total
    if positions.wins is not None:
        wins = int(positions.wins.sum())
        drawn = draws.multivariate_hypergeometric(sizes, wins, size=ORDERINGS, method="marginals")
        return drawn - wins / total * sizes
    steps = draws.normal(size=(ORDERINGS, sizes.size)) * np.sqrt(positions.variance * sizes)
    return steps - steps.sum(axis=1, keepdims=True) * (sizes / total)


def _plateau(
    positions: _Positions, is_eligible: NDArray[np.bool_], z: Floats, best: int, draws: np.random.Generator
) -> tuple[int, int]:
    """First and last line of the unbroken run round the best one whose shortfall stays within what redrawing explains:
    z* − z ≤ q·se, with se of each difference and q, 95 % of the largest standardised one, from 500 redraws."""
    sign = np.sign(z[best]) or 1.0
    redrawn = sign * positions.z(_redraw(positions, draws))
    short = redrawn[:, [best]] - redrawn
    deviation = short - short.mean(axis=0)
    error = deviation.std(axis=0)
    others = is_eligible & (error > 0)
    if not others.any():
        return best, best
    q = float(np.quantile((np.abs(deviation[:, others]) / error[others]).max(axis=1), 1 - LEVEL))
    holds = is_eligible & (sign * (z[best] - z) <= q * error + 1e-12)
    breaks = np.flatnonzero(~holds)
    first = breaks[breaks < best].max(initial=-1) + 1
    last = breaks[breaks > best].min(initial=holds.size) - 1
    return int(first), int(last)


def _redraw(positions: _Positions, draws: np.random.Generator) -> Floats:
    """Centred sums as they might have come out with the same customers on every rung."""
    sizes = positions.sizes
    if positions.wins is None:
        steps = draws.normal(size=(REDRAWS, sizes.size)) * np.sqrt(positions.variance * sizes)
        drawn = positions.sums + steps
    else:
        rate = positions.wins.sum() / positions.total
        likely = (positions.wins + PRIOR_CUSTOMERS * rate) / (sizes + PRIOR_CUSTOMERS)
        drawn = draws.binomial(sizes, likely, size=(REDRAWS, sizes.size)).astype(float)
    return drawn - drawn.sum(axis=1, keepdims=True) * (sizes / positions.total)
