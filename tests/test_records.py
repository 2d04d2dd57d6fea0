"""Every row of a customer with sheet and cell, counted or left out for a reason; the search finds what people type."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from segmentation.records import Records, collect_records, find_customers, sum_by_month
from segmentation.store import Book
from tests.worlds import make_book

AS_OF = date(2026, 6, 30)


def _book(tmp_path: Path) -> Book:
    customers = pd.DataFrame(
        {
            "customer_id": ["C1", "C2", "C10", "X-1", "100%"],
            "name": ["Acme Ltd", "鸿特精密（苏州）", "ＡＣＭＥ Spare", "Old acme", "Fifty_fifty"],
        }
    )
    orders = pd.DataFrame(
        {
            "order_id": ["O1", "O2", "O2", "O3", "O4", "O5", "O6"],
            "line": ["1", "1", "2", "1", "1", "1", "1"],
            "customer_id": ["C1"] * 6 + ["C2"],
            "ordered_on": [
                "2026-06-30",
                "2026-05-02",
                "2026-05-02",
                "2026-05-20",
                "2025-06-30",
                "2026-07-01",
                "2026-01-01",
            ],
            "amount": [100, 200, 50, -30, 999, 7, 5],
        }
    )
    touches = pd.DataFrame(
        {
            "customer_id": ["C1"] * 5,
            "at": ["2026-06-01 10:00:00", "2026-06-02", "2026-06-03", "2024-01-01", "2026-08-01"],
            "kind": ["visit", "call", "automatic", "visit", "visit"],
            "reached": [None, False, None, None, None],
            "minutes": [90, None, None, None, None],
        }
    )
    deals = pd.DataFrame(
        {
            "deal_id": ["D1", "D2", "D3", "D4"],
            "customer_id": ["C1"] * 4,
            "opened_on": ["2026-01-01", "2026-01-01", None, "2026-07-15"],
            "closed_on": ["2026-02-01", "2026-07-10", None, None],
            "state": ["won", "lost", "won", "open"],
            "amount": [10, 20, 30, 40],
        }
    )
    return make_book(tmp_path, customers=customers, orders=orders, touches=touches, deals=deals)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return collect_records(_book(tmp_path), "C1", AS_OF, 365)


def test_orders_are_counted_or_left_out_with_sheet_and_cell(records: Records) -> None:
    rows = records.orders.set_index(records.orders["order_id"] + "/" + records.orders["line"])
    assert rows["reason"].fillna("").to_dict() == {
        "O5/1": "after_date", "O1/1": "", "O3/1": "", "O2/1": "", "O2/2": "", "O4/1": "before_window",
    }  # fmt: skip
    assert rows.loc["O3/1", ["kind", "number"]].tolist() == ["refund", "O3"]
    assert rows.loc["O2/2", ["sheet", "source_row", "cell"]].tolist() == ["orders", 4, "E4"]


def test_a_number_the_file_does_not_have_is_not_made_up(tmp_path: Path) -> None:
    orders = pd.DataFrame({"customer_id": ["C1"], "ordered_on": ["2026-01-01"], "amount": [1]})
    found = collect_records(make_book(tmp_path, orders=orders), "C1", AS_OF, None).orders
    assert found["number"].isna().all()


def test_counted_orders_add_up_to_the_features(tmp_path: Path) -> None:
    from segmentation.features import build_features

    book = _book(tmp_path)
    features = build_features(book, AS_OF, 365).loc["C1"]
    counted = collect_records(book, "C1", AS_OF, 365).orders.query("reason.isna()")
    assert counted["amount"].sum() == features["amount"] == 320
    assert counted[counted["kind"] == "order"]["order_id"].nunique() == features["order_count"] == 2


def test_touches_say_what_they_count_for(records: Records) -> None:
    found = records.touches[["kind", "reason", "cell"]].astype(object)
    assert found.where(found.notna(), None).values.tolist() == [
        ["visit", "after_date", "B6"],
        ["automatic", "automatic", "B4"],
        ["not_reached", None, "B3"],
        ["visit", None, "B2"],
        ["visit", "before_window", "B5"],
    ]


def test_deals_are_shown_as_they_stood_on_the_date(records: Records) -> None:
    rows = records.deals.set_index("deal_id")
    assert rows["state"].to_dict() == {"D4": "open", "D2": "open", "D1": "won", "D3": "won"}
    assert pd.isna(rows.loc["D2", "amount"]), "the amount of an open deal is not known on the date"
    assert rows["reason"].fillna("").to_dict() == {
        "D4": "after_date", "D2": "", "D1": "", "D3": "undated",
    }  # fmt: skip


def test_months_run_without_gaps_and_skip_what_was_not_known(records: Records) -> None:
    months = sum_by_month(records, AS_OF).set_index("month")
    assert months.index[0] == pd.Timestamp("2024-01-01") and months.index[-1] == pd.Timestamp("2026-06-01")
    assert len(months) == 30
    assert months.loc["2026-05-01"].tolist() == [1, 220.0, 0]
    assert months.loc["2026-06-01"].tolist() == [1, 100.0, 2]


def test_a_customer_without_rows_has_no_months(tmp_path: Path) -> None:
    empty = collect_records(_book(tmp_path), "X-1", AS_OF, None)
    assert len(empty.orders) == len(empty.touches) == len(sum_by_month(empty, AS_OF)) == 0


def test_won_deals_stand_in_where_there_are_no_orders(tmp_path: Path) -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["D1"],
            "customer_id": ["C1"],
            "closed_on": ["2026-02-01"],
            "state": ["won"],
            "amount": [10],
        }
    )
    found = collect_records(make_book(tmp_path, deals=deals), "C1", AS_OF, 365).orders
    assert found[["order_id", "kind", "amount"]].values.tolist() == [["D1", "deal", 10.0]]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("c1", ["C1", "C10"]),
        ("ACME", ["C1", "C10", "X-1"]),
        ("acme ltd", ["C1"]),
        ("ａｃｍｅ　ｌｔｄ", ["C1"]),
        ("(苏州)", ["C2"]),
        ("（苏州）", ["C2"]),
        ("%", ["100%"]),
        ("_", ["100%"]),
        ("'; DROP TABLE customers; --", []),
    ],
)
def test_search_ignores_case_and_width_and_knows_no_wildcards(
    tmp_path: Path, text: str, ids: list[str]
) -> None:
    assert find_customers(_book(tmp_path), text)["customer_id"].tolist() == ids


def test_search_is_limited_and_lists_everybody_for_nothing(tmp_path: Path) -> None:
    many = pd.DataFrame({"customer_id": [f"C{k:03d}" for k in range(80)]})
    assert len(find_customers(make_book(tmp_path, customers=many), "")) == 50


def test_search_without_a_customers_table(tmp_path: Path) -> None:
    orders = pd.DataFrame({"customer_id": ["K7", "K8"], "ordered_on": ["2026-01-01"] * 2, "amount": [1, 2]})
    assert find_customers(make_book(tmp_path, orders=orders), "k8")["name"].tolist() == ["K8"]
