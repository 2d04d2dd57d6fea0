"""Planted clusters are found with their number; data without clusters are answered "no reliable clusters".

Some seeds for every run; TIERBOARD_LONG=1 tries many more.
"""

from __future__ import annotations

import os
from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.clustering.choosing import FEWEST_CUSTOMERS, STABLE, choose, weigh
from segmentation.clustering.learning import EVIDENCE_SAMPLE, learn
from segmentation.clustering.preparing import learn_scales, place
from segmentation.clustering.references import Box, Heap, critical_bandwidth
from tests.clustering.worlds import Floats, columns_of, heaps, planted

IS_LONG = os.environ.get("TIERBOARD_LONG") == "1"
HEAP_SEEDS, PLANTED_SEEDS = (100, 50) if IS_LONG else (4, 5)
NONE: frozenset[str] = frozenset()
PLANTED = [(2, 3), (3, 3), (4, 3), (5, 6)]  # clusters, features: 4 × 5 seeds


def reason_of(points: Floats) -> str:
    told = learn(columns_of(points), points[:, 0], algorithm="k_means", count=None, farthest=NONE).told
    return told.reason


def test_data_without_clusters_are_answered_so() -> None:
    found = Counter(
        (name, reason_of(points)) for seed in range(HEAP_SEEDS) for name, points in heaps(seed, 1200)
    )
    wrong = {name: times for (name, reason), times in found.items() if reason == "found"}
    assert sum(wrong.values()) <= 0.05 * sum(found.values()), wrong
    assert all(times <= max(1, 0.1 * HEAP_SEEDS) for times in wrong.values()), wrong


@pytest.mark.parametrize(("clusters", "features"), PLANTED)
def test_planted_clusters_are_found_with_their_number(clusters: int, features: int) -> None:
    counts, agreements = [], []
    for seed in range(PLANTED_SEEDS):
        points, labels = planted(seed, clusters, features)
        model = learn(columns_of(points), points[:, 0], algorithm="k_means", count=None, farthest=NONE)
        counts.append(len(model.centres))
        if model.centres:
            agreements.append(adjusted_rand_score(labels, model.place(columns_of(points))))
    assert counts.count(clusters) >= 0.95 * PLANTED_SEEDS, counts
    assert min(agreements) >= 0.95  # each feature on a scale of its own brings some clusters nearer together


def test_what_was_found_is_told_with_its_figures() -> None:
    points, _ = planted(1, 3, 3)
    scales = learn_scales(columns_of(points), NONE)
    sample = place(columns_of(points), scales)[:EVIDENCE_SAMPLE]
    choice = choose(sample, seed=1)
    assert choice.count == 3 and choice.best is not None
    assert choice.best.stability > 0.95 and choice.best.silhouette > choice.best.heap_silhouette + 0.1
    assert [told.count for told in choice.table] == [2, 3, 4, 5, 6, 7, 8]
    asked = weigh(sample, 7, seed=1)
    assert asked is not None and asked.stability < STABLE < choice.best.stability


def test_a_few_far_away_are_no_cluster() -> None:
    rng = np.random.default_rng(2)
    points = np.concatenate([rng.normal(size=(590, 2)), rng.normal(20, 0.1, (6, 2))])
    choice = choose(points, seed=2)
    assert choice.count is None and choice.reason == "small"


def test_too_few_and_equal_customers_are_no_exception() -> None:
    few = np.random.default_rng(3).normal(size=(FEWEST_CUSTOMERS - 1, 2))
    assert choose(few, seed=1).reason == "too_few" and weigh(few, 2, seed=1) is None
    assert choose(np.ones((100, 2)), seed=1).reason == "all_equal"


def test_a_heap_has_one_peak_and_keeps_spread_and_ties() -> None:
    rng = np.random.default_rng(4)
    points = rng.normal(size=(600, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    points[:300] += 6.0
    assert critical_bandwidth(points[:, 0]) > 1.0
    assert critical_bandwidth(np.sort(rng.normal(size=600))) < 0.6
    drawn = Heap(points).draw(rng)
    assert drawn.std(axis=0) == pytest.approx(points.std(axis=0), rel=0.1)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(np.corrcoef(points.T)[0, 1], abs=0.03)
    middle = np.abs(drawn[:, 0] - np.median(drawn[:, 0])) < 1
    assert middle.mean() > 2 * (np.abs(points[:, 0] - np.median(points[:, 0])) < 1).mean()
    box = Box(points).draw(rng)
    assert (box.min(axis=0) >= points.min(axis=0) - 3).all() and (
        box.max(axis=0) <= points.max(axis=0) + 3
    ).all()
