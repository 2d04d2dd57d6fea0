"""Where ways of scoring agree and on whom they differ: the same tier sizes for all, so that only the order counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from segmentation.rosters import Rows
from segmentation.validation.discrimination import Estimate, Floats
from segmentation.validation.redraws import REDRAWS, TIERS, percentiles, seed_of
from segmentation.validation.trials import UNPLACED, Places, place

WIDEST = len(TIERS) - 1
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Agreement:
    """Two ways, by key, on the customers both rate: the share 0–1 in the same tier, and weighted kappa (1 alike, 0 as
    by chance, quadratic weights: Cohen 1968) with its range over redrawn customers. `counts`: first's tier × second's.
    """

    first: str
    second: str
    counts: Counts
    same_share: float
    kappa: Estimate

    @property
    def customer_count(self) -> int:
        return int(self.counts.sum())


@dataclass(frozen=True)
class Disagreements:
    """Customers whom the ways put into different tiers, largest revenue first: their rows, and for each way, by key,
    their tier by rank (`UNPLACED` where it does not rate them). `spread`: tiers between the best and the worst: only
    those with the widest spread there is are listed. `counts`: how many customers have each spread, 0 first."""

    rows: Rows
    spread: int
    places: Mapping[str, Places]
    counts: tuple[int, ...]


def place_all(scores: Mapping[str, Floats]) -> dict[str, Places]:
    """Tiers of `TIERS` sizes by way, of scores by customer, not-a-number where *unrated*."""
    found = {}
    for key, points in scores.items():
        is_rated = ~np.isnan(points)
        places = np.full(points.size, UNPLACED, np.int8)
        places[is_rated] = place(points[is_rated])
        found[key] = places
    return found


def compare_ways(places: Mapping[str, Places], *seeds: object) -> tuple[Agreement, ...]:
    """Every pair of ways, in the order of `places`; equal `seeds` give equal ranges."""
    return tuple(
        _agree(first, second, places[first], places[second], seed_of(*seeds, "agreement", first, second))
        for first, second in combinations(places, 2)
    )


def _agree(first: str, second: str, ours: Places, theirs: Places, seed: int) -> Agreement:
    both = (ours < UNPLACED) & (theirs < UNPLACED)
    cell = ours[both].astype(np.int64) * UNPLACED + theirs[both]
    counts = np.bincount(cell, minlength=UNPLACED**2)
    total = int(counts.sum())
    shares = counts / total if total else np.full(counts.size, 1 / counts.size)
    drawn = np.random.default_rng(seed).multinomial(total, shares, size=REDRAWS)
    cells = np.vstack([counts, drawn]).reshape(-1, UNPLACED, UNPLACED).astype(float)
    same = float(np.trace(cells[0]) / total) if total else float("nan")
    shape = UNPLACED, UNPLACED
    return Agreement(first, second, counts.reshape(shape), same, percentiles(weighted_kappa(cells), 0.025))


def weighted_kappa(cells: Floats) -> Floats:
    """1 − Σ w·observed / Σ w·expected with w the squared distance of the tiers (Cohen 1968, eq. 5), of each of many
    tables: shape (tables, tiers, tiers). Not-a-number where both put everybody into one tier."""
    total = cells.sum(axis=(1, 2))
    ranks = np.arange(cells.shape[-1])
    weights = (ranks[:, None] - ranks[None, :]) ** 2
    expected = cells.sum(axis=2)[:, :, None] * cells.sum(axis=1)[:, None, :]
    expected /= np.maximum(total, 1)[:, None, None]
    apart, by_chance = ((weights * each).sum(axis=(1, 2)) for each in (cells, expected))
    found: Floats = 1 - np.divide(apart, by_chance, out=np.full(apart.shape, np.nan), where=by_chance > 0)
    return found


def list_disagreements(places: Mapping[str, Places], revenue: Floats) -> Disagreements:
    """`revenue` by customer, currency; equal ones stay in the order of the customers."""
    table = np.array([*places.values()], dtype=np.int8).reshape(len(places), revenue.size)
    is_placed = table < UNPLACED
    best = np.where(is_placed, table, UNPLACED).min(axis=0, initial=UNPLACED)
    worst = np.where(is_placed, table, -1).max(axis=0, initial=-1)
    spread = np.where(is_placed.sum(axis=0) > 1, worst - best, 0)
    counts = np.bincount(spread, minlength=WIDEST + 1)
    widest = int(np.flatnonzero(counts).max(initial=0))
    rows = np.flatnonzero(spread == widest) if widest else np.empty(0, np.int64)
    rows = rows[np.argsort(-revenue[rows], kind="stable")]
    return Disagreements(
        rows, widest, {key: told[rows] for key, told in places.items()}, tuple(int(n) for n in counts)
    )
