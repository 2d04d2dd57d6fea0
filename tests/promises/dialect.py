"""D1 to D7: how a text file divides into rows and cells."""

from __future__ import annotations

from collections.abc import Callable

from tests.promises.promise import LANGUAGES, Brought, Promise
from tests.promises.table import ORDERS, csv_file

HEAD = ["order id", "customer id", "order date", "amount", "product"]
ROWS = [[f"O{n}", f"C{n % 7}", f"2026-03-{n % 28 + 1:02}", f"{n}.50", "bolt"] for n in range(1, 61)]


def _text(mark: str, end: str = "\n", before: str = "", after: str = "") -> str:
    """Sixty orders with this delimiter, line end, line before and end of every line."""
    return before + "".join(mark.join(row) + after + end for row in [HEAD, *ROWS])


def _all_orders(brought: Brought) -> None:
    orders = brought.rows("orders")
    assert [row["order_id"] for row in orders] == [row[0] for row in ROWS]
    assert [row["customer_id"] for row in orders] == [row[1] for row in ROWS]
    assert [f"{row['amount']:.2f}" for row in orders] == [row[3] for row in ROWS]
    assert {row["product"] for row in orders} == {"bolt"}


def _delimited(mark: str, name: str, **more: str) -> Promise:
    return Promise("D1", "OK", lambda: csv_file(_text(mark, **more)), then=_all_orders, name=name)


def _five_columns(brought: Brought) -> None:
    assert brought.error is not None
    assert brought.error.facts["columns"] == 5


def _quoted(brought: Brought) -> None:
    orders = brought.rows("orders")
    assert [row["product"] for row in orders] == ['a "wide"\nbolt', "nut, small", "plain"]
    assert [row["source_row"] for row in orders] == [2, 3, 4]


def _line_3(brought: Brought) -> None:
    assert brought.error is not None
    assert brought.error.facts == {"file": "orders.csv", "row": 3}
    assert "3" in LANGUAGES[0].say(brought.error.code, **brought.error.facts)


def _far_line(brought: Brought) -> None:
    assert brought.error is not None
    assert brought.error.facts["row"] == 25_002


def _long_row(brought: Brought) -> None:
    assert [row["order_id"] for row in brought.rows("orders")] == ["O1", "O3"]
    (line,) = brought.rejected.to_dict("records")
    assert (line["row"], line["cell"], line["value"], line["reason"]) == (3, "F3", "large", "too_many_values")
    facts = brought.issue("i.too_many_values").facts
    assert (facts["values"], facts["columns"], facts["n"]) == (6, 5, 1)
    (account,) = brought.accounts
    assert (account.read, account.accepted, account.rejected) == (3, 2, 1)


def _long_blank(brought: Brought) -> None:
    assert [row["order_id"] for row in brought.rows("orders")] == ["O1", "O2", "O3"]
    assert not len(brought.rejected)


def _shifted(brought: Brought) -> None:
    """The amount of a row whose columns moved is nobody's amount."""
    assert [str(row["amount"]) for row in brought.rows("orders")] == ["10.0000", "30.0000"]
    assert list(brought.rejected["row"]) == [3]


def _most_shifted(brought: Brought) -> None:
    """Nine amounts of ten have an unquoted comma: not one of them is read as its first digit."""
    assert [str(row["amount"]) for row in brought.rows("orders")] == ["100.0000"] * 6
    assert len(brought.rejected) == 54


def _short_row(brought: Brought) -> None:
    orders = brought.rows("orders")
    assert [(row["order_id"], row["product"]) for row in orders] == [
        ("O1", "bolt"),
        ("O2", None),
        ("O3", "nut"),
    ]
    assert brought.issue("i.too_few_values").cells == ("orders!E3",)


def _short_required(brought: Brought) -> None:
    assert [row["order_id"] for row in brought.rows("orders")] == ["O1", "O3"]
    (line,) = brought.rejected.to_dict("records")
    assert (line["row"], line["cell"], line["reason"]) == (3, "D3", "missing")


def _lines(*lines: str) -> Callable[[], list[tuple[str, bytes]]]:
    head = ",".join(HEAD) + "\n"
    return lambda: csv_file(head + "\n".join(lines) + "\n")


FIRST, THIRD = "O1,A,2026-03-01,10,bolt", "O3,A,2026-03-03,30,nut"
QUOTED = (
    'O1,A,2026-03-01,10,"a ""wide""\nbolt"',
    'O2,B,2026-03-02,20,"nut, small"',
    "O3,A,2026-03-03,30,plain",
)
FAR = (
    ORDERS
    + "".join(f"O{n},A,2026-03-01,10\n" for n in range(25_000))
    + 'X,A,2026-03-01,"10\nY,A,2026-03-01,10\n'
)
OPENED = ORDERS + 'O1,A,2026-03-01,10\nO2,"B,2026-03-02,20\n' + "O3,A,2026-03-03,30\n" * 50
LONGER = ",".join(HEAD) + "\n" + "".join(",".join(row) + ",\n" for row in ROWS)
THOUSANDS = (
    ",".join(HEAD) + "\n" + "".join(f"O{n},A,2026-03-01,{'1,' * (n % 10 > 0)}100,bolt\n" for n in range(60))
)
UNTITLED = LONGER.replace("bolt,", "bolt,steel")
MIXED = "".join(
    ",".join(row) + end for row, end in zip([HEAD, *ROWS], ["\r\n", "\n", "\r"] * 21, strict=False)
)

PROMISES = (
    _delimited(",", "comma"),
    _delimited(";", "semicolon"),
    _delimited("\t", "tab"),
    _delimited("|", "bar"),
    _delimited("，", "wide comma"),
    _delimited(";", "sep= line", before="sep=;\r\n", end="\r\n"),
    _delimited(",", "a title line before", before="Orders of March\n"),
    Promise(
        "D1", "STOP", lambda: csv_file(_text(" ")), ("e.delimiter",), _five_columns, name="only blanks",
    ),
    Promise(
        "D1", "STOP", lambda: csv_file("where\n" + "".join(f"{n} Long Street\n" for n in range(60)), name="x.csv"),
        ("e.nottable.none",), name="one column of words",
    ),
    Promise("D2", "OK", _lines(*QUOTED), then=_quoted),
    Promise("D3", "STOP", lambda: csv_file(OPENED), ("e.quote",), _line_3),
    Promise("D3", "STOP", lambda: csv_file(FAR), ("e.quote",), _far_line, name="far down"),
    Promise("D4", "ROW", _lines(FIRST, "O2,B,2026-03-02,20,nut,large", THIRD), ("too_many_values",), _long_row),
    Promise("D4", "ROW", _lines(FIRST, "O2,B,2026-03-02,1,234,nut", THIRD), ("too_many_values",), _shifted,
        name="an unquoted comma in an amount"),
    Promise("D4", "OK", _lines(FIRST, "O2,B,2026-03-02,20,nut,, ", THIRD), then=_long_blank, name="surplus is blank"),
    Promise("D4", "ROW", lambda: csv_file(THOUSANDS), ("too_many_values",), _most_shifted, name="most rows"),
    Promise("D4", "FIX", lambda: csv_file(UNTITLED), ("i.untitled",), _all_orders,
        name="every row: a column without title"),
    Promise("D5", "FIX", _lines(FIRST, "O2,B,2026-03-02,20", THIRD), ("i.too_few_values",), _short_row),
    Promise("D5", "ROW", _lines(FIRST, "O2,B,2026-03-02", THIRD), ("missing",), _short_required,
        name="a required column is missing"),
    Promise("D6", "OK", lambda: csv_file(_text(",", after=",")), then=_all_orders),
    Promise("D6", "OK", lambda: csv_file(LONGER), then=_all_orders, name="under a header without one"),
    Promise("D7", "OK", lambda: csv_file(_text(",", end="\r")), then=_all_orders, name="CR only"),
    Promise("D7", "OK", lambda: csv_file(MIXED), then=_all_orders, name="mixed"),
)  # fmt: skip
