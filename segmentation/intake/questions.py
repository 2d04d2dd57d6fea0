"""Everything only a person can decide about an upload, each with the answer the program proposes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from segmentation.intake.asked import Asked, proven_order, stated_years, year_key
from segmentation.intake.bodies import document_blanks, name_blanks
from segmentation.intake.dates import DateRule, day_month_evidence, lacks_year, read_moment
from segmentation.intake.headers import UNITS, header_unit, title_unit
from segmentation.intake.money import decimal_separator, read_number
from segmentation.intake.month_names import month_of
from segmentation.intake.uploads import Question
from segmentation.intake.vocabularies import deal_state, fold, proposed_state

YES_NO = (("yes", "answer.yes"), ("no", "answer.no"))
STATES = (
    ("won", "answer.won"),
    ("lost", "answer.lost"),
    ("open", "answer.open"),
    ("leave_out", "answer.leave_out"),
)
# The year of a title is that of this month's file: remembering last year's answer would be wrong in January.
# Words with a usual meaning that many firms use otherwise: proposed, and asked.
UNSETTLED = {"搁置": "leave_out", "closed - no decision": "lost"}
NOT_REMEMBERED = ("year:", "ten:")
_PEOPLE = ("人", "employee", "headcount", "staff")
_SCALED = {
    "amount",
    "margin",
    "paid_amount",
    "budget",
    "credit_limit",
    "receivable",
    "size",
    "amount_with_tax",
}


def _number_label(value: Decimal) -> str:
    return f"{value.normalize():f}"


def unit_questions(asked: Asked) -> Iterable[Question]:
    """The unit a header or title states, with one example of what it does to a value."""
    stated = title_unit(asked.reading.title)
    names = {factor: name for name, factor in reversed(UNITS.items())}
    for _, column, index in asked.used({"amount", "number"}):
        own = header_unit(asked.reading.headers[index])
        factor = own or stated
        people = any(word in asked.reading.headers[index].lower() for word in _PEOPLE)
        example = next((t for t in asked.cells(index).used() if read_number(t).value), None)
        if column not in _SCALED or factor is None or factor == 1 or people or example is None:
            continue
        value = read_number(example).value or Decimal(0)
        yield Question(
            asked.id("unit", index),
            "ask.unit",
            asked.facts(index, unit=names[factor], value=example, money=_number_label(value * factor)),
            ((_number_label(factor), names[factor]), ("1", "元")),
            _number_label(factor),
        )


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
    options = sorted({*found.values(), *written, *([year - 1, year + 1] if year else [])})
    yield Question(
        year_key(asked.reading),
        f"ask.year.{where}" if year else "ask.year.unknown",
        {"sheet": asked.reading.sheet, "year": str(year or "")},
        tuple((str(option), str(option)) for option in options),
        str(year or ""),
    )


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
                    yield Question(f"{asked.id('ten', index)}:{text}", "ask.ten", facts, options, "10")
                    break


def decimal_questions(asked: Asked) -> Iterable[Question]:
    """A decimal comma is one decision for the whole column, proposed from all its values."""
    for _, _, index in asked.used({"amount", "number"}):
        evidence = decimal_separator(asked.cells(index).used())
        unsure = evidence == "both" or (evidence == "unclear" and asked.prefers_comma)
        if evidence != "comma" and not unsure:
            continue
        example = next(
            (t for t in asked.cells(index).used() if "," in t), next(iter(asked.cells(index).used()), "")
        )
        yield Question(
            asked.id("decimal", index),
            "ask.decimal",
            asked.facts(index, value=example),
            (("comma", "answer.decimal_comma"), ("point", "answer.decimal_point")),
            "point" if evidence == "both" else "comma",
        )


def blank_questions(asked: Asked) -> Iterable[Question]:
    """Blank heads on the later lines of a document, blank names under a name."""
    for part in asked.reading.parts:
        if part.table != "orders":
            continue
        heads = document_blanks(asked.body.rows, part.columns)
        if heads:
            index, where = next(iter(heads.items()))
            yield Question(
                asked.id("document"), "ask.document", asked.facts(index, n=int(where.sum())), YES_NO, "yes"
            )
        names = name_blanks(asked.body.rows, part.columns)
        if names is not None:
            facts = asked.facts(part.columns["customer_id"], n=int(names.sum()))
            yield Question(asked.id("fill"), "ask.fill", facts, YES_NO, "yes")


def stage_questions(asked: Asked) -> Iterable[Question]:
    """One question per stage whose meaning the words do not settle and no result column settles either."""
    for part in asked.reading.parts:
        if part.table != "deals":
            continue
        result = part.columns.get("state", -1)
        for column in ("stage", "state"):
            index = part.columns.get(column, -1)
            if index < 0:
                continue
            cells = asked.cells(index)
            if column == "stage" and result >= 0 and "is_closed" not in part.columns:
                cells = cells.take(asked.cells(result).codes < 0)
            for text, rows in sorted(cells.counts().items()):
                if deal_state(text) is None or fold(text) in UNSETTLED:
                    proposed = UNSETTLED.get(fold(text)) or proposed_state(text)
                    facts = {"sheet": asked.reading.sheet, "stage": text, "n": rows}
                    yield Question(
                        f"{asked.id('stage')}:{fold(text)}", "ask.stage.one", facts, STATES, proposed
                    )


def choice_questions(asked: Asked) -> Iterable[Question]:
    """With or without tax; the grades already in the file."""
    for part in asked.reading.parts:
        if part.table == "orders" and "amount_with_tax" in part.columns and "amount" in part.columns:
            headers = asked.reading.headers
            net, gross = headers[part.columns["amount"]], headers[part.columns["amount_with_tax"]]
            facts = {"sheet": asked.reading.sheet, "choice": net}
            yield Question(asked.id("tax"), "ask.tax", facts, (("net", net), ("gross", gross)), "net")
        if part.table == "customers" and part.columns.get("grade", -1) >= 0:
            index = part.columns["grade"]
            yield Question(asked.id("grade"), "ask.grade", asked.facts(index), YES_NO, "yes")


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


def questions_of(asked: Asked, hints: Sequence[str]) -> list[Question]:
    """All questions about one sheet, in the order they are read on the page."""
    return [
        *unit_questions(asked),
        *year_questions(asked),
        *order_questions(asked, hints),
        *ten_questions(asked),
        *decimal_questions(asked),
        *serial_questions(asked),
        *blank_questions(asked),
        *stage_questions(asked),
        *choice_questions(asked),
    ]
