"""Propensity's regression against scikit-learn's on the same rows, in turns, in one run.

    python -m tests.benchmarks.bench_propensity [--rows 1000000] [--columns 20] [--rounds 3]

Both are given the same penalty and solve to the same six decimals; ours also gives the intervals.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from segmentation.methods.propensity_model.regression import fit_logistic, probability


def compare(rows: int, columns: int, rounds: int) -> None:
    """Print both times and their ratio, with the largest difference of a coefficient."""
    random = np.random.default_rng(1)
    design = np.column_stack([np.ones(rows), random.normal(size=(rows, columns))])
    truth = np.append(-2.0, random.normal(scale=0.4, size=columns))
    wins = (random.random(rows) < probability(design @ truth)).astype(float)
    penalty = np.append(0.0, np.ones(columns))
    features, trials = np.ascontiguousarray(design[:, 1:]), np.ones(rows)
    ours, peers, gap = list[float](), list[float](), 0.0
    with threadpool_limits(limits=1):
        for _ in range(rounds):
            started = time.perf_counter()
            found = fit_logistic(design, wins, trials, penalty).coefficients
            ours.append(time.perf_counter() - started)
            started = time.perf_counter()
            peer = LogisticRegression(C=1.0, tol=1e-6, max_iter=1_000).fit(features, wins)
            peers.append(time.perf_counter() - started)
            gap = float(np.abs(found - np.append(peer.intercept_, peer.coef_[0])).max())
    one, other = statistics.median(ours), statistics.median(peers)
    print(
        f"{rows:,} rows × {columns}: ours {one:.2f} s, scikit-learn {other:.2f} s: {one / other:.2f} ×; "
        f"largest difference of a coefficient {gap:.1e}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    compare(told.rows, told.columns, told.rounds)


if __name__ == "__main__":
    main()
