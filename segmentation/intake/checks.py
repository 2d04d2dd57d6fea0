"""What is said about an upload once its rows are typed: excluded rows, unmatched customers, strange dates, currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from segmentation.intake import invisible, refusals
from segmentation.intake.asked import Asked, currency_counts, currency_read
from segmentation.intake.bodies import document_blanks, fill_down, name_blanks
from segmentation.intake.grids import absent, column_letter
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import SHOWN_CELLS, Issue, SheetReading
from segmentation.settings import USUAL_THRESHOLDS, Calendar, Check, Thresholds

EARLIEST = np.datetime64("1950-01-01")
LATEST = np.datetime64("2090-01-01")
_HAPPENED = {"orders": ("ordered_on",), "touches": ("at",), "deals": ("opened_on", "closed_on")}


def filled_down(asked: Asked, answers: Mapping[str, str]) -> Asked:
    """The sheet with blank heads and names filled from above, where the answer says so."""
    grid = asked.body.rows
    columns = list(grid.columns)
    for part in asked.reading.parts:
        if part.table != "orders":
            continue
        if answers.get(asked.id("document")) == "yes":
            for index, where in document_blanks(grid, part.columns).items():
                columns[index] = fill_down(columns[index], where)
        names = name_blanks(grid, part.columns)
        if names is not None and answers.get(asked.id("fill")) == "yes":
            index = part.columns["customer_id"]
            columns[index] = fill_down(columns[index], names)
    rows = replace(grid, columns=tuple(columns))
    return replace(asked, body=replace(asked.body, rows=rows))


def excluded(rows: Rows) -> list[Issue]:
    """One line per reason rows were left out, and one for rejected rows."""
    reading, found = rows.asked.reading, list[Issue]()
    if rows.part is reading.parts[0]:
        found += [*refusals.told(rows.asked, rows.part.table), *invisible.told(rows)]
    for reason, positions in rows.asked.body.excluded.items():
        if len(positions):
            cells = tuple(f"{reading.sheet}!{rows.asked.body.read.rows[p]}" for p in positions[:SHOWN_CELLS])
            facts = {"sheet": reading.sheet, "n": len(positions)}
            found.append(
                Issue(f"i.excluded.{reason}", "noted", rows.part.table, "", len(positions), cells, facts)
            )
    if rows.left_out:
        facts = {"sheet": reading.sheet, "n": rows.left_out}
        found.append(Issue("i.excluded.left_out", "noted", rows.part.table, "", rows.left_out, (), facts))
    if rows.rejected_count:
        facts = {"sheet": reading.sheet, "n": rows.rejected_count}
        cells = tuple(f"{reading.sheet}!{cell}" for cell in rows.rejected["cell"][:SHOWN_CELLS])
        found.append(Issue("i.rejected", "check", rows.part.table, "", rows.rejected_count, cells, facts))
    return found


def check(
    by_table: Mapping[str, Sequence[Rows]], today: date | None, thresholds: Thresholds = USUAL_THRESHOLDS
) -> list[Issue]:
    """Rows of no customer, dates that cannot have happened, deals closed before they were opened, recorded outcomes."""
    found = []
    for table, parts in by_table.items():
        for rows in parts:
            found += _date_issues(table, rows, today, thresholds.future_dates)
        if table in {"orders", "deals", "touches"}:
            found += _unmatched(table, parts)
    amounts = [rows.columns["amount"].data for rows in by_table.get("orders", ())]
    below = np.concatenate([data[data < 0] for data in amounts]) if amounts else np.array([], dtype=np.int64)
    found += refunds(len(below), Decimal(int(below.sum())) / 10_000)
    for rows in by_table.get("deals", ()):
        opened, closed = rows.columns["opened_on"], rows.columns["closed_on"]
        backwards = opened.known & closed.known & (closed.data < opened.data)
        if backwards.any():
            found.append(_issue("i.closed_before_opened", rows, "closed_on", backwards))
        is_flat = any(part.table == "customers" for part in rows.asked.reading.parts)
        if is_flat and not (opened.known.any() or closed.known.any()) and len(rows):
            facts = {"sheet": rows.asked.reading.sheet, "n": len(rows)}
            found.append(Issue("i.recorded", "noted", "deals", "state", len(rows), (), facts))
    return found


def _issue(code: str, rows: Rows, column: str, where: np.ndarray) -> Issue:
    sheet, count = rows.asked.reading.sheet, int(where.sum())
    letter = column_letter(rows.part.columns.get(column, -1))
    cells = tuple(f"{sheet}!{letter}{row}" for row in rows.source_rows[where][:SHOWN_CELLS])
    return Issue(code, "check", rows.part.table, column, count, cells, {"sheet": sheet, "n": count})


def _date_issues(table: str, rows: Rows, today: date | None, ahead: Check) -> list[Issue]:
    found = []
    last = np.datetime64(today) + np.timedelta64(int(ahead.start), "D") if today else LATEST
    for column in _HAPPENED.get(table, ()):
        one = rows.columns[column]
        days = one.data.astype("datetime64[D]")
        strange = one.known & ((days < EARLIEST) | (days > LATEST))
        if strange.any():
            found.append(_issue("i.strange_date", rows, column, strange))
        later = one.known & ~strange & (days > last)
        if later.any():
            found.append(_issue("i.future", rows, column, later))
    return found


def _unmatched(table: str, parts: Sequence[Rows]) -> list[Issue]:
    """Rows of no customer; those of customers nobody knows show when they are held against the store."""
    ids = np.concatenate([rows.columns["customer_id"].data for rows in parts])
    blank = int(absent(ids).sum())
    amount = sum(
        int(rows.columns["amount"].data[absent(rows.columns["customer_id"].data)].sum())
        for rows in parts
        if "amount" in rows.columns
    )
    if not blank:
        return []
    facts = {"n": blank, "amount": amount / 10_000, "share": blank / len(ids)}
    return [Issue(f"i.unmatched.{table}", "check", table, "customer_id", blank, (), facts)]


def with_currency(
    calendar: Calendar, by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str]
) -> Calendar:
    """The calendar with the currency the amounts are written in, where it names none yet."""
    if calendar.currency:
        return calendar
    seen = Counter[str]()
    for rows in (rows for parts in by_table.values() for rows in parts):
        index = rows.part.columns.get("amount", -1)
        if index >= 0:
            read = currency_read(rows.asked, rows.part, index, answers)
            counts = currency_counts(rows.asked, rows.part, index)
            seen.update([read] if read else list(counts))
        if "元" in rows.asked.reading.title or any("元" in header for header in rows.asked.reading.headers):
            seen["CNY"] += 1
    return replace(calendar, currency=seen.most_common(1)[0][0]) if seen else calendar


def headers_only(read: Sequence[Rows]) -> list[Issue]:
    """Sheets of a table that have a header and nothing under it."""
    empty = {rows.asked.reading.key: rows for rows in read if not len(rows.asked.body.read)}
    return [
        Issue("i.no_rows", "check", rows.part.table, facts={"sheet": rows.asked.reading.sheet})
        for rows in empty.values()
    ]


def unused(sheets: Sequence[SheetReading]) -> list[Issue]:
    """Columns that are not stored: of a list of customers those unticked, of other tables those nobody reads."""
    found = []
    for sheet in sheets:
        parts = sheet.parts
        if not parts or sheet.months:
            continue
        used = {index for part in parts for index in part.columns.values()}
        free = sheet.left if parts[0].table == "customers" else range(len(sheet.headers))
        left = [sheet.headers[index] for index in sorted(free) if sheet.headers[index] and index not in used]
        if left:
            facts = {"sheet": sheet.sheet, "n": len(left), "columns": ", ".join(left)}
            found.append(Issue("i.unused", "noted", parts[0].table, "", 0, (), facts))
    return found


def refunds(count: int, amount: Decimal) -> list[Issue]:
    """Negative amounts are kept and counted as what they are."""
    facts = {"n": count, "amount": amount}
    return [Issue("i.negative", "noted", "orders", "amount", 0, (), facts)] if count else []
