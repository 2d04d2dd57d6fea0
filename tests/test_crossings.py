"""Who would move from running totals equals who would move counted customer by customer: any lines, any comparison."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import crossings
from segmentation.comparisons import (
    Comparison,
    Movement,
    compare,
    cross,
    keep_grading,
    keep_sales_order,
)
from segmentation.overrides import Held
from segmentation.rosters import Roster
from tests.evaluations import simple_sort

NAMES = ("A", "B", "C")


def make_roster(count: int, seed: int) -> Roster:
    """Scores with many ties, some customers unrated, sales partly equal, hours partly unknown."""
    draws = np.random.default_rng(seed)
    points = np.where(draws.random(count) < 0.2, np.nan, draws.integers(0, 8, count) * 10.0)
    rated = np.flatnonzero(~np.isnan(points))
    sales_rank = np.full(count, count, np.int64)
    sales_rank[rated[draws.permutation(rated.size)]] = np.arange(rated.size)
    revenue = draws.integers(-3, 40, count) * 12.5
    hours = np.where(draws.random(count) < 0.5, np.nan, draws.integers(0, 9, count) / 4)
    ranked = rated[np.argsort(-points[rated], kind="stable")]
    return Roster(points, revenue, np.argsort(-revenue, kind="stable"), sales_rank, hours, ranked)


def make_standing(count: int) -> Any:
    features = pd.DataFrame(
        {"name": [f"Firm {row}" for row in range(count)]}, index=[f"c{row}" for row in range(count)]
    )
    return SimpleNamespace(features=features, population=count)


def check_equal(quick: Movement, plain: Movement) -> None:
    pd.testing.assert_frame_equal(quick.matrix, plain.matrix)
    assert (quick.moved_count, quick.same_count) == (plain.moved_count, plain.same_count)
    assert quick.revenue == pytest.approx(plain.revenue)
    pd.testing.assert_frame_equal(quick.groups.frame, plain.groups.frame)
    for limit in (1, 3, None):
        pd.testing.assert_frame_equal(
            pd.DataFrame(quick.list_customers(quick.rows(limit))),
            pd.DataFrame(plain.list_customers(plain.rows(limit))),
        )


COMPANIES = {
    "count": st.integers(0, 60),
    "seed": st.integers(0, 10_000),
    "cuts": st.lists(st.sampled_from([-5.0, 0.0, 20.0, 35.0, 60.0, 99.0]), min_size=2, max_size=2).map(
        lambda cuts: tuple(sorted(cuts, reverse=True))
    ),
    "held_count": st.integers(0, 5),
}


def make_held(count: int, held_count: int, seed: int) -> Held:
    draws = np.random.default_rng(seed + 1)
    rows = np.sort(draws.permutation(count)[:held_count])
    return Held(rows, tuple(draws.choice([*NAMES, "no such tier"], rows.size)))


@pytest.mark.parametrize(
    "their_names", [NAMES, ("A", "C"), ("C", "B", "A"), ("1", "2"), ("1", "2", "3", "4")]
)
@given(**COMPANIES)
def test_against_a_grading_that_stands_still(
    their_names: tuple[str, ...], count: int, seed: int, cuts: tuple[float, ...], held_count: int
) -> None:
    roster, held = make_roster(count, seed), make_held(count, held_count, seed)
    places = np.random.default_rng(seed + 2).integers(0, len(their_names) + 1, count)
    other = Comparison("grades", "", their_names, places)
    standing, lines = make_standing(count), held.lines(cuts, NAMES)
    quick = cross(standing, roster, lines, other, keep_grading(roster, other))
    check_equal(quick, compare(standing, roster, held.place(roster.place(cuts), NAMES), NAMES, other))


@pytest.mark.parametrize("blocks", [1, 3, 512])
@given(**COMPANIES)
def test_against_the_sort_by_sales_at_the_same_sizes(
    blocks: int, count: int, seed: int, cuts: tuple[float, ...], held_count: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossings, "BLOCKS", blocks)
        roster, held = make_roster(count, seed), make_held(count, held_count, seed)
        kept = keep_sales_order(roster)
    computed = roster.place(cuts)
    sizes = [int((computed == place).sum()) for place in range(len(NAMES))]
    standing, nowhere = make_standing(count), Comparison("simple_sort", "", NAMES, np.empty(0, np.int8))
    quick = cross(standing, roster, held.lines(cuts, NAMES), nowhere, kept)
    check_equal(
        quick,
        compare(standing, roster, held.place(computed, NAMES), NAMES, simple_sort(roster, sizes, NAMES)),
    )


def test_a_moved_line_looks_at_no_customer_but_those_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    roster = make_roster(50_000, 1)
    other = Comparison("grades", "", NAMES, np.random.default_rng(3).integers(0, 4, 50_000))
    kept = keep_grading(roster, other)
    looked_at: list[int] = []
    place = Roster.place

    def count(self: Roster, cuts: Any, rows: Any = None) -> Any:
        looked_at.append(self.points.size if rows is None else len(rows))
        return place(self, cuts, rows)

    monkeypatch.setattr(Roster, "place", count)
    lines = Held(np.empty(0, np.int64), ()).lines((50.0, 20.0), NAMES)
    moved = cross(make_standing(50_000), roster, lines, other, kept)
    assert not looked_at and moved.moved_count > 1_000
    assert len(moved.rows(40)) == 40 and sum(looked_at) < 1_000
