"""The driver table: how much the odds of winning change with each field, with intervals and the counts behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.methods.propensity_model.fields import Category, Design, Field, Number, bent
from segmentation.methods.propensity_model.ranking import Z
from segmentation.methods.propensity_model.regression import Fit

Floats = NDArray[np.float64]
COLUMNS = (
    "field", "kind", "level", "from_value", "to_value", "count", "k", "odds_ratio", "low", "high",
)  # fmt: skip


def driver_table(
    design: Design, fit: Fit, features: pd.DataFrame, wins: Floats, trials: Floats
) -> pd.DataFrame:
    """One row per number and per level of a category, largest effect of a field first.

    kind: number (odds at `to_value`, the upper quartile, against `from_value`, the lower one, in the field's unit) ·
    level (against the most frequent one, whose row has odds_ratio 1 and no interval) · other (rare levels together) ·
    unknown (against the middle value, or the most frequent level) · count, k: cases and wins behind the row ·
    odds_ratio, low, high: all else equal, 95 % (Wald), of estimates the penalty draws towards 1. No row is a cause.
    """
    found: list[pd.DataFrame] = []
    errors = fit.errors
    of_field: dict[Field, dict[str, tuple[float, float]]] = {field: {} for field in design.fields}
    for place, (field, part) in enumerate(design.places, 1):
        of_field[field][part] = float(fit.coefficients[place]), float(errors[place])
    for field, parts in of_field.items():
        column = features[field.column]
        rows = (
            _of_number(field, parts, column)
            if isinstance(field, Number)
            else _of_category(field, parts, column)
        )
        table = pd.DataFrame([_row(field, row, wins, trials) for row in rows], columns=list(COLUMNS))
        found.append(table)
    strength = [float(np.nanmax(np.abs(np.log(table["odds_ratio"])), initial=0.0)) for table in found]
    order = sorted(range(len(found)), key=lambda at: (-strength[at], str(found[at]["field"].iloc[0])))
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat([found[at] for at in order], ignore_index=True)


Row = tuple[str, str, float, float, float | None, float | None, NDArray[np.bool_]]


def _of_number(field: Number, parts: dict[str, tuple[float, float]], column: pd.Series) -> list[Row]:
    is_known = ~np.isnan(scales.as_floats(column))
    rows: list[Row] = []
    if "value" in parts:
        ends = bent(np.array([field.low, field.high]), field.is_log)
        step = float(ends[1] - ends[0]) / field.scale
        coefficient, error = parts["value"]
        rows.append(("number", "", field.low, field.high, step * coefficient, step * error, is_known))
    if "unknown" in parts:
        rows.append(("unknown", "", np.nan, np.nan, *parts["unknown"], ~is_known))
    return rows


def _of_category(field: Category, parts: dict[str, tuple[float, float]], column: pd.Series) -> list[Row]:
    rows: list[Row] = []
    for place, (part, held) in enumerate(field.rows(column)):
        kind, _, level = part.partition(" ")
        coefficient, error = parts.get(part, (None, None))
        if place == 0 or coefficient is not None:
            rows.append((kind, level, np.nan, np.nan, coefficient, error, held))
    return rows


def _row(field: Field, row: Row, wins: Floats, trials: Floats) -> tuple[object, ...]:
    kind, level, low, high, coefficient, error, held = row
    count, won = int(trials[held].sum()), int(wins[held].sum())
    if coefficient is None or error is None:
        return (field.column, kind, level, low, high, count, won, 1.0, np.nan, np.nan)
    odds = np.exp([coefficient, coefficient - Z * error, coefficient + Z * error])
    return (field.column, kind, level, low, high, count, won, *odds.tolist())
