"""Workbooks → raw grids: every visible sheet as text with the kind of each cell. Runs in the child."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from segmentation.errors import FileError
from segmentation.intake.cell_values import Column, blank_column, read_column
from segmentation.intake.rawgrid import BLOCK_ROWS, GridWriter
from segmentation.intake.sheetxml import BookFacts, SheetFacts, scan_book
from segmentation.settings import Limits

# Longer runs of blank rows are stray formatting: the row numbers go on, the rows are not kept.
KEPT_BLANK_ROWS = 100
_FULL_HEIGHTS = {"xls": 65_536, "xlsx": 1_048_576, "xlsb": 1_048_576}


def write_workbook(source: Path, folder: Path, kind: str, limits: Limits) -> dict[str, Any]:
    """Raw grids of the visible sheets; hidden and chart sheets are listed and not read.

    Raises FileError: e.damaged, e.password, e.doctype, e.far, e.limit.sheets, e.limit.rows, e.limit.columns,
    e.pivot, e.chart, e.empty.file.
    """
    facts = BookFacts()
    if kind == "xlsx":
        with zipfile.ZipFile(source) as archive:
            facts = scan_book(archive, limits)
    elif kind == "ods":
        _check_ods(source)
    try:
        with CalamineWorkbook.from_path(str(_named(source, folder, kind))) as book:
            if len(book.sheets_metadata) > limits.sheets:
                raise FileError("e.limit.sheets", value=len(book.sheets_metadata), limit=limits.sheets)
            sheets = [
                _write_sheet(book, position, folder, facts, limits)
                for position in range(len(book.sheets_metadata))
            ]
    except PasswordError:
        raise FileError("e.password") from None
    except (CalamineError, OSError, ValueError):
        raise FileError("e.damaged") from None
    _check_content(sheets)
    return {"sheets": sheets, "is_1904": facts.is_1904, "notices": list(_notices(sheets, facts, kind))}


def _named(source: Path, folder: Path, kind: str) -> Path:
    """The file under a name that says what it is: without one the parser tries all formats and forgets passwords."""
    named = folder / f"book.{kind}"
    try:
        os.link(source, named)
    except OSError:
        shutil.copyfile(source, named)
    return named


def _check_content(sheets: Sequence[Mapping[str, Any]]) -> None:
    """FileError where no visible sheet has rows of its own: e.pivot or e.chart say what is there instead."""
    if any(sheet["rows"] and not sheet.get("is_pivot") for sheet in sheets):
        return
    for sheet in sheets:
        if sheet.get("is_pivot"):
            raise FileError("e.pivot", sheet=sheet["name"])
        if sheet["visible"] and not sheet["is_read"]:
            raise FileError("e.chart", sheet=sheet["name"])
    raise FileError("e.empty.file")


def _check_ods(source: Path) -> None:
    from segmentation.intake.sheetxml import check_doctypes

    try:
        with zipfile.ZipFile(source) as archive:
            check_doctypes(archive)
    except (zipfile.BadZipFile, OSError, EOFError):
        raise FileError("e.damaged") from None


def _write_sheet(
    book: CalamineWorkbook, position: int, folder: Path, facts: BookFacts, limits: Limits
) -> dict[str, Any]:
    about = book.sheets_metadata[position]
    visible = about.visible == SheetVisibleEnum.Visible
    found: dict[str, Any] = {"name": about.name, "visible": visible, "rows": 0, "columns": 0, "path": None}
    found["is_read"] = visible and about.typ == SheetTypeEnum.WorkSheet
    if not found["is_read"]:
        return found
    sheet = book.get_sheet_by_index(position)
    about_cells = facts.sheets.get(about.name, SheetFacts())
    columns = _width(sheet, about_cells)
    if sheet.end is not None and sheet.end[0] >= limits.rows:
        raise FileError("e.limit.rows", value=sheet.end[0] + 1, limit=limits.rows)
    if columns > limits.columns:
        raise FileError("e.limit.columns", value=columns, limit=limits.columns)
    path = folder / f"sheet{position}.parquet"
    with GridWriter(path, columns) as writer:
        height, controls = _write_rows(sheet, about_cells, writer)
    ranges = [(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()]
    return found | {
        "rows": writer.rows,
        "height": height,
        "columns": columns,
        "path": path.name,
        "merged_ranges": ranges,
        "is_pivot": about_cells.is_pivot,
        "controls": controls,
    }


def _width(sheet: CalamineSheet, facts: SheetFacts) -> int:
    """Columns up to the last cell with a value, counted from A."""
    read = 0 if sheet.end is None else sheet.end[1] + 1
    return max([read, *(column + 1 for _, column in facts.lost)])


def _write_rows(sheet: CalamineSheet, facts: SheetFacts, writer: GridWriter) -> tuple[int, int]:
    """Write all rows but trailing blank ones; returns the last row with a value and the control characters removed."""
    blank: list[int] = []
    last = controls = 0
    for first, columns in _blocks(sheet, writer.columns, facts.lost):
        controls += sum(column.controls for column in columns)
        texts = [column.texts for column in columns]
        kinds = ["".join(row) for row in zip(*(column.kinds for column in columns), strict=True)]
        if not blank and not any(map(str.isspace, kinds)):
            last = first + len(kinds) - 1
            writer.add_block(range(first, last + 1), texts, kinds)
            continue
        for row, (record, kind) in enumerate(zip(zip(*texts, strict=True), kinds, strict=True), first):
            if not kind.isspace():
                for number in blank:
                    writer.add(number, [None] * writer.columns, " " * writer.columns)
                writer.add(row, record, kind)
                blank, last = [], row
            elif len(blank) < KEPT_BLANK_ROWS:
                blank.append(row)
    return last, controls


def _blocks(
    sheet: CalamineSheet, width: int, lost: Mapping[tuple[int, int], str]
) -> Iterator[tuple[int, list[Column]]]:
    """The columns of a block of rows after another, with the block's first row; cells a parser loses put back."""
    lost_by_block = defaultdict[int, list[tuple[int, int, str]]](list)
    for (row, column), text in lost.items():
        block, place = divmod(row - 1, BLOCK_ROWS)
        lost_by_block[block].append((place, column, text))
    offset = 0 if sheet.start is None else sheet.start[1]
    rows: Iterator[list[Any]] = iter(()) if sheet.end is None else sheet.iter_rows()
    for block in count():
        values = list(islice(rows, BLOCK_ROWS))
        cells = lost_by_block.pop(block, [])
        if not values and not cells and not lost_by_block:
            return
        height = max([len(values), *(place + 1 for place, _, _ in cells)])
        if not height:
            continue
        values += [[None] * len(values[0])] * (height - len(values)) if values else []
        columns = [blank_column(height) for _ in range(offset)]
        columns += [read_column(column) for column in zip(*values, strict=True)]
        columns += [blank_column(height) for _ in range(width - len(columns))]
        yield block * BLOCK_ROWS + 1, _put_back(columns, cells)


def _put_back(columns: list[Column], lost: Sequence[tuple[int, int, str]]) -> list[Column]:
    by_column = defaultdict[int, dict[int, str]](dict)
    for place, column, text in lost:
        by_column[column][place] = text
    for column, cells in by_column.items():
        texts, kinds = list(columns[column].texts), list(columns[column].kinds)
        for place, text in cells.items():
            texts[place], kinds[place] = text, "e"
        columns[column] = replace(columns[column], texts=texts, kinds=kinds)
    return columns


def _notices(sheets: list[dict[str, Any]], facts: BookFacts, kind: str) -> Iterator[dict[str, Any]]:
    if hidden := [sheet["name"] for sheet in sheets if not sheet["visible"]]:
        yield {"code": "up.hidden", "facts": {"n": len(hidden), "sheets": ", ".join(hidden)}}
    elif facts.has_marks:
        yield {"code": "n.marks", "facts": {}}
    if facts.has_macros:
        yield {"code": "n.macros", "facts": {}}
    if controls := sum(sheet.get("controls", 0) for sheet in sheets):
        yield {"code": "n.controls", "facts": {"n": controls}, "rows": controls}
    for sheet in sheets:
        name, about = sheet["name"], facts.sheets.get(sheet["name"], SheetFacts())
        if not sheet["is_read"]:
            if sheet["visible"]:
                yield {"code": "n.chart", "facts": {"sheet": name}, "sheet": name}
            continue
        rows, columns = about.hidden_rows, about.hidden_columns(sheet["columns"])
        if rows:
            code = "n.filter" if about.has_filter else "n.hidden_rows"
            yield {"code": code, "facts": {"sheet": name, "n": rows}, "sheet": name, "rows": rows}
        if columns:
            said = {"sheet": name, "n": columns}
            yield {"code": "n.hidden_columns", "facts": said, "sheet": name, "rows": sheet["rows"]}
        if sheet["is_pivot"]:
            yield {"code": "n.pivot", "facts": {"sheet": name}, "sheet": name}
        if sheet["height"] == _FULL_HEIGHTS.get(kind):
            said = {"sheet": name, "rows": sheet["height"]}
            yield {"code": "n.full", "facts": said, "sheet": name, "rows": sheet["height"]}
