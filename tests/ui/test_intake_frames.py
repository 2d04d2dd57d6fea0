"""The frames of the data page: sums that close, differences before and after, corrections as the intake takes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from segmentation.i18n import Language
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Issue, Reading, Upload
from segmentation.store import Difference, TableDifference, Version
from segmentation.store_months import MonthDifference
from segmentation.ui import intake_frames as frames

EN = Language("en")
LINE = "O1,Acme,2026-01-05,100,a\n"
TEXT = f"Order No,Customer,Order date,Amount,Note\n{LINE}{LINE}O2,Beta,2026-02-07,x,\n\n"


@pytest.fixture
def read(tmp_path: Path) -> tuple[Reading, Upload]:
    parsed = open_files([("orders.csv", TEXT.encode())], tmp_path)
    reading = recognise(parsed)
    return reading, read_upload(reading, None)


def test_sheets_say_what_they_were_read_as(read: tuple[Reading, Upload]) -> None:
    reading, upload = read
    rows = frames.recognised_sheets(reading, upload, frames.offered_dates(upload), EN)
    first = rows.iloc[0]
    assert (first["read_as"], first["header_row"]) == ("Orders", 1)
    assert first["dates"].startswith("2026-01-05")


def test_the_columns_of_a_sheet_show_what_the_file_holds(read: tuple[Reading, Upload]) -> None:
    reading, _ = read
    rows = frames.sheet_columns(reading, reading.sheets[0], "orders").set_index("header")
    assert rows.loc["Amount", "read_as"] == "amount"
    assert rows.loc["Note", "first_values"] == "a, a"


def test_corrections_name_only_what_changed(read: tuple[Reading, Upload]) -> None:
    sheet = read[0].sheets[0]
    held = list(frames.sheet_columns(read[0], sheet, "orders")["read_as"])
    assert frames.corrections_of(sheet, "orders", held) == {}
    changed = [name if name != "amount" else frames.UNUSED for name in held[:-1]] + ["amount"]
    assert frames.corrections_of(sheet, "orders", changed) == {
        f"column:{sheet.signature}:orders.amount": "Note"
    }
    dropped = [name if name != "amount" else frames.UNUSED for name in held]
    assert frames.corrections_of(sheet, "orders", dropped) == {f"column:{sheet.signature}:orders.amount": ""}


def test_rejected_rows_say_why_in_words(read: tuple[Reading, Upload]) -> None:
    for code in ("en", "zh"):
        reasons = frames.rejected_rows(read[1], Language(code))["reason"]  # type: ignore[arg-type]
        assert len(reasons) == 1 and not reasons.str.contains("reason.").any()


def test_months_show_before_and_after_only_where_they_differ() -> None:
    months = (
        MonthDifference(date(2026, 1, 1), 3, 3, Decimal(100), Decimal(100)),
        MonthDifference(date(2026, 2, 1), 2, 4, Decimal(50), Decimal(75)),
    )
    found = frames.month_changes(Difference((), months, False), EN, "CNY", "1")
    assert found["month"].tolist() == ["2026-02", "2026-01"]
    assert found["orders"].tolist() == ["2 → 4", "3"]
    assert found["amount"].tolist() == ["¥50 → ¥75", "¥100"]


def test_changes_are_summed_over_tables() -> None:
    parts = (
        TableDifference("orders", 9, 3, 2, 4, rewritten=1),
        TableDifference("deals", 5, 1, 2, 2, open_changed=2),
    )
    assert frames.count_changes(Difference(parts, (), False)) == frames.Sums(4, 4, 6, 1, 2)
    table = frames.table_changes(Difference(parts, (), False), EN)
    assert list(table.columns) == ["table", "added", "changed", "unchanged"]


def test_alike_issues_are_counted_not_repeated() -> None:
    issues = [Issue("i.filled", "noted", "orders", rows=n, facts={"sheet": "s", "n": n}) for n in range(1, 8)]
    rows = frames.issue_rows(
        [*issues, Issue("i.filled", "decide", "deals", facts={"sheet": "s", "n": 1})], EN
    )
    assert rows["level"].iloc[0] == "Important"
    assert len(rows) == 1 + frames.MOST_ALIKE + 1
    assert "4 more" in rows["finding"].iloc[-1]


def test_versions_are_listed_newest_first_with_what_each_added() -> None:
    def version(number: int, rows: int) -> Version:
        return Version(number, None, "a", datetime(2026, 1, number), "upload", {"orders": rows}, "", "", 0)

    found = frames.version_rows([version(1, 10), version(2, 7)], EN)
    assert found["number"].tolist() == [2, 1]
    assert found["grown"].tolist() == ["−3", "+10"]


def test_preview_writes_values_as_people_do(read: tuple[Reading, Upload]) -> None:
    rows = frames.preview_rows(read[1], "orders", EN)
    assert rows["Amount"].tolist()[0] == "100" and rows["Order date"].tolist()[0] == "2026-01-05"
    assert frames.preview_rows(read[1], "reps", EN).equals(pd.DataFrame())
