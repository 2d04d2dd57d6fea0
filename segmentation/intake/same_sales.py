"""Two sheets of the same sales, orders and monthly totals: one is counted, the other compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np

from segmentation.intake.asked import Asked, year_key
from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.months_across import is_monthly
from segmentation.intake.questions import YES_NO
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import SHOWN_CELLS, Issue, Question, RowAccount

_E4 = Decimal(10_000)
_SLACK = 10_000
_LOOKED_AT = 20_000
Months = set[tuple[int, int]]


def month_questions(
    asked: Sequence[Asked], years: Mapping[str, str], given: frozenset[str], known: Mapping[str, str]
) -> list[Question]:
    """Months side by side: read as rows? And which of two sheets of the same months counts.

    `years`: year question → proposed year. `given`: tables the store has; its orders may be of the same months.
    """
    found, orders = list[Question](), [one for one in asked if _is_order_list(one)]
    for one in asked:
        if not one.reading.months:
            continue
        found.append(Question(one.id("across"), "ask.months", {"sheet": one.reading.sheet}, YES_NO, "yes"))
        mine = _months_of_table(one, years)
        twins = [other for other in orders if mine & _months_of_list(other, years)]
        is_new = one.id("across") not in known
        if not twins and not ("orders" in given and is_new):
            continue
        options = [
            ("orders", "answer.twice.orders"),
            ("both", "answer.twice.both"),
            ("months", "answer.twice.months"),
        ]
        a = twins[0].reading.sheet if twins else "orders"
        code = "ask.twice" if twins else "ask.twice.stored"
        facts = {"a": a, "b": one.reading.sheet, "choice": a}
        found.append(
            Question(one.id("twice"), code, facts, tuple(options if twins else options[::2]), "orders")
        )
    return found


def _is_order_list(asked: Asked) -> bool:
    return not asked.reading.months and any(part.table == "orders" for part in asked.reading.parts)


def _months_of_table(asked: Asked, years: Mapping[str, str]) -> Months:
    year = years.get(year_key(asked.reading), "")
    days = [month.last_day(int(year) if year.isdigit() else None) for month in asked.reading.months.values()]
    return {(day.year, day.month) for day in days if day}


def _months_of_list(asked: Asked, years: Mapping[str, str]) -> Months:
    part = next(part for part in asked.reading.parts if part.table == "orders")
    index = part.columns.get("ordered_on", -1)
    if index < 0:
        return set()
    year = years.get(year_key(asked.reading), "")
    rule = DateRule(year=int(year) if year.isdigit() else None)
    moments = (read_moment(text, rule).at for text in asked.cells(index).used()[:_LOOKED_AT])
    return {(moment.year, moment.month) for moment in moments if moment}


def count_once(
    parts: Sequence[Rows], answers: Mapping[str, str]
) -> tuple[list[Rows], list[Issue], list[RowAccount]]:
    """The order rows that count by the answers, what the others say against them, and the account of those."""
    tables, lists = [p for p in parts if is_monthly(p)], [p for p in parts if not is_monthly(p)]
    choice = {answers.get(part.asked.id("twice"), "") for part in tables} - {""}
    if not choice:
        return list(parts), [], []
    issues, accounts = list(_compare(tables, lists)), list[RowAccount]()
    covered = {month for part in lists for month in _by_month(part)}
    if choice == {"months"}:
        left, kept = [part for part in lists if covered & _all_months(tables)], tables
    elif choice == {"both"}:
        kept = [*lists, *(part for part in tables if not set(_by_month(part)) & covered)]
        left = [part for part in tables if set(_by_month(part)) & covered]
    else:
        kept, left = lists, tables
    read = defaultdict[tuple[str, str], int](int)
    for part in left:
        reading = part.asked.reading
        read[reading.file, reading.sheet] += len(part)
    still = {(p.asked.reading.file, p.asked.reading.sheet) for p in kept}
    for (file, sheet), n in read.items():
        told = {"sheet": sheet, "n": n}
        issues.append(Issue("i.compared", "noted", "orders", "amount", n, (), told))
        if (file, sheet) not in still:
            accounts.append(RowAccount(file, sheet, "orders", n, 0, 0, 0, 0, n))
    return kept, issues, accounts


def _by_month(part: Rows) -> dict[tuple[int, int], int]:
    """Month → amount in ten-thousandths."""
    found = defaultdict[tuple[int, int], int](int)
    days = part.columns["ordered_on"].data
    for month in np.unique(days[~np.isnat(days)].astype("datetime64[M]")):
        year, number = str(month).split("-")
        inside = days.astype("datetime64[M]") == month
        found[int(year), int(number)] = int(part.columns["amount"].data[inside].sum())
    return found


def _all_months(parts: Sequence[Rows]) -> Months:
    return {month for part in parts for month in _by_month(part)}


def _compare(tables: Sequence[Rows], lists: Sequence[Rows]) -> Iterable[Issue]:
    """Per month of both: what the month table says against the orders."""
    ours, theirs = defaultdict[tuple[int, int], int](int), defaultdict[tuple[int, int], int](int)
    for parts, sums in ((lists, ours), (tables, theirs)):
        for part in parts:
            for place, amount in _by_month(part).items():
                sums[place] += amount
    if not tables:
        return
    sheet = tables[0].asked.reading.sheet
    differing = [
        month for month in sorted(set(ours) & set(theirs)) if abs(ours[month] - theirs[month]) > _SLACK
    ]
    agreeing = len(set(ours) & set(theirs)) - len(differing)
    for year, month in differing[:SHOWN_CELLS]:
        a, b = ours[year, month] / _E4, theirs[year, month] / _E4
        facts = {"sheet": sheet, "month": f"{year}-{month:02d}", "theirs": b, "ours": a, "diff": b - a}
        yield Issue("i.twice.differs", "check", "orders", "amount", 1, (), facts)
    if agreeing:
        yield Issue(
            "i.twice.agrees", "noted", "orders", "amount", agreeing, (), {"sheet": sheet, "n": agreeing}
        )
