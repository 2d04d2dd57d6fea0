"""Hostile files against the guards: the parent stays small, a child that grows is stopped, with or without limits."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from segmentation.errors import FileError
from segmentation.intake import child
from segmentation.intake.parsed import open_files
from segmentation.settings import Limits
from tests.promises.crafted import SHEET1, compound, rewritten, sheet, with_row, written

ROWS = [["order id", "order date", "amount"], ["O1", "2026-03-01", 10]]
PLAIN = written(sheet(ROWS))
SMALL_BYTES = 24 * 2**20
# One value in column SA of the last row: within all limits, and the parser wants 12 GB for what lies between.
SPREAD = rewritten(PLAIN, {SHEET1: with_row('<row r="1048576"><c r="SA1048576"><v>1</v></c></row>')})
# More merged cells than anybody merged: every one would come over into the parent.
MERGED = rewritten(
    PLAIN,
    {
        SHEET1: lambda part: part.replace(
            b"</sheetData>",
            b"</sheetData><mergeCells>"
            + b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(9, 300_000))
            + b"</mergeCells>",
        )
    },
)


def _refusal(folder: Path, content: bytes, limits: Limits | None = None) -> FileError:
    with pytest.raises(FileError) as caught:
        open_files([("hostile.xlsx", content)], folder, limits)
    return caught.value


@pytest.mark.skipif(child.guard() != "limit", reason="memory is watched here, not limited")
@pytest.mark.parametrize(
    ("content", "code"),
    [(SPREAD, "e.parse.memory"), (MERGED, "e.parse.memory")],
    ids=["spread", "merged"],
)
def test_the_parent_stays_flat_while_a_child_is_fed(tmp_path: Path, content: bytes, code: str) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    assert _refusal(tmp_path, content).code == code
    assert process.memory_info().rss - before < SMALL_BYTES


def test_a_directory_of_streams_is_read_by_its_sectors(tmp_path: Path) -> None:
    large = compound(["EncryptionInfo", "EncryptedPackage", *map(str, range(20))], padding=40 * 2**20)
    process = psutil.Process()
    before = process.memory_info().rss
    assert _refusal(tmp_path, large).code == "e.password"
    assert process.memory_info().rss - before < SMALL_BYTES


def test_without_a_resource_module_a_watchdog_stops_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    assert child.guard() == "watchdog"
    monkeypatch.setattr(child, "POLL_SECONDS", 0.02)
    wide = "".join(f'<c r="{letter}1048576"><v>1</v></c>' for letter in ("A", "Z", "AZ"))
    content = rewritten(PLAIN, {SHEET1: with_row(f'<row r="1048576">{wide}</row>')})
    error = _refusal(tmp_path, content, Limits(parse_bytes=400 * 2**20))
    assert (error.code, error.facts["limit"]) == ("e.parse.memory", 400)
    assert open_files([("fine.xlsx", PLAIN)], tmp_path).files[0].sheets[0].rows == 2


def test_on_a_mac_limits_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert child.guard() == "watchdog"
