"""W rows and S15: what no single upload shows. Each test is called by its row."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from segmentation import store_files
from segmentation.errors import ConflictError, StoreError
from segmentation.imports import publish_import, recognise_for
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload
from segmentation.intake.uploads import Upload
from segmentation.journal import Journal
from segmentation.restatements import weigh
from segmentation.settings import Calendar
from segmentation.store import Store, Version
from tests.promises.promise import NOON, TODAY, bring, content_of
from tests.promises.table import ORDERS, csv_file

ROOT = Path(__file__).parents[2]
MARCH = ORDERS + "O1,A,2026-03-01,10\nO2,B,2026-03-02,20\nO3,C,2026-03-30,30\n"
APRIL = ORDERS + "O4,A,2026-04-01,40\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that holds March and April."""
    kept = Store(tmp_path / "store")
    for number, text in enumerate((MARCH, APRIL)):
        assert bring(kept, csv_file(text), tmp_path / f"given {number}").error is None
    return kept


def read(store: Store, text: str, folder: Path) -> Upload:
    parsed = open_files(csv_file(text), folder)
    return read_upload(recognise_for(store, parsed, {}, Calendar()), None, TODAY)


def months(store: Store, number: int | None = None) -> dict[str, tuple[int, float]]:
    """Orders and amount of each month of a version."""
    with store.open(number) as book:
        found = book.query("months")
    return {
        f"{row.month:%Y-%m}": (int(row.orders), float(row.amount)) for row in found.itertuples(index=False)
    }


def test_w4_a_corrected_march_replaces_march_only(store: Store, tmp_path: Path) -> None:
    before = months(store)
    corrected = ORDERS + "O1,A,2026-03-01,11\nO3,C,2026-03-30,30\nO5,D,2026-03-01,5\n"
    asked = bring(store, csv_file(corrected), tmp_path / "asked")
    assert asked.weighed is not None and asked.version is not None
    assert {question.id for question in asked.weighed.questions} == {"missing:orders", "restated:2026-03"}
    table = asked.weighed.difference.table("orders")
    assert table is not None
    assert (table.added, table.changed, table.unchanged, table.removed, table.missing) == (1, 1, 1, 0, 1)
    assert months(store) == {"2026-03": (4, 66), "2026-04": (1, 40)}, (
        "what is absent stays until a person says so"
    )
    answers = {"missing:orders": "replace"}
    taken = bring(store, csv_file(corrected), tmp_path / "taken", answers)
    assert taken.weighed is not None and taken.version is not None
    (month,) = taken.weighed.difference.restated
    assert (month.removed, month.amount_before, month.amount_after) == (1, 66, 46)
    assert months(store) == {"2026-03": (3, 46), "2026-04": (1, 40)}
    decided = Journal(store.path).history()[taken.version.number]
    assert decided["answers"] == {"missing:orders": "replace", "restated:2026-03": "accept"}
    assert decided["months"][0]["before"] == "66.0000" and decided["months"][0]["kept"] is False
    store.undo(taken.version.number, "test", NOON, to=2)
    assert months(store) == before


def test_w4_a_month_may_keep_its_old_numbers(store: Store, tmp_path: Path) -> None:
    answers = {"restated:2026-03": "keep"}
    text = ORDERS + "O1,A,2026-03-01,11\nO5,D,2026-05-01,5\n"
    kept = bring(store, csv_file(text), tmp_path / "kept", answers)
    assert kept.version is not None and kept.version.number == 3
    assert months(store) == {"2026-03": (3, 60), "2026-04": (1, 40), "2026-05": (1, 5)}
    assert Journal(store.path).history()[3]["months"][0]["kept"] is True


def test_w7_half_the_usual_rows_are_asked_about(tmp_path: Path) -> None:
    kept = Store(tmp_path / "store")
    usual = [f"O{m}-{n},C{n},2026-0{m}-{1 + n:02d},10\n" for m in (1, 2, 3) for n in range(20)]
    assert bring(kept, csv_file(ORDERS + "".join(usual)), tmp_path / "a").error is None

    def thin(last_day: int, folder: str) -> list[str]:
        few = [f"O4-{n},C{n},2026-04-{1 + n * (last_day - 1) // 8:02d},10\n" for n in range(9)]
        upload = read(kept, ORDERS + "".join(few), tmp_path / folder)
        return [
            q.id for q in weigh(kept, upload).questions if q.code == "ask.thin" and q.facts["share"] == 55
        ]

    assert thin(30, "b") == ["thin:2026-04"]
    assert thin(9, "c") == [], "the month is not over yet"


def test_w9_an_upload_left_before_it_is_published_changes_nothing(store: Store, tmp_path: Path) -> None:
    before = content_of(store.path)
    weigh(store, read(store, ORDERS + "O9,A,2026-05-01,1\n", tmp_path / "left"))
    Store(store.path)
    assert content_of(store.path).keys() == before.keys()
    again = bring(store, csv_file(ORDERS + "O9,A,2026-05-01,1\n"), tmp_path / "again")
    assert again.version is not None and again.version.number == 3


def test_w10_an_import_killed_midway_is_swept_and_told(store: Store, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.publisher", "die", str(store.path), str(tmp_path), "synced"]
    dead = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert dead.returncode not in (0, 1), dead.stderr
    reopened = Store(store.path)
    assert [version.number for version in reopened.versions()] == [1, 2]
    assert len(list((store.path / "data").iterdir())) == 2
    assert [path.name for path in (store.path / "building").iterdir()] == ["doorway"]
    (told,) = Journal(store.path).events("interrupted")
    assert abs(told.at - datetime.fromtimestamp(store.path.stat().st_mtime)) < timedelta(minutes=5)
    Store(store.path)
    assert len(Journal(store.path).events("interrupted")) == 1, "told once"


def test_w12_the_second_publisher_compares_again_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    base = store.current()
    anna = weigh(store, read(store, ORDERS + "O8,A,2026-04-02,8\n", tmp_path / "anna"))
    mine = ORDERS + "O9,B,2026-04-03,9\nO4,A,2026-04-01,41\n"
    ben = weigh(store, read(store, mine, tmp_path / "ben"))
    publish_import(store, anna, base, author="anna", at=NOON)
    with pytest.raises(ConflictError) as refused:
        publish_import(store, ben, base, author="ben", at=NOON)
    assert refused.value.code == "e.conflict" and refused.value.facts["who"] == "anna"
    again = weigh(store, ben.offered, ben.answers)
    table = again.difference.table("orders")
    assert table is not None and (table.added, table.changed) == (1, 1)
    publish_import(store, again, store.current(), author="ben", at=NOON)
    assert months(store)["2026-04"] == (3, 8 + 9 + 41)


def test_w13_readers_share_and_a_second_writer_is_told_who_holds_the_folder(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_files, "WAIT_SECONDS", 0.2)
    upload = read(store, ORDERS + "O9,A,2026-05-01,1\n", tmp_path / "held")
    with store_files.doorway(store.path), store.open() as one, store.open() as other:
        assert one.query("months").equals(other.query("months"))
        with pytest.raises(StoreError) as refused:
            store.publish(upload, 2, "second", NOON)
    assert refused.value.code == "e.store.busy"
    assert f"process {os.getpid()}" in refused.value.facts["holder"]
    assert store.publish(upload, 2, "second", NOON).number == 3


def test_w15_a_clock_set_back_changes_no_order(store: Store, tmp_path: Path) -> None:
    upload = read(store, ORDERS + "O9,A,2026-05-01,1\n", tmp_path / "back")
    version = store.publish(upload, 2, "test", datetime(1970, 1, 1))
    current = store.current()
    assert current is not None and current.number == version.number == 3
    assert current.data_through_on == date(2026, 5, 1)
    assert [kept.number for kept in store.versions()] == [1, 2, 3]


def test_s15_a_big_clean_csv_is_read_whole_with_progress(tmp_path: Path) -> None:
    progress = list[tuple[int, int]]()
    rows = 120_000
    text = ORDERS + "".join(
        f"O{n:07d},C{n % 5000},{date(2024, 1, 1) + timedelta(days=n % 700)},{n % 97}.50\n"
        for n in range(rows)
    )
    store = Store(tmp_path / "store")
    parsed = open_files(
        csv_file(text),
        tmp_path / "work",
        on_progress=lambda done, total, name: progress.append((done, total)),
    )
    upload = read_upload(recognise_for(store, parsed, {}, Calendar()), None, TODAY)
    (account,) = upload.accounts
    assert (account.read, account.accepted, account.difference) == (rows, rows, 0)
    assert upload.tables[0].path.suffix == ".duckdb", "big and clean: read by the fast path"
    assert progress and progress[-1][1] == 1
    version: Version = publish_import(store, weigh(store, upload), None, author="test", at=NOON)
    assert version.rows["orders"] == rows
    amount = sum(amount for _, amount in months(store).values())
    assert amount == sum(n % 97 + 0.5 for n in range(rows))
