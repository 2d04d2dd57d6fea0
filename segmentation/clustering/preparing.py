"""Features made comparable: logarithms where skewed, robust scales, constants left out, unknowns filled and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segmentation.scales import Floats

SKEWED = 0.3  # Gauss 0, exponential .56, log-normal .68
FEW_NEGATIVE = 0.05  # beyond it a logarithm to both sides would tear apart what lies around zero
LIMIT = 5.0  # robust standard deviations: nobody is further out than this
IQR_OF_GAUSS, RANGE_OF_GAUSS = 1.349, 3.2897  # q75 − q25 and q95 − q05 of a standard normal


@dataclass(frozen=True)
class Scale:
    """How one feature becomes a coordinate: (f(x) − middle)/spread, at most ±LIMIT.

    fill: what an unknown counts as, in feature units · unit: f(x) = sign(x)·ln(1 + |x|/unit), or x where it is 0 ·
    middle, spread: median and robust standard deviation of f(x).
    """

    fill: float
    unit: float
    middle: float
    spread: float

    def place(self, values: Floats) -> Floats:
        """Coordinates of `values`; each by itself, so that one customer alone gets what it gets among all."""
        filled = np.where(np.isnan(values), self.fill, values)
        return np.clip((self._bent(filled) - self.middle) / self.spread, -LIMIT, LIMIT)

    def value(self, coordinates: Floats) -> Floats:
        """The feature values at `coordinates`."""
        bent = np.asarray(coordinates, float) * self.spread + self.middle
        return np.sign(bent) * np.expm1(np.abs(bent)) * self.unit if self.unit else bent

    def _bent(self, values: Floats) -> Floats:
        return np.sign(values) * np.log1p(np.abs(values) / self.unit) if self.unit else values


def learn_scale(values: Floats, *, fill_with: str = "middle") -> Scale | None:
    """The scale of one feature (n values, null = NaN); None where it is unknown or the same for everybody.

    Skewed is (q95 + q05 − 2·q50)/(q95 − q05) above SKEWED (Kelley 1947); spread is the larger of (q75 − q25)/1.349 and
    (q95 − q05)/3.29, or the whole range over 3.29 where both are zero. `fill_with`: "middle" puts an unknown at the
    median, "largest" beyond everybody (a last contact that never was). Order statistics alone: row order is free.
    """
    known = values[~np.isnan(values)]
    if not known.size or (
        known.min() == known.max() and (known.size == values.size or fill_with == "middle")
    ):
        return None
    fill = float(known.max() if fill_with == "largest" else np.median(known))
    filled = np.where(np.isnan(values), fill, values)
    unit = _unit(filled)
    raw = Scale(fill, unit, 0.0, 1.0)
    bent = raw._bent(filled)
    q05, q25, q50, q75, q95 = np.quantile(bent, [0.05, 0.25, 0.5, 0.75, 0.95])
    spread = max((q75 - q25) / IQR_OF_GAUSS, (q95 - q05) / RANGE_OF_GAUSS)
    spread = spread or (bent.max() - bent.min()) / RANGE_OF_GAUSS
    return Scale(fill, unit, float(q50), float(spread)) if spread > 0 else None


def _unit(values: Floats) -> float:
    """The unit of the logarithm, the tenth part from below of what is not zero; 0 where none is taken."""
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    is_skewed = high > low and (high + low - 2 * middle) / (high - low) > SKEWED
    if not is_skewed or np.mean(values < 0) > FEW_NEGATIVE:
        return 0.0
    return float(np.quantile(np.abs(values[values != 0]), 0.1))


def learn_scales(columns: Mapping[str, Floats], farthest: frozenset[str]) -> dict[str, Scale]:
    """Scales by feature name, in the order of names; those that say nothing are left out. `farthest`: features whose
    unknown means *never*."""
    found = {
        name: learn_scale(columns[name], fill_with="largest" if name in farthest else "middle")
        for name in sorted(columns)
    }
    return {name: scale for name, scale in found.items() if scale is not None}


def place(columns: Mapping[str, Floats], scales: Mapping[str, Scale]) -> Floats:
    """Coordinates n × p, one column per scale in the order of `scales`."""
    return np.column_stack([scale.place(columns[name]) for name, scale in scales.items()])


def loosened(values: Floats, rng: np.random.Generator) -> Floats:
    """Whole numbers spread over the unit they stand for, [x, x + 1): that a count comes in steps makes no cluster."""
    known = values[~np.isnan(values)]
    steps = rng.random(len(values))  # always drawn: what one column is must not change another's draws
    return values + steps if (known == np.floor(known)).all() else values
