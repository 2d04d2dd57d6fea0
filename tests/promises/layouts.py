"""L rows: how sheets are laid out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.promises.promise import Brought, Promise
from tests.promises.table import workbook

ACROSS = [
    ["2026年月度汇总（单位：万元）"],
    ["客户", *(f"{m}月" for m in range(1, 7)), "合计"],
    ["宁波海昌五金", 6.8, 5.2, 0, None, 7.1, 1, 20.1],
    ["温州科达泵业", 2.1, None, 3.3, None, None, None, 5.4],
    ["台州三禾机电", None, None, None, None, None, None, None],
    ["合计", 8.9, 5.2, 3.3, 0, 7.1, 1, 25.5],
]


def _months_became_rows(brought: Brought) -> None:
    rows = {(r["customer_id"], r["ordered_on"]): r["amount"] for r in brought.rows("orders")}
    assert rows == {
        ("宁波海昌五金", date(2026, 1, 31)): Decimal(68_000),
        ("宁波海昌五金", date(2026, 2, 28)): Decimal(52_000),
        ("宁波海昌五金", date(2026, 5, 31)): Decimal(71_000),
        ("宁波海昌五金", date(2026, 6, 30)): Decimal(10_000),
        ("温州科达泵业", date(2026, 1, 31)): Decimal(21_000),
        ("温州科达泵业", date(2026, 3, 31)): Decimal(33_000),
    }
    assert {r["line"] for r in brought.rows("orders")} == {"monthly total"}
    # A month of 0 is no purchase: the orders of a customer are the months it bought in.
    assert len({r["order_id"] for r in brought.rows("orders") if r["customer_id"] == "宁波海昌五金"}) == 4
    (account,) = [one for one in brought.accounts if one.table == "orders"]
    assert (account.read, account.accepted, account.excluded) == (19, 6, 13)
    agreeing = [cell for issue in brought.issues if issue.code == "total.agrees" for cell in issue.cells]
    assert set(agreeing) == {"月度汇总!H3", "月度汇总!H4", *(f"月度汇总!{letter}6" for letter in "BCDEFG")}
    assert not [issue for issue in brought.issues if issue.code == "total.differs"]


ACCOUNTS = [["Account", "Jan-26", "Feb-26"], ["Calder Freight", 100, 20.5], ["Oakline Foods", None, 7]]
ORDERS = [
    ["日期", "客户", "金额"],
    ["2026-05-04", "宁波海昌五金", 71_000],
    ["2026-06-09", "宁波海昌五金", 4_000],
    ["2026-06-10", "温州科达泵业", 9_000],
]


def _english_months(brought: Brought) -> None:
    assert [(r["customer_id"], r["ordered_on"], r["amount"]) for r in brought.rows("orders")] == [
        ("Calder Freight", date(2026, 1, 31), 100),
        ("Calder Freight", date(2026, 2, 28), Decimal("20.5")),
        ("Oakline Foods", date(2026, 2, 28), 7),
    ]
    assert not [q for q in brought.questions if q.code.startswith("ask.year")]


def _orders_count_and_totals_are_compared(brought: Brought) -> None:
    assert sum(r["amount"] for r in brought.rows("orders")) == 84_000
    assert "month" not in {str(r["line"])[:5] for r in brought.rows("orders")}
    (agreeing,) = [one for one in brought.issues if one.code == "i.twice.agrees"]
    (differing,) = [one for one in brought.issues if one.code == "i.twice.differs"]
    assert (agreeing.rows, differing.facts["month"]) == (1, "2026-06")
    assert (differing.facts["theirs"], differing.facts["ours"]) == (10_000, 13_000)
    accounts = {one.sheet: one for one in brought.accounts if one.table == "orders"}
    assert (accounts["订单表"].accepted, accounts["月度汇总"].accepted) == (3, 0)


def _totals_fill_the_months_without_orders(brought: Brought) -> None:
    by_month: dict[int, Decimal] = {}
    for row in brought.rows("orders"):
        by_month[row["ordered_on"].month] = by_month.get(row["ordered_on"].month, Decimal(0)) + row["amount"]
    assert by_month == {1: 89_000, 2: 52_000, 3: 33_000, 5: 71_000, 6: 13_000}


def _only_the_new_month_is_added(brought: Brought) -> None:
    months = sorted({r["ordered_on"].month for r in brought.rows("orders")})
    assert months == [1, 2, 3, 5, 6, 7]
    with brought.store.open() as book:
        rows = book.query("months")
    assert list(rows["amount"]) == [89_000.0, 52_000.0, 33_000.0, 71_000.0, 10_000.0, 40_000.0]
    assert {q.code for q in brought.questions} >= {"ask.months"}


def _with_july() -> list[list[object]]:
    rows = [list(row) for row in ACROSS]
    for row, cell in zip(rows[1:], ["7月", 4, None, None, 4], strict=True):
        row.insert(7, cell)
    rows[2][8], rows[5][8] = 24.1, 29.5
    return rows


def _dated_as_told(brought: Brought) -> None:
    assert [(r["ordered_on"], r["amount"]) for r in brought.rows("orders")] == [
        (date(2024, 1, 31), 1),
        (date(2024, 2, 29), 2),
    ]


PROMISES = (
    Promise(
        "L3", "ASK", lambda: workbook({"月度汇总": ACROSS}), name="a year of months in 万元",
        says=("ask.months", "ask.year.title", "ask.unit", "i.months"), then=_months_became_rows,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"Revenue": ACCOUNTS}), name="Jan-26",
        says=("ask.months", "i.months"), then=_english_months,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"订单表": ORDERS, "月度汇总": ACROSS}), name="the same sales twice",
        says=("ask.twice", "i.compared"), then=_orders_count_and_totals_are_compared,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"订单表": ORDERS, "月度汇总": ACROSS}), name="totals where no orders are",
        answers={"twice": "both"}, then=_totals_fill_the_months_without_orders,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"月度汇总": _with_july()}), name="next month's table",
        given=lambda: workbook({"月度汇总": ACROSS}), then=_only_the_new_month_is_added,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"Tabelle": [["客户", "1月", "2月"], ["A", 1, 2]]}), name="no year anywhere",
        says=("ask.year.unknown",), answers={"year": "2024"}, then=_dated_as_told,
    ),
)  # fmt: skip
