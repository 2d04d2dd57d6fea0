"""BG/NBD: customers order at a rate of their own until, after one of their orders, they silently leave.

Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
*Marketing Science* 24(2). Rates are gamma(r, α) over customers, dropout probabilities beta(a, b). Time in weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, psi

from segmentation.clv.beta_nodes import NODES, beta_nodes
from segmentation.clv.histories import Floats, Histories
from segmentation.clv.likelihoods import Top, climb

SHAPES = ((0.25, 0.8, 2.5), (1.0, 1.0, 1.0), (1.0, 0.2, 2.0), (4.0, 1.0, 8.0))  # r, a, b to start from
EARLY_NODES = 256  # from the first order on the function bends more sharply than later


@dataclass(frozen=True)
class BgNbd:
    """The four parameters by the paper's letters; α in weeks, the others without unit; all > 0."""

    r: float
    alpha: float
    a: float
    b: float

    @property
    def parameters(self) -> Floats:
        return np.array([self.r, self.alpha, self.a, self.b])

    def log_likelihood(self, histories: Histories) -> float:
        """Log-likelihood of all customers (equation 6)."""
        return _Likelihood(histories)(np.log(self.parameters))[0] * histories.customers

    def alive(self, repeat_count: Floats, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """P(alive | x, t_x, T), elementwise (Fader, Hardie & Lee 2008, *Computing P(alive) Using the BG/NBD Model*);
        1 where x = 0: in this model nobody leaves before a second order."""
        x = np.maximum(repeat_count, 1.0)
        odds = np.log(self.a / (self.b + x - 1)) + (self.r + x) * np.log(
            (self.alpha + age_weeks) / (self.alpha + last_weeks)
        )
        return np.where(repeat_count > 0, 1 / (1 + np.exp(np.minimum(odds, 700.0))), 1.0)

    def expected(self, weeks: Floats | float) -> Floats:
        """E[X(t)], repeat orders of a customer drawn at random within `weeks` of the first (equation 9)."""
        t = np.atleast_1d(np.asarray(weeks, float))
        at_once = [self._while_alive(0.0, np.zeros(1), float(one), EARLY_NODES) for one in t]
        return np.concatenate([np.zeros(0), *at_once])

    def expected_after(
        self, repeat_count: Floats, last_weeks: Floats, age_weeks: Floats, weeks: float
    ) -> Floats:
        """E[Y(t) | x, t_x, T], orders in the `weeks` after T, elementwise (equation 10)."""
        counts, count_row = np.unique(repeat_count, return_inverse=True)
        ages, age_row = np.unique(age_weeks, return_inverse=True)
        pairs, row = np.unique(count_row * len(ages) + age_row, return_inverse=True)
        pair_count, pair_age = pairs // len(ages), ages[pairs % len(ages)]
        starts = np.searchsorted(pair_count, np.arange(len(counts) + 1))
        orders = np.empty(len(pairs))
        for x, start, end in zip(counts, starts[:-1], starts[1:], strict=True):
            orders[start:end] = self._while_alive(float(x), pair_age[start:end], weeks)
        return orders[row] * self.alive(repeat_count, last_weeks, age_weeks)

    def _while_alive(
        self, repeat_count: float, age_weeks: Floats, weeks: float, count: int = NODES
    ) -> Floats:
        """Orders expected of customers known to be alive at T: p ~ beta(a, b + x), λ ~ gamma(r + x, α + T).

        Equations 9 and 10 before p is integrated out: given p it is (1 − (1 + pt/(α + T))^−(r+x)) / p. The closed
        form with ₂F₁ is 0/0 at a = 1 and overflows for frequent customers; the integral over p is tame everywhere.
        """
        nodes, weights = beta_nodes(self.a, self.b + repeat_count, count)
        stretched = np.log1p(nodes * (weeks / (self.alpha + age_weeks))[:, None])
        given = -np.expm1(-(self.r + repeat_count) * stretched) / nodes
        return np.asarray((given * weights).sum(axis=1))


def fit_bg_nbd(histories: Histories) -> tuple[BgNbd, Top]:
    """The most likely parameters; whether they can be used stands in `Top`. ValueError without any customer."""
    if not histories.customers:
        raise ValueError("no histories to fit")
    likelihood = _Likelihood(histories)
    scale = float(np.average(histories.age_weeks, weights=histories.customer_count))
    mean = float(np.average(histories.repeat_count, weights=histories.customer_count))
    starts = [np.array([r, r * scale / (2 * max(mean, 0.01)), a, b]) for r, a, b in SHAPES]
    top = climb(likelihood, starts, float(histories.customers))
    return BgNbd(*top.parameters.tolist()), top


class _Likelihood:
    """Equation 6 per customer with its gradient, over collapsed rows.

    Only ln(1 + the odds of having left) needs every row with x > 0; all the rest adds up by x or by T alone.
    """

    def __init__(self, histories: Histories) -> None:
        repeat, weight = histories.repeat_count, histories.customer_count
        self.customers = float(histories.customers)
        self.x, x_row = np.unique(repeat, return_inverse=True)
        self.x_count = np.bincount(x_row, weight)
        self.age, age_row = np.unique(histories.age_weeks, return_inverse=True)
        self.age_count = np.bincount(age_row, weight)
        self.age_repeats = np.bincount(age_row, weight * repeat)
        more = np.flatnonzero(repeat > 0)
        self.weight, self.x_row, self.age_row = weight[more], x_row[more], age_row[more]
        self.last, self.last_row = np.unique(histories.last_weeks[more], return_inverse=True)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logs)
        x, n = self.x, self.x_count
        log_age, log_last = np.log(alpha + self.age), np.log(alpha + self.last)
        silence = log_age[self.age_row] - log_last[self.last_row]
        before = np.where(x > 0, b + x - 1, 1.0)
        odds = (np.log(a) - np.log(before))[self.x_row] + (r + x)[self.x_row] * silence
        small = np.exp(-np.abs(odds))
        left = np.where(odds >= 0, 1.0, small) / (1 + small) * self.weight  # weight × P(left)
        value = (
            n @ (gammaln(r + x) + gammaln(b + x) - gammaln(a + b + x))
            + self.customers * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b))
            - (r * self.age_count + self.age_repeats) @ log_age
            + self.weight @ (np.maximum(odds, 0) + np.log1p(small))
        )
        by_x = np.bincount(self.x_row, left, len(x))
        slower = (1 / (alpha + self.age))[self.age_row] - (1 / (alpha + self.last))[self.last_row]
        both = psi(a + b + x)
        gradient = np.array([
            n @ psi(r + x) + self.customers * (np.log(alpha) - psi(r)) - self.age_count @ log_age + left @ silence,
            self.customers * r / alpha - (r * self.age_count + self.age_repeats) @ (1 / (alpha + self.age))
            + left @ ((r + x)[self.x_row] * slower),
            self.customers * psi(a + b) - n @ both + by_x.sum() / a,
            self.customers * (psi(a + b) - psi(b)) + n @ (psi(b + x) - both) - by_x @ (1 / before),
        ])  # fmt: skip
        return float(value) / self.customers, gradient * np.exp(logs) / self.customers
