"""NBD: the negative binomial of a textbook, the limit of BG/NBD, and taken only where nobody is seen to leave."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from segmentation.clv.bg_nbd import BgNbd, fit_bg_nbd
from segmentation.clv.customer_values import fit_orders
from segmentation.clv.histories import Histories, collapse
from segmentation.clv.nbd import Nbd, fit_nbd


def simulate(
    seed: int, count: int, r: float, alpha: float, leaves: tuple[float, float] | None = None
) -> Histories:
    """Customers watched for 40 to 100 weeks; `leaves`: a, b of the chance to leave after an order."""
    rng = np.random.default_rng(seed)
    age, rate = rng.uniform(40, 100, count), rng.gamma(r, 1 / alpha, count)
    chance = np.zeros(count) if leaves is None else rng.beta(*leaves, count)
    repeats, last = np.zeros(count), np.zeros(count)
    for row in range(count):
        at = 0.0
        while rng.random() >= chance[row]:
            at += rng.exponential(1 / rate[row])
            if at > age[row]:
                break
            repeats[row], last[row] = repeats[row] + 1, at
    return collapse(repeats, np.round(last, 6), np.round(age, 6))


def test_the_likelihood_is_that_of_a_negative_binomial() -> None:
    """The density of the order days is the probability of their number × x!/T^x."""
    seen, model = simulate(1, 300, 1.2, 8.0), Nbd(0.9, 6.0)
    x, age = seen.repeat_count, seen.age_weeks
    pmf = stats.nbinom.logpmf(x, model.r, model.alpha / (model.alpha + age))
    told = (pmf + gammaln(x + 1) - x * np.log(age)) @ seen.customer_count
    assert model.log_likelihood(seen) == pytest.approx(told, rel=1e-10)


def test_it_is_bg_nbd_with_nobody_leaving() -> None:
    seen, model, limit = simulate(2, 200, 1.0, 10.0), Nbd(1.0, 10.0), BgNbd(1.0, 10.0, 1e-10, 1.0)
    assert model.log_likelihood(seen) == pytest.approx(limit.log_likelihood(seen), rel=1e-6)
    rows = seen.repeat_count, seen.last_weeks, seen.age_weeks
    assert model.expected_after(*rows, 26.0) == pytest.approx(limit.expected_after(*rows, 26.0), rel=1e-6)
    assert model.expected(52.0) == pytest.approx(limit.expected(52.0), rel=1e-6)
    assert (model.alive(*rows) == 1).all()


def test_planted_parameters_are_found_and_nothing_nearby_is_likelier() -> None:
    seen = simulate(3, 4_000, 1.5, 9.0)
    model, top = fit_nbd(seen)
    assert top.is_converged and not top.is_boundary
    error = np.sqrt(np.diag(top.covariance))
    assert (np.abs(np.log(model.parameters) - np.log([1.5, 9.0])) < 3 * error).all()
    for step in (0.99, 1.01):
        assert Nbd(model.r * step, model.alpha).log_likelihood(seen) < top.log_likelihood
        assert Nbd(model.r, model.alpha * step).log_likelihood(seen) < top.log_likelihood


def test_it_is_taken_where_nobody_leaves_and_not_where_many_do() -> None:
    taken = sum(isinstance(fit_orders(simulate(seed, 800, 1.2, 8.0))[0], Nbd) for seed in range(10))
    assert taken >= 8  # one in twenty is held to leave by chance
    for seed in range(5):
        model, top = fit_orders(simulate(seed, 800, 1.2, 8.0, (1.0, 3.0)))
        assert isinstance(model, BgNbd) and top.is_converged and not top.is_boundary


def test_it_is_taken_where_leaving_adds_less_than_chance_would_also_where_bg_nbd_has_a_top() -> None:
    had_top = 0
    for seed in range(10):
        seen = simulate(seed, 800, 1.2, 8.0)
        leaving = fit_bg_nbd(seen)[1]
        gain = 2 * (leaving.log_likelihood - fit_nbd(seen)[1].log_likelihood)
        assert isinstance(fit_orders(seen)[0], Nbd) is (gain < 3.84)
        had_top += not leaving.is_boundary and 0.1 < gain < 3.84
    assert had_top


def test_nobody_cannot_be_fitted() -> None:
    with pytest.raises(ValueError):
        fit_nbd(collapse([], [], []))
