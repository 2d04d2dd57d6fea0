"""The best-looking line against chance, and its plateau: on data without any relation, and on planted ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from segmentation.cutpoints import FEWEST_CUSTOMERS, Cutpoint, find_cutpoint
from segmentation.ladder import Ladder
from segmentation.rates import outcome_measures
from segmentation.schemes import Outcome

OUTCOMES: tuple[Outcome, ...] = ("repurchase", "win_rate", "revenue_per_customer")
NULL_SETS, MOST_YES = 200, 18  # 18 of 200: what a level of 5 % exceeds once in a hundred


def happen(outcome: Outcome, rates: NDArray[np.float64], draws: np.random.Generator) -> pd.DataFrame:
    """What happened to each customer, whose chance of it is its rate."""
    size = len(rates)
    n = draws.poisson(1.2, size) if outcome == "win_rate" else np.ones(size, np.int64)
    values = np.where(draws.random(size) < rates, np.exp(draws.normal(8, 1.5, size)), 0.0)
    columns = {
        "n": n,
        "k": draws.binomial(n, rates),
        "open_count": 0,
        "value_e4": (values * 1e4).astype(np.int64),
    }
    return pd.DataFrame(columns)


def rank(
    scores: NDArray[np.float64], outcomes: pd.DataFrame, outcome: Outcome, seed: object
) -> tuple[Ladder, Cutpoint]:
    measures = outcome_measures(outcomes, outcome)
    ladder = Ladder.build(pd.Series(scores), measures.arrays)
    found = find_cutpoint(ladder, measures.unit, seed)
    assert found is not None
    return ladder, found


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_without_any_relation_few_data_sets_beat_chance(outcome: Outcome) -> None:
    yes = 0
    for seed in range(NULL_SETS):
        draws = np.random.default_rng(seed)
        scores = np.round(draws.uniform(0, 100, 400), seed % 2)
        own = draws.beta(2, 6, 400)
        yes += rank(scores, happen(outcome, own, draws), outcome, seed)[1].beats_chance
    assert yes <= MOST_YES, f"{yes} of {NULL_SETS} beat chance"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_planted_relation_beats_chance_and_its_reverse_is_told(outcome: Outcome) -> None:
    draws = np.random.default_rng(5)
    scores = draws.uniform(0, 100, 1_000)
    happened = happen(outcome, np.where(scores > 70, 0.5, 0.1), draws)
    found = rank(scores, happened, outcome, 5)[1]
    assert found.beats_chance and not found.is_reversed
    turned = rank(100 - scores, happened, outcome, 5)[1]
    assert turned.beats_chance and turned.is_reversed


SHAPES = {
    "smooth": lambda scores: 0.05 + 0.5 / (1 + np.exp(-(scores - 60) / 12)),
    "step": lambda scores: np.where(scores >= 70, 0.45, 0.15),
    "straight": lambda scores: 0.1 + 0.004 * scores,
    "late": lambda scores: 0.1 + 0.6 * (scores / 100) ** 4,
}


def truly_best(ladder: Ladder, scores: NDArray[np.float64], rates: NDArray[np.float64]) -> int:
    """Rungs above the line whose split is the largest for the rates themselves, not for what happened to come out."""
    above = ladder.totals["customers"][1:]
    size = len(scores)
    expected = np.cumsum(rates[np.argsort(-scores, kind="stable")])[above - 1] - rates.mean() * above
    spread = np.sqrt(above * (size - above) / size + 1e-12)
    fewest = max(FEWEST_CUSTOMERS, 0.05 * size)
    is_eligible = (above >= fewest) & (size - above >= fewest)
    return int(np.flatnonzero(is_eligible)[np.argmax((expected / spread)[is_eligible])]) + 1


def test_the_plateau_holds_the_truly_best_line() -> None:
    held: list[bool] = []
    for shape in SHAPES.values():
        for size in (300, 1_500):
            for seed in range(50):
                draws = np.random.default_rng(1_000 * size + seed)
                scores = np.round(draws.uniform(0, 100, size), 2 * (seed % 2))
                rates = shape(scores)
                ladder, found = rank(scores, happen("repurchase", rates, draws), "repurchase", seed)
                held.append(found.high <= truly_best(ladder, scores, rates) <= found.low)
    assert np.mean(held) >= 0.92, f"{np.mean(held):.3f} of {len(held)}"


def test_a_clear_step_has_a_narrow_plateau() -> None:
    """Without this, a plateau over everything would pass the test above."""
    draws = np.random.default_rng(3)
    scores = draws.uniform(0, 100, 5_000)
    rates = np.where(scores >= 70, 0.45, 0.15)
    ladder, found = rank(scores, happen("repurchase", rates, draws), "repurchase", 3)
    lows = ladder.scores[found.low - 1], ladder.scores[found.high - 1]
    assert 66 < lows[0] <= lows[1] < 74


def test_equal_seeds_give_equal_answers_and_rows_may_come_in_any_order() -> None:
    draws = np.random.default_rng(8)
    scores = np.round(draws.uniform(0, 100, 500))
    happened = happen("win_rate", scores / 200, draws)
    order = draws.permutation(500)
    mixed = rank(scores[order], happened.iloc[order].reset_index(drop=True), "win_rate", "a")[1]
    assert mixed == rank(scores, happened, "win_rate", "a")[1]


@pytest.mark.parametrize("size, chance", [(59, 0.5), (500, 0.0), (500, 1.0), (0, 0.5)])
def test_too_few_or_all_alike_is_no_statement(size: int, chance: float) -> None:
    draws = np.random.default_rng(1)
    measures = outcome_measures(happen("repurchase", np.full(size, chance), draws), "repurchase")
    ladder = Ladder.build(pd.Series(draws.uniform(0, 100, size)), measures.arrays)
    assert find_cutpoint(ladder, measures.unit, 1) is None


def test_equal_scores_of_everybody_leave_no_line() -> None:
    measures = outcome_measures(
        happen("repurchase", np.full(300, 0.3), np.random.default_rng(1)), "repurchase"
    )
    assert (
        find_cutpoint(Ladder.build(pd.Series(np.full(300, 50.0)), measures.arrays), measures.unit, 1) is None
    )
