"""A raw grid in memory: every column dictionary-encoded, so that each distinct text is read once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

# Controls and a BOM mean nothing in a cell. Zero-width and direction marks may (emoji are joined by them), but they
# stop two names from matching.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")


def clean(text: str) -> str:
    """The text for reading and matching: without invisible characters and outer blanks, all blanks alike."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _MARKS.sub("", kept(text)).replace("\u3000", " ").strip()


def kept(text: str) -> str:
    """The text as it is stored: its own characters, without controls, outer blanks and no-break spaces."""
    return _CONTROLS.sub("", text).replace("\xa0", " ").strip()


@dataclass(frozen=True)
class Cells:
    """One column: `codes` (int32, −1 = blank) point into the `texts` that are read and matched.

    `marked`: code → the text as it is stored, where that differs: two such texts may be read alike.
    """

    codes: np.ndarray
    texts: tuple[str, ...]
    marked: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def stored(self) -> tuple[str, ...]:
        """The texts as they are stored."""
        return tuple(self.marked.get(code, text) for code, text in enumerate(self.texts))

    def values(self) -> np.ndarray:
        """Object array of texts, None where blank."""
        return spread(list(self.texts), self.codes, None)

    def at(self, position: int) -> str | None:
        code = int(self.codes[position])
        return None if code < 0 else self.texts[code]

    def take(self, keep: np.ndarray) -> Cells:
        """The cells at `keep` (mask or positions); unused texts stay."""
        return replace(self, codes=self.codes[keep])

    def used(self) -> list[str]:
        """Distinct texts that occur, in order of their first code."""
        present = np.unique(self.codes)
        return [self.texts[code] for code in present if code >= 0]

    def counts(self) -> dict[str, int]:
        """Rows per distinct text that occurs."""
        present, counted = np.unique(self.codes[self.codes >= 0], return_counts=True)
        found: dict[str, int] = {}
        for code, rows in zip(present, counted, strict=True):
            found[self.texts[code]] = found.get(self.texts[code], 0) + int(rows)
        return found


def column_letter(index: int) -> str:
    """0 → A, 26 → AA; the sheet's own name stands for index −1."""
    letters = ""
    index += 1
    while index > 0:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def spread(values: Sequence[object], codes: np.ndarray, missing: object) -> np.ndarray:
    """Per-text values laid out per row; `missing` where the code is −1."""
    table = np.empty(len(values) + 1, dtype=object)
    table[:-1] = values
    table[-1] = missing
    return table[codes]


def absent(values: np.ndarray) -> np.ndarray:
    """True where an object array holds None."""
    return np.asarray(pd.isna(values), dtype=bool)


def encode(values: Sequence[str | None]) -> Cells:
    """Cells of a plain list of texts."""
    return _cells(pa.array(values, pa.string()).dictionary_encode())


def constant(text: str, rows: int) -> Cells:
    """A column that says the same in every row."""
    return Cells(np.zeros(rows, dtype=np.int32), (text,))


@dataclass(frozen=True)
class Grid:
    """All cells of a sheet; `rows` are spreadsheet rows (1-based), `kinds` one character per cell and row."""

    rows: np.ndarray
    kinds: np.ndarray
    columns: tuple[Cells, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, keep: np.ndarray) -> Grid:
        return Grid(self.rows[keep], self.kinds[keep], tuple(cells.take(keep) for cells in self.columns))

    def filled(self) -> np.ndarray:
        """Number of non-blank cells per row."""
        total = np.zeros(len(self), dtype=np.int32)
        for cells in self.columns:
            total += cells.codes >= 0
        return total

    def row_texts(self, position: int) -> list[str | None]:
        return [cells.at(position) for cells in self.columns]

    def kind(self, position: int, column: int) -> str:
        text = self.kinds[position]
        return text[column] if text is not None and column < len(text) else " "


def _cells(array: pa.Array | pa.ChunkedArray) -> Cells:
    if isinstance(array, pa.ChunkedArray):
        array = array.unify_dictionaries().combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = array.chunk(0) if array.num_chunks else pa.array([], pa.string()).dictionary_encode()
    if not pa.types.is_dictionary(array.type):
        array = array.cast(pa.string()).dictionary_encode()
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    seen: dict[str, int] = {}
    moved = np.empty(len(array.dictionary) + 1, dtype=np.int32)
    moved[-1] = -1
    marked: dict[int, str] = {}
    for position, raw in enumerate(array.dictionary.to_pylist()):
        text = clean(raw) if raw is not None else ""
        stored = text if raw is None or raw.isascii() else kept(raw)
        moved[position] = seen.setdefault(stored, len(seen)) if text else -1
        if text and stored != text:
            marked[int(moved[position])] = stored
    texts = tuple(clean(text) if code in marked else text for code, text in enumerate(seen))
    return Cells(moved[codes], texts, marked)


def load_grid(path: Path) -> Grid:
    """Read a raw grid (columns `row`, `kinds`, `c0`…) from Parquet."""
    names = [name for name in pq.read_schema(path).names if name not in {"row", "kinds"}]
    table = pq.read_table(path, read_dictionary=names)
    columns = tuple(_cells(table.column(name)) for name in names)
    return Grid(
        table.column("row").to_numpy().astype(np.int64),
        table.column("kinds").to_numpy(),
        columns,
    )


def write_grid(
    path: Path, records: Sequence[Sequence[str | None]], kinds: Sequence[str] | None = None
) -> None:
    """Write records as a raw grid, rows counted from 1: what the parser child writes, for callers that have lists."""
    width = max((len(record) for record in records), default=0)
    padded = [[*record, *([None] * (width - len(record)))] for record in records]
    marks = kinds or ["".join(" " if cell in {None, ""} else "t" for cell in record) for record in padded]
    data = {"row": pa.array(range(1, len(padded) + 1), pa.int32()), "kinds": pa.array(marks, pa.string())}
    for index in range(width):
        data[f"c{index}"] = pa.array([record[index] for record in padded], pa.string())
    pq.write_table(pa.table(data), path)


def fill_merged(grid: Grid, ranges: Sequence[tuple[int, int, int, int]]) -> tuple[Grid, dict[int, int]]:
    """Fill merged ranges (first row, first column, last row, last column; rows 1-based, columns 0-based) downwards.

    Returns the grid and the number of filled cells per column. Ranges across columns are left alone: they are titles.
    """
    where = {int(row): position for position, row in enumerate(grid.rows)}
    columns, filled = list(grid.columns), dict[int, int]()
    for first_row, first_column, last_row, last_column in ranges:
        top = where.get(first_row)
        if first_column != last_column or first_column >= len(columns) or top is None:
            continue
        cells = columns[first_column]
        below = [where[row] for row in range(first_row + 1, last_row + 1) if row in where]
        below = [position for position in below if cells.codes[position] < 0]
        if cells.codes[top] >= 0 and below:
            codes = cells.codes.copy()
            codes[below] = codes[top]
            columns[first_column] = replace(cells, codes=codes)
            filled[first_column] = filled.get(first_column, 0) + len(below)
    return replace(grid, columns=tuple(columns)), filled
