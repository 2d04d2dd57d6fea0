"""The store: immutable data versions over DuckDB. Publish, undo, compare, open; nothing is ever changed in place.

A version is published at one moment, when its manifest is linked into `versions/`; before that moment nobody
can see it, after it nobody can miss it. Undo publishes the next number with the content of the one before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from segmentation.errors import ConflictError, StoreError
from segmentation.identities import Alias
from segmentation.intake.uploads import Upload
from segmentation.journal_log import FILE, Log
from segmentation.settings import Calendar
from segmentation.store_books import ROOTS, Book, Version
from segmentation.store_build import (
    count_written,
    finish_file,
    is_same,
    measure,
    require_single_parts,
    verify_file,
    workbench,
    write_rows,
)
from segmentation.store_difference import Difference, MonthDifference, RestatedMonth, TableDifference
from segmentation.store_drafts import (
    choose_calendar,
    conflict_with,
    draft_version,
    next_number,
    publish_day,
    same_rows,
    who_is_who,
)
from segmentation.store_files import (
    building,
    digest,
    doorway,
    link_exclusively,
    prepare_folder,
    remove,
    require_space,
    sweep,
    sync_file,
    sync_folder,
    write_durably,
)
from segmentation.store_manifests import from_manifest, to_manifest
from segmentation.store_retention import KEPT_VERSIONS, kept_numbers

__all__ = ["Book", "Difference", "MonthDifference", "RestatedMonth", "Store", "TableDifference", "Version"]

# A crash after any of these leaves the version before or the version after, whole.
STEPS = ("begun", "written", "verified", "synced", "placed", "described", "published", "tidied")
_SPACE_FACTOR = 3


class Store:
    """All data versions under one folder, shared by any number of processes.

    `on_step` is called with each name of `STEPS` as publishing passes it.
    StoreError: the folder cannot be used, or was written by a newer program.
    """

    def __init__(self, path: Path | str, on_step: Callable[[str], None] = lambda step: None) -> None:
        self.path = Path(path)
        self._on_step = on_step
        self._read: dict[tuple[str, int], Version] = {}
        prepare_folder(self.path)
        for name, at in sweep(self.path):
            Log(self.path).record("interrupted", name, {}, "", datetime.fromtimestamp(at))

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

    def compare(self, upload: Upload, kept_months: Collection[date] = ()) -> Difference:
        """What publishing this upload on the current version would change. Nothing is written to the store.

        `kept_months` (first days) stay as they are where the upload would rewrite their history.
        """
        current = self.current()
        with building(self.path) as place, workbench(place, self._data(current)) as connection:
            found = measure(connection, upload, kept_months)
        same = found.is_same and current is not None and who_is_who(current, upload) == current.aliases
        return replace(found, is_same=same, base=current.number if current else None)

    @contextlib.contextmanager
    def rehearse(self, upload: Upload, kept_months: Collection[date] = ()) -> Iterator[Book]:
        """What publishing an upload would give, opened for reading and gone afterwards. Nothing is published."""
        current = self.current()
        calendar = choose_calendar(upload.calendar, current)
        with building(self.path) as place:
            target = place / "next.duckdb"
            with workbench(place, self._data(current)) as connection:
                is_same(connection, upload, kept_months)
                write_rows(connection, target, upload, next_number(current))
                through = finish_file(connection, calendar, date.max)
            draft = draft_version(current, "upload", "", datetime.min, calendar)
            draft = replace(draft, bytes=target.stat().st_size, data_through_on=through)
            draft = replace(draft, aliases=who_is_who(current, upload))
            try:
                with Book(draft, target) as book:
                    yield book
            finally:
                ROOTS.drop_idle(target)

    def publish(
        self,
        upload: Upload,
        base: int | None,
        author: str,
        published_at: datetime,
        *,
        note: str = "",
        kept_months: Collection[date] = (),
    ) -> Version:
        """Publish an upload on version `base` (None: the store is empty). All of it, or nothing.

        The same upload again publishes nothing and returns the version now served. ConflictError
        `e.conflict` (who, time) when somebody published since `base`; StoreError `e.disk` when space is short.
        `kept_months` as in `compare`.
        """
        require_single_parts(upload)
        current = self._expect(base)
        self._require_space(current, sum(part.path.stat().st_size for part in upload.tables))
        calendar = choose_calendar(upload.calendar, current)
        with building(self.path) as place:
            self._on_step("begun")
            with workbench(place, self._data(current)) as connection:
                if current is not None and is_same(connection, upload, kept_months):
                    return self._mean(current, who_is_who(current, upload), author, published_at)
                target = place / "next.duckdb"
                write_rows(connection, target, upload, next_number(current))
                rows = count_written(connection)
                through = finish_file(connection, calendar, publish_day(current, published_at))
            draft = draft_version(current, "upload", author, published_at, calendar)
            draft = replace(draft, aliases=who_is_who(current, upload), note=note)
            return self._seal(place, target, replace(draft, rows=rows, data_through_on=through))

    def set_aliases(
        self, aliases: tuple[Alias, ...], base: int | None, author: str, published_at: datetime
    ) -> Version:
        """Publish the same rows under another list of who is who; errors as `publish`, or `e.store.empty`."""
        if (current := self._expect(base)) is None:
            raise StoreError("e.store.empty")
        return self._mean(current, aliases, author, published_at)

    def _mean(self, current: Version, aliases: tuple[Alias, ...], author: str, at: datetime) -> Version:
        if aliases == current.aliases:
            return current
        draft = draft_version(current, "alias", author, at, current.calendar)
        with building(self.path) as place:
            self._on_step("begun")
            return self._commit(place, replace(same_rows(draft, current), aliases=aliases))

    def set_calendar(
        self, calendar: Calendar, base: int | None, author: str, published_at: datetime
    ) -> Version:
        """Publish the same rows under another currency, zone or fiscal month; errors as `publish`."""
        current = self._expect(base)
        if current is not None and current.calendar == calendar:
            return current
        draft = draft_version(current, "settings", author, published_at, calendar)
        return self._rewrite(current, self._data(current), draft)

    def undo(self, base: int | None, author: str, published_at: datetime, to: int | None = None) -> Version:
        """Publish the next number with the content of the version before `base` (or of version `to`).

        Undoing the first upload publishes an empty version; undoing an undo brings the upload back.
        Errors as `publish`; StoreError `e.store.empty` when there is nothing to undo.
        """
        current = self._expect(base)
        if current is None:
            raise StoreError("e.store.empty")
        if to is None and current.number == 1:
            draft = draft_version(current, "undo", author, published_at, current.calendar)
            return self._rewrite(current, None, replace(draft, aliases=()))
        earlier = self.version(current.number - 1 if to is None else to)
        with building(self.path) as place:
            self._on_step("begun")
            draft = draft_version(current, "undo", author, published_at, earlier.calendar)
            same = replace(same_rows(draft, earlier), aliases=earlier.aliases, note=str(earlier.number))
            return self._commit(place, same)

    def _rewrite(self, current: Version | None, rows: Path | None, draft: Version) -> Version:
        """Publish the rows of one file (None: no rows) under the author, kind and calendar of a draft."""
        self._require_space(current, 0)
        with building(self.path) as place:
            self._on_step("begun")
            target = place / "next.duckdb"
            with workbench(place, rows) as connection:
                write_rows(connection, target, None, draft.number)
                counted = count_written(connection)
                through = finish_file(connection, draft.calendar, publish_day(current, draft.published_at))
            return self._seal(place, target, replace(draft, rows=counted, data_through_on=through))

    def _seal(self, place: Path, target: Path, draft: Version) -> Version:
        """Verify, sync and place a written file, then commit its manifest."""
        self._on_step("written")
        with ThreadPoolExecutor(1) as beside:
            sha256 = beside.submit(digest, target)
            verify_file(target, draft.rows)
        self._on_step("verified")
        sync_file(target)
        sealed = replace(draft, sha256=sha256.result(), bytes=target.stat().st_size)
        self._on_step("synced")
        # The file keeps the name of its building folder: while that is locked, nobody sweeps it.
        final = self.path / "data" / f"{place.name}.duckdb"
        target.replace(final)
        sync_folder(final.parent)
        self._on_step("placed")
        try:
            return self._commit(place, replace(sealed, data=f"data/{final.name}"))
        except ConflictError:
            remove(final)
            raise

    def _commit(self, place: Path, version: Version) -> Version:
        """The one moment of publishing; ConflictError when the number is taken."""
        manifest = self.path / "versions" / f"{version.number:06d}.json"
        write_durably(place / "manifest.json", to_manifest(version))
        self._on_step("described")
        with doorway(self.path):
            # Restoring an old version names its file again: it must still be there.
            if not (self.path / version.data).exists():
                raise StoreError("e.store.version", number=version.note)
            if not link_exclusively(place / "manifest.json", manifest):
                raise conflict_with(from_manifest(manifest))
            sync_folder(manifest.parent)
            self._on_step("published")
            with contextlib.suppress(StoreError, OSError):  # it is published: the next one forgets
                self._forget_oldest()
        self._on_step("tidied")
        return version

    def _forget_oldest(self) -> None:
        """Keep what `store_retention` says; a data file goes when no kept version names it."""
        versions = self.versions()
        events = Log(self.path).events() if (self.path / FILE).exists() else ()
        numbers = kept_numbers(versions, events, KEPT_VERSIONS)
        kept = {version.data for version in versions if version.number in numbers}
        for version in versions:
            if version.number in numbers:
                continue
            remove(self.path / "versions" / f"{version.number:06d}.json")
            if version.data not in kept:
                ROOTS.drop_idle(self.path / version.data)
                remove(self.path / version.data)

    def _expect(self, base: int | None) -> Version | None:
        current = self.current()
        if current is not None and current.number != base:
            raise conflict_with(current)
        if current is None and base is not None:
            raise StoreError("e.store.version", number=base)
        return current

    def _data(self, version: Version | None) -> Path | None:
        return None if version is None else self.path / version.data

    def _require_space(self, current: Version | None, offered: int) -> None:
        require_space(self.path, _SPACE_FACTOR * ((current.bytes if current else 0) + offered) + 2**20)
