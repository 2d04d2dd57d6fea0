"""N rows: what the number is."""

from __future__ import annotations

from decimal import Decimal

from tests.promises.promise import Brought, Promise
from tests.promises.table import ORDERS, csv_file, workbook

HEADER = ["order id", "customer id", "order date", "amount"]


def _orders(*amounts: str, header: str = "amount", delimiter: str = ",") -> list[tuple[str, bytes]]:
    """An order list with these amounts, quoted as they are written."""
    lines = [delimiter.join(["order id", "customer id", "order date", header])]
    for place, amount in enumerate(amounts, 1):
        lines.append(delimiter.join([f"O{place}", "A", f"2026-03-{place:02d}", f'"{amount}"']))
    return csv_file("\n".join(lines) + "\n")


def _sheet(*amounts: object) -> list[tuple[str, bytes]]:
    rows = [[f"O{place}", "A", f"2026-03-{place:02d}", amount] for place, amount in enumerate(amounts, 1)]
    return workbook({"orders": [HEADER, *rows]})


def _amounts(brought: Brought, *expected: str) -> None:
    found = [row["amount"] for row in brought.rows("orders")]
    assert found == [Decimal(text) for text in expected], found


def _rejected(brought: Brought, *expected: tuple[str, str, str]) -> None:
    """Cell, value and reason of every rejected cell."""
    rows = brought.rejected
    found = list(zip(rows["cell"], rows["value"], rows["reason"], strict=True))
    assert found == list(expected), found


def _corrected(brought: Brought, *expected: tuple[str, str, str, str]) -> None:
    """Cell, value as written, value as read and reason of every corrected cell."""
    assert brought.upload is not None
    rows = brought.upload.corrected
    found = list(zip(rows["cell"], rows["value"], rows["read_as"], rows["reason"], strict=True))
    assert found == list(expected), found
    assert brought.upload.corrected_count == len(expected)


def _question(brought: Brought, code: str, proposed: str) -> None:
    (asked,) = [question for question in brought.questions if question.code == code]
    assert asked.proposed == proposed, asked.proposed


def _yuan(brought: Brought) -> None:
    _amounts(brought, "1234.5", "1234", "1234", "30", "30", "1234.5")
    assert brought.upload is not None and brought.upload.calendar.currency == "CNY"


def _dollars(brought: Brought) -> None:
    _amounts(brought, "1234.5", "30")
    assert brought.upload is not None and brought.upload.calendar.currency == "USD"


def _one_currency(brought: Brought) -> None:
    _amounts(brought, "100", "200")
    _question(brought, "ask.currency", "CNY")
    _rejected(brought, ("D3", "$5", "other_currency"))


def _other_currency(brought: Brought) -> None:
    _amounts(brought, "5")
    _rejected(brought, ("D2", "￥100", "other_currency"), ("D4", "￥200", "other_currency"))


def _by_its_column(brought: Brought) -> None:
    _amounts(brought, "100", "200")
    _rejected(brought, ("D3", "5", "other_currency"))
    assert brought.upload is not None and brought.upload.calendar.currency == "GBP"


def _decimal_comma(brought: Brought) -> None:
    _amounts(brought, "1234.5", "1234", "0.5")
    _question(brought, "ask.decimal", "comma")


def _mixed_signs(brought: Brought) -> None:
    """A decimal comma is for texts: a number cell says itself where its point is."""
    _amounts(brought, "1234.5", "12.5", "1.234")


def _ambiguous(brought: Brought) -> None:
    _amounts(brought, "1234", "2500")
    _question(brought, "ask.decimal", "point")


def _follows_column(brought: Brought) -> None:
    _amounts(brought, "1234", "2.5")
    assert not brought.questions


def _scaled(brought: Brought) -> None:
    _amounts(brought, "12000", "300000000", "15000", "35")
    _corrected(
        brought,
        ("D2", "1.2万", "12000", "scaled"),
        ("D3", "3亿", "300000000", "scaled"),
        ("D4", "15k", "15000", "scaled"),
    )


def _own_unit(brought: Brought) -> None:
    """The header's 万元 is for bare numbers; a cell that says its own unit is not scaled twice."""
    _amounts(brought, "30000", "12000", "30")


def _rough(brought: Brought) -> None:
    _amounts(brought, "35", "12.3457")
    _corrected(brought, ("D2", "约35", "35", "about"), ("D3", "12.34567", "12.3457", "rounded"))


def _errors(brought: Brought) -> None:
    assert len(brought.rows("orders")) == 8
    _rejected(brought, ("D2", "#N/A", "excel_error"), ("D4", "#DIV/0!", "excel_error"))
    assert set(brought.rejected["sheet"]) == {"orders"}


def _percents(brought: Brought) -> None:
    (asked,) = [question for question in brought.questions if question.code == "ask.percent"]
    assert asked.proposed == "fraction"
    told = [row["attributes"] for row in brought.rows("customers")]
    assert told == ['{"discount": "0.12"}', '{"discount": "0.12"}', '{"discount": "0.5"}'], told


def _as_percent(brought: Brought) -> None:
    told = [row["attributes"] for row in brought.rows("customers")]
    assert told == ['{"discount": "0.12"}', '{"discount": "0.0012"}', '{"discount": "0.005"}'], told


def _customers(*discounts: str) -> list[tuple[str, bytes]]:
    lines = [f"C{place},Name {place},{discount}" for place, discount in enumerate(discounts, 1)]
    return csv_file("customer id,customer name,discount\n" + "\n".join(lines) + "\n", name="customers.csv")


def _no_percent_of_money(brought: Brought) -> None:
    _amounts(brought, "10", "20")
    _rejected(brought, ("D3", "12%", "not_an_amount"))


def _months(first: str, factor: int) -> list[tuple[str, bytes]]:
    lines = [f"{first[:4]}{place},A,{first}-{place:02d},{(100 + place) * factor}" for place in range(1, 20)]
    return csv_file(ORDERS + "\n".join(lines) + "\n")


def _factor(brought: Brought) -> None:
    (asked,) = [question for question in brought.questions if question.code == "ask.factor"]
    assert asked.proposed == "1" and {"1", "0.0001"} <= {value for value, _ in asked.options}
    assert asked.facts["x"] == "10,000", asked.facts
    assert brought.rows("orders")[0]["amount"] == Decimal(1_010_000)


def _factor_answered(brought: Brought) -> None:
    assert brought.rows("orders")[0]["amount"] == Decimal(101)


def _refunds(brought: Brought) -> None:
    _amounts(brought, "100", "-40", "-1")
    told = brought.issue("i.negative")
    assert (told.facts["n"], told.facts["amount"]) == (2, Decimal("-41"))
    assert brought.version is not None
    with brought.store.open(brought.version.number) as book:
        totals = book.query("summary").iloc[0]
    assert (totals["order_amount"], totals["refund_amount"]) == (100, -41)


_ERRORS = ("#N/A", "2", "#DIV/0!", "4", "5", "6", "7", "8", "9", "10")


def _in_column(currency: str) -> list[tuple[str, bytes]]:
    lines = [f"O{place},A,2026-03-0{place},{amount},{currency}\n" for place, amount in ((1, 100), (2, 5))]
    return csv_file("order id,customer id,order date,amount,currency\n" + "".join(lines))


def _foreign(brought: Brought) -> None:
    issue = brought.issue("i.currency")
    assert (issue.severity, issue.rows, issue.facts["currency"], issue.facts["book"]) == (
        "decide",
        2,
        "USD",
        "CNY",
    )
    assert issue.cells == ("orders!D2", "orders!D3")
    _of_the_book(brought)


def _of_the_book(brought: Brought) -> None:
    assert [row["amount"] for row in brought.rows("orders")] == [100, 5]
    current = brought.store.current()
    assert current is not None
    assert current.calendar.currency == "CNY"


_NO_DIGITS = ("12²", "⑴", "½", "①")
PROMISES = (
    Promise("N1", "OK", lambda: _orders("1,234.50", "1 234", "￥1,234", "RMB 30", "30元", "1,234.50"), then=_yuan),
    Promise("N1", "OK", lambda: _orders("$1,234.50", "US$30"), then=_dollars, name="dollars"),
    Promise("N2", "ASK", lambda: _orders("￥100", "$5", "￥200"), ("ask.currency",), _one_currency),
    Promise(
        "N2", "ASK", lambda: _orders("$100", "$5"), ("i.currency",), _foreign, name="a later file in another currency",
        given=lambda: _orders("￥100", "￥5", "￥200"),
    ),
    Promise(
        "N2", "ASK", lambda: _in_column("USD"), ("i.currency",), _foreign, name="the same in a column of its own",
        given=lambda: _orders("￥100", "￥5", "￥200"),
    ),
    Promise(
        "N2", "OK", lambda: _in_column("CNY"), then=_of_the_book, name="a later file in the currency of the book",
        given=lambda: _orders("￥100", "￥5", "￥200"),
    ),
    Promise(
        "N2", "ROW", lambda: _orders("￥100", "$5", "￥200"), then=_other_currency, name="the other one chosen",
        answers={"currency": "USD"},
    ),
    Promise(
        "N2", "ASK",
        lambda: csv_file("order id,customer id,order date,amount,currency\n1,A,2026-03-01,100,GBP\n"
                         "2,A,2026-03-02,5,USD\n3,B,2026-03-03,200,GBP\n"),
        ("ask.currency",), _by_its_column, name="in a column of its own",
    ),
    Promise("N3", "ASK", lambda: _orders("1.234,50", "1.234", "0,5"), ("ask.decimal",), _decimal_comma),
    Promise("N3", "ASK", lambda: _sheet("1.234,50", 12.5, 1.234), then=_mixed_signs, name="beside number cells"),
    Promise("N4", "ASK", lambda: _orders("1,234", "2,500"), ("ask.decimal",), _ambiguous),
    Promise("N4", "OK", lambda: _orders("1,234", "2.5"), then=_follows_column, name="the column proves it"),
    Promise(
        "N5", "OK", lambda: _orders("(2,000.5)", "5-", "\u22125", "-¥7"),
        then=lambda brought: _amounts(brought, "-2000.5", "-5", "-5", "-7"),
    ),
    Promise("N6", "FIX", lambda: _orders("1.2万", "3亿", "15k", "35"), ("i.mark.scaled",), _scaled),
    Promise(
        "N6", "OK", lambda: _orders("1.2万", "3万"), name="all alike",
        then=lambda brought: _amounts(brought, "12000", "30000"),
    ),
    Promise(
        "N6", "FIX", lambda: _orders("3", "1.2万", "30元", header="金额（万元）"), then=_own_unit, name="under 万元"
    ),
    Promise("N6", "FIX", lambda: _orders("约35", "12.34567"), ("i.mark.about", "i.mark.rounded"), _rough, name="rough"),
    Promise("N7", "ASK", lambda: _customers("12%", "0.12", "0.5"), ("ask.percent",), _percents),
    Promise(
        "N7", "ASK", lambda: _customers("12%", "0.12", "0.5"), then=_as_percent, name="percent",
        answers={"percent": "percent"},
    ),
    Promise("N7", "ROW", lambda: _orders("10", "12%", "20"), then=_no_percent_of_money, name="of money"),
    Promise(
        "N8", "OK", lambda: _orders("１２３", "١٢٣٫٥", "１,２３４.5"),
        then=lambda brought: _amounts(brought, "123", "123.5", "1234.5"),
    ),
    Promise(
        "N9", "ROW", lambda: _orders("10", "待定", "20"), ("not_a_number", "i.rejected"),
        lambda brought: _rejected(brought, ("D3", "待定", "not_a_number")),
    ),
    Promise("N10", "ROW", lambda: _sheet(*_ERRORS), ("excel_error",), _errors),
    Promise("N10", "STOP", lambda: _sheet("#N/A", "#REF!", 3, 4), ("e.errors",), name="too many"),
    Promise("N11", "STOP", lambda: _sheet(1, "=1+1", 3), ("e.formula",)),
    Promise(
        "N12", "ROW", lambda: _orders("1e400", "inf", "nan", "1_000", "0x10", "7", "8", "9", "10", "11"),
        then=lambda brought: (
            _amounts(brought, "7", "8", "9", "10", "11"),
            _rejected(brought, *((f"D{row}", text, "not_a_number") for row, text in
                                 enumerate(("1e400", "inf", "nan", "1_000", "0x10"), 2))),
        ),
    ),
    Promise(
        "N12", "ROW", lambda: _orders(*_NO_DIGITS, "7", "8", "9", "10", "11"), name="signs that are no digits",
        then=lambda brought: (
            _amounts(brought, "7", "8", "9", "10", "11"),
            _rejected(brought, *((f"D{row}", text, "not_a_number") for row, text in enumerate(_NO_DIGITS, 2))),
        ),
    ),
    Promise(
        "N13", "ASK", lambda: _months("2026-04", 10_000), ("ask.factor",), _factor,
        given=lambda: _months("2026-03", 1),
    ),
    Promise(
        "N13", "ASK", lambda: _months("2026-04", 10_000), then=_factor_answered, name="yuan after all",
        given=lambda: _months("2026-03", 1), answers={"factor": "0.0001"},
    ),
    Promise("N14", "OK", lambda: _orders("100", "-40", "-1"), ("i.negative",), _refunds),
)  # fmt: skip
