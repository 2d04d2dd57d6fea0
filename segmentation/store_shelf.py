"""What stands in a store's folder: its versions, the one served, and books of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from segmentation.errors import StoreError
from segmentation.journal_log import Log
from segmentation.store_books import Book, Version
from segmentation.store_decisions import forget_unpublished, settle, waiting
from segmentation.store_files import doorway, prepare_folder, sweep
from segmentation.store_manifests import from_manifest

_SETTLE_SECONDS = 1.0


class Shelf:
    """The versions under one folder. Opening it sweeps what crashes left and brings into the journal what waits for it.

    StoreError: the folder cannot be used, or was written by a newer program.
    """

    def __init__(self, path: Path | str, on_step: Callable[[str], None] = lambda step: None) -> None:
        self.path = Path(path)
        self._on_step = on_step
        self._read: dict[tuple[str, int], Version] = {}
        prepare_folder(self.path)
        for name, at in sweep(self.path):
            Log(self.path).record("interrupted", name, {}, "", datetime.fromtimestamp(at))
        with doorway(self.path):
            forget_unpublished(self.path)
        with contextlib.suppress(StoreError):  # it goes on waiting, and `unsettled` says so
            settle(self.path, _SETTLE_SECONDS)

    def unsettled(self) -> tuple[int, ...]:
        """Versions that are published and whose decisions the journal, being locked or damaged, does not have yet."""
        return tuple(waiting(self.path))

    def versions(self) -> tuple[Version, ...]:
        """All kept versions, oldest first."""
        found = []
        for path in sorted((self.path / "versions").glob("*.json")):
            with contextlib.suppress(FileNotFoundError):  # forgotten by somebody who just published
                found.append(self._manifest(path))
        return tuple(found)

    def current(self) -> Version | None:
        """The version now served: the highest number; None before the first."""
        newest = max((self.path / "versions").glob("*.json"), default=None)
        return None if newest is None else self._manifest(newest)

    def _manifest(self, path: Path) -> Version:
        # An erasure is the one act that writes a manifest anew.
        seen = path.name, path.stat().st_mtime_ns
        if seen not in self._read:
            self._read[seen] = from_manifest(path)
        return self._read[seen]

    def version(self, number: int) -> Version:
        """One version by number; StoreError when it does not exist or is no longer kept."""
        for version in self.versions():
            if version.number == number:
                return version
        raise StoreError("e.store.version", number=number)

    def open(self, number: int | None = None, query_seconds: float | None = None) -> Book:
        """Open a version (default the current one) for reading; StoreError in an empty store."""
        version = self.current() if number is None else self.version(number)
        if version is None:
            raise StoreError("e.store.empty")
        return Book(version, self.path / version.data, query_seconds)

    def _data(self, version: Version | None) -> Path | None:
        return None if version is None else self.path / version.data
