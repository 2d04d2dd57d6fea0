"""Can adjacent tiers be told apart? One verdict per line, at a level corrected for the number of lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isnan
from typing import Any, Literal

import numpy as np
from scipy.special import ndtri, stdtrit

from segmentation.i18n import Language
from segmentation.rates import newcombe
from segmentation.tally import Tally

VerdictCode = Literal["higher", "lower", "cannot_tell", "too_few"]
FEWEST = 10
POWER = 0.8
Row = Mapping[str, Any]
ALIKE = 0.05  # a bound this small (5 points) is worth saying: one tier would do


@dataclass(frozen=True)
class Verdict:
    """What can be said of tier `upper` against the next one, `lower`.

    difference, low, high: upper − lower, as shares −1…1 or, where `is_money`, currency per customer; null where
    either tier has nothing to count. rates, ks, ns: of upper and lower. `needed`: about how many in each tier would
    show a difference of this size with a power of 80 %.
    """

    upper: str
    lower: str
    code: VerdictCode
    difference: float
    low: float
    high: float
    is_money: bool = False
    rates: tuple[float, float] = (np.nan, np.nan)
    ks: tuple[int, int] = (0, 0)
    ns: tuple[int, int] = (0, 0)
    needed: int | None = None


def adjacent_verdicts(rates: Tally) -> tuple[Verdict, ...]:
    """Verdicts between neighbouring rows of the `tier_rates` of tiers, best first, without *unrated* and *all*.

    Newcombe (1998, method 10), for money Welch (1947), at 1 − 0.05/(T−1) for T tiers; *too few* where n < 10 in
    either. Rates without any k are of money.
    """
    confidence = 1 - 0.05 / max(1, len(rates) - 1)
    rows = [{"tier": str(name), **rates.cells(name)} for name in rates.index]
    return tuple(_compare(upper, lower, confidence) for upper, lower in pairwise(rows))


def _compare(a: Row, b: Row, confidence: float) -> Verdict:
    is_money = isnan(a["k"]) and isnan(b["k"])
    low, high = (_money_range if is_money else _rate_range)(a, b, confidence)
    code: VerdictCode = "cannot_tell"
    if min(a["n"], b["n"]) < FEWEST:
        code = "too_few"
    elif low > 0:
        code = "higher"
    elif high < 0:
        code = "lower"
    return Verdict(
        upper=a["tier"],
        lower=b["tier"],
        code=code,
        difference=a["rate"] - b["rate"],
        low=low,
        high=high,
        is_money=is_money,
        rates=(a["rate"], b["rate"]),
        ks=(0, 0) if is_money else (int(a["k"]), int(b["k"])),
        ns=(int(a["n"]), int(b["n"])),
        needed=None if is_money else needed_in_each(a["rate"], b["rate"], confidence),
    )


def _rate_range(a: Row, b: Row, confidence: float) -> tuple[float, float]:
    na, nb = a["effective_n"], b["effective_n"]
    low, high = newcombe(a["rate"] * na, na, b["rate"] * nb, nb, confidence)
    return float(low), float(high)


def _money_range(a: Row, b: Row, confidence: float) -> tuple[float, float]:
    """Difference of two means (Welch 1947), degrees of freedom after Satterthwaite (1946)."""
    va, vb = a["standard_error"] ** 2, b["standard_error"] ** 2
    difference = a["rate"] - b["rate"]
    if not va + vb > 0:
        return (difference, difference) if va + vb == 0 else (np.nan, np.nan)
    freedom = (va + vb) ** 2 / (va**2 / (a["n"] - 1) + vb**2 / (b["n"] - 1))
    half = float(stdtrit(freedom, 0.5 + confidence / 2)) * float(np.sqrt(va + vb))
    return difference - half, difference + half


def needed_in_each(rate_a: float, rate_b: float, confidence: float = 0.95) -> int | None:
    """Customers per tier that would show this difference with a power of 80 % (Fleiss 1981, eq. 3.14).

    (z_α/2 + z_β)² · (p₁q₁ + p₂q₂) / (p₁ − p₂)²; None where the rates are equal or unknown.
    """
    difference = rate_a - rate_b
    if not difference or np.isnan(difference):
        return None
    spread = rate_a * (1 - rate_a) + rate_b * (1 - rate_b)
    z = float(ndtri(0.5 + confidence / 2) + ndtri(POWER))
    return max(FEWEST, ceil(z**2 * spread / difference**2))


def tell_verdict(verdict: Verdict, language: Language, currency: str = "", money_unit: str = "auto") -> str:
    """The verdict as one sentence (sentences.md 3); money per customer in the user's unit."""
    facts: dict[str, Any] = {"a": language.tier(verdict.upper), "b": language.tier(verdict.lower)}
    facts |= {"ka": verdict.ks[0], "kb": verdict.ks[1], "na": verdict.ns[0], "nb": verdict.ns[1]}
    if verdict.is_money:
        shown = [language.money(rate, currency, money_unit) for rate in verdict.rates]
    else:
        shown = [language.percent(rate) for rate in verdict.rates]
    facts |= {"ra": shown[0], "rb": shown[1]}
    ends = verdict.difference, verdict.low, verdict.high
    facts |= dict(zip(("d", "lo", "hi"), map(language.points, ends), strict=True))
    bound = max(abs(verdict.low), abs(verdict.high))
    message = _message_id(verdict, bound)
    if message == "v.same":
        facts["d"] = max(1, ceil(100 * bound))
    return language.say(message, need=verdict.needed, **facts)


def _message_id(verdict: Verdict, bound: float) -> str:
    if verdict.is_money:
        ids = {"higher": "v.apart.value", "lower": "v.reversed.value", "too_few": "v.few.value"}
        return ids.get(verdict.code, "v.cannot.value")
    if verdict.code == "too_few":
        return "v.few.need" if verdict.needed else "v.few"
    if verdict.code == "cannot_tell":
        return "v.same" if bound <= ALIKE else "v.cannot"
    return "v.apart" if verdict.code == "higher" else "v.reversed"


def tell_none_yet(n: int, high: float, language: Language) -> str:
    """What a rate of 0 of n says: the true one may still be up to `high` (share 0–1)."""
    return language.say("v.zero", n=n, hi=language.percent(high))
