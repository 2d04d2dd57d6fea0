"""What the page and the command line share of an import: the version served is asked, decisions are remembered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from segmentation.errors import ConflictError
from segmentation.imports import publish_import, recognise_for
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload
from segmentation.journal import Journal
from segmentation.restatements import weigh
from segmentation.settings import Calendar
from segmentation.store import Store

AT = datetime(2026, 1, 5, 9)
ORDERS = "order_id,customer_id,ordered_on,amount\nO1,C1,2025-03-01,10\nO2,C2,2025-04-02,20\n"
FIRST = Calendar(time_zone="Asia/Shanghai", currency="CNY")


def read(store: Store, folder: Path, calendar: Calendar = FIRST):
    folder.mkdir()
    parsed = open_files([("orders.csv", ORDERS.encode())], folder)
    return read_upload(recognise_for(store, parsed, {}, calendar), None, AT.date())


def test_the_first_calendar_holds_until_a_version_has_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = publish_import(store, weigh(store, read(store, tmp_path / "a")), None, author="anna", at=AT)
    assert first.calendar.time_zone == "Asia/Shanghai"
    other = Calendar(time_zone="Europe/Berlin")
    assert read(store, tmp_path / "b", other).calendar.time_zone == "Asia/Shanghai"


def test_layouts_are_remembered_once_published_and_only_then(tmp_path: Path) -> None:
    store, journal = Store(tmp_path / "store"), Journal(tmp_path / "store")
    weighed = weigh(store, read(store, tmp_path / "a"))
    upload = weighed.upload
    assert upload.mapping and not journal.mappings()
    version = publish_import(store, weighed, None, author="anna", at=AT)
    assert journal.mappings().keys() == upload.mapping.keys()
    store.undo(version.number, "ben", AT)
    with pytest.raises(ConflictError):
        publish_import(store, weighed, version, author="anna", at=AT)
