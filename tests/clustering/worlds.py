"""Invented customers: heaps of every shape without clusters, and clusters planted apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def columns_of(points: Floats) -> dict[str, Floats]:
    return {f"f{number}": np.ascontiguousarray(column) for number, column in enumerate(points.T)}


def heaps(seed: int, count: int) -> Iterator[tuple[str, Floats]]:
    """Data without clusters, by name."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(3, 3))
    tied = rng.normal(size=(count, 3)) @ mixing
    yield "one Gaussian", rng.normal(size=(count, 3))
    yield "one long Gaussian", tied
    yield "uniform", rng.random((count, 3))
    yield "uniform square", rng.random((count, 2))
    yield "log-normal", np.exp(1.5 * rng.normal(size=(count, 3)))
    yield "tied log-normals", np.exp(tied / tied.std(axis=0) * [1.0, 0.5, 2.0])
    yield "exponential", rng.exponential(size=(count, 3))
    yield "heavy tails on both sides", rng.standard_t(2, size=(count, 3))
    yield "counts", rng.poisson(2, size=(count, 3)).astype(float)
    pace = rng.gamma(1.5, 1.0, count)
    orders = 1.0 + rng.poisson(2 * pace)
    silent = np.floor(365 * rng.random(count) ** (1 + pace))
    yield (
        "orders of one heap",
        np.column_stack([silent, orders, np.round(orders * np.exp(rng.normal(7, 1, count)), 2)]),
    )


def planted(seed: int, clusters: int, features: int, count: int = 1500) -> tuple[Floats, Whole]:
    """Gaussian clusters of standard deviation 1 with centres at least 7 apart, and which one each point is of."""
    rng = np.random.default_rng(seed)
    centres = [rng.uniform(-10, 10, features)]
    while len(centres) < clusters:
        centre = rng.uniform(-10, 10, features)
        if min(np.linalg.norm(centre - other) for other in centres) >= 7:
            centres.append(centre)
    shares = 0.5 / clusters + 0.5 * rng.dirichlet(np.full(clusters, 3.0))
    labels = rng.choice(clusters, count, p=shares)
    return np.array(centres)[labels] + rng.normal(size=(count, features)), labels


def customers(share: Mapping[str, int], seed: int = 1) -> tuple[dict[str, Floats], list[str]]:
    """Order features of `share` customers of each kind: regular (many, large, recent), occasional, silent."""
    rng = np.random.default_rng(seed)
    kinds = {  # median days, orders, amount
        "regular": (10, 24, 200_000),
        "occasional": (60, 4, 8_000),
        "silent": (300, 1, 500),
        "newcomer": (5, 1, 60_000),
    }
    rows, labels = [], []
    for kind, number in share.items():
        days, orders, amount = kinds[kind]
        noise = np.exp(rng.normal(0, 0.18, (number, 3)))
        rows.append(np.array([days, orders, amount]) * noise)
        labels += [kind] * number
    found = np.concatenate(rows)
    return {
        "recency_days": np.round(found[:, 0]),
        "order_count": np.maximum(1.0, np.round(found[:, 1])),
        "amount": np.round(found[:, 2], 2),
    }, labels
