"""Shifted beta-geometric against the two published cohorts (Fader & Hardie 2007, seven years) and a drawn one."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.clv.shifted_beta_geometric import (
    ShiftedBetaGeometric,
    _Likelihood,
    fit_shifted_beta_geometric,
)

HIGH_END = (1000, 869, 743, 653, 593, 551, 517, 491)
REGULAR = (1000, 631, 468, 382, 326, 289, 262, 241)


def customers(still_there: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Renewals and whether the customer left, of a cohort with so many left after 0, 1, 2 … periods."""
    gone = -np.diff(still_there)
    renewed = np.repeat(np.arange(len(still_there)), [*gone, still_there[-1]])
    return renewed, np.arange(len(renewed)) < gone.sum()


@pytest.mark.parametrize(
    ("cohort", "alpha", "beta", "log_likelihood"),
    [(HIGH_END, 0.668, 3.806, -1611.2), (REGULAR, 0.704, 1.182, -1680.3)],
    ids=["high end", "regular"],
)
def test_the_published_parameters_come_out(
    cohort: tuple[int, ...], alpha: float, beta: float, log_likelihood: float
) -> None:
    model, top = fit_shifted_beta_geometric(*customers(cohort))
    assert model.parameters == pytest.approx([alpha, beta], abs=5e-4)
    assert top.log_likelihood == pytest.approx(log_likelihood, abs=0.05) and top.is_converged
    assert model.surviving(np.arange(8)) == pytest.approx(np.array(cohort) / 1000, abs=0.02)


def test_survival_is_the_product_of_renewals() -> None:
    model = ShiftedBetaGeometric(0.668, 3.806)
    assert model.surviving(9) == pytest.approx(np.prod(model.retention_rate(np.arange(1, 10))))
    assert np.diff(model.retention_rate(np.arange(1, 10))).min() > 0
    later = model.expected_after(np.array([0, 2]), 3)
    assert later[0] == pytest.approx(model.surviving([1, 2, 3]).sum())
    assert later[1] == pytest.approx(model.surviving([3, 4, 5]).sum() / model.surviving(2))


def test_the_gradient_is_that_of_the_likelihood() -> None:
    likelihood = _Likelihood(*customers(REGULAR))
    for at in (np.array([-0.3, 0.2]), np.array([1.0, 2.0])):
        slopes = [(likelihood(at + step)[0] - likelihood(at - step)[0]) / 2e-6 for step in 1e-6 * np.eye(2)]
        assert likelihood(at)[1] == pytest.approx(slopes, abs=1e-7)


def test_a_drawn_cohort_observed_for_different_times_gives_its_model_back() -> None:
    rng = np.random.default_rng(1)
    truth = ShiftedBetaGeometric(1.2, 4.0)
    lasted = rng.geometric(rng.beta(truth.alpha, truth.beta, 20_000)) - 1
    asked = rng.integers(0, 9, 20_000)
    model, top = fit_shifted_beta_geometric(np.minimum(lasted, asked), lasted < asked)
    off = np.abs(np.log(model.parameters / truth.parameters)) / np.sqrt(np.diag(top.covariance))
    assert top.is_converged and off.max() < 3


def test_where_nobody_left_there_is_no_top() -> None:
    _, top = fit_shifted_beta_geometric(np.full(100, 3), np.zeros(100, bool))
    assert top.is_boundary or not top.is_converged
    for wrong in ([], [-1], [0.5]):
        with pytest.raises(ValueError, match="renewals"):
            fit_shifted_beta_geometric(wrong, np.zeros(len(wrong), bool))
