"""What the command line does: each command takes a store and plain values and returns one JSON-ready document."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from segmentation.errors import SettingError, StoreError, TierboardError
from segmentation.export.tables import write_csv
from segmentation.i18n import Language
from segmentation.journal import Journal
from segmentation.lists import list_customers
from segmentation.overrides import held_on
from segmentation.proposals import propose
from segmentation.quality import measure_corrected, measure_quality
from segmentation.scheme_files import LIMIT_BYTES, read_scheme
from segmentation.schemes import UNRATED, Scheme
from segmentation.store import Book, Store, Version
from segmentation.store_erasure import erase_customer as erase
from segmentation.store_erasure import find_traces
from segmentation.summary import build_summary
from segmentation.tag_bearers import bear
from segmentation.tags import read_registry
from segmentation.tuning import Base, Evaluation, draw_lines, prepare

Document = dict[str, Any]


def list_versions(path: Path) -> Document:
    """Every version kept, newest last, and the one served."""
    store = Store(path)
    current, versions = store.current(), [_version_document(version) for version in store.versions()]
    return {"current": None if current is None else current.number, "versions": versions}


def undo_version(path: Path, now: dt.datetime) -> Document:
    """Publish the next number with the content of the version before."""
    store = Store(path)
    current = store.current()
    if current is None:
        raise StoreError("cli.nothing_to_undo")
    return _version_document(store.undo(current.number, "cli", now))


def erase_customer(path: Path, customer_id: str, *, is_confirmed: bool, now: dt.datetime) -> Document:
    """Count what is stored about a customer and, once confirmed, take it out of every version and the journal."""
    store = Store(path)
    traces = find_traces(store, customer_id)
    if traces.is_empty:
        raise StoreError("e.erase.unknown", customer=customer_id)
    counted = {
        "versions": [
            {"number": number, "rows": traces.rows.get(number, 0), "mentions": traces.mentions.get(number, 0)}
            for number in sorted({*traces.rows, *traces.mentions})
        ],
        "decisions": traces.decisions,
    }
    if not is_confirmed:
        return {"erased": False} | counted
    return {"erased": True} | counted | {"data_version": erase(store, traces, "cli", now).number}


def _version_document(version: Version) -> Document:
    return {
        "number": version.number, "base": version.base, "kind": version.kind, "author": version.author,
        "published_at": version.published_at.isoformat(timespec="seconds"), "rows": dict(version.rows),
        "erased_customers": version.erased_count,
    }  # fmt: skip


def open_book(path: Path) -> Book:
    """The version served; StoreError where nothing has been imported yet."""
    store = Store(path)
    if store.current() is None:
        raise StoreError("cli.empty_store", path=str(path))
    return store.open()


def summarise(path: Path) -> Document:
    """The totals anyone checks against their own."""
    with open_book(path) as book:
        return as_json(asdict(build_summary(book)))


def tier_customers(
    path: Path, scheme_file: Path | None, as_of: dt.date | None, out: Path | None, language: Language
) -> Document:
    """Tiers with their outcome; `out` also writes the list of customers as CSV."""
    with open_book(path) as book:
        journal = Journal(path)
        scheme = choose_scheme(book, journal, scheme_file)
        date = as_of or book.data_through_on or book.version.published_at.date()
        base, evaluation = _evaluate(book, scheme, date)
        tags = None if out is None else bear(book, read_registry(journal), date)
    if out is not None:
        held = held_on(journal, base.now)
        write_csv(list_customers(base.now, evaluation, language, held, tags), out)
    return as_json(_tier_document(evaluation, book.version.erased_count))


def judge_quality(
    path: Path, scheme_file: Path | None, as_of: dt.date | None, language: Language
) -> Document:
    """How many tiers depend on values that are missing (modelled) or were corrected (evaluated again without them)."""
    with open_book(path) as book:
        scheme = choose_scheme(book, Journal(path), scheme_file)
        date = as_of or book.data_through_on or book.version.published_at.date()
        base, evaluation = _evaluate(book, scheme, date)
        quality = measure_quality(base.now, evaluation.cuts)
        corrected = measure_corrected(book, scheme, base.now, evaluation.cuts)
    fields = [
        {"field": one.feature, "known": one.known_count, "customers": one.customer_count,
         "deciding": one.deciding_count}
        for one in quality.fields
    ]  # fmt: skip
    names = (*scheme.policy.names, UNRATED)
    moves = [
        {"customer": row["customer_id"], "owner": row["owner"], "tier": names[row["place"]],
         "without": names[row["place_without"]]}
        for row in corrected.moves.to_dict("records")
    ]  # fmt: skip
    told = {"as_of": date, "scheme": scheme.id, "missing_customers": quality.customer_count, "fields": fields}
    return as_json(
        told | {"corrected_cells": corrected.cells, "corrected_customers": len(moves), "corrected": moves}
    )


def _evaluate(book: Book, scheme: Scheme, as_of: dt.date) -> tuple[Base, Evaluation]:
    """SettingError where the method cannot work with what the scheme says on these data."""
    try:
        base = prepare(book, scheme, as_of)
        return base, draw_lines(base, scheme)
    except TierboardError:
        raise
    except Exception as error:
        raise SettingError("cli.scheme.unfit", detail=type(error).__name__) from error


def choose_scheme(book: Book, journal: Journal, scheme_file: Path | None) -> Scheme:
    """The scheme of the file, read as strictly as on the page, else the published one, else the proposed default."""
    if scheme_file is not None:
        with scheme_file.open("rb") as handle:
            return read_scheme(handle.read(LIMIT_BYTES + 1))
    return journal.published_scheme() or propose(book).scheme


def _tier_document(evaluation: Evaluation, erased_count: int) -> Document:
    scheme = evaluation.scheme
    sizes = ("customers", "revenue", "hours_now", "hours_needed")
    results = ("k", "n", "rate", "low", "high")
    return {
        "as_of": evaluation.as_of,
        "replayed_on": evaluation.replayed_on,
        "outcome": scheme.outcome,
        "outcome_days": scheme.outcome_days,
        "as_recorded": evaluation.is_as_recorded,
        "data_version": evaluation.data_version,
        "erased_customers": erased_count,
        "scheme": scheme.id,
        "scheme_name": scheme.name,
        "method": scheme.method,
        "cuts": list(evaluation.cuts),
        "tiers": [
            {"tier": name}
            | {column: evaluation.tiers.at(name, column) for column in sizes}
            | {column: evaluation.rates.at(name, column) for column in results}
            for name in evaluation.rows
        ],
    }


def as_json(value: Any) -> Any:
    """The same value with only JSON's own types in it: dates as ISO text, whole numbers as integers, NaN as null."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool)):
        return value
    if pd.isna(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() else number
