"""All sheets of an upload against each other: carried customers, flat sheets, sheets of one shape, what is skipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from segmentation.errors import FileError
from segmentation.intake.asked import Asked
from segmentation.intake.bodies import select_rows
from segmentation.intake.column_refusals import columns_between_blanks
from segmentation.intake.grids import load_grid
from segmentation.intake.headers import normalise
from segmentation.intake.layouts import Layout, carried_customers, flat_deals, header_key, lay_out, row_known
from segmentation.intake.parsed import FileParsed, Parsed, RawSheet, read_whole
from segmentation.intake.recognition import Candidate, is_month_name, kind_of, spoken
from segmentation.intake.refusals import set_apart
from segmentation.intake.rows import NEEDED, Rows
from segmentation.intake.uploads import (
    SHEET_NAME,
    YES_NO,
    Issue,
    Question,
    Reading,
    SheetMapping,
    SheetReading,
    TablePart,
)
from segmentation.settings import Calendar

_SELLER = {"deals": "rep", "orders": "rep", "touches": "rep", "customers": "owner"}


@dataclass(frozen=True)
class Sheet:
    """A sheet being read: where it came from, its layout, its reading so far."""

    file: FileParsed
    raw: RawSheet
    layout: Layout
    reading: SheetReading

    def asked(self, calendar: Calendar | None = None, today: date | None = None) -> Asked:
        """The sheet as the questions see it: its rows divided, its file's habits."""
        needed = {
            index
            for part in self.reading.parts
            for column, index in part.columns.items()
            if index >= 0 and column in (*NEEDED[part.table], "name", "order_id")
        }
        named = None
        if self.reading.months and self.reading.parts:
            named = self.reading.parts[0].columns["customer_id"]
            needed = {named}
        body = select_rows(self.layout.body(), self.layout.headers, sorted(needed), named)
        is_text, width = self.file.kind == "csv", self._width()
        calendar = calendar or Calendar()
        return Asked(
            self.reading, set_apart(body, width, self._used()), is_text, self.file.delimiter == ";",
            calendar.time_zone, self.file.is_1904, width, calendar.currency, today,
        )  # fmt: skip

    def _width(self) -> int | None:
        """Values in the header of a text file."""
        header, kinds = self.layout.header, self.layout.grid.kinds
        if header is None or self.file.kind != "csv":
            return None
        return max(len(kinds[position] or "") for position in range(header.position, header.body))

    def _used(self) -> set[int]:
        """Columns whose texts are kept: all of a customer list, else those that were recognised."""
        parts = self.reading.parts
        if parts and parts[0].table == "customers":
            return set(range(len(self.layout.grid.columns)))
        return {index for part in parts for index in part.columns.values() if index >= 0}


def readable_sheets(parsed: Parsed) -> Iterable[tuple[FileParsed, RawSheet]]:
    """Visible sheets with cells; hidden ones, charts and pivots are never read."""
    for file in parsed.files:
        for raw in file.sheets:
            if raw.visible and raw.path is not None and not raw.is_pivot and raw.rows:
                yield file, raw


def agree_on_shape(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Sheets of one file and one shape are read alike: the fullest reading counts for all of them."""
    best: dict[tuple[str, str], SheetReading] = {}
    for sheet in sheets:
        reading, key = sheet.reading, (sheet.reading.file, sheet.reading.signature)
        known = best.get(key)
        if reading.parts and (known is None or len(reading.parts[0].columns) > len(known.parts[0].columns)):
            best[key] = reading
    found = []
    for sheet in sheets:
        model = best.get((sheet.reading.file, sheet.reading.signature))
        same = model is not None and list(map(normalise, model.headers)) == list(
            map(normalise, sheet.reading.headers)
        )
        parts = model.parts if model is not None and same else sheet.reading.parts
        parts = sheet.reading.parts if sheet.reading.months else parts
        found.append(replace(sheet, reading=replace(sheet.reading, parts=parts)))
    return found


def complete(sheets: Sequence[Sheet], given: frozenset[str]) -> list[Sheet]:
    """Give each sheet the second table it feeds, where no other sheet (or earlier upload, `given`) has it."""
    tables = {part.table for sheet in sheets for part in sheet.reading.parts}
    found = []
    for sheet in sheets:
        parts = sheet.reading.parts
        if len(parts) == 1:
            parts = _second_part(sheet.layout, parts[0], tables | given, len(sheets) == 1)
        found.append(replace(sheet, reading=replace(sheet.reading, parts=parts)))
    return found


def _second_part(
    layout: Layout, part: TablePart, tables: frozenset[str] | set[str], is_alone: bool
) -> tuple[TablePart, ...]:
    if part.table in {"customers", "deals"} and not {"orders", "touches"} & tables:
        other = {"customers": "deals", "deals": "customers"}[part.table]
        flat = flat_deals(layout, part) if other not in tables else None
        if flat:
            return flat
    if part.table in {"orders", "deals"} and "customers" not in tables:
        carried = carried_customers(layout, part)
        if carried:
            return part, carried
    return (part,)


def name_questions(sheets: Sequence[Sheet]) -> list[Question]:
    """Sheets of one file and one shape: taken together, the sheet name offered as seller (or known as month)."""
    groups = defaultdict[tuple[str, str], list[Sheet]](list)
    for sheet in sheets:
        if sheet.reading.parts:
            groups[sheet.reading.file, sheet.reading.signature].append(sheet)
    found = []
    for (_, name), members in groups.items():
        part = members[0].reading.parts[0]
        column = _SELLER.get(part.table, "")
        if len(members) < 2:
            continue
        facts = {"n": len(members), "first": members[0].reading.sheet, "last": members[-1].reading.sheet}
        if all(is_month_name(sheet.reading.sheet) for sheet in members):
            found.append(Question(f"months:{name}", "ask.sheets.month", facts, YES_NO, "yes"))
        elif column and column not in part.columns:
            found.append(Question(f"sellers:{name}", "ask.sheets.rep", facts, YES_NO, "yes"))
    return found


def with_sheet_names(sheet: Sheet, answers: Mapping[str, str]) -> Sheet:
    """The sheet's name as the seller of its rows, where that was the answer; a month sheet declined is not read."""
    reading = sheet.reading
    if is_declined(reading, answers):
        return replace(sheet, reading=replace(reading, parts=()))
    if answers.get(f"sellers:{reading.signature}") != "yes" or not reading.parts:
        return sheet
    first = reading.parts[0]
    named = replace(first, columns=dict(first.columns) | {_SELLER[first.table]: SHEET_NAME})
    return replace(sheet, reading=replace(reading, parts=(named, *reading.parts[1:])))


def is_declined(reading: SheetReading, answers: Mapping[str, str]) -> bool:
    """Whether the answer was not to read the sheet at all."""
    return "no" in {answers.get(f"{topic}:{reading.signature}") for topic in ("months", "across", "basis")}


def key_questions(sheets: Sequence[Sheet]) -> list[Question]:
    """No customer number anywhere: the name connects the sheets."""
    users = [
        s.reading for s in sheets if any({"customer_id", "name"} & set(p.columns) for p in s.reading.parts)
    ]
    customers = [p for r in users for p in r.parts if p.table == "customers"]
    if len(users) < 2 or not customers or any("customer_id" in part.columns for part in customers):
        return []
    return [Question("key", "ask.key", {}, (("name", "answer.name_key"),), "name")]


def skipped(sheets: Sequence[Sheet]) -> list[Issue]:
    """A notice for every sheet no table explains."""
    found = []
    for sheet in sheets:
        if not sheet.reading.parts and not sheet.reading.contacts:
            guess = spoken(sheet.reading.nearest, sheet.reading.headers)
            facts = {"file": sheet.reading.file, "sheet": sheet.reading.sheet, "guess": guess}
            rows = max(0, sheet.raw.rows - sheet.reading.header_row)
            found.append(Issue("i.skipped", "noted", rows=rows, facts=facts))
    return found


def refusal(sheet: Sheet) -> FileError:
    """Why a sheet that stands alone is refused: nearly a table (which column is missing) or none."""
    if sheet.reading.contacts:
        return FileError("e.contacts", sheet=sheet.reading.sheet)
    if sheet.file.kind == "csv" and (columns := columns_between_blanks(sheet.layout.grid)):
        return FileError("e.delimiter", sheet=sheet.reading.sheet, columns=columns)
    best = sheet.layout.ranked[0] if sheet.layout.ranked else None
    if best is None:
        return FileError("e.header", sheet=sheet.reading.sheet, n=sheet.raw.rows)
    if best.points >= 2 and len(best.columns) >= 2 and best.lacks:
        headers = sheet.layout.headers
        return FileError(
            "e.column", sheet=sheet.reading.sheet, table=best.table,
            column=", ".join(spoken(name, headers, best.table) for name in best.lacks),
            found=", ".join(header for header in headers if header), guess=_guess(sheet.layout, best),
        )  # fmt: skip
    if not best.points:
        return FileError("e.nottable.none", sheet=sheet.reading.sheet)
    return FileError("e.nottable", sheet=sheet.reading.sheet, guess=spoken(best.table, sheet.layout.headers))


def _guess(layout: Layout, best: Candidate) -> str:
    """The free column whose cells could be what is missing; "" where every column is read as something."""
    used, column = set(best.columns.values()), best.lacks[0]
    free = [index for index, text in enumerate(layout.headers) if text and index not in used]
    kind = kind_of(best.table, column)
    fitting = [
        index
        for index in free
        if layout.profiles[index].filled_share and layout.profiles[index].fits(kind, column)
    ]
    return layout.headers[(fitting or free)[0]] if free else ""


def refuse_idle_files(
    sheets: Sequence[Sheet], read: Sequence[Rows], corrections: Mapping[str, str], answers: Mapping[str, str]
) -> None:
    """FileError for a file that gives nothing though it means to: a header without rows, or a table without a column
    it cannot do without. What looks like no table at all is skipped with a notice, and what a person skipped is."""
    filled = {rows.asked.reading.file for rows in read if len(rows.asked.body.read)}
    by_file = defaultdict[str, list[Sheet]](list)
    for sheet in sheets:
        is_skipped = corrections.get(f"table:{sheet.reading.signature}") == "skip"
        if not (is_skipped or sheet.reading.contacts or is_declined(sheet.reading, answers)):
            by_file[sheet.reading.file].append(sheet)
    for file, members in by_file.items():
        used = [sheet for sheet in members if sheet.reading.parts]
        if file in filled or any(sheet.raw.is_head_only for sheet in used):
            continue
        if used:
            raise FileError("e.empty", sheet=used[0].reading.sheet, file=file)
        found = [refusal(sheet) for sheet in members]
        missing = next((error for error in found if error.code == "e.column"), None)
        if missing is not None:
            raise FileError(missing.code, **{**missing.facts, "file": file})


def lay_out_all(
    parsed: Parsed,
    corrections: Mapping[str, str],
    remembered: Mapping[str, SheetMapping],
) -> list[Sheet]:
    """Every readable sheet with its layout, not yet read: the header where a person says, else where it was known by,
    else where it is found."""
    found = []
    for file, raw in readable_sheets(parsed):
        grid = load_grid(_path(raw))
        told = corrections.get(header_key(file.name, raw.name), "")
        row = int(told) if told.isdigit() else row_known(grid, remembered)
        found.append(_laid_out(file, raw, lay_out(file.name, raw.name, grid, raw.merged_ranges, row)))
    return found


def _laid_out(file: FileParsed, raw: RawSheet, layout: Layout) -> Sheet:
    return Sheet(file, raw, layout, SheetReading(file.name, raw.name, 0, 0, (), ()))


def _path(raw: RawSheet) -> Path:
    assert raw.path is not None, "a readable sheet has its cells in a file"
    return raw.path


def in_full(sheet: Sheet) -> Sheet:
    """The sheet with all its rows, where only the head of a big CSV was looked at."""
    if not sheet.raw.is_head_only or not sheet.reading.parts:
        return sheet
    raw = read_whole(sheet.file)
    grid = load_grid(raw.path) if raw.path else sheet.layout.grid
    return replace(sheet, raw=raw, layout=replace(sheet.layout, grid=grid))


def reopened(reading: Reading) -> list[Sheet]:
    """The sheets of a reading, laid out again, with what was recognised (and corrected) then."""
    by_key = {(one.file, one.sheet): one for one in reading.sheets}
    found = []
    for file, raw in readable_sheets(reading.parsed):
        known = by_key[file.name, raw.name]
        grid, row = load_grid(_path(raw)), known.header_row
        layout = lay_out(file.name, raw.name, grid, raw.merged_ranges, row, looks=known.looks)
        found.append(replace(_laid_out(file, raw, layout), reading=known))
    return found
