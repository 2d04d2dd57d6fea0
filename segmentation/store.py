"""The store: immutable data versions over DuckDB. Publish, undo, compare, open; nothing is ever changed in place.

A version is published at one moment, when its manifest is linked into `versions/`; before that moment nobody
can see it, after it nobody can miss it. Undo publishes the next number with the content of the one before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from segmentation.background import behind
from segmentation.errors import ConflictError, StoreError
from segmentation.identities import Alias, dated
from segmentation.intake.uploads import Upload
from segmentation.journal_log import Event
from segmentation.settings import Calendar
from segmentation.store_books import ROOTS, Book, Version
from segmentation.store_build import require_single_parts
from segmentation.store_decisions import alias_events, settle, write_down
from segmentation.store_difference import Difference, RestatedMonth, TableDifference
from segmentation.store_drafts import (
    choose_calendar,
    conflict_with,
    draft_version,
    publish_day,
    same_rows,
    who_is_who,
)
from segmentation.store_files import (
    building,
    doorway,
    link_exclusively,
    remove,
    require_space,
    sync_file,
    sync_folder,
    write_durably,
)
from segmentation.store_manifests import from_manifest, to_manifest
from segmentation.store_retention import KEPT_VERSIONS, forget_oldest
from segmentation.store_shelf import Shelf
from segmentation.store_writing import (
    measure_against,
    rehearse_upload,
    verify_draft,
    write_again,
    write_upload,
)

__all__ = ["Book", "Difference", "RestatedMonth", "Store", "TableDifference", "Version"]

# A crash after any of these leaves the version before or the version after, whole.
STEPS = (
    "begun", "written", "verified", "synced", "placed", "described", "decided", "published", "forgotten", "tidied",
)  # fmt: skip
_SPACE_FACTOR = 3


class Store(Shelf):
    """All data versions under one folder, shared by any number of processes.

    `on_step` is called with each name of `STEPS` as publishing passes it. StoreError as `Shelf`.
    """

    def compare(self, upload: Upload, kept_months: Collection[date] = ()) -> Difference:
        """What publishing this upload on the current version would change. Nothing is written to the store.

        `kept_months` (first days) stay as they are where the upload would rewrite their history.
        """
        current = self.current()
        who = who_is_who(current, upload)
        with building(self.path) as place:
            found = behind(measure_against, self._data(current), place, upload, kept_months, who)
        same = found.is_same and current is not None and who == current.aliases
        return replace(found, is_same=same, base=current.number if current else None)

    @contextlib.contextmanager
    def rehearse(self, upload: Upload, kept_months: Collection[date] = ()) -> Iterator[Book]:
        """What publishing an upload would give, opened for reading and gone afterwards. Nothing is published."""
        current = self.current()
        calendar = choose_calendar(upload.calendar, current)
        draft = draft_version(current, "upload", "", datetime.min, calendar)
        with building(self.path) as place:
            target = place / "next.duckdb"
            draft = behind(rehearse_upload, self._data(current), target, upload, kept_months, draft)
            day = draft.data_through_on or date.max
            draft = replace(draft, aliases=dated(who_is_who(current, upload), day))
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
        decided: Sequence[Event] = (),
    ) -> Version:
        """Publish an upload on version `base` (None: the store is empty). All of it, or nothing.

        `decided` goes into the journal with it, at the next opening if the journal is locked now (`unsettled`).

        The same upload again publishes nothing and returns the version now served. ConflictError
        `e.conflict` (who, time) when somebody published since `base`; StoreError `e.disk` when space is short.
        `kept_months` as in `compare`.
        """
        require_single_parts(upload)
        current = self._expect(base)
        self._require_space(current, sum(part.path.stat().st_size for part in upload.tables))
        draft = draft_version(
            current, "upload", author, published_at, choose_calendar(upload.calendar, current)
        )
        who, today = who_is_who(current, upload), publish_day(current, published_at)
        with building(self.path) as place:
            self._on_step("begun")
            target = place / "next.duckdb"
            written = behind(
                write_upload, self._data(current), target, upload, draft, kept_months=kept_months, today=today
            )
            if written is None:
                assert current is not None
                day = current.data_through_on or today
                return self._mean(current, dated(who, day), author, published_at, decided)
            who = dated(who, written.data_through_on or today)
            return self._seal(place, target, replace(written, aliases=who, note=note), decided)

    def set_aliases(
        self, aliases: tuple[Alias, ...], base: int | None, author: str, published_at: datetime
    ) -> Version:
        """Publish the same rows under another list of who is who; errors as `publish`, or `e.store.empty`."""
        if (current := self._expect(base)) is None:
            raise StoreError("e.store.empty")
        return self._mean(current, aliases, author, published_at)

    def _mean(
        self,
        current: Version,
        aliases: tuple[Alias, ...],
        author: str,
        at: datetime,
        decided: Sequence[Event] = (),
    ) -> Version:
        if aliases == current.aliases:
            return current
        draft = draft_version(current, "alias", author, at, current.calendar)
        with building(self.path) as place:
            self._on_step("begun")
            return self._commit(place, replace(same_rows(draft, current), aliases=aliases), decided)

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
            today = publish_day(current, draft.published_at)
            return self._seal(place, target, behind(write_again, rows, target, draft, today))

    def _seal(self, place: Path, target: Path, draft: Version, decided: Sequence[Event] = ()) -> Version:
        """Verify, sync and place a written file, then commit its manifest."""
        self._on_step("written")
        sha256 = behind(verify_draft, target, draft)
        self._on_step("verified")
        sync_file(target)
        sealed = replace(draft, sha256=sha256, bytes=target.stat().st_size)
        self._on_step("synced")
        # The file keeps the name of its building folder: while that is locked, nobody sweeps it.
        final = self.path / "data" / f"{place.name}.duckdb"
        target.replace(final)
        sync_folder(final.parent)
        self._on_step("placed")
        try:
            return self._commit(place, replace(sealed, data=f"data/{final.name}"), decided)
        except ConflictError:
            remove(final)
            raise

    def _commit(self, place: Path, version: Version, decided: Sequence[Event] = ()) -> Version:
        """The one moment of publishing; ConflictError when the number is taken."""
        manifest, said = self.path / "versions" / f"{version.number:06d}.json", to_manifest(version)
        write_durably(place / "manifest.json", said)
        self._on_step("described")
        with doorway(self.path):
            # Restoring an old version names its file again: it must still be there.
            if not (self.path / version.data).exists():
                raise StoreError("e.store.version", number=version.note)
            current = self.current()
            before = current.aliases if current else ()
            events = *alias_events(before, version.aliases, version.author, version.published_at), *decided
            kept = write_down(self.path, place, said, events)
            self._on_step("decided")
            if not link_exclusively(place / "manifest.json", manifest):
                if kept is not None:
                    remove(kept)
                raise conflict_with(from_manifest(manifest))
            sync_folder(manifest.parent)
            self._on_step("published")
            with contextlib.suppress(StoreError, OSError):  # it is published: the next one forgets
                forget_oldest(self.path, self.versions(), KEPT_VERSIONS)
        self._on_step("forgotten")
        with contextlib.suppress(StoreError, OSError):  # it is published: the next opening makes up for it
            settle(self.path)
        self._on_step("tidied")
        return version

    def _expect(self, base: int | None) -> Version | None:
        current = self.current()
        if current is not None and current.number != base:
            raise conflict_with(current)
        if current is None and base is not None:
            raise StoreError("e.store.version", number=base)
        return current

    def _require_space(self, current: Version | None, offered: int) -> None:
        require_space(self.path, _SPACE_FACTOR * ((current.bytes if current else 0) + offered) + 2**20)
