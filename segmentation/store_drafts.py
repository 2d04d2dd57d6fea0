"""The version to come, as far as it is known before its rows are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from segmentation.errors import ConflictError
from segmentation.identities import Alias, joined
from segmentation.intake.uploads import Upload
from segmentation.settings import Calendar
from segmentation.store_books import Kind, Version


def publish_day(current: Version | None, at: datetime) -> date:
    """The day of publishing; a clock set back does not make the data end earlier than they did."""
    return max([at.date(), *([current.published_at.date()] if current else [])])


def next_number(current: Version | None) -> int:
    """The number of the version after this one."""
    return 1 if current is None else current.number + 1


def draft_version(
    current: Version | None, kind: Kind, author: str, at: datetime, calendar: Calendar
) -> Version:
    """The next version with what is known before its rows are written."""
    base = None if current is None else current.number
    aliases = () if current is None else current.aliases
    return Version(next_number(current), base, author, at, kind, {}, "", "", 0, calendar, aliases=aliases)


def same_rows(draft: Version, earlier: Version) -> Version:
    """A draft that names the rows of an earlier version once more."""
    return replace(
        draft, rows=earlier.rows, data=earlier.data, sha256=earlier.sha256, bytes=earlier.bytes,
        data_through_on=earlier.data_through_on,
    )  # fmt: skip


def conflict_with(winner: Version) -> ConflictError:
    """What a publisher is told whose base is no longer the newest."""
    return ConflictError("e.conflict", who=winner.author, time=f"{winner.published_at:%Y-%m-%d %H:%M}")


def choose_calendar(offered: Calendar, current: Version | None) -> Calendar:
    """The upload's calendar; one that says nothing leaves the base's, a blank currency or tax basis the known one."""
    if current is None:
        return offered
    if offered == Calendar():
        return current.calendar
    held = current.calendar
    return replace(
        offered, currency=offered.currency or held.currency, tax_basis=offered.tax_basis or held.tax_basis
    )


def who_is_who(current: Version | None, upload: Upload) -> tuple[Alias, ...]:
    """The list once an upload is in: what was said before, and what it confirmed."""
    return joined(current.aliases if current else (), upload.aliases)
