"""Separate lines per industry or region: customers are placed among those of their own group before any line is drawn.

A score becomes the place within the group: the share of its rated customers below, equal ones counting half (mid-rank:
Ridit, Bross 1958). "The best 10 %" are then the best tenth of every region, whatever their sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.methods.base import History, Method, Scored, learns

COLUMNS: Mapping[str, Text] = {
    "region": Text("region", "地区"),
    "industry": Text("industry", "行业"),
    "owner": Text("owner", "负责销售"),
}
FEWEST_RATED = 30  # a smaller group is placed among all customers: its tenth would be three of them
MOST_KNOTS = 200
PART, COMMON, OF_GROUP = "within", "within all", "within: "
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Within:
    """`inner` with every score turned into the place within the group named by the feature `by`.

    What a group's scores are worth is learned and frozen with the method's own edges: `fitted` holds at most
    `MOST_KNOTS` scores of each group followed by their places. Customers of a group with fewer than `FEWEST_RATED`, of
    none, or of one unknown when the scheme was fitted are placed among all. The group is as recorded today, whatever
    the date. Everything else is what `inner` says.
    """

    inner: Method
    by: str

    def __post_init__(self) -> None:
        if self.by not in COLUMNS:
            raise SettingError("e.setting", name="lines_within", value=self.by, rule=" | ".join(COLUMNS))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)

    @property
    def columns(self) -> tuple[str, ...] | None:
        read: tuple[str, ...] | None = getattr(self.inner, "columns", None)
        return None if read is None else (*read, self.by)

    @property
    def unlearned(self) -> frozenset[str]:
        """Every parameter changes scores, and with them what a place is worth."""
        return frozenset()

    @property
    def reads_undated(self) -> bool:
        return True

    def score(
        self,
        features: pd.DataFrame,
        fitted: Mapping[str, Any] | None = None,
        history: History | None = None,
    ) -> Scored:
        """The inner method's scores as places within their groups; one part more says what that changed."""
        own = None if fitted is None else {k: v for k, v in fitted.items() if not _is_ours(k)}
        scored = (
            self.inner.score(features, own, history)
            if learns(self.inner)
            else self.inner.score(features, own)
        )
        raw = scored.scores.to_numpy(dtype=float)
        groups = features[self.by].to_numpy(dtype=object)
        known = ~np.isnan(raw)
        frozen = {k: tuple(v) for k, v in (fitted or {}).items() if _is_ours(k)}
        knots = frozen or learn_knots(raw[known], groups[known])
        placed = place(raw, groups, knots)
        change = placed - raw if scored.parts_unit == "points" else _log_odds(placed) - _log_odds(raw)
        label = COLUMNS[self.by]
        text = Text(f"Place within its {label.en}", f"在同{label.zh}中的位置")
        return replace(
            scored,
            scores=pd.Series(placed, index=scored.scores.index, name=scored.scores.name),
            parts=scored.parts.assign(**{PART: change}),
            labels={**scored.labels, PART: text},
            fitted={**scored.fitted, **knots},
            exact=None if scored.exact is None else {**scored.exact, **knots},
            most=None if scored.most is None else scored.most.assign(**{PART: np.nan}),
        )


def within(method: Method, by: str) -> Method:
    """The method with its scores as places within the groups of `by`; SettingError for a column that makes none."""
    return cast(Method, Within(method, by))


def learn_knots(scores: Floats, groups: NDArray[np.object_]) -> dict[str, tuple[float, ...]]:
    """What scores are worth among all and in every group that is large enough: scores, rising, then their places."""
    if not scores.size:
        return {}
    found = {COMMON: _knots(scores)}
    codes, names = pd.factorize(groups, sort=True)
    for code in np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(names)) >= FEWEST_RATED):
        found[f"{OF_GROUP}{names[code]}"] = _knots(scores[codes == code])
    return found


def place(scores: Floats, groups: NDArray[np.object_], knots: Mapping[str, tuple[float, ...]]) -> Floats:
    """Places 0–100 of scores; null stays null."""
    if not knots:
        return scores.copy()
    found = _interpolate(scores, knots[COMMON])
    codes, names = pd.factorize(groups)
    for code, name in enumerate(names):
        own = knots.get(f"{OF_GROUP}{name}")
        if own is not None:
            rows = codes == code
            found[rows] = _interpolate(scores[rows], own)
    return found


def own_groups(knots: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups with lines of their own."""
    return tuple(key.removeprefix(OF_GROUP) for key in knots if key.startswith(OF_GROUP))


def line_in(group: str | None, cut: float, knots: Mapping[str, tuple[float, ...]]) -> float:
    """The score of the inner method at which a line on places stands in a group (None: among all)."""
    told = knots[COMMON if group is None else f"{OF_GROUP}{group}"]
    half = len(told) // 2
    return float(np.interp(cut, told[half:], told[:half]))


def _is_ours(key: str) -> bool:
    return key == COMMON or key.startswith(OF_GROUP)


def _knots(scores: Floats) -> tuple[float, ...]:
    values, counts = np.unique(scores, return_counts=True)
    places = 100 * (np.cumsum(counts) - counts / 2) / scores.size
    if values.size > MOST_KNOTS:
        kept = np.unique(np.searchsorted(places, np.linspace(places[0], places[-1], MOST_KNOTS)))
        values, places = values[kept], places[kept]
    return (*values.tolist(), *places.tolist())


def _interpolate(scores: Floats, told: tuple[float, ...]) -> Floats:
    half = len(told) // 2
    found = np.interp(scores, told[:half], told[half:])
    return np.where(np.isnan(scores), np.nan, found)


def _log_odds(scores: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(scores / (100 - scores)))
