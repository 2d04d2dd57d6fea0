"""Delimited text → raw grid: the delimiter by what most lines agree on, quotes taken strictly, nothing swallowed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from math import log2
from pathlib import Path
from typing import Any

from segmentation.errors import FileError
from segmentation.intake.decode import Decoded
from segmentation.intake.parsed import HEAD_RECORDS, WHOLE_RECORDS
from segmentation.intake.rawgrid import GridWriter
from segmentation.settings import Limits

DELIMITERS = (",", ";", "\t", "|", "，")
SNIFFED_RECORDS = 200
_SNIFFED_CHARACTERS = 2**18
_LONGEST_FIELD = 16 * 2**20
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)


def write_text(text: Decoded, folder: Path, limits: Limits) -> dict[str, Any]:
    """The raw grid of a decoded text file: all of it, or the head where it has more than `WHOLE_RECORDS` records.

    Raises FileError: e.empty.file, e.quote (with the line), e.limit.rows, e.limit.columns.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    delimiter, skipped = sniff(text.text_path)
    records = list(islice(read_records(text.text_path, delimiter, skipped), WHOLE_RECORDS + 1))
    is_head_only = len(records) > WHOLE_RECORDS
    if text.lines > limits.rows:
        _check_rows(sum(1 for _ in read_records(text.text_path, delimiter, skipped)), limits)
    _check_rows(len(records), limits)
    _check_columns(max(map(len, records), default=0), limits)
    if is_head_only:
        records = records[:HEAD_RECORDS]
    sheet = _write(records, folder / "grid.parquet")
    if not sheet["rows"]:
        raise FileError("e.empty.file")
    notices = [
        {"code": code, "facts": {"n": count}, "rows": count}
        for code, count in (("n.controls", text.controls), ("n.replacement", text.damaged))
        if count and (code != "n.controls" or text.text_path.parent == folder)
    ]
    return {
        "sheets": [sheet | {"is_head_only": is_head_only}],
        "encoding": text.encoding,
        "delimiter": delimiter,
        "guesses": text.guesses,
        "is_encoding_sure": text.is_sure,
        "mark": text.mark,
        "text_path": str(text.text_path),
        "skipped_lines": skipped,
        "line_feeds": text.lines if text.is_ascii else None,
        "notices": notices,
    }


def write_whole(
    text_path: Path, folder: Path, delimiter: str, skipped: int, limits: Limits
) -> dict[str, Any]:
    """All records of a clean text as a raw grid, read twice so that memory stays small. Raises as `write_text`."""
    csv.field_size_limit(_LONGEST_FIELD)
    columns = count = last = 0
    for record in read_records(text_path, delimiter, skipped):
        count += 1
        columns = max(columns, len(record))
        if record and any(map(str.strip, record)):
            last = count
    _check_rows(count, limits)
    _check_columns(columns, limits)
    with GridWriter(folder / "whole.parquet", columns) as writer:
        for row, record in enumerate(islice(read_records(text_path, delimiter, skipped), last), 1):
            cells = [cell if cell and not cell.isspace() else None for cell in record]
            writer.add(row, cells, _kinds(cells))
    return {"sheets": [_description("whole.parquet", last, columns)]}


def sniff(path: Path) -> tuple[str, int]:
    """The delimiter and the number of lines to drop (1 for `sep=;`).

    Chosen on up to `SNIFFED_RECORDS` records by the share that has the commonest number of cells, squared, times
    the logarithm of that number; `,` where nothing separates.
    """
    with path.open(encoding="utf-8", newline="") as text:
        lines = text.read(_SNIFFED_CHARACTERS).splitlines(keepends=True)
    if lines and (told := _SEPARATOR_LINE.match(lines[0].rstrip("\r\n"))):
        return told.group(1), 1
    if len(lines) > 1:
        lines = lines[:-1] if not lines[-1].endswith(("\n", "\r")) and len(lines) > 50 else lines
    best, chosen = 0.0, ","
    for delimiter in DELIMITERS:
        fit = _fit(lines, delimiter)
        if fit > best:
            best, chosen = fit, delimiter
    return chosen, 0


def _fit(lines: list[str], delimiter: str) -> float:
    try:
        records = list(islice(csv.reader(lines, delimiter=delimiter), SNIFFED_RECORDS))
    except csv.Error:
        return 0.0
    widths = Counter(len(record) for record in records if record)
    widths.pop(1, None)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    share = count / sum(1 for record in records if record)
    return share * share * log2(width)


def read_records(path: Path, delimiter: str, skipped_lines: int = 0) -> Iterator[list[str]]:
    """The records of a clean text, blank lines as []; FileError e.quote names the line a bad quote stands in."""
    with path.open(encoding="utf-8", newline="") as text:
        for _ in range(skipped_lines):
            next(text, None)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        line = skipped_lines
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise FileError("e.quote", row=line + 1) from None
            line = skipped_lines + reader.line_num
            yield record


def _kinds(cells: list[str | None]) -> str:
    if None not in cells:
        return "t" * len(cells)
    return "".join([" " if cell is None else "t" for cell in cells])


def _write(records: list[list[str]], path: Path) -> dict[str, Any]:
    """Write records without the blank ones at the end."""
    while records and not any(map(str.strip, records[-1])):
        records.pop()
    columns = max(map(len, records), default=0)
    with GridWriter(path, columns) as writer:
        for row, record in enumerate(records, 1):
            cells = [cell if cell and not cell.isspace() else None for cell in record]
            writer.add(row, cells, _kinds(cells))
    return _description(path.name, len(records), columns)


def _description(path: str, rows: int, columns: int) -> dict[str, Any]:
    return {"name": "", "visible": True, "rows": rows, "columns": columns, "path": path}


def _check_rows(rows: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise FileError("e.limit.rows", value=rows, limit=limits.rows)


def _check_columns(columns: int, limits: Limits) -> None:
    if columns > limits.columns:
        raise FileError("e.limit.columns", value=columns, limit=limits.columns)
