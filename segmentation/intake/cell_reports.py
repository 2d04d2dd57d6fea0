"""What is told about the cells of one part: kept out, read as something else, left empty; each with its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from segmentation.intake.asked import Asked
from segmentation.intake.columns import CORRECTIONS, Typed
from segmentation.intake.grids import Cells, column_letter
from segmentation.intake.uploads import (
    CORRECTED_COLUMNS,
    MOST_CORRECTED,
    REJECTED_COLUMNS,
    SHEET_NAME,
    SHOWN_CELLS,
    Issue,
    TablePart,
)

# What one answer decided for a whole column, or what is only another way to write: told, but no row is odd for it.
_OF_THE_COLUMN = {"zone"}


@dataclass(frozen=True)
class CellReport:
    """The cells of one part: its typed columns and the raw cells they were read from."""

    asked: Asked
    part: TablePart
    columns: Mapping[str, Typed]
    raw: Mapping[str, Cells | None]

    def _index(self, name: str) -> int:
        return self.part.columns.get(name, SHEET_NAME)

    def header(self, name: str) -> str:
        index = self._index(name)
        return self.asked.reading.headers[index] if index >= 0 else name

    def _cell(self, name: str, position: int) -> str:
        index = self._index(name)
        return f"{column_letter(index)}{self.asked.body.rows.rows[position]}" if index >= 0 else ""

    def _addresses(self, name: str, positions: np.ndarray) -> tuple[str, ...]:
        sheet = self.asked.reading.sheet
        return tuple(f"{sheet}!{self._cell(name, int(position))}" for position in positions[:SHOWN_CELLS])

    def _line(self, name: str, position: int) -> tuple[str, str, int, str, str, str]:
        """file, sheet, row, cell, column, value as written."""
        reading, raw = self.asked.reading, self.raw[name]
        value = raw.at(position) if raw is not None else None
        row = int(self.asked.body.rows.rows[position])
        return reading.file, reading.sheet, row, self._cell(name, position), self.header(name), value or ""

    def issues(self, gone: np.ndarray) -> Iterable[Issue]:
        """Per column: cells of accepted rows that could not be read, and what was done to read others."""
        for name, one in self.columns.items():
            bad = one.bad & ~gone
            for reason in sorted(set(one.reasons[bad])) if bad.any() else ():
                where = np.flatnonzero(bad & (one.reasons == reason))
                facts = self._facts(name, len(where)) | {"reason": reason}
                cells, code = self._addresses(name, where), f"i.cell.{reason}"
                yield Issue(code, "check", self.part.table, name, len(where), cells, facts)
            for mark, count in one.notes().items():
                cells = self._addresses(name, np.flatnonzero(one.marked(mark)))
                rows = 0 if mark in _OF_THE_COLUMN else count
                facts = self._facts(name, count)
                yield Issue(f"i.mark.{mark}", "noted", self.part.table, name, rows, cells, facts)

    def _facts(self, name: str, count: int) -> dict[str, Any]:
        return {"sheet": self.asked.reading.sheet, "column": self.header(name), "n": count}

    def corrected(self) -> np.ndarray:
        """Rows with a cell that was read as something else than it says, or left empty."""
        found = np.zeros(len(self.asked.body.rows), dtype=bool)
        for one in self.columns.values():
            found |= one.bad | one.corrected
        return found

    def corrections(self, gone: np.ndarray) -> tuple[pd.DataFrame, int]:
        """One line per corrected cell of an accepted row (at most `MOST_CORRECTED`), and how many there are."""
        lines, count = list[tuple[Any, ...]](), 0
        for name, one in self.columns.items():
            where = np.flatnonzero((one.bad | one.corrected) & ~gone)
            count += len(where)
            for position in where[: MOST_CORRECTED - len(lines)]:
                marks = [mark for mark in one.marks[position].split() if mark in CORRECTIONS]
                reason = one.reasons[position] or marks[0]
                read = written(one.data[position]) if one.known[position] else ""
                lines.append((*self._line(name, int(position)), read, reason))
        return pd.DataFrame(lines, columns=list(CORRECTED_COLUMNS)), count

    def rejected(self, bad: np.ndarray, needed: Sequence[str]) -> pd.DataFrame:
        """One line per missing or unreadable needed cell of a rejected row."""
        lines = [
            (*self._line(name, int(position)), self.columns[name].reasons[position] or "missing")
            for name in needed
            for position in np.flatnonzero(bad & ~self.columns[name].known)
        ]
        return pd.DataFrame(lines, columns=list(REJECTED_COLUMNS))


def written(value: Any) -> str:
    """A typed value as plain text: 12000, 2024-03-05; amounts come as ten-thousandths."""
    if isinstance(value, np.int64):
        return f"{(Decimal(int(value)) / 10_000).normalize():f}"
    if isinstance(value, np.datetime64):
        return str(value).replace("T", " ").removesuffix(" 00:00:00")
    return repr(float(value)).removesuffix(".0") if isinstance(value, np.float64) else str(value)
