"""k of n with an interval that stays honest on small groups, and means with theirs, all from running totals.

Everything here works from sums (Σk, Σn, Σk², Σkn, Σn², Σx, Σx²), so a moved line costs a few subtractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from segmentation.schemes import Outcome
from segmentation.tally import Tally

Floats = NDArray[np.float64]
Unit = Literal["deal", "customer", "row", "money"]
UNITS: Mapping[Outcome, Unit] = {
    "win_rate": "deal",
    "first_order": "customer",
    "repurchase": "customer",
    "revenue_per_customer": "money",
    "recorded": "row",
}
E4 = 10_000  # the ladder adds money in ten-thousandths
SQUARES_LIMIT = 2**61


def wilson(k: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Score interval of a proportion (Wilson 1927): low, high as shares 0–1; null where n = 0.

    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). `k` and `n` may be fractional (an effective n).
    """
    successes, trials = np.asarray(k, float), np.asarray(n, float)
    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(trials > 0, successes / trials, np.nan)
        middle = p + z2 / (2 * trials)
        half = np.sqrt(z2 * (p * (1 - p) / trials + z2 / (4 * trials**2)))
        low, high = (middle - half) / (1 + z2 / trials), (middle + half) / (1 + z2 / trials)
    # At 0 and n one end is exact; rounding must not leave it a hair away.
    return np.where(p == 0, 0.0, np.clip(low, 0, 1)), np.where(p == 1, 1.0, np.clip(high, 0, 1))


def newcombe(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of p₁ − p₂ from the two Wilson intervals (Newcombe 1998, method 10): low, high in −1…1.

    d − √((p₁−l₁)² + (u₂−p₂)²) to d + √((u₁−p₁)² + (p₂−l₂)²); null where either n = 0.
    """
    low1, high1 = wilson(k1, n1, confidence)
    low2, high2 = wilson(k2, n2, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1 = np.asarray(k1, float) / np.asarray(n1, float)
        p2 = np.asarray(k2, float) / np.asarray(n2, float)
    difference = p1 - p2
    low = difference - np.hypot(p1 - low1, high2 - p2)
    return low, difference + np.hypot(high1 - p1, p2 - low2)


def design_effect(
    k: ArrayLike, n: ArrayLike, *, kk: ArrayLike, kn: ArrayLike, nn: ArrayLike, customers: ArrayLike
) -> Floats:
    """How much less n deals say because customers hold several: max(1, linearised / binomial variance).

    m/(m−1) · Σ(kᵢ − p·nᵢ)² / (n·p·(1−p)) over the m customers with a deal (Cochran 1977, eq. 6.13; Kish 1965).
    With one customer, or a rate of 0 or 1, the data cannot show it: then the worst case Σnᵢ²/Σnᵢ, so that a
    zero among few customers is never taken for certainty.
    """
    won, deals, m = np.asarray(k, float), np.asarray(n, float), np.asarray(customers, float)
    squares = np.asarray(nn, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = won / deals
        spread = np.asarray(kk, float) - 2 * p * np.asarray(kn, float) + p**2 * squares
        shown = m / (m - 1) * spread / (deals * p * (1 - p))
        worst = squares / deals
    estimable = (m > 1) & (won > 0) & (won < deals)
    effect = np.where(estimable, shown, worst)
    return np.where(deals > 0, np.maximum(1.0, effect), 1.0)


def t_interval(
    count: ArrayLike, total: ArrayLike, squares: ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of a mean from n, Σx and Σx² (Student 1908): mean ± t·s/√n; null below two values."""
    n, sum_, sum_squares = (np.asarray(values, float) for values in (count, total, squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(n > 0, sum_ / n, np.nan)
        half = stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2) * standard_error(n, sum_, sum_squares)
    return mean - half, mean + half


def standard_error(count: ArrayLike, total: ArrayLike, squares: ArrayLike) -> Floats:
    """s/√n of a mean from n, Σx and Σx²; null below two values."""
    n, sum_, sum_squares = (np.asarray(values, float) for values in (count, total, squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.maximum(sum_squares - sum_**2 / n, 0.0) / (n - 1)
        return np.where(n > 1, np.sqrt(variance / n), np.nan)


@dataclass(frozen=True)
class Measures:
    """The int64 columns an outcome adds to the ladder; `square_unit` is the money unit Σx² is counted in."""

    unit: Unit
    arrays: Mapping[str, NDArray[np.int64]]
    square_unit: float = 1.0


def outcome_measures(outcomes: pd.DataFrame, outcome: Outcome) -> Measures:
    """Ladder measures of an outcomes frame (columns n, k, value_e4, open_count; one row per ranked customer)."""
    unit = UNITS[outcome]
    n = outcomes["n"].to_numpy(np.int64)
    arrays = {"outcome_n": n, "outcome_open": outcomes["open_count"].fillna(0).to_numpy(np.int64)}
    if unit == "money":
        value = outcomes["value_e4"].fillna(0).to_numpy(np.int64)
        # Σx² of ten-thousandths leaves int64: squares are counted in the finest unit whose sum stays inside.
        largest = float(np.abs(value).max(initial=0))
        step = max(1.0, largest / np.sqrt(SQUARES_LIMIT / max(1, len(value))))
        squares = np.rint(value / step).astype(np.int64) ** 2
        # Centred mid-ranks in halves: whole, and their squares stay inside int64 up to three million customers.
        ranks = np.rint(2 * pd.Series(value).rank().to_numpy()).astype(np.int64) - len(value) - 1
        arrays |= {"outcome_value_e4": value, "outcome_value_squares": squares}
        arrays |= {"outcome_rank": ranks, "outcome_rank_squares": ranks * ranks}
        return Measures(unit, arrays, step / E4)
    k = outcomes["k"].fillna(0).to_numpy(np.int64)
    arrays |= {"outcome_k": k}
    if unit == "deal":
        arrays |= {
            "outcome_customers": (n > 0).astype(np.int64),
            "outcome_kk": k * k,
            "outcome_kn": k * n,
            "outcome_nn": n * n,
        }
    return Measures(unit, arrays)


def tier_rates(totals: Tally, unit: Unit, square_unit: float = 1.0, confidence: float = 0.95) -> Tally:
    """Rate and likely range per row of ladder totals (any rows: tiers, *unrated*, all).

    Columns: k (null for money), n, effective_n (n / design effect), rate (share 0–1, or currency per customer),
    low, high, open_count, standard_error (money only, else null). A row with n = 0 has null rates, never 0.
    """
    n = totals["outcome_n"].astype(float)
    unknown = np.full_like(n, np.nan)
    effective_n, error, k = n, unknown, unknown
    if unit == "money":
        total = totals["outcome_value_e4"] / E4
        squares = totals["outcome_value_squares"] * square_unit**2
        rate, (low, high) = _ratio(total, n), t_interval(n, total, squares, confidence)
        error = standard_error(n, total, squares)
    else:
        k = totals["outcome_k"].astype(float)
        effective_n = n / _effect(totals) if unit == "deal" else n
        rate = _ratio(k, n)
        low, high = wilson(np.nan_to_num(rate) * effective_n, effective_n, confidence)
    columns = {
        "k": k,
        "n": totals["outcome_n"],
        "effective_n": effective_n,
        "rate": rate,
        "low": low,
        "high": high,
        "open_count": totals["outcome_open"],
        "standard_error": error,
    }
    return Tally(totals.index, columns)


def _effect(totals: Tally) -> Floats:
    names = ("k", "n", "kk", "kn", "nn", "customers")
    return design_effect(**{name: totals[f"outcome_{name}"].astype(float) for name in names})


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
