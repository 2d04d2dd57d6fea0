"""k-means, Ward, silhouette and agreement against scikit-learn's own, and placing to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score, pairwise_distances, silhouette_score

from segmentation.clustering.partitions import (
    CHUNK,
    adjusted_rand,
    cut_tree,
    grow,
    nearest,
    silhouettes,
    ward_tree,
)
from tests.clustering.worlds import planted

CASES = [
    (seed, clusters, features) for seed, (clusters, features) in enumerate([(2, 3), (4, 3), (5, 6), (8, 4)])
]


@pytest.mark.parametrize(("seed", "clusters", "features"), CASES)
def test_k_means_is_that_of_scikit_learn(seed: int, clusters: int, features: int) -> None:
    points, labels = planted(seed, clusters, features)
    [centres] = grow(points, [clusters], 100)
    theirs = KMeans(clusters, n_init=10, random_state=seed).fit(points)
    ours = nearest(points, centres)
    assert adjusted_rand_score(theirs.labels_, ours) > 0.999
    assert adjusted_rand_score(labels, ours) >= 0.98
    spread = float(((points - centres[ours]) ** 2).sum())
    assert spread == pytest.approx(theirs.inertia_, rel=1e-3)


def test_k_means_of_one_heap_is_as_tight_as_that_of_many_starts() -> None:
    points = np.random.default_rng(3).normal(size=(2000, 4))
    [centres] = grow(points, [6], 100)
    spread = float(((points - centres[nearest(points, centres)]) ** 2).sum())
    assert spread < 1.02 * KMeans(6, n_init=10, random_state=0).fit(points).inertia_


@pytest.mark.parametrize(("seed", "clusters", "features"), CASES)
def test_ward_is_that_of_scikit_learn(seed: int, clusters: int, features: int) -> None:
    points, labels = planted(seed, clusters, features)
    ours = cut_tree(ward_tree(points), clusters)
    theirs = AgglomerativeClustering(clusters, linkage="ward").fit(points).labels_
    assert adjusted_rand_score(theirs, ours) == 1.0
    [centres] = grow(points, [clusters], 0)
    assert adjusted_rand_score(labels, nearest(points, centres)) >= 0.98
    odd = np.random.default_rng(seed).random((60, 2))
    for count in (1, 2, 7, 60):
        theirs = AgglomerativeClustering(count, linkage="ward").fit(odd).labels_
        assert adjusted_rand_score(theirs, cut_tree(ward_tree(odd), count)) == 1.0


def test_silhouettes_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(4)
    points = rng.normal(size=(300, 3))
    groupings = [rng.integers(0, count, 300) for count in (2, 5)] + [np.arange(300) // 299]
    found = silhouettes(pairwise_distances(points), groupings)
    assert found == pytest.approx([silhouette_score(points, labels) for labels in groupings], abs=1e-12)
    assert silhouettes(pairwise_distances(points), [np.zeros(300, np.int64)]) == [0.0]


def test_agreement_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    for one, other in [(3, 4), (2, 2), (1, 5)]:
        first, second = rng.integers(0, one, 200), rng.integers(0, other, 200)
        assert adjusted_rand(first, second) == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)
    assert adjusted_rand(first, first) == 1.0
    assert adjusted_rand(np.zeros(1, np.int64), np.zeros(1, np.int64)) == 1.0


def test_a_point_is_placed_the_same_alone_and_among_all() -> None:
    rng = np.random.default_rng(6)
    points, centres = rng.normal(size=(2 * CHUNK + 5, 3)), rng.normal(size=(5, 3))
    points[::50] = (centres[0] + centres[1]) / 2  # as near to one as to the other, but for rounding
    among = nearest(points, centres)
    alone = [int(nearest(points[[row]], centres)[0]) for row in range(0, len(points), 50)]
    assert among[::50].tolist() == alone
    clear = np.ones(len(points), bool)
    clear[::50] = False
    plain = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert np.array_equal(among[clear], plain[clear])
