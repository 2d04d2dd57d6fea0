"""W3, W4: orders by their numbers over several files: begun anew, split, overlapping, corrected; one upload or two."""

from __future__ import annotations

from tests.promises.promise import Brought, Files, Promise
from tests.promises.table import ORDERS

LINES = "order id,line,customer id,order date,product,amount\n"
PRODUCTS = "order id,customer id,order date,product,amount\n"
LAST_YEAR = ORDERS + "1,A,2025-01-05,100\n"
THIS_YEAR = ORDERS + "1,A,2026-01-08,100\n"
OTHER_CUSTOMER = ORDERS + "1,C,2026-02-15,70\n"
JANUARY = ORDERS + "".join(f"{n},A{n},2026-01-{n:02d},{n}\n" for n in range(1, 29))
FEBRUARY = ORDERS + "".join(f"{n},B{n},2026-02-{n - 19:02d},{n}\n" for n in range(20, 48))
MACHINE = PRODUCTS + "O1,A,2026-02-03,spindle,10\n"
PARTS = PRODUCTS + "O1,A,2026-02-03,seal,2\nO2,B,2026-02-04,seal,3\n"
MONTH = PRODUCTS + "O1,A,2026-02-03,spindle,10\nO1,A,2026-02-03,seal,2\nO2,B,2026-02-20,seal,5\n"
MOVED = PRODUCTS + "O0,C,2026-02-01,seal,1\nO1,A,2026-02-05,spindle,12\nO1,A,2026-02-05,seal,3\n"
MOVED_ALONE = PRODUCTS + "O1,A,2026-02-05,spindle,12\nO1,A,2026-02-05,seal,3\n"


def _files(*texts: str) -> Files:
    return [(f"file {place}.csv", text.encode()) for place, text in enumerate(texts)]


def _holds(orders: int, amount: float, rows: int, customers: dict[str, int] | None = None) -> object:
    """The orders of every count agree, each row has a key of its own, and the number is shown as written."""

    def then(brought: Brought) -> None:
        assert brought.version is not None and brought.version.rows["orders"] == rows, brought.version
        with brought.store.open() as book:
            months, total = book.query("months"), book.query("summary").iloc[0]
            on = book.data_through_on
            counts = book.query("order_counts", as_of=on, window_start="1900-01-01").set_index("customer_id")
            shown = {
                str(number)
                for customer in counts.index
                for number in book.query(
                    "customer_orders", customer_id=customer, as_of=on, window_start="1900-01-01"
                )["number"]
            }
        assert total["orders"] == orders, total["orders"]
        assert months["orders"].sum() == orders, months
        assert counts["total_order_count"].sum() == orders, counts
        assert months["amount"].sum() == amount, months
        for customer, count in (customers or {}).items():
            assert counts["total_order_count"][customer] == count, counts
        assert all(number.isalnum() for number in shown), shown

    return then


def _asked(code: str, proposed: str, numbers: str, then: object) -> object:
    def held(brought: Brought) -> None:
        (question,) = [one for one in brought.questions if one.code == code]
        assert (question.proposed, question.facts["numbers"]) == (proposed, numbers), question
        then(brought)  # type: ignore[operator]

    return held


_BEGUN_ANEW = _holds(3, 270, 3, {"A": 2, "C": 1})
_OVERLAPPING = _holds(56, sum(range(1, 29)) + sum(range(20, 48)), 56)
_SPLIT = _holds(2, 15, 3, {"A": 1, "B": 1})

PROMISES = tuple(
    Promise(row, verdict, files, name=name, then=then, given=given, says=says, answers=answers)  # type: ignore[arg-type]
    for row, verdict, name, given, files, then, says, answers in (
        ("W3", "OK", "numbers begun anew, one upload", None,
         lambda: _files(LAST_YEAR, THIS_YEAR, OTHER_CUSTOMER), _BEGUN_ANEW, (), {}),
        ("W3", "OK", "numbers begun anew, two uploads", lambda: _files(LAST_YEAR),
         lambda: _files(THIS_YEAR, OTHER_CUSTOMER), _BEGUN_ANEW, (), {}),
        ("W3", "OK", "numbers begun anew, with lines", lambda: _files(LINES + "1,1,A,2025-01-05,x,100\n"),
         lambda: _files(LINES + "1,1,A,2026-01-08,x,100\n", LINES + "1,1,C,2026-02-15,x,70\n"), _BEGUN_ANEW, (), {}),
        ("W3", "OK", "numbers that overlap, one upload", None, lambda: _files(JANUARY, FEBRUARY), _OVERLAPPING, (), {}),
        ("W3", "OK", "numbers that overlap, two uploads", lambda: _files(JANUARY), lambda: _files(FEBRUARY),
         _OVERLAPPING, (), {}),
        ("W3", "ASK", "an order over two files, one upload", None, lambda: _files(MACHINE, PARTS),
         _asked("ask.further", "apart", "O1", _SPLIT), ("ask.further",), {}),
        ("W3", "ASK", "an order over two files, two uploads", lambda: _files(MACHINE), lambda: _files(PARTS),
         _asked("ask.further", "apart", "O1", _SPLIT), ("ask.further",), {}),
        ("W4", "ASK", "an order of several lines on another day, with other amounts", lambda: _files(MONTH),
         lambda: _files(MOVED), _asked("ask.corrected", "same", "O1", _holds(3, 21, 4)), ("ask.corrected",), {}),
        ("W4", "ASK", "another day and other amounts, said to be another order", lambda: _files(MONTH),
         lambda: _files(MOVED), _holds(4, 33, 6, {"A": 2}), ("ask.corrected",), {"corrected:orders": "apart"}),
        ("W4", "ASK", "another day and other amounts, alone in the file", lambda: _files(MONTH),
         lambda: _files(MOVED_ALONE), _asked("ask.further", "apart", "O1", _holds(3, 32, 5)), ("ask.further",), {}),
        ("W4", "ASK", "alone in the file, said to be the same order", lambda: _files(MONTH),
         lambda: _files(MOVED_ALONE), _holds(2, 20, 3), ("ask.further",), {"further:orders": "same"}),
        ("W4", "OK", "one amount corrected by a later file of the upload", None,
         lambda: _files(ORDERS + "O1,A,2026-03-01,10\n", ORDERS + "O1,A,2026-03-01,12\n"), _holds(1, 12, 1), (), {}),
    )
)  # fmt: skip
