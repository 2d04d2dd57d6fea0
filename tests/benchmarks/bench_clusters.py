"""Clusters of many customers, against scikit-learn's k-means on all of them, side by side in one run.

    python -m tests.benchmarks.bench_clusters [--customers 1000000] [--features 6] [--clusters 5] [--rounds 1]

Both are given the same coordinates to cluster; ours is also timed as a whole: sampling, scales, the evidence for the
number of clusters, centres, and everybody placed. Agreement is the adjusted Rand index of the two groupings.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from segmentation.clustering.learning import Model, learn
from segmentation.clustering.preparing import place
from segmentation.scales import Floats

NEVER: frozenset[str] = frozenset()


def make_customers(
    count: int, features: int, clusters: int
) -> tuple[dict[str, Floats], np.ndarray[Any, Any]]:
    """Overlapping log-normal groups: what somebody has whose customers do fall into kinds, though not neatly."""
    rng = np.random.default_rng(1)
    centres = rng.uniform(0, 7, (clusters, features))
    kinds = rng.choice(clusters, count, p=rng.dirichlet(np.full(clusters, 8.0)))
    values = np.exp(centres[kinds] + rng.normal(size=(count, features)))
    return {f"f{number}": np.ascontiguousarray(column) for number, column in enumerate(values.T)}, kinds


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Processor seconds and seconds of `work`, and what it returned."""
    started, used = time.perf_counter(), time.process_time()
    found = work()
    return time.process_time() - used, time.perf_counter() - started, found


def ours(columns: dict[str, Floats], count: int | None) -> tuple[Model, np.ndarray[Any, Any]]:
    model = learn(columns, columns["f0"], algorithm="k_means", count=count, farthest=NEVER)
    return model, model.place(columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=6)
    parser.add_argument("--clusters", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    columns, kinds = make_customers(asked.customers, asked.features, asked.clusters)
    print(f"{asked.customers:,} customers × {asked.features} features, {asked.clusters} kinds")
    mine: list[float] = []
    theirs: list[float] = []
    with threadpool_limits(1):
        for turn in range(asked.rounds):
            used, seconds, (model, placed) = timed(lambda: ours(columns, None))
            told = model.told
            print(
                f"ours, number by evidence: {used:.2f} processor s ({seconds:.2f} s), {told.reason}, {told.evidence}"
            )
            mine.append(used)
            wanted = len(model.centres) or asked.clusters
            if not model.centres:
                model, placed = ours(columns, asked.clusters)
            points = place(columns, model.scales)
            k_means = KMeans(wanted, n_init=10, random_state=turn)
            used, seconds, fit = timed(lambda k_means=k_means, points=points: k_means.fit(points))
            theirs.append(used)
            print(f"KMeans(n_init=10) on all, number given: {used:.2f} processor s ({seconds:.2f} s)")
            print(
                f"agreement with it {adjusted_rand_score(fit.labels_, placed):.4f}; with the kinds: "
                f"ours {adjusted_rand_score(kinds, placed):.4f}, theirs {adjusted_rand_score(kinds, fit.labels_):.4f}"
            )
    middle, other = statistics.median(mine), statistics.median(theirs)
    print(f"ours / theirs: {middle / other:.3f} × the processor time")


if __name__ == "__main__":
    main()
