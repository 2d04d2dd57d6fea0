"""Writing raw grids: Parquet files with one text column per spreadsheet column, a block of rows at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from segmentation.settings import Limits

Record = Sequence[str | None]
BLOCK_ROWS = 20_000
LONGEST_CELL = Limits().cell_characters


class GridWriter:
    """A raw grid of `columns` cells per row, written block by block; `rows` counts what was written."""

    def __init__(self, path: Path, columns: int) -> None:
        fields = [pa.field("row", pa.int32()), pa.field("kinds", pa.string())]
        fields += [pa.field(f"c{index}", pa.string()) for index in range(columns)]
        self.columns = columns
        self.rows = 0
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(path, self._schema)
        self._numbers = list[int]()
        self._records = list[Record]()
        self._kinds = list[str]()

    def add(self, row: int, record: Record, kinds: str) -> None:
        """One row. A record shorter than the grid is padded; the length of `kinds` keeps how long it was."""
        self._numbers.append(row)
        self._records.append(record)
        self._kinds.append(kinds)
        if len(self._numbers) >= BLOCK_ROWS:
            self._flush()

    def add_block(self, rows: Iterable[int], columns: Sequence[Record], kinds: Sequence[str]) -> None:
        """Rows that are whole already, column by column."""
        self._flush()
        numbers = array("i", rows)
        arrays = [
            pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers)]),
            _texts(kinds),
            *(_texts(_clipped(column)) for column in columns),
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self.rows += len(numbers)

    def _flush(self) -> None:
        if not self._numbers:
            return
        filler: Record = [None] * self.columns
        cells = [column[:-1] for column in zip_longest(*self._records, filler)]
        numbers, kinds = self._numbers, self._kinds
        self._numbers, self._records, self._kinds = [], [], []
        self.add_block(numbers, cells, kinds)

    def __enter__(self) -> GridWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()


def _clipped(values: Sequence[str | None]) -> Sequence[str | None]:
    """The texts, one character above the limit at most: enough to refuse the row, little for the parent to look at."""
    if max(map(len, filter(None, values)), default=0) <= LONGEST_CELL:
        return values
    return [value and value[: LONGEST_CELL + 1] for value in values]


def _texts(values: Sequence[str | None]) -> pa.Array:
    """A column of texts. `pa.array` would import pandas, a fifth of a second of every child's start."""
    builder = pa.lib.StringBuilder()
    builder.append_values(values)
    return builder.finish()
