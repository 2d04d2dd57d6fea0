"""What each field adds to the log-odds of a customer, against the average customer: a model as named tuples of floats.

The average over the rows learned from is 0 for every field: a part is a reason for (above 0) or against (below).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.methods.propensity_model.fields import Category, Design, bent, coded

Floats = NDArray[np.float64]
Fitted = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Line:
    """slope·x + shift, x bent where `is_log`; `unknown` where there is no x."""

    is_log: bool
    slope: float
    shift: float
    unknown: float

    def read(self, column: pd.Series) -> Floats:
        values = scales.as_floats(column)
        return np.where(np.isnan(values), self.unknown, self.slope * bent(values, self.is_log) + self.shift)

    def scaled(self, factor: float) -> Line:
        return replace(
            self, slope=self.slope * factor, shift=self.shift * factor, unknown=self.unknown * factor
        )

    def moved(self, by: float) -> Line:
        return replace(self, shift=self.shift + by, unknown=self.unknown + by)

    def told(self, column: str) -> dict[str, tuple[float, ...]]:
        return {f"line {column}": (float(self.is_log), self.slope, self.shift, self.unknown)}


@dataclass(frozen=True)
class Steps:
    """values[i] from edges[i] (included) on, values[0] below edges[1]; edges[0] counts for nothing."""

    edges: tuple[float, ...]
    values: tuple[float, ...]
    unknown: float

    def read(self, column: pd.Series) -> Floats:
        found = scales.as_floats(column)
        at = np.searchsorted(np.asarray(self.edges[1:], float), found, side="right")
        return np.where(np.isnan(found), self.unknown, np.asarray(self.values, float)[at])

    def scaled(self, factor: float) -> Steps:
        values = tuple(value * factor for value in self.values)
        return replace(self, values=values, unknown=self.unknown * factor)

    def moved(self, by: float) -> Steps:
        return replace(self, values=tuple(value + by for value in self.values), unknown=self.unknown + by)

    def told(self, column: str) -> dict[str, tuple[float, ...]]:
        pairs = [number for pair in zip(self.edges, self.values, strict=True) for number in pair]
        return {f"steps {column}": (self.unknown, *pairs)}


@dataclass(frozen=True)
class Levels:
    """One value per frequent level; a level never met counts as the rare ones do."""

    values: Mapping[str, float]
    other: float
    unknown: float

    def read(self, column: pd.Series) -> Floats:
        codes, names = coded(column)
        read = np.array([*(self.values.get(name, self.other) for name in names), self.unknown], dtype=float)
        return read[codes]

    def scaled(self, factor: float) -> Levels:
        values = {level: value * factor for level, value in self.values.items()}
        return Levels(values, self.other * factor, self.unknown * factor)

    def moved(self, by: float) -> Levels:
        values = {level: value + by for level, value in self.values.items()}
        return Levels(values, self.other + by, self.unknown + by)

    def told(self, column: str) -> dict[str, tuple[float, ...]]:
        levels = {
            f"level {json.dumps([column, level], ensure_ascii=False)}": (value,)
            for level, value in self.values.items()
        }
        return {f"levels {column}": (self.other, self.unknown), **levels}


Term = Line | Steps | Levels


@dataclass(frozen=True)
class Model:
    """Log-odds = base + Σ terms, each term of one column of the features."""

    base: float
    terms: Mapping[str, Term] = field(default_factory=dict)

    def parts(self, features: pd.DataFrame) -> pd.DataFrame:
        """base and one column per term, log-odds. A column this month's file no longer has is unknown for everybody."""
        nothing = pd.Series(np.nan, index=features.index)
        read = {name: term.read(features.get(name, nothing)) for name, term in self.terms.items()}
        return pd.DataFrame({"base": np.full(len(features), self.base), **read}, index=features.index)

    def margin(self, features: pd.DataFrame) -> Floats:
        """Log-odds of every row."""
        return summed(self.parts(features))

    def centred(self, features: pd.DataFrame) -> Model:
        """The same model with every term's average over `features` moved to the base."""
        means = {name: float(term.read(features[name]).mean()) for name, term in self.terms.items()}
        terms = {name: term.moved(-means[name]) for name, term in self.terms.items()}
        return Model(self.base + sum(means.values()), terms)

    def corrected(self, shift: float, slope: float) -> Model:
        """shift + slope · log-odds."""
        terms = {name: term.scaled(slope) for name, term in self.terms.items()}
        return Model(shift + slope * self.base, terms)

    def told(self) -> dict[str, tuple[float, ...]]:
        """The model as what a published scheme keeps."""
        found: dict[str, tuple[float, ...]] = {"base": (self.base,)}
        for name, term in self.terms.items():
            found |= term.told(name)
        return found


def summed(parts: pd.DataFrame) -> Floats:
    """Log-odds: the parts added in their order, whatever the number of rows."""
    total = np.zeros(len(parts))
    for name in parts.columns:
        total = total + parts[name].to_numpy(float)
    return total


def from_fitted(fitted: Fitted) -> Model:
    """The model `Model.told` wrote down, its terms in order of their names."""
    terms: dict[str, Term] = {}
    levels: dict[str, dict[str, float]] = {}
    for key, values in fitted.items():
        kind, _, rest = key.partition(" ")
        if kind == "level":
            column, level = json.loads(rest)
            levels.setdefault(column, {})[level] = float(values[0])
    for key, values in fitted.items():
        kind, _, column = key.partition(" ")
        if kind == "line":
            terms[column] = Line(bool(values[0]), *(float(value) for value in values[1:4]))
        elif kind == "steps":
            terms[column] = Steps(tuple(values[1::2]), tuple(values[2::2]), float(values[0]))
        elif kind == "levels":
            terms[column] = Levels(levels.get(column, {}), float(values[0]), float(values[1]))
    return Model(float(fitted["base"][0]), {name: terms[name] for name in sorted(terms)})


def of_regression(design: Design, coefficients: Floats) -> Model:
    """A regression over a design as terms."""
    parts: dict[str, dict[str, float]] = {field.column: {} for field in design.fields}
    for (place, part), coefficient in zip(design.places, coefficients[1:].tolist(), strict=True):
        parts[place.column][part] = coefficient
    terms: dict[str, Term] = {}
    for place in design.fields:
        told = parts[place.column]
        if isinstance(place, Category):
            values = {level: told.get(f"level {level}", 0.0) for level in place.levels}
            terms[place.column] = Levels(values, told.get("other", 0.0), told.get("unknown", 0.0))
            continue
        slope = told.get("value", 0.0) / place.scale
        shift = -slope * place.centre
        unknown = slope * place.middle + shift + told.get("unknown", 0.0)
        terms[place.column] = Line(place.is_log, slope, shift, unknown)
    return Model(float(coefficients[0]), {name: terms[name] for name in sorted(terms)})
