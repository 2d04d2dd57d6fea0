"""The sample company as a book of its own: read-only, never the base of an upload, gone with the first own version."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.settings import Calendar
from segmentation.store import Book, Store

FOLDER = Path(__file__).parent.parent / "sample_data"
FILES = ("customers.csv", "orders.csv", "touches.csv", "deals.csv", "reps.csv", "spend.csv")
CALENDAR = Calendar(currency="CNY", time_zone="Asia/Shanghai")
PUBLISHED_AT = dt.datetime(2026, 11, 2, 9, 0)


def open_sample(store_path: Path) -> Book:
    """The sample's book, imported on the first call into `sample/` of the store folder by the ordinary intake."""
    store = Store(store_path / "sample")
    if store.current() is None:
        with tempfile.TemporaryDirectory() as workspace:
            parsed = open_files([(name, FOLDER / name) for name in FILES], Path(workspace))
            upload = read_upload(recognise(parsed, calendar=CALENDAR), None)
            store.publish(upload, None, "sample", PUBLISHED_AT)
    return store.open()
