"""Which group each customer of a date belongs to: its tier, its segment, or what is written beside its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.i18n import Text
from segmentation.rosters import place_points, points_of
from segmentation.standing import Standing

By = Literal["tier", "segment", "region", "channel", "owner", "month"]
RECORDED: tuple[By, ...] = ("region", "channel", "owner")  # of the customers table, which carries no date
MOST_GROUPS = 12


@dataclass(frozen=True)
class Grouping:
    """names: the groups in order, as recorded or in both languages · places: the group of each customer by its number
    in `names`; len(names) where it has none, len(names) + 1 where its group is one of the `other_count` smaller ones.
    """

    by: By
    names: tuple[str | Text, ...]
    places: NDArray[np.int64]
    other_count: int = 0

    @property
    def size(self) -> int:
        """Numbers in use: the groups, customers without one, customers of smaller ones."""
        return len(self.names) + 2


def by_tier(standing: Standing, cuts: Sequence[float], names: Sequence[str]) -> Grouping:
    """Tiers best first; *unrated* has no group."""
    return Grouping("tier", tuple(names), place_points(points_of(standing), cuts).astype(np.int64))


def by_segment(standing: Standing) -> Grouping | None:
    """Segments by their mean score, best first; None where the method finds none."""
    segments = standing.scored.segments
    if segments is None or not segments.notna().any():
        return None
    means = standing.scored.scores.groupby(segments.to_numpy()).mean().sort_index()
    order = [str(name) for name in means.sort_values(ascending=False, kind="stable").index]
    places = np.full(standing.population, len(order), np.int64)
    found = pd.Index(order).get_indexer(pd.Index(segments.astype(object)))
    places[standing.scored_rows] = np.where(found < 0, len(order), found)
    labels = standing.scored.labels
    return Grouping("segment", tuple(labels.get(name, name) for name in order), places)


def by_text(by: By, values: pd.Series) -> Grouping | None:
    """The groups of a text column, one entry per customer, the largest first; None where nobody has one."""
    told = values.astype(object).where(values.notna(), "").map(lambda text: str(text).strip())
    counts = told[told != ""].value_counts()
    if counts.empty:
        return None
    ranked = sorted(counts.index, key=lambda name: (-int(counts[name]), name))
    kept = ranked[:MOST_GROUPS]
    found = pd.Index(kept).get_indexer(pd.Index(told))
    places = np.where(found >= 0, found, np.where(told == "", len(kept), len(kept) + 1))
    return Grouping(by, tuple(kept), places.astype(np.int64), len(ranked) - len(kept))
