"""The paired bootstrap from cells against one that really redraws customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation.ladder import Ladder
from segmentation.outcomes import build_outcomes
from segmentation.paired import MEASURES, Pairing, compare_results, pair
from segmentation.rates import outcome_measures
from segmentation.rosters import Roster
from segmentation.schemes import Outcome, Scheme, TierPolicy
from segmentation.store import Book
from segmentation.tuning import Evaluation, draw_lines, prepare
from tests.test_tuning import frames
from tests.worlds import make_book

NAMES = ("A", "B", "C")
OUTCOMES: tuple[Outcome, ...] = ("repurchase", "win_rate", "revenue_per_customer")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(tmp_path_factory.mktemp("paired"), **frames(4, 900))


def schemes(outcome: Outcome) -> tuple[Scheme, Scheme]:
    ours = Scheme(policy=TierPolicy(NAMES, "customers", (0.3, 0.6)), outcome=outcome, outcome_days=180)
    return ours, ours.changed(
        method="abc", method_params={}, policy=TierPolicy(NAMES, "customers", (0.2, 0.5))
    )


def paired(book: Book, ours: Scheme, theirs: Scheme) -> tuple[Pairing, Evaluation, Evaluation]:
    assert book.data_through_on is not None
    bases = [prepare(book, scheme, book.data_through_on) for scheme in (ours, theirs)]
    drawn = [draw_lines(base, scheme) for base, scheme in zip(bases, (ours, theirs), strict=True)]
    found = pair(book, *bases, ours, drawn[1])
    assert found is not None
    return found, *drawn


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_rates_are_those_of_the_two_evaluations(book: Book, outcome: Outcome) -> None:
    found, ours, theirs = paired(book, *schemes(outcome))
    for told in compare_results(found, ours.check_cuts, NAMES, 1):
        assert told.ours == pytest.approx(ours.rates.at(told.tier, "rate"))
        assert told.theirs == pytest.approx(theirs.rates.at(told.tier, "rate"))
        assert told.ns == (ours.rates.at(told.tier, "n"), theirs.rates.at(told.tier, "n"))
        assert told.low <= told.difference <= told.high


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_range_is_that_of_redrawing_customers(book: Book, outcome: Outcome) -> None:
    ours, theirs = schemes(outcome)
    found, first, second = paired(book, ours, theirs)
    assert book.data_through_on is not None and first.replayed_on is not None
    places = []
    for scheme, drawn in ((ours, first), (theirs, second)):
        checked = prepare(book, scheme, book.data_through_on).checked
        assert checked is not None
        places.append(Roster.of(checked).place(drawn.check_cuts))
    outcomes = build_outcomes(book, outcome, first.replayed_on, ours.outcome_days).reindex(
        checked.features.index
    )
    part = outcomes["value_e4"] / 1e4 if outcome == "revenue_per_customer" else outcomes["k"]
    frame = pd.DataFrame({"part": part.fillna(0), "n": outcomes["n"].fillna(0)}).to_numpy(float)
    draws, differences = np.random.default_rng(9), []
    for _ in range(1_500):
        rows = draws.integers(0, len(frame), len(frame))
        sums = [np.array([frame[rows[at[rows] == place]].sum(axis=0) for place in range(3)]) for at in places]
        differences.append(sums[0][:, 0] / sums[0][:, 1] - sums[1][:, 0] / sums[1][:, 1])
    expected = np.quantile(differences, [0.05 / 6, 1 - 0.05 / 6], axis=0)
    for place, told in enumerate(compare_results(found, first.check_cuts, NAMES, 2)):
        width = expected[1, place] - expected[0, place]
        assert abs(told.low - expected[0, place]) < 0.2 * width
        assert abs(told.high - expected[1, place]) < 0.2 * width


def test_customers_with_many_deals_count_as_one_each() -> None:
    """All of a customer's deals won or all lost: won and closed deals then rise and fall together."""
    draws, size = np.random.default_rng(2), 600
    n = draws.geometric(0.25, size)
    k = np.where(draws.random(size) < 0.5, n, 0)
    scores, theirs = draws.uniform(0, 100, size), draws.integers(0, 2, size)
    measures = outcome_measures(pd.DataFrame({"n": n, "k": k, "open_count": 0}), "win_rate").arrays
    split = {
        f"{name}@{place}": np.where(theirs == place, measures[f"outcome_{name}"], 0)
        for name in MEASURES["deal"]
        for place in range(3)
    }
    ladder = Ladder.build(pd.Series(scores), split)
    pairing = Pairing(ladder, dict.fromkeys(split, 0), 3, "deal", 1.0)
    told = [compare_results(pairing, (50.0,), ("A", "B"), seed)[0] for seed in range(20)]
    differences = []
    for _ in range(4_000):
        rows = draws.integers(0, size, size)
        rates = [
            k[rows][is_in].sum() / n[rows][is_in].sum() for is_in in (scores[rows] >= 50, theirs[rows] == 0)
        ]
        differences.append(rates[0] - rates[1])
    low, high = np.quantile(differences, [0.0125, 0.9875])
    width = np.mean([each.high - each.low for each in told])
    assert width == pytest.approx(high - low, rel=0.08)


def test_equal_schemes_differ_by_nothing(book: Book) -> None:
    ours, _ = schemes("repurchase")
    found, drawn, _ = paired(book, ours, ours)
    for told in compare_results(found, drawn.check_cuts, NAMES, 3):
        assert told.low == told.difference == told.high == 0 and told.code == "cannot_tell"


def test_a_tier_far_narrower_is_told_apart_and_equal_seeds_say_the_same(book: Book) -> None:
    ours, _ = schemes("repurchase")
    found, drawn, _ = paired(book, ours, ours.changed(policy=TierPolicy(NAMES, "customers", (0.8, 0.99))))
    first = compare_results(found, drawn.check_cuts, NAMES, "a")
    assert first[0].code == "higher" and first[0].low > 0
    assert first == compare_results(found, drawn.check_cuts, NAMES, "a")
    assert compare_results(found, drawn.check_cuts, ("A", "B"), "a") == ()


def test_other_outcomes_or_days_are_not_compared(book: Book) -> None:
    ours, theirs = schemes("repurchase")
    assert book.data_through_on is not None
    for other in (theirs.changed(outcome="win_rate"), theirs.changed(outcome_days=30)):
        bases = [prepare(book, scheme, book.data_through_on) for scheme in (ours, other)]
        assert pair(book, *bases, ours, draw_lines(bases[1], other)) is None
