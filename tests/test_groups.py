"""Members of a group of companies: by the parent's id or name, the parent included, and their exact sum."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation.effort import build_effort
from segmentation.groups import find_members, sum_group
from segmentation.rosters import Roster
from segmentation.schemes import Scheme
from segmentation.standing import Standing, stand
from tests.worlds import make_book

AS_OF = date(2026, 6, 30)
PARENTS = {"C1": None, "C2": "C1", "C3": "C1", "C4": "North Holding", "C5": "North Holding", "C6": None,
           "C7": None, "C8": "C8", "C9": "C2"}  # fmt: skip


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Standing, Roster]:
    """C6 is called North Holding; C7 is alone, C8 its own parent; C9 belongs to C2, which belongs to C1."""
    customers = pd.DataFrame(
        {
            "customer_id": list(PARENTS),
            "name": [{"C6": "North Holding"}.get(key, f"Firm {key}") for key in PARENTS],
            "parent_id": list(PARENTS.values()),
            "first_contact_on": "2020-01-01",
        }
    )
    orders = pd.DataFrame(
        [(f"O{n}{key}", key, f"2026-0{n}-10", 1000.1 * int(key[1])) for key in PARENTS for n in (3, 5)],
        columns=["order_id", "customer_id", "ordered_on", "amount"],
    )
    touches = pd.DataFrame(
        {
            "touch_id": ["T1", "T2"],
            "customer_id": ["C1", "C3"],
            "at": "2026-06-01",
            "kind": "visit",
            "minutes": [90, 180],
        }
    )
    book = make_book(tmp_path_factory.mktemp("book"), customers=customers, orders=orders, touches=touches)
    now = stand(book, Scheme(), AS_OF)
    hours = build_effort(book, AS_OF)["hours_now"].reindex(now.features.index).to_numpy(dtype=float)
    return now, Roster.of(now, hours)


@pytest.mark.parametrize(
    ("customer_id", "parent", "members"),
    [
        ("C1", "C1", ["C1", "C2", "C3"]),
        ("C2", "C1", ["C1", "C2", "C3"]),
        ("C3", "C1", ["C1", "C2", "C3"]),
        ("C4", "North Holding", ["C4", "C5", "C6"]),
        ("C6", "North Holding", ["C4", "C5", "C6"]),
        ("C9", "C2", ["C2", "C9"]),
    ],
)
def test_the_parent_belongs_to_its_group(
    standing: tuple[Standing, Roster], customer_id: str, parent: str, members: list[str]
) -> None:
    found = find_members(standing[0], customer_id)
    assert found is not None and found.parent == parent
    assert list(standing[0].features.index[found.rows]) == members


@pytest.mark.parametrize("customer_id", ["C7", "C8"])
def test_who_stands_alone_has_no_group(standing: tuple[Standing, Roster], customer_id: str) -> None:
    assert find_members(standing[0], customer_id) is None


def test_the_sum_is_exact_and_unrecorded_hours_are_not_zero(standing: tuple[Standing, Roster]) -> None:
    now, roster = standing
    found = find_members(now, "C2")
    assert found is not None
    places = np.zeros(now.population, np.int8)
    places[now.features.index.get_loc("C2")] = 3
    group = sum_group(now, found, roster, places, ("A", "B", "C"))
    assert list(group.members.index) == ["C3", "C2", "C1"], "largest revenue first"
    assert group.members["tier"].tolist() == ["A", "unrated", "A"]
    assert group.revenue == 12001.2
    assert group.recorded_count == 2 and np.isnan(group.members.at["C2", "hours"])
    assert group.hours == pytest.approx(270 / 60 * 30.4375 / 90)
    silent = sum_group(
        now, found, replace(roster, hours=np.full(now.population, np.nan)), places, ("A", "B", "C")
    )
    assert np.isnan(silent.hours) and silent.recorded_count == 0
