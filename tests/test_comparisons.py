"""Two gradings held against each other: by name where names agree, else by position; *unrated* is a place."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation.comparisons import Comparison, Movement, Roster, compare, grades_in_file
from segmentation.schemes import Scheme
from segmentation.standing import Standing, stand
from tests.random_worlds import MemoryBook

LAST = date(2026, 3, 31)


def standing(grades: list[str | None]) -> Standing:
    ids = [f"c{place}" for place in range(len(grades))]
    orders = pd.DataFrame({"order_id": ids, "customer_id": ids, "ordered_on": LAST, "amount": 100.0})
    customers = pd.DataFrame({"customer_id": ids, "grade": pd.Series(grades, dtype=object)})
    book = MemoryBook({"customers": customers, "orders": orders}, LAST)
    return stand(book, Scheme(method="abc", minimum_history_days=0), LAST)  # type: ignore[arg-type]


def move(grades: list[str | None], ours: list[int], names: tuple[str, ...]) -> Movement:
    known = standing(grades)
    other = grades_in_file(known)
    assert other is not None
    return compare(known, Roster.of(known), np.array(ours), names, other)


def counts(movement: Movement) -> tuple[int, int, int]:
    return movement.same_count, movement.up_count, movement.down_count


@pytest.mark.parametrize("names", [("战略", "重点", "普通"), ("Gold", "Silver", "Bronze")])
def test_equal_names_are_equal_tiers_in_whatever_order_the_file_sorts(names: tuple[str, ...]) -> None:
    assert list(names) != sorted(names)
    assert counts(move([*names, None], [0, 1, 2, 3], names)) == (4, 0, 0)
    assert counts(move([*names, None], [1, 1, 1, 3], names)) == (2, 1, 1)


def test_a_grade_nobody_has_leaves_the_others_where_they_are() -> None:
    movement = move(["A", "C"], [0, 2], ("A", "B", "C"))
    assert counts(movement) == (2, 0, 0)
    assert list(movement.matrix.index) == ["A", "B", "C", "unrated"]


def test_other_names_go_by_position() -> None:
    movement = move(["1", "2"], [0, 1], ("A", "B", "C"))
    assert counts(movement) == (2, 0, 0)
    assert list(movement.matrix.index) == ["1", "2", "unrated"]


def test_unrated_is_a_place_but_neither_up_nor_down() -> None:
    movement = move(["A", None, None], [3, 0, 3], ("A", "B", "C"))
    assert (*counts(movement), movement.moved_count) == (1, 0, 0, 2)
    assert movement.list_customers()[["theirs", "ours"]].to_numpy().tolist() == [
        ["A", "unrated"],
        ["unrated", "A"],
    ]


def test_the_other_grading_is_left_as_it_was() -> None:
    known = standing(["B", "A"])
    other = Comparison("grades", "", ("B", "A"), np.array([0, 1]))
    compare(known, Roster.of(known), np.array([1, 0]), ("A", "B"), other)
    assert other.names == ("B", "A") and other.places.tolist() == [0, 1]
