"""All customers alike: one rate of orders and one chance to leave after an order, what BG/NBD becomes without spread.

The likelihood of Fader, Hardie & Lee (2005), section 3.1, before rates and chances differ over customers.
Time in weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.clv.histories import Floats, Histories
from segmentation.clv.likelihoods import Top, climb

ODDS = (0.02, 0.3)  # of leaving, to start from


@dataclass(frozen=True)
class OneRate:
    """rate: orders a week · odds: p / (1 − p) of leaving after an order; both > 0."""

    rate: float
    odds: float

    def log_likelihood(self, histories: Histories) -> float:
        """Log-likelihood of all customers, on the scale of BG/NBD."""
        return _Likelihood(histories)(np.log([self.rate, self.odds]))[0] * histories.customers


def fit_one_rate(histories: Histories) -> tuple[OneRate, Top]:
    """The most likely parameters; with nobody leaving the odds run to the end of their range. ValueError without any
    repeat order."""
    weight = histories.customer_count
    repeats = float(histories.repeat_count @ weight)
    if not repeats:
        raise ValueError("no repeat orders to fit")
    rate = repeats / float(histories.age_weeks @ weight)
    top = climb(_Likelihood(histories), [np.array([rate, odds]) for odds in ODDS], float(histories.customers))
    return OneRate(*top.parameters.tolist()), top


class _Likelihood:
    """x·ln λ − x·ln(1 + o) − λT + [x > 0]·ln(1 + o·exp(λ(T − t_x))) per customer, o the odds; with its gradient."""

    def __init__(self, histories: Histories) -> None:
        weight, more = histories.customer_count, histories.repeat_count > 0
        self.customers = float(histories.customers)
        self.repeats = float(histories.repeat_count @ weight)
        self.exposure = float(histories.age_weeks @ weight)
        self.weight = weight[more]
        self.silence = (histories.age_weeks - histories.last_weeks)[more]

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        rate, odds = np.exp(logs)
        gone = logs[1] + rate * self.silence
        value = self.repeats * (logs[0] - np.log1p(odds)) - rate * self.exposure
        value += self.weight @ np.logaddexp(0, gone)
        left = self.weight / (1 + np.exp(np.minimum(-gone, 700.0)))  # weight × P(left)
        by_rate = self.repeats - rate * (self.exposure - left @ self.silence)
        by_odds = left.sum() - self.repeats * odds / (1 + odds)
        return float(value) / self.customers, np.array([by_rate, by_odds]) / self.customers
