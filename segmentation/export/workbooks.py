"""Frames as an Excel workbook ready to print: every text is a text, whatever it looks like."""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]

from segmentation.export.tables import FORMULA_STARTS

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME, LONGEST_CELL = 31, 32_767
A4 = 9
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ufffe\uffff]")
_TAKEN = "history"  # Excel keeps this name to itself


@dataclass(frozen=True)
class Sheet:
    """One sheet: `lines` of text over a table whose headers are its column labels. `widths` in characters; `formats`
    are Excel's number formats by column, `wrapped` the columns whose text breaks over lines."""

    name: str
    lines: tuple[str, ...]
    table: pd.DataFrame
    widths: Mapping[str, float] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    wrapped: frozenset[str] = frozenset()


def name_sheets(wanted: Sequence[str]) -> tuple[str, ...]:
    """Names Excel takes, in the same order and all different: at most 31 UTF-16 units, none of `[]:*?/\\`, no
    apostrophe at an end, and no two that differ in case or width of letters only."""
    taken, names = {_TAKEN}, []
    for text in wanted:
        clean = _FORBIDDEN.sub("_", " ".join(text.split())).strip("' ") or "_"
        name, count = _cut(clean, LONGEST_NAME), 1
        while _same(name) in taken:
            count += 1
            mark = f" ({count})"
            name = _cut(clean, LONGEST_NAME - len(mark)) + mark
        taken.add(_same(name))
        names.append(name)
    return tuple(names)


def _cut(text: str, units: int) -> str:
    """The longest beginning of at most so many UTF-16 units: that is how Excel counts."""
    while len(text.encode("utf-16-le", "replace")) > 2 * units:
        text = text[:-1]
    return text.rstrip("' ")


def _same(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def workbook_bytes(sheets: Sequence[Sheet], created_on: dt.date) -> bytes:
    """The workbook; equal sheets give equal bytes on any day, so its date is passed in."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime.combine(created_on, dt.time())})
        for name, sheet in zip(name_sheets([sheet.name for sheet in sheets]), sheets, strict=True):
            _write(book, book.add_worksheet(name), sheet)
    return buffer.getvalue()


def _write(book: Any, page: Any, sheet: Sheet) -> None:
    top = len(sheet.lines)
    for place, line in enumerate(sheet.lines):
        look = {"bold": True, "font_size": 13} if place == 0 else {"font_color": "#595959"}
        page.write_string(place, 0, line[:LONGEST_CELL], book.add_format(look | {"quote_prefix": True}))
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "quote_prefix": True}
    for place, column in enumerate(sheet.table.columns):
        page.write_string(top, place, str(column), book.add_format(head))
        page.set_column(place, place, sheet.widths.get(column, 10))
        _write_column(book, page, sheet, place, top + 1)
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.set_footer("&C&P / &N")
    page.freeze_panes(top + 1, 1)
    page.autofilter(top, 0, top + len(sheet.table), len(sheet.table.columns) - 1)


def _write_column(book: Any, page: Any, sheet: Sheet, place: int, first: int) -> None:
    column = sheet.table.columns[place]
    values = sheet.table[column]
    basic = {"bottom": 4, "bottom_color": "#BFBFBF", "valign": "top", "text_wrap": column in sheet.wrapped}
    plain, quoted = book.add_format(basic), book.add_format(basic | {"quote_prefix": True})
    is_date = values.dtype.kind == "M"
    numbers = book.add_format(
        basic | {"num_format": "yyyy-mm-dd" if is_date else sheet.formats.get(column, "0")}
    )
    is_number = pd.api.types.is_numeric_dtype(values.dtype)
    for row, value in enumerate(values, first):
        if pd.isna(value):
            page.write_blank(row, place, None, plain)
        elif is_date:
            page.write_datetime(row, place, value.to_pydatetime(), numbers)
        elif is_number:
            page.write_number(row, place, float(value), numbers)
        else:  # edited later, a text that begins like a formula stays a text
            text = str(value)[:LONGEST_CELL]
            page.write_string(row, place, text, quoted if text.startswith(FORMULA_STARTS) else plain)
