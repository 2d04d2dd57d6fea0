"""Points in groups: Ward's tree, Lloyd's k-means from it, the nearest centre, silhouettes, and agreement of two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.clustering.sampling import Whole
from segmentation.scales import Floats

CHUNK = 16_384  # rows: their distances to all centres stay in the cache of a processor
ROUNDS = 100


def squared_distances(points: Floats, centres: Floats) -> Floats:
    """n × k. Added up column by column, so that a point's distances are the same to the last digit whoever else is
    placed along with it: a product of matrices would round differently by the number of rows."""
    found = np.zeros((len(centres), len(points)))
    for column, wanted in zip(points.T, centres.T, strict=True):
        found += np.square(np.ascontiguousarray(column) - wanted[:, None])
    return found.T


def nearest(points: Floats, centres: Floats) -> Whole:
    """The number of the nearest centre of each of n points, the first of equally near ones."""
    found = np.empty(len(points), np.int64)
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = squared_distances(points[part], centres).argmin(axis=1)
    return found


def means(points: Floats, labels: Whole, count: int) -> Floats:
    """Centres k × p of the groups that hold anybody."""
    sizes = np.bincount(labels, minlength=count)
    sums = np.column_stack([np.bincount(labels, column, count) for column in points.T])
    held = sizes > 0
    return np.asarray(sums[held] / sizes[held, None], float)


def lloyd(points: Floats, centres: Floats, rounds: int = ROUNDS) -> Floats:
    """k-means from given centres (Lloyd 1982) until nobody changes place, or `rounds` are over; k × p, or fewer rows
    where a group ran empty."""
    before: NDArray[np.int64] | None = None
    for _ in range(rounds):
        labels = nearest(points, centres)
        if before is not None and np.array_equal(labels, before):
            break
        before, centres = labels, means(points, labels, len(centres))
    return centres


def ward_tree(points: Floats) -> Floats:
    """Merges of Ward (1963), (n − 1) × 4, as `scipy.cluster.hierarchy` lays them out."""
    from scipy.cluster.hierarchy import linkage

    return np.asarray(linkage(points, "ward"), float)


def cut_tree(tree: Floats, count: int) -> Whole:
    """Groups 0…count−1 of the leaves, numbered by their first leaf."""
    leaves = len(tree) + 1
    parents = np.arange(2 * leaves - 1)
    merges = max(0, leaves - count)
    parents[tree[:merges, :2].astype(np.int64)] = (leaves + np.arange(merges))[:, None]
    while True:
        higher = parents[parents]
        if np.array_equal(higher, parents):
            break
        parents = higher
    _, first, numbers = np.unique(parents[:leaves], return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[numbers].astype(np.int64)


def grow(points: Floats, counts: Sequence[int], rounds: int) -> list[Floats]:
    """Centres for each of `counts` groups: cuts of one Ward tree, each taken on by Lloyd (0 rounds: Ward's own).

    Starting k-means from a tree takes the place of many random starts (Milligan 1980), and nothing is drawn.
    """
    tree = ward_tree(points)
    cuts = [cut_tree(tree, count) for count in counts]
    return [lloyd(points, means(points, cut, int(cut.max()) + 1), rounds) for cut in cuts]


def silhouettes(distances: Floats, groupings: Sequence[Whole]) -> list[float]:
    """For each grouping the mean of (b − a)/max(a, b) over the points (Rousseeuw 1987): a = mean distance within the
    own group, b = to the nearest other one; 0 for a point alone, and where there is one group only. `distances` n × n.
    """
    members = [np.eye(int(labels.max()) + 1)[labels] for labels in groupings]
    sums = distances @ np.column_stack(members)  # one product for all of them
    ends = np.cumsum([found.shape[1] for found in members])[:-1]
    return [
        _silhouette(part, labels)
        for part, labels in zip(np.split(sums, ends, axis=1), groupings, strict=True)
    ]


def _silhouette(sums: Floats, labels: Whole) -> float:
    """From the sum of distances of every point to every group (n × k)."""
    rows, sizes = np.arange(len(labels)), np.bincount(labels)
    own_size = sizes[labels]
    own = sums[rows, labels] / np.maximum(own_size - 1, 1)
    averages = np.where(sizes > 0, sums, np.inf) / np.maximum(sizes, 1)
    averages[rows, labels] = np.inf
    other = averages.min(axis=1)
    widest = np.maximum(own, other)
    counts = (own_size > 1) & (widest > 0) & np.isfinite(other)
    return float(np.divide(other - own, widest, out=np.zeros(len(labels)), where=counts).mean())


def adjusted_rand(one: Whole, other: Whole) -> float:
    """Agreement of two groupings of the same points (Hubert & Arabie 1985): 1 the same, 0 as by chance."""
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (one, other), 1)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1)).sum() / 2)

    together, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    every = len(one) * (len(one) - 1) / 2
    by_chance, most = rows * columns / every if every else 0.0, (rows + columns) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)
