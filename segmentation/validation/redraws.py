"""Redrawing customers a thousand times without touching one of them again.

Customers, not customer-months, are redrawn, with all that happened to them on every date: outcome windows may then
overlap and a customer stand on many dates (cluster bootstrap, Field & Welsh 2007). Up to `MOST_BLOCKS` customers are
drawn one by one; more are dealt into that many blocks at random and the blocks drawn (random groups, Wolter 2007,
ch. 2): the spread is the same, known to about 2 %. Scores are collapsed to at most `MOST_GROUPS` groups of whole ties.
A redraw is then one product of two matrices, and costs the same at two thousand and at a million customers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from segmentation.validation.discrimination import (
    Estimate,
    Floats,
    Rungs,
    collapse,
    concordance,
    top_weights,
)

REDRAWS = 999
MOST_BLOCKS, MOST_GROUPS = 1_000, 100
SPARSE = 8  # times as many cells as customers: most of them are empty
TIERS = (0.1, 0.4, 1.0)  # cumulative shares of rated customers: the same sizes for every contender
Whole = NDArray[np.int64]


def seed_of(*seeds: object) -> int:
    """A number that only equal seeds share."""
    digest = hashlib.sha256("\0".join(map(str, seeds)).encode()).digest()
    return int.from_bytes(digest[:8], "big")


@dataclass(frozen=True)
class Draws:
    """`block`: the block of every customer · `weights`: (1 + redraws) × blocks, how often each is drawn; the first row
    is the data as they are, so that every figure comes with its redraws."""

    block: Whole
    weights: Floats

    @classmethod
    def of(cls, customers: int, *seeds: object, redraws: int = REDRAWS) -> Draws:
        """`customers` in a fixed order (by customer_id); equal `seeds` give equal draws."""
        draws = np.random.default_rng(seed_of(*seeds))
        blocks = max(1, min(customers, MOST_BLOCKS))
        block = np.arange(customers)
        if customers > MOST_BLOCKS:
            block = draws.permutation(customers) % blocks
        drawn = draws.multinomial(blocks, np.full(blocks, 1 / blocks), size=redraws)
        return cls(block, np.vstack([np.ones(blocks), drawn]))

    @property
    def blocks(self) -> int:
        return int(self.weights.shape[1])

    def totals(self, values: Floats, rows: Whole) -> Floats:
        """Σ of `values` (of the customers at `rows`) in each redraw."""
        return self.weights @ self.by_block(values, rows)

    def by_block(self, values: Floats, rows: Whole) -> Floats:
        """Σ of `values` in each block."""
        return np.asarray(np.bincount(self.block[rows], values, self.blocks), float)


@dataclass(frozen=True)
class Sums:
    """What a ranking comes to on one date or several: entry 0 is exact, the others are redraws.

    above, pairs: see `concordance` · top, value: value of the best tenth, and of all · part, whole: of each tier of
    `TIERS`, what its rate divides · by block: won, lost cases; held, paired: right pairs and all pairs its cases
    stand in, each pair at both its ends.
    """

    above: Floats
    pairs: Floats
    top: Floats
    value: Floats
    part: Floats
    whole: Floats
    won: Floats
    lost: Floats
    held: Floats
    paired: Floats

    def plus(self, other: Sums) -> Sums:
        """Both together: pairs are only ever made within a date."""
        return Sums(*(getattr(self, name) + getattr(other, name) for name in Sums.__dataclass_fields__))


@dataclass(frozen=True)
class Cases:
    """What happened to some customers of one date, in one order: `rows` are their places in `Draws.block`; `won` and
    `lost` as in `discrimination`; value in ten-thousandths, negative ones as 0; is_money: whether `won` is money."""

    rows: Whole
    won: Floats
    lost: Floats
    value: Floats
    is_money: bool = False

    def pick(self, is_taken: NDArray[np.bool_]) -> Cases:
        """Those of some of them."""
        won, lost, value = (each[is_taken] for each in (self.won, self.lost, self.value))
        return Cases(self.rows[is_taken], won, lost, value, self.is_money)


def total(scores: Floats, cases: Cases, draws: Draws) -> tuple[Sums, Rungs]:
    """A ranking of some customers: its sums, exact and redrawn, and its rungs."""
    rungs = collapse(scores, cases.won, cases.lost, cases.value)
    exact = _add((rungs.won, rungs.lost, rungs.value, rungs.customers), cases.is_money)
    group = _group(rungs.customers)[rungs.at]
    columns: tuple[Floats, ...] = (cases.won, cases.lost, cases.value, np.ones(cases.rows.size))
    cells: list[Floats] = [_redraw(each, draws, draws.block[cases.rows], group) for each in columns]
    drawn = _add(cells, cases.is_money)
    # The groups lose what lies between the scores of one group: redraws are moved to where the exact figure is.
    moved = [_moved(told, found) for told, found in zip(exact, drawn, strict=True)]
    moved += [draws.by_block(each, cases.rows) for each in (*columns[:2], *pairs_of(rungs, cases))]
    return Sums(*moved), rungs


def pairs_of(rungs: Rungs, cases: Cases) -> tuple[Floats, Floats]:
    """Right pairs, ties half, and all pairs the cases of every customer stand in."""
    all_won, all_lost = rungs.won.sum(), rungs.lost.sum()
    below = all_lost - np.cumsum(rungs.lost) + rungs.lost / 2
    above = np.cumsum(rungs.won) - rungs.won / 2
    held = cases.won * below[rungs.at] + cases.lost * above[rungs.at]
    return held, cases.won * all_lost + cases.lost * all_won


def _redraw(values: Floats, draws: Draws, block: Whole, group: Whole) -> Floats:
    """Sums by group in every redraw. Cases and money come as whole numbers, so no order of adding changes them."""
    count = int(group.max(initial=-1)) + 1
    if values.size * SPARSE > draws.blocks * count:
        cells = np.bincount(block * count + group, values, draws.blocks * count)
        return draws.weights @ cells.reshape(draws.blocks, count)
    cells = csr_array((values, (group, block)), shape=(count, draws.blocks))
    return np.ascontiguousarray((cells @ draws.weights.T).T)


def _moved(exact: Floats, drawn: Floats) -> Floats:
    found = drawn + (exact - drawn[0])
    found[0] = exact
    return found


def _group(customers: Floats) -> Whole:
    """Group of every rung: at most `MOST_GROUPS` of about as many customers, ties never parted."""
    if customers.size <= MOST_GROUPS:
        return np.arange(customers.size)
    running = np.cumsum(customers)
    ends = np.searchsorted(running, np.arange(1, MOST_GROUPS) / MOST_GROUPS * running[-1], side="left")
    return np.searchsorted(np.unique(ends), np.arange(customers.size), side="left")


def _add(sums: Sequence[Floats], is_money: bool) -> tuple[Floats, ...]:
    """`Sums` but for those by block, of rungs or groups on the last axis."""
    won, lost, value, customers = sums
    whole = lost if is_money else won + lost
    above, pairs = concordance(won, lost)
    below = [top_weights(customers, share) for share in TIERS]
    inside = [below[0], *(lower - upper for upper, lower in pairwise(below))]
    part = np.stack([(won * each).sum(axis=-1) for each in inside], axis=-1)
    counted = np.stack([(whole * each).sum(axis=-1) for each in inside], axis=-1)
    return above, pairs, (value * below[0]).sum(axis=-1), value.sum(axis=-1), part, counted


def percentiles(values: Floats, tail: float) -> Estimate:
    """Entry 0 with the ends that cut `tail` of the other entries off on either side."""
    drawn = values[1:][~np.isnan(values[1:])]
    if np.isnan(values[0]) or not drawn.size:
        return Estimate()
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Estimate(float(values[0]), float(min(low, values[0])), float(max(high, values[0])))
