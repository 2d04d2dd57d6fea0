"""Everything only a person can decide about an upload, each with the answer the program proposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segmentation.i18n import LANGUAGES, Language, Text
from segmentation.intake.amount_questions import (
    currency_questions,
    decimal_questions,
    percent_questions,
    unit_questions,
)
from segmentation.intake.asked import Asked
from segmentation.intake.bodies import document_blanks, name_blanks
from segmentation.intake.date_questions import (
    month_questions,
    order_questions,
    serial_questions,
    short_year_questions,
    ten_questions,
    year_questions,
)
from segmentation.intake.recognition import BONUS, name_bonus
from segmentation.intake.uploads import YES_NO, Question
from segmentation.intake.vocabularies import deal_state, fold, proposed_state
from segmentation.tables import TABLES

STATES = (
    ("won", "answer.won"),
    ("lost", "answer.lost"),
    ("open", "answer.open"),
    ("leave_out", "answer.leave_out"),
)
# Words with a usual meaning that many firms use otherwise: proposed, and asked.
UNSETTLED = {"搁置": "leave_out", "closed - no decision": "lost"}
# What this month's file says of itself: last year's answer would be wrong in January.
_OF_THE_FILE = ("factor:", "basis:")


def is_of_the_file(question_id: str) -> bool:
    """Whether an answer says something about this file alone: a year nobody stated, a month's mistaken unit."""
    is_bare_year = question_id.startswith("year:") and question_id.count(":") == 1
    return is_bare_year or question_id.startswith(_OF_THE_FILE)


def table_questions(asked: Asked) -> Iterable[Question]:
    """A sheet called like one table that looks like another: orders given as the list of customers."""
    reading = asked.reading
    if len(reading.parts) != 1 or name_bonus(reading.parts[0].table, reading.file, reading.sheet):
        return
    table = reading.parts[0].table
    named = next((name for name in TABLES if name_bonus(name, reading.file, reading.sheet) == BONUS), None)
    if named is not None:
        facts = {"sheet": reading.sheet, "named": _table_name(named), "table": _table_name(table)}
        yield Question(asked.id("named"), "ask.table", facts, ((table, "ask.table.read"),), table)


def _table_name(table: str) -> Text:
    return Text(*(Language(code).say(f"table.{table}") for code in LANGUAGES))


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


def questions_of(asked: Asked, hints: Sequence[str]) -> list[Question]:
    """All questions about one sheet, in the order they are read on the page."""
    return [
        *table_questions(asked),
        *unit_questions(asked),
        *year_questions(asked),
        *order_questions(asked, hints),
        *short_year_questions(asked),
        *ten_questions(asked),
        *month_questions(asked),
        *decimal_questions(asked),
        *currency_questions(asked),
        *percent_questions(asked),
        *serial_questions(asked),
        *blank_questions(asked),
        *stage_questions(asked),
        *choice_questions(asked),
    ]
