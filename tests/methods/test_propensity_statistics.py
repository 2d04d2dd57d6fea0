"""The statistics under propensity against independent ones: scikit-learn, numerical curvature, simulation."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from segmentation.methods.propensity_model.calibration import cross_corrected, fit_correction, reliability
from segmentation.methods.propensity_model.ranking import area_difference, area_under_curve
from segmentation.methods.propensity_model.regression import fit_logistic, probability

LONG = os.environ.get("TIERBOARD_LONG") == "1"


def problem(seed: int = 0, rows: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(design, wins, trials) of three columns and an intercept."""
    random = np.random.default_rng(seed)
    design = np.column_stack([np.ones(rows), random.normal(size=(rows, 3))])
    trials = random.integers(1, 5, rows).astype(float)
    wins = random.binomial(trials.astype(int), probability(design @ [-0.7, 0.9, -0.4, 0.0])).astype(float)
    return design, wins, trials


@pytest.mark.parametrize("penalty", [0.5, 1.0, 20.0])
def test_coefficients_are_those_of_scikit_learn(penalty: float) -> None:
    design, wins, trials = problem()
    found = fit_logistic(design, wins, trials, np.array([0, penalty, penalty, penalty])).coefficients
    peer = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=10_000, solver="newton-cholesky")
    twice = np.vstack([design[:, 1:], design[:, 1:]])
    peer.fit(twice, np.repeat([1, 0], len(design)), sample_weight=np.append(wins, trials - wins))
    assert found == pytest.approx([peer.intercept_[0], *peer.coef_[0]], abs=1e-6)


def test_standard_errors_are_the_curvature_of_the_penalised_likelihood() -> None:
    design, wins, trials = problem(1)
    penalty = np.array([0.0, 2.0, 2.0, 2.0])
    fit = fit_logistic(design, wins, trials, penalty)

    def loss(beta: np.ndarray) -> float:
        margin = design @ beta
        return float(np.sum(trials * np.log1p(np.exp(margin)) - wins * margin) + penalty @ beta**2 / 2)

    step = 1e-4 * np.eye(4)
    curvature = [
        [
            sum(s * r * loss(fit.coefficients + s * step[i] + r * step[j]) for s in (1, -1) for r in (1, -1))
            / 4e-8
            for j in range(4)
        ]
        for i in range(4)
    ]
    assert fit.errors == pytest.approx(np.sqrt(np.diag(np.linalg.inv(curvature))), rel=1e-4)


def test_rows_that_go_together_widen_the_intervals_and_lone_ones_hardly_do() -> None:
    design, wins, trials = problem(2, rows=600)
    penalty = np.array([0.0, 1.0, 1.0, 1.0])
    alone = fit_logistic(design, wins, trials, penalty)
    apart = fit_logistic(design, wins, trials, penalty, np.arange(600))
    assert apart.errors == pytest.approx(alone.errors, rel=0.12)
    fourfold = [np.repeat(part, 4, axis=0) for part in (design, wins, trials)]
    together = fit_logistic(*fourfold, penalty, np.repeat(np.arange(600), 4))  # type: ignore[arg-type]
    naive = fit_logistic(*fourfold, penalty)  # type: ignore[arg-type]
    assert together.errors / naive.errors == pytest.approx(np.full(4, 2.0), rel=0.12)


def test_a_level_that_always_wins_stays_finite() -> None:
    is_sure = np.arange(100) < 30
    wins = np.where(is_sure, 1, np.arange(100) % 2).astype(float)
    design = np.column_stack([np.ones(100), is_sure])
    fit = fit_logistic(design, wins, np.ones(100), np.array([0.0, 1.0]))
    assert 1 < fit.coefficients[1] < 5 and np.isfinite(fit.errors).all()


def test_the_area_is_that_of_scikit_learn_ties_included() -> None:
    random = np.random.default_rng(4)
    for _ in range(20):
        scores, won = random.integers(0, 8, 60).astype(float), (random.random(60) < 0.4).astype(float)
        assert area_under_curve(scores, won, np.ones(60)).area == pytest.approx(roc_auc_score(won, scores))
    wins, trials = random.binomial(3, 0.3, 60).astype(float), np.full(60, 3.0)
    repeated = np.repeat(scores, 3)
    outcomes = np.concatenate([np.arange(3) < won for won in wins])
    assert area_under_curve(scores, wins, trials).area == pytest.approx(roc_auc_score(outcomes, repeated))


def test_the_variance_is_the_published_one() -> None:
    """DeLong et al. (1988), spelled out: S10/m + S01/n of the placement values."""
    random = np.random.default_rng(5)
    won = np.arange(80) < 30
    one, other = random.normal(won * 1.0), random.normal(won * 0.8)

    def placements(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        above = (scores[won][:, None] > scores[~won]) + 0.5 * (scores[won][:, None] == scores[~won])
        return above.mean(axis=1), above.mean(axis=0)

    first, second = placements(one), placements(other)
    covariance = np.cov(first[0], second[0]) / 30 + np.cov(first[1], second[1]) / 50
    found = area_under_curve(one, won.astype(float), np.ones(80))
    error = np.sqrt(covariance[0, 0]) / (found.area * (1 - found.area))
    middle = np.log(found.area / (1 - found.area))
    assert found.low == pytest.approx(1 / (1 + np.exp(1.959964 * error - middle)), abs=1e-7)
    difference, low, high = area_difference(one, other, won.astype(float), np.ones(80))
    spread = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert (high - low) / 2 == pytest.approx(1.959964 * spread, rel=1e-6)
    assert difference == pytest.approx(first[0].mean() - second[0].mean())


@pytest.mark.parametrize(("shift", "truth"), [(0.0, 0.5), (1.0, 0.760250), (2.0, 0.921350)])
def test_intervals_of_the_area_cover_it(shift: float, truth: float) -> None:
    """Normal scores a `shift` apart: the area is Φ(shift / √2)."""
    random, worlds = np.random.default_rng(6), 4_000 if LONG else 600
    held = 0
    for _ in range(worlds):
        won = np.arange(150) < 40
        found = area_under_curve(random.normal(won * shift), won.astype(float), np.ones(150))
        held += found.low <= truth <= found.high
    assert 0.93 <= held / worlds <= 0.98


def test_intervals_of_repeated_customers_cover_too() -> None:
    """Four identical rows of each customer: without clusters the interval would be half as wide and cover 67 %."""
    random, held = np.random.default_rng(7), 0
    for _ in range(400):
        won = np.repeat(np.arange(120) < 40, 4).astype(float)
        scores = np.repeat(random.normal(size=120), 4)
        found = area_under_curve(scores, won, np.ones(480), np.repeat(np.arange(120), 4))
        held += found.low <= 0.5 <= found.high
    assert held / 400 >= 0.92


def test_a_perfect_order_still_has_an_open_end() -> None:
    won = np.arange(40) < 10
    found = area_under_curve(won.astype(float), won.astype(float), np.ones(40))
    assert found.area == 1 and found.low == pytest.approx(0.025 ** (1 / 10)) and found.high == 1
    assert np.isnan(area_under_curve(np.arange(4.0), np.zeros(4), np.ones(4)).area)


def test_the_correction_finds_what_was_bent_and_is_not_taken_for_noise() -> None:
    random = np.random.default_rng(8)
    true = random.normal(size=6_000)
    wins = (random.random(6_000) < probability(true)).astype(float)
    half = random.random(6_000) < 0.5
    overconfident = 1.0 + 2.5 * true
    shift, slope = fit_correction(overconfident, wins, np.ones(6_000))
    assert (shift, slope) == pytest.approx((-0.4, 0.4), abs=0.07)
    corrected, is_earned = cross_corrected(overconfident, wins, np.ones(6_000), half)
    assert is_earned and np.abs(corrected - true).mean() < 0.1
    assert not cross_corrected(true, wins, np.ones(6_000), half)[1]
    backwards = cross_corrected(-true, wins, np.ones(6_000), half)
    assert not backwards[1]


def test_reliability_adds_up_and_keeps_equal_probabilities_together() -> None:
    random = np.random.default_rng(9)
    margin = np.round(random.normal(size=3_000), 1)
    wins = (random.random(3_000) < probability(margin)).astype(float)
    table = reliability(margin, wins, np.ones(3_000))
    assert (table["count"].sum(), table["k"].sum()) == (3_000, wins.sum())
    assert table["predicted"].is_monotonic_increasing and len(table) == 10
    inside = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    assert inside.sum() >= 8
    same = reliability(np.zeros(100), np.ones(100), np.ones(100))
    assert len(same) == 1 and same["count"].tolist() == [100]
    pd.testing.assert_frame_equal(table, reliability(margin[::-1], wins[::-1], np.ones(3_000)))
