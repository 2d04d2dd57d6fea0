"""I9, L14, L20, W7: a month held against the customers the store knows, without a customer sheet of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from segmentation.features import build_features
from tests.promises.promise import Brought, Files, Promise
from tests.promises.table import ORDERS, csv_file, workbook

LISTED = "customer id,customer name,region\nC1,Calder Freight Ltd,North\nC2,Oakline Foods,South\n"
BOUGHT = ORDERS + "O1,C1,2026-10-03,100\nO2,C2,2026-10-04,200\n"


def _first() -> Files:
    return [*csv_file(LISTED, name="customers.csv"), *csv_file(BOUGHT)]


def _orders(*customers: str) -> Files:
    lines = [f"O{n},{key},2026-11-{n:02d},{n}.5\n" for n, key in enumerate(customers, 11)]
    return csv_file(ORDERS + "".join(lines))


def _strangers(brought: Brought) -> None:
    told = brought.issue("i.unknown.orders")
    assert told.rows == 3 and told.severity == "check"
    assert told.facts == {
        "n": 3, "amount": Decimal("40.5"), "share": 3 / 5, "customers": 2, "names": "X9, X1",
    }  # fmt: skip
    assert [row["customer_id"] for row in brought.rows("orders")] == ["C1", "X9", "X9", "X1", "C2"]


def _only_the_stranger(brought: Brought) -> None:
    told = brought.issue("i.unknown.orders")
    assert (told.rows, told.facts["names"], told.facts["customers"]) == (1, "X9", 1)


def _none(brought: Brought) -> None:
    assert not {code for code in brought.codes if code.startswith("i.unknown")}


def _linked_by_name(brought: Brought) -> None:
    assert [row["customer_id"] for row in brought.rows("orders")] == ["C2", "C1"]
    assert brought.issue("i.linked").rows == 2
    _none(brought)


PARTLY = csv_file("customer id,customer name\nC3,Veridian\n", name="customers.csv")
BY_NAME = [["客户名称", "地区"], ["温州科达（中国）泵业", "温州"], ["义乌顺达贸易", "义乌"]]
SOLD = [["日期", "客户", "金额"], ["2026-11-03", "温州科达(中国)泵业 ", 10], ["2026-11-04", "义乌顺达", 20]]


def _named() -> Files:
    return workbook({"客户表": BY_NAME}, "customers.xlsx")


def _suggested(brought: Brought) -> None:
    (asked,) = [question for question in brought.questions if question.code == "ask.alias"]
    assert (asked.facts["a"], asked.facts["b"], asked.facts["n"]) == ("义乌顺达", "义乌顺达贸易", 1)
    assert brought.issue("i.unknown.orders").facts["names"] == "义乌顺达"
    assert brought.rows("orders")[0]["customer_id"] == "温州科达(中国)泵业", (
        "width and brackets are no difference"
    )


def _confirmed(brought: Brought) -> None:
    _none(brought)
    assert _amounts(brought) == {"温州科达(中国)泵业": 10, "义乌顺达贸易": 20}


def _amounts(brought: Brought) -> dict[str, float]:
    assert brought.version is not None
    with brought.store.open() as book:
        found = build_features(book, date(2026, 11, 30), None)
    return {key: amount for key, amount in found["amount"].items() if amount}


NEXT_LIST = "customer id,customer name,region\nC8,Calder Freight,North\nC2,Oakline Foods,South\n"


def _asked_about_the_one_gone(brought: Brought) -> None:
    (asked,) = [question for question in brought.questions if question.code == "ask.gone"]
    told = {"a": "Calder Freight Ltd", "a_id": "C1", "b": "Calder Freight", "b_id": "C8"}
    assert (asked.id, dict(asked.facts), asked.proposed) == ("gone:C1", told, "keep")
    assert [value for value, _ in asked.options] == ["keep", "C8", "stopped"]
    missing = brought.issue("i.missing")
    assert (missing.facts["n"], missing.facts["all"], missing.facts["names"]) == (1, 2, "Calder Freight Ltd")
    assert _amounts(brought) == {"C1": 100, "C2": 200}


def _merged(brought: Brought) -> None:
    assert brought.version is not None
    (alias,) = brought.version.aliases
    assert (alias.who, alias.written, alias.meant) == ("customer", "C1", "C8")
    assert _amounts(brought) == {"C8": 100, "C2": 200}


def _stopped(brought: Brought) -> None:
    assert brought.version is not None
    (mark,) = brought.version.aliases
    assert (mark.who, mark.written, mark.meant) == ("stopped", "C1", "2026-10-04")
    assert _amounts(brought) == {"C1": 100, "C2": 200}, "nothing is deleted"


SHORTER_LIST = "customer id,customer name,region\nC2,Oakline Foods,South\n"


def _asked_about_the_rest(brought: Brought) -> None:
    (asked,) = [question for question in brought.questions if question.code == "ask.gone.rest"]
    assert (asked.facts["n"], asked.facts["names"], asked.proposed) == (1, "Calder Freight Ltd", "keep")
    assert [value for value, _ in asked.options] == ["keep", "stopped"]
    assert brought.issue("i.missing").facts["n"] == 1
    assert _amounts(brought) == {"C1": 100, "C2": 200}


PROMISES = (
    Promise(
        "I9", "FIX", lambda: _orders("C1", "X9", "X9", "X1", "C2"), ("i.unknown.orders",), _strangers, _first,
        name="orders alone",
    ),
    Promise("I9", "OK", lambda: _orders("C1", "C2"), then=_none, given=_first, name="all of them stored"),
    Promise(
        "I9", "FIX",
        lambda: [*PARTLY, *_orders("C1", "C3", "X9")],
        ("i.unknown.orders",), _only_the_stranger, _first, name="a list of the new ones only",
    ),
    Promise(
        "L13", "FIX", lambda: _orders("Oakline Foods", "Calder Freight Ltd"), ("i.linked",), _linked_by_name, _first,
        name="names of stored customers",
    ),
    Promise(
        "L14", "ASK", lambda: workbook({"订单表": SOLD}), ("ask.alias",), _suggested, _named,
        name="no customer sheet this month",
    ),
    Promise(
        "L14", "ASK", lambda: workbook({"订单表": SOLD}), ("ask.alias",), _confirmed, _named,
        {"alias": "义乌顺达贸易"}, name="no customer sheet, confirmed",
    ),
    Promise(
        "L20", "ASK", lambda: csv_file(NEXT_LIST, name="customers.csv"), ("ask.gone", "i.missing"),
        _asked_about_the_one_gone, _first, name="another bears the name",
    ),
    Promise(
        "L20", "ASK", lambda: csv_file(NEXT_LIST, name="customers.csv"), ("ask.gone",), _merged, _first,
        {"gone:C1": "C8"}, name="merged into another",
    ),
    Promise(
        "L20", "ASK", lambda: csv_file(NEXT_LIST, name="customers.csv"), ("ask.gone",), _stopped, _first,
        {"gone:C1": "stopped"}, name="marked as stopped",
    ),
    Promise(
        "L20", "ASK", lambda: csv_file(SHORTER_LIST, name="customers.csv"), ("ask.gone.rest", "i.missing"),
        _asked_about_the_rest, _first, name="nobody like it in the list",
    ),
    Promise(
        "L20", "ASK", lambda: csv_file(SHORTER_LIST, name="customers.csv"), ("ask.gone.rest",), _stopped, _first,
        {"gone:C1": "stopped"}, name="nobody like it, marked as stopped",
    ),
)  # fmt: skip
