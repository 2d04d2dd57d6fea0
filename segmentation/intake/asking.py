"""Everything asked and noticed about sheets before a row is typed, in the light of what is known elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from segmentation.identities import Alias
from segmentation.intake import checks, mappings
from segmentation.intake.amount_questions import foreign_columns
from segmentation.intake.asked import Asked
from segmentation.intake.cell_answers import questions_of_cells
from segmentation.intake.contact_lists import contact_questions
from segmentation.intake.date_questions import firmer, proven_orders
from segmentation.intake.header_questions import header_issues, same_headers
from segmentation.intake.identity_questions import conflict_questions, namesakes, short_ids, zero_questions
from segmentation.intake.joint_questions import ask_once
from segmentation.intake.likenesses import alias_questions, alike
from segmentation.intake.numbering import numbering_questions
from segmentation.intake.parsed import Parsed
from segmentation.intake.questions import is_of_the_file, questions_of
from segmentation.intake.recognised import Sheet, key_questions, name_questions, skipped
from segmentation.intake.renamings import renamed
from segmentation.intake.reopening import encoding_questions
from segmentation.intake.same_sales import month_questions
from segmentation.intake.tax_bases import agree_on_base, basis_questions, differing_bases
from segmentation.intake.tellings import noticed
from segmentation.intake.uploads import NOBODY, Issue, Question, Reading, SheetMapping, StoredCustomers
from segmentation.intake.usual_amounts import factor_questions
from segmentation.settings import USUAL_THRESHOLDS, Calendar, Thresholds


@dataclass(frozen=True)
class Light:
    """What is known besides the files: layouts of earlier uploads, the book's calendar, the tables it was `given`, the
    median amount of its order rows (currency), the day, who is who, the customers stored, from where on a check counts;
    and what a person said of these sheets."""

    remembered: Mapping[str, SheetMapping]
    calendar: Calendar | None = None
    given: frozenset[str] = frozenset()
    usual_amount: float | None = None
    today: date | None = None
    aliases: tuple[Alias, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    stored: StoredCustomers = NOBODY
    thresholds: Thresholds = USUAL_THRESHOLDS

    def is_settled(self, question: Question) -> bool:
        """Whether it asks what a person has said already: which table a sheet holds."""
        topic, _, signature = question.id.partition(":")
        return topic == "named" and f"table:{signature}" in self.corrections


def ask_about(
    parsed: Parsed,
    sheets: list[Sheet],
    issues: list[Issue],
    light: Light,
) -> Reading:
    """The reading of sheets as far as their grids go, in the light of what is known elsewhere."""
    calendar = light.calendar
    asked = [sheet.asked(calendar, light.today) for sheet in sheets if sheet.reading.parts]
    hints = [order for one in asked for order in proven_orders(one)]
    opening = [*encoding_questions(parsed), *name_questions(sheets)]
    opening += [*key_questions(sheets), *renamed(issues, sheets)]
    questions = {q.id: q for q in opening}
    for one in asked:
        for question in [*questions_of(one, hints), *questions_of_cells(one), *same_headers(one)]:
            if not light.is_settled(question):
                questions[question.id] = firmer(questions.get(question.id, question), question)
    readings = tuple(sheet.reading for sheet in sheets)
    told = [
        mappings.answers_for(one.headers, light.remembered) for one in readings if one.parts or one.contacts
    ]
    known = {key: value for answers in told for key, value in answers.items()}
    years = {id_: q.proposed for id_, q in questions.items() if id_.startswith("year:")}
    more = [
        *numbering_questions(asked, known),
        *alias_questions(asked, light.aliases, light.stored),
        *contact_questions(sheets, asked, light.aliases),
        *month_questions(asked, years, light.given, known),
    ]
    questions |= {q.id: q for q in [*more, *agree_on_base(questions.values(), asked, calendar)]}
    questions |= {q.id: q for q in [*conflict_questions(asked), *zero_questions(asked)]}
    proposed = {q.id: _answered(q, known).proposed for q in questions.values()}
    questions |= {
        q.id: q
        for q in factor_questions(asked, proposed, light.usual_amount, light.thresholds.unusual_amount)
    }
    questions |= {q.id: q for q in basis_questions(asked, proposed, calendar)}
    return Reading(
        parsed, readings, ask_once([_answered(q, known) for q in questions.values()], asked),
        (*issues, *_noticed(parsed, sheets, asked), *header_issues(asked, sheets, frozenset(light.remembered))),
        calendar or Calendar(), known=MappingProxyType(known), given=light.given, today=light.today,
        aliases=light.aliases, corrections=light.corrections, thresholds=light.thresholds, stored=light.stored,
    )  # fmt: skip


def _noticed(parsed: Parsed, sheets: Sequence[Sheet], asked: Sequence[Asked]) -> list[Issue]:
    """What is said about files, sheets and columns before a row is typed."""
    filled = [
        Issue("i.filled", rows=n, facts={"sheet": sheet.reading.sheet, "n": n})
        for sheet in sheets
        if (n := sheet.layout.filled)
    ]
    return [
        *noticed(parsed), *skipped(sheets), *filled, *checks.unused([sheet.reading for sheet in sheets]),
        *alike(asked), *namesakes(asked), *short_ids(asked), *differing_bases(asked), *foreign_columns(asked),
    ]  # fmt: skip


def _answered(question: Question, known: Mapping[str, str]) -> Question:
    """The question with last time's answer as its proposal."""
    told = known.get(question.id)
    if told is None or is_of_the_file(question.id) or told not in dict(question.options):
        return question
    return replace(question, proposed=told)
