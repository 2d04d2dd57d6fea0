"""The two verbs of the intake: recognise what was opened, then read it by the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pandas as pd

from segmentation.errors import FileError
from segmentation.intake import checks, mappings
from segmentation.intake.carried import one_row_each
from segmentation.intake.grids import load_grid
from segmentation.intake.gathering import Gathered, gather, link_customers
from segmentation.intake.layouts import SHEET_NAME, read_layout
from segmentation.intake.parsed import Parsed, read_whole
from segmentation.intake.questions import NOT_REMEMBERED, Asked, proven_orders, questions_of
from segmentation.intake.recognised import (
    Sheet,
    agree_on_shape,
    complete,
    key_questions,
    lay_out_all,
    name_questions,
    refusal,
    skipped,
    with_sheet_names,
)
from segmentation.intake.totals import compare_totals
from segmentation.intake.typed import Reader, Rows, column_letter
from segmentation.intake.uploads import (
    REJECTED_COLUMNS,
    Issue,
    Question,
    Reading,
    SheetMapping,
    Source,
    TablePart,
    Upload,
)
from segmentation.settings import Calendar
from segmentation.tables import TABLES

NOTHING_REMEMBERED: Mapping[str, SheetMapping] = MappingProxyType({})
NOTHING_CORRECTED: Mapping[str, str] = MappingProxyType({})


def recognise(
    parsed: Parsed,
    remembered: Mapping[str, SheetMapping] = NOTHING_REMEMBERED,
    calendar: Calendar | None = None,
    corrections: Mapping[str, str] = NOTHING_CORRECTED,
    given: frozenset[str] = frozenset(),
) -> Reading:
    """Which table every sheet is, which column is which, and what only a person can decide. Types no rows yet.

    `remembered`: layout signature → mapping of an earlier upload. `corrections`: `table:<signature>` → table or
    `skip`, `column:<signature>:<table>.<column>` → header text or "". `given`: tables the store already has from a
    sheet of their own (then order lines carry no customers). FileError where a column contradicts itself (e.dates).
    """
    sheets, issues = _sheets(parsed, remembered, corrections, given)
    asked = [sheet.asked() for sheet in sheets if sheet.reading.parts]
    hints = [order for one in asked for order in proven_orders(one)]
    questions = {q.id: q for q in [*name_questions(sheets), *key_questions(sheets)]}
    for one in asked:
        for question in questions_of(one, hints):
            questions.setdefault(question.id, question)
    known = {key: value for one in asked for key, value in _answers(one, remembered).items()}
    open_questions = tuple(_answered(q, known) for q in questions.values())
    notices = [Issue(n.code, facts=dict(n.facts)) for file in parsed.files for n in file.notices]
    filled = [
        Issue("i.filled", rows=n, facts={"sheet": sheet.reading.sheet, "n": n})
        for sheet in sheets
        if (n := sheet.layout.filled)
    ]
    return Reading(
        parsed, tuple(sheet.reading for sheet in sheets), open_questions,
        (*notices, *issues, *skipped(sheets), *filled), calendar or Calendar(),
        MappingProxyType(dict(corrections)),
    )  # fmt: skip


def _sheets(
    parsed: Parsed,
    remembered: Mapping[str, SheetMapping],
    corrections: Mapping[str, str],
    given: frozenset[str],
) -> tuple[list[Sheet], list[Issue]]:
    sheets, issues = [], list[Issue]()
    for sheet in lay_out_all(parsed):
        reading, found = read_layout(sheet.layout, remembered, corrections)
        sheets.append(replace(sheet, reading=reading))
        issues += found
    return complete(agree_on_shape(sheets), given), issues


def _answers(asked: Asked, remembered: Mapping[str, SheetMapping]) -> Mapping[str, str]:
    known = mappings.nearest(asked.reading.headers, remembered)
    return known.answers if known else {}


def _answered(question: Question, known: Mapping[str, str]) -> Question:
    """The question with last time's answer as its proposal."""
    if question.id.startswith(NOT_REMEMBERED) or question.id not in known:
        return question
    return replace(question, proposed=known[question.id])


def read_upload(
    reading: Reading, answers: Mapping[str, str] | None = None, today: date | None = None
) -> Upload:
    """Typed, checked tables by the answers (None = all proposed). Raises FileError when no sheet is a table.

    `today` marks later dates (i.future); nothing below the page knows it by itself.
    """
    given = reading.proposed() | dict(answers or {})
    sheets = _reopened(reading)
    if not any(sheet.reading.parts for sheet in sheets):
        raise refusal(sheets[0]) if sheets else FileError("e.empty", sheet="")
    by_table: dict[str, list[Rows]] = {}
    issues = list(reading.issues)
    for sheet in sheets:
        named = with_sheet_names(sheet, given)
        for rows in _read_sheet(named, given, reading.calendar):
            by_table.setdefault(rows.part.table, []).append(rows)
            issues += [*rows.issues, *compare_totals(rows, given), *checks.excluded(rows)]
    if not any(len(rows) for parts in by_table.values() for rows in parts):
        raise FileError("e.empty", sheet=sheets[0].reading.sheet)
    for table in ("orders", "touches", "deals"):
        if table in by_table:
            by_table[table], linked = link_customers(by_table[table], by_table.get("customers", []))
            issues += linked
    gathered, sources = _gather(by_table, sheets, reading)
    issues += [issue for one in gathered for issue in one.issues]
    issues += checks.check(by_table, today)
    frames = [rows.rejected for parts in by_table.values() for rows in parts if len(rows.rejected)]
    rejected = (
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(REJECTED_COLUMNS))
    )
    calendar = checks.with_currency(reading.calendar, by_table)
    return Upload(
        tuple(one.upload for one in gathered), sources, tuple(issues),
        tuple(account for one in gathered for account in one.accounts), rejected, calendar,
        MappingProxyType(_mapping(sheets, given)),
    )  # fmt: skip


def _reopened(reading: Reading) -> list[Sheet]:
    """The sheets of a reading with their rows; a big CSV is read whole."""
    by_key = {(one.file, one.sheet): one for one in reading.sheets}
    found = []
    for sheet in lay_out_all(reading.parsed):
        known = by_key[sheet.layout.file, sheet.layout.sheet]
        if sheet.raw.is_head_only and known.parts:
            whole = read_whole(sheet.file)
            grid = load_grid(whole.path) if whole.path else sheet.layout.grid
            found.append(replace(sheet, raw=whole, layout=replace(sheet.layout, grid=grid), reading=known))
        else:
            found.append(replace(sheet, reading=known))
    return found


def _read_sheet(sheet: Sheet, answers: Mapping[str, str], calendar: Calendar) -> list[Rows]:
    parts = sheet.reading.parts
    if not parts:
        return []
    asked = checks.filled_down(sheet.asked(), answers)
    # A helper column (short name, currency) keeps its place among the customer's attributes.
    used = {
        index
        for part in parts
        for column, index in part.columns.items()
        if column in TABLES[part.table].names
    }
    is_own = parts[0].table == "customers"
    found = []
    for position, part in enumerate(parts):
        extra = ()
        if part.table == "customers" and (position == 0 or is_own):
            extra = tuple(i for i, text in enumerate(sheet.layout.headers) if i not in used)
        carried = part.table == "customers" and position > 0
        source = one_row_each(asked, part) if carried else asked
        reader = Reader(source, part, answers, calendar.time_zone, sheet.file.is_1904, extra)
        found.append(reader.read())
    return found


def _gather(
    by_table: Mapping[str, list[Rows]], sheets: list[Sheet], reading: Reading
) -> tuple[list[Gathered], tuple[Source, ...]]:
    hashes = {file.name: file.sha256 for file in reading.parsed.files}
    gathered, sources = list[Gathered](), list[Source]()
    for table in TABLES:
        if table not in by_table:
            continue
        parts = by_table[table]
        gathered.append(gather(table, parts, len(sources), reading.parsed.workspace))
        sources += [_source(rows, hashes) for rows in parts]
    return gathered, tuple(sources)


def _source(rows: Rows, hashes: Mapping[str, str]) -> Source:
    reading = rows.asked.reading
    columns = {
        column: (reading.headers[index], column_letter(index)) if index != SHEET_NAME else (reading.sheet, "")
        for column, index in rows.part.columns.items()
    }
    return Source(
        reading.file,
        hashes[reading.file],
        reading.sheet,
        rows.part.table,
        reading.header_row,
        MappingProxyType(columns),
    )


def _mapping(sheets: list[Sheet], answers: Mapping[str, str]) -> dict[str, SheetMapping]:
    """What to remember: every recognised layout, its columns by header text, its answers."""
    found = {}
    for sheet in sheets:
        reading = sheet.reading
        if not reading.parts:
            continue
        mine = {
            key: value
            for key, value in answers.items()
            if f":{reading.signature}" in key and not key.startswith(NOT_REMEMBERED)
        }
        first = reading.parts[0]
        found[reading.signature] = SheetMapping(
            reading.headers, {first.table: _texts(first, reading.headers)}, mine
        )
    return found


def _texts(part: TablePart, headers: tuple[str, ...]) -> dict[str, str]:
    return {column: headers[index] for column, index in part.columns.items() if index != SHEET_NAME}
