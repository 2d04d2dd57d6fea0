"""Months side by side: a sheet of monthly totals, read as one row per customer and month.

Such a row is dated the last day of its month and is one line `monthly total`: how many orders it stands for is not
known, so that counting orders counts months with purchases. A month that says 0 or nothing is no purchase.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from segmentation.intake.asked import Asked, rule_of, unit_key, year_key
from segmentation.intake.bodies import Body
from segmentation.intake.columns import identifier
from segmentation.intake.grids import Cells, column_letter, constant, encode
from segmentation.intake.money import read_number, ten_thousandths
from segmentation.intake.month_names import Month
from segmentation.intake.rows import Rows
from segmentation.intake.totals import compare_totals
from segmentation.intake.typed import Reader
from segmentation.intake.uploads import SHOWN_CELLS, Issue, RowAccount, TablePart
from segmentation.intake.vocabularies import is_total

MONTHLY_TOTAL = "monthly total"
_E4 = Decimal(10_000)
_SLACK = 100


def read_months(asked: Asked, part: TablePart, answers: Mapping[str, str]) -> list[Rows]:
    """One part per month column, so that every amount keeps the cell it stands in."""
    return [
        _read_month(asked, part, index, month, answers)
        for index, month in sorted(asked.reading.months.items())
    ]


def for_every_month(asked: Asked, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers about the first month's column, given for all of them."""
    first, found = min(asked.reading.months), dict[str, str]()
    for index in asked.reading.months:
        for mine, its in (
            (unit_key(asked, index), unit_key(asked, first)),
            (asked.id("decimal", index), asked.id("decimal", first)),
        ):
            found |= {mine: answers[its]} if its in answers else {}
    return found


def _read_month(asked: Asked, part: TablePart, index: int, month: Month, answers: Mapping[str, str]) -> Rows:
    grid = asked.body.rows
    amount = replace(part, columns=dict(part.columns) | {"amount": index})
    bought = _has_amount(grid.columns[index], rule_of(asked, amount, "amount", answers).has_decimal_comma)
    inside = grid.take(bought)
    year = answers.get(year_key(asked.reading), "")
    day = month.last_day(int(year) if year.isdigit() else None)
    texts = [identifier(text or "") for text in inside.columns[part.columns["customer_id"]].values()]
    seen, lines = Counter[str](), list[str]()
    for text in texts:
        seen[text] += 1
        lines.append(MONTHLY_TOTAL if seen[text] == 1 else f"{MONTHLY_TOTAL} {seen[text]}")
    stamp = f"{day:%Y-%m}" if day else f"-{month.month:02d}"
    added = (
        constant(day.isoformat() if day else f"{month.month}月1日", len(inside)),
        encode([f"{stamp} {text}" for text in texts]),
        encode(lines),
    )
    width = len(grid.columns)
    names = asked.reading.headers[index], "", ""
    reading = replace(asked.reading, headers=(*_padded(asked.reading.headers, width), *names))
    excluded = dict(asked.body.excluded) | {"unbought": _positions(asked.body, ~bought)}
    inside = replace(inside, columns=(*inside.columns, *added))
    body = Body(asked.body.read, inside, excluded, asked.body.refused)
    columns = dict(part.columns) | {
        "amount": index,
        "ordered_on": width,
        "order_id": width + 1,
        "line": width + 2,
    }
    one = replace(asked, reading=reading, body=body)
    rows = Reader(one, replace(part, columns=columns), answers).read()
    seen_in = dict(part.columns) | {"amount": index, "ordered_on": index}
    told = replace(one, reading=asked.reading)
    return replace(rows, asked=told, part=replace(part, columns=seen_in))


def _padded(headers: Sequence[str], width: int) -> tuple[str, ...]:
    return (*headers, *[""] * (width - len(headers)))


def _has_amount(cells: Cells, has_decimal_comma: bool) -> np.ndarray:
    """Rows whose cell says something other than nothing and zero."""
    values = [read_number(text, has_decimal_comma) for text in cells.texts]
    something = [value.reason != "" or (value.value is not None and value.value != 0) for value in values]
    return np.array([*something, False], dtype=bool)[cells.codes]


def _positions(body: Body, rows: np.ndarray) -> np.ndarray:
    """Positions in `body.read` of the rows under a mask over `body.rows`."""
    place = {int(row): position for position, row in enumerate(body.read.rows)}
    return np.array([place[int(row)] for row in body.rows.rows[rows]], dtype=np.int64)


def one_account(accounts: Sequence[RowAccount], parts: Sequence[Rows]) -> RowAccount:
    """The account of a month table: its rows that are none count once, its customers once a month."""
    first = accounts[0]
    gone = parts[0].asked.body.excluded
    others = len(accounts) - 1
    often = others * sum(len(where) for reason, where in gone.items() if reason != "unbought")
    refused = others * len(parts[0].asked.body.refused)
    sums = {
        name: sum(getattr(account, name) for account in accounts)
        for name in ("read", "accepted", "corrected", "rejected", "duplicate", "excluded")
    }
    once = {
        "read": sums["read"] - often - refused,
        "excluded": sums["excluded"] - often,
        "rejected": sums["rejected"] - refused,
    }
    return replace(first, **sums | once)


def told_once(parts: Sequence[Rows], answers: Mapping[str, str]) -> list[Issue]:
    """What is said of a month table as a whole, and its column of totals compared with the months."""
    asked, reading = parts[0].asked, parts[0].asked.reading
    rows = sum(len(part) for part in parts)
    customers = len({key for part in parts for key in part.columns["customer_id"].data if key is not None})
    empty = sum(len(part.asked.body.excluded["unbought"]) for part in parts)
    facts = {"sheet": reading.sheet, "n": rows, "customers": customers, "empty": empty}
    found = [Issue("i.months", "check", "orders", "ordered_on", rows, (), facts)]
    merged: dict[tuple[str, str], Issue] = {}
    for part in parts:
        for issue in (*part.issues, *compare_totals(part, answers)):
            key = (issue.code, issue.column if issue.code != "total.differs" else str(issue.cells))
            known = merged.get(key)
            n = issue.rows + (known.rows if known else 0)
            cells = (*known.cells, *issue.cells) if known else issue.cells
            merged[key] = replace(issue, rows=n, cells=cells, facts=dict(issue.facts) | {"n": n})
    return [*found, *merged.values(), *_compare_across(asked, parts, answers)]


def _compare_across(asked: Asked, parts: Sequence[Rows], answers: Mapping[str, str]) -> Iterable[Issue]:
    """The column 合计 of a month table against the months of each customer."""
    reading = asked.reading
    totals = [
        i for i, text in enumerate(reading.headers) if text and i not in reading.months and is_total(text)
    ]
    if len(totals) != 1:
        return
    index, grid, part = totals[0], asked.body.read, parts[0].part
    # `asked` belongs to one month: the rows it lacks had no amount in that month, and have a total all the same.
    gone = {int(p) for reason, where in asked.body.excluded.items() if reason != "unbought" for p in where}
    first = min(reading.months)
    rule = rule_of(asked, replace(part, columns=dict(part.columns) | {"amount": first}), "amount", answers)
    agreeing = []
    facts = {"sheet": reading.sheet, "column": reading.headers[index]}
    for position in range(len(grid)):
        text = grid.columns[index].at(position)
        number = read_number(text, rule.has_decimal_comma).value if text and position not in gone else None
        if number is None:
            continue
        row = int(grid.rows[position])
        ours = sum(int(one.columns["amount"].data[one.source_rows == row].sum()) for one in parts)
        theirs, cell = ten_thousandths(number * rule.unit)[0], f"{reading.sheet}!{column_letter(index)}{row}"
        if abs(theirs - ours) <= _SLACK:
            agreeing.append(cell)
            continue
        numbers = {"theirs": theirs / _E4, "ours": ours / _E4, "diff": (theirs - ours) / _E4}
        yield Issue("total.differs", "check", "orders", "amount", 1, (cell,), facts | numbers)
    if agreeing:
        told = {**facts, "n": len(agreeing)}
        yield Issue(
            "total.agrees", "noted", "orders", "amount", len(agreeing), tuple(agreeing[:SHOWN_CELLS]), told
        )


def is_monthly(rows: Rows) -> bool:
    """Whether the rows are monthly totals."""
    return bool(rows.asked.reading.months) and rows.part.table == "orders"
