"""What every possible position of one line would give: size, outcome, share of revenue, hours needed.

The lines above stay where they are. Every position is two look-ups in running totals, so a curve costs the same at a
thousand and at a million customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.cutpoints import Cutpoint, find_cutpoint
from segmentation.ladder import Ladder
from segmentation.rates import UNITS, tier_rates
from segmentation.schemes import CutKind, Scheme
from segmentation.standing import Standing
from segmentation.tally import Column, Tally
from segmentation.tuning import Base, Evaluation, standard_minutes

MOST_POINTS = 64
Rungs = NDArray[np.int64]


@dataclass(frozen=True)
class Sweep:
    """The curves of line `place` (0 = below the best tier).

    points: at most 64 even steps from the line above to the line below, rising in `position` (the unit of `kind`:
    points, share 0–1 of customers or value, customers, hours a month): customers, revenue_share (0–1), hours_needed
    (a month) of the tier above the line at the list date; n, rate, low, high (share 0–1, or currency per customer) at
    the check date, null where nothing is counted. now: the same columns for the line as it stands. plateau: positions
    between which the line separates about equally well, and best, the best-looking one, both of the split at or above
    against below; None where nothing can be said.
    """

    place: int
    kind: CutKind
    tier: str
    points: Tally
    now: Mapping[str, float]
    best: float | None
    plateau: tuple[float, float] | None


def find_best_line(base: Base, scheme: Scheme) -> Cutpoint | None:
    """One statement per data version, scheme without its lines, outcome and check date: cache it with the base."""
    if base.checked is None:
        return None
    seeds = base.checked.data_version, scheme.unlined, base.checked.as_of
    return find_cutpoint(base.checked.ladder, UNITS[scheme.outcome], *seeds)


def sweep_line(base: Base, evaluation: Evaluation, place: int, best: Cutpoint | None) -> Sweep:
    """The curves of one line of an evaluation, with the statement about its score drawn onto them."""
    scheme, kind = evaluation.scheme, evaluation.scheme.policy.kind
    minutes = standard_minutes(scheme)[place]
    now = _Side(base.now, kind, minutes, _above(base.now.ladder, evaluation.cuts, place))
    lowest = _below(base.now.ladder, evaluation.cuts, place)
    stood = evaluation.solved.asked[place]
    positions = np.append(now.spread(lowest, stood), stood)
    stands = now.ladder.rungs_at(evaluation.cuts[place : place + 1])
    points = _sizes(now, positions, np.append(now.rungs(positions[:-1]), stands))
    plateau, top = None, None
    if base.checked is not None:
        start = _above(base.checked.ladder, evaluation.check_cuts, place)
        checked = _Side(base.checked, kind, minutes, start)
        stands = checked.ladder.rungs_at(evaluation.check_cuts[place : place + 1])
        rungs = np.append(checked.rungs(positions[:-1]), stands)
        points |= _results(checked, rungs, scheme)
        if best is not None:
            ends = checked.positions(np.array([best.low, best.high, best.best])).tolist()
            plateau, top = (min(ends[:2]), max(ends[:2])), ends[2]
    name = scheme.policy.names[place]
    curve = Tally(
        tuple(range(len(positions) - 1)), {column: values[:-1] for column, values in points.items()}
    )
    stood_at = {column: float(values[-1]) for column, values in points.items()}
    return Sweep(place, kind, name, curve, stood_at, top, plateau)


def position_of(base: Base, evaluation: Evaluation, place: int, customers: int) -> float:
    """Where a line that takes `customers` from the top would stand: how another scheme's line is drawn."""
    ladder = base.now.ladder
    minutes = standard_minutes(evaluation.scheme)[place]
    side = _Side(base.now, evaluation.scheme.policy.kind, minutes, _above(ladder, evaluation.cuts, place))
    rungs = np.searchsorted(ladder.totals["customers"], [customers], side="left")
    return float(side.positions(rungs)[0])


def _above(ladder: Ladder, cuts: tuple[float, ...], place: int) -> int:
    """Rungs of the tiers above the one whose lower line is moved."""
    return int(ladder.rungs_at(cuts[place - 1 : place])[0]) if place else 0


def _below(ladder: Ladder, cuts: tuple[float, ...], place: int) -> int:
    """Rungs down to the next line below, where the tiers have any between; else all of them."""
    reached = int(ladder.rungs_at(cuts[place + 1 : place + 2])[0]) if place + 1 < len(cuts) else 0
    return reached if reached > _above(ladder, cuts, place) + 1 else int(ladder.scores.size)


@dataclass(frozen=True)
class _Side:
    """One date's ladder, read from the line above downwards."""

    standing: Standing
    kind: CutKind
    minutes: float
    start: int

    @property
    def ladder(self) -> Ladder:
        return self.standing.ladder

    def spread(self, lowest: int, stood: float) -> NDArray[np.float64]:
        """Even positions from the line above down to `lowest` rungs, and as far as the line as it stands."""
        if not self.ladder.scores.size:
            return np.empty(0)
        ends = np.append(self.positions(np.array([min(self.start + 1, lowest), lowest])), stood)
        return np.linspace(min(ends), max(ends), MOST_POINTS if min(ends) < max(ends) else 1)

    def rungs(self, positions: NDArray[np.float64]) -> Rungs:
        value = self.standing.value_measure
        taken = self.ladder.rungs_for(self.kind, positions.tolist(), value, self.minutes, self.start)
        return np.maximum(taken, self.start)

    def positions(self, rungs: Rungs) -> NDArray[np.float64]:
        value = self.standing.value_measure
        return self.ladder.positions_of(self.kind, rungs, value, self.minutes, self.start)

    def sums(self, rungs: Rungs) -> Tally:
        """Totals between the line above and each of `rungs`."""
        sums = {name: total[rungs] - total[self.start] for name, total in self.ladder.totals.items()}
        return Tally(tuple(range(len(rungs))), sums)


def _sizes(now: _Side, positions: NDArray[np.float64], rungs: Rungs) -> dict[str, Column]:
    """One row per position: what the tier above the line holds at the list date, results still unknown."""
    sums = now.sums(rungs)
    revenue = now.ladder.totals["revenue_e4"][-1] + now.standing.unrated["revenue_e4"]
    unknown = np.full(len(positions), np.nan)
    return {
        "position": positions,
        "customers": sums["customers"],
        "revenue_share": sums["revenue_e4"] / (revenue if revenue > 0 else np.nan),
        "hours_needed": sums["customers"] * now.minutes / 60.0,
        "n": np.zeros(len(positions)),
        "rate": unknown,
        "low": unknown,
        "high": unknown,
    }


def _results(checked: _Side, rungs: Rungs, scheme: Scheme) -> dict[str, Column]:
    """The outcome of the tier above the line, replayed at the check date."""
    rates = tier_rates(checked.sums(rungs), UNITS[scheme.outcome], checked.standing.square_unit)
    return {name: rates[name] for name in ("n", "rate", "low", "high")}
