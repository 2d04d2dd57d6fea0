"""The totals anyone checks against their own file."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from segmentation.summary import Summary, build_months, build_summary
from tests.random_worlds import MemoryBook

MAVEN = Path(__file__).parents[1] / "../shared/data/crm_maven"


def test_a_summary_counts_orders_once_and_keeps_unknown_customers() -> None:
    orders = pd.DataFrame(
        {
            "order_id": ["1", "1", "2", "3", None, None],
            "customer_id": ["a", "b", "a", "x", None, "a"],
            "ordered_on": [
                date(2025, 1, 31),
                date(2025, 2, 1),
                date(2025, 2, 2),
                date(2025, 2, 3),
                date(2025, 2, 4),
                date(2025, 2, 5),
            ],
            "amount": [10.0, 20.0, 0.0, -4.5, 1.0, 2.0],
            "row_key": list("uvwxyz"),
        }
    )
    touches = pd.DataFrame({"customer_id": ["a"], "at": [datetime(2025, 3, 1, 12)]})
    deals = pd.DataFrame(
        {
            "deal_id": list("123"),
            "customer_id": ["a", "y", None],
            "state": ["won", "lost", "open"],
            "opened_on": [date(2024, 12, 1), None, None],
            "closed_on": [None, date(2025, 1, 1), None],
            "amount": [7.0, 8.0, 9.0],
        }
    )
    customers = pd.DataFrame({"customer_id": ["a", "b"]})
    frames = {"orders": orders, "touches": touches, "deals": deals, "reps": pd.DataFrame({"rep_id": ["r"]})}
    wanted = Summary(2, 4, 33.0, -4.5, 1, 1, 1, 7.0, 1, 1, date(2024, 12, 1), date(2025, 3, 1), 0)
    assert build_summary(MemoryBook(frames | {"customers": customers})) == wanted
    assert build_summary(MemoryBook(frames)).customers == 4
    months = build_months(MemoryBook(frames))
    assert months["orders"].tolist() == [1, 4]
    assert months["amount"].tolist() == [10.0, 18.5]
    assert months["refund_amount"].tolist() == [0.0, -4.5]


def test_without_orders_won_deals_stand_in_and_orders_stay_zero() -> None:
    deals = pd.DataFrame(
        {
            "deal_id": list("12"),
            "customer_id": "a",
            "state": ["won", "lost"],
            "closed_on": date(2025, 1, 5),
            "amount": 3.0,
        }
    )
    found = build_summary(MemoryBook({"deals": deals}))
    assert (found.orders, found.orders_from_deals, found.order_amount) == (0, 1, 0.0)
    assert build_months(MemoryBook({"deals": deals}))["amount"].tolist() == [3.0]


def test_an_empty_book_has_zeros_and_no_dates() -> None:
    found = build_summary(MemoryBook({}))
    assert (found.customers, found.orders, found.won_amount, found.first_date, found.last_date) == (
        0,
        0,
        0.0,
        None,
        None,
    )
    assert build_months(MemoryBook({})).empty


@pytest.mark.skipif(not MAVEN.exists(), reason="the real data at ../shared/data are absent")
def test_the_published_totals_of_the_maven_pipeline() -> None:
    raw = pd.read_csv(MAVEN / "sales_pipeline.csv")
    dates = {
        name: pd.to_datetime(raw[f"{old}_date"]).dt.date
        for name, old in (("opened_on", "engage"), ("closed_on", "close"))
    }
    deals = pd.DataFrame(
        {
            "deal_id": raw["opportunity_id"],
            "customer_id": raw["account"],
            "amount": raw["close_value"],
            "state": raw["deal_stage"].str.lower().where(raw["close_date"].notna(), "open"),
        }
    ).assign(**dates)
    found = build_summary(MemoryBook({"deals": deals}))
    assert (found.deals_won, found.deals_lost, found.deals_open) == (4_238, 2_473, 2_089)
    assert (found.won_amount, found.orders_from_deals) == (10_005_534, 4_238)
