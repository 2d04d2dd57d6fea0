"""Kappa against scikit-learn, equal sizes, and the customers ways do not agree on."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from segmentation.agreement import compare_ways, list_disagreements, place_all, weighted_kappa
from segmentation.validation.trials import UNPLACED, place

NAN = float("nan")


def test_kappa_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    one = random.integers(0, 3, 400)
    other = np.clip(one + random.integers(-1, 2, 400), 0, 2)
    cells = np.bincount(one * 3 + other, minlength=9).reshape(1, 3, 3).astype(float)
    assert weighted_kappa(cells)[0] == pytest.approx(cohen_kappa_score(one, other, weights="quadratic"))


def test_tiers_have_the_same_sizes_and_ties_stay_together() -> None:
    assert np.bincount(place(np.random.default_rng(2).permutation(100.0 * np.arange(50)))).tolist() == [
        5,
        15,
        30,
    ]
    tied = np.array([9.0] * 4 + [5.0] * 2 + [1.0] * 14)
    assert place(tied).tolist() == [0] * 4 + [1] * 2 + [2] * 14  # the middle of the four lies at 10 %
    assert set(place(np.ones(7))) == {2}, "one score, one tier: the middle of all lies at 50 %"
    assert place(np.array([])).size == 0


def test_ways_are_compared_on_customers_both_rate() -> None:
    base = np.arange(100.0)
    noisy = base + np.random.default_rng(3).normal(0, 15, 100)
    noisy[:10] = NAN
    places = place_all({"base": base, "noisy": noisy, "turned": -base})
    assert (places["noisy"][:10] == UNPLACED).all()
    first, second, third = compare_ways(places, 7)
    assert (first.first, first.second, first.customer_count) == ("base", "noisy", 90)
    assert first.same_share == pytest.approx((places["base"] == places["noisy"])[10:].mean())
    assert first.kappa.low < first.kappa.value < first.kappa.high < 1
    assert second.kappa.value < 0 and third.customer_count == 90
    again = compare_ways(places, 7)
    assert [told.kappa for told in again] == [told.kappa for told in (first, second, third)]
    alike = compare_ways({"a": places["base"], "b": places["base"]})[0]
    assert (alike.same_share, alike.kappa.value) == (1.0, 1.0)
    nobody = compare_ways({"a": places["base"][:0], "b": places["base"][:0]})[0]
    assert nobody.customer_count == 0 and not nobody.kappa.is_known


def test_the_widest_differences_are_listed_by_revenue() -> None:
    places = {
        "one": np.array([0, 0, 2, 1, 0, 3, 2], np.int8),
        "two": np.array([2, 1, 0, 1, 0, 0, 0], np.int8),
        "three": np.array([3, 0, 1, 1, 0, 3, 1], np.int8),
    }
    told = list_disagreements(places, np.array([5.0, 900.0, 7.0, 1.0, 1.0, 800.0, 7.0]))
    assert told.spread == 2 and told.rows.tolist() == [2, 6, 0]
    assert {key: found.tolist() for key, found in told.places.items()} == {
        "one": [2, 2, 0], "two": [0, 0, 2], "three": [1, 1, 3],
    }  # fmt: skip
    assert told.counts == (3, 1, 3), "who is rated by one way alone differs from nobody"
    narrow = list_disagreements({key: found[[1, 3]] for key, found in places.items()}, np.array([1.0, 2.0]))
    assert (narrow.spread, narrow.rows.tolist()) == (1, [0])
    same = list_disagreements({"one": places["one"], "two": places["one"]}, np.ones(7))
    assert same.spread == 0 and same.rows.size == 0
    assert list_disagreements({}, np.ones(3)).rows.size == 0


def test_equal_revenue_leaves_customers_in_their_order() -> None:
    count = 200
    places = {"one": np.zeros(count, np.int8), "two": np.full(count, 2, np.int8)}
    assert list_disagreements(places, np.tile([1.0, 2.0], count // 2)).rows.tolist() == [
        *range(1, count, 2),
        *range(0, count, 2),
    ]
