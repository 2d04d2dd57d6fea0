"""Did tiers set by hand do better than the computed ones? What followed, held against customers nobody touched.

Judged are overrides in force on the check date and decided by then: one recorded later, however it is dated, may have
seen the outcome. Customers set up are held against two groups of others: those of the tiers the rule puts them into,
in the same mixture, and those of the tiers they were put into.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from segmentation.journal import Event
from segmentation.overrides import Held, overrides_among
from segmentation.rates import Measures, newcombe, tier_rates
from segmentation.rosters import place_points, points_of
from segmentation.standing import Standing
from segmentation.tally import Tally
from segmentation.verdicts import FEWEST, VerdictCode

CONFIDENCE = 0.95
UNKNOWN = float("nan")
SET = "set"
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Against:
    """The others a group set by hand is held against. rate: theirs in the group's mixture of tiers (share 0–1, or
    currency per customer), n: how many cases it rests on · difference, low, high: group − others, null where either
    has nothing to count · code: what may be said of the group."""

    rate: float
    n: int
    difference: float
    low: float
    high: float
    code: VerdictCode


@dataclass(frozen=True)
class Moved:
    """Customers set above (or below) their computed tier: k of n, rate with its range (k null for money), held against
    the others of their computed tiers and of the tiers they were put into."""

    customers: int
    k: float
    n: int
    rate: float
    low: float
    high: float
    computed: Against
    given: Against


@dataclass(frozen=True)
class OverrideResults:
    """held: customers set by hand on `replayed_on` whose tier both the rule and the scheme know; up, down: those set
    above and below it, None where there is nobody; same_count: those set to the computed tier; unrated_count: those
    the rule does not rate; late_count: overrides dated into the check date but recorded after it, left out."""

    replayed_on: dt.date
    held_count: int
    up: Moved | None
    down: Moved | None
    same_count: int
    unrated_count: int
    late_count: int


def review_overrides(
    events: Iterable[Event],
    checked: Standing,
    cuts: Sequence[float],
    names: Sequence[str],
    measured: Measures,
) -> OverrideResults:
    """`checked`: the standing at the check date with score lines `cuts` there; `measured`: what happened to each of its
    customers, in their order; `events`: all overrides of the journal, oldest first."""
    told, on = tuple(events), checked.as_of
    known = overrides_among((event for event in told if event.at.date() <= on), on)
    late = set(overrides_among(told, on)) - set(known)
    held = Held.of(known, checked.features.index)
    rows, given = _places_given(held, names)
    computed = place_points(points_of(checked), cuts).astype(np.int64)
    is_rated = computed[rows] < len(names)
    unrated_count = int((~is_rated).sum())
    rows, given = rows[is_rated], given[is_rated]
    step = np.sign(given - computed[rows])  # 0 is the best tier: up is below 0
    others = computed.copy()
    others[held.rows] = len(names) + 1
    groups = [np.flatnonzero(others == place) for place in range(len(names))]
    found = {
        way: _review(rows[step == way], (computed[rows][step == way], given[step == way]), groups, measured)
        for way in (-1, 1)
    }
    return OverrideResults(
        on, rows.size, found[-1], found[1], int((step == 0).sum()), unrated_count, len(late)
    )


def _places_given(held: Held, names: Sequence[str]) -> tuple[Whole, Whole]:
    """Row numbers of customers set to a tier of `names`, and which one."""
    pairs = [
        (row, list(names).index(tier))
        for row, tier in zip(held.rows, held.tiers, strict=True)
        if tier in names
    ]
    return np.array([row for row, _ in pairs], np.int64), np.array([place for _, place in pairs], np.int64)


def _review(
    rows: Whole, places: tuple[Whole, Whole], groups: Sequence[Whole], measured: Measures
) -> Moved | None:
    """`places`: the computed tier of each row and the one it was given; `groups`: rows of the others by tier."""
    if not rows.size:
        return None
    totals = {
        name: np.array([values[group].sum() for group in (*groups, rows)])
        for name, values in measured.arrays.items()
    }
    rates = tier_rates(Tally((*range(len(groups)), SET), totals), measured.unit, measured.square_unit)
    trials = measured.arrays["outcome_n"][rows]
    computed, given = (
        _hold_against(rates, np.bincount(tiers, trials, len(groups)).astype(float)) for tiers in places
    )
    k, n, rate, low, high = rates.row(SET, "k", "n", "rate", "low", "high")
    return Moved(rows.size, k, int(n), rate, low, high, computed, given)


def _hold_against(rates: Tally, mixture: NDArray[np.float64]) -> Against:
    """The group's rate minus that of the others weighted as the group's own cases are spread over the tiers.

    The others' rate is Σ wₜ·rₜ (direct standardisation); it weighs as 1/Σ(wₜ²/nₜ) cases do. Shares by Newcombe (1998,
    method 10), money by Student's t for unequal spreads (Welch 1947).
    """
    used = np.flatnonzero(mixture > 0)
    n = int(rates.at(SET, "n"))
    counts = [int(rates.at(int(place), "n")) for place in used]
    if not used.size or not all(counts):
        return Against(UNKNOWN, sum(counts), UNKNOWN, UNKNOWN, UNKNOWN, "too_few")
    weights = mixture[used] / mixture[used].sum()
    told = {
        name: np.array([rates.at(int(place), name) for place in used])
        for name in ("rate", "effective_n", "standard_error")
    }
    rate = float(weights @ told["rate"])
    own, own_n, own_error = rates.row(SET, "rate", "effective_n", "standard_error")
    if np.isnan(rates.at(SET, "k")):
        errors = np.append(weights * told["standard_error"], own_error)
        error = float(np.sqrt((errors**2).sum()))
        half = float(stdtrit(_freedom(errors, np.append(counts, n)), 0.5 + CONFIDENCE / 2)) * error
        low, high = own - rate - half, own - rate + half
    else:
        like = 1.0 / float((weights**2) @ (1.0 / told["effective_n"]))
        ends = newcombe(own * own_n, own_n, rate * like, like, CONFIDENCE)
        low, high = (float(end) for end in ends)
    code: VerdictCode = "cannot_tell"
    if min(n, sum(counts)) < FEWEST or np.isnan(low):
        code = "too_few"
    elif low > 0:
        code = "higher"
    elif high < 0:
        code = "lower"
    return Against(rate, sum(counts), own - rate, low, high, code)


def _freedom(errors: NDArray[np.float64], counts: NDArray[np.float64]) -> float:
    """Degrees of freedom of a sum of means with these standard errors (Satterthwaite 1946): a spread known from few
    customers is not known better because the others are many."""
    squares = errors**2
    if not squares.sum() > 0:
        return 1.0
    return float(squares.sum() ** 2 / (squares**2 / np.maximum(counts - 1, 1)).sum())
