"""How long until something happens, where some cases are still running: nothing is left out for not having ended.

Survival by Kaplan & Meier (1958) with Greenwood's (1926) variance; ends of several kinds by Aalen & Johansen (1978).
Cases may enter late (they were running before anybody looked): they count from then on (Klein & Moeschberger 2003,
section 4.6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
RUNNING = 0  # the cause of a case that has not ended
FROM_THE_START = -1  # the entry of a case seen from its first day on
HALF = 0.5


@dataclass(frozen=True)
class Spells:
    """One entry per case, whole days of its own age: seen after `entry_days` (`FROM_THE_START` where its first day was
    seen) up to and with `exit_days`; causes: what ended it then, 1, 2 …, or `RUNNING`."""

    entry_days: Whole
    exit_days: Whole
    causes: Whole

    def only(self, rows: NDArray[np.bool_]) -> Spells:
        return Spells(self.entry_days[rows], self.exit_days[rows], self.causes[rows])

    def count(self, cause: int) -> int:
        return int((self.causes == cause).sum())


@dataclass(frozen=True)
class Curve:
    """A share 0–1 after each of `days` (rising, those on which a case ended), with its 95 % interval.

    at_risk: cases running and seen just before · ended: cases that ended on the day · low, high: null where the share
    is 0 or 1. Before the first day the share is what it starts with.
    """

    days: Whole
    at_risk: Whole
    ended: Whole
    share: Floats
    errors: Floats
    low: Floats
    high: Floats


def survival(spells: Spells, confidence: float = 0.95) -> Curve:
    """Share of cases still running after each day, whatever ends them.

    S(t) = Π (1 − dᵢ/nᵢ), variance S² Σ dᵢ/(nᵢ(nᵢ − dᵢ)); the interval is the log-log one, S^exp(±z·σ/ln S)
    (Kalbfleisch & Prentice 2002, eq. 1.14).
    """
    days, at_risk, ended = _table(spells)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(1.0 - ended / at_risk, dtype=np.float64)
        spread = np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended))))
        errors = np.where(share > 0, share * spread, 0.0)
    return Curve(days, at_risk, ended, share, errors, *_log_log(share, errors, confidence))


def incidence(spells: Spells, cause: int, confidence: float = 0.95) -> Curve:
    """Share of cases ended by `cause` after each day, where the other causes end them too.

    F(t) = Σ S(tᵢ₋₁)·dᵢ/nᵢ (Aalen & Johansen 1978), variance by the delta method (Marubini & Valsecchi 1995,
    eq. 10.12), interval log-log (Choudhury 2002). Taking the other ends for cases still running would say what
    happened if there were none of them.
    """
    days, at_risk, ended = _table(spells)
    own = _counts(spells.exit_days[spells.causes == cause], days)
    with np.errstate(divide="ignore", invalid="ignore"):
        before = np.concatenate([[1.0], np.cumprod(1.0 - ended / at_risk)[:-1]])
        share = np.cumsum(before * own / at_risk)
        # Once nobody is left nothing adds to the share, and this weight has nothing to weigh.
        weight = np.where(at_risk > ended, ended / (at_risk * (at_risk - ended)), 0.0)
        mixed = before * own / at_risk**2
        square = before**2 * own * (at_risk - own) / at_risk**3
    variance = share**2 * np.cumsum(weight) - 2 * share * np.cumsum(share * weight)
    variance += np.cumsum(share**2 * weight) + np.cumsum(square)
    variance -= 2 * (share * np.cumsum(mixed) - np.cumsum(share * mixed))
    errors = np.sqrt(np.maximum(variance, 0.0))
    return Curve(days, at_risk, ended, share, errors, *_log_log(share, errors, confidence))


@dataclass(frozen=True)
class Median:
    """The first day on which half of the cases have ended, with the range of days its interval covers; null where
    that day was not reached."""

    days: float
    low: float
    high: float


def median(curve: Curve) -> Median:
    """Median of a `survival` curve, interval by Brookmeyer & Crowley (1982): the days on which the interval of the
    share contains a half."""
    return Median(*(_first_at_half(ends, curve.days) for ends in (curve.share, curve.low, curve.high)))


def share_at(curve: Curve, day: float, start: float) -> tuple[float, float, float]:
    """(share, low, high) after `day`; `start` before the first end (1 for survival, 0 for incidence), without a
    range."""
    place = int(np.searchsorted(curve.days, day, side="right")) - 1
    if place < 0:
        return start, float("nan"), float("nan")
    return float(curve.share[place]), float(curve.low[place]), float(curve.high[place])


def _table(spells: Spells) -> tuple[Whole, Whole, Whole]:
    """Days on which a case ended, how many were running and seen just before, how many ended."""
    has_ended = spells.causes != RUNNING
    days = np.unique(spells.exit_days[has_ended])
    gone = np.searchsorted(np.sort(spells.exit_days), days, side="left")
    entered = np.searchsorted(np.sort(spells.entry_days), days, side="left")
    return days, entered - gone, _counts(spells.exit_days[has_ended], days)


def _counts(exits: Whole, days: Whole) -> Whole:
    return np.bincount(np.searchsorted(days, exits), minlength=days.size).astype(np.int64)


def _log_log(share: Floats, errors: Floats, confidence: float) -> tuple[Floats, Floats]:
    """share^exp(±z·σ/(share·ln share)); null where the share is 0 or 1."""
    z = float(ndtri(0.5 + confidence / 2))
    is_inside = (share > 0) & (share < 1)
    inside = np.where(is_inside, share, HALF)
    spread = z * errors / (inside * np.log(inside))
    ends = inside ** np.exp(-spread), inside ** np.exp(spread)
    low, high = (np.where(is_inside, end, np.nan) for end in ends)
    return np.fmin(low, high), np.fmax(low, high)


def _first_at_half(share: Floats, days: Whole) -> float:
    # A product of fractions that is a half need not be one to the last digit.
    reached = np.flatnonzero(share <= HALF + 1e-9)
    return float(days[reached[0]]) if reached.size else float("nan")
