"""The sample company's six files as a book in memory: no import, so that a test costs a second instead of five."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from segmentation.sample import FILES, FOLDER
from segmentation.tables import TABLES
from tests.random_worlds import MemoryBook

DATA_THROUGH_ON = date(2026, 10, 31)


@cache
def sample_book() -> MemoryBook:
    """Only to be read."""
    frames = {}
    for file in FILES:
        name = file.removesuffix(".csv")
        kinds = {c.name: "str" for c in TABLES[name].columns if c.kind in ("id", "text")}
        frame = pd.read_csv(FOLDER / file, dtype=kinds)
        known = [column for column in TABLES[name].names if column in frame.columns]
        keys = frame.index.astype(str)
        frames[name] = frame[known].astype(object).where(frame[known].notna(), None).assign(row_key=keys)
    return MemoryBook(frames, DATA_THROUGH_ON)
