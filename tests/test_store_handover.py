"""A big CSV's data file becomes the version's file only where that changes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segmentation import store_build
from segmentation.intake import reading as reading_module
from segmentation.intake.parsed import WHOLE_RECORDS, open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Upload
from segmentation.store import Store
from segmentation.tables import TABLES, storage_types

ROWS = WHOLE_RECORDS + 500
AT = dt.datetime(2026, 11, 1)


def _upload(folder: Path, with_ids: bool = True, changed: int = 0) -> Upload:
    """Orders big enough for the fast path; the first `changed` amounts differ from the usual ones."""
    lines = [
        (f"O{i // 2},{i % 2 + 1}," if with_ids else "")
        + f"C{i % 90},2026-01-{i % 28 + 1:02d},{i + (i < changed)}.25"
        for i in range(ROWS)
    ]
    head = ("order_id,line," if with_ids else "") + "customer_id,ordered_on,amount"
    content = "\n".join([head, *lines, ""]).encode()
    return read_upload(recognise(open_files([("orders.csv", content)], folder)))


def _careful(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Upload:
    with monkeypatch.context() as patch:
        patch.setattr(reading_module, "plain_sheet", lambda *_: None)
        return _upload(folder, **more)


def _rows(store: Store) -> dict[str, list[Any]]:
    version = store.current()
    assert version is not None
    with duckdb.connect(str(store.path / version.data), read_only=True) as connection:
        assert {
            table: {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
            for table in TABLES
        } == {name: storage_types(table) for name, table in TABLES.items()}
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in (*TABLES, "sources", "meta")
        }


def _copies(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files handed over as they stand from now on."""
    copied = list[Path]()
    copy = store_build.shutil.copyfile

    def counted(source: Path, target: Path) -> None:
        copied.append(source)
        copy(source, target)

    monkeypatch.setattr(store_build.shutil, "copyfile", counted)
    return copied


@pytest.mark.parametrize("with_ids", [True, False])
def test_a_first_version_is_the_same_by_both_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_ids: bool
) -> None:
    copied = _copies(monkeypatch)
    fast, careful = Store(tmp_path / "fast"), Store(tmp_path / "careful")
    published = fast.publish(_upload(tmp_path / "a", with_ids=with_ids), None, "a", AT)
    # Keys made from the place of a row have to be made anew by the store.
    assert len(copied) == with_ids
    other = careful.publish(_careful(tmp_path / "b", monkeypatch, with_ids=with_ids), None, "a", AT)
    assert (published.rows, published.data_through_on) == (other.rows, other.data_through_on)
    assert _rows(fast) == _rows(careful)


def test_the_same_file_again_changes_nothing_and_another_is_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "store")
    upload = _upload(tmp_path / "a")
    assert store.compare(upload).table("orders").added == ROWS  # type: ignore[union-attr]
    first = store.publish(upload, None, "a", AT)
    assert store.compare(upload).is_same
    assert store.publish(upload, 1, "a", AT) == first
    copied = _copies(monkeypatch)
    later = _upload(tmp_path / "b", changed=7)
    found = store.compare(later).table("orders")
    assert found is not None and (found.changed, found.unchanged) == (7, ROWS - 7)
    second = store.publish(later, 1, "a", AT)
    assert second.rows["orders"] == ROWS and not copied
    assert {row[-3] for row in _rows(store)["orders"]} == {0, 1}


def test_a_file_that_is_not_as_stored_is_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = _upload(tmp_path / "a")
    part = upload.tables[0]
    with duckdb.connect(str(part.path)) as connection:
        connection.execute("ALTER TABLE orders ADD COLUMN more VARCHAR")
    copied = _copies(monkeypatch)
    store = Store(tmp_path / "store")
    assert store.publish(upload, None, "a", AT).rows["orders"] == ROWS
    assert len(_rows(store)["orders"]) == ROWS and not copied
