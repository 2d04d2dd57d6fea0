"""Too finely cut: effective numbers of cells by hand, pairs against the verdicts, merges that end where they must."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from segmentation.fragmentation import effective_count, entropy_count, measure
from segmentation.rates import newcombe


def test_effective_numbers_of_cells() -> None:
    assert effective_count([5, 5, 5, 5]) == entropy_count([5, 5, 5, 5]) == pytest.approx(4)
    assert effective_count([1, 0, 0]) == entropy_count([1, 0, 0]) == pytest.approx(1)
    assert effective_count([]) == entropy_count([0, 0]) == 0.0
    # shares ½ ¼ ¼: 1/(1/4 + 1/16 + 1/16) = 8/3; 2^(½·1 + ½·2) = 2^1.5
    assert effective_count([2, 1, 1]) == pytest.approx(8 / 3)
    assert entropy_count([2, 1, 1]) == pytest.approx(2**1.5)
    rng = np.random.default_rng(1)
    for _ in range(50):
        sizes = rng.integers(0, 40, 9)
        assert effective_count(sizes) <= entropy_count(sizes) + 1e-12 <= np.count_nonzero(sizes) + 1e-9


def test_pairs_that_cannot_be_told_apart_are_those_whose_range_holds_zero() -> None:
    k, n = {"a": 80, "b": 70, "c": 20, "d": 3, "e": 0}, {"a": 100, "b": 100, "c": 100, "d": 6, "e": 0}
    told = measure(k, n)
    assert told.pairs == 6 and [cell.names for cell in told.cells] == [("a",), ("b",), ("c",), ("d",)]
    expected = []
    for one, other in combinations("abcd", 2):
        low, high = newcombe(k[one], n[one], k[other], n[other], 1 - 0.05 / 6)
        if low <= 0 <= high or min(n[one], n[other]) < 10:
            expected.append((one, other))
    assert [(pair.one.names[0], pair.other.names[0]) for pair in told.alike] == expected
    assert ("a", "b") in expected and ("a", "c") not in expected and ("c", "d") in expected


def test_merging_joins_what_is_alike_and_keeps_what_is_not() -> None:
    k = {"a1": 160, "a2": 158, "b1": 60, "b2": 63, "b3": 58, "c": 4}
    n = dict.fromkeys(k, 200.0)
    told = measure(k, n)
    assert [cell.names for cell in told.merged] == [("a1", "a2"), ("b1", "b2", "b3"), ("c",)]
    assert [(cell.k, cell.n) for cell in told.merged] == [(318, 400), (181, 600), (4, 200)]
    assert told.merged[0].rate == pytest.approx(318 / 400)
    assert len(told.steps) == len(told.cells) - len(told.merged)


def test_nothing_is_lost_and_all_that_is_left_can_be_told_apart() -> None:
    rng = np.random.default_rng(2)
    for _ in range(30):
        names = [f"s{number}" for number in range(int(rng.integers(1, 12)))]
        n = {name: float(rng.integers(0, 120)) for name in names}
        k = {name: float(rng.binomial(int(n[name]), rng.random())) for name in names}
        told = measure(k, n)
        assert sum(cell.n for cell in told.merged) == sum(n.values())
        assert sum(cell.k for cell in told.merged) == sum(k.values())
        joined = sorted(name for cell in told.merged for name in cell.names)
        assert joined == sorted(name for name in names if n[name] > 0)
        for one, other in combinations(told.merged, 2):
            low, high = newcombe(one.k, one.n, other.k, other.n, 1 - 0.05 / max(1, told.pairs))
            assert (low > 0 or high < 0) and min(one.n, other.n) >= 10
        assert measure(k, dict(reversed(n.items()))) == told


def test_random_labels_are_found_to_be_one_cell() -> None:
    rng = np.random.default_rng(3)
    ones = 0
    for _ in range(200):
        n = {f"s{number}": 60.0 for number in range(8)}
        ones += len(measure({name: float(rng.binomial(60, 0.3)) for name in n}, n).merged) == 1
    assert ones >= 190


def test_nobody_is_no_cell() -> None:
    told = measure({}, {})
    assert told.cells == told.merged == () and told.effective_count == 0.0
    assert measure({"a": 0.0}, {"a": 0.0}).cells == ()
