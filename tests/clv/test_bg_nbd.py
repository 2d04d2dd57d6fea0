"""BG/NBD against the published CDNOW figures, the closed form in 30 digits, and customers drawn from the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1

from segmentation.clv.bg_nbd import BgNbd, _Likelihood, fit_bg_nbd
from segmentation.clv.histories import Histories, collapse, expand
from tests.clv.cdnow import CALIBRATED_ON, DATA, HOLDOUT_WEEKS, read_days, skip_without_data, summarise

PAPER = BgNbd(0.2426, 4.4136, 0.7929, 2.4259)
COUNTS = [1411, 439, 214, 100, 62, 38, 29, 64]
ACTUAL = [0.2367, 0.6970, 1.3925, 1.56, 2.5323, 2.9474, 3.8621, 6.3594]
MODEL = [0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570]
# r, α, a, b, x, T, t → orders while alive by equation 10 in 30 digits (mpmath), a = 1 as its limit from above.
EXACT = (
    ((0.2426, 4.4136, 0.7929, 2.4259, 2.0, 38.86, 39.0), 1.687171706449664),
    ((2.0, 5.0, 1.0, 2.5, 0.0, 10.0, 104.0), 4.608558426944302),
    ((0.05, 0.5, 8.0, 0.4, 0.0, 1.0, 156.0), 0.2169875707496231),
    ((3.0, 20.0, 0.05, 60.0, 30.0, 100.0, 52.0), 14.24465023723023),
)


@pytest.fixture(scope="module")
def cdnow() -> Histories:
    told = summarise(read_days(), CALIBRATED_ON)
    x, span = told["repeat_order_days_count"], told["order_span_days"]
    return collapse(x, span, span + told["recency_days"], unit_weeks=1 / 7)


def simulate(model: BgNbd, customers: int, seed: int) -> Histories:
    """Customers drawn from the model itself, observed for 20 to 80 weeks in whole days."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(model.r, 1 / model.alpha, customers)
    leaves = rng.beta(model.a, model.b, customers)
    age = rng.integers(140, 560, customers) / 7
    count, last, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    is_there = np.ones(customers, bool)
    while is_there.any():
        now = now + rng.exponential(1 / np.maximum(rate, 1e-12))
        bought = is_there & (now <= age)
        count, last = count + bought, np.where(bought, now, last)
        is_there = bought & (rng.random(customers) >= leaves)
    return collapse(count, last, age)


@skip_without_data
def test_the_published_parameters_come_out(cdnow: Histories) -> None:
    model, top = fit_bg_nbd(cdnow)
    assert model.parameters == pytest.approx(PAPER.parameters, abs=1e-3)
    assert top.log_likelihood == pytest.approx(-9582.43, abs=0.01)
    assert top.is_converged and not top.is_boundary
    assert cdnow.customers == 2357 and len(cdnow.age_weeks) == 1016


@skip_without_data
def test_the_file_of_two_decimals_gives_the_likelihood_read_off_it() -> None:
    told = pd.read_csv(DATA / "cdnow_customers_summary.csv")
    _, top = fit_bg_nbd(collapse(told["frequency"], told["recency"], told["T"]))
    assert top.log_likelihood == pytest.approx(-9582.4256, abs=1e-3)


@skip_without_data
def test_expectations_are_the_published_ones(cdnow: Histories) -> None:
    model, _ = fit_bg_nbd(cdnow)
    one = model.expected_after(np.array([2.0]), np.array([30.43]), np.array([38.86]), 39.0)
    assert one == pytest.approx(1.226, abs=5e-4)
    told = model.expected(np.array([1.0, 3.0, 32.0, 78.0]))
    assert told[:3] == pytest.approx([0.0532, 0.1506, 1.0437], abs=5e-5)
    # The fourth was read at parameters short of the top: at the paper's own, four decimals, it is 1.8580.
    assert told[3] == pytest.approx(1.8576, abs=5e-4)
    assert model.alive(np.array([26.0]), np.array([30.857]), np.array([31.0])) == pytest.approx(
        0.96885, abs=5e-6
    )


@skip_without_data
def test_the_holdout_table_is_the_published_one(cdnow: Histories) -> None:
    model, _ = fit_bg_nbd(cdnow)
    expected = model.expected_after(cdnow.repeat_count, cdnow.last_weeks, cdnow.age_weeks, HOLDOUT_WEEKS)[
        cdnow.row
    ]
    days = read_days()
    later = days[days["day"] > pd.Timestamp(CALIBRATED_ON)]
    later = later[later["day"] <= pd.Timestamp(CALIBRATED_ON) + pd.Timedelta(weeks=HOLDOUT_WEEKS)]
    table = summarise(days, CALIBRATED_ON).assign(expected=expected)
    table["actual"] = later.groupby("customer").size().reindex(table.index).fillna(0)
    assert (table["actual"].sum(), table["expected"].sum()) == (1882, pytest.approx(1653.4, abs=0.05))
    rows = table.groupby(table["repeat_order_days_count"].clip(upper=7))
    assert rows.size().tolist() == COUNTS
    assert rows["actual"].mean().tolist() == pytest.approx(ACTUAL, abs=6e-5)
    assert rows["expected"].mean().tolist() == pytest.approx(MODEL, abs=6e-4)


def test_collapsed_rows_have_the_likelihood_of_the_customers() -> None:
    histories = simulate(BgNbd(0.8, 6.0, 0.7, 2.5), 3000, 1)
    whole = collapse(histories.repeat_count[histories.row], *(
        np.floor(part[histories.row]) for part in (histories.last_weeks, histories.age_weeks)
    ))  # fmt: skip
    assert len(whole.age_weeks) < 0.9 * whole.customers
    for model in (PAPER, BgNbd(2.0, 30.0, 5.0, 0.2)):
        per_customer = model.log_likelihood(expand(whole))
        assert model.log_likelihood(whole) == pytest.approx(per_customer, rel=1e-12, abs=1e-9)
        assert per_customer == pytest.approx(plain_likelihood(model, expand(whole)), rel=1e-11)


def plain_likelihood(model: BgNbd, rows: Histories) -> float:
    """Equation 6 as it stands in the paper, on the scale of likelihoods, customer by customer."""
    from math import lgamma, log

    total = 0.0
    for x, last, age in zip(rows.repeat_count, rows.last_weeks, rows.age_weeks, strict=True):
        shared = lgamma(model.r + x) - lgamma(model.r) + model.r * log(model.alpha)
        stays = (
            lgamma(model.a + model.b) + lgamma(model.b + x) - lgamma(model.b) - lgamma(model.a + model.b + x)
        )
        here = stays - (model.r + x) * log(model.alpha + age)
        if x:
            gone = stays + log(model.a / (model.b + x - 1)) - (model.r + x) * log(model.alpha + last)
            here = float(np.logaddexp(here, gone))
        total += shared + here
    return total


def test_the_gradient_is_that_of_the_likelihood() -> None:
    likelihood = _Likelihood(simulate(BgNbd(0.8, 6.0, 0.7, 2.5), 500, 2))
    for at in (np.array([-0.3, 1.5, -0.2, 0.9]), np.array([1.0, 3.0, 1.5, -1.0])):
        steps = 1e-6 * np.eye(4)
        slopes = [(likelihood(at + step)[0] - likelihood(at - step)[0]) / 2e-6 for step in steps]
        assert likelihood(at)[1] == pytest.approx(slopes, abs=1e-7)


@pytest.mark.parametrize(("given", "exact"), EXACT)
def test_the_integral_is_the_closed_form(given: tuple[float, ...], exact: float) -> None:
    r, alpha, a, b, x, age, weeks = given
    assert BgNbd(r, alpha, a, b)._while_alive(x, np.array([age]), weeks)[0] == pytest.approx(exact, rel=1e-9)


def test_expectations_are_equations_9_and_10_where_these_can_be_computed() -> None:
    rng = np.random.default_rng(3)
    for _ in range(25):
        r, alpha, a, b = np.exp(rng.uniform(-1.5, 1.5, 4))
        x, age, weeks = float(rng.integers(0, 8)), rng.uniform(1, 60), rng.uniform(1, 100)
        model, last = BgNbd(r, alpha, a, b), age * 0.7 * (x > 0)
        z = weeks / (alpha + age + weeks)
        sum_part = ((alpha + age) / (alpha + age + weeks)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
        odds = a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x) if x else 0.0
        wanted = (a + b + x - 1) / (a - 1) * (1 - sum_part) / (1 + odds)
        got = model.expected_after(np.array([x]), np.array([last]), np.array([age]), weeks)
        assert got[0] == pytest.approx(wanted, rel=1e-6)
        z = weeks / (alpha + weeks)
        wanted = (a + b - 1) / (a - 1) * (1 - (1 - z) ** r * hyp2f1(r, b, a + b - 1, z))
        assert model.expected(weeks)[0] == pytest.approx(wanted, rel=1e-8)


def test_customers_drawn_from_a_model_give_it_back() -> None:
    truth = BgNbd(0.8, 6.0, 0.7, 2.5)
    histories = simulate(truth, 8_000, 4)
    model, top = fit_bg_nbd(histories)
    off = np.abs(np.log(model.parameters / truth.parameters)) / np.sqrt(np.diag(top.covariance))
    assert top.is_converged and off.max() < 3
    assert np.exp(np.sqrt(np.diag(top.covariance))).max() < 1.3
    bought = float(histories.repeat_count @ histories.customer_count)
    expected = model.expected(histories.age_weeks) @ histories.customer_count
    assert expected == pytest.approx(bought, rel=0.02)


def test_nobody_is_known_to_leave_before_a_second_order_and_silence_lowers_the_chance() -> None:
    assert PAPER.alive(np.array([0.0]), np.array([0.0]), np.array([900.0])) == 1.0
    silence = PAPER.alive(np.full(50, 5.0), np.full(50, 20.0), np.linspace(20, 400, 50))
    assert (np.diff(silence) < 0).all() and silence[0] > 0.8 and silence[-1] < 0.01
    often = PAPER.alive(np.array([5000.0]), np.array([1.0]), np.array([900.0]))
    assert 0 <= often[0] < 1e-12


def test_customers_who_never_leave_have_no_top() -> None:
    rng = np.random.default_rng(5)
    count = rng.poisson(20 * rng.gamma(2.0, 0.5, 1500))
    _, top = fit_bg_nbd(collapse(count, np.where(count, 20.0, 0.0), np.full(1500, 20.0)))
    assert top.is_boundary or not top.is_converged


def test_impossible_histories_are_refused() -> None:
    for wrong in (([-1], [0], [5]), ([1], [6], [5]), ([0], [2], [5]), ([1.5], [2], [5]), ([1], [-2], [5])):
        with pytest.raises(ValueError, match="impossible"):
            collapse(*wrong)
    with pytest.raises(ValueError, match="no histories"):
        fit_bg_nbd(collapse([], [], []))
