"""The store as a whole: versions, undo, calendar, format, space, leftovers, hardened books."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from segmentation import store, store_books, store_files, store_writing
from segmentation.errors import ConflictError, StoreError
from segmentation.journal import Journal
from segmentation.settings import Calendar
from segmentation.store import Store
from tests.worlds import PUBLISHED_AT, make_book, make_store, make_upload

ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2"],
        "customer_id": ["a", "b"],
        "ordered_on": ["2026-01-05", "2026-02-05"],
        "amount": [10, 20],
    }
)
MORE = ORDERS.assign(order_id=["3", "4"])


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries by their own text instead of a file's."""
    monkeypatch.setattr(store_books, "named_query", lambda text: text)


def order_ids(opened: Store, number: int | None = None) -> list[str]:
    with opened.open(number) as book:
        return list(book.query("SELECT order_id FROM orders ORDER BY 1")["order_id"])


def test_a_missing_folder_becomes_an_empty_store(tmp_path: Path) -> None:
    opened = Store(tmp_path / "not" / "there")
    assert opened.current() is None
    assert opened.versions() == ()
    with pytest.raises(StoreError, match=r"e\.store\.empty"):
        opened.open()
    assert json.loads((opened.path / "store.json").read_text()) == {"format": 1}


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = make_store(tmp_path, orders=ORDERS).path
    (path / "store.json").write_text('{"format": 2}')
    with pytest.raises(StoreError) as refused:
        Store(path)
    assert (refused.value.code, refused.value.facts) == ("e.store.newer", {"found": 2, "known": 1})


def test_a_version_says_what_it_is(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    version = opened.current()
    assert version is not None
    assert (version.number, version.base, version.author, version.kind) == (1, None, "test", "upload")
    assert (version.published_at, version.rows["orders"], version.rows["reps"]) == (PUBLISHED_AT, 2, 0)
    assert version.sha256 == store_files.digest(opened.path / version.data)
    assert Store(opened.path).versions() == (version,)


@pytest.mark.usefixtures("ask")
def test_versions_never_change(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    session = opened.open()
    make_store(tmp_path, orders=MORE)
    assert order_ids(opened) == ["1", "2", "3", "4"]
    assert order_ids(opened, 1) == ["1", "2"]
    assert list(session.query("SELECT order_id FROM orders ORDER BY 1")["order_id"]) == ["1", "2"]
    assert session.version.number == 1


@pytest.mark.usefixtures("ask")
def test_undo_publishes_the_next_number(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    make_store(tmp_path, orders=MORE)
    undone = opened.undo(2, "me", PUBLISHED_AT)
    assert (undone.number, undone.base, undone.kind) == (3, 2, "undo")
    assert order_ids(opened) == ["1", "2"]
    # Undoing the undo brings the upload back, and the next upload is no conflict.
    assert opened.undo(3, "me", PUBLISHED_AT).number == 4
    assert order_ids(opened) == ["1", "2", "3", "4"]
    assert opened.undo(4, "me", PUBLISHED_AT, to=1).rows["orders"] == 2
    upload = make_upload(tmp_path, orders=MORE.assign(amount=1))
    assert opened.publish(upload, 5, "me", PUBLISHED_AT).number == 6
    assert len(list((opened.path / "data").iterdir())) == 3


def test_undoing_the_first_upload_leaves_nothing(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    empty = opened.undo(1, "me", PUBLISHED_AT)
    assert empty.number == 2
    assert empty.is_empty
    assert empty.data_through_on is None
    assert opened.publish(make_upload(tmp_path, orders=ORDERS), 2, "me", PUBLISHED_AT).rows["orders"] == 2
    with pytest.raises(StoreError, match=r"e\.store\.empty"):
        Store(tmp_path / "other").undo(None, "me", PUBLISHED_AT)


def test_the_second_publisher_is_told_who_was_first(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    opened.publish(make_upload(tmp_path, orders=MORE), 1, "Ann", datetime(2026, 3, 1, 10, 3))
    acts: list[Any] = [
        lambda: opened.publish(make_upload(tmp_path, orders=ORDERS), 1, "Bo", PUBLISHED_AT),
        lambda: opened.undo(1, "Bo", PUBLISHED_AT),
        lambda: opened.set_calendar(Calendar("EUR"), 1, "Bo", PUBLISHED_AT),
        lambda: opened.publish(make_upload(tmp_path, orders=ORDERS), None, "Bo", PUBLISHED_AT),
    ]
    for act in acts:
        with pytest.raises(ConflictError) as refused:
            act()
        assert refused.value.facts == {"who": "Ann", "time": "2026-03-01 10:03"}
    assert len(opened.versions()) == 2


def test_data_through_on(tmp_path: Path) -> None:
    book = make_book(
        tmp_path,
        orders=pd.concat([ORDERS, ORDERS.assign(order_id="9", ordered_on="2031-01-01").head(1)]),
        touches=pd.DataFrame({"at": ["2026-03-07 10:00:00", "2031-01-01 00:00:00"], "kind": "call"}),
        deals=pd.DataFrame(
            {"deal_id": ["1", "2", "3"], "opened_on": ["2026-03-08", "2026-03-01", "2031-01-01"],
             "expected_on": ["2027-01-01", None, None], "closed_on": [None, "2026-03-09", "2031-02-01"],
             "state": ["open", "won", "won"]}
        ),
    )  # fmt: skip
    # Everything of 2031 lies after the publish day (1 January 2030); an expected date is a plan.
    assert book.data_through_on == date(2026, 3, 9)
    assert make_book(tmp_path, reps=pd.DataFrame({"rep_id": ["a"]})).data_through_on is None


@pytest.mark.usefixtures("ask")
def test_the_calendar_belongs_to_the_version(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS, calendar=Calendar("CNY", "Asia/Shanghai", 4))
    assert opened.open().calendar == Calendar("CNY", "Asia/Shanghai", 4)
    changed = opened.set_calendar(Calendar("EUR", "Europe/Berlin", 1), 1, "me", PUBLISHED_AT)
    assert (changed.kind, changed.number, changed.rows["orders"]) == ("settings", 2, 2)
    with opened.open() as book:
        meta = dict(book.query("SELECT name, value FROM meta").itertuples(index=False))
        assert meta["currency"] == "EUR"
        assert book.data_through_on == date(2026, 2, 5)
    # An upload that knows no calendar keeps the one that is set.
    upload = make_upload(tmp_path, orders=MORE, calendar=Calendar())
    assert opened.publish(upload, 2, "me", PUBLISHED_AT).calendar == Calendar("EUR", "Europe/Berlin", 1)
    assert opened.set_calendar(Calendar("EUR", "Europe/Berlin", 1), 3, "me", PUBLISHED_AT).number == 3


def test_old_versions_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEPT_VERSIONS", 3)
    opened = make_store(tmp_path, orders=ORDERS)
    make_store(tmp_path, orders=MORE)
    for number in range(2, 6):
        opened.undo(number, "me", PUBLISHED_AT)
    assert [version.number for version in opened.versions()] == [4, 5, 6]
    # Both data files are still named by the undos.
    assert len(list((opened.path / "data").iterdir())) == 2
    opened.publish(make_upload(tmp_path, orders=ORDERS.assign(amount=3)), 6, "me", PUBLISHED_AT)
    opened.undo(7, "me", PUBLISHED_AT)
    opened.undo(8, "me", PUBLISHED_AT)
    assert {path.name for path in (opened.path / "data").iterdir()} == {
        Path(version.data).name for version in opened.versions()
    }
    with pytest.raises(StoreError, match=r"e\.store\.version"):
        opened.open(1)


def test_leftovers_are_swept_but_living_builds_are_not(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    orphan, abandoned = opened.path / "data" / "gone.duckdb", opened.path / "building" / "gone"
    orphan.write_bytes(b"x")
    abandoned.mkdir()
    (abandoned / "next.duckdb").write_bytes(b"x")
    with store_files.building(opened.path) as alive:
        placed = opened.path / "data" / f"{alive.name}.duckdb"
        placed.write_bytes(b"x")
        Store(opened.path)
        assert alive.exists()
        assert placed.exists()
        assert not orphan.exists()
        assert not abandoned.exists()
    Store(opened.path)
    assert not placed.exists()
    assert opened.open().version.number == 1


def test_disk_space_is_asked_for_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 2**20))  # type: ignore[attr-defined]
    with pytest.raises(StoreError) as refused:
        opened.publish(make_upload(tmp_path, orders=MORE), 1, "me", PUBLISHED_AT)
    assert refused.value.code == "e.disk"
    assert refused.value.facts["free"] == "1 MB"
    assert [version.number for version in opened.versions()] == [1]


def test_a_failure_while_writing_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = make_store(tmp_path, orders=ORDERS)

    def lose_a_row(connection: Any) -> dict[str, int]:
        return {"orders": 5}

    monkeypatch.setattr(store_writing, "count_written", lose_a_row)
    with pytest.raises(StoreError, match=r"e\.store\.verify"):
        opened.publish(make_upload(tmp_path, orders=MORE), 1, "me", PUBLISHED_AT)
    assert opened.current().number == 1  # type: ignore[union-attr]
    assert len(list((opened.path / "data").iterdir())) == 1
    assert [place.name for place in (opened.path / "building").iterdir()] == ["doorway"]


def test_a_truncated_file_is_noticed(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    version = opened.current()
    assert version is not None
    data = opened.path / version.data
    data.write_bytes(data.read_bytes()[:-4096])
    with pytest.raises(StoreError, match=r"e\.store\.damaged"):
        opened.open()


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "ATTACH '/tmp/elsewhere.duckdb'",
        "DELETE FROM orders",
        "SET threads = 8",
        "SET enable_external_access = true",
        "COPY orders TO '/tmp/orders.csv'",
        "INSTALL httpfs",
        "SELECT * FROM secret_frame",
    ],
)
def test_a_book_only_reads_itself(tmp_path: Path, attempt: str) -> None:
    secret_frame = pd.DataFrame({"x": [1]})
    book = make_book(tmp_path, orders=ORDERS)
    with pytest.raises(duckdb.Error):
        book.query(attempt)
    assert len(secret_frame) == len(book.query("SELECT 1")) == 1


@pytest.mark.usefixtures("ask")
def test_limits_of_a_book(tmp_path: Path) -> None:
    book = make_book(tmp_path, orders=ORDERS)
    found = book.query("SELECT current_setting('threads') AS t, current_setting('memory_limit') AS m").iloc[0]
    assert (found["t"], found["m"]) == (2, "953.6 MiB")


def test_only_named_queries(tmp_path: Path) -> None:
    book = make_book(tmp_path, orders=ORDERS)
    for text in ("SELECT 1", "../secrets", "nothing_like_it"):
        with pytest.raises(KeyError):
            book.query(text)


@pytest.mark.usefixtures("ask")
def test_a_slow_query_is_interrupted(tmp_path: Path) -> None:
    opened = make_store(tmp_path, orders=ORDERS)
    book = opened.open(query_seconds=0.05)
    with pytest.raises(StoreError, match=r"e\.store\.slow"):
        book.query("SELECT sum(hash(a.range * b.range)) FROM range(100000) a, range(10000000) b")
    assert len(book.query("SELECT 1")) == 1


@pytest.mark.usefixtures("ask")
def test_threads_share_a_book(tmp_path: Path) -> None:
    book = make_book(tmp_path, orders=ORDERS)
    answers: list[int] = []

    def read(number: int) -> None:
        for _ in range(20):
            answers.append(
                int(book.query("SELECT $n + count(*) AS n FROM orders", n=number)["n"][0]) - number
            )

    threads = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [2] * 120


@pytest.mark.usefixtures("ask")
def test_few_files_stay_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_books, "ROOTS", store_books._Roots())  # without what other tests still hold
    books = [make_book(tmp_path, orders=ORDERS) for _ in range(store_books.MOST_OPEN + 2)]
    for book in books:
        assert len(book.query("SELECT * FROM orders")) == 2
        book.close()
        book.close()
    assert len(store_books.ROOTS._open) <= store_books.MOST_OPEN
    with pytest.raises(StoreError, match=r"e\.store\.closed"):
        books[0].query("SELECT 1")


@pytest.mark.parametrize("setting", [{"versions": "36"}, {"versions": None}, {"months": "x"}, "36", {}])
def test_a_retention_nobody_can_read_fails_no_publish(tmp_path: Path, setting: Any) -> None:
    kept = make_store(tmp_path, orders=ORDERS)
    Journal(kept.path).change_setting("retention", setting, "anna", PUBLISHED_AT)
    version = kept.publish(make_upload(tmp_path, orders=MORE), 1, "anna", PUBLISHED_AT)
    assert [each.number for each in kept.versions()] == [1, version.number]


def test_what_is_published_is_not_reported_as_failed_where_the_journal_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make_store(tmp_path, orders=ORDERS)
    Journal(kept.path).change_setting("currency", "CNY", "anna", PUBLISHED_AT)

    def refuse(*_: object) -> None:
        raise StoreError("e.store.journal", why="locked")

    monkeypatch.setattr("segmentation.store_retention.Log.events", refuse)
    assert kept.publish(make_upload(tmp_path, orders=MORE), 1, "anna", PUBLISHED_AT).number == 2
    current = kept.current()
    assert current is not None and current.number == 2
