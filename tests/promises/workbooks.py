"""S rows: workbooks that are hidden, locked, damaged, too big, or no workbooks at all."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from tests.promises.crafted import (
    SHEET1,
    compound,
    locked_old_workbook,
    old_workbook,
    rewritten,
    sheet,
    with_row,
    written,
)
from tests.promises.promise import Brought, Files, Promise
from tests.promises.table import ORDERS, csv_file

ROWS = [
    ["order id", "customer id", "order date", "amount"],
    ["O1", "A", "2026-03-01", 10],
    ["O2", "B", "2026-03-02", 20.5],
]
OTHERS = [ROWS[0], ["O3", "B", "2026-03-03", 7]]
PLAIN = written(sheet(ROWS))
PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def both_orders(brought: Brought) -> None:
    assert [(row["order_id"], str(row["amount"])) for row in brought.rows("orders")] == [
        ("O1", "10.0000"),
        ("O2", "20.5000"),
    ]


def book(content: bytes | Callable[[], bytes], name: str = "orders.xlsx") -> Callable[[], Files]:
    return lambda: [(name, content if isinstance(content, bytes) else content())]


def refused(**expected: Any) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        assert brought.error is not None
        found = {name: brought.error.facts.get(name) for name in expected}
        assert found == expected, brought.error.facts

    return hold


def _told(code: str, **expected: Any) -> Callable[[Brought], None]:
    """Both orders are read, and this is told with these facts."""

    def hold(brought: Brought) -> None:
        both_orders(brought)
        facts = dict(brought.issue(code).facts)
        assert {name: facts.get(name) for name in expected} == expected, facts

    return hold


def _two_sheets(brought: Brought) -> None:
    """A recognised sheet is taken; the other is skipped and said."""
    both_orders(brought)
    assert brought.issue("i.skipped").facts["sheet"] == "prices"


def _sellers(brought: Brought) -> None:
    assert [(row["order_id"], row["rep"]) for row in brought.rows("orders")] == [
        ("O1", "王磊"),
        ("O2", "王磊"),
        ("O3", "陈晨"),
    ]


def _hidden_sheets(book: Any) -> None:
    for name, act in (("salaries", "hide"), ("bonus", "very_hidden")):
        getattr(book.get_worksheet_by_name(name), act)()


def _salaries() -> bytes:
    secret = [["order id", "customer id", "order date", "amount"], ["S1", "A", "2026-03-01", 99_999]]
    return written(sheet(ROWS), sheet(secret, "salaries"), sheet(secret, "bonus"), _hidden_sheets)


def _no_salaries(brought: Brought) -> None:
    both_orders(brought)
    assert brought.issue("up.hidden").facts == {"n": 2, "sheets": "salaries, bonus"}
    assert not any(b"99999" in path.read_bytes() for path in brought.store.path.rglob("*") if path.is_file())


def _filtered(made: Any) -> None:
    made.autofilter(0, 0, 2, 3)
    made.filter_column(1, "x == A")
    made.set_row(2, options={"hidden": True})


def _hidden_cells(made: Any) -> None:
    made.set_row(2, options={"hidden": True})
    made.set_column(1, 2, options={"hidden": True})


def _pivot() -> bytes:
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotTable"'
        b' Target="../pivotTables/pivotTable1.xml"/></Relationships>'
    )
    return rewritten(PLAIN, {}, {"xl/worksheets/_rels/sheet1.xml.rels": relations})


def _chart() -> bytes:
    def make(book: Any) -> None:
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=data!$A$1:$A$3"})
        book.add_chartsheet("chart").set_chart(chart)

    return written(sheet([[1], [2], [3]], "data"), make, lambda book: _put_first(book, "chart"))


def _put_first(book: Any, name: str) -> None:
    """The chart in front, its numbers hidden."""
    book.get_worksheet_by_name(name).activate()
    book.get_worksheet_by_name("data").hide()


def _pictures(made: Any) -> None:
    made.insert_image("F2", "pixel.png", {"image_data": io.BytesIO(PIXEL)})
    made.write_comment("A2", "a comment")


def _flipped(part: str) -> Callable[[], bytes]:
    def make() -> bytes:
        content = bytearray(
            written(sheet([ROWS[0], *[[f"O{n}", f"C{n}", "2026-03-01", n] for n in range(300)]]))
        )
        with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
            item = archive.getinfo(part)
        content[item.header_offset + 30 + len(part) + item.compress_size // 2] ^= 0xFF
        return bytes(content)

    return make


def _stray(cell: str) -> bytes:
    """A cell with nothing but a style or a blank, far below and far to the right."""
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return rewritten(PLAIN, {SHEET1: with_row(f'<row r="{row}"><c r="{cell}" s="0"/></row>')})


FAR = rewritten(PLAIN, {SHEET1: with_row('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')})
# Within all limits, and a parser wants 12 GB for what lies between.
SPREAD = rewritten(PLAIN, {SHEET1: with_row('<row r="1048576"><c r="SA1048576"><v>1</v></c></row>')})
FULL = rewritten(
    PLAIN, {SHEET1: with_row('<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>O3</t></is></c></row>')}
)
DOCTYPE = rewritten(PLAIN, {SHEET1: lambda part: part.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1)})
FLAGS = rewritten(PLAIN, {}, {"xl/vbaProject.bin": b"Sub Auto_Open()"})

PROMISES = (
    Promise(
        "S1",
        "FIX",
        book(written(sheet([["price", "list"], ["x", 1]], "prices"), sheet(ROWS))),
        ("i.skipped",),
        _two_sheets,
        name="one of two is no table",
    ),
    Promise(
        "S1",
        "ASK",
        book(written(sheet(ROWS, "王磊"), sheet(OTHERS, "陈晨"))),
        ("ask.sheets.rep",),
        _sellers,
        name="two of one shape",
    ),
    Promise("S2", "OK", book(_salaries), ("up.hidden",), _no_salaries),
    Promise(
        "S3",
        "FIX",
        book(written(sheet(ROWS, then=_filtered))),
        ("n.filter",),
        _told("n.filter", n=1),
        name="filter",
    ),
    Promise(
        "S3",
        "FIX",
        book(written(sheet(ROWS, then=_hidden_cells))),
        ("n.hidden_rows", "n.hidden_columns"),
        _told("n.hidden_columns", n=2),
        name="hidden rows and columns",
    ),
    Promise("S4", "STOP", book(_pivot), ("e.pivot",), name="pivot"),
    Promise("S4", "STOP", book(_chart), ("e.chart",), name="chart"),
    Promise(
        "S5",
        "STOP",
        book(compound(["EncryptionInfo", "EncryptedPackage"])),
        ("e.password",),
        name="new workbook",
    ),
    Promise("S5", "STOP", book(locked_old_workbook, "o.xls"), ("e.password",), name="old workbook"),
    Promise("S6", "OK", book(lambda: old_workbook(ROWS), "o.xls"), then=both_orders, name=".xls"),
    Promise(
        "S6",
        "FIX",
        book(lambda: old_workbook(ROWS, {(65_535, 0): "O3"}), "o.xls"),
        ("n.full",),
        _told("n.full", rows=65_536),
        name="65,536 rows",
    ),
    Promise("S7", "FIX", book(FULL), ("n.full",), _told("n.full", rows=1_048_576)),
    Promise("S8", "OK", book(FLAGS, "orders.xlsm"), ("n.macros",), both_orders),
    Promise("S9", "OK", book(lambda: old_workbook(ROWS)), then=both_orders, name=".xls called .xlsx"),
    Promise(
        "S9",
        "OK",
        lambda: csv_file(ORDERS + "O1,A,2026-03-01,10\nO2,B,2026-03-02,20.5\n", name="o.xls"),
        then=both_orders,
        name="CSV called .xls",
    ),
    Promise(
        "S9",
        "STOP",
        book(b"<html><table><tr><td>order id</td></tr></table></html>", "o.xls"),
        ("e.format",),
        refused(found="HTML", file="o.xls"),
        name="HTML called .xls",
    ),
    Promise("S11", "STOP", book(FAR), ("e.far",), refused(cell="XFD1048576", limit=500)),
    Promise("S11", "OK", book(_stray("XFD1048576")), then=both_orders, name="stray style at XFD1048576"),
    Promise("S11", "OK", book(_stray("Z1048576")), then=both_orders, name="stray style at Z1048576"),
    Promise("S11", "STOP", book(SPREAD), ("e.parse.memory",), name="far down, within the columns"),
    Promise("S12", "STOP", book(DOCTYPE), ("e.doctype",)),
    Promise("S13", "STOP", book(PLAIN[: len(PLAIN) * 2 // 3]), ("e.damaged",), name="truncated"),
    Promise("S13", "STOP", book(_flipped(SHEET1)), ("e.damaged",), name="one byte of the sheet"),
    Promise(
        "S13", "STOP", book(_flipped("xl/sharedStrings.xml")), ("e.damaged",), name="one byte of the texts"
    ),
    Promise("S14", "STOP", book(b""), ("e.empty.file",), name="no bytes"),
    Promise("S14", "STOP", book(b"\n \r\n\t\n", "o.csv"), ("e.empty.file",), name="blanks"),
    Promise("S14", "STOP", book(ORDERS.encode(), "o.csv"), ("e.empty",), name="header only"),
    Promise("S14", "STOP", book(written(sheet(ROWS[:1]))), ("e.empty",), name="workbook with a header only"),
    Promise("S14", "STOP", book(written(sheet([]))), ("e.empty.file",), name="workbook without a cell"),
    Promise("S20", "OK", book(written(sheet(ROWS, then=_pictures))), then=both_orders),
)
