"""Rows that are no rows of the table: blank, repeated header, totals, notes; and blanks that mean "as above"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.grids import Cells, Grid
from segmentation.intake.headers import normalise
from segmentation.intake.money import read_number
from segmentation.intake.vocabularies import is_total

REASONS = ("blank", "header", "total", "note", "heading")


@dataclass(frozen=True)
class Refused:
    """A spreadsheet row that cannot be trusted as it stands: the column index and value that show it, and why."""

    row: int
    column: int
    value: str
    reason: str


@dataclass(frozen=True)
class Body:
    """The rows of a table and, by reason, the positions of the others in `read` (all rows under the header).

    `refused`: rows that are in neither, for the list of rejected ones.
    """

    read: Grid
    rows: Grid
    excluded: Mapping[str, np.ndarray]
    refused: tuple[Refused, ...] = ()

    def count(self, reason: str) -> int:
        return len(self.excluded[reason])


def select_rows(grid: Grid, headers: Sequence[str], needed: Sequence[int], named: int | None = None) -> Body:
    """Divide the rows under a header; `needed` are the columns a row of the table cannot do without.

    `named`: the column whose word alone makes a totals row, however full (a month table has no other sign).
    """
    filled = grid.filled()
    blank = filled == 0
    header = _repeated(grid, headers) & ~blank
    total = _totals(grid, filled, needed)
    if named is not None:
        cells = grid.columns[named]
        total |= np.isin(cells.codes, [code for code, text in enumerate(cells.texts) if is_total(text)])
    total &= ~blank & ~header
    note = _notes(grid, filled, blank | header | total, needed)
    if named is not None:  # a customer without a purchase is a name and nothing else, as a note is
        note &= np.logical_or.accumulate(blank)
    heading = _headings(grid, filled, needed) & ~(blank | header | total | note)
    keep = ~(blank | header | total | note | heading)
    masks = dict(zip(REASONS, (blank, header, total, note, heading), strict=True))
    return Body(grid, grid.take(keep), {reason: np.flatnonzero(mask) for reason, mask in masks.items()})


def _repeated(grid: Grid, headers: Sequence[str]) -> np.ndarray:
    """Rows most of whose cells repeat the header of their column."""
    same = np.zeros(len(grid), dtype=np.int32)
    for cells, header in zip(grid.columns, headers, strict=False):
        codes = [
            code for code, text in enumerate(cells.texts) if header and normalise(text) == normalise(header)
        ]
        if codes:
            same += np.isin(cells.codes, codes)
    return (same >= 2) & (same * 2 >= grid.filled())


def _totals(grid: Grid, filled: np.ndarray, needed: Sequence[int]) -> np.ndarray:
    """Rows with a totals word that lack a needed cell (or hold the word there)."""
    named = np.zeros(len(grid), dtype=bool)
    incomplete = np.zeros(len(grid), dtype=bool)
    for index, cells in enumerate(grid.columns):
        codes = [code for code, text in enumerate(cells.texts) if is_total(text)]
        here = np.isin(cells.codes, codes) if codes else np.zeros(len(grid), dtype=bool)
        named |= here
        if index in needed:
            incomplete |= here | (cells.codes < 0)
    usual = _usual_fill(filled[~named])
    return named & (incomplete | (filled < usual)) & (filled < max(usual, 2))


def _usual_fill(filled: np.ndarray) -> float:
    """Cells a row of the table usually has: lines of one cell (headings, notes) are no rows of it."""
    rows = filled[filled > 1]
    return float(np.median(rows)) if len(rows) else float(filled.max(initial=0))


def _notes(grid: Grid, filled: np.ndarray, gone: np.ndarray, needed: Sequence[int]) -> np.ndarray:
    """Lines under the table: one or two cells, nothing needed, after a blank row or at the very end."""
    if sum(1 for cells in grid.columns if (cells.codes >= 0).any()) < 3:
        return np.zeros(len(grid), dtype=bool)
    lacks = np.ones(len(grid), dtype=bool)
    for index in needed:
        lacks &= grid.columns[index].codes < 0
    lone = (filled == 1) | ((filled <= 2) & lacks)
    found = np.zeros(len(grid), dtype=bool)
    for position in range(len(grid) - 1, -1, -1):
        if gone[position]:
            continue
        if not lone[position] or (not lacks[position] and filled[position] > 1):
            break
        found[position] = True
    return found


def _headings(grid: Grid, filled: np.ndarray, needed: Sequence[int]) -> np.ndarray:
    """Lines that name a group, `华东一部` above its rows: one text alone and a fuller row below."""
    found = np.zeros(len(grid), dtype=bool)
    usual = _usual_fill(filled)
    if usual < 3 or len(needed) < 2:
        return found
    for position in np.flatnonzero(filled == 1):
        text = next(text for text in grid.row_texts(int(position)) if text)
        follows = next((int(n) for n in filled[position + 1 :] if n), 0)
        found[position] = follows > 1 and not _is_value(text)
    return found


def _is_value(text: str) -> bool:
    """A number or a date: a row somebody has begun, not the name of a group."""
    moment = read_moment(text, DateRule(year=2000))
    return read_number(text).value is not None or (moment.at is not None and "month" not in moment.marks)


def fill_down(cells: Cells, where: np.ndarray) -> Cells:
    """Blank cells at `where` take the value above them."""
    last = np.where((cells.codes >= 0) | ~where, np.arange(len(cells)), 0)
    return replace(cells, codes=cells.codes[np.maximum.accumulate(last)])


def document_blanks(grid: Grid, columns: Mapping[str, int]) -> dict[int, np.ndarray]:
    """Heads left blank on the later lines of a document: column index → rows where order number and date are blank.

    Only where the row still says what was sold; the customer is filled where it is blank within the same document.
    """
    heads = [columns[c] for c in ("order_id", "ordered_on") if columns.get(c, -1) >= 0]
    money = [columns[c] for c in ("amount", "quantity") if columns.get(c, -1) >= 0]
    if not heads or not money or not len(grid):
        return {}
    later = np.ones(len(grid), dtype=bool)
    for index in heads:
        later &= grid.columns[index].codes < 0
    later &= grid.columns[money[0]].codes >= 0
    later[0] = False
    if not later.any():
        return {}
    found = dict.fromkeys(heads, later)
    customer = columns.get("customer_id", -1)
    if customer >= 0 and "order_id" in columns:
        found[customer] = later & (grid.columns[customer].codes < 0)
    return found


def name_blanks(grid: Grid, columns: Mapping[str, int]) -> np.ndarray | None:
    """Rows without a customer under a row with one, where it looks like "same as above" (no order number to tell).

    None where the column has no such look: the first row blank, hardly any or nearly all rows blank.
    """
    index = columns.get("customer_id", -1)
    if index < 0 or columns.get("order_id", -1) >= 0 or not len(grid):
        return None
    blank = grid.columns[index].codes < 0
    share = float(blank.mean())
    return blank if not blank[0] and 0.1 <= share <= 0.9 else None
