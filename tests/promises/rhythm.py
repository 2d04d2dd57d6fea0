"""W rows that are one upload after another: the same again, months that overlap or come late."""

from __future__ import annotations

from tests.promises.promise import LANGUAGES, Brought, Files, Promise
from tests.promises.table import ORDERS, csv_file, workbook

MARCH = ORDERS + "O1,A,2026-03-01,10\nO2,B,2026-03-02,20\n"
NAMELESS = "customer id,order date,amount\n"
MARCH_RECEIPTS = NAMELESS + "A,2026-03-01,10\nB,2026-03-09,20\nC,2026-03-20,30\n"


def _nothing_new(brought: Brought) -> None:
    assert brought.version is not None and brought.weighed is not None
    assert [version.number for version in brought.store.versions()] == [1]
    assert brought.weighed.difference.is_same


def _named_as_imported(brought: Brought) -> None:
    _nothing_new(brought)
    assert brought.weighed is not None and brought.weighed.difference.imported_in == 1


def _saved_again() -> Files:
    rows = [line.split(",") for line in MARCH.strip().splitlines()]
    return workbook(
        {"Sheet1": [rows[0], *([a, b, c, float(d)] for a, b, c, d in reversed(rows[1:]))]}, "march.xlsx"
    )


def _orders_after(brought: Brought) -> tuple[int, float]:
    with brought.store.open() as book:
        found = book.query("months")
    return int(found["orders"].sum()), float(found["amount"].sum())


def _by_number(brought: Brought) -> None:
    assert brought.weighed is not None
    table = brought.weighed.difference.table("orders")
    assert table is not None and (table.added, table.changed, table.unchanged, table.removed) == (1, 1, 1, 0)
    assert _orders_after(brought) == (3, 61)


def _replaced(brought: Brought) -> None:
    assert brought.weighed is not None
    table = brought.weighed.difference.table("orders")
    assert table is not None and (table.added, table.changed, table.unchanged, table.removed) == (1, 1, 1, 1)
    assert brought.weighed.answers == {"period:orders": "replace"}
    assert _orders_after(brought) == (3, 71)


def _added(brought: Brought) -> None:
    assert brought.weighed is not None
    assert brought.weighed.answers["period:orders"] == "add"
    assert _orders_after(brought) == (6, 185), "a further list takes nothing away"


def _orders_not_customers(brought: Brought) -> None:
    assert brought.version is not None
    assert (brought.version.rows["customers"], brought.version.rows["orders"]) == (2, 2)
    (question,) = [one for one in brought.questions if one.code == "ask.table"]
    assert question.proposed == "orders"
    assert "is called like Customers, but looks like Orders" in LANGUAGES[0].say(
        question.code, **dict(question.facts)
    )


def _late_month(brought: Brought) -> None:
    assert brought.version is not None and brought.weighed is not None
    assert str(brought.version.data_through_on) == "2026-03-02", "by the data, not by the upload"
    assert brought.weighed.difference.restated == ()
    assert _orders_after(brought) == (3, 35)


PROMISES = (
    Promise("W1", "OK", lambda: csv_file(MARCH), then=_named_as_imported, given=lambda: csv_file(MARCH)),
    Promise(
        "W2", "OK", _saved_again, then=_nothing_new, given=lambda: csv_file(MARCH), name="as a workbook",
    ),
    Promise(
        "W3", "OK", lambda: csv_file(ORDERS + "O1,A,2026-03-01,10\nO2,B,2026-03-02,21\nO3,C,2026-03-30,30\n"),
        then=_by_number, given=lambda: csv_file(MARCH), name="by order number",
    ),
    Promise(
        "W3", "ASK",
        lambda: csv_file(NAMELESS + "A,2026-03-01,10\nB,2026-03-09,21\nD,2026-03-20,40\n", name="march again.csv"),
        says=("ask.period",), then=_replaced, given=lambda: csv_file(MARCH_RECEIPTS),
        name="without a number, most of the month again",
    ),
    Promise(
        "W3", "ASK", lambda: csv_file(NAMELESS + "C,2026-03-20,31\nF,2026-03-01,50\nG,2026-03-19,44\n"),
        says=("ask.period",), then=_added, given=lambda: csv_file(MARCH_RECEIPTS), answers={"period:orders": "add"},
        name="without a number, a further list",
    ),
    Promise(
        "W5", "ASK", lambda: csv_file(MARCH, name="customers.csv"), says=("ask.table",), then=_orders_not_customers,
        given=lambda: csv_file("customer id,name\nA,Acme\nB,Beta\n", name="customers.csv"),
    ),
    Promise(
        "W6", "OK", lambda: csv_file(ORDERS + "O0,A,2026-02-11,5\n"), then=_late_month, given=lambda: csv_file(MARCH),
    ),
    Promise(
        "W8", "STOP", lambda: [*csv_file(ORDERS + "O9,A,2026-04-01,1\n"), ("more.xlsx", b"PK\x03\x04 and no more")],
        given=lambda: csv_file(MARCH), says=("e.damaged",),
    ),
)  # fmt: skip
