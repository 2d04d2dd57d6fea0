"""An upload on its way: files kept, read, answered, corrected, compared; nothing is stored before publish."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, Protocol

from segmentation.errors import FileError
from segmentation.imports import publish_import, recognise_for, reread_for
from segmentation.intake.parsed import Parsed, open_files
from segmentation.intake.reading import read_upload
from segmentation.intake.remembered import Drift, drifts, is_remembered, known_questions
from segmentation.intake.uploads import Question, Reading, SheetMapping, Upload
from segmentation.journal import Journal
from segmentation.restatements import Weighed, weigh
from segmentation.settings import Calendar
from segmentation.store import Difference, Store, Version
from segmentation.ui.intake_frames import offered_dates

Tell = Callable[..., None]
# Refusals a person can end by saying what a sheet holds, where its headers stand, which column is which.
TELLABLE = frozenset(
    {"e.nottable", "e.nottable.none", "e.column", "e.contacts", "e.empty", "e.header", "e.digits"}
)


class Uploaded(Protocol):
    """What this room needs of an uploaded file."""

    @property
    def name(self) -> str: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def read(self, size: int | None = -1, /) -> bytes: ...


@dataclass(frozen=True)
class KeptFile:
    """A file of this session: what it was called, and where its bytes are under a name of our own."""

    name: str
    path: Path
    size: int


class Workspace:
    """A folder of one session's files, gone when the session forgets it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tierboard-", ignore_cleanup_errors=True)
        self._count = 0

    @property
    def path(self) -> Path:
        return Path(self._folder.name)

    def keep(self, files: Sequence[Uploaded]) -> tuple[KeptFile, ...]:
        """Copy the bytes of uploaded files: the page may be left before they are read."""
        kept = []
        for file in files:
            self._count += 1
            place = self.path / f"{self._count:06d}"
            file.seek(0)
            with place.open("wb") as handle:
                source: IO[bytes] = file  # type: ignore[assignment]
                shutil.copyfileobj(source, handle)
            kept.append(KeptFile(file.name, place, place.stat().st_size))
        return tuple(kept)


@dataclass(frozen=True)
class Draft:
    """An upload read and weighed against the store, not saved. `base`: the version it was compared with.

    `known`: questions answered before, for this layout or just now; the others are open, their proposed answers used.
    """

    files: tuple[KeptFile, ...]
    reading: Reading
    weighed: Weighed
    dates: Mapping[tuple[str, int], tuple[date, date]]
    base: Version | None
    answers: Mapping[str, str] = field(default_factory=dict)
    is_remembered: bool = False
    corrections: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    drifts: tuple[Drift, ...] = ()

    @property
    def upload(self) -> Upload:
        """What would be stored, in the modes that were decided."""
        return self.weighed.upload

    @property
    def difference(self) -> Difference:
        return self.weighed.difference

    @property
    def questions(self) -> tuple[Question, ...]:
        """About the files, then about the rows already stored."""
        return (*self.reading.questions, *self.weighed.questions)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """Questions nobody has confirmed the answer to."""
        return tuple(question for question in self.questions if question.id not in self.known)

    @property
    def known_questions(self) -> tuple[Question, ...]:
        """Questions with an answer of this or an earlier upload."""
        return tuple(question for question in self.questions if question.id in self.known)

    @property
    def answers_used(self) -> dict[str, str]:
        """Every question's answer as this draft was read."""
        return self.reading.proposed() | dict(self.weighed.answers) | dict(self.answers)

    @property
    def next_number(self) -> int:
        return 1 if self.base is None else self.base.number + 1


@dataclass(frozen=True)
class Refused:
    """Files that could not be read as they were recognised: why, and what was said of the sheets so far."""

    files: tuple[KeptFile, ...]
    reading: Reading
    error: FileError
    corrections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """Where uploads are read: the store they are compared with, remembered layouts, the day, and who is told."""

    store: Store
    journal: Journal
    today: date
    time_zone: str
    report: Tell

    def read(self, files: Sequence[KeptFile], workspace: Path) -> Draft | Refused:
        """Open, recognise, read by the proposed answers, compare. TierboardError: nothing was changed."""
        folder = Path(tempfile.mkdtemp(dir=workspace))
        parsed = open_files(
            [(file.name, file.path) for file in files],
            folder,
            on_progress=lambda done, total, name: self.report("in.step.open", name=name),
        )
        return self._begin(tuple(files), parsed, {})

    def _begin(
        self, files: tuple[KeptFile, ...], parsed: Parsed, corrections: Mapping[str, str]
    ) -> Draft | Refused:
        remembered = self.journal.mappings()
        reading = self._recognise(parsed, remembered, corrections)
        draft = self._finish_or_refuse(files, reading, {})
        if isinstance(draft, Refused):
            return draft
        return replace(
            draft,
            known=known_questions(reading, remembered),
            corrections=corrections,
            is_remembered=is_remembered(reading, remembered),
            drifts=drifts(reading, remembered, draft.upload.issues),
        )

    def answer(self, draft: Draft, answers: Mapping[str, str]) -> Draft:
        """The draft read by these answers (of some or all questions), which are then known; equal ones cost nothing."""
        merged = draft.answers_used | dict(answers)
        known = draft.known | set(answers)
        if merged == draft.answers_used:
            return replace(draft, known=known)
        again = self._finish(draft.files, self._reread(draft, answers), merged)
        return replace(
            again,
            known=known,
            corrections=draft.corrections,
            is_remembered=draft.is_remembered,
            drifts=draft.drifts,
        )

    def tell(self, refused: Refused, corrections: Mapping[str, str]) -> Draft | Refused:
        """The refused files read by what a person says of their sheets."""
        return self._begin(refused.files, refused.reading.parsed, {**refused.corrections, **corrections})

    def correct(self, draft: Draft, corrections: Mapping[str, str]) -> Draft | Refused:
        """The draft recognised again with tables, columns or header rows as a person corrected them."""
        merged = {**draft.corrections, **corrections}
        reading = self._recognise(draft.reading.parsed, self.journal.mappings(), merged)
        kept = {key: value for key, value in draft.answers.items() if key in reading.proposed()}
        again = self._finish_or_refuse(draft.files, reading, kept)
        if isinstance(again, Refused):
            return again
        return replace(
            again,
            known=draft.known,
            corrections=merged,
            is_remembered=draft.is_remembered,
            drifts=draft.drifts,
        )

    def compare_again(self, draft: Draft) -> Draft:
        """The same upload held against what is published now."""
        self.report("in.step.compare")
        base, weighed = self.store.current(), weigh(self.store, draft.weighed.offered, draft.answers)
        return replace(draft, weighed=weighed, base=base)

    def publish(self, draft: Draft, author: str, at: datetime) -> Version:
        """Store the draft as the next version and remember what was decided. ConflictError as `Store.publish`."""
        self.report("in.step.publish")
        return publish_import(self.store, draft.weighed, draft.base, author=author, at=at)

    def _reread(self, draft: Draft, answers: Mapping[str, str]) -> Reading:
        """The draft's reading, made anew where an answer says that a file is in another encoding."""
        return reread_for(self.store, draft.reading, answers, self.journal.mappings())

    def _recognise(
        self, parsed: Parsed, remembered: Mapping[str, SheetMapping], corrections: Mapping[str, str]
    ) -> Reading:
        self.report("in.step.recognise")
        first = Calendar(time_zone=self.time_zone)
        return recognise_for(self.store, parsed, remembered, first, corrections, today=self.today)

    def _finish_or_refuse(
        self, files: tuple[KeptFile, ...], reading: Reading, answers: Mapping[str, str]
    ) -> Draft | Refused:
        try:
            return self._finish(files, reading, answers)
        except FileError as error:
            if error.code not in TELLABLE:
                raise
            return Refused(files, reading, error.with_traceback(None), reading.corrections)

    def _finish(self, files: tuple[KeptFile, ...], reading: Reading, answers: Mapping[str, str]) -> Draft:
        self.report("in.step.read")
        known = reading.proposed()
        about_files = {key: answer for key, answer in answers.items() if key in known}
        upload = read_upload(reading, about_files or None, self.today)
        base = self.store.current()
        self.report("in.step.compare")
        weighed = weigh(self.store, upload, answers)
        return Draft(files, reading, weighed, offered_dates(upload), base, dict(answers))
