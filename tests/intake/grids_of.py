"""Raw grids made from lists, as the parser child would have written them: intake tests without a child process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from segmentation.intake.fast_csv import load_rows
from segmentation.intake.grids import write_grid
from segmentation.intake.parsed import FileParsed, Parsed, RawSheet
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Upload

Rows = Sequence[Sequence[str | None]]


def parsed_of(folder: Path, files: Mapping[str, Rows | Mapping[str, Rows]], delimiter: str = ",") -> Parsed:
    """Files by name: rows = a CSV, a mapping of sheets = a workbook."""
    opened = []
    for name, content in files.items():
        sheets = content if isinstance(content, Mapping) else {name.rsplit(".", 1)[0]: content}
        raws = []
        for position, (sheet, rows) in enumerate(sheets.items()):
            path = folder / f"{len(opened)}-{position}.parquet"
            write_grid(path, rows)
            width = max((len(row) for row in rows), default=0)
            raws.append(RawSheet(name, sheet, True, len(rows), width, path))
        kind = "xlsx" if isinstance(content, Mapping) else "csv"
        opened.append(FileParsed(name, f"sha-{name}", kind, "utf-8", delimiter, tuple(raws)))
    return Parsed(tuple(opened), folder)


def csv_rows(text: str) -> list[list[str]]:
    """Rows of a little table, cells divided by `|`, trimmed."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().split("\n")]


def upload_of(folder: Path, files: Mapping[str, Rows | Mapping[str, Rows]], **answers: str) -> Upload:
    return read_upload(recognise(parsed_of(folder, files)), answers or None)


def stored(upload: Upload, table: str) -> list[dict[str, object]]:
    """The rows of one table of an upload as plain dicts."""
    part = upload.table(table)
    return [] if part is None else load_rows(part.path, table).to_pylist()


def codes(upload: Upload) -> set[str]:
    return {issue.code for issue in upload.issues}
