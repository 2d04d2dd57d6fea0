"""What the command line does to import: read, compare, publish and tell in one act; one JSON-ready document."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from segmentation.commands import Document, as_json
from segmentation.errors import QuestionError
from segmentation.i18n import Language
from segmentation.imports import publish_import, recognise_for
from segmentation.intake import mappings
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload
from segmentation.intake.remembered import known_questions
from segmentation.intake.uploads import Question, Reading
from segmentation.journal import Journal
from segmentation.overrides import held_on
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
from segmentation.settings import Calendar
from segmentation.store import Store, Version


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
    """When what these files say was imported; that nothing was, where the answers leave all of it out."""
    if not weighed.upload.tables:
        return [language.say("in.head.declined")]
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
        flipped = flipped_customers(store, weighed, scheme, lambda standing: held_on(journal, standing))
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
        "difference": [as_json(asdict(table)) for table in weighed.difference.tables],
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
