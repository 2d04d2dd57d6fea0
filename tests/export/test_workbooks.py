"""Workbooks hold text as text, under sheet names Excel takes, and are ready to print."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from segmentation.export.workbooks import LONGEST_NAME, Sheet, name_sheets, workbook_bytes

ON = date(2026, 10, 31)
BAD = '=HYPERLINK("http://evil.example","x")'


def test_sheet_names_are_taken_by_excel_and_differ() -> None:
    wanted = [
        "王磊",
        "WANG Lei",
        "wang lei",
        "Ｗang Lei",
        "a/b:c*[d]?\\e",
        "'quoted'",
        "",
        "History",
        "x" * 40,
        "X" * 41,
    ]
    names = name_sheets(wanted)
    assert names[:3] == ("王磊", "WANG Lei", "wang lei (2)")
    assert names[3] == "Ｗang Lei (3)", "Excel makes no difference of full width"
    assert names[4:8] == ("a_b_c__d___e", "quoted", "_", "History (2)")
    assert names[8] == "x" * 31 and names[9] == "X" * 27 + " (2)"
    assert name_sheets(["😀" * 20]) == ("😀" * 15,), "an emoji counts twice"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), max_size=12))
def test_any_names_make_a_workbook(wanted: list[str]) -> None:
    names = name_sheets(wanted)
    assert len({name.casefold() for name in names}) == len(wanted)
    assert all(0 < len(name.encode("utf-16-le")) <= 2 * LONGEST_NAME for name in names)
    sheets = [Sheet(name, ("t",), pd.DataFrame({"a": ["1"]})) for name in wanted or ["x"]]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(sheets, ON)))
    assert len(book.sheetnames) == len(sheets)


def test_cells_keep_their_kind_and_run_no_formula() -> None:
    table = pd.DataFrame(
        {
            BAD: [BAD, "-1", None, "常州"],
            "n": [1.5, None, 0.0, -2.0],
            "on": pd.to_datetime(["2026-10-31", None, "2026-01-01", "2026-01-02"]),
        }
    )
    made = workbook_bytes([Sheet(BAD, (BAD, "basis"), table, formats={"n": "0.0"})], ON)
    assert made == workbook_bytes([Sheet(BAD, (BAD, "basis"), table, formats={"n": "0.0"})], ON)
    page = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][0] == rows[2][0] == rows[3][0] == BAD
    assert [row[0] for row in rows[3:]] == [BAD, "-1", None, "常州"]
    assert [row[1] for row in rows[3:]] == [1.5, None, 0, -2]
    assert rows[3][2].date() == ON and rows[4][2] is None
    assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert page["A4"].quotePrefix and page["A5"].quotePrefix and page["A1"].quotePrefix
    sheet = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet


def test_a_sheet_prints_on_a4_across_with_its_head_on_every_page() -> None:
    made = workbook_bytes([Sheet("x", ("title", "basis"), pd.DataFrame({"a": [1, 2], "b": [3, 4]}))], ON)
    page = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.page_setup.fitToHeight == 0 and page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$3:$3" and page.freeze_panes == "B4"
    assert page.auto_filter.ref == "A3:B5" and "&P" in str(page.oddFooter.center.text)
