"""What the intake hands over: a reading of the sheets with its questions, and the upload made from the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd

from segmentation.identities import Alias
from segmentation.intake.month_names import Month
from segmentation.settings import USUAL_THRESHOLDS, Calendar, Thresholds

if TYPE_CHECKING:
    from segmentation.intake.fast_csv import FastResult
    from segmentation.intake.parsed import Parsed
    from segmentation.intake.profiles import Profile

Severity = Literal["stop", "decide", "check", "noted"]
Mode = Literal["add", "replace", "upsert"]
SameOrder = Literal["corrected", "further"]
SEVERITIES: tuple[Severity, ...] = ("stop", "decide", "check", "noted")
MODES: tuple[Mode, ...] = ("add", "replace", "upsert")
REJECTED_COLUMNS = ("file", "sheet", "row", "cell", "column", "value", "reason")
CORRECTED_COLUMNS = ("file", "sheet", "row", "cell", "column", "value", "read_as", "reason")
MOST_CORRECTED = 10_000  # lines of the list per part of a sheet; the count goes on
SHOWN_CELLS = 5
# Of a text in a table or list; stored it may be as long as a cell.
SHOWN_CHARACTERS = 4_000
SHEET_NAME = -1  # as the index of a column: the sheet's own name says it
YES_NO = (("yes", "answer.yes"), ("no", "answer.no"))


def _frozen(values: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    return MappingProxyType(dict(values or {}))


@dataclass(frozen=True)
class Issue:
    """Something counted and shown, never silently dropped.

    `code` is a message id, `facts` fill it; `rows` how many rows it concerns, `cells` at most `SHOWN_CELLS`
    addresses such as `Sheet1!B7`. Severity: stop (not to be published so), decide (a person should), check, noted.
    """

    code: str
    severity: Severity = "noted"
    table: str = ""
    column: str = ""
    rows: int = 0
    cells: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=_frozen)


@dataclass(frozen=True)
class Question:
    """Something only a person can decide, with the answer the program proposes.

    `id` is stable for the same source (answers are remembered under it); `options` are (value, label), the
    label a message id or, where it holds no such id, the text itself. `also`: ids the same answer is for.
    """

    id: str
    code: str
    facts: Mapping[str, Any]
    options: tuple[tuple[str, str], ...]
    proposed: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class TablePart:
    """One table a sheet feeds: canonical column → column index of the sheet (0-based), and how well it fits (0–1)."""

    table: str
    columns: Mapping[str, int]
    score: float = 1.0


@dataclass(frozen=True)
class SheetMapping:
    """What was decided about a layout, in words that survive moved columns: header texts, not positions.

    `parts`: table → canonical column → header text; `headers`: all header texts when it was decided;
    `answers`: question id → answer.
    """

    headers: tuple[str, ...] = ()
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=_frozen)
    answers: Mapping[str, str] = field(default_factory=_frozen)


@dataclass(frozen=True)
class SheetReading:
    """What one sheet was recognised as. `header_row` and `first_row` count as the spreadsheet does (1-based).

    `header_row` 0 = no header found; no parts = matches no table, skipped. `signature` names the layout.
    `months`: column index → month where months stand side by side (its orders part has the first of them as amount).
    `contacts`: role → column index of a contact list, which feeds no table but tells of the customers (no parts then).
    `guesses`: table → its columns as they would be read if the sheet held it; `left`: columns a person does not keep.
    `looks`: what the columns hold, kept because looking at every text takes long.
    """

    file: str
    sheet: str
    header_row: int
    first_row: int
    headers: tuple[str, ...]
    parts: tuple[TablePart, ...]
    signature: str = ""
    nearest: str = ""
    title: str = ""
    months: Mapping[int, Month] = field(default_factory=lambda: MappingProxyType({}))
    contacts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    guesses: Mapping[str, Mapping[str, int]] = field(default_factory=_frozen)
    left: frozenset[int] = frozenset()
    looks: tuple[Profile, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.file}/{self.sheet}"


@dataclass(frozen=True)
class StoredCustomers:
    """The customers of the store: their numbers, and name (normalised) → the numbers of who bears it."""

    ids: frozenset[str] = frozenset()
    names: Mapping[str, frozenset[str]] = field(default_factory=_frozen)


NOBODY = StoredCustomers()


@dataclass(frozen=True)
class Reading:
    """Everything understood before a row is typed: sheets, open questions, notices.

    `known`: question id → what was answered for these layouts before, also about what this month does not ask.
    `given`: tables the store has, `stored`: its customers, `aliases`: who is who there. `today`: the day it was made.
    `fast`: the rows of a big clean CSV, typed while it was looked at as a whole.
    """

    parsed: Parsed
    sheets: tuple[SheetReading, ...]
    questions: tuple[Question, ...]
    issues: tuple[Issue, ...]
    calendar: Calendar
    corrections: Mapping[str, str] = field(default_factory=_frozen)
    known: Mapping[str, str] = field(default_factory=_frozen)
    given: frozenset[str] = frozenset()
    today: date | None = None
    aliases: tuple[Alias, ...] = ()
    fast: FastResult | None = None
    thresholds: Thresholds = USUAL_THRESHOLDS
    stored: StoredCustomers = NOBODY

    def proposed(self) -> dict[str, str]:
        """Question id → proposed answer."""
        return {question.id: question.proposed for question in self.questions}


@dataclass(frozen=True)
class Source:
    """Where rows of one table came from; `columns`: canonical → (header text, column letter)."""

    file: str
    sha256: str
    sheet: str
    table: str
    header_row: int
    columns: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class TableUpload:
    """Rows of one table with the columns of `tables.storage_types`; `source_id` indexes `Upload.sources`.

    `path`: Parquet, or `.duckdb` with the table in it where a big CSV was read fast (`fast_csv.load_rows` reads both).
    Mode: add = append; upsert = by row_key; replace = stored rows inside `period` (both dates included) give way,
    all rows of the table where `period` is None. `same_orders`: which order lines of a stored number that say otherwise
    in more than one thing are the stored ones (see `store_difference.Doubt`); the others count beside them.
    """

    table: str
    path: Path
    rows: int
    mode: Mode
    period: tuple[date, date] | None = None
    same_orders: frozenset[SameOrder] = frozenset({"corrected"})


class Correction(NamedTuple):
    """A stored cell that is not what its sheet says: `source_id` indexes `Upload.sources`, `source_row` counts as the
    spreadsheet does, `column_name` is canonical, `reason` why."""

    table_name: str
    source_id: int
    source_row: int
    column_name: str
    reason: str


@dataclass(frozen=True)
class RowAccount:
    """read = accepted + rejected + duplicate + excluded; corrected rows are among the accepted."""

    file: str
    sheet: str
    table: str
    read: int
    accepted: int
    corrected: int
    rejected: int
    duplicate: int
    excluded: int

    @property
    def difference(self) -> int:
        return self.read - self.accepted - self.rejected - self.duplicate - self.excluded


@dataclass(frozen=True)
class Upload:
    """Typed, checked tables ready to be compared and published; nothing of it is stored yet.

    `rejected`: one line per cell that kept its row out. `corrected`: one per cell of an accepted row that was read as
    something else than it says, `read_as` "" where it stays empty; at most `MOST_CORRECTED` of a sheet, of
    `corrected_count` in all. `aliases`: who is who, as it was confirmed by an answer.
    """

    tables: tuple[TableUpload, ...]
    sources: tuple[Source, ...]
    issues: tuple[Issue, ...]
    accounts: tuple[RowAccount, ...]
    rejected: pd.DataFrame
    calendar: Calendar
    mapping: Mapping[str, SheetMapping]
    corrected: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CORRECTED_COLUMNS)))
    corrected_count: int = 0
    aliases: tuple[Alias, ...] = ()
    thresholds: Thresholds = USUAL_THRESHOLDS
    corrections: tuple[Correction, ...] = ()

    def table(self, name: str) -> TableUpload | None:
        """The upload's rows of one table, None where no sheet feeds it."""
        return next((part for part in self.tables if part.table == name), None)
