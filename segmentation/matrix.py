"""The two-axis view: what a customer brings against how it behaves, in nine named cells, each with its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.methods.base import Method
from segmentation.planes import CELLS, Plane
from segmentation.rates import UNITS, Measures, tier_rates
from segmentation.rosters import Roster
from segmentation.schemes import Outcome
from segmentation.search import matches
from segmentation.standing import TEN_THOUSAND, Standing
from segmentation.tally import Column, Tally
from segmentation.tuning import RATES, Base

LINES = (200 / 3, 100 / 3)  # points, falling: the upper, middle and lower third of an axis
BANDS = len(LINES) + 1
OUTSIDE = len(CELLS)
LINE_DECIMALS = 9  # the grades of four bins stand at 100/3 points, give or take a hair


@dataclass(frozen=True)
class Matrix:
    """Nine cells of two axes (`plane`): sizes at the list date, outcomes at the check date.

    An axis is cut at thirds of its points, 33⅓ and 66⅔ of 100, not at quantiles of the customers: the lines are then
    the same at both dates and next month, a customer changes its cell only by its own numbers, equal customers are
    never separated, and an empty cell says something.

    cells: rows `CELLS`; customers (count), customers_share (of those in a cell), revenue (currency over the method's
    window), revenue_share (of theirs, null where the total is not positive), and k, n, rate, low, high, open_count as
    `rates.tier_rates` (null where no outcome could be checked).
    places: place in `CELLS` of every customer of the features at the list date, `OUTSIDE` where *unrated* or without
    one of the scores · scores: (customers, 2) axis scores 0–100, not-a-number where unknown ·
    outside_count: rated customers without one of the two scores.
    """

    plane: Plane
    cells: Tally
    places: NDArray[np.int8]
    scores: NDArray[np.float32]
    outside_count: int

    @property
    def customers(self) -> int:
        return int(self.cells["customers"].sum())

    def find(self, cell: str, roster: Roster, features: pd.DataFrame, text: str = "") -> NDArray[np.int64]:
        """Row numbers of the customers of a cell whose name or number contains `text`, largest revenue first."""
        rows = roster.by_revenue[self.places[roster.by_revenue] == CELLS.index(cell)]
        return rows[matches(features, rows, text)]


def build_matrix(base: Base, outcome: Outcome, measured: Measures | None) -> Matrix | None:
    """The matrix of a prepared base; None where the method has not two axes (or this data gives it only one).

    `measured`: see `standing.measure_outcomes`; None where no outcome is judged.
    """
    plane = plane_of(base.now.method)
    scores = axis_scores(base.now)
    if plane is None or scores is None:
        return None
    places = _place(scores)
    revenue_e4 = base.now.features["amount_e4"].to_numpy(dtype=np.int64)
    totals = _add(places, {"revenue_e4": revenue_e4})
    sizes = {"customers": totals["customers"], "revenue": totals["revenue_e4"] / TEN_THOUSAND}
    wholes = {name: values.sum() for name, values in sizes.items()}
    shares = {
        f"{name}_share": values / (wholes[name] if wholes[name] > 0 else np.nan)
        for name, values in sizes.items()
    }
    outside = int((places[base.now.reasons.isna().to_numpy()] == OUTSIDE).sum())
    cells = Tally(CELLS, sizes | shares | _rate(base.checked, outcome, measured))
    return Matrix(plane, cells, places, scores.astype(np.float32), outside)


def plane_of(method: Method | type[Method]) -> Plane | None:
    """The two axes of a method; None where it has not two."""
    return getattr(method, "plane", None)


def axis_scores(standing: Standing) -> NDArray[np.float64] | None:
    """Both axes of the method, 0–100, of every customer of the features, not-a-number where unknown.

    A method says them as `Scored.axes`, or names the parts of each axis in `axis_parts`: then 100·Σ points/Σ most
    points. None where it does neither, or where an axis has no points or no customer.
    """
    scored, plane = standing.scored, plane_of(standing.method)
    if plane is None:
        return None
    if scored.axes is not None and set(plane.axes) <= set(scored.axes.columns):
        axes = scored.axes[list(plane.axes)].to_numpy(dtype=float)
    else:
        told = getattr(standing.method, "axis_parts", None)
        if told is None:
            return None
        most = [sum(scored.maxima[part] for part in told[axis]) for axis in plane.axes]
        if not min(most) > 0:
            return None
        parts = [scored.parts[list(told[axis])].to_numpy(dtype=float).sum(axis=1) for axis in plane.axes]
        axes = np.column_stack([100 * points / limit for points, limit in zip(parts, most, strict=True)])
    # Scores come in the order of the features: looking a million ids up would take seconds.
    found = np.full((standing.population, len(plane.axes)), np.nan)
    found[standing.reasons.isna().to_numpy()] = axes[scored.scores.notna().to_numpy()]
    return found if (~np.isnan(found)).any(axis=0).all() else None


def _place(scores: NDArray[np.float64]) -> NDArray[np.int8]:
    """The cell of each customer: band of the first axis × BANDS + band of the second."""
    points = np.round(scores, LINE_DECIMALS)
    bands = np.zeros(points.shape, np.int8)
    for line in LINES:
        bands += points < round(line, LINE_DECIMALS)
    places: NDArray[np.int8] = (BANDS * bands[:, 0] + bands[:, 1]).astype(np.int8)
    places[np.isnan(points).any(axis=1)] = OUTSIDE
    return places


def _add(places: NDArray[np.int8], measures: Mapping[str, NDArray[np.int64]]) -> Tally:
    """Sums by cell, exact in int64: differences of running totals over the customers sorted by cell."""
    order = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[order], np.arange(OUTSIDE + 1))
    running = {name: np.append(0, np.cumsum(values[order])) for name, values in measures.items()}
    sums = {"customers": np.diff(ends)} | {name: np.diff(totals[ends]) for name, totals in running.items()}
    return Tally(CELLS, sums)


def _rate(checked: Standing | None, outcome: Outcome, measured: Measures | None) -> dict[str, Column]:
    """Outcomes by the cell a customer stood in at the check date."""
    scores = None if checked is None else axis_scores(checked)
    if scores is None or measured is None:
        return dict.fromkeys(RATES, np.full(len(CELLS), np.nan))
    found = tier_rates(_add(_place(scores), measured.arrays), UNITS[outcome], measured.square_unit)
    return {name: found[name] for name in RATES}
