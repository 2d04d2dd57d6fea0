"""What the data page shows, as tidy frames of plain text and numbers: made here, drawn in `intake_panels`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from segmentation.i18n import ABSENT, Language
from segmentation.intake.fast_csv import load_rows
from segmentation.intake.uploads import SEVERITIES, SHOWN_CHARACTERS, Issue, Reading, SheetReading, Upload
from segmentation.store import Difference, Version
from segmentation.store_difference import HISTORY
from segmentation.tables import TABLES

UNUSED = "unused"  # an empty text would be drawn as nothing chosen
SHOWN_ROWS = 5
MOST_ALIKE = 3
READ_ROWS = 2_000
DATES = {
    "customers": "first_contact_on",
    "orders": "ordered_on",
    "touches": "at",
    "deals": "opened_on",
    "spend": "month",
}


@dataclass(frozen=True)
class Sums:
    """The counted headline of an upload: rows new, changed, the same, open deals moved; `old`: rows that tell orders
    and closed deals of earlier months otherwise, as many as the months asked about have together."""

    new: int
    changed: int
    same: int
    old: int
    open_deals: int


def count_changes(difference: Difference, tables: Collection[str] | None = None) -> Sums:
    """Over the `tables` the sheets are for (None = all): customers found on order lines are no rows of the files."""
    parts = [part for part in difference.tables if tables is None or part.table in tables]
    return Sums(
        sum(part.added for part in parts),
        sum(part.changed for part in parts),
        sum(part.unchanged for part in parts),
        sum(part.rewritten for part in difference.tables if part.table in HISTORY),
        sum(part.open_changed for part in parts),
    )


def offered_dates(upload: Upload) -> dict[tuple[str, int], tuple[date, date]]:
    """(table, source index) → first and last date of its rows; absent where there is none."""
    found: dict[tuple[str, int], tuple[date, date]] = {}
    for part in upload.tables:
        column = DATES.get(part.table)
        if column is None or not part.rows:
            continue
        frame = load_rows(part.path, part.table, [column, "source_id"]).to_pandas()
        frame[column] = pd.to_datetime(frame[column])
        for source_id, dates in frame.dropna().groupby("source_id")[column]:
            found[part.table, int(str(source_id))] = (dates.min().date(), dates.max().date())
    return found


def recognised_sheets(
    reading: Reading,
    upload: Upload,
    dates: Mapping[tuple[str, int], tuple[date, date]],
    language: Language,
) -> pd.DataFrame:
    """One row per sheet and table it feeds, one per skipped sheet: what it was read as, rows, columns used, dates."""
    rows: list[tuple[Any, ...]] = []
    has_many_files = len({sheet.file for sheet in reading.sheets}) > 1
    read = {(a.file, a.sheet, a.table): a.read for a in upload.accounts}
    for sheet in reading.sheets:
        name = sheet.file if has_many_files and sheet.sheet in ("", sheet.file) else sheet.sheet or sheet.file
        if not sheet.parts:
            role = "in.contacts" if sheet.contacts else "in.skipped"
            rows.append(
                (
                    name,
                    language.say(role),
                    read.get((sheet.file, sheet.sheet, "customers")),
                    sheet.header_row or None,
                    ABSENT,
                    ABSENT,
                )
            )
        for part in sheet.parts:
            used = len({index for index in part.columns.values() if index >= 0})
            spans = [
                dates[part.table, place]
                for place, source in enumerate(upload.sources)
                if (source.file, source.sheet, source.table) == (sheet.file, sheet.sheet, part.table)
                and (part.table, place) in dates
            ]
            rows.append(
                (
                    name,
                    language.say(f"table.{part.table}"),
                    read.get((sheet.file, sheet.sheet, part.table)),
                    sheet.header_row or None,
                    f"{used} / {len([header for header in sheet.headers if header])}",
                    _span(spans, language),
                )
            )
    names = ("sheet", "read_as", "rows", "header_row", "columns", "dates")
    frame = pd.DataFrame(rows, columns=list(names))
    return frame.astype({"rows": "Int64", "header_row": "Int64"})


def _span(spans: Sequence[tuple[date, date]], language: Language) -> str:
    if not spans:
        return ABSENT
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return f"{first.isoformat()} – {last.isoformat()}"


def issue_rows(issues: Iterable[Issue], language: Language) -> pd.DataFrame:
    """Level, where, rows, finding and cells; the gravest first, rows that stay out before others of their level."""
    rows: list[tuple[Any, ...]] = []
    alike: Counter[tuple[str, str, str]] = Counter()
    for issue in sorted(issues, key=lambda one: (SEVERITIES.index(one.severity), one.code != "i.rejected")):
        alike[issue.code, issue.table, issue.column] += 1
        if alike[issue.code, issue.table, issue.column] > MOST_ALIKE:
            continue
        where = [language.say(f"table.{issue.table}")] if issue.table in TABLES else []
        where += [column_label(issue.column, language)] if issue.column else []
        rows.append(
            (
                language.say(f"in.level.{issue.severity}"),
                ", ".join(where) or ABSENT,
                issue.rows,
                language.say(issue.code, **dict(issue.facts)),
                ", ".join(issue.cells) or ABSENT,
            )
        )
    hidden = sum(max(0, count - MOST_ALIKE) for count in alike.values())
    if hidden:
        level = language.say("in.level.noted")
        rows.append((level, ABSENT, None, language.say("in.issues.alike", n=hidden), ABSENT))
    frame = pd.DataFrame(rows, columns=["level", "where", "rows", "finding", "cells"])
    return frame.astype({"rows": "Int64"})


def rejected_rows(upload: Upload, language: Language) -> pd.DataFrame:
    """The rows that stay out, each with file, sheet, cell, value and the reason in words."""
    rows = upload.rejected
    return rows.assign(reason=[language.say(f"reason.{code}") for code in rows["reason"]])


def corrected_rows(upload: Upload, language: Language) -> pd.DataFrame:
    """The cells read otherwise than they are written, each with its cell, both values and the reason in words."""
    rows = upload.corrected
    return rows.assign(reason=[language.say(f"reason.{code}") for code in rows["reason"]])


def table_changes(difference: Difference, language: Language) -> pd.DataFrame:
    """One row per table: added, changed, unchanged rows, and stored rows that give way (column only if any do)."""
    names = ["added", "changed", "unchanged", "removed"]
    rows = [[getattr(part, name) for name in names] for part in difference.tables]
    labels = [language.say(f"table.{part.table}") for part in difference.tables]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(0, "table", labels)
    return frame.loc[:, [name for name in frame.columns if name in ("table", "added") or frame[name].any()]]


def month_changes(difference: Difference, language: Language, currency: str, unit: str) -> pd.DataFrame:
    """Orders and net amount per month, newest first, as `before → after` in the user's unit; one figure if equal."""
    has_before = any(month.orders_before or month.amount_before for month in difference.months)
    rows = []
    for month in reversed(difference.months):
        orders = [language.number(count, 0) for count in (month.orders_before, month.orders_after)]
        amounts = [
            language.money(amount, currency, unit) for amount in (month.amount_before, month.amount_after)
        ]
        is_changed = (month.orders_before, month.amount_before) != (month.orders_after, month.amount_after)
        told = [" → ".join(pair) if has_before and is_changed else pair[1] for pair in (orders, amounts)]
        rows.append((f"{month.month:%Y-%m}", *told, is_changed))
    return pd.DataFrame(rows, columns=["month", "orders", "amount", "is_changed"])


def column_choices(sheet: SheetReading, table: str, language: Language) -> dict[str, str]:
    """Canonical column → what it is called on the page, the unused one last."""
    part = next(part for part in sheet.parts if part.table == table)
    names = (*TABLES[table].names, *(name for name in part.columns if name not in TABLES[table].names))
    return {name: column_label(name, language) for name in names} | {
        UNUSED: language.say("in.kept" if table == "customers" else "in.unused")
    }


def column_label(name: str, language: Language) -> str:
    """What a canonical column is called on the page; a name without words stands for itself."""
    said = language.say(f"column.{name}")
    return name if said == f"column.{name}" else said


def sheet_columns(reading: Reading, sheet: SheetReading, table: str) -> pd.DataFrame:
    """One row per column of a sheet: header, canonical column (`UNUSED` = none), filled share, first values."""
    part = next(part for part in sheet.parts if part.table == table)
    read_as = {index: name for name, index in part.columns.items() if index >= 0}
    cells = _first_cells(reading, sheet)
    rows = []
    for place, header in enumerate(sheet.headers):
        values = cells.get(place, [])
        filled = [value for value in values if value]
        rows.append(
            (
                place,
                header or ABSENT,
                read_as.get(place, UNUSED),
                # Whole percents, downwards: only a column without a gap is 100%.
                100 * len(filled) // len(values) / 100 if values else 0.0,
                ", ".join(value[:40] for value in filled[:3]) or ABSENT,
            )
        )
    return pd.DataFrame(rows, columns=["place", "header", "read_as", "filled_share", "first_values"])


def _first_cells(reading: Reading, sheet: SheetReading) -> dict[int, list[str]]:
    """The first rows of a sheet by column index, as the file has them; blank = ''."""
    for file in reading.parsed.files:
        for raw in file.sheets:
            if (file.name, raw.name) != (sheet.file, sheet.sheet) or raw.path is None:
                continue
            grid = next(pq.ParquetFile(raw.path).iter_batches(READ_ROWS)).to_pandas()
            grid = grid[grid["row"] >= sheet.first_row]
            return {
                place: grid[f"c{place}"].fillna("").astype(str).tolist()
                for place in range(len(sheet.headers))
                if f"c{place}" in grid.columns
            }
    return {}


def corrections_of(sheet: SheetReading, table: str, read_as: Sequence[str]) -> dict[str, str]:
    """What a person changed about one table of a sheet, as `recognise` takes it: column → header text, or "" = none.

    `read_as` has a canonical column (`UNUSED` = none) per column of the sheet; of two equal ones the first counts.
    """
    part = next(part for part in sheet.parts if part.table == table)
    before = {name: index for name, index in part.columns.items() if index >= 0}
    after: dict[str, int] = {}
    for index, name in enumerate(read_as):
        if name != UNUSED and sheet.headers[index]:
            after.setdefault(name, index)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    return {
        f"column:{sheet.signature}:{table}.{name}": sheet.headers[after[name]] if name in after else ""
        for name in sorted(changed)
    }


def preview_rows(upload: Upload, table: str, language: Language) -> pd.DataFrame:
    """The first typed rows of one table, only the columns that hold anything."""
    part = upload.table(table)
    if part is None or not part.rows:
        return pd.DataFrame()
    batch = load_rows(part.path, table, most_rows=READ_ROWS).to_pandas().head(SHOWN_ROWS)
    shown = [name for name in TABLES[table].names if name in batch.columns and batch[name].notna().any()]
    frame = batch[shown].astype(object)
    frame = frame.where(frame.notna(), None).map(_cell)
    return frame.rename(columns={name: column_label(name, language) for name in shown})


def _cell(cell: object) -> str:
    """A stored value as a person writes it: no zeros after the point, no midnight."""
    text = ABSENT if cell is None else str(cell)
    if isinstance(cell, (float, Decimal)) and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.removesuffix(" 00:00:00")[:SHOWN_CHARACTERS]


def version_rows(versions: Sequence[Version], language: Language) -> pd.DataFrame:
    """Newest first: number, when, what, and by how many rows it differs from the one before."""
    rows = []
    for place, version in enumerate(versions):
        before = sum(versions[place - 1].rows.values()) if place else 0
        grown = sum(version.rows.values()) - before
        sign = "+" if grown >= 0 else ""
        rows.append(
            (
                version.number,
                f"{version.published_at:%Y-%m-%d}",
                language.say(f"in.kind.{version.kind}"),
                sign + language.number(grown, 0),
            )
        )
    return pd.DataFrame(rows[::-1], columns=["number", "published", "kind", "grown"])
