"""All promises, row by row, and the rows the shared page lists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.promises import dates, decoding, dialect, headers, hostile, layouts, limits, money, workbooks
from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = (
    *decoding.PROMISES,
    *dialect.PROMISES,
    *workbooks.PROMISES,
    *limits.PROMISES,
    *hostile.PROMISES,
    *headers.PROMISES,
    *layouts.PROMISES,
    *money.PROMISES,
    *dates.PROMISES,
)
SHARED = Path(__file__).parents[3] / "shared"
_ROW = re.compile(r"^\| ([EDNTISXWL]\d+) \|", re.MULTILINE)


def listed_rows() -> list[str]:
    """Row ids of `bad-inputs.md` and `workbooks.md`; [] where the shared pages are not at hand."""
    pages = [SHARED / name for name in ("bad-inputs.md", "workbooks.md")]
    return [row for page in pages if page.is_file() for row in _ROW.findall(page.read_text("utf-8"))]
