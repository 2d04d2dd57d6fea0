"""All customers alike: the likelihood by hand, its gradient, the planted truth, and the limit of BG/NBD."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.clv.bg_nbd import BgNbd
from segmentation.clv.histories import Histories, collapse
from segmentation.clv.one_rate import OneRate, _Likelihood, fit_one_rate


def simulate(seed: int, count: int, rate: float, leaves: float) -> Histories:
    """Customers of one rate, watched for 40 to 100 weeks, who leave after an order with one chance."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(40, 100, count)
    days = np.cumsum(rng.exponential(1 / rate, (count, 80)), axis=1)
    stays = np.cumprod(rng.random(days.shape) >= leaves, axis=1).astype(bool)
    has_second = np.column_stack([np.ones(count, bool), stays[:, :-1]])
    repeats = ((days <= age[:, None]) & has_second).sum(axis=1)
    last = np.where(repeats > 0, days[np.arange(count), np.maximum(repeats - 1, 0)], 0.0)
    return collapse(repeats, np.round(last, 6), np.round(age, 6))


def test_three_customers_by_hand() -> None:
    """p = 0.2 and λ = 0.1: (1 − p)^x·λ^x·e^(−λT) + p·(1 − p)^(x − 1)·λ^x·e^(−λ·t_x), without the latter at x = 0."""
    seen = collapse([0.0, 1.0, 3.0], [0.0, 10.0, 30.0], [20.0, 30.0, 40.0])
    by_hand = [
        np.exp(-2.0),
        0.8 * 0.1 * np.exp(-3.0) + 0.2 * 0.1 * np.exp(-1.0),
        0.8**3 * 0.1**3 * np.exp(-4.0) + 0.2 * 0.8**2 * 0.1**3 * np.exp(-3.0),
    ]
    assert OneRate(0.1, 0.25).log_likelihood(seen) == pytest.approx(np.log(by_hand).sum(), rel=1e-12)


def test_the_gradient_is_that_of_the_value() -> None:
    climbed, at, step = _Likelihood(simulate(1, 200, 0.1, 0.1)), np.log([0.07, 0.2]), 1e-6
    for place in range(2):
        moved = np.eye(2)[place] * step
        slope = (climbed(at + moved)[0] - climbed(at - moved)[0]) / (2 * step)
        assert climbed(at)[1][place] == pytest.approx(slope, rel=1e-6)


def test_planted_parameters_are_found() -> None:
    model, top = fit_one_rate(simulate(2, 4_000, 0.1, 0.1))
    assert top.is_converged and not top.is_boundary
    error = np.sqrt(np.diag(top.covariance))
    assert (np.abs(np.log([model.rate, model.odds]) - np.log([0.1, 1 / 9])) < 3 * error).all()


def test_bg_nbd_without_spread_is_the_same() -> None:
    seen, many = simulate(3, 100, 0.1, 0.1), 1e7
    limit = BgNbd(many, many / 0.1, 0.1 * many, 0.9 * many)
    assert OneRate(0.1, 1 / 9).log_likelihood(seen) == pytest.approx(limit.log_likelihood(seen), rel=1e-4)


def test_without_repeat_orders_there_is_nothing_to_fit() -> None:
    with pytest.raises(ValueError):
        fit_one_rate(collapse([0.0], [0.0], [10.0]))
