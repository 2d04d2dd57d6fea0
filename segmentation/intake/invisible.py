"""Characters nobody sees: kept in the text, left out where texts are compared or shown in a sentence, and listed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from segmentation.intake.grids import column_letter
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import SHOWN_CELLS, Issue

# A joiner belongs into emoji and into some alphabets; between the letters of ours it can only mislead.
_MISLEADING = re.compile(
    "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]|(?<=[\x00-\u024f\u3000-\u9fff])[\u200c\u200d]"
)


def told(rows: Rows) -> Iterator[Issue]:
    """One issue per column whose texts hold zero-width or direction marks, with the cells."""
    grid, reading = rows.asked.body.rows, rows.asked.reading
    for index, cells in enumerate(grid.columns):
        codes = [code for code, text in cells.marked.items() if _MISLEADING.search(text)]
        where = np.flatnonzero(np.isin(cells.codes, codes)) if codes else np.array([], dtype=np.int64)
        if not len(where):
            continue
        header = reading.headers[index] if index < len(reading.headers) else ""
        found = tuple(
            f"{reading.sheet}!{column_letter(index)}{grid.rows[place]}" for place in where[:SHOWN_CELLS]
        )
        facts = {"sheet": reading.sheet, "column": header, "n": len(where)}
        yield Issue("i.invisible", "check", rows.part.table, "", len(where), found, facts)
