"""Questions that are one for a person: the year of all sheets of a file, the unit a title states for its columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from segmentation.i18n import Text
from segmentation.intake.asked import Asked, unit_key, year_key
from segmentation.intake.headers import header_unit
from segmentation.intake.uploads import Question


def ask_once(questions: Iterable[Question], asked: Sequence[Asked]) -> tuple[Question, ...]:
    """The questions, those with one answer joined under the id of the first; `also` names the others."""
    places, groups = _places(asked), dict[Hashable, list[Question]]()
    for question in questions:
        key = (places[question.id], question.proposed) if question.id in places else question.id
        groups.setdefault(key, []).append(question)
    return tuple(group[0] if len(group) == 1 else _joined(group) for group in groups.values())


def answers_for_all(questions: Iterable[Question], answers: Mapping[str, str]) -> dict[str, str]:
    """What was answered once, by the id of every question it was the answer to."""
    told = {other: answers[one.id] for one in questions for other in one.also if one.id in answers}
    return {**told, **answers}


def _places(asked: Sequence[Asked]) -> dict[str, Hashable]:
    """Question id → the file or the title that has one answer for all; questions of several files are not there."""
    found: dict[str, set[Hashable]] = {}
    for one in asked:
        found.setdefault(year_key(one.reading), set()).add(("year", one.reading.file))
        for _, _, index in one.used({"amount", "number"}):
            if header_unit(one.reading.headers[index]) is None:
                found.setdefault(unit_key(one, index), set()).add(("unit", one.reading.key))
    return {id_: next(iter(places)) for id_, places in found.items() if len(places) == 1}


def _joined(group: Sequence[Question]) -> Question:
    first, also = group[0], tuple(question.id for question in group[1:])
    values = dict(option for question in group for option in question.options)
    facts = dict(first.facts)
    if not first.id.startswith("year:"):
        facts["column"] = _listed(group, "column")
        return replace(first, facts=facts, also=also)
    facts |= {"n": len(group), "sheets": _listed(group, "sheet")}
    is_known = not any(question.code == "ask.year.unknown" for question in group)
    code = "ask.year.sheets" if is_known else "ask.year.sheets.unknown"
    return replace(first, code=code, facts=facts, options=tuple(sorted(values.items())), also=also)


def _listed(group: Sequence[Question], fact: str) -> Text:
    """This fact of every question, as each language lists names."""
    names = [str(question.facts[fact]) for question in group]
    return Text(", ".join(names), "、".join(names))
