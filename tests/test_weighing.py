"""Words as levels, and inputs weighed into axes: by hand, and what is unknown shared out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation.levels import WORDS, read_levels
from segmentation.weighing import weigh


def test_words_of_both_languages_and_percentages() -> None:
    told = ["高", " HIGH ", "一般", "low", "80%", "150%", "8", "？", None, "高低", "<b>高</b>"]
    found = read_levels(pd.Series(told, dtype="str"), "intent")
    np.testing.assert_array_equal(found, [1, 1, 0.5, 0, 0.8, 1, *[np.nan] * 5])
    titles = pd.Series(["总经理", "采购员", "部门经理", "CEO", "cousin"], dtype="str")
    np.testing.assert_array_equal(read_levels(titles, "decision_level"), [1, 0, 0.5, 1, np.nan])
    assert np.isnan(read_levels(pd.Series([None, None], dtype="str"), "growth")).all()


@pytest.mark.parametrize("words", WORDS)
def test_no_word_has_two_levels(words: str) -> None:
    listed = [word for words_of_level in WORDS[words].values() for word in words_of_level]
    assert len(listed) == len(set(listed))


def test_weighed_by_hand() -> None:
    nan = np.nan
    shares = {
        "a": np.array([1, 0.5, nan, nan]),
        "b": np.array([0, nan, nan, nan]),
        "c": np.array([0.5, 1, 0.25, nan]),
    }
    found = weigh(
        shares, {"a": 3.0, "b": 1.0, "c": 2.0}, {"a": "x", "b": "x", "c": "y"}, {"x": 0.6, "y": 0.4},
        pd.Index(list("pqrs")),
    )  # fmt: skip
    np.testing.assert_allclose(found.axes["x"], [75, 50, nan, nan])
    np.testing.assert_allclose(found.axes["y"], [50, 100, 25, nan])
    np.testing.assert_allclose(found.scores, [0.6 * 75 + 0.4 * 50, 0.6 * 50 + 0.4 * 100, 25, nan])
    np.testing.assert_allclose(found.parts["a"], [45, 30, nan, nan])
    np.testing.assert_allclose(found.most.loc["q"], [60, nan, 40])
    assert found.maxima == pytest.approx({"a": 45, "b": 15, "c": 40})


@pytest.mark.parametrize("seed", range(10))
def test_parts_add_up_and_the_most_adds_up_to_a_hundred(seed: int) -> None:
    random = np.random.default_rng(seed)
    names = [f"i{n}" for n in range(random.integers(2, 7))]
    shares = {n: np.where(random.random(50) < 0.4, np.nan, random.random(50)) for n in names}
    axis_of = {n: f"a{random.integers(0, 3)}" for n in names}
    weights = {f"a{n}": float(random.integers(0, 3)) for n in range(3)}
    points = {n: float(random.integers(1, 5)) for n in names}
    found = weigh(shares, points, axis_of, weights, pd.RangeIndex(50))
    known = found.scores.notna()
    np.testing.assert_allclose(found.parts[known].sum(axis=1), found.scores[known], atol=1e-8)
    np.testing.assert_allclose(found.most[known].sum(axis=1), 100, atol=1e-8)
    assert found.scores[known].between(0, 100).all()
    by_axes = {
        axis: np.array(
            [[s, points[n]] for n in names if axis_of[n] == axis for s in [shares[n][0]] if not np.isnan(s)]
        )
        for axis in weights
    }  # the first customer once more, axis by axis
    held = {axis: told for axis, told in by_axes.items() if len(told) and weights[axis] > 0}
    if held:
        score = sum(weights[a] * 100 * np.average(t[:, 0], weights=t[:, 1]) for a, t in held.items())
        assert found.scores.iloc[0] == pytest.approx(score / sum(weights[a] for a in held))
    else:
        assert np.isnan(found.scores.iloc[0])
