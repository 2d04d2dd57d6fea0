"""Why a customer is where it is: the arithmetic of its score, and what would reach the next tier."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation.i18n import Text
from segmentation.methods.base import PartsUnit
from segmentation.ratings import MISSING, find_missing
from segmentation.schemes import UNRATED
from segmentation.standing import Standing
from segmentation.ways import Trial, Way, label_of, number, ways_down, ways_up


@dataclass(frozen=True)
class Part:
    """One summand of a score. `feature` and `value` (its unit) where the part reads exactly one, else None."""

    name: str
    label: Text
    points: float
    most: float | None
    feature: str | None = None
    value: float | None = None


@dataclass(frozen=True)
class Explanation:
    """`cut` is the line the customer passed (None in the lowest tier), `next_tier`, `next_cut`, `gap` the line above
    (None in the highest tier or where the tier above is empty); points 0–100. `ways` reach that line, `drops` fall
    below `cut` into `lower_tier`. `lines` are all of them, falling, between `names`. `reason` only where unrated."""

    customer_id: str
    name: str
    tier: str
    score: float | None
    parts: tuple[Part, ...]
    cut: float | None = None
    next_tier: str | None = None
    next_cut: float | None = None
    ways: tuple[Way, ...] = ()
    lower_tier: str | None = None
    drops: tuple[Way, ...] = ()
    lines: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    parts_unit: PartsUnit = "points"
    reason: str | None = None

    @property
    def gap(self) -> float | None:
        if self.next_cut is None or self.score is None:
            return None
        return self.next_cut - self.score

    @property
    def cushion(self) -> float | None:
        """Points above the line of the own tier."""
        if self.cut is None or self.score is None or math.isinf(self.cut):
            return None
        return self.score - self.cut


def explain(standing: Standing, customer_id: str, cuts: Sequence[float], names: Sequence[str]) -> Explanation:
    """The tier of one customer under score lines `cuts` (falling) between the tiers `names` (best first).

    KeyError where nobody of that id is known on the standing's date.
    """
    name = str(standing.features.at[customer_id, "name"])
    reason: Any = standing.reasons.at[customer_id]
    if not pd.isna(reason):
        if reason == MISSING:
            own, needs = standing.features.loc[[customer_id]], standing.method.needs
            (reason,) = find_missing(own, needs, is_refused=standing.scored.is_refused)
        return Explanation(customer_id, name, UNRATED, None, (), reason=str(reason))
    score = number(standing.scored.scores.at[customer_id])
    rank = int(sum(score < cut for cut in cuts))
    trial = Trial(standing, customer_id)
    next_cut = float(cuts[rank - 1]) if rank and math.isfinite(cuts[rank - 1]) else None
    cut = float(cuts[rank]) if rank < len(cuts) else None
    return Explanation(
        customer_id=customer_id,
        name=name,
        tier=names[rank],
        score=score,
        parts=_parts(standing, customer_id, trial.reads),
        cut=cut,
        next_tier=None if next_cut is None else names[sum(line > next_cut for line in cuts)],
        next_cut=next_cut,
        ways=() if next_cut is None else ways_up(trial, next_cut),
        # Lines on top of each other leave no tier between them: who falls below one falls below all of them.
        lower_tier=None if cut is None else names[sum(line >= cut for line in cuts)],
        drops=() if cut is None else ways_down(trial, cut),
        lines=tuple(float(line) for line in cuts),
        names=tuple(names),
        parts_unit=standing.scored.parts_unit,
    )


def _parts(standing: Standing, customer_id: str, reads: Mapping[str, tuple[str, ...]]) -> tuple[Part, ...]:
    scored = standing.scored
    found = []
    for name in scored.parts.columns:
        features = [feature for feature, parts in reads.items() if name in parts]
        only = features[0] if len(features) == 1 else None
        value = None if only is None else number(standing.features.at[customer_id, only])
        if value is not None and math.isnan(value) and scored.reads.get(name) != only:
            only = value = None  # one of several a model reads, which is all that would change anything
        points = number(scored.parts.at[customer_id, name])
        found.append(
            Part(
                name,
                label_of(standing, name),
                0.0 if math.isnan(points) else points,
                scored.maxima.get(name),
                only,
                None if value is None or math.isnan(value) else value,
            )
        )
    return tuple(found)
