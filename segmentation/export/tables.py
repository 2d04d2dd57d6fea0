"""Frames as CSV that no spreadsheet program will run as formulas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

# The wide signs begin a formula where Excel speaks Chinese or Japanese.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
EXCEL_ENCODING = "utf-8-sig"


def to_csv(frame: pd.DataFrame) -> str:
    """CSV text; text cells that would start a formula get a leading apostrophe, numbers never do (OWASP rule)."""
    safe = frame.copy()
    for column in safe.columns[[dtype.kind not in "biufM" for dtype in safe.dtypes]]:
        safe[column] = safe[column].map(_neutral)
    safe.columns = pd.Index([_neutral(name) for name in safe.columns])
    return str(safe.to_csv(index=False, lineterminator="\r\n"))


def _neutral(cell: object) -> object:
    """The cell; a text that would start a formula, blanks before it or not, behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_STARTS) else cell


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write `to_csv` as plain UTF-8."""
    path.write_bytes(to_csv(frame).encode("utf-8"))


def excel_bytes(frame: pd.DataFrame) -> bytes:
    """`to_csv` with the byte-order mark Excel needs to read Chinese."""
    return to_csv(frame).encode(EXCEL_ENCODING)
