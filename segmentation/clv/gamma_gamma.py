"""Gamma-Gamma: what customers spend a time, where that is unrelated to how often they order.

Fader & Hardie (2013), *The Gamma-Gamma Model of Monetary Value* (brucehardie.com, note 025; its γ is v here). Spend a
time is gamma(p, ν) with ν ~ gamma(q, v) over customers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, psi

from segmentation.clv.histories import Floats
from segmentation.clv.likelihoods import Top, climb

SHAPES = ((1.0, 2.0), (5.0, 4.0), (2.0, 12.0), (20.0, 3.0))  # p, q to start from


@dataclass(frozen=True)
class GammaGamma:
    """The three parameters by the paper's letters; v in currency, the others without unit; all > 0."""

    p: float
    q: float
    v: float

    @property
    def parameters(self) -> Floats:
        return np.array([self.p, self.q, self.v])

    @property
    def mean_spend(self) -> float:
        """E[Z] over all customers, currency; infinite where q ≤ 1."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")

    def log_likelihood(self, repeat_count: Floats, mean_spend: Floats) -> float:
        """Log-likelihood of repeaters (x ≥ 1, mean spend > 0), both of shape (customers,) (equation 1a)."""
        likelihood = _Likelihood(repeat_count, mean_spend)
        return likelihood(np.log(self.parameters))[0] * likelihood.customers

    def expected(self, repeat_count: Floats, mean_spend: Floats) -> Floats:
        """E[Z | x, z̄], currency a time, elementwise: own mean and everybody's, weighted by how often it was seen
        (equation 5); the mean of all where x = 0, whatever `mean_spend` says."""
        x = np.asarray(repeat_count, float)
        seen = np.where(x > 0, mean_spend, 0.0) * x
        return self.p * (self.v + seen) / (self.p * x + self.q - 1)


def fit_gamma_gamma(repeat_count: Floats, mean_spend: Floats) -> tuple[GammaGamma, Top]:
    """The most likely parameters on repeaters (x ≥ 1, mean spend > 0), shape (customers,); ValueError otherwise."""
    likelihood = _Likelihood(repeat_count, mean_spend)
    middle = float(likelihood.weight @ likelihood.spend / likelihood.customers)
    starts = [np.array([p, q, middle * (q - 1) / p]) for p, q in SHAPES]
    top = climb(likelihood, starts, likelihood.customers)
    return GammaGamma(*top.parameters.tolist()), top


class _Likelihood:
    """Equation 1a per customer with its gradient; customers of equal x and spend are one row, in sorted order."""

    def __init__(self, repeat_count: Floats, mean_spend: Floats) -> None:
        given = np.stack([np.asarray(repeat_count, float), np.asarray(mean_spend, float)])
        if not given.size or not (given[0] >= 1).all() or not (given[1] > 0).all():
            raise ValueError("the Gamma-Gamma model reads repeaters with a spend above zero")
        order = np.lexsort(given[::-1])
        given = given[:, order]
        starts = np.flatnonzero(np.append(True, (given[:, 1:] != given[:, :-1]).any(axis=0)))
        count, self.spend = given[:, starts]
        self.weight = np.diff(np.append(starts, given.shape[1])).astype(float)
        self.customers = float(self.weight.sum())
        self.x, self.row = np.unique(count, return_inverse=True)
        self.x_count = np.bincount(self.row, self.weight)
        self.total = self.spend * count
        self.log_total = np.bincount(self.row, self.weight * np.log(self.total))
        self.log_spend = float(self.weight @ np.log(self.spend))

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logs)
        x, n = self.x, self.x_count
        shape = p * x + q
        log_all, one_over = np.log(v + self.total), self.weight / (v + self.total)
        log_by_x = np.bincount(self.row, self.weight * log_all)
        value = (
            n @ (gammaln(shape) - gammaln(p * x))
            + self.customers * (q * np.log(v) - gammaln(q))
            + p * (x @ self.log_total)
            - self.log_spend
            - shape @ log_by_x
        )
        gradient = np.array([
            n @ (x * (psi(shape) - psi(p * x))) + x @ self.log_total - x @ log_by_x,
            n @ psi(shape) + self.customers * (np.log(v) - psi(q)) - log_by_x.sum(),
            self.customers * q / v - shape @ np.bincount(self.row, one_over),
        ])  # fmt: skip
        return float(value) / self.customers, gradient * np.exp(logs) / self.customers
