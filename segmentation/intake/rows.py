"""Typed rows of one part of one sheet, with keys and provenance, and what became of every row read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from segmentation.intake.asked import Asked
from segmentation.intake.columns import Typed
from segmentation.intake.grids import absent
from segmentation.intake.uploads import CORRECTED_COLUMNS, REJECTED_COLUMNS, Issue, TablePart
from segmentation.tables import TABLES

NEEDED: dict[str, tuple[str, ...]] = {
    name: tuple(column.name for column in table.columns if column.required) for name, table in TABLES.items()
}


@dataclass(frozen=True)
class Rows:
    """Accepted rows of one part: typed columns (all of the table), spreadsheet rows, row keys, attributes as JSON.

    `corrected` marks rows with a correction, `corrections` lists them cell by cell (of `correction_count`);
    `left_out` counts rows excluded for their content (withdrawn, test).
    """

    asked: Asked
    part: TablePart
    columns: Mapping[str, Typed]
    source_rows: np.ndarray
    row_keys: np.ndarray
    attributes: np.ndarray
    corrected: np.ndarray
    rejected: pd.DataFrame
    rejected_count: int
    left_out: int
    issues: tuple[Issue, ...] = field(default=())
    has_ids: bool = False
    corrections: pd.DataFrame = field(default_factory=pd.DataFrame)
    correction_count: int = 0

    def __len__(self) -> int:
        return len(self.source_rows)

    def take(self, keep: np.ndarray) -> Rows:
        """The rows at `keep`."""
        columns = {name: one.take(keep) for name, one in self.columns.items()}
        return replace(
            self, columns=columns, source_rows=self.source_rows[keep], row_keys=self.row_keys[keep],
            attributes=self.attributes[keep], corrected=self.corrected[keep],
        )  # fmt: skip


def source_key(file: str, sheet: str, row: int) -> str:
    """Identity of a row of a sheet without ids: 16 hex digits of (file, sheet, row)."""
    return hashlib.sha256(f"{file}\x1f{sheet}\x1f{row}".encode()).hexdigest()[:16]


def texts_column(values: np.ndarray) -> Typed:
    """A text column of an object array, None = null."""
    known = ~absent(values)
    return Typed(
        "text",
        values,
        known.astype(bool),
        np.full(len(values), "", dtype=object),
        np.full(len(values), "", dtype=object),
    )


def all_corrections(parts: Sequence[Rows], more: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, int]:
    """The list of corrected cells of an upload, and how many there are."""
    frames = [frame for frame in (*(rows.corrections for rows in parts), *more) if len(frame)]
    count = sum(rows.correction_count for rows in parts) + sum(map(len, more))
    empty = pd.DataFrame(columns=list(CORRECTED_COLUMNS))
    return pd.concat(frames, ignore_index=True) if frames else empty, count


def all_rejections(parts: Sequence[Rows]) -> pd.DataFrame:
    """The list of rows of an upload that stay out, cell by cell."""
    frames = [rows.rejected for rows in parts if len(rows.rejected)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(REJECTED_COLUMNS))
