"""From a history to a model: what may be read, which model earns its place, what it is worth on later data."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from segmentation.methods.base import History
from segmentation.methods.propensity_model.boosting import boost
from segmentation.methods.propensity_model.calibration import (
    NO_CORRECTION,
    cross_corrected,
    fit_correction,
    reliability,
)
from segmentation.methods.propensity_model.drivers import driver_table
from segmentation.methods.propensity_model.fields import DATED, Design, Field, build_design, learn_field
from segmentation.methods.propensity_model.leaks import Cases, LeftOut, find_leak
from segmentation.methods.propensity_model.ranking import Area, area_difference, area_under_curve
from segmentation.methods.propensity_model.regression import fit_logistic
from segmentation.methods.propensity_model.terms import Model, of_regression

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FEWEST = 50  # wins, and cases without one, below which nothing is learned
FEWEST_CHECKED = 10  # of each, for a check to say anything
FEWEST_FOR_BOOSTING = 200  # wins to learn from: below, its interval never lets it win
HELD_OUT = 3  # one customer in so many is held out where there is no later day


@dataclass(frozen=True)
class Refusal:
    """Why nothing is learned: a message id and its facts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Learned:
    """What a history taught.

    model: log-odds, centred on the average customer · kind: which model it is · drivers: `driver_table` · area: how it
    ranks cases it has not seen · is_later: these are later ones (`checked_on`, first to last), else other customers ·
    reliability: `calibration.reliability` of the same cases · correction: (a, b) of the log-odds, (0, 1) where none is
    earned · boosting: by how much the area of boosting is larger, with its interval; None where it was not tried ·
    left_out: fields not read · cases, wins: what the model was learned from, `days` of it.
    """

    model: Model
    kind: Literal["regression", "boosting"]
    drivers: pd.DataFrame
    area: Area
    is_later: bool
    checked_on: tuple[dt.date, ...]
    reliability: pd.DataFrame
    correction: tuple[float, float]
    boosting: tuple[float, float, float] | None
    left_out: tuple[LeftOut, ...]
    cases: int
    wins: int
    days: tuple[dt.date, ...]


@dataclass(frozen=True)
class Rows:
    """A history in an order of its own, so that nothing learned hangs on how its rows came."""

    features: pd.DataFrame
    days: NDArray[np.datetime64]
    wins: Floats
    trials: Floats
    customers: NDArray[np.int64]
    coins: NDArray[np.uint64]

    @classmethod
    def of(cls, history: History) -> Rows:
        ids = history.features.index.to_numpy(dtype=object)
        places = pd.util.hash_array(ids, hash_key=_key("order"))
        order = np.lexsort((history.days, places))
        codes = np.unique(places[order], return_inverse=True)[1]
        return cls(
            history.features.iloc[order].reset_index(drop=True),
            history.days[order],
            history.k[order].astype(float),
            history.n[order].astype(float),
            codes.astype(np.int64),
            pd.util.hash_array(ids[order], hash_key=_key("split")),
        )

    def only(self, rows: Flags) -> Rows:
        features = self.features[rows].reset_index(drop=True)
        codes = np.unique(self.customers[rows], return_inverse=True)[1].astype(np.int64)
        return Rows(features, self.days[rows], self.wins[rows], self.trials[rows], codes, self.coins[rows])

    @property
    def half(self) -> Flags:
        """A coin per customer."""
        return np.asarray((self.coins >> np.uint64(32)) % np.uint64(2) == 0, bool)

    def count(self, rows: Flags | slice = slice(None)) -> tuple[int, int]:
        """(wins, cases without one)."""
        won = int(self.wins[rows].sum())
        return won, int(self.trials[rows].sum()) - won


def _key(purpose: str) -> str:
    return hashlib.sha256(f"propensity {purpose}".encode()).hexdigest()[:16]


def learn(history: History, *, penalty: float, keeps_suspects: bool) -> Learned | Refusal:
    """The model of a history, or why there is none (fewer than `FEWEST` wins, or cases without one)."""
    won, lost = int(history.k.sum()), int(history.n.sum() - history.k.sum())
    if not len(history.days) and history.missing_days:
        return Refusal("propensity.refused.short", {"days": history.missing_days})
    if won < FEWEST:
        return Refusal("propensity.refused.wins", {"have": won, "need": FEWEST})
    if lost < FEWEST:
        return Refusal("propensity.refused.losses", {"have": lost, "need": FEWEST})
    with threadpool_limits(limits=1):  # two threads are slower here, and add up in an order of their own
        return _choose_and_learn(history, penalty, keeps_suspects)


def _choose_and_learn(history: History, penalty: float, keeps_suspects: bool) -> Learned | Refusal:
    rows = Rows.of(history)
    fields, left_out = _choose_fields(history, rows, keeps_suspects)
    design, same = build_design(rows.features, fields)
    left_out += [LeftOut(name, "same", {"name": name, "other": other}) for name, other in same.items()]
    if not design.places:
        return Refusal("propensity.refused.fields", {"n": len(left_out)})
    return _learn(rows, design, penalty, tuple(left_out), history.is_dated)


def _choose_fields(history: History, rows: Rows, keeps_suspects: bool) -> tuple[list[Field], list[LeftOut]]:
    """The fields that may be read and say something, and those left out with the reason."""
    fields, left_out = list[Field](), list[LeftOut]()
    for column in map(str, rows.features.columns):
        is_undated = column in history.undated
        # Where the outcome has no date, what customers did may all have come after it.
        if not is_undated and (column not in DATED or not history.is_dated):
            continue
        values = rows.features[column]
        found = learn_field(column, values)
        if is_undated and values.notna().any():
            days = rows.days if history.is_dated else None
            leak = find_leak(column, values, Cases(days, rows.wins, rows.trials, rows.half))
            if leak is None and found is None:
                leak = LeftOut(column, "constant", {"name": column.partition(":")[2]})
            if leak is not None:
                left_out.append(leak)
                if not (leak.is_leak and keeps_suspects):
                    continue
        if found is not None:
            fields.append(found)
    return fields, left_out


def _learn(
    rows: Rows, design: Design, penalty: float, left_out: tuple[LeftOut, ...], is_dated: bool
) -> Learned:
    is_checked, is_later = _split(rows, is_dated)
    checked = rows.only(is_checked)
    trial = _regression(rows, design, penalty, ~is_checked)
    margin = trial.margin(checked.features)
    kind: Literal["regression", "boosting"] = "regression"
    gain = None
    if rows.count(~is_checked)[0] >= FEWEST_FOR_BOOSTING:
        earlier = rows.only(~is_checked)
        bent = boost(earlier.features, design.fields, earlier.wins, earlier.trials).margin(checked.features)
        gain = area_difference(bent, margin, checked.wins, checked.trials, checked.customers)
        if gain[1] > 0:
            kind, margin = "boosting", bent
    corrected, is_earned = cross_corrected(margin, checked.wins, checked.trials, checked.half)
    correction = fit_correction(margin, checked.wins, checked.trials) if is_earned else NO_CORRECTION
    fit = fit_logistic(design.matrix, rows.wins, rows.trials, _penalties(design, penalty), rows.customers)
    model = (
        of_regression(design, fit.coefficients) if kind == "regression"
        else boost(rows.features, design.fields, rows.wins, rows.trials)
    )  # fmt: skip
    dates = tuple(sorted({day.astype(dt.date) for day in np.unique(rows.days)}))
    return Learned(
        model=model.corrected(*correction).centred(rows.features),
        kind=kind,
        drivers=driver_table(design, fit, rows.features, rows.wins, rows.trials),
        area=area_under_curve(margin, checked.wins, checked.trials, checked.customers),
        is_later=is_later,
        checked_on=tuple(sorted({day.astype(dt.date) for day in np.unique(checked.days)})),
        reliability=reliability(corrected if is_earned else margin, checked.wins, checked.trials),
        correction=correction,
        boosting=gain,
        left_out=left_out,
        cases=int(rows.trials.sum()),
        wins=int(rows.wins.sum()),
        days=dates,
    )


def _regression(rows: Rows, design: Design, penalty: float, taken: Flags) -> Model:
    fit = fit_logistic(
        design.matrix[taken], rows.wins[taken], rows.trials[taken], _penalties(design, penalty)
    )
    return of_regression(design, fit.coefficients)


def _penalties(design: Design, penalty: float) -> Floats:
    """None on the intercept."""
    return np.append(0.0, np.full(len(design.places), float(penalty)))


def _split(rows: Rows, is_dated: bool) -> tuple[Flags, bool]:
    """(rows to check on, whether they are later than all others): the last third of the days, or fewer where the
    earlier ones would be too few to learn from; without them a third of the customers."""
    days = np.unique(rows.days)
    for taken in range((len(days) + 2) // 3, 0, -1) if is_dated else ():
        late = np.isin(rows.days, days[-taken:])
        if min(rows.count(~late)) >= FEWEST and min(rows.count(late)) >= FEWEST_CHECKED:
            return late, True
    return np.asarray(rows.coins % np.uint64(HELD_OUT) == 0, bool), False
