"""Whether 30 % means 30 in 100: one straight correction of the log-odds, and the table that shows what happened."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.methods.propensity_model.ranking import Z
from segmentation.methods.propensity_model.regression import fit_logistic, probability

Floats = NDArray[np.float64]
NO_CORRECTION = (0.0, 1.0)
GROUPS = 10
LEAST_PENALTY = 1e-6


def fit_correction(margin: Floats, wins: Floats, trials: Floats) -> tuple[float, float]:
    """(a, b) of the corrected log-odds a + b·margin (Platt 1999, eq. 1), fitted where the margin was not learned."""
    spread = float(margin.std())
    if not spread > 0 or not 0 < wins.sum() < trials.sum():
        return NO_CORRECTION
    design = np.column_stack([np.ones(len(margin)), (margin - margin.mean()) / spread])
    first, second = fit_logistic(design, wins, trials, np.array([0.0, LEAST_PENALTY])).coefficients.tolist()
    return first - second * float(margin.mean()) / spread, second / spread


def cross_corrected(
    margin: Floats, wins: Floats, trials: Floats, half: NDArray[np.bool_]
) -> tuple[Floats, bool]:
    """Log-odds of each half corrected by the other, and whether that earns its place: a positive slope in both, and a
    log loss smaller by more than its standard error."""
    corrected, slopes = margin.copy(), list[float]()
    for part in (half, ~half):
        shift, slope = fit_correction(margin[~part], wins[~part], trials[~part])
        corrected[part] = shift + slope * margin[part]
        slopes.append(slope)
    gains = losses_of(margin, wins, trials) - losses_of(corrected, wins, trials)
    error = math.sqrt(float(gains.var()) * len(gains))
    return corrected, min(slopes) > 0 and float(gains.sum()) > error


def losses_of(margin: Floats, wins: Floats, trials: Floats) -> Floats:
    """−log likelihood of every row."""
    return np.asarray(trials * np.logaddexp(0.0, margin) - wins * margin, float)


def reliability(margin: Floats, wins: Floats, trials: Floats) -> pd.DataFrame:
    """Up to ten groups of rising probability, equal ones together: predicted (share 0–1), count, k, rate, low, high
    (Wilson 1927, 95 %)."""
    order = np.argsort(margin, kind="stable")
    chance, won, tried = probability(margin[order]), wins[order], trials[order]
    group = np.minimum(GROUPS - 1, (np.cumsum(tried) - tried) * GROUPS // max(1.0, tried.sum()))
    # Equal probabilities share the group of their first.
    first = np.searchsorted(chance, chance, side="left")
    rows = pd.DataFrame({"group": group[first], "sum": chance * tried, "count": tried, "k": won})
    table = rows.groupby("group").sum()
    low, high = wilson(table["k"].to_numpy(float), table["count"].to_numpy(float))
    return pd.DataFrame(
        {
            "predicted": table["sum"] / table["count"],
            "count": table["count"].astype("int64"),
            "k": table["k"].astype("int64"),
            "rate": table["k"] / table["count"],
            "low": low,
            "high": high,
        }
    ).reset_index(drop=True)


def wilson(wins: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """95 % score interval of wins/trials (Wilson 1927): low, high as shares."""
    rate, z2 = wins / trials, Z**2
    middle = rate + z2 / (2 * trials)
    half = Z * np.sqrt(rate * (1 - rate) / trials + z2 / (4 * trials**2))
    return (middle - half) / (1 + z2 / trials), (middle + half) / (1 + z2 / trials)
