"""Strangers' files as raw grids of text: what a file was, its sheets, and what was noticed while opening it."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from segmentation.errors import FileError
from segmentation.settings import Limits

FileKind = Literal["csv", "xlsx", "xls", "xlsb", "ods"]
Bytes = bytes | bytearray | memoryview

_CONTROLS = re.compile("[\x00-\x1f\x7f]")
# The text of a cell (kind "e") whose formula was saved without its result.
NO_RESULT = "#FORMULA!"
HEAD_RECORDS = 2_000
WHOLE_RECORDS = 20_000


@dataclass(frozen=True)
class Notice:
    """Something noticed about a file, never a reason to stop. `code` is a message id; `sheet` "" = whole file.

    `rows`: how many rows or cells it concerns, 0 = none of them.
    """

    code: str
    facts: Mapping[str, Any]
    sheet: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Guess:
    """An encoding the bytes may be in: `score` 0–1 by how common its characters are; `preview` some lines read so."""

    encoding: str
    score: float
    preview: str


@dataclass(frozen=True)
class RawSheet:
    """One sheet as a raw grid Parquet: `row` (INTEGER, 1-based), `kinds` (one character per cell), `c0`… VARCHAR.

    Kinds: t text, n number, d date or time, b flag, e error, blank. `rows` counts the rows of the grid at `path`,
    `columns` its cells per row. `path` None = listed, not read (hidden, chart). `merged_ranges`: (first row, first
    column, last row, last column), rows 1-based, columns 0-based. `is_head_only`: the grid holds the first
    `HEAD_RECORDS` records of a big CSV; `read_whole` reads all of it.
    """

    file: str
    name: str
    visible: bool
    rows: int
    columns: int
    path: Path | None
    merged_ranges: tuple[tuple[int, int, int, int], ...] = ()
    is_head_only: bool = False
    is_pivot: bool = False


@dataclass(frozen=True)
class FileParsed:
    """One file. For a CSV `text_path` is its clean UTF-8 text and `skipped_lines` the `sep=` line dropped from it.

    `guesses` rank the encodings that read the whole file, best first; `is_encoding_sure` False asks a person, and
    `reopening.settle` opens `source` again by the answer (then `is_encoding_chosen`). `mark` names the first line's
    bytes. `is_1904`: bare day numbers count from 1904-01-01. `line_feeds`: how many a text has that is plain ASCII,
    None for any other.
    """

    name: str
    sha256: str
    kind: FileKind
    encoding: str
    delimiter: str
    sheets: tuple[RawSheet, ...]
    notices: tuple[Notice, ...] = ()
    guesses: tuple[Guess, ...] = ()
    is_encoding_sure: bool = True
    is_1904: bool = False
    text_path: Path | None = None
    skipped_lines: int = 0
    line_feeds: int | None = None
    source: Path | None = None
    mark: str = ""
    is_encoding_chosen: bool = False


@dataclass(frozen=True)
class Parsed:
    """All files of one upload, opened."""

    files: tuple[FileParsed, ...]
    workspace: Path


def open_files(
    files: Sequence[tuple[str, Bytes | Path]],
    workspace: Path,
    limits: Limits | None = None,
    encodings: Mapping[str, str] | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> Parsed:
    """Open every file in a guarded child process; nothing is stored. Names are display text only, never paths.

    `encodings`: name → encoding a person chose. `on_progress(done, total, name)` is called before each file.
    Raises FileError (e.password, e.format, e.damaged, e.limit, e.empty …): no file of the upload is then read.
    """
    from segmentation.intake.child import run_child
    from segmentation.intake.preflight import check_file

    limits = limits or Limits()
    workspace.mkdir(parents=True, exist_ok=True)
    opened = list[FileParsed]()
    for position, (given, content) in enumerate(files):
        name = _display_name(given)
        if on_progress is not None:
            on_progress(position, len(files), name)
        folder = workspace / uuid.uuid4().hex
        folder.mkdir()
        source = _keep(content, folder)
        try:
            kind = check_file(source, limits)
            job = {"task": "open", "source": str(source), "folder": str(folder), "kind": kind}
            with ThreadPoolExecutor(1) as beside:
                sha256 = beside.submit(_digest, source)
                found = run_child(job | {"encoding": (encodings or {}).get(given)}, folder, limits)
        except FileError as error:
            raise FileError(error.code, **({"file": name} | error.facts)) from error
        opened.append(replace(_file(name, sha256.result(), kind, found, folder), source=source))
    return Parsed(tuple(opened), workspace)


def read_whole(file: FileParsed, limits: Limits | None = None) -> RawSheet:
    """The sheet of a big CSV with all its records: the careful path. Raises FileError as `open_files` does."""
    from segmentation.intake.child import run_child

    sheet = file.sheets[0]
    if not sheet.is_head_only or sheet.path is None or file.text_path is None:
        return sheet
    folder = sheet.path.parent / uuid.uuid4().hex
    folder.mkdir()
    job = {"task": "whole", "source": str(file.text_path), "folder": str(folder), "delimiter": file.delimiter}
    try:
        found = run_child(job | {"skipped_lines": file.skipped_lines}, folder, limits or Limits())
    except FileError as error:
        raise FileError(error.code, **({"file": file.name} | error.facts)) from error
    return _sheet(file.name, found["sheets"][0], folder)


def _display_name(name: str) -> str:
    """The name as text: without controls, and bytes that were no text in their file system as question marks."""
    text = _CONTROLS.sub("", name).encode("utf-8", "replace").decode("utf-8")
    return text.strip() or "?"


def _keep(content: Bytes | Path, folder: Path) -> Path:
    """The bytes under a random name in the workspace; a path is read where it is."""
    if isinstance(content, Path):
        return content
    source = folder / "upload"
    source.write_bytes(content)
    return source


def _digest(source: Path) -> str:
    with source.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _file(name: str, sha256: str, kind: FileKind, found: Mapping[str, Any], folder: Path) -> FileParsed:
    parsed = FileParsed(
        name=name,
        sha256=sha256,
        kind=kind,
        encoding=found.get("encoding", ""),
        delimiter=found.get("delimiter", ""),
        sheets=tuple(_sheet(name, sheet, folder) for sheet in found["sheets"]),
        notices=tuple(
            Notice(n["code"], n["facts"], n.get("sheet", ""), n.get("rows", 0))
            for n in found.get("notices", ())
        ),
    )
    text_path = found.get("text_path")
    return replace(
        parsed,
        guesses=tuple(Guess(**guess) for guess in found.get("guesses", ())),
        is_encoding_sure=found.get("is_encoding_sure", True),
        is_1904=found.get("is_1904", False),
        text_path=Path(text_path) if text_path else None,
        skipped_lines=found.get("skipped_lines", 0),
        line_feeds=found.get("line_feeds"),
        mark=found.get("mark", ""),
    )


def _sheet(file: str, found: Mapping[str, Any], folder: Path) -> RawSheet:
    return RawSheet(
        file=file,
        name=found["name"] or _stem(file),
        visible=found["visible"],
        rows=found["rows"],
        columns=found["columns"],
        path=folder / found["path"] if found["path"] else None,
        merged_ranges=tuple((r[0], r[1], r[2], r[3]) for r in found.get("merged_ranges", ())),
        is_head_only=found.get("is_head_only", False),
        is_pivot=found.get("is_pivot", False),
    )


def _stem(file: str) -> str:
    """The name of a CSV's only sheet: the file's name without endings."""
    name = file.replace("\\", "/").rpartition("/")[2]
    for ending in (".gz", ".csv", ".tsv", ".txt"):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name or file
