"""Gaps, overlaps and first matches against going through the customers one by one."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.answers import NO, UNKNOWN, YES
from segmentation.coverage import NOBODY, UNDECIDED, cover, first_match


def draw(seed: int) -> tuple[list[np.ndarray], int]:
    random = np.random.default_rng(seed)
    rules, count = int(random.integers(0, 6)), int(random.integers(0, 80))
    return [random.choice(np.array([NO, UNKNOWN, YES], np.int8), count) for _ in range(rules)], count


@pytest.mark.parametrize("seed", range(40))
def test_counts_are_those_of_counting(seed: int) -> None:
    answers, count = draw(seed)
    table = [[int(told[row]) for told in answers] for row in range(count)]
    place = first_match(answers, count)
    for row, told in enumerate(table):
        expected = told.index(YES) if YES in told else UNDECIDED if UNKNOWN in told else NOBODY
        assert place[row] == expected
    found = cover(answers, count)
    rules = range(len(answers))
    assert found.first.tolist() == [sum(told.index(YES) == n for told in table if YES in told) for n in rules]
    assert found.matched.tolist() == [sum(told[n] == YES for told in table) for n in rules]
    assert found.unknown.tolist() == [sum(told[n] == UNKNOWN for told in table) for n in rules]
    both = [[sum(told[i] == told[j] == YES for told in table) for j in rules] for i in rules]
    assert found.overlaps.tolist() == both
    earlier = [sum(told[n] == YES and YES in told[:n] for told in table) for n in rules]
    assert found.overlap_counts.tolist() == earlier
    # Total and exclusive: everybody is in exactly one of the places.
    assert found.first.sum() + found.gap_count + found.undecided_count == count
    assert found.gap_count == sum(set(told) <= {NO} for told in table)


@pytest.mark.parametrize("seed", range(10))
def test_first_match_wins_in_any_order_of_the_rules(seed: int) -> None:
    answers, count = draw(seed + 100)
    random = np.random.default_rng(seed)
    order = random.permutation(len(answers))
    place = first_match([answers[n] for n in order], count)
    for row in range(count):
        matching = [spot for spot, n in enumerate(order) if answers[n][row] == YES]
        assert place[row] == matching[0] if matching else place[row] < 0
    usual, mixed = cover(answers, count), cover([answers[n] for n in order], count)
    assert (mixed.gap_count, mixed.undecided_count) == (usual.gap_count, usual.undecided_count)
    assert mixed.matched.tolist() == usual.matched[order].tolist()
