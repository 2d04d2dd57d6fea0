"""Which unknown and which corrected values matter: how full each field a method reads is, whose tier would be another
one if a value were known, and whose without the cells that are not what their sheet says.

An unknown value is tried at both ends of what is usual among the customers who have one (the 10th and the 90th
percentile, type 7 of Hyndman & Fan 1996), all else and all learned edges held fixed. A customer whose tier is the same
at both ends and now loses nothing by the gap: there is no need to look the value up. Corrected cells are left out all
at once and the customers scored again: nothing is modelled, lines and learned edges stand still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.features import with_values
from segmentation.i18n import Text
from segmentation.ratings import MISSING
from segmentation.rosters import Places, place_points, points_of
from segmentation.schemes import Scheme
from segmentation.standing import Standing, rate
from segmentation.store import Book

USUAL = (0.1, 0.9)
# Null where nothing happened: that is known, and no cell of a sheet would fill it.
NEVER = frozenset(
    {
        "recency_days",
        "touch_recency_days",
        "order_interval_days",
        "order_span_days",
        "repeat_amount",
        "contract_amount",
    }
)
FEWEST_KNOWN = 10  # with fewer values nobody can say what is usual


@dataclass(frozen=True)
class FieldQuality:
    """One feature the score reads. `known_count` of `customer_count` have a value; of the others, `deciding_count`
    would change tier within what is usual (None where too few are known to say). `low`, `high`: the usual, in its unit.
    """

    feature: str
    label: Text
    known_count: int
    customer_count: int
    deciding_count: int | None
    low: float
    high: float

    @property
    def known_share(self) -> float | None:
        return self.known_count / self.customer_count if self.customer_count else None


@dataclass(frozen=True)
class Quality:
    """`fields`: least known first. `gaps`: one row per customer and field that would change its tier: customer_id,
    name, owner, feature, place (now), low_place, high_place (tier by rank, the number of tiers = *unrated*), revenue
    (currency of the last 12 months), largest revenue first."""

    fields: tuple[FieldQuality, ...]
    gaps: pd.DataFrame

    @property
    def customer_count(self) -> int:
        """Customers with at least one such field."""
        return int(self.gaps["customer_id"].nunique())


def measure_quality(standing: Standing, cuts: Sequence[float]) -> Quality:
    """Every field the method reads at a list date, under score lines `cuts` (falling). Customers who are *unrated* for
    another reason than a missing value are left out, and who never ordered where an order is needed: no field would
    rate them."""
    features, reasons = standing.features, standing.reasons
    never = features[[need for need in standing.method.needs if need in NEVER]].isna().any(axis=1)
    asked = (reasons.isna() | ((reasons == MISSING) & ~never)).to_numpy()
    now = place_points(points_of(standing), cuts)
    fields, gaps = list[FieldQuality](), list[pd.DataFrame]()
    for feature, label in read_features(standing).items():
        values = features[feature].to_numpy(dtype=float, na_value=np.nan)
        missing, known = asked & np.isnan(values), asked & ~np.isnan(values)
        counted = int(known.sum())
        if counted < FEWEST_KNOWN or not missing.any():
            none = 0 if not missing.any() else None
            fields.append(FieldQuality(feature, label, counted, int(asked.sum()), none, np.nan, np.nan))
            continue
        low, high = np.quantile(values[known], USUAL).tolist()
        rows = np.flatnonzero(missing)
        ends = [place_points(_scores(standing, rows, feature, value), cuts) for value in (low, high)]
        is_deciding = (ends[0] != ends[1]) | (ends[0] != now[rows])
        found = rows[is_deciding]
        fields.append(
            FieldQuality(feature, label, counted, int(asked.sum()), len(found), float(low), float(high))
        )
        gaps.append(_gaps(standing, found, feature, [now[found], *(end[is_deciding] for end in ends)]))
    listed = (
        pd.concat(gaps, ignore_index=True) if gaps else _gaps(standing, np.empty(0, np.int64), "", [[]] * 3)
    )
    listed = listed.sort_values(["revenue", "customer_id"], ascending=[False, True], ignore_index=True)
    by_known = sorted(fields, key=lambda field: (field.known_count, field.feature))
    return Quality(tuple(by_known), listed)


@dataclass(frozen=True)
class Corrected:
    """What hangs on cells the intake corrected, guessed or chose: `cells` of them are stored; `moves` has one row per
    customer whose tier is another one without them: customer_id, name, owner, place (now), place_without (tier by
    rank, the number of tiers = *unrated*), revenue (currency of the last 12 months), largest revenue first."""

    cells: int
    moves: pd.DataFrame


def measure_corrected(book: Book, scheme: Scheme, standing: Standing, cuts: Sequence[float]) -> Corrected:
    """Tiers at the list date against those with every corrected cell left empty, under the same score lines `cuts`."""
    cells = book.count_corrections()
    moves = _moves(standing, np.empty(0, np.int64), [np.empty(0, np.int8)] * 2)
    if cells:
        now = place_points(points_of(standing), cuts)
        with book.without_corrections() as bare:
            learned = standing.scored.exact or standing.scored.fitted
            without = rate(bare, scheme, standing.as_of, learned)
        scores = without.scored.scores.reindex(standing.features.index).to_numpy(dtype=float, na_value=np.nan)
        after = place_points(scores, cuts)
        rows = np.flatnonzero(now != after)
        moves = _moves(standing, rows, [now[rows], after[rows]])
    return Corrected(
        cells, moves.sort_values(["revenue", "customer_id"], ascending=[False, True], ignore_index=True)
    )


def _moves(standing: Standing, rows: NDArray[np.int64], places: Sequence[Places]) -> pd.DataFrame:
    gaps = _gaps(standing, rows, "", [places[0], places[1], places[1]])
    return gaps.rename(columns={"low_place": "place_without"}).drop(columns=["feature", "high_place"])


def read_features(standing: Standing) -> Mapping[str, Text]:
    """Feature → what the method calls it: those behind its parts and those it cannot rate without, where a null is a
    value somebody could look up."""
    scored = standing.scored
    found = {feature: scored.labels.get(part, Text(part, part)) for part, feature in scored.reads.items()}
    found = {need: Text(need, need) for need in standing.method.needs if need not in found} | found
    return {feature: label for feature, label in found.items() if feature not in NEVER}


def _scores(standing: Standing, rows: NDArray[np.int64], feature: str, value: float) -> NDArray[np.float64]:
    """Scores of some customers with one feature set, edges as they were learned; null where another need is missing."""
    given = with_values(standing.features.iloc[rows], feature, value)
    needs = list(standing.method.needs)
    complete = given[needs].notna().all(axis=1).to_numpy() if needs else np.ones(len(rows), bool)
    found = np.full(len(rows), np.nan)
    if complete.any():
        scored = standing.scored
        scores = standing.method.score(given[complete], scored.exact or scored.fitted).scores
        found[complete] = scores.to_numpy(dtype=float, na_value=np.nan)
    return found


def _gaps(
    standing: Standing,
    rows: NDArray[np.int64],
    feature: str,
    places: Sequence[Sequence[int] | Places],
) -> pd.DataFrame:
    features = standing.features.iloc[rows]
    ids = pd.Series(features.index.to_numpy(dtype=object), dtype="str")
    at = dict(zip(("place", "low_place", "high_place"), places, strict=True))
    return pd.DataFrame(
        {
            "customer_id": ids,
            "name": features["name"].reset_index(drop=True).fillna(ids),
            "owner": features["owner"].reset_index(drop=True),
            "feature": feature,
            **{name: np.asarray(place, np.int8) for name, place in at.items()},
            "revenue": features["revenue_12m"].to_numpy(dtype=float),
        }
    )
