"""The restore drill: every kept version brought back beside the store from its retained files, its totals compared.

A copy of the store folder is a backup; the drill shows that it can be relied on: bytes as they were published, tables
that open, and the same sums. Nothing of the store is written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import StoreError
from segmentation.store import Store, Version
from segmentation.store_books import ROOTS
from segmentation.store_files import digest, require_space
from segmentation.summary import Summary, build_summary


@dataclass(frozen=True)
class Restored:
    """One version brought back: its rows by table as restored, and why it is not as it was published ("" = it is)."""

    number: int
    rows: Mapping[str, int]
    problem: str = ""

    @property
    def is_same(self) -> bool:
        return not self.problem


def try_restoring(store: Store) -> tuple[Restored, ...]:
    """Restore every kept version into a folder of its own and compare, oldest first. StoreError `e.disk` where there is
    no room for the largest."""
    versions = store.versions()
    sizes = [(store.path / version.data).stat().st_size for version in versions if _has_file(store, version)]
    with tempfile.TemporaryDirectory(prefix="tierboard-restored-") as folder:
        require_space(Path(folder), 2 * max(sizes, default=0) + 2**20)
        return tuple(_restore(store, version, Path(folder) / str(version.number)) for version in versions)


def _has_file(store: Store, version: Version) -> bool:
    return (store.path / version.data).is_file()


def _restore(store: Store, version: Version, folder: Path) -> Restored:
    """Only the manifest and its file are taken, as from a backup."""
    if not _has_file(store, version):
        return Restored(version.number, {}, "missing")
    try:
        (folder / "versions").mkdir(parents=True)
        (folder / "data").mkdir()
        shutil.copyfile(store.path / version.data, folder / version.data)
        name = f"versions/{version.number:06d}.json"
        shutil.copyfile(store.path / name, folder / name)
        if digest(folder / version.data) != version.sha256:
            return Restored(version.number, {}, "bytes")
        restored = Store(folder)
        same = _totals(restored, version.number) == _totals(store, version.number)
        return Restored(version.number, restored.version(version.number).rows, "" if same else "totals")
    except StoreError:
        return Restored(version.number, {}, "damaged")
    finally:
        ROOTS.drop_idle(folder / version.data)
        shutil.rmtree(folder, ignore_errors=True)


def _totals(store: Store, number: int) -> Summary:
    with store.open(number) as book:
        return build_summary(book)
