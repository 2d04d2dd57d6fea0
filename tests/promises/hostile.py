"""S18, S19 and the X rows: texts that would like to be more than text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd

from segmentation.export.tables import to_csv
from segmentation.export.workbooks import Sheet, workbook_bytes
from segmentation.figures.theme import literal
from segmentation.intake.uploads import SHOWN_CHARACTERS
from segmentation.settings import Limits
from segmentation.ui.escape import plain
from segmentation.ui.intake_frames import preview_rows
from tests.promises.crafted import rewritten, sheet, written
from tests.promises.promise import LANGUAGES, Brought, Files, Promise, bring

FORMULAS = ("=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-x", "＝1+1", " =1+1")
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![x](http://evil.example/a.png)",
    "[x](javascript:alert(1))", "$\\\\alpha$", ":red[x]",
)  # fmt: skip
SQL = ('a"; drop table t; --', "'; DELETE FROM customers; --", "%s {} $1 ?", "\\'; --")
PEOPLE = "👨\u200d👩\u200d👧 家居", "𠮷野家", "e\u0301cole", "🏭", "नमस्ते"
PATHS = "../../etc/CON\x00" + "长" * 300 + ".csv", "C:\\x\\orders.csv", "\udcff.csv"


def _customers(names: tuple[str, ...], header: str = "note") -> Callable[[], Files]:
    """A customer list whose names and one further column hold these texts."""

    def make() -> Files:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["customer id", "customer name", "industry", header])
        writer.writerows([f"C{place}", name, name, name] for place, name in enumerate(names))
        return [("customers.csv", text.getvalue().encode())]

    return make


def _verbatim(names: tuple[str, ...], header: str = "note") -> Callable[[Brought], None]:
    """Stored letter by letter: the name, a text and an attribute."""

    def hold(brought: Brought) -> None:
        rows = brought.rows("customers")
        expected = [name.strip() for name in names]
        assert [row["name"] for row in rows] == expected
        assert [row["industry"] for row in rows] == expected
        assert [json.loads(row["attributes"]) for row in rows] == [{header: name} for name in expected]

    return hold


def _exported(brought: Brought) -> None:
    """In CSV behind an apostrophe, in a workbook a string; numbers below zero as they are."""
    _verbatim(FORMULAS)(brought)
    names = [row["name"] for row in brought.rows("customers")]
    frame = pd.DataFrame({"name": names, "amount": -5.5, "exact": Decimal("-7.25"), "=1+1": "x"})
    lines = list(csv.reader(io.StringIO(to_csv(frame))))
    assert lines[0] == ["name", "amount", "exact", "'=1+1"]
    assert [line[0] for line in lines[1:]] == [f"'{name}" for name in names]
    assert {(line[1], line[2]) for line in lines[1:]} == {("-5.5", "-7.25")}
    made = workbook_bytes([Sheet("=1+1", ("=1+1",), frame)], date(2026, 12, 1))
    page = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    cells = [cell for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert len(cells) >= 2 * len(names)
    assert not any(cell.data_type == "f" for cell in cells)
    assert page["B3"].value == -5.5


def _negative(brought: Brought) -> None:
    amounts = [row["amount"] for row in brought.rows("orders")]
    assert amounts == [Decimal("-10.5000"), Decimal("20.0000")]
    frame = pd.DataFrame({"amount": amounts, "customer": ["-x", "y"]})
    assert to_csv(frame).split("\r\n")[1:3] == ["-10.5000,'-x", "20.0000,y"]


def _literal(brought: Brought) -> None:
    """No name, header or file name is markup in a sentence or a label."""
    _verbatim(MARKUP, MARKUP[0])(brought)
    for name in MARKUP:
        shown = plain(name, 200)
        assert not set("<>[]()!$`*") & set(shown), shown
        assert ":red" not in shown and "://" not in shown
        assert "<" not in literal(name) and "$" not in literal(name)


def _named(name: str) -> Callable[[Brought], None]:
    """A refusal that names a hostile file says it in letters, on the page as well."""
    from segmentation.ui.problems import tell

    def hold(brought: Brought) -> None:
        assert brought.error is not None and brought.error.facts["file"] == name
        for language in LANGUAGES:
            assert "<" not in tell(brought.error, language)
            assert "<" not in plain(brought.error.facts["file"])

    return hold


def _invisible(brought: Brought) -> None:
    """Two ways to write one customer are one; the text keeps its marks, sentences and labels do not show them."""
    assert {row["customer_id"] for row in brought.rows("orders")} == {"Anna"}
    listed = {one.facts["column"]: one.cells for one in brought.issues if one.code == "i.invisible"}
    assert listed == {"customer id": ("orders!B3", "orders!B4"), "product": ("orders!E2", "orders!E4")}
    products = [row["product"] for row in brought.rows("orders")]
    assert products == ["bo\u200blt", "bolt", "\u202egpj.exe"]
    assert (plain(products[0]), literal(products[2])) == ("bolt", "gpj.exe")


def _by_name(brought: Brought) -> None:
    """The same file under every hostile name: the same rows, the name only a text, nothing written beside the store."""
    outside = brought.store.path.parent
    before = sorted(path.name for path in outside.iterdir())
    content = ORDERS.encode()
    for place, name in enumerate(PATHS):
        again = bring(brought.store, [(name, content)], outside / "work" / str(place))
        assert again.error is None, again.error
        assert again.reading is not None and again.reading.parsed.files[0].sha256
        assert again.version == brought.version, name
        assert again.reading.parsed.files[0].name.encode("utf-8").isascii() or "长" in name
    assert sorted(path.name for path in outside.iterdir()) == before


def _too_long(cell: str) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        assert [row["order_id"] for row in brought.rows("orders")] == ["O1", "O3"]
        (line,) = brought.rejected.to_dict("records")
        assert (line["cell"], line["reason"], len(line["value"])) == (cell, "too_long", SHOWN_CHARACTERS)

    return hold


def _clipped(brought: Brought) -> None:
    limit = Limits().cell_characters
    assert len(brought.rows("orders")[0]["product"]) == limit
    assert brought.upload is not None
    shown = preview_rows(brought.upload, "orders", LANGUAGES[0])
    assert shown.map(len).max().max() == SHOWN_CHARACTERS


def _controls(brought: Brought) -> None:
    assert [row["product"] for row in brought.rows("orders")] == ["bolt", "nut"]
    assert brought.issue("n.controls").facts == {"n": 3}


def _text(*products: str) -> Callable[[], Files]:
    head = "order id,customer id,order date,amount,product\n"
    rows = (f"O{n},A,2026-03-0{n},10,{product}\n" for n, product in enumerate(products, 1))
    return lambda: [("orders.csv", (head + "".join(rows)).encode())]


def _book(*products: str) -> Callable[[], Files]:
    rows = [["order id", "customer id", "order date", "amount", "product"]]
    rows += [[f"O{n}", "A", f"2026-03-0{n}", "10", product] for n, product in enumerate(products, 1)]
    return lambda: [("orders.xlsx", written(sheet(rows)))]


def _escaped() -> Files:
    """Control characters as a workbook writes them, and two that no workbook should hold."""
    made = dict(_book("bo@lt", "nut")())["orders.xlsx"]
    texts = "xl/sharedStrings.xml"
    return [
        (
            "orders.xlsx",
            rewritten(made, {texts: lambda part: part.replace(b"bo@lt", b"bo_x0007__x0001_lt_x000B_")}),
        )
    ]


ORDERS = "order id,customer id,order date,amount\nO1,A,2026-03-01,-10.5\nO2,B,2026-03-02,20\n"
MARKS = (
    "order id,customer id,order date,amount,product\nO1,Anna,2026-03-01,10,bo\u200blt\n"
    "O2,An\u200bna,2026-03-02,10,bolt\nO3,Anna\u202c,2026-03-03,10,\u202egpj.exe\n"
)
LONG = "x" * (Limits().cell_characters + 1)
EVIL = "<img src=x onerror=alert(1)>.xlsx"

PROMISES = (
    Promise("S18", "ROW", _text("a", LONG, "c"), ("i.too_long",), _too_long("E3"), name="32,768 characters"),
    Promise("S18", "ROW", _text("a", "x" * 10_000_000, "c"), ("i.too_long",), _too_long("E3"), name="10 MB"),
    Promise("S18", "OK", _text(LONG[1:], "b"), then=_clipped, name="32,767 characters"),
    Promise("S19", "FIX", _text("bo\x00l\x07t", "nu\x7ft"), ("n.controls",), _controls, name="text"),
    Promise("S19", "FIX", _escaped, ("n.controls",), _controls, name="workbook"),
    Promise("X1", "OK", _customers(FORMULAS), then=_exported),
    Promise("X2", "OK", lambda: [("o.csv", ORDERS.encode())], then=_negative),
    Promise("X3", "OK", _customers(MARKUP, MARKUP[0]), then=_literal),
    Promise("X3", "STOP", lambda: [(EVIL, b"%PDF-1.7")], ("e.format",), _named(EVIL), name="file name"),
    Promise("X4", "FIX", lambda: [("orders.csv", MARKS.encode())], ("i.invisible",), _invisible),
    Promise("X5", "OK", _customers(PEOPLE), then=_verbatim(PEOPLE)),
    Promise("X6", "OK", _customers(SQL, SQL[0]), then=_verbatim(SQL, SQL[0])),
    Promise("X7", "OK", lambda: [("o.csv", ORDERS.encode())], then=_by_name),
    Promise(
        "X8",
        "STOP",
        lambda: [("orders.csv", b"MZ\x90\x00" + bytes(range(1, 9)) * 300)],
        ("e.format.unknown",),
    ),
    Promise(
        "X8",
        "STOP",
        lambda: [("orders.csv", b"\x89PNG\r\n\x1a\n" + bytes(64))],
        ("e.format",),
        name="picture",
    ),
)
