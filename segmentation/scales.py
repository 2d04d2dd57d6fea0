"""Number → points: edges that keep ties together, caps, decay, running shares. Arrays in, arrays out, no frames."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SCORE_DECIMALS = 9  # equal sums reached in another order must stay equal: the ladder never splits a tie


def quantile_edges(values: Floats, bins: int) -> tuple[float, ...]:
    """Lower edges of bins 2…`bins`: the smallest value above each type-7 quantile (Hyndman & Fan 1996).

    Every edge is a value that occurs, so equal values share a bin. Where ties reach the top a quantile has no
    value above it and its edge is left out: fewer edges, fewer bins in use.
    """
    known = np.sort(values[~np.isnan(values)])
    if known.size == 0:
        return ()
    quantiles = np.quantile(known, np.arange(1, bins) / bins)
    above = np.searchsorted(known, quantiles, side="right")
    return tuple(float(known[index]) for index in above if index < known.size)


def mean_edge(values: Floats) -> tuple[float, ...]:
    """One edge, the mean; summed exactly so that the order of rows cannot move it."""
    known = values[~np.isnan(values)]
    return (math.fsum(known) / known.size,) if known.size else ()


def geometric_edges(first: float, factor: float, bins: int) -> tuple[float, ...]:
    """`bins` − 1 fixed edges: first, first·factor, first·factor² …"""
    return tuple(float(first * factor**step) for step in range(bins - 1))


def bin_numbers(
    values: Floats, edges: Sequence[float], bins: int, *, falling: bool = False
) -> NDArray[np.int64]:
    """Bin 1 (worst) to `bins` (best): lower edge ≤ value < next edge; `falling` = small values are best."""
    passed = np.zeros(len(values), np.int64)
    for edge in edges[: bins - 1]:  # a pass per edge is several times faster than a search per value
        passed += values >= edge
    return bins - passed if falling else 1 + passed


def bin_sizes(numbers: NDArray[np.int64], bins: int) -> tuple[int, ...]:
    """How many values fell into each bin, bin 1 first."""
    return tuple(int(size) for size in np.bincount(numbers, minlength=bins + 1)[1 : bins + 1])


def capped_share(values: Floats, cap: float) -> Floats:
    """0 at or below zero, rising evenly to 1 at `cap` and above; unknown stays unknown."""
    return np.clip(values / cap, 0.0, 1.0)


def decayed_share(days: Floats, half_life_days: float) -> Floats:
    """½^(days / half-life): 1 today, ½ after one half-life."""
    return np.exp2(-np.maximum(days, 0.0) / half_life_days)


def running_share(values: Floats) -> tuple[Floats, Floats]:
    """The curve value → 100 × share of positive value held by customers with a value ≤ own.

    Returns (values, shares), both rising, one knot per distinct positive value.
    """
    positive = np.sort(values[values > 0])
    if positive.size == 0:
        return positive, positive
    running = np.cumsum(positive)
    last = np.flatnonzero(np.append(positive[1:] != positive[:-1], True))
    return positive[last], running[last] / running[-1] * 100


def thinned(worth: Floats, share: Floats, knots: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A `running_share` curve short enough to be written down: of more than `knots` knots those at evenly spaced
    shares, the curve between them being a straight line."""
    if worth.size > knots:
        at = np.searchsorted(share, np.linspace(share[0], 100.0, knots))
        kept = np.unique(np.minimum(at, worth.size - 1))
        worth, share = worth[kept], share[kept]
    return tuple(worth.tolist()), tuple(share.tolist())


def read_share(values: Floats, worth: ArrayLike, share: ArrayLike) -> Floats:
    """Shares read off a `running_share` curve; 0 at zero and below, 100 above its end."""
    knots, shares = np.asarray(worth, float), np.asarray(share, float)
    if not knots.size:
        return np.where(np.isnan(values), np.nan, 0.0)
    read = np.interp(values, np.append(0.0, knots), np.append(0.0, shares))
    return np.where(values > 0, read, np.where(np.isnan(values), np.nan, 0.0))


def summed(parts: pd.DataFrame) -> pd.Series:
    """The score the parts add up to, rounded so that equal sums are equal; an unknown part adds nothing."""
    total = np.zeros(len(parts))
    for name in parts.columns:
        total = total + parts[name].fillna(0.0).to_numpy(float)
    return pd.Series(rounded(total), index=parts.index, name="score")


def rounded(total: Floats) -> Floats:
    """Sums of points as scores."""
    return np.asarray(np.round(np.clip(total, 0.0, 100.0), SCORE_DECIMALS), float)


def named_segments(names: NDArray[np.object_], known: NDArray[np.bool_], index: pd.Index) -> pd.Series:
    """Segment names as a column of texts, None where nothing is known."""
    told = names
    if not known.all():
        told = names.copy()
        told[~known] = None
    return pd.Series(told, index=index, name="segment", dtype="object")


def as_floats(column: ArrayLike) -> Floats:
    """A feature column as float64, null as NaN."""
    if isinstance(column, pd.Series) and column.dtype == np.float64:
        return column.to_numpy()
    return pd.to_numeric(pd.Series(column), errors="coerce").to_numpy(float, na_value=np.nan)
