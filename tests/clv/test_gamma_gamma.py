"""Gamma-Gamma against the published CDNOW figures and customers drawn from the model."""

from __future__ import annotations

from math import lgamma, log

import numpy as np
import pytest

from segmentation.clv.gamma_gamma import GammaGamma, _Likelihood, fit_gamma_gamma
from tests.clv.cdnow import CALIBRATED_ON, read_days, skip_without_data, summarise

Drawn = tuple[np.ndarray, np.ndarray]


def simulate(model: GammaGamma, customers: int, seed: int) -> Drawn:
    rng = np.random.default_rng(seed)
    count = rng.geometric(0.4, customers).astype(float)
    rate = rng.gamma(model.q, 1 / model.v, customers)
    return count, rng.gamma(model.p * count, 1 / (count * rate))


@skip_without_data
def test_the_published_figures_come_out() -> None:
    told = summarise(read_days(), CALIBRATED_ON)
    count = told["repeat_order_days_count"].to_numpy(float)
    spend = told["repeat_amount"].to_numpy() / np.maximum(count, 1)
    repeats = count > 0
    assert (repeats.sum(), (spend[repeats] <= 0).sum()) == (946, 0)
    model, top = fit_gamma_gamma(count[repeats], spend[repeats])
    assert model.parameters == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert top.log_likelihood == pytest.approx(-4055.92, abs=0.01) and top.is_converged
    assert model.expected(count, spend)[:5] == pytest.approx([24.65, 18.91, 35.17, 35.17, 35.17], abs=0.1)


def test_collapsed_rows_have_the_likelihood_of_the_customers() -> None:
    count, spend = simulate(GammaGamma(3.0, 4.0, 900.0), 800, 1)
    spend = np.round(spend, -1) + 10
    likelihood = _Likelihood(count, spend)
    assert len(likelihood.spend) < len(spend)
    for p, q, v in ((3.0, 4.0, 900.0), (0.5, 9.0, 20.0)):
        plain = sum(
            lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * log(v) + (p * x - 1) * log(z) + p * x * log(x)
            - (p * x + q) * log(v + z * x)
            for x, z in zip(count, spend, strict=True)
        )  # fmt: skip
        assert GammaGamma(p, q, v).log_likelihood(count, spend) == pytest.approx(plain, rel=1e-11)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    likelihood = _Likelihood(*simulate(GammaGamma(3.0, 4.0, 900.0), 300, 2))
    for at in (np.log([3.0, 4.0, 900.0]), np.array([-0.5, 2.0, 3.0])):
        slopes = [(likelihood(at + step)[0] - likelihood(at - step)[0]) / 2e-6 for step in 1e-6 * np.eye(3)]
        assert likelihood(at)[1] == pytest.approx(slopes, rel=1e-5, abs=1e-6)


def test_customers_drawn_from_a_model_give_it_back() -> None:
    truth = GammaGamma(3.0, 4.0, 900.0)
    model, top = fit_gamma_gamma(*simulate(truth, 20_000, 3))
    off = np.abs(np.log(model.parameters / truth.parameters)) / np.sqrt(np.diag(top.covariance))
    assert top.is_converged and off.max() < 3
    assert model.mean_spend == pytest.approx(truth.mean_spend, rel=0.03)


def test_the_expectation_lies_between_the_own_mean_and_that_of_all_and_nears_the_own() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    told = model.expected(np.array([0.0, 1.0, 4.0, 1000.0]), np.full(4, 100.0))
    assert told[0] == pytest.approx(model.mean_spend)
    assert (np.diff(told) > 0).all() and told[-1] == pytest.approx(100, abs=0.2)
    assert GammaGamma(2.0, 0.9, 5.0).mean_spend == float("inf")


def test_only_repeaters_with_a_spend_are_read() -> None:
    for wrong in (([], []), ([0.0], [5.0]), ([2.0], [0.0])):
        with pytest.raises(ValueError, match="repeaters"):
            fit_gamma_gamma(np.array(wrong[0]), np.array(wrong[1]))
