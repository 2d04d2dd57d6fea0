"""Penalised logistic regression of k wins in n trials, by Newton's method.

Sums run over the rows in the order given: who sorts them first gets the same numbers, however they came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_STEPS = 100
CHUNK_ROWS = 65_536  # a block stays in the cache, and no second copy of the design is made
SMALLEST_GAIN = 1e-11
NEAR = 1e-3  # steps from here on are exact to their square: no value is fine enough to weigh the last one


@dataclass(frozen=True)
class Fit:
    """coefficients: (columns,), log-odds per unit of a column · covariance: (columns, columns)."""

    coefficients: Floats
    covariance: Floats

    @property
    def errors(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True)
class _Problem:
    """design (rows, columns), wins and trials (rows,), penalty (columns,)."""

    design: Floats
    wins: Floats
    trials: Floats
    penalty: Floats

    def value(self, beta: Floats) -> float:
        """The penalised log-likelihood, without the constant."""
        margin = self.design @ beta
        likelihood = self.wins @ margin - self.trials @ np.logaddexp(0.0, margin)
        return float(likelihood - 0.5 * self.penalty @ beta**2)

    def derivatives(self, beta: Floats) -> tuple[Floats, Floats]:
        """Slope (columns,) and negative curvature (columns, columns)."""
        slope, curvature = -self.penalty * beta, np.diag(self.penalty)
        for start in range(0, len(self.design), CHUNK_ROWS):
            rows = slice(start, start + CHUNK_ROWS)
            block, tried = self.design[rows], self.trials[rows]
            chance = probability(block @ beta)
            slope = slope + block.T @ (self.wins[rows] - tried * chance)
            curvature = curvature + block.T @ (block * (tried * chance * (1 - chance))[:, None])
        return slope, curvature

    def climb(self, beta: Floats, step: Floats, value: float) -> tuple[Floats, float]:
        """The first of step, step/2, step/4 … that does not lose."""
        for halving in range(30):
            tried = beta + step / 2**halving
            gained = self.value(tried)
            if gained >= value:
                return tried, gained
        return beta, value

    def widening(self, beta: Floats, curvature: Floats, clusters: NDArray[np.int64]) -> Floats:
        """How many times larger a coefficient's variance is because rows of a cluster go together; at least 1."""
        order = np.argsort(clusters, kind="stable")
        ordered = clusters[order]
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        surprise = (self.wins - self.trials * probability(self.design @ beta))[order]
        scores = np.add.reduceat(self.design[order] * surprise[:, None], starts, axis=0)
        inverse = np.linalg.inv(curvature)
        together = inverse @ (scores.T @ scores) @ inverse * len(starts) / max(1, len(starts) - 1)
        apart = inverse @ (curvature - np.diag(self.penalty)) @ inverse
        return np.maximum(1.0, np.diag(together) / np.diag(apart))


def fit_logistic(
    design: Floats, wins: Floats, trials: Floats, penalty: Floats, clusters: NDArray[np.int64] | None = None
) -> Fit:
    """The coefficients that maximise Σ wins·η − trials·log(1 + e^η) − ½ Σ penalty·β², η = design·β (le Cessie & van
    Houwelingen 1992, eq. 2). The first column of the design is ones; a penalty of 0 leaves a coefficient free.

    Covariance: the inverse of the penalised information, that of the posterior under a normal prior of variance
    1/penalty; where rows of one of the `clusters` (ids per row) go together it is widened per coefficient by the ratio
    of the sandwich (Liang & Zeger 1986) to the independent one, never below 1. The penalty keeps the estimates finite
    where a category never or always wins; the intervals are about the estimate so held back.
    """
    problem = _Problem(design, wins, trials, penalty)
    beta = np.zeros(design.shape[1])
    rate = wins.sum() / trials.sum()
    beta[0] = np.log(rate / (1 - rate))
    value = problem.value(beta)
    for _ in range(MOST_STEPS):
        slope, curvature = problem.derivatives(beta)
        step = np.asarray(np.linalg.solve(curvature, slope), float)
        tried, gained = problem.climb(beta, step, value)
        if gained - value <= SMALLEST_GAIN * abs(value):
            beta = beta + step if np.abs(step).max() < NEAR else tried
            break
        beta, value = tried, gained
    _, curvature = problem.derivatives(beta)
    covariance = np.linalg.inv(curvature)
    if clusters is not None:
        wider = np.sqrt(problem.widening(beta, curvature, clusters))
        covariance = covariance * np.outer(wider, wider)
    return Fit(beta, (covariance + covariance.T) / 2)


def probability(margin: Floats) -> Floats:
    """Log-odds as a share 0–1."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margin, -700.0, 700.0))), float)
