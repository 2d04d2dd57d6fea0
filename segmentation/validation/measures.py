"""All dates of a contender together: how well it ranks, how much better than the simple sort, how steady it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from segmentation.validation.discrimination import UNKNOWN, Estimate, Floats, carriers, of_no_spread, ratio
from segmentation.validation.redraws import Sums, percentiles
from segmentation.validation.significance import student_range, two_sided, widened_tail
from segmentation.validation.trials import Trial

FEWEST_CASES = 10  # of either kind, by as many customers
SAME_RATE = 1e-9  # of the largest one
NAN = float("nan")


@dataclass(frozen=True)
class OnDate:
    """One past date: AUC with its range by DeLong, that of the simple sort of the same customers, and counts."""

    on: dt.date
    auc: Estimate
    base_auc: float
    rated_count: int
    left_out_count: int
    won: float
    lost: float


@dataclass(frozen=True)
class Measures:
    """A contender over all its dates, customers redrawn. Shares and chances 0–1, differences −1…1.

    auc, gini: pairs of customers of the same date · base_auc: of the simple sort of the same customers · skill: auc −
    base_auc · chance_vs_base, chance_vs_luck: of a difference as large (from base_auc, from ½) if there were none ·
    value_share: of the later value held by the best tenth; base_value_share, value_skill likewise · rates: of the best
    10 %, the next 30 % and the rest (share, or ten-thousandths a customer) · order_chance: share of redraws in which
    they fall in that order · unchanged: share of customers in the same tier on two consecutive dates;
    unchanged_by_luck: the same had nobody changed its ways (see `luck`), on the same dates; not-a-number where it was
    not tried ·
    carried_by: by how many customers the won and the lost cases are carried · won, lost: cases · customer_months:
    customers × dates; left_out_months: those whom only the simple sort rates.
    """

    dates: tuple[OnDate, ...]
    auc: Estimate
    gini: Estimate
    base_auc: float
    skill: Estimate
    chance_vs_base: float
    chance_vs_luck: float
    value_share: Estimate
    base_value_share: float
    value_skill: Estimate
    rates: tuple[float, ...]
    order_chance: float
    unchanged: Estimate
    unchanged_by_luck: float
    carried_by: tuple[float, float]
    won: float
    lost: float
    customer_months: int
    left_out_months: int

    @property
    def has_enough(self) -> bool:
        """Whether enough customers carry either kind of case."""
        return min(self.carried_by) >= FEWEST_CASES - 1e-9

    @property
    def carrier_counts(self) -> tuple[int, int]:
        """`carried_by` in whole customers, never as many as would be enough where it is not."""
        won, lost = (int(count + 1e-9) for count in self.carried_by)
        return won, lost


def measure(
    trials: Sequence[Trial],
    *,
    by_luck: float = NAN,
    lately: Collection[dt.date] = (),
    is_base: bool = False,
) -> Measures:
    """Pool the trials of one contender, at least one; `by_luck` as `Course.luck_of` has it, tried at the dates
    `lately`; `is_base`: of the simple sort itself."""
    own, base = (reduce(Sums.plus, (_sums(trial, which) for trial in trials)) for which in ("own", "base"))
    carried_by = carriers(own.won), carriers(own.lost)
    freedom = min(carried_by) - 1
    auc, base_auc = ratio(own.above, own.pairs), ratio(base.above, base.pairs)
    share, base_share = (np.clip(ratio(each.top, each.value), 0, 1) for each in (own, base))
    rates = ratio(own.part, own.whole)
    area = student_range(auc, freedom, (0.0, 1.0))
    if area.low == area.high and area.value in (0.0, 1.0):
        area = of_no_spread(area.value, min(carried_by))
    tail, least = widened_tail(freedom), difference_error(own, base)
    return Measures(
        dates=tuple(_on_date(trial) for trial in trials),
        auc=area,
        gini=area.scaled(2, -1),
        base_auc=float(base_auc[0]),
        skill=UNKNOWN if is_base else student_range(auc - base_auc, freedom, (-1.0, 1.0), least),
        chance_vs_base=NAN if is_base else two_sided(auc - base_auc, 0.0, freedom, least),
        chance_vs_luck=two_sided(auc, 0.5, freedom),
        value_share=percentiles(share, tail),
        base_value_share=float(base_share[0]),
        value_skill=UNKNOWN if is_base else percentiles(share - base_share, tail),
        rates=tuple(float(rate) for rate in rates[0]),
        order_chance=_order_chance(rates, own.whole[0]),
        unchanged=percentiles(*_unchanged([t for t in trials if not lately or t.on in lately], tail)),
        unchanged_by_luck=by_luck,
        carried_by=carried_by,
        won=sum(trial.won for trial in trials),
        lost=sum(trial.lost for trial in trials),
        customer_months=sum(trial.rated_count for trial in trials),
        left_out_months=sum(trial.left_out_count for trial in trials),
    )


def difference_error(own: Sums, base: Sums) -> float:
    """Standard error of the difference of two AUCs of the same cases, from what every block adds to it (the linear part
    of a U-statistic: Hoeffding 1948). Redraws put neighbours into one group: of two orders that differ among neighbours
    alone they show no spread at all, and any difference would pass for certain."""
    pairs = float(own.pairs[0])
    if not pairs > 0:
        return 0.0
    gap = float(own.above[0] - base.above[0]) / pairs
    swing = (own.held - base.held - gap * own.paired) / pairs
    return float(np.sqrt(swing @ swing))


def _sums(trial: Trial, which: str) -> Sums:
    ranked = trial.own if which == "own" else trial.base
    return ranked.sums


def _on_date(trial: Trial) -> OnDate:
    return OnDate(
        trial.on,
        trial.own.auc,
        trial.base.auc.value,
        trial.rated_count,
        trial.left_out_count,
        trial.won,
        trial.lost,
    )


def _order_chance(rates: Floats, whole: Floats) -> float:
    """Share of redraws in which no tier does better than the one above it and not all do alike; unknown where one has
    too few cases, or where nobody got anywhere. Equal scores give rates that are equal but for their last digits."""
    if whole.min() < FEWEST_CASES:
        return NAN
    drawn = rates[1:]
    known = ~np.isnan(drawn).any(axis=1)
    if not (known.any() and rates[0].any()):
        return NAN
    steps = np.diff(drawn[known], axis=1)
    same = SAME_RATE * drawn[known].max(axis=1, keepdims=True)
    in_order = (steps <= same).all(axis=1) & (steps < -same).any(axis=1)
    return float(in_order.mean())


def _unchanged(trials: Sequence[Trial], tail: float) -> tuple[Floats, float]:
    same, both = (sum((getattr(trial, name) for trial in trials), np.zeros(1)) for name in ("same", "both"))
    return ratio(np.atleast_1d(same), np.atleast_1d(both)), tail
