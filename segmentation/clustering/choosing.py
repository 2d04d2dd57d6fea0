"""How many clusters, and whether there are any: silhouette, stability, smallest share, and one heap to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.spatial.distance import pdist, squareform

from segmentation.clustering.partitions import adjusted_rand, grow, nearest, silhouettes
from segmentation.clustering.references import Box, Heap
from segmentation.clustering.sampling import Whole
from segmentation.scales import Floats

COUNTS = tuple(range(2, 9))
FEWEST_CUSTOMERS = 50  # below, halves of the customers are too small to agree or to differ
SUBSTANTIAL = 0.25  # Kaufman & Rousseeuw (1990): below, no substantial structure has been found
STABLE = 0.8  # Hennig (2007): below .75 a pattern at most, from .85 on highly stable
SMALLEST_SHARE = 0.02
AS_CLEAR, AS_STABLE = 0.04, 0.02  # differences of silhouette and stability that decide nothing
SPLITS = 5
FIRST_HEAPS, HEAPS = 6, 19
CLEARLY = 5.0  # standard deviations of the first heaps: beaten by more, no further ones are drawn
EVIDENCE_ROUNDS = 5

Reason = Literal["found", "too_few", "all_equal", "weak", "unstable", "small", "one_heap", "nobody"]
# Schemes keep a reason as its place in here: new ones go to the end.
REASONS: tuple[Reason, ...] = (
    "found", "too_few", "all_equal", "weak", "unstable", "small", "one_heap", "nobody",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What speaks for `count` clusters.

    silhouette −1…1 · stability: agreement of two halves clustered apart, adjusted Rand; 0 where the silhouette was too
    small to ask · smallest_share 0–1 · heap_silhouette: the silhouette of one heap, on average; 0 where none was drawn.
    """

    count: int
    silhouette: float
    stability: float
    smallest_share: float
    heap_silhouette: float = 0.0

    @property
    def excess(self) -> float:
        return self.silhouette - self.heap_silhouette


@dataclass(frozen=True)
class Choice:
    """The number of clusters, or why there is none. `best` is the evidence of the chosen number, else of the nearest
    miss; `table` of every number tried."""

    reason: Reason
    best: Evidence | None
    table: tuple[Evidence, ...] = ()

    @property
    def count(self) -> int | None:
        return self.best.count if self.best is not None and self.reason == "found" else None


def choose(points: Floats, seed: int, rounds: int = EVIDENCE_ROUNDS) -> Choice:
    """The number of clusters of `points` (a sample n × p, in canonical order) by evidence.

    Among 2…8: silhouette at least SUBSTANTIAL, stability at least STABLE, smallest share at least SMALLEST_SHARE; of
    these the largest excess of the silhouette over that of one heap, the idea of the gap statistic (Tibshirani,
    Walther & Hastie 2001); of several about as good, the largest number. It holds where none of HEAPS heaps of each
    kind has as large an excess at any number. `rounds` as in `partitions.grow`.
    """
    if len(points) < FEWEST_CUSTOMERS:
        return Choice("too_few", None)
    if len(np.unique(points, axis=0)) < 2:
        return Choice("all_equal", None)
    rng = np.random.default_rng(seed)
    labels = _partitions(points, COUNTS, rounds)
    widths = _silhouettes(points, labels)
    clear = [count for count, width in zip(COUNTS, widths, strict=True) if width >= SUBSTANTIAL]
    agreed = dict(zip(clear, stabilities(points, clear, rng, rounds, STABLE), strict=True))
    table = tuple(
        Evidence(count, width, agreed.get(count, 0.0), smallest_share(found))
        for count, width, found in zip(COUNTS, widths, labels, strict=True)
    )
    reason, left = _passing(table)
    if reason != "found":
        return Choice(reason, _nearest_miss(reason, left), table)
    return _against_heaps(points, table, left, rng, rounds)


def _against_heaps(
    points: Floats,
    table: tuple[Evidence, ...],
    left: tuple[Evidence, ...],
    rng: np.random.Generator,
    rounds: int,
) -> Choice:
    """The finest of those of `left` with about the largest excess, unless one heap has as large a one."""
    references = (Heap(points), Box(points))
    first = np.array(
        [[_widths_of(each.draw(rng), rounds) for _ in range(FIRST_HEAPS)] for each in references]
    )
    usual = first.mean(axis=1)
    alone = dict(zip(COUNTS, usual.max(axis=0).tolist(), strict=True))
    told = [replace(each, heap_silhouette=alone[each.count]) for each in left]
    best = _finest(told)
    # Each of the first heaps against the others of its kind: it took part in their mean.
    others = (usual[:, None] * FIRST_HEAPS - first) / (FIRST_HEAPS - 1)
    shown = (first - others).max(axis=2)
    is_beaten = bool((shown >= best.excess).any())
    is_clear = best.excess > shown.mean() + CLEARLY * shown.std(ddof=1)
    for _ in range(HEAPS - FIRST_HEAPS):
        if is_beaten or is_clear:
            break
        found = np.array([_widths_of(each.draw(rng), rounds) for each in references])
        is_beaten = bool(((found - usual).max(axis=1) >= best.excess).any())
    return Choice("one_heap" if is_beaten else "found", best, table)


def weigh(points: Floats, count: int, seed: int, rounds: int = EVIDENCE_ROUNDS) -> Evidence | None:
    """The evidence for a number somebody asked for, without the heaps; None below FEWEST_CUSTOMERS."""
    if len(points) < FEWEST_CUSTOMERS:
        return None
    found = _partitions(points, [count], rounds)
    [width], [steady] = (
        _silhouettes(points, found),
        stabilities(points, [count], np.random.default_rng(seed), rounds),
    )
    return Evidence(count, width, steady, smallest_share(found[0]))


def stabilities(
    points: Floats, counts: Sequence[int], rng: np.random.Generator, rounds: int, at_least: float = 0.0
) -> tuple[float, ...]:
    """For each of `counts`: customers split in halves at random, each half clustered, everybody placed by both; the
    mean adjusted Rand index of the two over SPLITS splits (Ben-Hur, Elisseeff & Guyon 2002; Lange et al. 2004). A
    number that can no longer come to `at_least` is given up, its mean that of the splits until then."""
    half = len(points) // 2
    agreed: dict[int, list[float]] = {count: [] for count in counts}
    left = list(counts)
    for split in range(SPLITS):
        if not left:
            break
        order = rng.permutation(len(points))
        sides = [grow(points[np.sort(side)], left, rounds) for side in (order[:half], order[half:])]
        for count, one, other in zip(left, *sides, strict=True):
            agreed[count].append(adjusted_rand(nearest(points, one), nearest(points, other)))
        most = {count: (sum(agreed[count]) + SPLITS - split - 1) / SPLITS for count in left}
        left = [count for count in left if most[count] >= at_least]
    return tuple(float(np.mean(agreed[count])) if agreed[count] else 0.0 for count in counts)


def smallest_share(labels: Whole) -> float:
    """Share 0–1 of the smallest group."""
    sizes = np.bincount(labels)
    return float(sizes[sizes > 0].min() / len(labels))


def _partitions(points: Floats, counts: Sequence[int], rounds: int) -> list[Whole]:
    return [nearest(points, centres) for centres in grow(points, counts, rounds)]


def _silhouettes(points: Floats, labels: Sequence[Whole]) -> list[float]:
    distances = squareform(pdist(points))
    return silhouettes(distances, labels)


def _widths_of(points: Floats, rounds: int) -> list[float]:
    return _silhouettes(points, _partitions(points, COUNTS, rounds))


def _finest(told: Sequence[Evidence]) -> Evidence:
    """The largest number that is as good as the best one: groups within groups are told where they stand as firmly."""
    best = max(told, key=lambda each: (each.excess, -each.count))
    alike = [
        e for e in told if e.excess >= best.excess - AS_CLEAR and e.stability >= best.stability - AS_STABLE
    ]
    return max(alike, key=lambda each: each.count)


def _passing(table: tuple[Evidence, ...]) -> tuple[Reason, tuple[Evidence, ...]]:
    """Those that pass every test; else the test that ended it and those that came to it."""
    tests: tuple[tuple[Reason, Callable[[Evidence], bool]], ...] = (
        ("weak", lambda told: told.silhouette >= SUBSTANTIAL),
        ("unstable", lambda told: told.stability >= STABLE),
        ("small", lambda told: told.smallest_share >= SMALLEST_SHARE),
    )
    left = table
    for reason, passes in tests:
        passed = tuple(told for told in left if passes(told))
        if not passed:
            return reason, left
        left = passed
    return "found", left


def _nearest_miss(reason: Reason, left: tuple[Evidence, ...]) -> Evidence:
    """The best of what came to the test that ended it, by what that test looks at."""
    if reason == "unstable":
        return max(left, key=lambda told: (told.stability, told.silhouette, -told.count))
    if reason == "small":
        return max(left, key=lambda told: (told.smallest_share, told.silhouette, -told.count))
    return max(left, key=lambda told: (told.silhouette, -told.count))
