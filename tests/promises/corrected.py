"""D11, D16, D17, D19 and W5: what a person says of a sheet the program could not tell, or told wrongly."""

# ruff: noqa: E501 - rows stand as the files hold them

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from segmentation.intake.layouts import header_key, keep_key
from segmentation.intake.uploads import Reading
from tests.promises.promise import Brought, Promise
from tests.promises.table import csv_file, workbook

# No word of it is known, in neither language.
STRANGE = "Ref,Party,Noted,Worth\nR1,Acme,2026-03-01,10\nR2,Beta,2026-03-02,20.5\n"
FREMD = "代号,往来单位,记于,折合\nR1,甲公司,2026-03-01,10\nR2,乙公司,2026-03-02,20.5\n"
AS_ORDERS = {"order_id": 0, "customer_id": 1, "ordered_on": 2, "amount": 3}
AS_TOUCHES = {"touch_id": 0, "customer_id": 1, "at": 2}
VISITS = [
    ["记录"],
    ["单号", "谁", "哪天", "说了什么"],
    ["V1", "甲公司", "2026-03-01", "报价"],
    ["V2", "乙公司", "2026-03-02", "送样"],
]
# The line above looks like headers: it has more known words than the headers themselves.
MISLEADING = [
    ["客户", "订单", "日期", "金额", "产品"],
    ["单位全称", "票号", "开票日", "开票额", "品名"],
    ["甲公司", "O1", "2026-03-01", 10, "轴承"],
    ["乙公司", "O2", "2026-03-02", 20, "油封"],
]
MISLED = {"customer_id": 0, "order_id": 1, "ordered_on": 2, "amount": 3}
CUSTOMERS = "customer id,customer name,Loading dock,Salary of buyer\nC1,Acme,north,9000\nC2,Beta,south,8000\n"


def says(table: str, columns: Mapping[str, int], row: int = 0) -> Callable[[Reading], Mapping[str, str]]:
    """The sheet holds this table, its columns stand there; its headers in this row."""

    def correct(reading: Reading) -> Mapping[str, str]:
        (sheet,) = reading.sheets
        told = {header_key(sheet.file, sheet.sheet): str(row)} if row else {}
        if row and sheet.header_row != row:
            return told
        meant = {f"column:{sheet.signature}:{table}.{name}": sheet.headers[i] for name, i in columns.items()}
        return told | {f"table:{sheet.signature}": table} | meant

    return correct


def leaves(*headers: str, told: str = "no") -> Callable[[Reading], Mapping[str, str]]:
    """The further columns that are unticked."""
    return lambda reading: {keep_key(reading.sheets[0].signature, header): told for header in headers}


def keeps(*headers: str) -> Callable[[Reading], Mapping[str, str]]:
    """The further columns that are ticked."""
    return leaves(*headers, told="yes")


def _two_orders(first: str, second: str) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        assert [
            (r["order_id"], r["customer_id"], r["ordered_on"], r["amount"]) for r in brought.rows("orders")
        ] == [
            ("R1", first, date(2026, 3, 1), Decimal(10)),
            ("R2", second, date(2026, 3, 2), Decimal("20.5")),
        ]
        assert not len(brought.rejected)

    return hold


def _two_visits(brought: Brought) -> None:
    assert [(r["touch_id"], r["customer_id"]) for r in brought.rows("touches")] == [
        ("V1", "甲公司"),
        ("V2", "乙公司"),
    ]


def _second_row_holds_the_headers(brought: Brought) -> None:
    assert [(r["order_id"], r["customer_id"], r["amount"]) for r in brought.rows("orders")] == [
        ("O1", "甲公司", 10), ("O2", "乙公司", 20),
    ]  # fmt: skip
    assert brought.reading is not None and brought.reading.sheets[0].header_row == 2
    (account,) = [one for one in brought.accounts if one.table == "orders"]
    assert (account.read, account.accepted) == (2, 2)


def _attributes(*expected: Mapping[str, str]) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        found = [json.loads(r["attributes"]) if r["attributes"] else {} for r in brought.rows("customers")]
        assert found == list(expected)
        stored = b"".join(path.read_bytes() for path in brought.store.path.rglob("*") if path.is_file())
        assert all((b"9000" in stored) == ("Salary of buyer" in one) for one in expected[:1])

    return hold


def _unticked_is_listed(brought: Brought) -> None:
    _attributes({"Loading dock": "north"}, {"Loading dock": "south"})(brought)
    assert brought.issue("i.unused").facts["columns"] == "Salary of buyer"


def _guess(column: str, guess: str) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        assert brought.error is not None
        found = brought.error.facts["column"], brought.error.facts["guess"]
        assert found == (column, guess), found

    return hold


def _worth(brought: Brought) -> None:
    assert [r["amount"] for r in brought.rows("orders")] == [10, 20]


def _eight_rows(brought: Brought) -> None:
    assert brought.error is not None and brought.error.facts["n"] == 8


LACKING = (
    "order number,customer id,remark,order date,Worth\nO1,A,fast,2026-03-01,10\nO2,B,slow,2026-03-02,20\n"
)
FEHLT = "订单编号,客户编号,备注,订单日期,折合\nO1,A,快,2026-03-01,10\nO2,B,慢,2026-03-02,20\n"

FIRST = {
    "en": "Order no,Customer,Order date,Amount\nO1,Acme,2026-03-01,10\nO2,Beta,2026-03-02,20\n",
    "zh": "订单编号,客户名称,订单日期,金额\nO1,甲公司,2026-03-01,10\nO2,乙公司,2026-03-02,20\n",
}
NEXT = {"en": "\nO3,Acme,2026-04-01,30\n", "zh": "\nO3,甲公司,2026-04-01,30\n"}
# language, column, last month's header, this month's: words turned round, a word of the house, another word for it
RENAMED = (
    ("en", "ordered_on", "Order date", "Date ordered"),
    ("en", "amount", "Amount", "Turnover billed"),
    ("en", "customer_id", "Customer", "Bought by"),
    ("zh", "ordered_on", "订单日期", "日期（订单）"),
    ("zh", "amount", "金额", "落袋"),
    ("zh", "customer_id", "客户名称", "往来户"),
)


def _renamed(code: str, before: str, now: str) -> list[tuple[str, bytes]]:
    header = FIRST[code].splitlines()[0].replace(before, now)
    return csv_file(header + NEXT[code], name="orders-04.csv")


def _drift_is_told(column: str, before: str, now: str) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        (question,) = [one for one in brought.questions if one.code == "ask.renamed"]
        assert (question.facts["before"], question.facts["now"], question.proposed) == (before, now, "yes")
        assert brought.issue("i.renamed").column == column
        (row,) = brought.rows("orders")
        assert (row["order_id"], row["ordered_on"], row["amount"]) == ("O3", date(2026, 4, 1), 30)
        assert row["customer_id"] in {"Acme", "甲公司"}
        with brought.store.open() as book:
            assert list(book.query("months")["amount"]) == [30, 30]

    return hold


PROMISES: tuple[Promise, ...] = (
    Promise("W5", "STOP", lambda: csv_file(STRANGE, name="x.csv"), ("e.nottable.none",), name="no word is known"),
    Promise(
        "W5", "OK", lambda: csv_file(STRANGE, name="x.csv"), then=_two_orders("Acme", "Beta"),
        corrections=says("orders", AS_ORDERS), name="told to be orders",
    ),
    Promise(
        "W5", "OK", lambda: csv_file(FREMD, name="x.csv"), then=_two_orders("甲公司", "乙公司"),
        corrections=says("orders", AS_ORDERS), name="told to be orders, Chinese",
    ),
    Promise(
        "W5", "OK", lambda: workbook({"Sheet1": VISITS}), then=_two_visits,
        corrections=says("touches", AS_TOUCHES, 2), name="told to be follow-ups",
    ),
    Promise("D16", "STOP", lambda: csv_file(LACKING), ("e.column",), _guess("amount", "Worth"), name="the column of numbers is guessed"),
    Promise("D16", "STOP", lambda: csv_file(FEHLT), ("e.column",), _guess("销售额", "折合"), name="guessed in Chinese"),
    Promise(
        "D16", "OK", lambda: csv_file(LACKING), then=_worth, corrections=says("orders", {"amount": 4}),
        name="the column is told",
    ),
    Promise(
        "D11", "STOP", lambda: csv_file("".join(f"1,{n},2026-03-{n:02d},5\n" for n in range(1, 9)), name="x.csv"),
        ("e.header",), _eight_rows, name="no row of headers",
    ),
    Promise(
        "D11", "OK", lambda: workbook({"订单": MISLEADING}), then=_second_row_holds_the_headers,
        corrections=says("orders", MISLED, 2), name="the header row is told",
    ),
    Promise("D17", "OK", lambda: csv_file(CUSTOMERS, name="customers.csv"), then=_attributes(
        {"Loading dock": "north", "Salary of buyer": "9000"}, {"Loading dock": "south", "Salary of buyer": "8000"},
    ), name="all ticked"),
    Promise(
        "D17", "OK", lambda: csv_file(CUSTOMERS, name="customers.csv"), ("i.unused",), _unticked_is_listed,
        corrections=leaves("Salary of buyer"), name="one unticked",
    ),
    *(
        Promise(
            "D19", "ASK", lambda code=code, before=before, now=now: _renamed(code, before, now), ("ask.renamed", "i.renamed"),
            _drift_is_told(column, before, now), given=lambda code=code: csv_file(FIRST[code], name="orders-03.csv"),
            name=f"{before} → {now}",
        )
        for code, column, before, now in RENAMED
    ),
)  # fmt: skip
