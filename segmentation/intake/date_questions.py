"""What only a person can decide about dates: the order of day and month, years not written, day numbers of Excel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from segmentation.intake.asked import Asked, proven_order, stated_years, year_key
from segmentation.intake.dates import (
    DateRule,
    day_month_evidence,
    lacks_day,
    lacks_year,
    read_moment,
    short_orders,
)
from segmentation.intake.month_names import month_of
from segmentation.intake.uploads import YES_NO, Question

ORDERS = {"year": "answer.year_first", "day": "answer.day_first", "month": "answer.month_first"}
# Where a day is what the column is for; when a customer was first met is often known to the month.
OF_A_DAY = {"ordered_on", "at", "opened_on", "closed_on", "paid_on"}


def order_questions(asked: Asked, hints: Sequence[str]) -> Iterable[Question]:
    """Day first or month first, where the column itself proves nothing. FileError where it proves both."""
    columns = [(index, proven_order(asked, index)) for _, _, index in asked.used({"date", "time"})]
    proven = [evidence for _, evidence in columns if evidence in {"day", "month"}] + list(hints)
    for index, evidence in columns:
        if evidence == "unclear":
            example = day_month_evidence(asked.cells(index).used())[1]["unclear"]
            yield Question(
                asked.id("order", index),
                "ask.order",
                asked.facts(index, value=example),
                (("day", "answer.day_first"), ("month", "answer.month_first")),
                proven[0] if proven else "day",
            )


def proven_orders(asked: Asked) -> list[str]:
    """What this sheet proves about day and month: a hint for the others of the upload."""
    found = [day_month_evidence(asked.cells(index).used())[0] for _, _, index in asked.used({"date", "time"})]
    return [evidence for evidence in found if evidence in {"day", "month"}]


def proven_answers(asked: Iterable[Asked]) -> dict[str, str]:
    """The order of day and month a column proved by itself: next month's file may leave it open."""
    found = {}
    for one in asked:
        for _, _, index in one.used({"date", "time"}):
            order = proven_order(one, index)
            if order in {"day", "month"}:
                found[one.id("order", index)] = order
    return found


def year_questions(asked: Asked) -> Iterable[Question]:
    """The year of dates written without one, from title, sheet or file name."""
    texts = [t for _, _, index in asked.used({"date", "time"}) for t in asked.cells(index).used()]
    months = [*asked.reading.months.values()]
    if any(part.columns.get("ordered_on") == -1 for part in asked.reading.parts):
        months += [month for month in [month_of(asked.reading.sheet)] if month]
    bare_months = any(month.year is None for month in months)
    if not bare_months and not any(lacks_year(text) for text in texts):
        return
    found = stated_years(asked.reading)
    written = [m.at.year for t in texts if (m := read_moment(t, DateRule())).at and not lacks_year(t)]
    year = next(iter(found.values()), max(written, default=None))
    where = next(iter(found), "cells")
    where = (
        "file" if where == "sheet" and asked.is_text else where
    )  # a text file's sheet is called by its name
    if year is None and asked.today is not None:
        where, (options, year) = "unknown", _likely_years(asked, texts, asked.today)
    else:
        options = sorted({*found.values(), *written, *([year - 1, year + 1] if year else [])})
    yield Question(
        year_key(asked.reading),
        f"ask.year.{where if year else 'unknown'}",
        {"sheet": asked.reading.sheet, "year": str(year or "")},
        tuple((str(option), str(option)) for option in options),
        str(year or ""),
    )


def firmer(first: Question, second: Question) -> Question:
    """Of two sheets' questions of one id the first; of years nobody states the earlier, so no sheet lies ahead."""
    is_year = second.code == "ask.year.unknown" and second.proposed
    return second if is_year and second.proposed < first.proposed else first


def _likely_years(asked: Asked, texts: Sequence[str], today: date) -> tuple[list[int], int]:
    """The latest year in which nothing written here lies after `today`, among its neighbours."""
    rule = DateRule(year=today.year)
    days = [moment.date() for text in texts if lacks_year(text) and (moment := read_moment(text, rule).at)]
    filled = [month for index, month in asked.reading.months.items() if asked.cells(index).used()]
    named = month_of(asked.reading.sheet)
    months = [*filled, *([named] if named and not asked.reading.months else [])]
    days += [date(today.year, month.month, 1) for month in months if month.year is None]
    year = today.year - (max(days, default=today) > today)
    return [year - 1, year, year + 1], year


def ten_questions(asked: Asked) -> Iterable[Question]:
    """`11.1` in a number cell may have been typed as 11.10: asked where only that keeps the rows in order."""
    year = next((question.proposed for question in year_questions(asked)), "")
    if not year.isdigit():
        return
    rule = DateRule(year=int(year))
    for _, _, index in asked.used({"date", "time"}):
        cells, grid = asked.cells(index), asked.body.rows
        moments = [read_moment(text, rule).at for text in cells.texts]
        for code, text in enumerate(cells.texts):
            if not re.fullmatch(r"\d{1,2}\.[123]", text):
                continue
            literal = moments[code]
            ten = read_moment(text, replace(rule, tens=frozenset({text}))).at
            for row in np.flatnonzero(cells.codes == code):
                before = next((m for c in cells.codes[:row][::-1] if c >= 0 and (m := moments[c])), None)
                after = next(
                    (m for c in cells.codes[row + 1 :] if c >= 0 and c != code and (m := moments[c])), None
                )
                if not (literal and ten and before and ten >= before > literal):
                    continue
                if (after is None or ten <= after) and grid.kind(int(row), index) == "n":
                    facts = asked.facts(index, value=text, first=literal.date(), tenth=ten.date())
                    options = (("10", ten.date().isoformat()), ("1", literal.date().isoformat()))
                    yield Question(f"{asked.id('ten', index)}:{year}:{text}", "ask.ten", facts, options, "10")
                    break


def serial_questions(asked: Asked) -> Iterable[Question]:
    """Day numbers of Excel in a text column: dates, probably."""
    if not asked.is_text:
        return
    for _, _, index in asked.used({"date", "time"}):
        for text in asked.cells(index).used():
            moment = read_moment(text, DateRule())
            if moment.at and "serial" in moment.marks:
                facts = asked.facts(index, value=text, date=moment.at.date())
                yield Question(asked.id("serial", index), "ask.serial", facts, YES_NO, "yes")
                break


def short_year_questions(asked: Asked) -> Iterable[Question]:
    """Two-digit years: which of the three numbers is the year? Asked once per column."""
    for _, _, index in asked.used({"date", "time"}):
        texts = asked.cells(index).used()
        likely = short_orders(texts)
        if likely:
            example = next(text for text in texts if short_orders([text]))
            options = tuple((order, ORDERS[order]) for order in likely)
            facts = asked.facts(index, value=example)
            yield Question(asked.id("short", index), "ask.short_year", facts, options, likely[0])


def month_questions(asked: Asked) -> Iterable[Question]:
    """Months in a column of days: the first of the month, or left out?"""
    for _, column, index in asked.used({"date", "time"}):
        example = next((text for text in asked.cells(index).used() if lacks_day(text)), None)
        if column in OF_A_DAY and example is not None:
            yield Question(
                asked.id("month", index), "ask.month", asked.facts(index, value=example), YES_NO, "yes"
            )
