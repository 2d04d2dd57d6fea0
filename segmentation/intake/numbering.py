"""Order numbers that begin anew in every sheet: a running number of the list, not the number of an order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from segmentation.intake.asked import Asked
from segmentation.intake.columns import identifier
from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.money import read_number
from segmentation.intake.recognised import Sheet
from segmentation.intake.uploads import YES_NO, Question, TablePart

MOSTLY = 0.5
Said = dict[str, tuple[str | None, ...]]


def numbering_questions(asked: Sequence[Asked], known: Mapping[str, str]) -> list[Question]:
    """For order lists of one layout whose numbers come again on other days (see `_is_another`).

    Proposed: yes, each line is an order of its own; else all but the last sheet would be lost. What was answered
    for the layout (`known`) is asked of a single sheet too: it alone cannot show that its numbers begin anew.
    """
    groups: dict[str, list[tuple[Asked, TablePart]]] = {}
    for one in asked:
        part = _numbered(one.reading.parts)
        if part is not None:
            groups.setdefault(one.reading.signature, []).append((one, part))
    found = []
    for members in groups.values():
        first, part = members[0]
        key = first.id("numbers")
        said = [_said(one, part) for one, part in members]
        if known.get(key) == "yes" or any(_begins_anew(a, b) for a, b in pairwise(said)):
            facts = first.facts(part.columns["order_id"], n=len(members))
            found.append(Question(key, "ask.numbers", facts, YES_NO, "yes"))
    return found


def without_numbers(sheet: Sheet, answers: Mapping[str, str]) -> Sheet:
    """The sheet without its column of order numbers, where the answer says they begin anew."""
    reading = sheet.reading
    if answers.get(f"numbers:{reading.signature}") != "yes":
        return sheet
    parts = []
    for part in reading.parts:
        is_it = part is _numbered((part,))
        columns = {c: i for c, i in part.columns.items() if not (is_it and c == "order_id")}
        parts.append(replace(part, columns=columns))
    return replace(sheet, reading=replace(reading, parts=tuple(parts)))


def _numbered(parts: Sequence[TablePart]) -> TablePart | None:
    """The order part with a number and no line of its own."""
    return next(
        (p for p in parts if p.table == "orders" and "order_id" in p.columns and "line" not in p.columns),
        None,
    )


def _said(asked: Asked, part: TablePart) -> Said:
    """Number → (date, customer, amount) as written; empty where a number comes twice: then it joins lines."""
    numbers = asked.cells(part.columns["order_id"])
    if any(count > 1 for count in numbers.counts().values()):
        return {}
    columns = [part.columns.get(name, -1) for name in ("ordered_on", "customer_id", "amount")]
    texts = [asked.cells(i).values() if i >= 0 else [None] * len(numbers) for i in columns]
    return {
        identifier(number): told
        for number, *told_by in zip(numbers.values(), *texts, strict=True)
        if number and (told := tuple(told_by))
    }


def _begins_anew(before: Said, after: Said) -> bool:
    """Whether most numbers of the shorter list come again, most of them as another order."""
    shared = before.keys() & after.keys()
    if len(shared) < 2 or len(shared) < MOSTLY * min(len(before), len(after)):
        return False
    return sum(_is_another(before[n], after[n]) for n in shared) >= MOSTLY * len(shared)


def _is_another(one: tuple[str | None, ...], two: tuple[str | None, ...]) -> bool:
    """Another day, and another customer or amount or a date written alike: a file saved again writes all otherwise."""
    days = [read_moment(text or "", DateRule()).at for text in (one[0], two[0])]
    if None in days or days[0] == days[1]:
        return False
    names = [identifier(text or "") for text in (one[1], two[1])]
    amounts = [read_number(text or "").value for text in (one[2], two[2])]
    alike = [re.sub(r"\d", "0", text or "") for text in (one[0], two[0])]
    return names[0] != names[1] or amounts[0] != amounts[1] or alike[0] == alike[1]
