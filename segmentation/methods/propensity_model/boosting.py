"""Gradient boosting of single splits: it bends where a straight line cannot, and still adds up field by field.

Trees of one split make an additive model (Friedman 2001, 10.1), so that the part of each field is exact and the whole
can be written down as steps. What it cannot see is two fields that count only together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.methods.propensity_model.fields import Category, Field, Number
from segmentation.methods.propensity_model.terms import Levels, Model, Steps, Term

Floats = NDArray[np.float64]
ROUNDS, LEARNING_RATE, BINS, LEAST_ROWS = 150, 0.1, 64, 20
MOST_PROBES = 4_000
MOST_ROWS = 100_000


def boost(features: pd.DataFrame, fields: tuple[Field, ...], wins: Floats, trials: Floats) -> Model:
    """The boosted model of `fields`. Rows are taken in the order given, of more than `MOST_ROWS` evenly spaced ones."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # loading it takes a second

    if len(features) > MOST_ROWS:
        rows = np.linspace(0, len(features) - 1, MOST_ROWS).astype(np.int64)
        features, wins, trials = features.iloc[rows], wins[rows], trials[rows]
    columns, spans = _columns(features, fields)
    matrix = np.column_stack(columns)
    losses = trials - wins
    won, lost = wins > 0, losses > 0
    grower = HistGradientBoostingClassifier(
        max_iter=ROUNDS, learning_rate=LEARNING_RATE, max_leaf_nodes=2, max_depth=1, max_bins=BINS,
        min_samples_leaf=LEAST_ROWS, l2_regularization=1.0, early_stopping=False, random_state=0,
    )  # fmt: skip
    grower.fit(
        np.vstack([matrix[won], matrix[lost]]),
        np.append(np.ones(int(won.sum())), np.zeros(int(lost.sum()))),
        sample_weight=np.append(wins[won], losses[lost]),
    )
    return _read_off(grower, matrix, fields, spans)


def _columns(
    features: pd.DataFrame, fields: tuple[Field, ...]
) -> tuple[list[Floats], dict[str, list[tuple[str, int]]]]:
    """Columns for the trees (numbers as they are, levels as 0 or 1), and where each field's parts stand."""
    columns, spans = list[Floats](), dict[str, list[tuple[str, int]]]()
    for field in fields:
        if isinstance(field, Number):
            parts = [("value", scales.as_floats(features[field.column]))]
        else:
            parts = field.design(features[field.column])
        spans[field.column] = [(part, len(columns) + place) for place, (part, _) in enumerate(parts)]
        columns += [values for _, values in parts]
    return columns, spans


def _read_off(
    grower: Any, matrix: Floats, fields: tuple[Field, ...], spans: dict[str, list[tuple[str, int]]]
) -> Model:
    """The additive model of the trees, found by moving one column at a time."""
    nothing = np.zeros((1, matrix.shape[1]))

    def raw(place: int, values: Floats) -> Floats:
        rows = np.repeat(nothing, len(values), axis=0)
        rows[:, place] = values
        return np.asarray(grower.decision_function(rows), float) - at_nothing

    at_nothing = float(grower.decision_function(nothing)[0])
    terms: dict[str, Term] = {}
    for field in fields:
        if isinstance(field, Category):
            told = {part: float(raw(place, np.ones(1))[0]) for part, place in spans[field.column]}
            values = {level: told.get(f"level {level}", 0.0) for level in field.levels}
            terms[field.column] = Levels(values, told.get("other", 0.0), told.get("unknown", 0.0))
            continue
        place = spans[field.column][0][1]
        probes = np.unique(matrix[:, place][~np.isnan(matrix[:, place])])
        if probes.size > MOST_PROBES:
            probes = probes[np.linspace(0, probes.size - 1, MOST_PROBES).astype(np.int64)]
        found = np.round(raw(place, probes), 12)
        starts = np.flatnonzero(np.append(True, found[1:] != found[:-1]))
        unknown = float(np.round(raw(place, np.array([np.nan]))[0], 12))
        terms[field.column] = Steps(tuple(probes[starts].tolist()), tuple(found[starts].tolist()), unknown)
    return Model(at_nothing, {name: terms[name] for name in sorted(terms)})
