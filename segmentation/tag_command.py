"""What the command line says of tags: each with its use on a date, as one JSON-ready document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from segmentation.commands import Document, as_json, open_book
from segmentation.condition_sentences import say
from segmentation.i18n import Language
from segmentation.journal import Journal
from segmentation.settings import Settings
from segmentation.tag_bearers import Usage, bear, find_overlaps, measure_usage
from segmentation.tags import MOST_CORE, read_registry


def list_tags(path: Path, as_of: dt.date | None, today: dt.date, language: Language) -> Document:
    """Every tag in use with its bearers on `as_of` (None: the last date in the data), and pairs that say the same."""
    with open_book(path) as book:
        journal = Journal(path)
        date = as_of or book.data_through_on or book.version.published_at.date()
        registry = read_registry(journal)
        bearing = bear(book, registry, date)
        number = book.version.number
    stale_days = Settings.read(journal.settings()).stale_tag_days
    usages = measure_usage(bearing, today, stale_days)
    pairs = [
        {"first": pair.first.name, "second": pair.second.name, "both": pair.both, "either": pair.either}
        for pair in find_overlaps(bearing)
    ]
    told = {
        "as_of": date,
        "data_version": number,
        "customers": len(bearing.customers),
        "tagged_customers": bearing.tagged_count,
        "core_tags": len(registry.core),
        "most_core_tags": MOST_CORE,
        "stale_after_days": stale_days,
        "tags": [_tag(usage, language) for usage in usages],
        "overlaps": pairs,
    }
    document: Document = as_json(told)
    return document


def _tag(usage: Usage, language: Language) -> Document:
    tag = usage.tag
    return {
        "id": tag.id,
        "group": tag.group,
        "name": tag.name,
        "kind": tag.kind,
        "bearers": usage.k,
        "customers": usage.n,
        "cannot_tell": usage.unknown,
        "state": usage.state,
        "idle_days": usage.idle_days,
        "author": tag.author,
        "made_on": tag.made_at.date(),
        "rule": None if tag.condition is None else say(tag.condition, language),
        "note": tag.note,
    }
