"""Columns that cannot be trusted as a whole: the file is refused, and says how to mend it."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from segmentation.errors import FileError
from segmentation.intake.asked import Asked
from segmentation.intake.columns import Typed
from segmentation.intake.grids import Cells, Grid
from segmentation.intake.parsed import NO_RESULT
from segmentation.settings import Check

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_KEPT_DIGITS = 15
_MOSTLY = 0.5
_NEARLY_ALL = 0.95
_FEWEST_COLUMNS = 3
_FEWEST = 3  # one digit that is zero says little; three numbers that end so say enough


def columns_between_blanks(grid: Grid) -> int:
    """How many values each line of a text has that only blanks divide; 0 where they stand between the words of one."""
    lines = [text.split() for text in grid.columns[0].used()] if len(grid.columns) == 1 else []
    rows = [line for line in lines if sum(word[0].isdigit() for word in line) > 1]
    width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    return width if width >= _FEWEST_COLUMNS and count >= _NEARLY_ALL * (len(lines) - 1) else 0


def refuse_formulas(asked: Asked, header: str, cells: Cells) -> None:
    """FileError e.formula where formulas were saved without their results: the column says nothing then."""
    if NO_RESULT in cells.texts:
        count = int((cells.codes == cells.texts.index(NO_RESULT)).sum())
        if count:
            raise FileError("e.formula", sheet=asked.reading.sheet, column=header, n=count)


def refuse_lost_digits(asked: Asked, index: int, header: str, cells: Cells) -> None:
    """FileError e.digits where Excel kept 15 digits only: `1.88E+10`, a number cell of 16 digits and more, or texts
    most of which have nothing but zeros after the fifteenth digit.

    What a number cell now says is no evidence: 123456789012345678 comes back as …696, not as …000.
    """
    long = [text for text in cells.used() if len(text) > _KEPT_DIGITS and text.isdigit()]
    cut = [text for text in long if not text[_KEPT_DIGITS:].strip("0")]
    sure = any(len(text) > _KEPT_DIGITS + 1 for text in cut) or len(cut) >= _FEWEST
    lost = cut[0] if cut and sure and len(cut) >= _MOSTLY * len(long) else ""
    for code, text in enumerate(cells.texts):
        is_long = len(text) > _KEPT_DIGITS and text.isdigit()
        if lost or not (is_long or _SCIENTIFIC.fullmatch(text)):
            continue
        rows = np.flatnonzero(cells.codes == code)
        if any(not is_long or asked.body.rows.kind(int(row), index) == "n" for row in rows):
            lost = text
    if lost:
        raise FileError("e.digits", sheet=asked.reading.sheet, column=header, example=lost)


def refuse_errors(asked: Asked, header: str, typed: Typed, check: Check) -> None:
    """FileError e.errors where more of a key or amount column than a check that stops allows are Excel's errors."""
    if check.level != "stop":
        return
    wrong = typed.reasons == "excel_error"
    filled = int((typed.known | typed.bad).sum())
    if filled and wrong.sum() > check.start * filled:
        raise FileError(
            "e.errors", sheet=asked.reading.sheet, column=header, n=int(wrong.sum()), all=filled
        )  # fmt: skip
