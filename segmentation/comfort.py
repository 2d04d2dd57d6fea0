"""How firmly customers stand in their tiers: who is close to a line, what is at stake there, and how wide a buffer band
keeps customers from going up and down with every month's noise.

Everything is read off scores replayed at month ends under today's rule (`replays.Replay`): no band is stored, a tier
under a band is a function of the same scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.replays import FEWEST_CHANGES, NEAREST_CHANGES, SAME_SCORE, Points, Replay, is_month_end
from segmentation.rosters import place_points

FIRM = 0.9  # the tier a customer has in nine of ten cases is no accident
MOST_GROUPS = 2_000  # distinct scores beyond that are told in groups of neighbours
AT_ONCE = 1_000_000  # cells of a table at a time
WIDTHS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0)
HALF = 0.5
Places = NDArray[np.int8]


@dataclass(frozen=True)
class Edge:
    """Customers close to a line, by the chance of the tier they have now. `chances`: customers × tiers, shares 0–1,
    not-a-number where *unrated*, or where too few changes are known (then `is_known` is False). `rows`: row numbers of
    those with less than `FIRM` for their own tier, least firm first; revenue: theirs, currency; revenue_share: 0–1 of
    all rated customers', negative ones as 0, null where none is positive."""

    chances: Points
    rows: NDArray[np.int64]
    rated_count: int
    revenue: float
    revenue_share: float | None
    change_count: int

    @property
    def is_known(self) -> bool:
        return self.change_count >= FEWEST_CHANGES

    @property
    def share(self) -> float | None:
        """Share 0–1 of rated customers."""
        return self.rows.size / self.rated_count if self.rated_count and self.is_known else None


@dataclass(frozen=True)
class Band:
    """A buffer of `width` points: a tier is left only by a score at least that far beyond its line. Over the replayed
    month ends: moves, and of them `back_count` undone again by the same customer; late_share: 0–1 of customer-months
    in another tier than the score alone says."""

    width: float
    move_count: int
    back_count: int
    late_share: float


def find_edge(replay: Replay, cuts: Sequence[float], revenue: Points) -> Edge:
    """Chances of every customer's tier a month after the last day of `replay`, under score lines `cuts` (falling);
    `revenue` by customer, currency."""
    now = replay.scores[-1]
    starts, changes = month_changes(replay)
    chances = tier_chances(now, cuts, starts, changes)
    places, is_rated = place_points(now, cuts), ~np.isnan(now)
    own = np.full(now.size, np.nan)
    if changes.size >= FEWEST_CHANGES:
        rated = np.flatnonzero(is_rated)
        own[rated] = chances[rated, places[rated]]
    rows = np.flatnonzero(
        own < FIRM - SAME_SCORE
    )  # a difference of two shares is not exact in its last digits
    rows = rows[np.argsort(own[rows], kind="stable")]
    gross = np.maximum(revenue, 0.0)
    whole = float(gross[is_rated].sum())
    share = float(gross[rows].sum()) / whole if whole > 0 else None
    return Edge(chances, rows, int(is_rated.sum()), float(revenue[rows].sum()), share, int(changes.size))


def month_changes(replay: Replay) -> tuple[Points, Points]:
    """Starting scores and changes between consecutive month ends of customers rated at both, by rising start."""
    ends = [place for place, day in enumerate(replay.dates) if is_month_end(day)]
    scores = replay.scores[ends]
    if len(ends) < 2:
        return np.empty(0), np.empty(0)
    starts, changes = scores[:-1].ravel(), np.diff(scores, axis=0).ravel()
    is_usable = ~np.isnan(changes)
    order = np.lexsort((changes[is_usable], starts[is_usable]))
    return starts[is_usable][order], changes[is_usable][order]


def tier_chances(scores: Points, cuts: Sequence[float], starts: Points, changes: Points) -> Points:
    """Share of cases in which each score would lie in each tier a month later: customers × tiers.

    As `replays.likely_tiers`, for everybody: the `NEAREST_CHANGES` changes with the nearest starts (equal distances
    together) are added to the score. Of more than `MOST_GROUPS` distinct scores neighbours share the changes of the one
    in their middle. Not-a-number where *unrated* or where fewer than `FEWEST_CHANGES` changes are known.
    """
    found = np.full((scores.size, len(cuts) + 1), np.nan)
    if changes.size < FEWEST_CHANGES:
        return found
    distinct, at = np.unique(scores[~np.isnan(scores)], return_inverse=True)
    told = np.empty((distinct.size, len(cuts) + 1))
    for group in np.array_split(np.arange(distinct.size), min(distinct.size, MOST_GROUPS)):
        near = _nearest(float(distinct[group[group.size // 2]]), starts)
        for part in np.array_split(group, max(1, group.size * (near.stop - near.start) // AT_ONCE)):
            told[part] = _shares(distinct[part], changes[near], cuts)
    found[~np.isnan(scores)] = told[at.reshape(-1)]
    return found


def _nearest(score: float, starts: Points) -> slice:
    """The places of the nearest starts, which rise."""
    count = min(NEAREST_CHANGES, starts.size)
    middle = int(np.searchsorted(starts, score))
    low, high = max(0, middle - count), min(starts.size, middle + count)
    distance = np.abs(starts[low:high] - score)
    reach = float(np.partition(distance, count - 1)[count - 1]) + SAME_SCORE
    return slice(
        int(np.searchsorted(starts, score - reach, side="left")),
        int(np.searchsorted(starts, score + reach, side="right")),
    )


def _shares(scores: Points, changes: Points, cuts: Sequence[float]) -> Points:
    later = np.clip(scores[:, None] + changes[None, :], 0.0, 100.0)
    above = [
        np.zeros(scores.size),
        *((later >= cut - SAME_SCORE).mean(axis=1) for cut in cuts),
        np.ones(scores.size),
    ]
    return np.diff(np.array(above), axis=0).T


def try_bands(replay: Replay, cuts: Sequence[float], widths: Sequence[float] = WIDTHS) -> tuple[Band, ...]:
    """The tiers of every month end under buffers of several widths."""
    ends = [place for place, day in enumerate(replay.dates) if is_month_end(day)]
    scores = replay.scores[ends]
    plain = np.array([place_points(points, cuts) for points in scores]).reshape(scores.shape)
    return tuple(_try_band(scores, plain, cuts, width) for width in widths)


def _try_band(scores: Points, plain: Places, cuts: Sequence[float], width: float) -> Band:
    held = hold_tiers(scores, plain, cuts, width)
    is_rated = ~np.isnan(scores)
    both = is_rated[1:] & is_rated[:-1]
    moves = np.where(both, np.diff(held.astype(np.int64), axis=0), 0)
    # A move is undone where the customer's next move goes the other way.
    last, back = np.zeros(scores.shape[1:], np.int64), 0
    for step in moves:
        back += int(((step != 0) & (np.sign(step) == -last)).sum())
        last = np.where(step != 0, np.sign(step), last)
    late = float((held != plain)[is_rated].mean()) if is_rated.any() else 0.0
    return Band(float(width), int((moves != 0).sum()), back, late)


def hold_tiers(scores: Points, plain: Places, cuts: Sequence[float], width: float) -> Places:
    """Tier by date and customer: the one held before, unless the score lies `width` points or more beyond its line.
    Whoever was *unrated* before starts where the score says; beyond the band the tier is the one the score says."""
    held = plain.copy()
    unrated = len(cuts) + 1
    tops, floors = np.array([np.inf, *cuts, np.nan]), np.array([*cuts, -np.inf, np.nan])
    for date in range(1, len(scores)):
        before, now = held[date - 1], scores[date]
        is_kept = (before < len(cuts) + 1) & ~np.isnan(now) & (plain[date] != before)
        inside = now < tops[np.minimum(before, unrated)] + width - SAME_SCORE
        inside &= now > floors[np.minimum(before, unrated)] - width + SAME_SCORE
        held[date] = np.where(is_kept & inside, before, plain[date])
    return held


def choose_band(bands: Sequence[Band]) -> Band | None:
    """The narrowest band that halves the moves undone again; None where there are none to spare."""
    plain = next((band for band in bands if band.width == 0), None)
    if plain is None or not plain.back_count:
        return None
    return next((band for band in bands if band.back_count <= HALF * plain.back_count), None)
