"""ABC: the score is the share of value at or below, by definition, and stays so once frozen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.ladder import Ladder
from segmentation.methods.abc import KNOTS, Abc
from segmentation.schemes import TierPolicy


def customers(amounts: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"amount": amounts}, index=[f"c{number}" for number in range(len(amounts))], dtype=float
    )


def test_a_hand_made_case() -> None:
    scored = Abc().score(customers([60, 20, 10, 10, 0, -5]))
    assert scored.scores.tolist() == [100.0, 40.0, 20.0, 20.0, 0.0, 0.0]
    assert scored.segments is not None
    assert scored.segments.tolist() == ["head", "head", "middle", "middle", "zero", "negative"]
    assert scored.edges["value"] == (10.0, 20.0)


@given(st.lists(st.integers(-50, 400), min_size=1, max_size=60))
def test_the_score_is_the_share_of_positive_value_at_or_below(amounts: list[int]) -> None:
    scored = Abc().score(customers([float(amount) for amount in amounts]))
    positive = [amount for amount in amounts if amount > 0]
    for amount, score in zip(amounts, scored.scores, strict=True):
        share = sum(a for a in positive if a <= amount) / sum(positive) if amount > 0 else 0.0
        assert score == pytest.approx(100 * share, abs=1e-6)


def test_a_score_line_of_30_holds_70_percent_of_value() -> None:
    amounts = np.random.default_rng(5).lognormal(8, 1.5, 5000).round(2)
    features = customers(amounts.tolist())
    scored = Abc().score(features)
    ladder = Ladder.build(scored.scores, {"value_e4": np.rint(amounts * 1e4).astype(np.int64)})
    solved = ladder.solve(TierPolicy(kind="value", cuts=(0.7, 0.9)), "value_e4")
    assert solved.cuts[0] == pytest.approx(30, abs=0.5)
    assert solved.cuts[1] == pytest.approx(10, abs=0.5)


def test_with_many_values_the_score_is_exact_and_the_frozen_one_within_its_promise() -> None:
    amounts = np.random.default_rng(6).lognormal(8, 1.5, 20 * KNOTS)
    features = customers(amounts.tolist())
    scored = Abc().score(features)
    assert len(scored.fitted["value"]) <= KNOTS
    ranked = np.sort(amounts)
    exact = 100 * np.cumsum(ranked) / ranked.sum()
    assert np.abs(np.sort(scored.scores.to_numpy()) - exact).max() < 1e-6
    assert scored.exact is not None
    assert Abc().score(features, scored.exact).scores.equals(scored.scores)
    frozen = Abc().score(features, scored.fitted)
    assert frozen.exact is None
    assert 0 < (frozen.scores - scored.scores).abs().max() < 0.05


def test_who_stands_exactly_on_a_segment_line_is_below_it() -> None:
    scored = Abc().score(customers([90, 10]))
    assert scored.segments is not None
    assert scored.segments.tolist() == ["head", "tail"]
    assert scored.edges["value"] == (90.0, 90.0)
    assert Abc(head_share=0.8).score(customers([80, 20])).segments.tolist() == ["head", "middle"]  # type: ignore[union-attr]


def test_frozen_the_score_of_a_customer_depends_on_its_own_value_only() -> None:
    fitted = Abc().score(customers([60, 20, 10, 10])).fitted
    later = Abc().score(customers([60, 15, 5, 90, 0, -1]), fitted)
    assert later.scores.tolist() == [100.0, 30.0, 10.0, 100.0, 0.0, 0.0]


def test_margin_is_read_and_needed_only_when_chosen() -> None:
    assert Abc().needs == ("amount",)
    method = Abc(value="margin")
    assert method.needs == ("margin",)
    frame = pd.DataFrame({"margin": pd.array([1.0, None, 3.0], "Float64")}, index=["a", "b", "c"])
    assert method.score(frame).scores.isna().tolist() == [False, True, False]


def test_without_any_positive_value_everybody_scores_nothing() -> None:
    scored = Abc().score(customers([0, -1, 0]))
    assert scored.scores.tolist() == [0.0, 0.0, 0.0]
    assert scored.segments is not None and scored.segments.tolist() == ["zero", "negative", "zero"]


def test_a_book_without_any_sales_is_said_to_be_one() -> None:
    assert Abc().score(customers([0, 0, 0])).verdict == ("abc.zero", {})
    assert Abc().score(customers([0, 0, 1])).verdict is None
    assert Abc().score(customers([])).verdict is None
