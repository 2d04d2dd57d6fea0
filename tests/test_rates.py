"""Rates: exact coverage of the intervals, published examples, and sums that equal the rows they stand for."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import bdtr

from segmentation.ladder import Ladder
from segmentation.rates import (
    UNITS,
    design_effect,
    newcombe,
    outcome_measures,
    t_interval,
    tier_rates,
    wilson,
)
from segmentation.schemes import Outcome
from segmentation.tally import Tally

IS_LONG = os.environ.get("TIERBOARD_LONG") == "1"
WILSON_SIZES = range(5, 5001) if IS_LONG else [*range(5, 201), *map(int, np.geomspace(201, 5000, 25))]
NEWCOMBE_SIZES = range(10, 61) if IS_LONG else (10, 11, 13, 16, 20, 30, 50, 120)
SHARES = np.arange(0.01, 0.5001, 0.002)


def wilson_coverage(n: int, shares: np.ndarray) -> np.ndarray:
    """Exact probability that the interval from k ~ Binomial(n, p) holds p, for each p of `shares`."""
    low, high = wilson(np.arange(n + 1), n)
    first = np.searchsorted(high, shares, side="left")
    last = np.searchsorted(low, shares, side="right") - 1
    return bdtr(last, n, shares) - np.where(first > 0, bdtr(np.maximum(first - 1, 0), n, shares), 0.0)


def test_wilson_coverage_is_94_percent_in_the_mean_and_82_anywhere() -> None:
    for n in WILSON_SIZES:
        low, high = wilson(np.arange(n + 1), n)
        # Coverage jumps where p crosses an end of an interval: its minima lie a hair beside the ends.
        ends = np.concatenate([low - 1e-9, low + 1e-9, high - 1e-9, high + 1e-9])
        worst = wilson_coverage(n, np.append(ends[(ends >= 0.01) & (ends <= 0.5)], SHARES)).min()
        mean = wilson_coverage(n, SHARES).mean()
        assert mean >= 0.94, (n, mean)
        assert worst >= 0.82, (n, worst)


def test_the_coverage_test_would_notice_a_normal_interval() -> None:
    """The same measure, on p ± 1.96·√(p(1−p)/n): far below at n = 20, so the test above can fail."""
    n, k = 20, np.arange(21)
    half = 1.96 * np.sqrt(k / n * (1 - k / n) / n)
    inside = (np.abs(k / n - SHARES[:, None]) <= half) * stats.binom.pmf(k, n, SHARES[:, None])
    assert inside.sum(axis=1).mean() < 0.9


def test_newcombe_coverage_is_nowhere_below_92_percent() -> None:
    """Exact, both groups of 10 or more: smaller ones get no verdict."""
    shares = np.arange(0.01, 0.5001, 0.02 if IS_LONG else 0.049)
    for n1 in NEWCOMBE_SIZES:
        for n2 in [n for n in NEWCOMBE_SIZES if n >= n1]:
            k1, k2 = np.arange(n1 + 1), np.arange(n2 + 1)
            low, high = newcombe(k1[:, None], n1, k2[None, :], n2)
            for p1 in shares:
                chance1 = stats.binom.pmf(k1, n1, p1)
                for p2 in shares:
                    inside = (low <= p1 - p2) & (p1 - p2 <= high)
                    coverage = chance1 @ inside @ stats.binom.pmf(k2, n2, p2)
                    assert coverage >= 0.92, (n1, n2, p1, p2, coverage)


def test_newcombe_gives_the_intervals_of_the_paper() -> None:
    """Newcombe (1998), table II, method 10: contrasts (a), (b), (d), (f), (h)."""
    published = {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (5, 56, 0, 29): (-0.0381, 0.1926),
        (0, 10, 0, 10): (-0.2775, 0.2775),
        (10, 10, 0, 10): (0.6075, 1.0),
    }
    for counts, (low, high) in published.items():
        assert [float(end) for end in newcombe(*counts)] == pytest.approx([low, high], abs=5e-5)


def test_wilson_gives_the_intervals_of_the_paper() -> None:
    """Newcombe (1998a), table I, score method: 81/263, 15/148, 0/20, 1/29."""
    for k, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert [float(end) for end in wilson(k, n)] == pytest.approx([low, high], abs=5e-5)


@given(st.integers(1, 10_000), st.floats(0.5, 0.9999))
def test_zero_cells_are_never_certain(n: int, confidence: float) -> None:
    low, high = wilson([0, n], [n, n], confidence)
    assert low[0] == 0 and 0 < high[0] < 1
    assert high[1] == 1 and 0 < low[1] < 1
    assert low[1] == pytest.approx(1 - high[0])
    difference = newcombe(0, n, 0, n, confidence)
    assert difference[0] < 0 < difference[1]


@given(st.integers(0, 300), st.integers(1, 300), st.floats(0.5, 0.999))
def test_the_interval_holds_the_rate(k: int, n: int, confidence: float) -> None:
    k = min(k, n)
    low, high = wilson(k, n, confidence)
    assert 0 <= low <= k / n <= high <= 1


def test_nothing_to_count_is_null_and_never_zero() -> None:
    totals = pd.DataFrame(
        {"outcome_n": [0, 4], "outcome_k": [0, 0], "outcome_open": [3, 0]}, index=["A", "B"]
    )
    rates = tier_rates(Tally.of(totals), "customer")
    assert np.isnan(rates.row("A", "rate", "low", "high")).all()
    assert rates.row("A", "n", "open_count") == [0, 3]
    assert rates.at("B", "rate") == 0 and rates.at("B", "high") > 0.4


DEALS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda kn: (min(kn), max(kn))),
    min_size=2,
    max_size=40,
)


@given(DEALS)
def test_design_effect_equals_the_rows(deals: list[tuple[int, int]]) -> None:
    k, n = (np.array(column, float) for column in zip(*deals, strict=True))
    m = int((n > 0).sum())
    effect = float(
        design_effect(k.sum(), n.sum(), kk=(k * k).sum(), kn=(k * n).sum(), nn=(n * n).sum(), customers=m)
    )
    assert effect >= 1
    if m > 1 and 0 < k.sum() < n.sum():
        p = k.sum() / n.sum()
        linear = (k - p * n)[n > 0] / n.sum()
        variance = m / (m - 1) * (linear**2).sum()
        assert effect == pytest.approx(max(1.0, variance / (p * (1 - p) / n.sum())))
    elif n.sum():
        assert effect == pytest.approx(max(1.0, (n * n).sum() / n.sum()))


def test_design_effect_of_one_deal_each_is_none_and_of_copies_is_their_number() -> None:
    won = np.array([1, 0, 0, 1, 0, 0, 0, 1, 0, 0] * 30)

    def effect(copies: int) -> float:
        k, n = won * copies, np.full(len(won), copies)
        return float(
            design_effect(
                k.sum(), n.sum(), kk=(k * k).sum(), kn=(k * n).sum(), nn=(n * n).sum(), customers=len(n)
            )
        )

    assert effect(1) == pytest.approx(1, abs=0.01)
    assert effect(4) == pytest.approx(4, rel=0.01)


def test_one_customer_with_forty_lost_deals_says_as_much_as_one_deal() -> None:
    totals = pd.DataFrame(
        {
            "outcome_n": [40], "outcome_k": [0], "outcome_open": [0], "outcome_customers": [1], "outcome_kk": [0],
            "outcome_kn": [0], "outcome_nn": [1600],
        }
    )  # fmt: skip
    rates = tier_rates(Tally.of(totals), "deal")
    assert rates["effective_n"][0] == 1
    assert rates["high"][0] == pytest.approx(float(wilson(0, 1)[1]))


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=30), st.floats(0.5, 0.99))
def test_t_interval_equals_scipy(values: list[float], confidence: float) -> None:
    x = np.round(values, 2)
    low, high = t_interval(len(x), x.sum(), (x**2).sum(), confidence)
    error = stats.sem(x)
    if error > 1e-3:
        wanted = stats.t.interval(confidence, len(x) - 1, x.mean(), error)
        assert (float(low), float(high)) == pytest.approx(wanted, rel=1e-4, abs=1e-3)


def test_one_value_has_a_mean_and_no_range() -> None:
    low, high = t_interval(1, 5.0, 25.0)
    assert np.isnan(low) and np.isnan(high)


def make_outcomes(count: int = 3000, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = rng.poisson(1.5, count)
    value = np.round(rng.lognormal(7, 2, count) * rng.choice([1, 1, 0, -1], count), 2)
    return pd.DataFrame(
        {
            "n": n,
            "k": rng.binomial(n, 0.4),
            "value_e4": np.rint(value * 1e4).astype(np.int64),
            "open_count": rng.poisson(1, count),
        }
    )


@pytest.mark.parametrize("outcome", ["win_rate", "repurchase", "recorded"])
def test_rates_from_the_ladder_equal_those_from_the_rows(outcome: Outcome) -> None:
    outcomes = make_outcomes()
    scores = pd.Series(np.random.default_rng(4).integers(0, 30, len(outcomes)) * 3.0)
    measures = outcome_measures(outcomes, outcome)
    ladder = Ladder.build(scores, measures.arrays)
    rates = tier_rates(ladder.at([60.0, 30.0]), measures.unit, measures.square_unit)
    tiers = [scores >= 60, (scores < 60) & (scores >= 30), scores < 30]
    for rank, mask in enumerate(tiers):
        rows = outcomes[mask]
        assert rates.row(rank, "k", "n", "open_count") == rows[["k", "n", "open_count"]].sum().tolist()
        assert rates.at(rank, "rate") == rows["k"].sum() / rows["n"].sum()
        shrunk = rates.at(rank, "effective_n")
        assert (shrunk == rows["n"].sum()) if UNITS[outcome] != "deal" else (shrunk <= rows["n"].sum())


def test_money_per_customer_from_the_ladder_equals_that_from_the_rows() -> None:
    """Σx² is kept in whole numbers of a coarser unit: the range must not show it."""
    outcomes = make_outcomes()
    scores = pd.Series(np.random.default_rng(4).integers(0, 30, len(outcomes)) * 3.0)
    measures = outcome_measures(outcomes.assign(n=1), "revenue_per_customer")
    rates = tier_rates(Ladder.build(scores, measures.arrays).at([60.0]), measures.unit, measures.square_unit)
    for rank, mask in enumerate([scores >= 60, scores < 60]):
        value = outcomes.loc[mask, "value_e4"] / 1e4
        assert rates.at(rank, "rate") == pytest.approx(value.mean())
        wanted = stats.t.interval(0.95, len(value) - 1, value.mean(), stats.sem(value))
        assert rates.row(rank, "low", "high") == pytest.approx(wanted, rel=1e-5)
    assert np.isnan(rates["k"]).all()


def test_squares_of_the_largest_amounts_stay_whole_numbers() -> None:
    outcomes = pd.DataFrame({"n": 1, "k": 0, "value_e4": np.full(1000, 10**15), "open_count": 0})
    measures = outcome_measures(outcomes, "revenue_per_customer")
    assert (measures.arrays["outcome_value_squares"] > 0).all()
    ladder = Ladder.build(pd.Series(np.zeros(1000)), measures.arrays)
    rates = tier_rates(ladder.at([]), "money", measures.square_unit)
    assert rates["low"][0] == pytest.approx(1e11, rel=1e-5)
