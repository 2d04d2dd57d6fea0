"""A version and what was decided with it: both or none, whatever happens between the two files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
import pytest

from segmentation import journal_log
from segmentation.errors import ConflictError, StoreError
from segmentation.identities import Alias
from segmentation.journal import Journal
from segmentation.store import Store
from segmentation.store_decisions import FOLDER, settle, waiting
from segmentation.store_erasure import erase_customer, find_traces
from tests.publisher import decided
from tests.worlds import PUBLISHED_AT, make_upload

ORDERS = pd.DataFrame({"order_id": ["1"], "customer_id": ["C1"], "ordered_on": ["2026-03-01"], "amount": [5]})


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Somebody else holds the journal for writing."""
    Journal(store.path)
    with closing(sqlite3.connect(store.path / journal_log.FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(journal_log, "_WAIT_SECONDS", 0.1)
    return Store(tmp_path / "store")


def publish(store: Store, tmp_path: Path, number: int, name: str) -> int:
    upload = make_upload(tmp_path, orders=ORDERS.assign(order_id=name))
    base = number - 1 or None
    return store.publish(upload, base, "anna", PUBLISHED_AT, decided=decided(name)).number


def layouts(store: Store) -> list[str]:
    return list(Journal(store.path).mappings())


def test_a_locked_journal_gets_what_was_decided_at_the_next_opening(store: Store, tmp_path: Path) -> None:
    with locked(store):
        assert publish(store, tmp_path, 1, "first") == 1
        assert publish(store, tmp_path, 2, "second") == 2
        merged = store.set_aliases((Alias("customer", "C1", "C2"),), 2, "anna", PUBLISHED_AT)
        assert store.current() == merged, "served, although the journal is locked"
        assert store.unsettled() == (1, 2, 3) and layouts(store) == []
    again = Store(store.path)
    assert again.unsettled() == () and layouts(again) == ["first", "second"]
    (said,) = Journal(store.path).events("alias")
    assert (said.key, dict(said.payload), said.author) == ("C1", {"who": "customer", "meant": "C2"}, "anna")
    count = Journal(store.path).number()
    assert Journal(Store(store.path).path).number() == count, "once, not at every opening"


def test_the_next_publisher_settles_too_and_in_order(store: Store, tmp_path: Path) -> None:
    with locked(store):
        publish(store, tmp_path, 1, "first")
    publish(store, tmp_path, 2, "second")
    assert layouts(store) == ["first", "second"] and store.unsettled() == ()


def test_dead_between_the_journal_and_the_tidying_nothing_is_said_twice(store: Store, tmp_path: Path) -> None:
    with locked(store):
        publish(store, tmp_path, 1, "first")
    (kept,) = waiting(store.path).values()
    text = kept.read_text("utf-8")
    settle(store.path)
    later = decided("first")[0]
    Journal(store.path).note(
        "mapping", "first", {**later.payload, "headers": ["since then"]}, "ben", PUBLISHED_AT
    )
    kept.write_text(text, "utf-8")
    again = Store(store.path)
    assert again.unsettled() == () and len(Journal(store.path).events("mapping")) == 2
    assert Journal(store.path).mappings()["first"].headers == ("since then",), "an older word is not repeated"


def test_what_a_loser_decided_is_forgotten(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path, 1, "first")
    with pytest.raises(ConflictError):
        publish(store, tmp_path, 1, "rival")
    for number in (1, 9):
        (store.path / FOLDER / f"{number:06d}-{'0' * 32}.json").write_text("[]", "utf-8")
    assert layouts(Store(store.path)) == ["first"] and not list((store.path / FOLDER).iterdir())


def test_a_disk_that_cannot_keep_the_decisions_publishes_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("segmentation.store_decisions.write_durably", full)
    with pytest.raises(StoreError, match=r"e\.store\.folder"):
        publish(store, tmp_path, 1, "first")
    monkeypatch.undo()
    assert Store(store.path).current() is None and not list((store.path / "data").iterdir())
    assert publish(store, tmp_path, 1, "first") == 1 and layouts(store) == ["first"]


def test_a_version_waited_for_is_not_forgotten(store: Store, tmp_path: Path) -> None:
    Journal(store.path).change_setting("retention", {"versions": 1}, "anna", PUBLISHED_AT)
    with locked(store):
        for number, name in enumerate(("a", "b", "c"), 1):
            publish(store, tmp_path, number, name)
        assert [version.number for version in store.versions()] == [1, 2, 3]
    publish(store, tmp_path, 4, "d")
    assert layouts(store) == ["a", "b", "c", "d"]
    publish(store, tmp_path, 5, "e")
    assert [version.number for version in store.versions()] == [5]


def test_erasing_waits_for_what_still_names_the_customer(store: Store, tmp_path: Path) -> None:
    with locked(store):
        publish(store, tmp_path, 1, "first")
        with pytest.raises(StoreError, match=r"e\.store\.journal"):
            erase_customer(store, find_traces(store, "C1"), "anna", PUBLISHED_AT)
        assert store.version(1).rows["orders"] == 1
    assert erase_customer(store, find_traces(store, "C1"), "anna", PUBLISHED_AT).rows["orders"] == 0
