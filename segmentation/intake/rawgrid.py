"""Writing raw grids: Parquet files with one text column per spreadsheet column, a block of rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

Record = Sequence[str | None]
BLOCK_ROWS = 20_000


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

    def _flush(self) -> None:
        if not self._numbers:
            return
        filler: Record = [None] * self.columns
        cells = list(zip_longest(*self._records, filler))
        arrays = [pa.array(self._numbers, pa.int32()), pa.array(self._kinds, pa.string())]
        arrays += [pa.array(column[:-1], pa.string()) for column in cells]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self.rows += len(self._numbers)
        self._numbers, self._records, self._kinds = [], [], []

    def __enter__(self) -> GridWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()
