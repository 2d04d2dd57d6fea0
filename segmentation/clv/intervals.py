"""How far expectations may be off because the parameters are only estimated (not: how luck scatters what happens)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segmentation.clv.histories import Floats

STEP = 1e-4
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """An expectation with its 95 % interval; arrays of one shape, or numbers."""

    middle: Floats
    low: Floats
    high: Floats

    def named(self, name: str) -> dict[str, Floats]:
        """As columns: `name`, `name_low`, `name_high`."""
        return {name: self.middle, f"{name}_low": self.low, f"{name}_high": self.high}


def spread(expected: Callable[[Floats], Floats], parameters: Floats, covariance: Floats) -> Interval:
    """95 % interval of positive expectations by the delta method on logarithms.

    `expected`: parameters, shape (k,) → expectations, shape (n,) · `covariance`: (k, k), of the logarithms of the
    parameters. Costs 2k + 1 calls whatever n is.
    """
    middle = expected(parameters)
    floor = np.finfo(float).tiny
    slopes = [
        (np.log(np.maximum(expected(parameters * np.exp(step)), floor))
         - np.log(np.maximum(expected(parameters * np.exp(-step)), floor))) / (2 * STEP)
        for step in STEP * np.eye(len(parameters))
    ]  # fmt: skip
    slope = np.array(slopes)
    deviation = np.sqrt(np.maximum(np.einsum("in,ij,jn->n", slope, covariance, slope), 0.0))
    factor = np.exp(NORMAL_95 * deviation)
    return Interval(middle, middle / factor, middle * factor)
