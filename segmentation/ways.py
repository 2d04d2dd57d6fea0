"""What alone would move one customer over a line: the method is asked again with one feature changed at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.features import with_values
from segmentation.i18n import Text
from segmentation.standing import Standing

SAME_SCORE = 1e-6
_PROBES = 65  # points per round: three rounds find a line to one part in 250,000 of the way
_ROUNDS = 3
Test = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


@dataclass(frozen=True)
class Way:
    """A value of one feature that alone would carry the customer over a line, all else and all edges held fixed.

    `label` is the part's, None where several features feed that part.
    """

    part: str
    label: Text | None
    feature: str
    value: float
    is_at_least: bool


def number(cell: Any) -> float:
    """One cell of a frame as a float, null as NaN."""
    return math.nan if pd.isna(cell) else float(cell)


def label_of(standing: Standing, part: str) -> Text:
    return standing.scored.labels.get(part, Text(part, part))


class Trial:
    """One customer scored again and again with single features changed, the edges of everybody held fixed."""

    def __init__(self, standing: Standing, customer_id: str) -> None:
        self.standing = standing
        self.customer_id = customer_id
        self._row = standing.features.loc[[customer_id]]
        numbers = self._row.select_dtypes("number").columns
        self.features = tuple(name for name in numbers if not name.endswith("_e4"))
        self.limits = {name: self._limits(name) for name in self.features}
        self._wholes: dict[str, bool] = {}
        self.reads = self._reads()

    def own(self, feature: str) -> float:
        return float(self._row[feature].astype("float64").iloc[0])

    def _limits(self, feature: str) -> tuple[float, float]:
        """Lowest and highest value anybody has or the method has an edge at: beyond them nothing is promised."""
        values = self.standing.features[feature].astype("float64")
        scored = self.standing.scored
        fed = [part for part, name in scored.reads.items() if name == feature]
        edges = [edge for part in fed for edge in scored.edges.get(part, ()) if math.isfinite(edge)]
        low = float(np.nanmin(values)) if values.notna().any() else 0.0
        high = float(np.nanmax(values)) if values.notna().any() else 0.0
        return min(low, 0.0), max([high, *edges])

    def is_whole(self, feature: str) -> bool:
        """Whether everybody's value is a whole number: then a part of one says nothing."""
        if feature not in self._wholes:
            known = self.standing.features[feature].dropna().astype("float64")
            self._wholes[feature] = bool((known % 1 == 0).all())
        return self._wholes[feature]

    def score(self, changes: Sequence[tuple[str, float]]) -> tuple[NDArray[np.float64], pd.DataFrame]:
        """Scores and parts of the customer, once unchanged (first) and once per (feature, value)."""
        rows = self._row.iloc[np.zeros(len(changes) + 1, dtype=int)].copy()
        rows.index = pd.Index([f"{place:06d}" for place in range(len(rows))], name=self._row.index.name)
        for feature in {feature for feature, _ in changes}:
            column = rows[feature].astype("float64").to_numpy(copy=True)
            for place, (changed, value) in enumerate(changes, 1):
                column[place] = value if changed == feature else column[place]
            rows = with_values(rows, feature, column)
        known = self.standing.scored
        scored = self.standing.method.score(rows, known.exact or known.fitted)
        return scored.scores.to_numpy(dtype=float), scored.parts

    def _reads(self) -> dict[str, tuple[str, ...]]:
        """Feature → the parts it moves, found by trying both ends of its range; features that move none are absent."""
        changes = [(name, limit) for name in self.features for limit in self.limits[name]]
        _, parts = self.score(changes)
        table = parts.to_numpy(dtype=float)
        moved = ~np.isclose(table[1:], table[0], equal_nan=True)
        found: dict[str, tuple[str, ...]] = {}
        for place, name in enumerate(self.features):
            hits = moved[2 * place] | moved[2 * place + 1]
            if hits.any():
                found[name] = tuple(parts.columns[hits])
        return found


def ways_up(trial: Trial, cut: float) -> tuple[Way, ...]:
    """Single things that would lift the score to `cut`."""
    return _ways(trial, trial.reads, lambda scores: scores >= cut)


def ways_down(trial: Trial, cut: float) -> tuple[Way, ...]:
    """Single things that would bring the score below `cut`."""
    known = {name: parts for name, parts in trial.reads.items() if not math.isnan(trial.own(name))}
    return _ways(trial, known, lambda scores: scores < cut)


def _ways(trial: Trial, reads: Mapping[str, tuple[str, ...]], is_over: Test) -> tuple[Way, ...]:
    standing = trial.standing
    own_score = number(standing.scored.scores.at[trial.customer_id])
    if abs(trial.score([])[0][0] - own_score) > SAME_SCORE:
        return ()  # the method cannot repeat one customer's score alone: nothing can be promised
    found = []
    shared = [part for parts in reads.values() for part in parts]
    for feature, parts in reads.items():
        label = label_of(standing, parts[0]) if shared.count(parts[0]) == 1 else None
        low, high = trial.limits[feature]
        own = trial.own(feature)
        start = own if not math.isnan(own) else low
        for limit in (high, low):
            value = _first_over(trial, feature, (start, limit), is_over)
            if value is not None:
                found.append(Way(parts[0], label, feature, value, limit >= start))
                break
    order = {name: place for place, name in enumerate(standing.scored.parts.columns)}
    return tuple(sorted(found, key=lambda way: (order[way.part], way.feature)))


def _first_over(trial: Trial, feature: str, span: tuple[float, float], is_over: Test) -> float | None:
    """The value nearest to the start of `span`, on the way to its end, at which the score is over; None if none is."""
    start, limit = span
    if limit == start or not is_over(trial.score([(feature, limit)])[0])[1]:
        return None
    near, far = start, limit
    for _ in range(_ROUNDS):
        points = np.linspace(near, far, _PROBES)
        passed = np.flatnonzero(is_over(trial.score([(feature, point) for point in points])[0])[1:])
        if not len(passed) or passed[0] == 0:
            break
        near, far = float(points[passed[0] - 1]), float(points[passed[0]])
    step = _step(feature, far, is_whole=trial.is_whole(feature))
    rounded = _round(far, step, is_rising=limit > start)
    # A line so near that the search takes it for where the customer is now lies one step further.
    further = rounded + math.copysign(step, limit - start)
    reached = is_over(trial.score([(feature, rounded), (feature, further)])[0])[1:]
    return rounded if reached[0] else further if reached[1] and abs(further - far) <= step else far


def _step(feature: str, value: float, *, is_whole: bool) -> float:
    """Whole days, counts and what is whole for everybody, shares in percent, amounts to three figures."""
    feature = feature.partition("@")[0]
    if feature.endswith("_share"):
        return 0.01
    if feature.endswith(("_days", "_count")) or not value:
        return 1.0
    figures = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    return max(figures, 1.0) if is_whole else figures


def _round(value: float, step: float, *, is_rising: bool) -> float:
    """In whole steps, always away from where the customer is now."""
    towards = math.ceil if is_rising else math.floor
    # A line met to within the search's own step is met exactly: 12.000003 orders are 12.
    exact = round(value / step)
    whole = exact if abs(value / step - exact) < 1e-3 else towards(value / step)
    return float(whole * step)
