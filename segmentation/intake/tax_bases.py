"""Amounts with and without tax: sheets of different bases are never added up unasked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from segmentation.intake.asked import Asked
from segmentation.intake.uploads import Issue, Question

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


def agree_on_base(questions: Iterable[Question], asked: Sequence[Asked]) -> list[Question]:
    """Questions about tax propose the base of the sheets that have no choice."""
    bases = set(_fixed_bases(asked).values()) - {""}
    return [
        replace(question, proposed="gross") if question.code == "ask.tax" and bases == {"gross"} else question
        for question in questions
    ]


def differing_bases(asked: Sequence[Asked]) -> Iterable[Issue]:
    """A decision where one sheet has amounts with tax only and another without only."""
    bases = _fixed_bases(asked)
    net = [sheet for sheet, base in bases.items() if base == "net"]
    gross = [sheet for sheet, base in bases.items() if base == "gross"]
    if net and gross:
        facts = {"net": ", ".join(net), "gross": ", ".join(gross)}
        yield Issue("i.bases", "decide", "orders", "amount", 0, (), facts)
