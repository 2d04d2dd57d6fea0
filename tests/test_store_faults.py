"""Disks that are full, bits that flip, files cut short: told in a sentence, never served, never spreading.

Bounded for every run; TIERBOARD_LONG=1 flips many more bits.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from segmentation import store_files, store_matching
from segmentation.errors import StoreError
from segmentation.i18n import Language
from segmentation.store import Store
from segmentation.store_verification import verify_file
from segmentation.summary import Summary, build_summary
from tests.worlds import PUBLISHED_AT, make_store, make_upload

ROUNDS = 500 if os.environ.get("TIERBOARD_LONG") == "1" else 12
ROWS = 4_000
ORDERS = pd.DataFrame(
    {
        "order_id": [f"O{n:06d}" for n in range(ROWS)],
        "customer_id": [f"C{n % 97}" for n in range(ROWS)],
        "ordered_on": "2026-02-05",
        "amount": [n % 89 for n in range(ROWS)],
        "product": [f"product {n * 7919 % 10007}" for n in range(ROWS)],
    }
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two versions, copied before it is damaged."""
    folder = tmp_path_factory.mktemp("whole")
    make_store(folder, orders=ORDERS)
    return make_store(folder, orders=ORDERS.head(1).assign(order_id="X")).path


def figures(store: Store, number: int) -> Summary:
    with store.open(number) as book:
        return build_summary(book)


def test_a_flipped_bit_is_told_or_changes_nothing(original: Path, tmp_path: Path) -> None:
    whole = {number: figures(Store(original), number) for number in (1, 2)}
    chance, told = random.Random(11), 0
    for turn in range(ROUNDS):
        store = Store(shutil.copytree(original, tmp_path / f"flipped {turn}"))
        current = store.current()
        assert current is not None
        path = store.path / current.data
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            assert figures(store, 2) == whole[2]
        except StoreError as error:
            assert error.code == "e.store.damaged"
            told += 1
        assert figures(store, 1) == whole[1], "the other version is not touched"
    assert told, "no round hit a block that was read"


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_cut_short_is_told_and_undo_goes_back(original: Path, tmp_path: Path, share: float) -> None:
    store = Store(shutil.copytree(original, tmp_path / "cut"))
    current = store.current()
    assert current is not None
    path = store.path / current.data
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(StoreError, match=r"e\.store\.damaged"):
        store.open()
    assert store.undo(2, "test", PUBLISHED_AT).number == 3
    assert figures(store, 3) == figures(store, 1)


@pytest.mark.parametrize("damage", ["digit", "cut", "text", "empty"])
def test_a_damaged_manifest_says_which_file_to_put_back(original: Path, tmp_path: Path, damage: str) -> None:
    store = Store(shutil.copytree(original, tmp_path / "manifest"))
    path = store.path / "versions" / "000002.json"
    kept = path.read_text("utf-8")
    told = {
        "digit": kept.replace(f'"orders": {ROWS + 1}', f'"orders": {ROWS + 2}'),
        "cut": kept[:40],
        "text": "\x00\ufffd",
        "empty": "",
    }
    path.write_text(told[damage], "utf-8")
    with pytest.raises(StoreError) as refused:
        Store(store.path).current()
    assert refused.value.code == "e.store.manifest"
    assert refused.value.facts == {"file": "versions/000002.json", "number": 2}
    for code in ("en", "zh"):
        assert "versions/000002.json" in Language(code).say(refused.value.code, **refused.value.facts)  # type: ignore[arg-type]
    assert len(list((store.path / "data").iterdir())) == 2, (
        "no file is swept that a damaged manifest may name"
    )
    path.write_text(kept, "utf-8")
    assert figures(Store(store.path), 2).orders == ROWS + 1
    path.unlink()
    assert Store(store.path).open().version.number == 1, "moved away: the upload before is served"


def test_a_manifest_of_an_earlier_program_without_a_checksum_still_opens(
    original: Path, tmp_path: Path
) -> None:
    store = Store(shutil.copytree(original, tmp_path / "older"))
    path = store.path / "versions" / "000002.json"
    said = json.loads(path.read_text("utf-8"))
    del said["check"], said["erased_count"]
    path.write_text(json.dumps(said), "utf-8")
    assert figures(Store(store.path), 2).orders == ROWS + 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB; skipped where it cannot be mounted."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a small disk can only be mounted by root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("left_kilobytes", [0, 40, 600])
def test_w11_a_full_disk_is_told_and_readers_are_unaffected(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_kilobytes: int
) -> None:
    store = Store(small_disk / "store")
    store.publish(make_upload(tmp_path, orders=ORDERS.head(10)), None, "test", PUBLISHED_AT)
    more = make_upload(
        tmp_path, orders=pd.concat([ORDERS.assign(order_id=ORDERS["order_id"] + f"-{k}") for k in range(6)])
    )
    ballast = small_disk / "ballast"
    free = shutil.disk_usage(small_disk).free
    ballast.write_bytes(b"\x01" * max(0, free - left_kilobytes * 1024))
    with store.open() as book:
        before = build_summary(book)
        with pytest.raises(StoreError) as asked_first:
            store.publish(more, 1, "test", PUBLISHED_AT)
        assert asked_first.value.code == "e.disk"
        monkeypatch.setattr(store_files, "require_space", lambda *_: None)
        monkeypatch.setattr("segmentation.store.require_space", lambda *_: None)
        with pytest.raises(StoreError) as ran_full:
            store.publish(more, 1, "test", PUBLISHED_AT)
        assert ran_full.value.code == "e.store.folder"
        assert build_summary(book) == before
    ballast.unlink()
    reopened = Store(store.path)
    assert [version.number for version in reopened.versions()] == [1]
    assert len(list((store.path / "data").iterdir())) == 1
    assert reopened.publish(make_upload(tmp_path, orders=ORDERS.tail(5)), 1, "test", PUBLISHED_AT).number == 2


def test_two_rows_of_one_key_are_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever went wrong in the merge: here the line of a used number keeps the key it came with."""
    one = pd.DataFrame({"order_id": ["1"], "customer_id": "a", "ordered_on": "2025-01-05", "amount": 1})
    store = make_store(tmp_path, orders=one)
    again = make_upload(tmp_path, orders=one.assign(ordered_on="2026-01-05"))
    nothing = "SELECT NULL::BIGINT AS offered_id, NULL AS order_id, NULL AS line, NULL AS row_key WHERE FALSE"
    fill = f"CREATE OR REPLACE TEMP TABLE numbered AS {nothing}"
    monkeypatch.setattr(
        store_matching, "number_added", lambda connection, has_lines: connection.execute(fill)
    )
    with pytest.raises(StoreError, match=r"e\.store\.verify"):
        store.publish(again, 1, "test", PUBLISHED_AT)
    assert [version.number for version in store.versions()] == [1]


def test_a_file_that_lost_rows_does_not_pass_the_check(original: Path) -> None:
    current = Store(original).current()
    assert current is not None
    with pytest.raises(StoreError, match=r"e\.store\.verify"):
        verify_file(original / current.data, {"orders": ROWS + 2})
    with duckdb.connect(str(original / current.data), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (ROWS + 1,)
