"""What clusters are called, the rules that restate them, and the numbers they keep from month to month."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from segmentation.clustering.matching import match_ids
from segmentation.clustering.naming import name_clusters
from segmentation.clustering.restating import DEPTH, restate
from tests.clustering.worlds import Floats, Whole, columns_of, customers, planted

ORDERS = ["amount", "order_count", "recency_days"]


def test_names_say_the_two_things_that_set_a_cluster_apart() -> None:
    centres = np.array([[2.0, 1.0, 0.2], [0.3, -0.1, 1.5], [-0.6, -1.2, -3.0], [0.1, 0.2, -0.4]])
    named = name_clusters(ORDERS, centres)
    assert [name.en for name in named] == [
        "Large amounts, many orders",
        "Long silent",
        "Ordered recently, few orders",
        "Close to the middle",
    ]
    assert named[0].zh == "采购金额大、下单多" and named[1].zh == "很久没下单"


def test_no_two_clusters_are_called_alike() -> None:
    centres = np.array([[2.0, 1.0, 0.6], [1.9, 1.1, -0.7], [0.1, 0.0, 0.0], [0.0, 0.1, 0.0]])
    named = name_clusters(ORDERS, centres)
    assert len({name.en for name in named}) == len({name.zh for name in named}) == 4
    assert named[0].en == "Large amounts, many orders, long silent"
    assert named[2].en == "Close to the middle (1)" and named[3].zh == "接近中等水平（2）"


def test_an_attribute_goes_by_its_own_name() -> None:
    [name, _] = name_clusters(["attribute:员工数", "attribute:seats"], np.array([[1.0, -2.0], [-1.0, 0.0]]))
    assert (name.en, name.zh) == ("Low seats, high 员工数", "seats低、员工数高")


def placed_by_hand(columns: dict[str, Floats], rules: object) -> Whole:
    """The rules read line by line, one customer after the other."""
    found = []
    for row in range(len(columns["f0"])):
        fits = [
            rule.cluster
            for rule in rules  # type: ignore[attr-defined]
            if all(
                columns[c.feature][row] <= c.limit
                if c.operator == "<="
                else columns[c.feature][row] > c.limit
                for c in rule.conditions
            )
        ]
        assert len(fits) == 1, "rules are exclusive and leave nobody out"
        found += fits
    return np.array(found)


@pytest.mark.parametrize("seed", range(3))
def test_rules_restate_the_clusters_and_say_how_well(seed: int) -> None:
    points, labels = planted(seed, 4, 3, 600)
    columns = columns_of(points)
    labels = np.where(np.arange(600) % 29 == 0, (labels + 1) % 4, labels)  # some that no rule can catch
    told = restate(columns, labels, np.arange(600))
    by_hand = placed_by_hand(columns, told.rules)
    assert told.fidelity == np.mean(by_hand == labels) and 0.85 < told.fidelity < 1
    assert np.array_equal(told.place(columns), by_hand)
    assert sum(rule.count for rule in told.rules) == 600
    for rule in told.rules:
        mine = np.all([c.holds(columns[c.feature]) for c in rule.conditions], axis=0)
        assert (rule.count, rule.agreeing) == (mine.sum(), (labels[mine] == rule.cluster).sum())
        assert len(rule.conditions) <= DEPTH
        assert len({(c.feature, c.operator) for c in rule.conditions}) == len(rule.conditions)


def test_limits_can_be_remembered() -> None:
    columns, kinds = customers({"regular": 200, "occasional": 200, "silent": 200})
    labels = np.unique(kinds, return_inverse=True)[1].astype(np.int64)
    told = restate(columns, labels, np.arange(600))
    assert told.fidelity > 0.99
    for condition in (c for rule in told.rules for c in rule.conditions):
        assert float(f"{condition.limit:.3g}") == condition.limit
        assert condition.feature == "amount" or condition.limit == int(condition.limit)


def best_total(earlier: Floats, centres: Floats) -> float:
    pairs = permutations(range(len(earlier)), len(centres))
    return min(sum(np.linalg.norm(centres[i] - earlier[j]) for i, j in enumerate(pair)) for pair in pairs)


@pytest.mark.parametrize("seed", range(20))
def test_ids_follow_centres_that_drift(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before = np.array([[0, 0], [6, 0], [0, 6], [6, 6]]) + rng.normal(0, 0.2, (4, 2))
    ids = [3, 8, 5, 1]
    order = rng.permutation(4)
    after = before[order] + rng.normal(0, 0.5, (4, 2))
    found = match_ids(dict(zip(ids, before, strict=True)), after, 9)
    assert found == tuple(ids[place] for place in order)
    matched = np.array([before[ids.index(number)] for number in found])
    assert np.linalg.norm(after - matched, axis=1).sum() == pytest.approx(best_total(before, after))


def test_a_newcomer_gets_a_number_nobody_had_and_the_lost_one_stays_lost() -> None:
    before = {1: np.array([0.0, 0.0]), 2: np.array([6.0, 0.0]), 4: np.array([0.0, 6.0])}
    born = np.array([[0.2, 0.1], [9.0, 9.0], [6.1, 0.1], [0.0, 5.8]])
    assert match_ids(before, born, 7) == (1, 8, 2, 4)
    died = np.array([[6.1, 0.1], [0.2, 0.1]])
    assert match_ids(before, died, 7) == (2, 1)
    swapped = np.array([[0.2, 0.1], [6.1, 0.1], [12.0, 12.0]])
    assert match_ids(before, swapped, 7) == (1, 2, 8)
    assert match_ids({}, born, 0) == (1, 2, 3, 4)
