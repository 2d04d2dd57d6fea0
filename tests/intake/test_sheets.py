"""Workbooks as raw grids: what parsers lose, hide or die of."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from segmentation.errors import FileError
from segmentation.intake import sheets
from segmentation.intake.cell_values import read_cell, read_column
from segmentation.intake.parsed import NO_RESULT, FileParsed, RawSheet, open_files
from segmentation.intake.sheets import KEPT_BLANK_ROWS
from segmentation.intake.sheetxml import beyond, column_letters
from segmentation.settings import Limits

Fill = Callable[[Any], None]


def book(*fills: Fill, **options: Any) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, options) as made:
        for fill in fills:
            fill(made)
    return buffer.getvalue()


def rows(name: str, *lines: list[Any]) -> Fill:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet(name)
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)

    return fill


def with_cells(xml_row: str) -> Callable[[str], str]:
    """Put one more row at the end of a sheet."""
    return lambda xml: xml.replace("</sheetData>", f"{xml_row}</sheetData>")


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda xml: re.sub(pattern, by, xml)


def changed(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part rewritten."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            text = old.read(item)
            new.writestr(item.filename, change(text.decode()).encode() if item.filename == part else text)
    return buffer.getvalue()


def one(content: bytes, tmp_path: Path, limits: Limits | None = None) -> FileParsed:
    return open_files([("a.xlsx", content)], tmp_path, limits).files[0]


def grid(sheet: RawSheet) -> list[list[Any]]:
    assert sheet.path is not None
    return [[r["row"], r["kinds"], *list(r.values())[2:]] for r in pq.read_table(sheet.path).to_pylist()]


def refusal(content: bytes, tmp_path: Path, limits: Limits | None = None) -> FileError:
    with pytest.raises(FileError) as caught:
        one(content, tmp_path, limits)
    return caught.value


SHEET1 = "xl/worksheets/sheet1.xml"
PLAIN = book(rows("Sheet1", ["id", "amount"], ["a", 1]))


def test_kinds_and_texts(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet("甲")
        day, minute = (
            made.add_format({"num_format": "yyyy-mm-dd"}),
            made.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        )
        sheet.write_row("B2", ["0012", 17000, 8.5, True, " ", 0.1])
        sheet.write_datetime("B3", dt.datetime(2026, 11, 3), day)
        sheet.write_datetime("C3", dt.datetime(2026, 11, 3, 13, 30), minute)
        sheet.write_string("D3", "=cmd|' /C calc'!A0")

    sheet = one(book(fill), tmp_path).sheets[0]
    assert (sheet.name, sheet.rows, sheet.columns) == ("甲", 3, 7)
    assert grid(sheet) == [
        [1, "       ", *[None] * 7],
        [2, " tnnb n", None, "0012", "17000", "8.5", "TRUE", None, "0.1"],
        [3, " ddt   ", None, "2026-11-03", "2026-11-03 13:30:00", "=cmd|' /C calc'!A0", None, None, None],
    ]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (123456789012345678.0, ("123456789012345680", "n")),
        (1e22, ("1e+22", "n")),
        (-0.5, ("-0.5", "n")),
        (float("nan"), ("#NUM!", "e")),
        (dt.timedelta(hours=57, minutes=5), ("57:05:00", "d")),
        (dt.timedelta(minutes=-90), ("-1:30:00", "d")),
        (dt.time(9, 5), ("09:05:00", "d")),
        (False, ("FALSE", "b")),
        ("\n \t", (None, " ")),
    ],
)
def test_cells(value: Any, cell: tuple[str | None, str]) -> None:
    if value == 123456789012345678.0:
        cell = (str(int(value)), "n")
    assert read_cell(value) == cell


def test_merged_ranges_count_rows_from_one_and_columns_from_zero(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.merge_range("B3:B5", "x")
        sheet.write("C5", "y")

    assert one(book(fill), tmp_path).sheets[0].merged_ranges == ((3, 1, 5, 1),)


def test_errors_and_formulas_without_result_are_not_blank(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c", "d"])
        sheet.write_formula("A2", "=NA()", value="#N/A")
        sheet.write_formula("B2", "=1/0", value="#DIV/0!")
        sheet.write_formula("C2", "=1+1", value=2)
        sheet.write_formula("D2", '=IF(1,"","")', value="")
        sheet.write_formula("AB9", "=A1", value="#REF!")

    # Excel marks an empty result as a string; the writer of this test does not.
    as_excel = replaced(r'(<c r="D2")', r'\1 t="str"')
    dropped = replaced(r"(<c r=\"C2\"[^>]*><f>[^<]*</f>)<v>2</v>", r"\1<v></v>")
    sheet = one(changed(book(fill), SHEET1, lambda xml: dropped(as_excel(xml))), tmp_path).sheets[0]
    cells = grid(sheet)
    assert cells[1][:6] == [2, "eee " + " " * 24, "#N/A", "#DIV/0!", NO_RESULT, None]
    assert (cells[8][0], cells[8][-1], sheet.columns) == (9, "#REF!", 28)


def test_a_formula_without_any_value_element(tmp_path: Path) -> None:
    bare = with_cells('<row r="3"><c r="B3" s="0"><f t="shared" si="0"/></c></row>')
    assert grid(one(changed(PLAIN, SHEET1, bare), tmp_path).sheets[0])[2] == [3, " e", None, NO_RESULT]


def test_hidden_sheets_are_listed_and_not_read(tmp_path: Path) -> None:
    def hidden(made: Any) -> None:
        made.add_worksheet("提成").write("A1", "secret")
        made.get_worksheet_by_name("提成").hide()

    def very_hidden(made: Any) -> None:
        made.add_worksheet("工资").write("A1", "secret")
        made.get_worksheet_by_name("工资").very_hidden()

    file = one(book(rows("客户表", ["a"]), hidden, very_hidden), tmp_path)
    assert [(s.name, s.visible, s.path is None) for s in file.sheets] == [
        ("客户表", True, False),
        ("提成", False, True),
        ("工资", False, True),
    ]
    assert [(n.code, dict(n.facts)) for n in file.notices] == [
        ("up.hidden", {"n": 2, "sheets": "提成, 工资"})
    ]


def test_chart_sheets_and_empty_sheets(tmp_path: Path) -> None:
    def chart(made: Any) -> None:
        drawn = made.add_chart({"type": "bar"})
        drawn.add_series({"values": "=Sheet1!$B$2:$B$2"})
        made.add_chartsheet("Chart").set_chart(drawn)

    file = one(book(rows("Sheet1", ["a", "b"], ["c", 1]), chart, rows("Sheet5")), tmp_path)
    assert [(s.name, s.rows, s.path is None) for s in file.sheets] == [
        ("Sheet1", 2, False),
        ("Chart", 0, True),
        ("Sheet5", 0, False),
    ]
    assert [n.code for n in file.notices] == ["n.chart"]
    assert refusal(book(rows("a"), rows("b", [" "])), tmp_path).code == "e.empty.file"


def test_filters_macros_and_full_sheets_are_said(tmp_path: Path) -> None:
    def filtered(made: Any) -> None:
        sheet = made.add_worksheet("f")
        sheet.write_column(0, 0, ["h", 1, 2])
        sheet.autofilter(0, 0, 2, 0)
        sheet.set_row(1, options={"hidden": True})

    file = one(book(filtered), tmp_path)
    assert [n.code for n in file.notices] == ["n.filter"]
    assert [row[2] for row in grid(file.sheets[0])] == ["h", "1", "2"]
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old:
        parts = {name: old.read(name) for name in old.namelist()} | {"xl/vbaProject.bin": b"x"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for name, part in parts.items():
            new.writestr(name, part)
    assert [n.code for n in one(buffer.getvalue(), tmp_path).notices] == ["n.macros"]
    old_book = xlwt.Workbook()
    sheet = old_book.add_sheet("s")
    sheet.write(0, 0, "h")
    sheet.write(65_535, 0, 1)
    saved = io.BytesIO()
    old_book.save(saved)
    file = one(saved.getvalue(), tmp_path)
    assert [(n.code, n.facts["rows"]) for n in file.notices] == [("n.full", 65_536)]
    assert file.sheets[0].rows == KEPT_BLANK_ROWS + 2
    assert grid(file.sheets[0])[-1][:3] == [65_536, "n", "1"]


def test_1904_is_known(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.write_datetime("A1", dt.datetime(2026, 11, 3), made.add_format({"num_format": "yyyy-mm-dd"}))

    file = one(book(fill, date_1904=True), tmp_path)
    assert file.is_1904
    assert grid(file.sheets[0]) == [[1, "d", "2026-11-03"]]
    assert not one(book(fill), tmp_path).is_1904


def test_a_far_cell_is_refused_and_a_lying_dimension_is_not(tmp_path: Path) -> None:
    far = with_cells('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    error = refusal(changed(PLAIN, SHEET1, far), tmp_path)
    assert (error.code, error.facts["cell"]) == ("e.far", "XFD1048576")
    blank = with_cells('<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    assert one(changed(PLAIN, SHEET1, blank), tmp_path).sheets[0].rows == 2
    lie = replaced(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>')
    assert grid(one(changed(PLAIN, SHEET1, lie), tmp_path).sheets[0])[1] == [2, "tn", "a", "1"]


def test_columns_and_sheets_at_their_limits(tmp_path: Path) -> None:
    three = book(rows("a", ["x", "y", "z"]))
    assert one(three, tmp_path, Limits(columns=3)).sheets[0].columns == 3
    assert refusal(three, tmp_path, Limits(columns=2)).code == "e.far"
    two = book(rows("a", ["x"]), rows("b", ["x"]))
    assert len(one(two, tmp_path, Limits(sheets=2)).sheets) == 2
    assert refusal(two, tmp_path, Limits(sheets=1)).code == "e.limit.sheets"


@pytest.mark.parametrize("columns", [1, 25, 26, 27, 52, 500, 701, 702, 703, 16_383])
def test_letters_beyond_a_limit(columns: int) -> None:
    pattern = re.compile(beyond(columns))
    for column in {0, 1, 25, 26, 51, 52, 499, 500, 700, 701, 702, 703, 16_382, 16_383, columns - 1, columns}:
        assert bool(pattern.fullmatch(column_letters(column))) == (column >= columns), column_letters(column)


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET1, "[Content_Types].xml"])
def test_document_types_are_refused(tmp_path: Path, part: str) -> None:
    bomb = replaced(r"(<\?xml[^>]*\?>)", r'\1<!DOCTYPE x [<!ENTITY a "b">]>')
    assert refusal(changed(PLAIN, part, bomb), tmp_path).code == "e.doctype"


def test_a_flipped_byte_is_never_half_read(tmp_path: Path) -> None:
    content = bytearray(book(rows("Sheet1", *[[f"id{n}", n] for n in range(500)])))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        start = archive.getinfo(SHEET1).header_offset + 200
    content[start] ^= 0xFF
    assert refusal(bytes(content), tmp_path).code == "e.damaged"


def test_old_excel_by_any_name(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("订单")
    sheet.write(0, 0, "客户")
    sheet.write(1, 0, "00123")
    sheet.write_merge(2, 3, 1, 1, "m")
    saved = io.BytesIO()
    made.save(saved)
    file = open_files([("renamed.xlsx", saved.getvalue())], tmp_path).files[0]
    assert (file.kind, file.sheets[0].merged_ranges) == ("xls", ((3, 1, 4, 1),))
    assert grid(file.sheets[0])[1] == [2, "t ", "00123", None]


def test_open_document(tmp_path: Path) -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="{kind}" {value}><text:p>{shown}</text:p></table:table-cell>'
        for kind, value, shown in (
            ("string", "", "客户"),
            ("float", 'office:value="8.5"', "8.50"),
            ("date", 'office:date-value="2026-11-03"', "3.11."),
        )
    )
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="t"><table:table-row>{cells}</table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content,
        "META-INF/manifest.xml": "<manifest/>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    file = one(buffer.getvalue(), tmp_path)
    assert (file.kind, grid(file.sheets[0])) == ("ods", [[1, "tnd", "客户", "8.5", "2026-11-03"]])
    bomb = changed(buffer.getvalue(), "content.xml", lambda xml: "<!DOCTYPE x>" + xml)
    assert refusal(bomb, tmp_path).code == "e.doctype"


SUPERSTORE = Path(__file__).parents[2] / "../shared/data/tableau_superstore_zh"


@pytest.mark.skipif(not SUPERSTORE.exists(), reason="../shared/data is absent")
def test_a_real_workbook_and_its_csv_say_the_same(tmp_path: Path) -> None:
    workbook, text = open_files(
        [(p.name, p) for p in (next(SUPERSTORE.glob("*.xls")), SUPERSTORE / "derived_订单_gb18030.csv")],
        tmp_path,
    ).files
    left, right = grid(workbook.sheets[0]), grid(text.sheets[0])
    assert (text.encoding, text.is_encoding_sure, len(left)) == ("gb18030", True, 10_001)
    names = [
        i
        for i, header in enumerate(left[0][2:], 2)
        if header not in {"行 ID", "销售额", "折扣", "利润", "数量"}
    ]
    assert [[row[i] for i in names] for row in left] == [[row[i] for i in names] for row in right]


def test_a_column_is_read_as_its_cells_are_one_by_one() -> None:
    """Equal values of unlike types (1, 1.0, True), blanks, controls, dates beside texts: a block changes nothing."""
    moment = dt.datetime(2026, 1, 2, 3, 4, 5)
    mixed = [
        1,
        1.0,
        True,
        "1",
        "",
        " ",
        None,
        "a\x00b",
        "a\tb",
        moment,
        moment.date(),
        2.5,
        -0.0,
        1e300,
        dt.time(7),
    ]
    for values in (
        mixed,
        [v for v in mixed if isinstance(v, str)],
        [1.0, -0.0, float("nan"), 2.5],
        [True, False],
    ):
        column = read_column(values)
        cells = [read_cell(value) for value in values]
        assert list(column.kinds) == [kind for _, kind in cells]
        assert list(column.texts) == [text and text.replace("\x00", "") for text, _ in cells]
        assert column.controls == sum((text or "").count("\x00") for text, _ in cells)


@pytest.mark.parametrize("block_rows", [1, 3, 4, 7, 20])
def test_where_a_block_ends_changes_nothing(
    block_rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blank rows, cells a parser loses inside and after the rows it tells, columns right of the first."""
    lines = [["", "h", "i"], ["", "a", 1], [], [], ["", "b", True], ["", "c", 2.5]]
    lost = "".join(f'<row r="{row}"><c r="D{row}" t="e"><v>#N/A</v></c></row>' for row in (9, 13))
    source = tmp_path / "upload"
    source.write_bytes(changed(book(rows("s", *lines)), SHEET1, with_cells(lost)))
    monkeypatch.setattr(sheets, "BLOCK_ROWS", block_rows)
    found = sheets.write_workbook(source, tmp_path, "xlsx", Limits())["sheets"][0]
    told = pq.read_table(tmp_path / found["path"]).to_pylist()
    kept = {row["row"]: [row[f"c{place}"] for place in range(4)] for row in told}
    assert [kept[row] for row in (1, 2, 5, 6)] == [
        [None, "h", "i", None], [None, "a", "1", None], [None, "b", "TRUE", None], [None, "c", "2.5", None]
    ]  # fmt: skip
    assert kept[9] == kept[13] == [None, None, None, "#N/A"]
    assert sorted(kept) == list(range(1, 14)) and (found["rows"], found["height"]) == (13, 13)
    assert {row["row"]: row["kinds"] for row in told}[5] == " tb "
