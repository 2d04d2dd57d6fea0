"""Who would move: the tiers of a scheme held against another grading of the same customers on the same date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from segmentation.schemes import UNRATED
from segmentation.standing import Standing
from segmentation.tiers import assign_tiers

ComparisonKind = Literal["published", "grades", "simple_sort"]


@dataclass(frozen=True)
class Comparison:
    """Another grading: `tiers` is text by customer_id, places in `names` (best first) or 'unrated'.

    `label` is the published scheme's name where kind is 'published'.
    """

    kind: ComparisonKind
    label: str
    names: tuple[str, ...]
    tiers: pd.Series


@dataclass(frozen=True)
class Movement:
    """`matrix`: customers by (their place, our place) · `customers`: those who would move, largest revenue first,
    with name, theirs, ours, score, revenue, is_up (null where one side is *unrated* or names cannot be ordered)."""

    comparison: Comparison
    matrix: pd.DataFrame
    customers: pd.DataFrame
    up_count: int
    down_count: int
    same_count: int


def assign(standing: Standing, cuts: Sequence[float], names: Sequence[str]) -> pd.Series:
    """The tier of every customer of the standing, *unrated* included, as text by customer_id."""
    tiers = pd.Series(UNRATED, index=standing.features.index, dtype=object, name="tier")
    rated = assign_tiers(standing.scored.scores.dropna(), cuts, names)
    tiers.loc[rated.index] = rated.astype(object)
    return tiers


def grades_in_file(standing: Standing) -> Comparison | None:
    """The grades the user's own file carried, ordered as text sorts (A before B); None where it had none."""
    grades = standing.features["grade"].where(lambda grade: grade.notna() & (grade != ""))
    if grades.isna().all():
        return None
    names = tuple(sorted(grades.dropna().unique(), key=lambda grade: (grade.casefold(), grade)))
    return Comparison("grades", "", names, grades.fillna(UNRATED).astype(object))


def simple_sort(standing: Standing, sizes: Sequence[int], names: Sequence[str]) -> Comparison:
    """'Sort by last 12 months' sales' at the given tier sizes; equal sales end in customer_id order."""
    revenue = standing.features.loc[standing.reasons.isna(), "revenue_12m_e4"]
    order = np.lexsort((np.arange(len(revenue)), -revenue.to_numpy(dtype=np.int64)))
    places = np.repeat(np.arange(len(names)), sizes)[: len(revenue)]
    tiers = pd.Series(UNRATED, index=standing.features.index, dtype=object)
    tiers.loc[revenue.index[order][: len(places)]] = np.array(names, dtype=object)[places]
    return Comparison("simple_sort", "", tuple(names), tiers)


def compare(standing: Standing, ours: pd.Series, names: Sequence[str], other: Comparison) -> Movement:
    """Movement of every customer between `other` and `ours`; by name if all names agree, else by position."""
    theirs = other.tiers.reindex(standing.features.index).fillna(UNRATED)
    matrix = (
        pd.crosstab(theirs, ours)
        .reindex(index=[*other.names, UNRATED], columns=[*names, UNRATED], fill_value=0)
        .astype(int)
    )
    their_rank = theirs.map(_ranks(other.names))
    our_rank = ours.map(_ranks(names))
    step = (their_rank - our_rank).astype(float)
    moved = (step != 0) & ~(their_rank.isna() & our_rank.isna())
    frame = pd.DataFrame(
        {
            "name": standing.features["name"],
            "theirs": theirs,
            "ours": ours,
            "score": standing.scored.scores.reindex(standing.features.index),
            "revenue": standing.features["amount"],
            "step": step,
        }
    )[moved]
    order = np.lexsort((np.arange(len(frame)), -frame["revenue"].to_numpy(dtype=float)))
    return Movement(
        other,
        matrix,
        frame.iloc[order],
        int((step > 0).sum()),
        int((step < 0).sum()),
        int((~moved).sum()),
    )


def _ranks(names: Sequence[str]) -> dict[str, float]:
    return {name: float(rank) for rank, name in enumerate(names)}
