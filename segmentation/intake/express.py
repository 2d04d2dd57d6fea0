"""The fast path: one big clean CSV of orders is typed in one statement, if nothing about it is open or odd."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow.compute as pc

from segmentation.intake.checks import refunds
from segmentation.intake.dates import is_written_date
from segmentation.intake.fast_csv import (
    FastFile,
    FastMapping,
    FastResult,
    customers_named,
    load_rows,
    read_fast,
)
from segmentation.intake.linking import target_of
from segmentation.intake.recognised import Sheet
from segmentation.intake.uploads import Issue, Question, RowAccount, TableUpload
from segmentation.tables import TABLES

FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%Y%m%d",
)
EARLIEST, LATEST = date(1950, 1, 1), date(2090, 1, 1)


@dataclass(frozen=True)
class Express:
    """The result of the fast path: what the careful path would have said about rows that need no word."""

    sheet: Sheet
    upload: TableUpload
    account: RowAccount
    issues: tuple[Issue, ...]


def plain_sheet(sheets: Sequence[Sheet], questions: Sequence[Question]) -> Sheet | None:
    """The one sheet that may take the fast path: a big CSV, the only orders, no question about it."""
    orders = [sheet for sheet in sheets if any(part.table == "orders" for part in sheet.reading.parts)]
    if len(orders) != 1:
        return None
    sheet = orders[0]
    asked = any(sheet.reading.signature in question.id for question in questions)
    is_plain = sheet.raw.is_head_only and len(sheet.reading.parts) == 1 and not asked
    known = set(sheet.reading.parts[0].columns) <= set(TABLES["orders"].names)
    has_one_header = sheet.layout.header is not None and sheet.layout.header.height == 1
    return sheet if is_plain and known and has_one_header else None


def type_all(sheet: Sheet, folder: Path, source_id: int) -> FastResult | None:
    """Every row of the sheet typed by the fast path into `folder`; None where any of them needs a closer look."""
    part, file = sheet.reading.parts[0], sheet.file
    columns = {column: index for column, index in part.columns.items() if index >= 0}
    formats = {}
    for column, index in columns.items():
        if TABLES["orders"].column(column).kind == "date":
            pattern = _format(sheet.layout.body().columns[index].used())
            if pattern is None:
                return None
            formats[column] = pattern
    if file.text_path is None or len(columns) != len(part.columns):
        return None
    source = FastFile(
        file.text_path, file.name, sheet.reading.sheet, file.delimiter, sheet.reading.header_row,
        len(sheet.layout.headers), file.skipped_lines, file.line_feeds,
    )  # fmt: skip
    found = read_fast(source, FastMapping("orders", columns, formats), folder, source_id)
    return found if found is not None and "ordered_on" in found.ranges else None


def names_strangers(found: FastResult, customers: Collection[str]) -> bool:
    """Whether orders name customers no list knows, who may be asked about; no list, no strangers."""
    if not customers:
        return False
    return not customers_named(found.path) <= set(customers)


def names_others(found: FastResult, known: tuple[Collection[str], Mapping[str, set[str]]]) -> bool:
    """Whether orders call a customer by a name or a longer number: who is meant is found on the careful path."""
    ids, names = known
    if not ids and not names:
        return False
    return any(target_of(text, ids, names) != text for text in customers_named(found.path))


def read_express(
    sheet: Sheet, found: FastResult, today: date | None, known: tuple[Collection[str], Mapping[str, set[str]]]
) -> Express | None:
    """What is told of rows the fast path typed; None where the careful path is needed after all."""
    part, file = sheet.reading.parts[0], sheet.file
    first, last = (_day(moment) for moment in found.ranges["ordered_on"])
    if first < EARLIEST or last > min(LATEST, today or LATEST):
        return None
    blank = found.blanks.get("customer_id", 0)
    if names_others(found, known):
        return None
    table = load_rows(found.path, "orders", ["customer_id", "amount"]) if blank else None
    has_ids = "order_id" in part.columns
    upload = TableUpload(
        "orders",
        found.path,
        found.rows,
        "upsert" if has_ids else "replace",
        None if has_ids else (first, last),
    )
    account = RowAccount(file.name, sheet.reading.sheet, "orders", found.rows, found.rows, 0, 0, 0, 0)
    issues = (*_unmatched(table, blank, found.rows), *refunds(*found.below_zero))
    return Express(sheet, upload, account, issues)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _format(texts: Sequence[str]) -> str | None:
    """The one pattern all texts of the head follow; day and month must be proven by the texts themselves."""
    fitting = []
    for pattern in FORMATS:
        try:
            moments = [datetime.strptime(text, pattern) for text in texts]
        except ValueError:
            continue
        if moments and all(text == moment.strftime(pattern) or is_written_date(text)
                           for text, moment in zip(texts, moments, strict=True)):  # fmt: skip
            fitting.append(pattern)
    return fitting[0] if len(fitting) == 1 else None


def _unmatched(table, blank: int, rows: int) -> list[Issue]:  # type: ignore[no-untyped-def]
    if not blank:
        return []
    lost = pc.filter(table.column("amount"), pc.is_null(table.column("customer_id")))
    facts = {"n": blank, "amount": float(pc.sum(lost).as_py() or 0), "share": blank / rows}
    return [Issue("i.unmatched.orders", "check", "orders", "customer_id", blank, (), facts)]
