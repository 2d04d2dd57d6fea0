"""Shifted beta-geometric: how long customers go on renewing, where each renewal is asked for.

Fader & Hardie (2007), How to Project Customer Retention, *Journal of Interactive Marketing* 21(1). The chance not to
renew is beta(α, β) over customers and the same at each renewal; a period is the time between two renewals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, psi

from segmentation.clv.histories import Floats
from segmentation.clv.likelihoods import Top, climb

STARTS = ((1.0, 1.0), (0.5, 3.0), (2.0, 20.0), (0.3, 0.5))


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """The two parameters by the paper's letters, without unit, > 0."""

    alpha: float
    beta: float

    @property
    def parameters(self) -> Floats:
        return np.array([self.alpha, self.beta])

    def log_likelihood(self, renewal_count: ArrayLike, has_left: ArrayLike) -> float:
        """Log-likelihood of customers, arguments as in `fit_shifted_beta_geometric`."""
        likelihood = _Likelihood(renewal_count, has_left)
        return likelihood(np.log(self.parameters))[0] * likelihood.customers

    def surviving(self, periods: ArrayLike) -> Floats:
        """S(t), share of a cohort that renewed `periods` times or more."""
        t = np.asarray(periods, float)
        return np.exp(betaln(self.alpha, self.beta + t) - betaln(self.alpha, self.beta))

    def retention_rate(self, period: ArrayLike) -> Floats:
        """r(t) = (β + t − 1) / (α + β + t − 1), who renew of those asked for the t-th time."""
        t = np.asarray(period, float)
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def expected_after(self, renewal_count: ArrayLike, periods: int) -> Floats:
        """Renewals expected in the next `periods` of a customer who renewed `renewal_count` times and is still there:
        Σ S(n + k) / S(n), elementwise."""
        n = np.atleast_1d(np.asarray(renewal_count, float))
        later = n[:, None] + np.arange(1, periods + 1)
        ratio = betaln(self.alpha, self.beta + later) - betaln(self.alpha, self.beta + n)[:, None]
        return np.asarray(np.exp(ratio).sum(axis=1))


def fit_shifted_beta_geometric(
    renewal_count: ArrayLike, has_left: ArrayLike
) -> tuple[ShiftedBetaGeometric, Top]:
    """The most likely parameters of customers, both of shape (customers,): how often each renewed, and whether it
    then did not (False = still there, or not asked yet). ValueError without any customer."""
    likelihood = _Likelihood(renewal_count, has_left)
    top = climb(likelihood, [np.array(start) for start in STARTS], likelihood.customers)
    return ShiftedBetaGeometric(*top.parameters.tolist()), top


class _Likelihood:
    """Per customer, with the gradient: P(T = n + 1) for who left, S(n) for who is still there."""

    def __init__(self, renewal_count: ArrayLike, has_left: ArrayLike) -> None:
        renewed, left = np.asarray(renewal_count, float), np.asarray(has_left, bool)
        if not renewed.size or not ((renewed >= 0) & (renewed == np.rint(renewed))).all():
            raise ValueError("renewals are counted from 0, for at least one customer")
        self.customers = float(renewed.size)
        self.n, row = np.unique(renewed, return_inverse=True)
        self.left = np.bincount(row, left, len(self.n))
        self.stayed = np.bincount(row, ~left, len(self.n))

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(logs)
        n, left, stayed = self.n, self.left, self.stayed
        value = left @ betaln(alpha + 1, beta + n) + stayed @ betaln(alpha, beta + n)
        value -= self.customers * betaln(alpha, beta)
        both_left, both = psi(alpha + 1 + beta + n), psi(alpha + beta + n)
        gradient = np.array([
            left @ (psi(alpha + 1) - both_left) + stayed @ (psi(alpha) - both)
            - self.customers * (psi(alpha) - psi(alpha + beta)),
            left @ (psi(beta + n) - both_left) + stayed @ (psi(beta + n) - both)
            - self.customers * (psi(beta) - psi(alpha + beta)),
        ])  # fmt: skip
        return float(value) / self.customers, gradient * np.exp(logs) / self.customers
