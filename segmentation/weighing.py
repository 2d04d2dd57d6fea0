"""Inputs 0–1 weighed into axes and a score, what is unknown of a customer shared out among the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation import scales


@dataclass(frozen=True)
class Weighed:
    """scores 0–100 (null where no input is known) · axes 0–100 each · parts and most: what every input adds and could
    add to the score of each customer · maxima: the same for a customer of whom everything is known."""

    scores: pd.Series
    axes: pd.DataFrame
    parts: pd.DataFrame
    most: pd.DataFrame
    maxima: Mapping[str, float]


def weigh(
    shares: Mapping[str, scales.Floats],
    points: Mapping[str, float],
    axis_of: Mapping[str, str],
    weights: Mapping[str, float],
    index: pd.Index,
) -> Weighed:
    """Axis = 100·Σ points·share/Σ points over the known inputs (definitions.md, *Scores*); score = Σ weight·axis over
    the known axes. `axis_of` names the axis of each input, `weights` the weight of each axis; points ≥ 0."""
    axes, most = _most(shares, points, axis_of, weights, len(index))
    parts = {name: most[name] * shares[name] for name in shares}
    frame = pd.DataFrame(parts, index=index, dtype=float)
    full = {name: np.ones(1) for name in shares}
    maxima = {
        name: float(np.nan_to_num(told)[0])
        for name, told in _most(full, points, axis_of, weights, 1)[1].items()
    }
    return Weighed(
        scores=scales.summed(frame).where(frame.notna().any(axis=1)),
        axes=pd.DataFrame(axes, index=index, dtype=float),
        parts=frame,
        most=pd.DataFrame(most, index=index, dtype=float),
        maxima=maxima,
    )


def _most(
    shares: Mapping[str, scales.Floats],
    points: Mapping[str, float],
    axis_of: Mapping[str, str],
    weights: Mapping[str, float],
    count: int,
) -> tuple[dict[str, scales.Floats], dict[str, scales.Floats]]:
    """Axis scores, and the most score points every input can add for each customer (null where it is unknown)."""
    held = {axis: np.zeros(count) for axis in weights}
    earned = {axis: np.zeros(count) for axis in weights}
    for name, share in shares.items():
        held[axis_of[name]] += points[name] * ~np.isnan(share)
        earned[axis_of[name]] += points[name] * np.nan_to_num(share)
    axes = {axis: 100 * _ratio(earned[axis], held[axis]) for axis in weights}
    weight = {axis: np.where(held[axis] > 0, told, 0.0) for axis, told in weights.items()}
    whole = np.sum(list(weight.values()), axis=0)
    most = {}
    for name, share in shares.items():
        axis = axis_of[name]
        each = 100 * points[name] * _ratio(weight[axis], held[axis] * whole)
        most[name] = np.where(np.isnan(share), np.nan, each)
    return axes, most


def _ratio(part: scales.Floats, whole: scales.Floats) -> scales.Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
