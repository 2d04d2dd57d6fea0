"""The scores of all contenders on the list date: who can be rated now, and on whom they differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.features import YEAR_DAYS, build_features
from segmentation.identities import stops
from segmentation.schemes import Scheme
from segmentation.store import Book
from segmentation.validation.contenders import BASELINE, Contender
from segmentation.validation.discrimination import Floats
from segmentation.validation.past import COLUMNS, Refusal, find_rated, keeping, score_on


@dataclass(frozen=True)
class Present:
    """Customers on the list date in byte order of their ids, their names, sales of the last 12 months (currency), and
    the scores of every contender that could score them, by key, not-a-number where *unrated*."""

    customers: pd.Index
    names: pd.Series
    revenue: Floats
    scores: Mapping[str, Floats]

    def count_rated(self, key: str) -> int:
        """How many customers a contender can rate now."""
        return int((~np.isnan(self.scores[key])).sum()) if key in self.scores else 0

    @property
    def distinct(self) -> dict[str, Floats]:
        """The scores that differ: of ways that score everybody alike the first, the simple sort last."""
        found: dict[str, Floats] = {}
        for key, points in self.scores.items():
            if not any(np.array_equal(points, held, equal_nan=True) for held in found.values()):
                found[key] = points
        return found


def score_now(book: Book, contenders: Sequence[Contender], scheme: Scheme, on: dt.date) -> Present:
    """Everybody under every contender as it is in force: what a saved scheme learned is used. `scheme` says who is too
    new for the simple sort."""
    features = build_features(book, on, YEAR_DAYS, columns=(*COLUMNS, "name", "revenue_12m", "last_order_on"))
    recall, scores = keeping(), dict[str, Floats]()
    for contender in contenders:
        if contender.problem is None:
            told = score_on(book, contender.scheme, (on, features.index), recall, contender.scheme.fitted)
            if not isinstance(told, Refusal):
                scores[contender.key] = told
    revenue = features["revenue_12m"].to_numpy(float)
    scores[BASELINE] = np.where(
        find_rated(features, on, scheme, stops(book.version.aliases)), revenue, np.nan
    )
    return Present(features.index, features["name"], revenue, scores)
