"""The columns rules brought along: repeat orders, gaps, payment, profile, and windows of their own, counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.features import COLUMNS, DAY_COLUMNS, PROFILE_COLUMNS, WINDOWED_COLUMNS, build_features
from tests.random_worlds import DAYS, START, MemoryBook, make_frames

AS_OF = date(2025, 12, 31)


def back(days: int) -> date:
    return AS_OF - timedelta(days)


ORDERS = pd.DataFrame(
    [
        ("o1", "A", back(400), 100.0, 100.0, back(380)),
        ("o2", "A", back(200), 100.0, 40.0, None),
        ("o2", "A", back(200), 50.0, None, None),
        ("o3", "A", back(100), 100.0, 100.0, back(70)),
        ("o4", "A", back(91), 60.0, 60.0, AS_OF + timedelta(5)),
        ("o5", "A", back(90), 70.0, 0.0, None),
        ("o6", "A", AS_OF + timedelta(1), 9.0, 9.0, AS_OF + timedelta(1)),
        ("o7", "A", back(5), -30.0, None, None),
        ("o8", "B", back(10), 10.0, None, None),
    ],
    columns=["order_id", "customer_id", "ordered_on", "amount", "paid_amount", "paid_on"],
).assign(row_key=lambda frame: frame.index.astype(str))
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["A", "B", "C"],
        "need": ["weld <b>", None, None],
        "intent": ["高", None, None],
        "budget": [1234.5, None, None],
        "nps": [-20.0, None, None],
        "complaints": [0, None, None],
        "credit_limit": [500.0, None, None],
        "size": [80.0, None, None],
        "founded_on": [date(2015, 1, 1), None, AS_OF + timedelta(9)],
        "channel": ["展会", None, None],
    }
)


@pytest.fixture(scope="module")
def book() -> Any:
    return MemoryBook({"orders": ORDERS, "customers": CUSTOMERS})


def test_repeat_orders_and_gaps(book: Any) -> None:
    found = build_features(book, AS_OF, 365)
    assert found.loc["A", "order_days_count"] == 4
    assert found["repeat_order_share"].tolist()[:2] == [3 / 4, 0]
    assert found.loc["A", "last_gap_days"] == 1
    assert np.isnan(found.loc["B", "last_gap_days"])
    assert found.loc["C", list(DAY_COLUMNS)].isna().tolist() == [False, False, True, True, True]
    assert build_features(book, back(100), 365).loc["A", "last_gap_days"] == 100


def test_payment(book: Any) -> None:
    found = build_features(book, AS_OF, 365)
    # Due: o2 with 60 of 100 unpaid, o3 paid, o4 paid after the day asked for. o5 was ordered 90 days ago: not yet.
    assert found.loc["A", "overdue_amount"] == 60 + 60
    assert found.loc["A", "overdue_share"] == pytest.approx(120 / 260)
    assert found.loc["A", "payment_days"] == 30
    assert found.loc[["B", "C"], ["overdue_amount", "overdue_share", "payment_days"]].isna().all(axis=None)
    later = build_features(book, AS_OF + timedelta(5), 365)
    assert later.loc["A", "overdue_amount"] == 60 + 70
    early = build_features(book, back(385), None)  # ordered, and paid five days later
    assert np.isnan(early.loc["A", "payment_days"])
    assert early.loc["A", "overdue_amount"] == 0


def test_profile_is_as_recorded_and_null_where_nothing_is(book: Any) -> None:
    found = build_features(book, AS_OF, 365, columns=PROFILE_COLUMNS)
    assert list(found.columns) == list(PROFILE_COLUMNS)
    asked = ["need", "intent", "channel", "budget", "nps", "complaints", "own_size", "founded_days"]
    days = float((AS_OF - date(2015, 1, 1)).days)
    assert found.loc["A", asked].tolist() == ["weld <b>", "高", "展会", 1234.5, -20.0, 0.0, 80.0, days]
    assert found.loc["A", ["growth", "decision_level"]].isna().all()
    assert found.loc[["B", "C"]].isna().all(axis=None)
    assert [str(kind) for kind in found.dtypes] == ["str"] * 5 + ["float64"] * 6


@pytest.mark.parametrize("days", [30, 91, 400])
def test_another_window_is_what_that_window_says(days: int) -> None:
    world: Any = MemoryBook(make_frames(5, 300))
    on = START + timedelta(DAYS // 2)
    asked = {f"{name}@{days}": name for name in WINDOWED_COLUMNS}
    found = build_features(world, on, 182, columns={*asked, "amount", "recency_days"})
    assert {"amount", "recency_days"} < set(found.columns) and set(asked) < set(found.columns)
    other = build_features(world, on, days, columns=set(asked.values()))
    for name, base in asked.items():
        pd.testing.assert_series_equal(found[name], other[base], check_names=False)
    assert not found["amount"].equals(found[f"amount@{days}"])


@pytest.mark.parametrize(
    "name", ["amount@", "amount@x", "amount@-1", "recency_days@90", "x@90", "amount@90@90"]
)
def test_what_is_no_window_is_named(book: Any, name: str) -> None:
    with pytest.raises(KeyError):
        build_features(book, AS_OF, 365, columns=[name])


def test_windowed_columns_are_those_the_window_changes() -> None:
    """Every column but those of `WINDOWED_COLUMNS` says the same whatever the window."""
    world: Any = MemoryBook(make_frames(6, 300))
    on = START + timedelta(DAYS // 2)
    one, other = (build_features(world, on, days) for days in (30, 365))
    changed = {name for name in COLUMNS if not one[name].equals(other[name])}
    assert changed <= {*WINDOWED_COLUMNS, "amount_e4", "margin_e4"}
    assert {"amount", "order_count", "touch_count", "margin", "repeat_order_share"} <= changed
