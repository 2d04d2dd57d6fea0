"""Is it cut too finely? How many cells there are in effect, which cannot be told apart, what merging would leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.rates import newcombe

Floats = NDArray[np.float64]
FEWEST = 10  # as of verdicts: fewer can never be told from anybody


@dataclass(frozen=True)
class Cell:
    """A segment, or several that were merged. k of n as in `rates` (n may be fractional, an effective one)."""

    names: tuple[str, ...]
    k: float
    n: float

    @property
    def rate(self) -> float | None:
        """k/n as share 0–1; None where n = 0."""
        return self.k / self.n if self.n else None


@dataclass(frozen=True)
class Pair:
    """Two cells. low, high: likely range of the difference of their rates, one − other, in −1…1."""

    one: Cell
    other: Cell
    low: float
    high: float

    @property
    def is_apart(self) -> bool:
        """Whether the two can be told apart: at least FEWEST in both, and a range that leaves out zero."""
        return min(self.one.n, self.other.n) >= FEWEST and (self.low > 0 or self.high < 0)

    @property
    def overlap(self) -> float:
        """How far the range reaches past zero, as a share of its width: 0 told apart, ½ no difference at all."""
        width = self.high - self.low
        if not width > 0:
            return 0.5 if self.low == 0 else 0.0
        return float(min(max(0.0, -self.low), max(0.0, self.high)) / width)


@dataclass(frozen=True)
class Fragmentation:
    """cells: as they came, those with anybody · effective_count: how many equally large ones would be as varied ·
    entropy_count: the same by entropy · pairs, alike: all pairs, and those that cannot be told apart · merged: the
    cells left once every remaining pair can be · steps: which pair was merged, in order."""

    cells: tuple[Cell, ...]
    effective_count: float
    entropy_count: float
    pairs: int
    alike: tuple[Pair, ...]
    merged: tuple[Cell, ...]
    steps: tuple[Pair, ...]


def effective_count(sizes: ArrayLike) -> float:
    """1 / Σ pᵢ² (Simpson 1949; as a number of cells, Laakso & Taagepera 1979); 0 for nobody."""
    shares = _shares(sizes)
    return float(1 / (shares**2).sum()) if shares.size else 0.0


def entropy_count(sizes: ArrayLike) -> float:
    """exp(−Σ pᵢ ln pᵢ) (Shannon 1948; Hill 1973, order 1); 0 for nobody. Never below `effective_count`."""
    shares = _shares(sizes)
    return float(np.exp(-(shares * np.log(shares)).sum())) if shares.size else 0.0


def _shares(sizes: ArrayLike) -> Floats:
    counts = np.asarray(sizes, float)
    counts = counts[counts > 0]
    return counts / counts.sum() if counts.size else counts


def compare(one: Cell, other: Cell, confidence: float) -> Pair:
    """The difference of two rates (Newcombe 1998, method 10)."""
    low, high = newcombe(one.k, one.n, other.k, other.n, confidence)
    return Pair(one, other, float(low), float(high))


def measure(k: Mapping[str, float], n: Mapping[str, float]) -> Fragmentation:
    """How finely cells are cut for what they show. k, n: successes and trials by cell name; cells with n = 0 take no
    part.

    Pairs are compared at 1 − 0.05 / the number of pairs of all cells (Bonferroni). Merging takes the pair least told
    apart, by overlap, the smaller pair where that is equal, until all remaining can be told apart. What is merged
    was chosen by the same outcome: the cells left say where finer ones add nothing, not that these are true.
    """
    cells = tuple(Cell((name,), float(k[name]), float(n[name])) for name in sorted(n) if n[name] > 0)
    count = len(cells) * (len(cells) - 1) // 2
    confidence = 1 - 0.05 / max(1, count)
    alike = tuple(pair for pair in _pairs(cells, confidence) if not pair.is_apart)
    merged, steps = _merge(cells, confidence)
    sizes = [cell.n for cell in cells]
    return Fragmentation(cells, effective_count(sizes), entropy_count(sizes), count, alike, merged, steps)


def _pairs(cells: tuple[Cell, ...], confidence: float) -> list[Pair]:
    return [compare(one, other, confidence) for one, other in combinations(cells, 2)]


def _merge(cells: tuple[Cell, ...], confidence: float) -> tuple[tuple[Cell, ...], tuple[Pair, ...]]:
    left, steps = cells, list[Pair]()
    while True:
        alike = [pair for pair in _pairs(left, confidence) if not pair.is_apart]
        if not alike:
            return left, tuple(steps)
        pair = min(alike, key=lambda p: (-p.overlap, p.one.n + p.other.n, p.one.names, p.other.names))
        steps.append(pair)
        names = tuple(sorted((*pair.one.names, *pair.other.names)))
        joined = Cell(names, pair.one.k + pair.other.k, pair.one.n + pair.other.n)
        kept = [cell for cell in left if cell not in (pair.one, pair.other)]
        left = tuple(sorted([*kept, joined], key=lambda cell: cell.names))
