"""Two gradings held against each other: by name where names agree, else by position; *unrated* is a place."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation.comparisons import DIRECTIONS, Comparison, Movement, compare, grades_in_file
from segmentation.rosters import Roster
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


def named(movement: Movement, limit: int | None = None, text: str = "") -> list[str]:
    return movement.list_customers(movement.rows(limit, text))["customer_id"]


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
    assert list(
        map(list, zip(*(movement.list_customers()[side] for side in ("theirs", "ours")), strict=True))
    ) == [
        ["A", "unrated"],
        ["unrated", "A"],
    ]


def test_the_other_grading_is_left_as_it_was() -> None:
    known = standing(["B", "A"])
    other = Comparison("grades", "", ("B", "A"), np.array([0, 1]))
    compare(known, Roster.of(known), np.array([1, 0]), ("A", "B"), other)
    assert other.names == ("B", "A") and other.places.tolist() == [0, 1]


def test_up_down_in_and_out_add_up_to_everybody_who_moves() -> None:
    known = standing(["A", "B", "C", None, "A", None])
    hours = np.array([4.0, 2.0, np.nan, np.nan, 1.0, 8.0])
    other = grades_in_file(known)
    assert other is not None
    moved = compare(known, Roster.of(known, hours), np.array([1, 0, 2, 2, 3, 3]), ("A", "B", "C"), other)
    assert list(moved.groups.index) == list(DIRECTIONS)
    groups = moved.groups.frame
    assert groups["customers"].to_dict() == {"up": 1, "down": 1, "in": 1, "out": 1}
    assert groups["revenue"].sum() == moved.revenue == 400.0
    assert groups["hours"].dropna().to_dict() == {"up": 2.0, "down": 4.0, "out": 1.0}, "not recorded is not 0"
    listed = moved.list_customers()
    assert dict(zip(listed["customer_id"], listed["direction"], strict=True)) == {
        "c0": "down",
        "c1": "up",
        "c3": "in",
        "c4": "out",
    }
    assert (moved.up_count, moved.down_count, moved.moved_count, moved.same_count) == (1, 1, 4, 2)


def test_the_search_looks_at_everybody_who_would_move_and_at_nobody_else() -> None:
    moved = move(["A"] * 30, [1] * 29 + [0], ("A", "B"))
    assert named(moved, 3) == ["c0", "c1", "c10"]
    assert named(moved, 3, " C27") == ["c27"], "not among the first three rows"
    assert named(moved, text="ｃ2８") == ["c28"]
    assert not named(moved, text="c9"), "stays where it is"
    assert not named(moved, text=".*"), "letters, not a pattern"
    assert len(named(moved, text=" ")) == 29
