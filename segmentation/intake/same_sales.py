"""Two sheets of the same sales, orders and monthly totals: one is counted, the other compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from statistics import median

import numpy as np

from segmentation.intake.asked import Asked, unit_key, unit_of, year_key
from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.grids import Cells
from segmentation.intake.headers import UNITS
from segmentation.intake.money import read_number
from segmentation.intake.months_across import is_monthly
from segmentation.intake.questions import YES_NO
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import SHOWN_CELLS, Issue, Question, RowAccount

_E4 = Decimal(10_000)
_SLACK = 10_000
_LOOKED_AT = 20_000
_FACTORS = (1_000, 10_000, 1_000_000, 100_000_000)
_NEAR = 2.5  # how far the months of both may differ and still be the same sales
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
        found += _unit_question(one, twins, years)
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


def _unit_question(table: Asked, twins: Sequence[Asked], years: Mapping[str, str]) -> Iterable[Question]:
    """A month table that names no unit, beside the orders of the same months: theirs are the measure."""
    first = min(table.reading.months)
    ours = defaultdict[tuple[int, int], float](float)
    for month, amount in (pair for twin in twins for pair in _sums_of_list(twin, years).items()):
        ours[month] += amount
    theirs = _sums_of_table(table, years)
    ratios = [ours[month] / theirs[month] for month in ours.keys() & theirs.keys() if theirs[month] > 0]
    if unit_of(table, first) is not None or not ratios:
        return
    usual = median(ratios)
    factor = next((one for one in sorted(_FACTORS) if 1 / _NEAR < usual / one < _NEAR), None)
    if factor is None:
        return
    is_chinese = not "".join(table.reading.headers).isascii()
    name = {f: n for n, f in reversed(UNITS.items()) if n.isascii() != is_chinese}.get(
        Decimal(factor), str(factor)
    )
    options = ((str(factor), name), ("1", "元" if is_chinese else "1"))
    facts = {"a": twins[0].reading.sheet, "b": table.reading.sheet, "factor": f"{factor:,}", "unit": name}
    yield Question(unit_key(table, first), "ask.unit.months", facts, options, str(factor))


def _sums_of_table(asked: Asked, years: Mapping[str, str]) -> dict[tuple[int, int], float]:
    """Month → sum of its column as it is written."""
    year, found = years.get(year_key(asked.reading), ""), dict[tuple[int, int], float]()
    for index, month in asked.reading.months.items():
        day = month.last_day(int(year) if year.isdigit() else None)
        if day:
            found[day.year, day.month] = float(_numbers(asked.cells(index)).sum())
    return found


def _sums_of_list(asked: Asked, years: Mapping[str, str]) -> Mapping[tuple[int, int], float]:
    """Month → sum of the amounts of an order list, in the unit it states."""
    part = next(part for part in asked.reading.parts if part.table == "orders")
    date_index, amount_index = (part.columns.get(name, -1) for name in ("ordered_on", "amount"))
    found = defaultdict[tuple[int, int], float](float)
    if date_index < 0 or amount_index < 0:
        return found
    dates, year = asked.cells(date_index), years.get(year_key(asked.reading), "")
    rule = DateRule(year=int(year) if year.isdigit() else None)
    amounts = _numbers(asked.cells(amount_index)) * float(unit_of(asked, amount_index) or 1)
    for code, text in enumerate(dates.texts[:_LOOKED_AT]):
        moment = read_moment(text, rule).at
        if moment:
            found[moment.year, moment.month] += float(amounts[dates.codes == code].sum())
    return found


def _numbers(cells: Cells) -> np.ndarray:
    """The cells as floats, for comparing sizes; what is no number is 0."""
    values = [float(read_number(text).value or 0) for text in cells.texts]
    return np.array([*values, 0.0])[cells.codes]


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
