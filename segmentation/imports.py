"""An import on its way into the store, as the page and the command line both do it: recognised in the light of the
version served, published together with what was decided about its layout."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from segmentation.errors import FileError
from segmentation.i18n import Language
from segmentation.intake.parsed import Parsed
from segmentation.intake.reading import recognise
from segmentation.intake.reopening import settle
from segmentation.intake.uploads import Issue, Reading, SheetMapping
from segmentation.journal import Journal, history_event, mapping_event
from segmentation.records import known_customers, tables_of_their_own, usual_amount
from segmentation.restatements import Weighed, in_both
from segmentation.settings import CHECKS_SETTING, Calendar, Thresholds
from segmentation.store import Store, Version

NO_CORRECTIONS: Mapping[str, str] = MappingProxyType({})


def recognise_for(
    store: Store,
    parsed: Parsed,
    remembered: Mapping[str, SheetMapping],
    first_calendar: Calendar,
    corrections: Mapping[str, str] = NO_CORRECTIONS,
    *,
    today: date | None = None,
) -> Reading:
    """Recognise opened files by the calendar and the tables of the version served; an empty store has neither, and
    `first_calendar` holds."""
    current = store.current()
    thresholds = read_thresholds(store)
    if current is None:
        return recognise(parsed, remembered, first_calendar, corrections, today=today, thresholds=thresholds)
    with store.open(current.number) as book:
        given, usual, stored = tables_of_their_own(book), usual_amount(book), known_customers(book)
    return recognise(
        parsed,
        remembered,
        current.calendar,
        corrections,
        given,
        usual_amount=usual,
        today=today,
        aliases=current.aliases,
        stored=stored,
        thresholds=thresholds,
    )


def read_thresholds(store: Store) -> Thresholds:
    """From where on this workspace notes, warns or stops."""
    return Thresholds.read(Journal(store.path).settings().get(CHECKS_SETTING))


def reread_for(
    store: Store, reading: Reading, answers: Mapping[str, str], remembered: Mapping[str, SheetMapping]
) -> Reading:
    """The reading again where an answer says that a file is in another encoding; else the very same.

    FileError e.encoding where the file is not in the encoding chosen.
    """
    parsed = settle(reading.parsed, answers)
    if parsed is reading.parsed:
        return reading
    return recognise_for(
        store, parsed, remembered, reading.calendar, reading.corrections, today=reading.today
    )


def publish_import(
    store: Store,
    weighed: Weighed,
    base: Version | None,
    *,
    author: str,
    at: datetime,
) -> Version:
    """Store an upload as the version after `base`, and with it its layouts and what was decided about rows already
    stored: one act, whole or not at all. Errors as `Store.publish`; FileError e.stopped where a check stops it."""
    if weighed.stops:
        raise FileError("e.stopped", n=len(weighed.stops), finding=in_both(partial(_say, weighed.stops[0])))
    number = None if base is None else base.number
    decided = [
        mapping_event(signature, told, author, at) for signature, told in weighed.upload.mapping.items()
    ]
    if weighed.questions:
        told = {"answers": dict(weighed.answers), "months": _months_told(weighed)}
        decided.append(history_event((number or 0) + 1, told, author, at))
    return store.publish(weighed.upload, number, author, at, kept_months=weighed.kept_months, decided=decided)


def _say(issue: Issue, language: Language) -> str:
    return language.say(issue.code, **dict(issue.facts))


def _months_told(weighed: Weighed) -> list[dict[str, Any]]:
    """The past months an upload told otherwise, as they were decided."""
    return [
        {
            "table": month.table,
            "month": month.month.isoformat(),
            "rows": month.rows,
            "before": str(month.amount_before),
            "after": str(month.amount_after),
            "kept": month.is_kept,
        }
        for month in weighed.difference.restated
    ]
