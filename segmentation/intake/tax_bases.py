"""Amounts with and without tax: sheets of different bases are never added up unasked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from segmentation.intake.asked import Asked
from segmentation.intake.uploads import YES_NO, Issue, Question, SheetReading, TablePart
from segmentation.settings import Calendar, TaxBasis

Base = Literal["net", "gross", ""]
_NET = re.compile(r"无税|不含税|未税|去税|税前|\bnet\b|excl|without tax|before tax")
_GROSS = re.compile(r"价税合计|含税|\bgross\b|incl|with tax|after tax")


def base_of(header: str) -> Base:
    """What a header says about tax: `无税金额` net, `价税合计` gross, `金额` nothing."""
    plain = unicodedata.normalize("NFKC", header).lower()
    return "net" if _NET.search(plain) else "gross" if _GROSS.search(plain) else ""


def _fixed_bases(asked: Sequence[Asked]) -> dict[str, Base]:
    """Order sheet → the base of its only amount; sheets with both amounts have a choice and are absent."""
    found: dict[str, Base] = {}
    for one in asked:
        for part in one.reading.parts:
            has_choice = {"amount", "amount_with_tax"} <= set(part.columns)
            if part.table == "orders" and part.columns.get("amount", -1) >= 0 and not has_choice:
                found[one.reading.sheet] = base_of(one.reading.headers[part.columns["amount"]])
    return found


def agree_on_base(
    questions: Iterable[Question], asked: Sequence[Asked], calendar: Calendar | None
) -> list[Question]:
    """Questions about tax propose the base of the amounts stored, else of the sheets that have no choice."""
    stored = calendar.tax_basis if calendar else ""
    bases = {stored} if stored in {"net", "gross"} else set(_fixed_bases(asked).values()) - {""}
    return [
        replace(question, proposed="gross") if question.code == "ask.tax" and bases == {"gross"} else question
        for question in questions
    ]


def _base_read(reading: SheetReading, part: TablePart, answers: Mapping[str, str]) -> Base:
    """The base of a sheet's amounts by the answers: of the column read, else as the lines above the header say."""
    columns, headers = part.columns, reading.headers
    if {"amount", "amount_with_tax"} <= set(columns):
        return "gross" if answers.get(f"tax:{reading.signature}") == "gross" else "net"
    index = columns.get("amount", columns.get("unit_price", -1))
    return base_of(headers[index] if 0 <= index < len(headers) else "") or base_of(reading.title)


def basis_questions(
    asked: Sequence[Asked], answers: Mapping[str, str], calendar: Calendar | None
) -> list[Question]:
    """Sheets whose amounts are of another base than those stored: left out (proposed, as the sums would be of neither
    base), or added all the same?

    Where a sheet has both amounts its own question offers the right one, and nothing is asked here.
    """
    stored = calendar.tax_basis if calendar else ""
    found = []
    for one in asked:
        for part in one.reading.parts:
            if part.table != "orders" or "amount_with_tax" in part.columns or stored not in {"net", "gross"}:
                continue
            here = _base_read(one.reading, part, answers)
            if here and here != stored:
                facts = {"sheet": one.reading.sheet, "n": len(one.body.rows)}
                found.append(Question(one.id("basis"), f"ask.basis.{here}", facts, YES_NO[::-1], "no"))
    return found


def with_tax_basis(
    calendar: Calendar, sheets: Iterable[SheetReading], answers: Mapping[str, str]
) -> Calendar:
    """The calendar with the base of the amounts read; "mixed" from the first sheet of another base on."""
    bases: set[TaxBasis] = {
        _base_read(sheet, part, answers)
        for sheet in sheets
        for part in sheet.parts
        if part.table == "orders" and answers.get(f"basis:{sheet.signature}") != "no"
    }
    bases = (bases | {calendar.tax_basis}) - {""}
    if not bases:
        return calendar
    return replace(calendar, tax_basis=next(iter(bases)) if len(bases) == 1 else "mixed")


def differing_bases(asked: Sequence[Asked]) -> Iterable[Issue]:
    """A decision where one sheet has amounts with tax only and another without only."""
    bases = _fixed_bases(asked)
    net = [sheet for sheet, base in bases.items() if base == "net"]
    gross = [sheet for sheet, base in bases.items() if base == "gross"]
    if net and gross:
        facts = {"net": ", ".join(net), "gross": ", ".join(gross)}
        yield Issue("i.bases", "decide", "orders", "amount", 0, (), facts)
