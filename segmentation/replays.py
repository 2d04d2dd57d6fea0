"""Today's rule on earlier days: the scores of every customer at the last month ends, and how they changed in between.

The rule stands still: what the method learned and where the lines lie are those of the list date, so that a customer's
tier differs between two months only where its own numbers do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.features import window_start
from segmentation.schemes import Scheme
from segmentation.standing import Rated, Standing, rate
from segmentation.store import Book

MOST_MONTHS = 12
NEAREST_CHANGES, FEWEST_CHANGES = 200, 50
SAME_SCORE = 1e-9  # a change carried over to another score is not exact in its last digits
ONE_DAY = dt.timedelta(days=1)
Points = NDArray[np.float64]
Tell = Callable[[int, int], Any]


@dataclass(frozen=True)
class Replay:
    """Scores on earlier days, oldest first; the last day is the list date.

    dates: month ends, and the list date where it is none · scores: days × customers in the order of the list date's
    features, not-a-number where *unrated* · is_known: whether anything was known of the customer by then ·
    first_on: the first date of the history; a day whose period begins before it is left out.
    """

    dates: tuple[dt.date, ...]
    scores: Points
    is_known: NDArray[np.bool_]
    first_on: dt.date | None

    def tiers_of(self, row: int, cuts: Sequence[float]) -> tuple[int | None, ...]:
        """The tier of one customer on every day (0 best, len(cuts) + 1 *unrated*), None where nobody knew it."""
        found: list[int | None] = []
        for score, is_known in zip(self.scores[:, row], self.is_known[:, row], strict=True):
            if not is_known:
                found.append(None)
            else:
                place = len(cuts) + 1 if np.isnan(score) else sum(float(score) < cut for cut in cuts)
                found.append(int(place))
        return tuple(found)


@dataclass(frozen=True)
class Likelihood:
    """Where a score would go with the changes others made in a month.

    shares: 0–1 per tier, best first; empty where fewer than `FEWEST_CHANGES` are known · change_count changes between
    consecutive month ends in [first_on, last_on] by customer_count customers who started with low to high points.
    """

    shares: tuple[float, ...]
    change_count: int
    customer_count: int = 0
    low: float = 0.0
    high: float = 0.0
    first_on: dt.date | None = None
    last_on: dt.date | None = None


def month_ends(
    as_of: dt.date, first_on: dt.date | None, window_days: int | None, most: int = MOST_MONTHS
) -> tuple[dt.date, ...]:
    """The last month ends up to `as_of`, oldest first, whose period counted lies within the history."""
    if first_on is None:
        return ()
    found: list[dt.date] = []
    end = as_of if is_month_end(as_of) else as_of.replace(day=1) - ONE_DAY
    while len(found) < most and _begins(end, first_on, window_days) >= first_on:
        found.append(end)
        end = end.replace(day=1) - ONE_DAY
    return tuple(reversed(found))


def is_month_end(day: dt.date) -> bool:
    return (day + ONE_DAY).month != day.month


def _begins(end: dt.date, first_on: dt.date, window_days: int | None) -> dt.date:
    """The first day counted at `end`; with all history any day of it will do."""
    return end if window_days is None else window_start(end, window_days) + ONE_DAY


def replay(book: Book, scheme: Scheme, standing: Standing, tell: Tell | None = None) -> Replay:
    """Score everybody again at every month end, what the method learned at the list date held fixed.

    `tell(done, all)` is called after each month end.
    """
    first = book.query("history_span")["first_on"].iloc[0]
    first_on = None if pd.isna(first) else pd.Timestamp(first).date()
    ends = month_ends(standing.as_of, first_on, standing.method.window_days)
    earlier = [end for end in ends if end != standing.as_of]
    known = standing.scored
    rows = []
    for place, end in enumerate(earlier, 1):
        rows.append(_align(rate(book, scheme, end, known.exact or known.fitted), standing))
        if tell is not None:
            tell(place, len(earlier))
    is_rated = standing.reasons.isna().to_numpy()
    now = np.full(standing.population, np.nan)
    now[is_rated] = known.scores.dropna().to_numpy(dtype=float)
    scores = np.vstack([*(scores for scores, _ in rows), now])
    is_known = np.vstack([*(known for _, known in rows), np.ones(standing.population, bool)])
    return Replay((*earlier, standing.as_of), scores, is_known, first_on)


def _align(rated: Rated, standing: Standing) -> tuple[Points, NDArray[np.bool_]]:
    """Scores in the order of the standing's customers. By Arrow: an index of pandas takes five times as long."""
    points = np.full(len(rated.features) + 1, np.nan)
    points[:-1][rated.reasons.isna().to_numpy()] = rated.scored.scores.dropna().to_numpy(dtype=float)
    then = pa.array(rated.features.index, pa.string())
    place = pc.index_in(pa.array(standing.features.index, pa.string()), then)
    found = place.fill_null(len(rated.features)).to_numpy()
    return points[found], found < len(rated.features)


def likely_tiers(replay: Replay, score: float, cuts: Sequence[float]) -> Likelihood:
    """The share of cases in which a score would lie in each tier a month later.

    Empirical: the changes between consecutive month ends of customers rated at both, of which those with the nearest
    `NEAREST_CHANGES` starting scores are taken, equal distances together, and added to `score`.
    """
    ends = [place for place, day in enumerate(replay.dates) if is_month_end(day)]
    if len(ends) < 2:
        return Likelihood((), 0)
    scores = replay.scores[ends]
    starts, changes = scores[:-1], np.diff(scores, axis=0)
    is_usable = ~np.isnan(changes)
    distance = np.abs(starts[is_usable] - score)
    count = int(distance.size)
    if count < FEWEST_CHANGES:
        return Likelihood((), count)
    reach = np.partition(distance, min(NEAREST_CHANGES, count) - 1)[min(NEAREST_CHANGES, count) - 1]
    is_near = distance <= reach + SAME_SCORE
    later = np.clip(score + changes[is_usable][is_near], 0.0, 100.0)
    place = np.zeros(later.size, np.int64)
    for cut in cuts:
        place += later < cut - SAME_SCORE
    near_starts = starts[is_usable][is_near]
    return Likelihood(
        shares=tuple((np.bincount(place, minlength=len(cuts) + 1) / later.size).tolist()),
        change_count=int(later.size),
        customer_count=int(np.unique(np.nonzero(is_usable)[1][is_near]).size),
        low=float(near_starts.min()),
        high=float(near_starts.max()),
        first_on=replay.dates[ends[0]],
        last_on=replay.dates[ends[-1]],
    )
