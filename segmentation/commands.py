"""What the command line does: each command takes a store and plain values and returns one JSON-ready document."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from segmentation.errors import QuestionError, SettingError, StoreError, TierboardError
from segmentation.export.tables import write_csv
from segmentation.i18n import Language
from segmentation.imports import publish_import, recognise_for
from segmentation.intake import mappings
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload
from segmentation.intake.remembered import known_questions
from segmentation.intake.uploads import Question, Reading
from segmentation.journal import Journal
from segmentation.lists import list_customers
from segmentation.overrides import Held, overrides_on
from segmentation.proposals import propose
from segmentation.restatements import (
    NO_ANSWERS,
    Weighed,
    flipped_customers,
    restated_code,
    restated_facts,
    say_kept_rows,
    weigh,
)
from segmentation.scheme_files import LIMIT_BYTES, read_scheme
from segmentation.schemes import Scheme
from segmentation.settings import Calendar
from segmentation.store import Book, Store, Version
from segmentation.store_erasure import erase_customer as erase
from segmentation.store_erasure import find_traces
from segmentation.summary import build_summary
from segmentation.tuning import Base, Evaluation, draw_lines, prepare

Document = dict[str, Any]


def import_files(
    path: Path,
    files: Sequence[Path],
    *,
    mapping: Path | None,
    takes_proposals: bool,
    now: dt.datetime,
    language: Language,
    answers: Mapping[str, str] = NO_ANSWERS,
) -> Document:
    """Read, compare and publish in one act; QuestionError lists what is open unless proposals are taken.

    `answers` (question id → answer) decide about rows already stored.
    """
    store, journal = Store(path), Journal(path)
    remembered = dict(journal.mappings())
    if mapping is not None:
        remembered |= mappings.from_toml(mapping.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        parsed = open_files([(file.name, file.resolve()) for file in files], Path(folder))
        base = store.current()
        reading = recognise_for(store, parsed, remembered, Calendar(), today=now.date())
        known = known_questions(reading, remembered)
        still_open = [question for question in reading.questions if question.id not in known]
        if still_open and not takes_proposals:
            raise QuestionError("cli.questions", questions=questions_in_words(still_open, language))
        upload = read_upload(reading, None, now.date())
        weighed = weigh(store, upload, answers)
        undecided = [question for question in weighed.questions if question.id not in answers]
        if undecided and not takes_proposals:
            raise QuestionError("cli.removed", questions=questions_in_words(undecided, language))
        if weighed.difference.is_same and base is not None:
            words = _same_words(store, base, weighed, language)
            return _imported(base, reading, weighed, words, language, changed=False)
        words = _history_words(store, journal, weighed, language)
        version = publish_import(store, weighed, base, author="cli", at=now)
        words += [language.say("up.unsettled")] if version.number in store.unsettled() else []
    return _imported(version, reading, weighed, words, language, changed=True)


def _same_words(store: Store, base: Version, weighed: Weighed, language: Language) -> list[str]:
    """When what these files say was imported."""
    kept = {version.number: version for version in store.versions()}
    found = kept.get(weighed.difference.imported_in or base.number, base)
    return [language.say("up.same", date=found.published_at.date(), k=found.number)]


def _history_words(store: Store, journal: Journal, weighed: Weighed, language: Language) -> list[str]:
    """What the upload says of rows already stored, told before it is published."""
    difference, words = weighed.difference, list[str]()
    words += [language.say("up.open", n=part.open_changed) for part in difference.tables if part.open_changed]
    words += say_kept_rows(difference, language)
    if difference.restated:
        with store.open() as book:
            scheme = journal.published_scheme() or propose(book).scheme
        flipped = flipped_customers(store, weighed, scheme)
        words.append(language.say(restated_code(flipped), **restated_facts(difference, flipped)))
    words += [
        language.say(
            "up.month", month=language.month(month.month), orders=month.orders_after, amount=month.amount_after,
            orders_before=month.orders_before, amount_before=month.amount_before,
        )
        for month in difference.months
        if difference.base and (month.orders_before, month.amount_before) != (month.orders_after, month.amount_after)
    ]  # fmt: skip
    return words


def _imported(
    version: Version,
    reading: Reading,
    weighed: Weighed,
    words: Sequence[str],
    language: Language,
    *,
    changed: bool,
) -> Document:
    upload = weighed.upload
    return {
        "data_version": version.number,
        "changed": changed,
        "tables": {part.table: part.rows for part in upload.tables},
        "difference": [_plain(asdict(table)) for table in weighed.difference.tables],
        "history": list(words),
        "accounts": [asdict(account) for account in upload.accounts],
        "rejected": upload.rejected.head(100).astype(str).to_dict("records"),
        "corrected": upload.corrected.head(100).astype(str).to_dict("records"),
        "corrected_count": upload.corrected_count,
        "answers_taken": questions_in_words(
            (*reading.questions, *weighed.questions), language, weighed.answers
        ),
        "issues": [
            {
                "severity": issue.severity,
                "text": language.say(issue.code, **dict(issue.facts)),
                "rows": issue.rows,
            }
            for issue in upload.issues
        ],
    }


def questions_in_words(
    questions: Sequence[Question], language: Language, answers: Mapping[str, str] = NO_ANSWERS
) -> list[Document]:
    """Each question with its answer, the proposed one where none was given, as a person would read them."""
    found = []
    for question in questions:
        answer = answers.get(question.id, question.proposed)
        found.append(
            {
                "id": question.id,
                "question": language.say(question.code, **dict(question.facts)),
                "proposed": answer,
                "proposed_text": language.say(dict(question.options).get(answer, answer)),
            }
        )
    return found


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
        return _plain(asdict(build_summary(book)))


def tier_customers(
    path: Path, scheme_file: Path | None, as_of: dt.date | None, out: Path | None, language: Language
) -> Document:
    """Tiers with their outcome; `out` also writes the list of customers as CSV."""
    with open_book(path) as book:
        journal = Journal(path)
        scheme = choose_scheme(book, journal, scheme_file)
        date = as_of or book.data_through_on or book.version.published_at.date()
        base, evaluation = _evaluate(book, scheme, date)
    if out is not None:
        held = Held.of(overrides_on(journal, date), base.now.features.index)
        write_csv(list_customers(base.now, evaluation, language, held), out)
    return _plain(_tier_document(evaluation, book.version.erased_count))


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


def _plain(value: Any) -> Any:
    """The same value with only JSON's own types in it: dates as ISO text, whole numbers as integers, NaN as null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool)):
        return value
    if pd.isna(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() else number
