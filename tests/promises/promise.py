"""A promise of the intake and what became of its files: brought through the whole way, from bytes to a version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from segmentation.errors import TierboardError
from segmentation.i18n import Language
from segmentation.imports import publish_import, recognise_for, reread_for
from segmentation.intake.fast_csv import load_rows
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload
from segmentation.intake.uploads import Issue, Question, Reading, Upload
from segmentation.journal import Journal
from segmentation.restatements import Weighed, weigh
from segmentation.settings import Calendar, Limits
from segmentation.store import Store, Version

Verdict = Literal["OK", "FIX", "ASK", "ROW", "STOP"]
Files = Sequence[tuple[str, bytes]]
TODAY = date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
LANGUAGES = Language("en"), Language("zh")


@dataclass(frozen=True)
class Brought:
    """How an upload ended. `error` is why it was refused (then `upload` and `version` are None)."""

    store: Store
    reading: Reading | None = None
    upload: Upload | None = None
    version: Version | None = None
    error: TierboardError | None = None
    weighed: Weighed | None = None

    @property
    def verdicts(self) -> set[Verdict]:
        """What happened, by the words of `bad-inputs.md`; {"OK"} where nothing had to be said about a row or a cell."""
        if self.error is not None:
            return {"STOP"}
        told = set[Verdict]()
        if self.questions or any(issue.severity == "decide" for issue in self.issues):
            told.add("ASK")
        if self.upload is not None and len(self.upload.rejected):
            told.add("ROW")
        corrected = sum(account.corrected + account.excluded for account in self.accounts)
        if corrected or any(issue.severity != "decide" and issue.rows for issue in self.issues):
            told.add("FIX")
        return told or {"OK"}

    @property
    def questions(self) -> tuple[Question, ...]:
        stored = self.weighed.questions if self.weighed else ()
        return (*self.reading.questions, *stored) if self.reading else ()

    @property
    def issues(self) -> tuple[Issue, ...]:
        return self.upload.issues if self.upload else ()

    @property
    def accounts(self) -> tuple[Any, ...]:
        return self.upload.accounts if self.upload else ()

    @property
    def codes(self) -> set[str]:
        """Message ids of everything told: the error, the questions, the issues, the reasons of rejected rows."""
        reasons = set(self.upload.rejected["reason"]) if self.upload is not None else set()
        asked = {question.code for question in self.questions}
        return (
            {issue.code for issue in self.issues}
            | asked
            | reasons
            | ({self.error.code} if self.error else set())
        )

    def issue(self, code: str) -> Issue:
        """The one issue of this code."""
        (found,) = [issue for issue in self.issues if issue.code == code]
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of one table of the upload as plain dicts, in the order of the file."""
        part = self.upload.table(table) if self.upload else None
        return [] if part is None else load_rows(part.path, table).to_pylist()

    @property
    def rejected(self) -> pd.DataFrame:
        assert self.upload is not None
        return self.upload.rejected


@dataclass(frozen=True)
class Promise:
    """One row of `bad-inputs.md` or `workbooks.md` as generated files.

    `verdict`: what must happen (it must be among `Brought.verdicts`; OK must be the only one). `says`: message ids that
    must be told. `then`: what must hold besides, by assertions. `given`: files of an earlier upload, brought first.
    `answers`: by question id, or by message id for all questions of it. `corrections`: what a person says of the
    sheets as they were recognised. `limits`: where the intake stops reading, None = as published. `because`: why the
    promise is not kept yet; "" where it is.
    """

    row: str
    verdict: Verdict
    files: Callable[[], Files]
    says: tuple[str, ...] = ()
    then: Callable[[Brought], None] = lambda brought: None
    given: Callable[[], Files] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    corrections: Callable[[Reading], Mapping[str, str]] | None = None
    limits: Limits | None = None
    name: str = ""  # tells several promises of one row apart
    because: str = ""

    def __str__(self) -> str:
        return f"{self.row} {self.name}".strip()


def bring(
    store: Store,
    files: Files,
    workspace: Path,
    answers: Mapping[str, str] | None = None,
    *,
    limits: Limits | None = None,
    encodings: Mapping[str, str] | None = None,
    corrections: Callable[[Reading], Mapping[str, str]] | None = None,
) -> Brought:
    """Files through the whole intake and into the store, as page and command line bring them, proposals taken."""
    journal, reading = Journal(store.path), None
    try:
        parsed = open_files(files, workspace, limits, encodings)
        reading = recognise_for(store, parsed, dict(journal.mappings()), Calendar(), today=TODAY)
        for _ in range(
            2 if corrections else 0
        ):  # what is said of headers changes what may be said of columns
            known = {**reading.corrections, **corrections(reading)} if corrections else {}
            mapped = dict(journal.mappings())
            reading = recognise_for(store, parsed, mapped, Calendar(), known, today=TODAY)
        told = _in_full(answers, reading)
        reading = reread_for(store, reading, told or {}, journal.mappings())
        upload = read_upload(reading, told, TODAY)
        base, weighed = store.current(), weigh(store, upload, answers or {})
        if weighed.difference.is_same and base is not None:
            return Brought(store, reading, weighed.upload, base, weighed=weighed)
        version = publish_import(store, weighed, base, author="test", at=NOON)
    except TierboardError as error:
        return Brought(store, reading, error=error)
    return Brought(store, reading, weighed.upload, version, weighed=weighed)


def _in_full(answers: Mapping[str, str] | None, reading: Reading) -> dict[str, str] | None:
    """Answers by question id; a topic alone (`year`) answers every question about it."""
    if answers is None:
        return None
    ids = [question.id for question in reading.questions]
    return {
        id_: value for key, value in answers.items() for id_ in ids if id_ == key or id_.startswith(f"{key}:")
    }


def keep(promise: Promise, folder: Path) -> Brought:
    """Bring the files of a promise into a store of its own and hold the promise: AssertionError where it is broken."""
    store = Store(folder / "store")
    if promise.given is not None:
        first = bring(store, promise.given(), folder / "given")
        assert first.error is None, f"the files given first were refused: {first.error}"
    before = content_of(store.path)
    brought = bring(
        store, promise.files(), folder / "work", promise.answers or None, limits=promise.limits,
        corrections=promise.corrections,
    )  # fmt: skip
    told = brought.verdicts
    assert promise.verdict in told, f"{promise.verdict} expected, {told} found; told {sorted(brought.codes)}"
    if promise.verdict == "OK":
        assert told == {"OK"}, f"nothing to tell expected, {told} found; told {sorted(brought.codes)}"
    if promise.verdict == "STOP":
        assert content_of(store.path) == before, "refused, and yet something was stored"
    missing = set(promise.says) - brought.codes
    assert not missing, f"not told: {sorted(missing)}; told {sorted(brought.codes)}"
    hold_accounts(brought)
    hold_texts(brought)
    promise.then(brought)
    return brought


def content_of(path: Path) -> dict[str, str]:
    """Every file of a store by its digest, the journal's own working files aside: what STOP must leave as it was."""
    return {
        str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.name.startswith("journal")
    }


def hold_accounts(brought: Brought) -> None:
    """Every row read ended in exactly one result."""
    differences = {f"{one.file}/{one.sheet}/{one.table}": one.difference for one in brought.accounts}
    assert not any(differences.values()), f"rows unaccounted for: {differences}"


def hold_texts(brought: Brought) -> None:
    """Everything told is a sentence in both languages: no bare message id, no empty place."""
    told: list[tuple[str, Mapping[str, Any]]] = [(one.code, one.facts) for one in brought.issues]
    told += [(one.code, one.facts) for one in brought.questions]
    if brought.upload is not None:
        told += [(f"reason.{reason}", {}) for reason in set(brought.upload.rejected["reason"])]
    if brought.error is not None:
        told.append((brought.error.code, brought.error.facts))
    for code, facts in told:
        for language in LANGUAGES:
            text = language.say(code, **dict(facts))
            assert text != code, f"{code} has no text in {language.code}"
            assert "{" not in text or not facts, f"{code} has a place unfilled in {language.code}: {text}"
