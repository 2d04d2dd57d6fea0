"""I rows, D16, D17, D19, S14: who it is, and which column says so."""

from __future__ import annotations

from decimal import Decimal

from tests.promises.promise import Brought, Promise
from tests.promises.table import ORDERS, csv_file, workbook

CUSTOMERS = "customer id,customer name,region\n"
HEADER = ["order id", "customer id", "order date", "amount"]


def _customers(text: str, header: str = CUSTOMERS) -> list[tuple[str, bytes]]:
    return csv_file(header + text, name="customers.csv")


def _orders(*customers: str) -> list[tuple[str, bytes]]:
    lines = [f"O{n},{customer},2026-03-{n:02d},{n}0" for n, customer in enumerate(customers, 1)]
    return csv_file(ORDERS + "\n".join(lines) + "\n")


def _ids(brought: Brought, table: str, *expected: str | None) -> None:
    found = [row["customer_id"] for row in brought.rows(table)]
    assert found == list(expected), found


def _rejected(brought: Brought, *expected: tuple[str, str, str]) -> None:
    rows = brought.rejected
    found = list(zip(rows["cell"], rows["value"], rows["reason"], strict=True))
    assert found == list(expected), found


def _phones(brought: Brought) -> None:
    """The customer stays, its phone as it was found; the damage is listed with its cell."""
    told = [row["attributes"] for row in brought.rows("customers")]
    assert told == ['{"手机": "13800000023"}', '{"手机": "1.38E+10"}', '{"手机": "0574-87650001"}'], told
    issue = brought.issue("i.cell.precision_lost")
    assert (issue.rows, issue.cells) == (1, ("customers!C3",))
    assert brought.upload is not None
    (line,) = brought.upload.corrected.to_dict("records")
    assert (line["cell"], line["value"], line["reason"]) == ("C3", "1.38E+10", "precision_lost")


def _digits(brought: Brought) -> None:
    assert brought.error is not None and brought.error.facts["column"] == "customer id"


def _unmatched(brought: Brought) -> None:
    _ids(brought, "orders", "A", None, None, None)
    told = brought.issue("i.unmatched.orders")
    assert (told.rows, told.facts["n"], told.facts["amount"]) == (3, 3, 90.0), told


def _nameless(brought: Brought) -> None:
    _ids(brought, "customers", "A")
    _rejected(brought, ("A3", "", "missing"), ("A4", "-", "missing"), ("A5", "NaN", "missing"))


def _no_number(brought: Brought) -> None:
    assert [row["order_id"] for row in brought.rows("orders")] == ["O1", "O3"]
    _rejected(brought, ("A3", "", "missing"))


def _zeros(brought: Brought) -> None:
    _ids(brought, "orders", "00123", "123", "123", "123", "00123")
    told = brought.issue("i.zeros")
    assert told.severity == "decide" and told.facts["ids"] == "00123 / 123"


def _lost_zeros(brought: Brought) -> None:
    """The order sheet's numbers lost their zeros in Excel: asked, and linked by the proposed answer."""
    (asked,) = [question for question in brought.questions if question.code == "ask.zeros"]
    assert (asked.proposed, asked.facts["n"]) == ("yes", 3)
    _ids(brought, "orders", "01010023", "01010024", "01020007")


def _zeros_kept_apart(brought: Brought) -> None:
    _ids(brought, "orders", "1010023", "1010024", "1020007")


def _book_without_zeros() -> list[tuple[str, bytes]]:
    customers = [["customer id", "customer name"], ["01010023", "A"], ["01010024", "B"], ["01020007", "C"]]
    orders = [HEADER] + [
        [f"O{n}", key, f"2026-03-0{n}", n] for n, key in enumerate((1010023, 1010024, 1020007), 1)
    ]
    return workbook({"customers": customers, "orders": orders})


def _short_numbers(brought: Brought) -> None:
    told = brought.issue("i.short_ids")
    assert told.facts["n"] == 1 and told.cells == ("customers!A2",), told


def _once(brought: Brought) -> None:
    _ids(brought, "customers", "B", "A")
    (account,) = brought.accounts
    assert (account.read, account.accepted, account.duplicate) == (3, 2, 1)


def _conflicts() -> list[tuple[str, bytes]]:
    return _customers("A,Alpha,North\nB,Beta,South\nA,Alpha,East\n")


def _last_row(brought: Brought) -> None:
    assert [(row["customer_id"], row["region"]) for row in brought.rows("customers")] == [
        ("B", "South"),
        ("A", "East"),
    ]
    (asked,) = [question for question in brought.questions if question.code == "ask.conflict"]
    assert asked.proposed == "last" and asked.facts["n"] == 1
    assert brought.upload is not None
    (line,) = brought.upload.corrected.to_dict("records")
    told = (line["cell"], line["value"], line["read_as"], line["reason"])
    assert told == ("C2", "North", "East", "conflict"), told


def _first_row(brought: Brought) -> None:
    regions = [(row["customer_id"], row["region"]) for row in brought.rows("customers")]
    assert regions == [("A", "North"), ("B", "South")], regions


def _newest(brought: Brought) -> None:
    (row,) = brought.rows("deals")
    assert (str(row["opened_on"]), row["amount"]) == ("2026-05-02", Decimal(20))


def _deals() -> list[tuple[str, bytes]]:
    return csv_file(
        "deal id,customer id,created date,stage,amount\nD1,A,2026-05-02,Won,20\nD1,A,2026-05-01,Won,10\n",
        name="deals.csv",
    )


def _namesakes(brought: Brought) -> None:
    _ids(brought, "customers", "A", "B", "C")
    told = brought.issue("i.namesakes")
    assert (told.rows, told.facts["n"], told.facts["names"]) == (0, 1, "Acme (A, B)"), told


def _unknown(brought: Brought) -> None:
    _ids(brought, "orders", "A", "X9", "A")
    told = brought.issue("i.unknown.orders")
    assert (told.rows, told.facts["names"], told.facts["amount"]) == (1, "X9", 20.0), told
    assert round(told.facts["share"], 3) == 0.333
    assert brought.version is not None
    with brought.store.open(brought.version.number) as book:
        assert book.query("unmatched").iloc[0].tolist() == [1, 20.0]
        assert book.query("summary").iloc[0]["order_amount"] == 60


def _ordinary(brought: Brought) -> None:
    told = [(row["customer_id"], row["name"]) for row in brought.rows("customers")]
    assert told == [("NA", "None"), ("null", "True"), ("None", "NA"), ("True", "null")], told


def _missing_date() -> list[tuple[str, bytes]]:
    return csv_file("订单编号,客户编号,金额\nO1,A,10\nO2,B,20\n", name="订单.csv")


def _told_what_lacks(brought: Brought) -> None:
    assert brought.error is not None
    facts = brought.error.facts
    assert (facts["column"], facts["found"]) == ("订单日期", "订单编号, 客户编号, 金额"), facts


def _kept_columns(brought: Brought) -> None:
    """Extra columns of customers are kept; those of orders are named as not stored."""
    told = [row["attributes"] for row in brought.rows("customers")]
    assert told == ['{"floor": "3"}'], told
    unused = brought.issue("i.unused")
    assert (unused.table, unused.facts["columns"]) == ("orders", "remark")


def _extra() -> list[tuple[str, bytes]]:
    return [
        *csv_file("customer id,customer name,floor\nA,Alpha,3\n", name="customers.csv"),
        *csv_file("order id,customer id,order date,amount,remark\nO1,A,2026-03-01,10,hello\n"),
    ]


def _renamed(brought: Brought) -> None:
    told = brought.issue("i.renamed")
    assert (told.facts["before"], told.facts["now"]) == ("客户名称", "客户名")
    assert [question.proposed for question in brought.questions] == ["yes"]
    assert [row["name"] for row in brought.rows("customers")] == ["甲", "乙"]


def _named(header: str) -> list[tuple[str, bytes]]:
    return csv_file(f"客户编号,{header},地区,行业\nA,甲,江苏,模具\nB,乙,江苏,机床\n", name="客户.csv")


_LONG = ("110101199003071234", "110101199003075678", "320501198811111111")

PROMISES = (
    Promise(
        "I1", "FIX", name="a phone number", then=_phones, says=("i.cell.precision_lost",),
        files=lambda: _customers("A,甲,13800000023\nB,乙,1.38E+10\nC,丙,0574-87650001\n", "客户编码,客户名称,手机\n"),
    ),
    Promise(
        "I2", "STOP", says=("e.digits",), then=_digits, name="a number cell",
        files=lambda: workbook({"orders": [HEADER, ["O1", 123456789012345678, "2026-03-01", 10]]}),
    ),
    Promise(
        "I2", "STOP", lambda: _orders(*(key[:15] + "000" for key in _LONG)), ("e.digits",), _digits,
        name="zeros at the end",
    ),
    Promise("I2", "OK", lambda: _orders(*_LONG), name="as text", then=lambda brought: _ids(brought, "orders", *_LONG)),
    Promise("I3", "STOP", lambda: _orders("1.10101E+17"), ("e.digits",), _digits),
    Promise("I4", "FIX", lambda: _orders("A", "", "-", "NaN"), ("i.unmatched.orders",), _unmatched),
    Promise(
        "I4", "ROW", lambda: _customers("A,Alpha,North\n,Beta,\n-,Gamma,\nNaN,Delta,\n"), then=_nameless,
        name="own key",
    ),
    Promise(
        "I4", "ROW", lambda: csv_file(ORDERS + "O1,A,2026-03-01,1\n,A,2026-03-02,2\nO3,A,2026-03-03,3\n"),
        then=_no_number, name="own key of orders",
    ),
    Promise("I5", "ASK", lambda: _orders("00123", "123", " 123 ", "１２３", "00123"), ("i.zeros",), _zeros),
    Promise("I5", "ASK", _book_without_zeros, ("ask.zeros",), _lost_zeros, name="zeros lost in Excel"),
    Promise(
        "I5", "ASK", _book_without_zeros, then=_zeros_kept_apart, name="zeros kept apart", answers={"zeros": "no"}
    ),
    Promise(
        "I5", "FIX", says=("i.short_ids",), then=_short_numbers, name="shorter than the others",
        files=lambda: workbook({"customers": [
            ["customer id", "customer name"], [1020007, "Z"],
            *([10_000_000 + 7_919 * n, f"Name {n}"] for n in range(1, 12)),
        ]}),
    ),
    Promise("I6", "FIX", lambda: _customers("A,Alpha,North\nB,Beta,\nA,Alpha,North\n"), ("i.duplicate",), _once),
    Promise("I7", "ASK", _conflicts, ("ask.conflict", "i.conflict"), _last_row),
    Promise("I7", "ASK", _conflicts, then=_first_row, name="first row", answers={"conflict": "first"}),
    Promise("I7", "STOP", _conflicts, ("e.conflict.rows",), name="block", answers={"conflict": "block"}),
    Promise("I7", "ASK", _deals, then=_newest, name="newest date", answers={"conflict": "newest"}),
    Promise("I8", "OK", lambda: _customers("A,Acme,North\nB,Acme,South\nC,Zeta,\n"), ("i.namesakes",), _namesakes),
    Promise(
        "I9", "FIX", lambda: [*_customers("A,Alpha,North\n"), *_orders("A", "X9", "A")], ("i.unknown.orders",), _unknown
    ),
    Promise(
        "I10", "OK", then=_ordinary,
        files=lambda: _customers("NA,None,\nnull,True,\nNone,NA,\nTrue,null,\n"),
    ),
    Promise("D16", "STOP", _missing_date, ("e.column",), _told_what_lacks),
    Promise(
        "D16", "STOP", lambda: [*_customers("A,Alpha,North\n"), *_missing_date()], ("e.column",), _told_what_lacks,
        name="beside a good file",
    ),
    Promise(
        "S14", "STOP", lambda: [*_customers("A,Alpha,North\n"), *csv_file(ORDERS)], ("e.empty",),
        name="header only beside a good file",
    ),
    Promise("D17", "OK", _extra, ("i.unused",), _kept_columns),
    Promise(
        "D19", "ASK", lambda: _named("客户名"), ("ask.renamed", "i.renamed"), _renamed,
        given=lambda: _named("客户名称"),
    ),
)  # fmt: skip
