"""Means under a beta distribution: the points and weights at which a function is read (Gauss-Jacobi)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from segmentation.clv.histories import Floats
from segmentation.clv.threads import one_thread

NODES = 64


@lru_cache(maxsize=4096)
def beta_nodes(a: float, b: float, count: int = NODES) -> tuple[Floats, Floats]:
    """Points in (0, 1) and weights adding up to 1: Σ wᵢ f(pᵢ) is E[f(p)] for p ~ beta(a, b), exact for polynomials
    of degree below 2 · `count`.

    Golub & Welsch (1969): eigenvalues of the recurrence of the Jacobi polynomials with α = b − 1, β = a − 1; the
    weights come normalised, so that no gamma function of a large b can overflow.
    """
    from scipy.linalg import eigh_tridiagonal  # loading it would slow the start of every command

    alpha, beta = b - 1, a - 1
    k = np.arange(1.0, count)
    total = 2 * k + alpha + beta
    middle = np.append(
        (beta - alpha) / (alpha + beta + 2), (beta - alpha) * (beta + alpha) / (total * (total + 2))
    )
    beside = 4 * k * (k + alpha) * (k + beta) * (k + alpha + beta) / (total**2 * (total + 1) * (total - 1))
    beside[0] = 4 * (1 + alpha) * (1 + beta) / ((2 + alpha + beta) ** 2 * (3 + alpha + beta))
    with one_thread():
        points, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    nodes, weights = (1 + points) / 2, vectors[0] ** 2
    nodes.setflags(write=False)
    weights.setflags(write=False)
    return np.maximum(nodes, 1e-300), weights
