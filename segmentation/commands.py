"""What the command line does: each command takes a store and plain values and returns one JSON-ready document."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
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
from segmentation.intake.uploads import Question, Reading, Upload
from segmentation.journal import Journal
from segmentation.lists import list_customers
from segmentation.overrides import Held, overrides_on
from segmentation.proposals import propose
from segmentation.scheme_files import LIMIT_BYTES, read_scheme
from segmentation.schemes import Scheme
from segmentation.settings import Calendar
from segmentation.store import Book, Difference, Store, Version
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
) -> Document:
    """Read, compare and publish in one act; QuestionError lists what is open unless proposals are taken."""
    store, journal = Store(path), Journal(path)
    remembered = dict(journal.mappings())
    if mapping is not None:
        remembered |= mappings.from_toml(mapping.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        parsed = open_files([(file.name, file.resolve()) for file in files], Path(folder))
        base = store.current()
        reading = recognise_for(store, parsed, remembered, Calendar())
        known = known_questions(reading, remembered)
        still_open = [question for question in reading.questions if question.id not in known]
        if still_open and not takes_proposals:
            raise QuestionError("cli.questions", questions=questions_in_words(still_open, language))
        upload = read_upload(reading, None, now.date())
        difference = store.compare(upload)
        if difference.is_same and base is not None:
            return _imported(base, reading, upload, difference, language) | {"changed": False}
        removed = {table.table: table.removed for table in difference.tables if table.removed}
        if removed and not takes_proposals:
            raise QuestionError("cli.removed", questions=_removals_in_words(removed, language))
        version = publish_import(store, journal, upload, base, author="cli", at=now)
    return _imported(version, reading, upload, difference, language) | {"changed": True}


def _removals_in_words(removed: dict[str, int], language: Language) -> list[Document]:
    """Stored rows that would give way, table by table: deleting is never taken for granted."""
    proposed = {"proposed": "replace", "proposed_text": language.say("cli.removed.replace")}
    return [
        {"id": f"removed:{table}", "question": language.say("cli.removed.rows", n=count, table=table)}
        | proposed
        for table, count in removed.items()
    ]


def _imported(
    version: Version, reading: Reading, upload: Upload, difference: Difference, language: Language
) -> Document:
    return {
        "data_version": version.number,
        "tables": {part.table: part.rows for part in upload.tables},
        "difference": [_plain(asdict(table)) for table in difference.tables],
        "accounts": [asdict(account) for account in upload.accounts],
        "rejected": upload.rejected.head(100).astype(str).to_dict("records"),
        "answers_taken": questions_in_words(reading.questions, language),
        "issues": [
            {
                "severity": issue.severity,
                "text": language.say(issue.code, **dict(issue.facts)),
                "rows": issue.rows,
            }
            for issue in upload.issues
        ],
    }


def questions_in_words(questions: Sequence[Question], language: Language) -> list[Document]:
    """Each open question with its proposed answer, as a person would read them."""
    return [
        {
            "id": question.id,
            "question": language.say(question.code, **dict(question.facts)),
            "proposed": question.proposed,
            "proposed_text": language.say(dict(question.options).get(question.proposed, question.proposed)),
        }
        for question in questions
    ]


def list_versions(path: Path) -> Document:
    """Every version kept, newest last, and the one served."""
    store = Store(path)
    current = store.current()
    versions = [_version_document(version) for version in store.versions()]
    return {"current": None if current is None else current.number, "versions": versions}


def undo_version(path: Path, now: dt.datetime) -> Document:
    """Publish the next number with the content of the version before."""
    store = Store(path)
    current = store.current()
    if current is None:
        raise StoreError("cli.nothing_to_undo")
    return _version_document(store.undo(current.number, "cli", now))


def _version_document(version: Version) -> Document:
    return {
        "number": version.number,
        "base": version.base,
        "kind": version.kind,
        "author": version.author,
        "published_at": version.published_at.isoformat(timespec="seconds"),
        "rows": dict(version.rows),
    }


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
    return _plain(_tier_document(evaluation))


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


def _tier_document(evaluation: Evaluation) -> Document:
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
