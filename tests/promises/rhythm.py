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


SHOP_A = NAMELESS + "".join(f"A{n},2026-03-{n:02d},{n}\n" for n in range(1, 11))
SHOP_B = NAMELESS + "".join(f"B{n},2026-03-{n + 4:02d},{n}0\n" for n in range(1, 9))
# One amount corrected, one row dropped, one customer who buys at the other shop on that day too.
SHOP_A_AGAIN = SHOP_A.replace("A2,2026-03-02,2", "A2,2026-03-02,22") + "B1,2026-03-05,7\n"
SHOP_A_AGAIN = SHOP_A_AGAIN.replace("A9,2026-03-09,9\n", "")


def _shops() -> Files:
    return [*csv_file(SHOP_A, name="shop a.csv"), *csv_file(SHOP_B, name="shop b.csv")]


def _other_shop_kept(brought: Brought) -> None:
    """Shop A: 55 − 2 + 22 − 9 + 7; all of shop B, six in that period, also where both sold to one customer."""
    assert brought.weighed is not None
    table = brought.weighed.difference.table("orders")
    counts = (table.added, table.changed, table.removed, table.set_aside) if table is not None else ()
    assert counts == (1, 1, 1, 6), table
    (question,) = brought.weighed.questions
    assert (question.id, question.facts["n"], question.proposed) == ("period:orders", 1, "replace")
    assert _orders_after(brought) == (18, 73 + 360)


def _another_list(brought: Brought) -> None:
    """Nothing of the list is stored: replacing would take every row away, and the question says how many."""
    assert brought.weighed is not None
    (question,) = brought.weighed.questions
    assert (question.facts["n"], question.proposed) == (6, "add"), question
    assert _orders_after(brought) == (18, 55 + 360)


def _nothing_to_decide(brought: Brought) -> None:
    """Every stored row is in the file, one of them changed, and a new day: no question."""
    assert brought.weighed is not None
    table = brought.weighed.difference.table("orders")
    assert table is not None and (table.added, table.changed, table.unchanged, table.removed) == (1, 1, 2, 0)
    assert brought.questions == () and _orders_after(brought) == (4, 71)


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
        "W4", "ASK", lambda: csv_file(SHOP_A_AGAIN, name="shop a again.csv"), then=_other_shop_kept, given=_shops,
        says=("ask.period",), name="without a number, the list of one shop of two",
    ),
    Promise(
        "W4", "ASK", lambda: csv_file(SHOP_B, name="shop b.csv"), then=_another_list, says=("ask.period",),
        given=lambda: csv_file(SHOP_A, name="shop a.csv"), name="without a number, a list of another shop",
    ),
    Promise(
        "W3", "OK", lambda: csv_file(MARCH_RECEIPTS.replace(",20\n", ",21\n") + "D,2026-03-25,10\n"),
        then=_nothing_to_decide, given=lambda: csv_file(MARCH_RECEIPTS), name="without a number, the whole list grown",
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
