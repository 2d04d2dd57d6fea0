"""D8–D15 and D18: which row is the header, and what its words mean."""

# ruff: noqa: E501 - rows stand as the files hold them

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.promises.promise import Brought, Promise
from tests.promises.table import ORDERS, csv_file, workbook

TWICE = "order id,customer id,order date,amount,amount\nO1,A,2026-03-01,10,11\nO2,B,2026-03-02,20,22\n"
SAME = TWICE.replace("11", "10").replace("22", "20")
UNTITLED = "order id,customer id,order date,,amount\nO1,A,2026-03-01,x,10\nO2,B,2026-03-02,y,20\n"
TITLED = [
    ["某某公司"],
    ["2026年订单"],
    [],
    ["订单编号", "客户编号", "订单日期", "金额"],
    ["O1", "A", "2026-03-01", 10],
    ["O2", "B", "2026-03-02", 20],
]
TWO_ROWS = [
    ["日期", "客户", "金额", None, "经手人"],
    [None, None, "应收", "已收", None],
    ["2026-03-01", "A", 10, 4, "小周"],
    ["2026-03-02", "B", 20, 20, "小吴"],
]
PLAIN = ORDERS + "O1,A,2026-03-01,10\nO2,B,2026-03-02,20\n"
MOVED = "amount,order date,order id,customer id\n20,2026-03-02,O2,B\n30,2026-03-03,O3,C\n"


def _amounts(*amounts: int) -> Callable[[Brought], None]:
    def then(brought: Brought) -> None:
        assert [r["amount"] for r in brought.rows("orders")] == [Decimal(amount) for amount in amounts]

    return then


def _no_title(brought: Brought) -> None:
    _amounts(10, 20)(brought)
    assert brought.issue("i.no_title").facts["columns"] == "Column 4 (no title)"


def _unit(brought: Brought) -> None:
    _amounts(12_000, 30_000)(brought)
    (question,) = [one for one in brought.questions if one.code == "ask.unit"]
    assert (question.facts["unit"], question.facts["money"]) == ("万元", "12000")


def _joined(brought: Brought) -> None:
    _amounts(10, 20)(brought)
    assert [r["paid_amount"] for r in brought.rows("orders")] == [4, 20]
    assert brought.issue("i.joined").facts["columns"] == "金额-应收, 金额-已收"


def _total_compared(brought: Brought) -> None:
    _amounts(10, 20)(brought)
    differs = brought.issue("total.differs")
    assert (differs.facts["theirs"], differs.facts["ours"], differs.cells) == (31, 30, ("orders!D4",))


def _dropped(brought: Brought) -> None:
    _amounts(10, 20)(brought)
    counts = {issue.code: issue.rows for issue in brought.issues}
    assert (counts["i.excluded.blank"], counts["i.excluded.header"]) == (1, 1)


def _notes(brought: Brought) -> None:
    _amounts(10, 20)(brought)
    assert brought.issue("i.excluded.note").rows == 2


def _upserted(brought: Brought) -> None:
    with brought.store.open() as book:
        assert list(book.query("months")["amount"]) == [60.0]
    assert not brought.questions


PROMISES: tuple[Promise, ...] = (
    Promise("D8", "ASK", lambda: csv_file(TWICE), ("ask.same",), _amounts(10, 20), name="the first proposed"),
    Promise(
        "D8", "ASK", lambda: csv_file(TWICE), ("ask.same",), _amounts(11, 22), answers={"same": "2"}, name="the second chosen"
    ),
    Promise("D8", "OK", lambda: csv_file(SAME), ("i.same_column",), _amounts(10, 20), name="identical"),
    Promise("D9", "ASK", lambda: csv_file(UNTITLED), ("i.no_title",), _no_title),
    Promise(
        "D10", "ASK", lambda: csv_file("订单编号,客户编号,订单日期, 金额（万元） \nO1,A,2026-03-01,1.2\nO2,B,2026-03-02,3\n"),
        ("ask.unit",), _unit,
    ),
    Promise("D11", "OK", lambda: workbook({"订单": TITLED}), then=_amounts(10, 20), name="found below title rows"),
    Promise("D12", "ASK", lambda: workbook({"订单": TWO_ROWS}), ("i.joined",), _joined),
    Promise("D13", "FIX", lambda: csv_file(PLAIN + "合计,,,31\n"), ("total.differs",), _total_compared),
    Promise(
        "D14", "FIX", lambda: csv_file(PLAIN.replace("O2", ",,,\norder id,customer id,order date,amount\nO2")),
        then=_dropped,
    ),
    Promise("D15", "FIX", lambda: csv_file(PLAIN + ",,,\n,,,\n制单: 周敏,,,\n第 1 页,,,\n"), then=_notes),
    Promise("D18", "OK", lambda: csv_file(MOVED), then=_upserted, given=lambda: csv_file(PLAIN)),
)  # fmt: skip
