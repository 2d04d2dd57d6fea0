"""More groups than results can tell apart: random labels find nothing, planted differences are found."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segmentation.fragmentation import Fragmentation, effective_count, judge_groups, measure_fragmentation
from segmentation.outcomes import build_outcomes
from segmentation.rates import outcome_measures
from segmentation.schemes import Outcome, Scheme
from segmentation.standing import measure_outcomes, stand_for_outcome
from segmentation.tally import Tally
from segmentation.validation.significance import holm
from tests.sample_books import sample_book

MOST_OF_200 = 18  # 200 null worlds at 5 %: more than 18 happen in one run of a hundred and fifty


def judge(labels: np.ndarray, outcomes: pd.DataFrame, outcome: Outcome = "repurchase") -> Fragmentation:
    """Groups named by number, −1 is in none, their sums added up the plain way."""
    measured = outcome_measures(outcomes, outcome)
    names = sorted(set(labels) - {-1})
    sums = {
        name: np.array([values[labels == one].sum() for one in names])
        for name, values in measured.arrays.items()
    }
    sums["customers"] = np.array([(labels == one).sum() for one in names])
    return judge_groups(Tally(tuple(f"g{one}" for one in names), sums), outcome, measured.square_unit)


def yes_or_no(chances: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    k = (rng.random(len(chances)) < chances).astype(int)
    return pd.DataFrame({"n": 1, "k": k, "value_e4": 0, "open_count": 0})


def spent(means: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    money = np.rint(rng.gamma(0.7, means / 0.7) * 1e4).astype(np.int64)
    return pd.DataFrame({"n": 1, "k": 0, "value_e4": money, "open_count": 0})


@pytest.mark.parametrize("outcome", ["repurchase", "revenue_per_customer"])
def test_random_labels_are_told_apart_no_more_often_than_chance_allows(outcome: Outcome) -> None:
    found = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        labels = rng.choice(9, size=600, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05])
        outcomes = (
            yes_or_no(np.full(600, 0.3), rng) if outcome == "repurchase" else spent(np.full(600, 900.0), rng)
        )
        told = judge(labels, outcomes, outcome)
        found += told.finding == "differ"
        assert told.finding == "differ" or (len(told.merged) == 1 and not told.apart)
    assert found <= MOST_OF_200


@pytest.mark.parametrize("outcome", ["repurchase", "revenue_per_customer"])
def test_two_kinds_of_customers_in_six_groups_are_left_as_two(outcome: Outcome) -> None:
    right = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        labels = np.repeat(np.arange(6), 400)
        is_good = labels < 3
        made = (
            yes_or_no(np.where(is_good, 0.5, 0.2), rng)
            if outcome == "repurchase"
            else spent(np.where(is_good, 1500.0, 400.0), rng)
        )
        told = judge(labels, made, outcome)
        assert told.finding == "differ"
        right += [set(group) for group in told.merged] == [{"g0", "g1", "g2"}, {"g3", "g4", "g5"}]
        across = {(f"g{one}", f"g{other}") for one in range(3) for other in range(3, 6)}
        assert across <= set(told.apart)
    assert right >= 34  # LEVEL is spent once more on the pairs within a kind


def test_the_groups_that_are_left_hold_everybody_once() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 8, 3_000)
    told = judge(labels, yes_or_no(np.array([0.1, 0.1, 0.3, 0.3, 0.31, 0.6, 0.6, 0.9])[labels], rng))
    assert sorted(name for group in told.merged for name in group) == sorted(told.names)
    rates = [np.mean([told.groups.at(name, "rate") for name in group]) for group in told.merged]
    assert rates == sorted(rates, reverse=True)


def test_the_chance_is_that_of_a_chi_square_test_and_of_kruskal_and_wallis() -> None:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 4, 2_000)
    outcomes = yes_or_no(np.array([0.30, 0.32, 0.34, 0.36])[labels], rng)
    table = pd.crosstab(labels, outcomes["k"]).to_numpy()
    assert judge(labels, outcomes).chance == pytest.approx(stats.chi2_contingency(table).pvalue, abs=0.03)
    three = rng.integers(0, 3, 500)
    money = spent(np.array([1000.0, 1150.0, 900.0])[three], rng)
    money.loc[:150, "value_e4"] = 0  # many are tied
    samples = [money["value_e4"][three == one] for one in range(3)]
    told = judge(three, money, "revenue_per_customer")
    assert told.chance == pytest.approx(stats.kruskal(*samples).pvalue, rel=1e-6)


def test_how_many_groups_there_are_in_effect() -> None:
    assert effective_count(np.full(4, 0.25)) == pytest.approx(4)
    assert effective_count(np.array([0.5, 0.25, 0.25, 0.0])) == pytest.approx(2**1.5)
    assert effective_count(np.zeros(3)) == 0


def test_groups_too_small_to_judge_say_so_and_are_never_put_together() -> None:
    outcomes = yes_or_no(np.full(39, 0.5), np.random.default_rng(1))
    told = judge(np.repeat([0, 1, 2, 3], [30, 4, 3, 2]), outcomes)
    assert told.finding == "too_few" and not told.merged and not told.apart
    assert np.isnan(told.chance) and told.pair_count == 6


def test_nobody_won_is_no_difference() -> None:
    outcomes = yes_or_no(np.zeros(300), np.random.default_rng(1))
    told = judge(np.repeat([0, 1, 2], 100), outcomes)
    assert told.finding == "chance" and told.chance == 1


def test_customers_in_no_group_hide_no_difference_between_those_in_one() -> None:
    """Ranks are centred over everybody known; who is not rated has bought next to nothing."""
    rng = np.random.default_rng(6)
    labels, money = np.repeat([0, 1, 2], 100), spent(np.repeat([500.0, 1500.0, 500.0], 100), rng)
    alone = judge(labels, money, "revenue_per_customer")
    nothing = pd.DataFrame({"n": 1, "k": 0, "value_e4": 0, "open_count": 0}, index=range(600))
    beside = judge(np.append(labels, np.full(600, -1)), pd.concat([money, nothing]), "revenue_per_customer")
    assert alone.apart == beside.apart == (("g0", "g1"), ("g1", "g2"))
    assert beside.chance == pytest.approx(alone.chance)
    assert [set(group) for group in beside.merged] == [{"g1"}, {"g0", "g2"}]


@pytest.mark.parametrize("count", [100, 333, 3_337])
def test_groups_that_all_bought_nothing_do_not_differ_whatever_a_small_one_did(count: int) -> None:
    labels = np.append(np.arange(count) % 3, np.full(5, 3))
    value = np.append(np.zeros(count, int), 10**7 * np.arange(1, 6))
    money = pd.DataFrame({"n": 1, "k": 0, "value_e4": value, "open_count": 0})
    told = judge(labels, money, "revenue_per_customer")
    assert (told.finding, told.chance, told.apart) == ("chance", 1.0, ())


def deals_of(chances: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """One to nine deals of each customer, won or lost all together: they say no more than one."""
    n = rng.integers(1, 10, len(chances))
    k = n * (rng.random(len(chances)) < chances)
    return pd.DataFrame({"n": n, "k": k, "value_e4": 0, "open_count": 0})


def test_deals_of_one_customer_are_not_so_many_differences() -> None:
    found, gaps = 0, []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        told = judge(rng.integers(0, 6, 300), deals_of(np.full(300, 0.4), rng), "win_rate")
        found += told.finding == "differ"
        n, won = told.groups["effective_n"], told.groups["rate"] * told.groups["effective_n"]
        gaps.append(told.chance - stats.chi2_contingency(np.array([won, n - won])).pvalue)
    assert found <= MOST_OF_200
    assert np.abs(gaps).mean() < 0.04, "that of a chi-square test on as many cases as the deals are worth"


@pytest.mark.parametrize("outcome", ["repurchase", "win_rate"])
def test_pairs_are_told_apart_by_holms_steps(outcome: Outcome) -> None:
    """Pooled z of every pair, worked out apart from the code; the steps are those of the scoreboard's Holm."""
    steps_mattered = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 5, 500)
        likely = np.array([0.2, 0.3, 0.4, 0.5, 0.6])[labels]
        told = judge(labels, (yes_or_no if outcome == "repurchase" else deals_of)(likely, rng), outcome)
        rate, n = (dict(zip(told.names, told.groups[name], strict=True)) for name in ("rate", "effective_n"))
        pairs, chances = list(combinations(told.names, 2)), []
        for one, other in pairs:
            pooled = (rate[one] * n[one] + rate[other] * n[other]) / (n[one] + n[other])
            z = (rate[one] - rate[other]) / np.sqrt(pooled * (1 - pooled) * (1 / n[one] + 1 / n[other]))
            chances.append(float(2 * stats.norm.sf(abs(z))))
        wanted = {pair for pair, chance in zip(pairs, holm(chances), strict=True) if chance <= 0.05}
        assert set(told.apart) == (wanted if told.finding == "differ" else set())
        steps_mattered += wanted != {p for p, chance in zip(pairs, chances, strict=True) if chance <= 0.005}
    assert steps_mattered > 2


def test_the_groups_of_a_standing_are_its_segments_with_what_followed() -> None:
    scheme = Scheme(method="rfm", outcome="repurchase", outcome_days=90)
    book, on = sample_book(), dt.date(2026, 7, 31)
    checked = stand_for_outcome(book, scheme, on)
    measured = measure_outcomes(book, scheme, on, checked.features.index)
    told = measure_fragmentation(checked, scheme.outcome, measured)
    segments = checked.scored.segments
    assert told is not None and segments is not None and len(segments) < checked.population
    outcomes = build_outcomes(book, scheme.outcome, on, 90).reindex(segments.index)
    wanted = outcomes.groupby(segments.astype(str))[["k", "n"]].sum()
    assert list(told.groups["customers"]) == sorted(segments.value_counts(), reverse=True)
    for name in told.names:
        assert [told.groups.at(name, "k"), told.groups.at(name, "n")] == wanted.loc[name].tolist()
