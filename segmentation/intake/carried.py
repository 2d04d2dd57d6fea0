"""Customers that other tables carry along: one row per customer out of order lines, each attribute its latest value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segmentation.intake.asked import Asked
from segmentation.intake.grids import Cells
from segmentation.intake.uploads import TablePart


def one_row_each(asked: Asked, part: TablePart) -> Asked:
    """The sheet reduced to the first row of every customer, the part's other columns filled with their last value."""
    grid = asked.body.rows
    key = part.columns["customer_id"]
    codes = grid.columns[key].codes
    known = np.flatnonzero(codes >= 0)
    _, first = np.unique(codes[known], return_index=True)
    keep = np.sort(known[first])
    columns = [cells.take(keep) for cells in grid.columns]
    for column, index in part.columns.items():
        if column != "customer_id":
            columns[index] = _last_value(codes, grid.columns[index], keep)
    reduced = replace(grid, rows=grid.rows[keep], kinds=grid.kinds[keep], columns=tuple(columns))
    return replace(asked, body=replace(asked.body, rows=reduced))


def _last_value(keys: np.ndarray, cells: Cells, keep: np.ndarray) -> Cells:
    """For the keys at `keep`: the last filled cell of the same key."""
    last = np.full(int(keys.max(initial=-1)) + 1, -1, dtype=np.int32)
    both = (keys >= 0) & (cells.codes >= 0)
    last[keys[both]] = cells.codes[both]
    return replace(cells, codes=last[keys[keep]])
