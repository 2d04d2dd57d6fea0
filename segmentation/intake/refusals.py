"""Rows that are refused before anything is typed: more values than columns, a text longer than may be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from segmentation.intake.asked import Asked
from segmentation.intake.bodies import Body, Refused
from segmentation.intake.grids import Grid, column_letter
from segmentation.intake.uploads import SHOWN_CELLS, SHOWN_CHARACTERS, Issue
from segmentation.settings import Limits

# Beyond the header, what nearly every row fills is a column without a title; anything less is a delimiter too many.
_COLUMN_SHARE = 0.95
_USUAL_SHARE = 0.5


def set_apart(body: Body, width: int | None, used: Collection[int]) -> Body:
    """The body without the rows that cannot be trusted, which are its `refused`.

    `width`: values in the header of a text file (None = a workbook, whose rows cannot be ragged); `used`: the columns
    that are kept, where no text may be longer than the limit.
    """
    refused = {one.row: one for one in (*_too_long(body.rows, used), *_too_many(body.rows, width))}
    if not refused:
        return body
    keep = ~np.isin(body.rows.rows, list(refused))
    return replace(body, rows=body.rows.take(keep), refused=tuple(refused[row] for row in sorted(refused)))


def _too_many(grid: Grid, width: int | None) -> Iterator[Refused]:
    """Rows with a value beyond the last column of the header: what stands in the others may have moved."""
    if width is None or not len(grid):
        return
    beyond = [index for index in range(width, len(grid.columns)) if _is_surplus(grid, index)]
    for index in reversed(beyond):
        for position in np.flatnonzero(grid.columns[index].codes >= 0):
            value = grid.columns[index].at(int(position)) or ""
            yield Refused(int(grid.rows[position]), index, value, "too_many_values")


def _is_surplus(grid: Grid, index: int) -> bool:
    return float((grid.columns[index].codes >= 0).mean()) < _COLUMN_SHARE


def _too_long(grid: Grid, used: Collection[int]) -> Iterator[Refused]:
    limit = Limits().cell_characters
    for index in used:
        cells = grid.columns[index]
        codes = [code for code, text in enumerate(cells.texts) if len(text) > limit]
        for position in np.flatnonzero(np.isin(cells.codes, codes)) if codes else ():
            text = cells.texts[cells.codes[position]]
            yield Refused(int(grid.rows[position]), index, text[:SHOWN_CHARACTERS], "too_long")


def lines(asked: Asked) -> list[tuple[str, str, int, str, str, str, str]]:
    """The refused rows as lines of `REJECTED_COLUMNS`."""
    reading = asked.reading
    return [
        (
            reading.file, reading.sheet, one.row, f"{column_letter(one.column)}{one.row}",
            reading.headers[one.column] if one.column < len(reading.headers) else "", one.value, one.reason,
        )
        for one in asked.body.refused
    ]  # fmt: skip


def told(asked: Asked, table: str) -> list[Issue]:
    """How many values the longest rows have, and which rows end before the header does."""
    sheet, found = asked.reading.sheet, list[Issue]()
    reasons = Counter(one.reason for one in asked.body.refused)
    if n := reasons["too_many_values"]:
        many = [one for one in asked.body.refused if one.reason == "too_many_values"]
        lengths = dict(zip(asked.body.read.rows.tolist(), map(len, asked.body.read.kinds), strict=True))
        facts = {
            "sheet": sheet,
            "n": n,
            "row": many[0].row,
            "values": lengths[many[0].row],
            "columns": asked.width,
        }
        cells = tuple(f"{sheet}!{column_letter(one.column)}{one.row}" for one in many[:SHOWN_CELLS])
        found.append(Issue("i.too_many_values", "check", table, "", n, cells, facts))
    if n := reasons["too_long"]:
        facts = {"sheet": sheet, "n": n, "limit": Limits().cell_characters}
        found.append(Issue("i.too_long", "check", table, "", n, (), facts))
    return [*found, *_untitled(asked, table), *_too_few(asked, table)]


def _untitled(asked: Asked, table: str) -> list[Issue]:
    """Rows that all go on beyond the header: read as they stand, and said, as a title may be missing further left."""
    grid = asked.body.rows
    beyond = () if asked.width is None else grid.columns[asked.width :]
    n = max((int((cells.codes >= 0).sum()) for cells in beyond), default=0)
    if not n:
        return []
    facts = {"sheet": asked.reading.sheet, "n": n, "columns": asked.width}
    return [Issue("i.untitled", "check", table, "", n, (), facts)]


def _too_few(asked: Asked, table: str) -> list[Issue]:
    """Rows that end before the last column with a title, unless most do: then that is how the program writes."""
    grid, sheet = asked.body.rows, asked.reading.sheet
    if asked.width is None or not len(grid):
        return []
    width = max((place for place, title in enumerate(asked.reading.headers, 1) if title), default=0)
    lengths = np.array([len(kinds or "") for kinds in grid.kinds])
    short = np.flatnonzero(lengths < width)
    if not len(short) or len(short) > _USUAL_SHARE * len(grid):
        return []
    cells = tuple(f"{sheet}!{column_letter(int(lengths[p]))}{grid.rows[p]}" for p in short[:SHOWN_CELLS])
    facts = {"sheet": sheet, "n": len(short), "columns": width}
    return [Issue("i.too_few_values", "noted", table, "", len(short), cells, facts)]
