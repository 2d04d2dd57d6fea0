"""Totals rows of the file against the sum of the rows read: compared, never imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import numpy as np

from segmentation.intake.asked import rule_of
from segmentation.intake.grids import column_letter
from segmentation.intake.money import read_number, ten_thousandths
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import SHOWN_CELLS, Issue
from segmentation.intake.vocabularies import is_subtotal, is_total

COMPARED = ("amount", "margin", "paid_amount", "receivable")
_E4 = Decimal(10_000)


def compare_totals(rows: Rows, answers: Mapping[str, str]) -> Iterable[Issue]:
    """Per column one *total.agrees* (noted) for the totals that agree, a *total.differs* (check) for each other.

    A partial total may mean the rows since the last one or the rows of the same customer above it; the sheet's
    total means all rows above. A difference is reported only where no reading agrees.
    """
    for column in COMPARED:
        index = rows.part.columns.get(column, -1)
        if index < 0 or column not in rows.columns or not len(rows.asked.body.excluded["total"]):
            continue
        agreeing = []
        facts = {"sheet": rows.asked.reading.sheet, "column": rows.asked.reading.headers[index]}
        for row, theirs, ours in _compared(rows, column, index, answers):
            slack = min(
                50 + 50 * len(rows), 10_000
            )  # half a cent a row: each may have been rounded before it was added
            cell = f"{rows.asked.reading.sheet}!{column_letter(index)}{row}"
            if any(abs(theirs - value) <= slack for value in ours):
                agreeing.append(cell)
                continue
            numbers = {"theirs": theirs / _E4, "ours": ours[0] / _E4, "diff": (theirs - ours[0]) / _E4}
            yield Issue("total.differs", "check", rows.part.table, column, 1, (cell,), facts | numbers)
        if agreeing:
            cells, told = tuple(agreeing[:SHOWN_CELLS]), {**facts, "n": len(agreeing)}
            yield Issue("total.agrees", "noted", rows.part.table, column, len(agreeing), cells, told)


def _compared(
    rows: Rows, column: str, index: int, answers: Mapping[str, str]
) -> Iterable[tuple[int, int, list[int]]]:
    """(spreadsheet row, the total there, what it may be the sum of) in ten-thousandths, for every totals cell."""
    body = rows.asked.body
    positions = body.excluded["total"]
    totals = [int(body.read.rows[p]) for p in positions]
    rule = rule_of(rows.asked, rows.part, column, answers)
    for position, row in zip(positions, totals, strict=True):
        text = body.read.columns[index].at(int(position))
        number = read_number(text, rule.has_decimal_comma).value if text else None
        if number is not None:
            label = next((t for t in body.read.row_texts(int(position)) if t and is_total(t)), "")
            theirs = ten_thousandths(number * rule.unit)[0]
            yield row, theirs, _readings(rows, column, row, totals, is_subtotal(label))


def _readings(rows: Rows, column: str, row: int, totals: list[int], is_partial: bool) -> list[int]:
    """What the total in `row` may be the sum of, most likely first."""
    values, source = rows.columns[column].data, rows.source_rows
    if values.dtype != np.int64:
        return [0]
    before = max((other for other in totals if other < row), default=0)
    everything = int(values[source < row].sum())
    since = int(values[(source < row) & (source > before)].sum())
    above = np.flatnonzero(source < row)
    customers = rows.columns["customer_id"].data if "customer_id" in rows.columns else None
    same = 0
    if customers is not None and len(above):
        last = customers[above[-1]]
        for position in above[::-1]:
            if customers[position] != last:
                break
            same += int(values[position])
    return [since, same, everything] if is_partial else [everything, since]
