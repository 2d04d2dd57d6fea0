"""The empty workbook: every header is known, nothing has to be asked when it comes back filled in."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from segmentation.errors import FileError
from segmentation.export.templates import FIELDS, template_bytes
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.intake.headers import normalise
from segmentation.store import Store
from segmentation.tables import TABLES
from tests.promises.promise import bring

DAY = dt.date(2026, 11, 1)
ROWS = {
    "customers": [
        ("00017", "Acme 有限公司", "Ann", "Tools", "North", None, dt.date(2024, 2, 3)),
        ("00018", "Bolt", "Ben", None, None, "00017", None),
    ],
    "orders": [
        ("O1", "00017", dt.date(2026, 9, 1), 1200.5, 300, "Pump", "Ann"),
        ("O2", "00018", dt.date(2026, 10, 2), -20, None, None, "Ben"),
    ],
    "touches": [
        (dt.date(2026, 9, 3), "00017", 0, None, "Ann"),
        (dt.date(2026, 9, 4), "00018", 2, 15, "Ben"),
    ],
    "deals": [
        ("D1", "00017", dt.date(2026, 8, 1), dt.date(2026, 9, 1), 0, 1200, "Ann"),
        ("D2", "00018", dt.date(2026, 9, 1), None, 2, 500, "Ben"),
    ],
    "reps": [("Ann", "East", 160), ("Ben", "West", 120)],
    "spend": [(dt.date(2026, 9, 1), "Fair", 900)],
}


def filled(code: Code) -> bytes:
    """The template as somebody returns it; whole numbers in a column of words choose from its list."""
    book = openpyxl.load_workbook(io.BytesIO(template_bytes(Language(code), DAY)))
    for page, (table, rows) in zip(book, ROWS.items(), strict=True):
        for at, row in enumerate(rows, 2):
            for place, value in enumerate(row):
                words = FIELDS[table][place].words
                is_choice = words and isinstance(value, int)
                page.cell(at, place + 1, words[value].in_(code) if is_choice else value)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_header_is_one_the_intake_knows_for_its_column(code: Code) -> None:
    for table, told in FIELDS.items():
        for one in told:
            known = {normalise(text) for text in TABLES[table].column(one.column).aliases}
            assert normalise(one.header.in_(code)) in known, (table, one.column)


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_filled_in_comes_back_whole_and_without_a_question(tmp_path: Path, code: Code) -> None:
    brought = bring(Store(tmp_path / "store"), [("t.xlsx", filled(code))], tmp_path / "work")
    assert brought.error is None and brought.questions == ()
    assert [issue for issue in brought.issues if issue.severity != "noted"] == []
    for table, rows in ROWS.items():
        stored = brought.rows(table)
        assert len(stored) == len(rows), table
        for row, kept in zip(rows, stored, strict=True):
            for one, value in zip(FIELDS[table], row, strict=True):
                if not one.words:
                    held = kept[one.column]
                    held = held.date() if isinstance(held, dt.datetime) else held
                    assert held == value, (table, one.column)
    assert [row["kind"] for row in brought.rows("touches")] == ["visit", "call"]
    assert [row["state"] for row in brought.rows("deals")] == ["won", "open"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_left_empty_it_is_refused_and_nothing_changes(tmp_path: Path, code: Code) -> None:
    brought = bring(
        Store(tmp_path / "store"), [("t.xlsx", template_bytes(Language(code), DAY))], tmp_path / "work"
    )
    assert isinstance(brought.error, FileError) and brought.error.code == "e.empty"
