"""The long steps of a store, as one call each, so that they can give way to readers (see `background`)."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

from segmentation.identities import Alias, meanings, stops
from segmentation.intake.uploads import Upload
from segmentation.store_books import Version
from segmentation.store_build import count_written, finish_file, is_same, measure, workbench, write_rows
from segmentation.store_difference import Difference
from segmentation.store_files import digest
from segmentation.store_verification import require_own_keys, verify_file


def measure_against(
    rows: Path | None, place: Path, upload: Upload, kept_months: Collection[date], who: tuple[Alias, ...]
) -> Difference:
    """The difference an upload makes to the rows of a data file (None: no rows)."""
    with workbench(place, rows) as connection:
        return measure(connection, upload, kept_months, meanings(who, "customer"), stops(who))


def rehearse_upload(
    rows: Path | None, target: Path, upload: Upload, kept_months: Collection[date], draft: Version
) -> Version:
    """Write rows with an upload put in, whatever their dates and unverified; the draft with what is then known."""
    with workbench(target.parent, rows) as connection:
        is_same(connection, upload, kept_months)
        write_rows(connection, target, upload, draft.number)
        through = finish_file(connection, draft.calendar, date.max)
    return replace(draft, bytes=target.stat().st_size, data_through_on=through)


def write_upload(
    rows: Path | None,
    target: Path,
    upload: Upload,
    draft: Version,
    *,
    kept_months: Collection[date],
    today: date,
) -> Version | None:
    """Write rows with an upload put in; the draft with what the file holds, None where the version the draft is based
    on already holds all of it."""
    with workbench(target.parent, rows) as connection:
        if is_same(connection, upload, kept_months) and draft.base is not None:
            return None
        write_rows(connection, target, upload, draft.number)
        require_own_keys(connection, upload)
        counted = count_written(connection)
        through = finish_file(connection, draft.calendar, today)
    return replace(draft, rows=counted, data_through_on=through)


def write_again(rows: Path | None, target: Path, draft: Version, today: date) -> Version:
    """Write the rows of a data file (None: no rows) under the calendar of a draft."""
    with workbench(target.parent, rows) as connection:
        write_rows(connection, target, None, draft.number)
        counted = count_written(connection)
        through = finish_file(connection, draft.calendar, today)
    return replace(draft, rows=counted, data_through_on=through)


def verify_draft(target: Path, draft: Version) -> str:
    """The digest of a file that was found to hold what its draft says; StoreError where it does not."""
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(digest, target)
        verify_file(target, draft.rows)
        return sha256.result()
