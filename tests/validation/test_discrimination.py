"""AUC against scikit-learn, its range against DeLong's formula written out and against redrawing, shares by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from segmentation.validation.discrimination import Rungs, area, collapse, concordance, top_weights


def rungs_of(scores: np.ndarray, won: np.ndarray, lost: np.ndarray | None = None) -> Rungs:
    lost = 1.0 - won if lost is None else lost
    return collapse(scores, won, lost, np.zeros(scores.size))


def made(seed: int, count: int = 300, decimals: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    scores = np.round(random.normal(size=count), decimals)
    return scores, (random.random(count) < 1 / (1 + np.exp(-scores))).astype(float)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("decimals", [0, 1, 9])
def test_auc_is_that_of_scikit_learn(seed: int, decimals: int) -> None:
    scores, won = made(seed, decimals=decimals)
    told = area(rungs_of(scores, won), won, 1 - won)
    assert told.value == pytest.approx(roc_auc_score(won, scores), abs=1e-12)
    assert told.low < told.value < told.high


def test_several_cases_of_a_customer_count_as_often() -> None:
    random = np.random.default_rng(3)
    scores, won, lost = random.integers(0, 9, 80).astype(float), random.poisson(1, 80), random.poisson(2, 80)
    told = area(
        rungs_of(scores, won.astype(float), lost.astype(float)), won.astype(float), lost.astype(float)
    )
    labels = np.repeat([1, 0], [won.sum(), lost.sum()])
    repeated = np.concatenate([np.repeat(scores, won), np.repeat(scores, lost)])
    assert told.value == pytest.approx(roc_auc_score(labels, repeated), abs=1e-12)


def delong_by_pairs(scores: np.ndarray, won: np.ndarray) -> float:
    """Standard error after DeLong, DeLong & Clarke-Pearson (1988, eq. 2 to 5), pair by pair."""
    x, y = scores[won == 1], scores[won == 0]
    psi = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
    return float(np.sqrt(psi.mean(axis=1).var(ddof=1) / x.size + psi.mean(axis=0).var(ddof=1) / y.size))


@pytest.mark.parametrize("seed", range(5))
def test_the_range_is_delongs(seed: int) -> None:
    scores, won = made(seed, 120)
    told = area(rungs_of(scores, won), won, 1 - won)
    error = (told.high - told.low) / 2 / 1.959963984540054
    assert error == pytest.approx(delong_by_pairs(scores, won), rel=1e-9)


def test_delong_agrees_with_redrawing_customers() -> None:
    scores, won = made(11, 400)
    told = area(rungs_of(scores, won), won, 1 - won)
    random, drawn = np.random.default_rng(1), []
    for _ in range(600):
        rows = random.integers(0, scores.size, scores.size)
        rungs = rungs_of(scores[rows], won[rows])
        drawn.append(float(np.divide(*concordance(rungs.won, rungs.lost))))
    assert (told.high - told.low) / 2 / 1.96 == pytest.approx(np.std(drawn), rel=0.1)


def test_customers_who_hold_many_cases_widen_the_range() -> None:
    """The same cases said by a tenth of the customers say less (Obuchowski 1997)."""
    scores, won = made(4, 60)
    single = area(
        rungs_of(np.repeat(scores, 10), np.repeat(won, 10)), np.repeat(won, 10), 1 - np.repeat(won, 10)
    )
    held = area(rungs_of(scores, 10 * won, 10 * (1 - won)), 10 * won, 10 * (1 - won))
    assert held.value == pytest.approx(single.value)
    assert held.high - held.low > 3 * (single.high - single.low)


def test_a_perfect_order_of_few_is_not_certain() -> None:
    won = np.array([1.0, 1, 1, 0, 0, 0, 0])
    told = area(rungs_of(np.arange(7.0)[::-1], won), won, 1 - won)
    assert told.value == told.high == 1.0 and 0.3 < told.low < 0.6
    turned = area(rungs_of(np.arange(7.0), won), won, 1 - won)
    assert turned.value == turned.low == 0.0 and turned.high == pytest.approx(1 - told.low)


def test_a_perfect_order_of_many_cases_of_few_customers_is_not_certain_either() -> None:
    won, lost = np.array([50.0, 50, 0, 0]), np.array([0.0, 0, 60, 40])
    told = area(rungs_of(np.arange(4.0)[::-1], won, lost), won, lost)
    single = np.array([1.0, 1, 0, 0])
    assert told.value == 1.0 and told.low < 0.5
    assert told.low == pytest.approx(
        area(rungs_of(np.arange(4.0)[::-1], single), single, 1 - single).low, abs=0.01
    )


def test_nothing_to_compare_is_unknown() -> None:
    won = np.ones(5)
    assert not area(rungs_of(np.arange(5.0), won), won, 1 - won).is_known
    above, pairs = concordance(np.zeros((3, 0)), np.zeros((3, 0)))
    assert above.shape == pairs.shape == (3,) and not pairs.any()


def test_a_tier_is_as_large_as_asked_whatever_the_ties() -> None:
    customers = np.array([5.0, 30.0, 65.0])
    weights = top_weights(customers, 0.1)
    assert weights.tolist() == [1.0, 5 / 30, 0.0]
    assert (weights * customers).sum() == pytest.approx(10)
    assert top_weights(customers, 1.0).tolist() == [1.0, 1.0, 1.0]
    assert (top_weights(np.array([[2.0, 0, 2], [0, 4, 0]]), 0.5) == [[1, 0, 0], [0, 0.5, 0]]).all()


def test_customers_who_hold_cases_of_both_kinds_agree_with_redrawing_too() -> None:
    """What a customer wins and what it loses hang together (S11 of Obuchowski 1997)."""
    random = np.random.default_rng(5)
    held = random.integers(1, 9, 300)
    scores = random.normal(size=300)
    won = random.binomial(held, 1 / (1 + np.exp(-scores))).astype(float)
    lost, drawn = held - won, []
    told = area(rungs_of(scores, won, lost), won, lost)
    for _ in range(1_000):
        rows = random.integers(0, 300, 300)
        rungs = rungs_of(scores[rows], won[rows], lost[rows])
        drawn.append(float(np.divide(*concordance(rungs.won, rungs.lost))))
    assert (told.high - told.low) / 2 / 1.96 == pytest.approx(np.std(drawn), rel=0.08)
