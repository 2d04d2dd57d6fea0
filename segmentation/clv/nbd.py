"""NBD: customers order at rates of their own and nobody leaves; what BG/NBD becomes where the orders show nobody leave.

Ehrenberg (1959), The Pattern of Consumer Purchases, *Applied Statistics* 8(1): Poisson orders, rates gamma(r, α) over
customers. It is BG/NBD with a → 0 (Fader, Hardie & Lee 2005, equation 6). Time in weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, psi

from segmentation.clv.histories import Floats, Histories
from segmentation.clv.likelihoods import Top, climb

SHAPES = (0.25, 1.0, 4.0)  # r to start from


@dataclass(frozen=True)
class Nbd:
    """The two parameters by the papers' letters; α in weeks, r without unit; both > 0."""

    r: float
    alpha: float

    @property
    def parameters(self) -> Floats:
        return np.array([self.r, self.alpha])

    def log_likelihood(self, histories: Histories) -> float:
        """Log-likelihood of all customers, on the scale of BG/NBD: of the order days, not of their number alone."""
        return _Likelihood(histories)(np.log(self.parameters))[0] * histories.customers

    def alive(self, repeat_count: Floats, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """1, elementwise: in this model nobody leaves."""
        return np.ones(np.shape(repeat_count))

    def expected(self, weeks: Floats | float) -> Floats:
        """E[X(t)] = r·t/α, repeat orders of a customer drawn at random within `weeks` of the first."""
        return self.r / self.alpha * np.atleast_1d(np.asarray(weeks, float))

    def expected_after(
        self, repeat_count: Floats, last_weeks: Floats, age_weeks: Floats, weeks: float
    ) -> Floats:
        """E[Y(t) | x, T] = t·(r + x)/(α + T), orders in the `weeks` after T, elementwise."""
        return np.asarray(weeks * (self.r + repeat_count) / (self.alpha + age_weeks), float)


def fit_nbd(histories: Histories) -> tuple[Nbd, Top]:
    """The most likely parameters; whether they can be used stands in `Top`. ValueError without any customer."""
    if not histories.customers:
        raise ValueError("no histories to fit")
    weight = histories.customer_count
    rate = float(histories.repeat_count @ weight) / float(histories.age_weeks @ weight)
    starts = [np.array([r, r / max(rate, 1e-6)]) for r in SHAPES]
    top = climb(_Likelihood(histories), starts, float(histories.customers))
    return Nbd(*top.parameters.tolist()), top


class _Likelihood:
    """ln Γ(r + x) − ln Γ(r) + r·ln α − (r + x)·ln(α + T) per customer with its gradient, over collapsed rows."""

    def __init__(self, histories: Histories) -> None:
        self.customers = float(histories.customers)
        self.x, x_row = np.unique(histories.repeat_count, return_inverse=True)
        self.x_count = np.bincount(x_row, histories.customer_count)
        self.age, age_row = np.unique(histories.age_weeks, return_inverse=True)
        self.age_count = np.bincount(age_row, histories.customer_count)
        self.age_repeats = np.bincount(age_row, histories.customer_count * histories.repeat_count)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        r, alpha = np.exp(logs)
        log_age, exposure = np.log(alpha + self.age), r * self.age_count + self.age_repeats
        value = (
            self.x_count @ gammaln(r + self.x)
            + self.customers * (r * np.log(alpha) - gammaln(r))
            - exposure @ log_age
        )
        by_r = self.x_count @ psi(r + self.x) + self.customers * (np.log(alpha) - psi(r))
        gradient = np.array(
            [
                by_r - self.age_count @ log_age,
                self.customers * r / alpha - exposure @ (1 / (alpha + self.age)),
            ]
        )
        return float(value) / self.customers, gradient * np.exp(logs) / self.customers
