"""What is said of the rows of an upload once they are typed, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.intake import checks
from segmentation.intake.fast_csv import load_rows
from segmentation.intake.months_across import is_monthly, told_once
from segmentation.intake.parsed import Parsed
from segmentation.intake.recognised import Sheet
from segmentation.intake.rows import Rows
from segmentation.intake.totals import compare_totals
from segmentation.intake.uploads import SHOWN_CELLS, Issue, TableUpload

LINES_A_DAY = 1.5  # so many rows per customer and order day look like lines of receipts


def told_of_rows(by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str]) -> list[Issue]:
    """What is said of rows and totals, sheet by sheet; of a month table once, not once a month."""
    issues, monthly = list[Issue](), dict[str, list[Rows]]()
    for rows in (rows for parts in by_table.values() for rows in parts):
        if not is_monthly(rows):
            issues += [*rows.issues, *compare_totals(rows, answers), *checks.excluded(rows)]
            continue
        monthly.setdefault(rows.asked.reading.key, []).append(rows)
    for parts in monthly.values():
        gone = {
            reason: where for reason, where in parts[0].asked.body.excluded.items() if reason != "unbought"
        }
        body = replace(parts[0].asked.body, excluded=gone)
        once = replace(parts[0], asked=replace(parts[0].asked, body=body), rejected_count=0)
        issues += [*told_once(parts, answers), *checks.excluded(once)]
        issues += [
            issue
            for part in parts
            if part.rejected_count
            for issue in checks.excluded(
                replace(part, asked=replace(part.asked, body=replace(body, excluded={})))
            )
        ]
    return issues


def noticed(parsed: Parsed) -> list[Issue]:
    """What was noticed while opening; that colours and comments are not read is said once for all files."""
    notices = [notice for file in parsed.files for notice in file.notices]
    # A hidden sheet's notice says it too.
    marked = [notice for notice in notices if notice.code in {"n.marks", "up.hidden"}]
    once = next((notice for notice in marked if notice.code == "up.hidden"), next(iter(marked), None))
    told = [notice for notice in notices if notice.code != "n.marks" or notice is once]
    return [Issue(notice.code, rows=notice.rows, facts=dict(notice.facts)) for notice in told]


def overdue(deals: Sequence[Rows], today: date | None) -> Iterable[Issue]:
    """Open deals whose expected closing date has passed: overdue to close, neither lost nor closed."""
    for rows in deals:
        expected = rows.columns["expected_on"]
        late = expected.known & (rows.columns["state"].data == "open")
        late &= expected.data.astype("datetime64[D]") < np.datetime64(today or "1000-01-01")
        if late.any():
            sheet, n = rows.asked.reading.sheet, int(late.sum())
            cells = tuple(f"{sheet}!{row}" for row in rows.source_rows[late][:SHOWN_CELLS])
            yield Issue("i.overdue", "check", "deals", "expected_on", n, cells, {"sheet": sheet, "n": n})


def rows_as_orders(sheets: Sequence[Sheet], uploads: Sequence[TableUpload]) -> Iterable[Issue]:
    """Orders without a number, several of a customer on a day: each row counts as one and may be a line of one."""
    parts = [
        (one.reading.sheet, part) for one in sheets for part in one.reading.parts if part.table == "orders"
    ]
    orders = next((upload for upload in uploads if upload.table == "orders"), None)
    if orders is None or any("order_id" in part.columns for _, part in parts):
        return
    rows = load_rows(orders.path, "orders", ["customer_id", "ordered_on"]).drop_null()
    days = pa.table(
        [rows.column("customer_id"), pc.cast(rows.column("ordered_on"), pa.date32())], ["who", "day"]
    )
    count = days.group_by(["who", "day"]).aggregate([]).num_rows
    if count and rows.num_rows >= LINES_A_DAY * count:
        facts = {"sheet": parts[0][0], "n": rows.num_rows, "days": count}
        yield Issue("i.rows_as_orders", "noted", "orders", "order_id", 0, (), facts)


def without_touches(by_table: Mapping[str, Sequence[Rows]], given: frozenset[str]) -> Iterable[Issue]:
    """Orders and no follow-up in this upload, where follow-ups are kept: not recorded, which is not none."""
    is_kept = "touches" in by_table or "touches" in given
    if not is_kept or any(len(rows) for rows in by_table.get("touches", ())) or "orders" not in by_table:
        return
    days = np.concatenate([rows.columns["ordered_on"].data for rows in by_table["orders"]])
    known = days[~np.isnat(days)]
    if len(known):
        yield Issue(
            "i.nofollow", "check", "touches", "at", 0, (), {"month": str(known.max().astype("datetime64[M]"))}
        )
