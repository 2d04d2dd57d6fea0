"""Does the range of draft against published hold the truth as often as it says? Simulated companies with a known one.

A customer's outcome depends on a quality nobody sees; either scheme's score is that quality with noise of its own, cut
at fixed points. Two truths, and the ranges of all tiers together (95 % by their level) must hold either: the difference
of the expected rates of the two tiers in *all companies like this one*, and among *the customers there are*, each with
the chance it has. TIERBOARD_LONG=1 draws more companies, of more sizes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from segmentation.ladder import Ladder
from segmentation.paired import MEASURES, Pairing, compare_results
from segmentation.rates import UNITS, outcome_measures
from segmentation.schemes import Outcome

Floats = NDArray[np.float64]
IS_LONG = os.environ.get("TIERBOARD_LONG") == "1"
COMPANIES = 1_000 if IS_LONG else 300
NAMES = ("A", "B", "C")
OURS, THEIRS = (1.1, 0.1), (1.5, 0.2)  # lines in standard deviations, and the noise of either score
OUR_NOISE, THEIR_NOISE = 0.5, 1.2
LEAST = 0.92
PURCHASE = 1_000.0


@dataclass(frozen=True)
class Company:
    """Customers by place (3 = none) under either scheme, the chance of each, and what came of it."""

    scores: Floats
    places: tuple[NDArray[np.int64], NDArray[np.int64]]
    chance: Floats
    n: NDArray[np.int64]
    k: NDArray[np.int64]
    value: Floats


def draw_company(outcome: Outcome, base: float, size: int, random: np.random.Generator) -> Company:
    quality = random.normal(size=size)
    scores = [quality + noise * random.normal(size=size) for noise in (OUR_NOISE, THEIR_NOISE)]
    places = [
        np.sum([score < line for line in lines], axis=0)
        for score, lines in zip(scores, (OURS, THEIRS), strict=True)
    ]
    chance = 1 / (1 + np.exp(-(np.log(base / (1 - base)) + 0.9 * quality)))
    n, value = np.ones(size, dtype=np.int64), np.zeros(size)
    k = (random.random(size) < chance).astype(np.int64)
    if outcome == "win_rate":  # none to many deals, and a customer who says yes once says yes again
        n = random.geometric(0.3, size) - 1
        k = random.binomial(n, random.beta(4 * chance, 4 * (1 - chance)))
    if outcome == "revenue_per_customer":  # few large orders carry the sum
        bought = random.random(size) < 0.6
        value = np.where(bought, PURCHASE * chance / 0.6 * random.lognormal(-0.5, 1.0, size), 0.0)
    return Company(scores[0], (places[0], places[1]), chance, n, k, value)


def expected(company: Company, outcome: Outcome) -> Floats:
    """Our tier's expected rate minus theirs, tier by tier; null where either has nobody."""
    per_customer = company.chance * (PURCHASE if outcome == "revenue_per_customer" else company.n)
    rates = [
        [
            np.divide(per_customer[at == place].sum(), company.n[at == place].sum())
            for place in range(len(NAMES))
        ]
        for at in company.places
    ]
    return np.array(rates[0]) - np.array(rates[1])


def pair_company(company: Company, outcome: Outcome) -> Pairing:
    columns: dict[str, Any] = {"n": company.n, "k": company.k, "open_count": 0}
    columns["value_e4"] = np.rint(company.value * 1e4).astype(np.int64)
    measured = outcome_measures(pd.DataFrame(columns), outcome)
    split = {
        f"{name}@{place}": np.where(company.places[1] == place, measured.arrays[f"outcome_{name}"], 0)
        for name in MEASURES[UNITS[outcome]]
        for place in range(len(NAMES) + 1)
    }
    ladder = Ladder.build(pd.Series(company.scores), split)
    return Pairing(ladder, dict.fromkeys(split, 0), len(NAMES) + 1, measured.unit, measured.square_unit)


def count_covered(outcome: Outcome, base: float, size: int, seed: int) -> tuple[Floats, int]:
    """Share of companies whose ranges all hold the truth of all companies and the company's own, and how many had a
    tier that was not too small to judge."""
    random = np.random.default_rng(seed)
    everywhere = expected(draw_company(outcome, base, 1_000_000, random), outcome)
    held = []
    for number in range(COMPANIES):
        company = draw_company(outcome, base, size, random)
        told = compare_results(pair_company(company, outcome), OURS, NAMES, seed, number)
        judged = [place for place, found in enumerate(told) if found.code != "too_few"]
        truths = everywhere, expected(company, outcome)
        if judged:
            held.append(
                [all(told[at].low <= truth[at] <= told[at].high for at in judged) for truth in truths]
            )
    return np.array(held).mean(axis=0), len(held)


WORLDS: list[tuple[Outcome, float, int]] = [
    ("repurchase", 0.3, 100),
    ("repurchase", 0.05, 100),
    ("win_rate", 0.3, 150),
    ("win_rate", 0.05, 100),
    ("revenue_per_customer", 0.05, 100),
]
if IS_LONG:
    OUTCOMES: tuple[Outcome, ...] = ("repurchase", "win_rate", "revenue_per_customer")
    WORLDS = [
        (outcome, base, size)
        for outcome in OUTCOMES
        for base in (0.02, 0.05, 0.3, 0.7)
        for size in (60, 150, 600)
    ]


@pytest.mark.parametrize(("outcome", "base", "size"), WORLDS)
def test_the_ranges_of_all_tiers_hold_the_truth(outcome: Outcome, base: float, size: int) -> None:
    covered, companies = count_covered(outcome, base, size, seed=17)
    assert companies > COMPANIES / 2, "too few companies could be judged at all"
    assert covered.min() >= LEAST, covered


def test_nothing_of_few_against_nothing_of_few_still_has_a_range() -> None:
    """None of 15 against none of 18 says little, not that both are alike to the point."""
    random = np.random.default_rng(3)
    company = draw_company("repurchase", 0.3, 60, random)
    nothing = Company(company.scores, company.places, company.chance, company.n, 0 * company.k, company.value)
    for told in compare_results(pair_company(nothing, "repurchase"), OURS, NAMES, 1):
        assert told.difference == 0 and told.low < -0.02 and told.high > 0.02
