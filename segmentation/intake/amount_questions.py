"""What only a person can decide about amounts: their unit, their decimal sign, their currency, percents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import numpy as np

from segmentation.intake.asked import Asked, currency_counts, unit_key, unit_of
from segmentation.intake.headers import UNITS
from segmentation.intake.money import decimal_separator, read_number
from segmentation.intake.uploads import Issue, Question

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
    names = {factor: name for name, factor in reversed(UNITS.items())}
    for _, column, index in asked.used({"amount", "number"}):
        factor = unit_of(asked, index)
        people = any(word in asked.reading.headers[index].lower() for word in _PEOPLE)
        example = next((t for t in asked.cells(index).used() if read_number(t).value), None)
        if column not in _SCALED or factor is None or factor == 1 or people or example is None:
            continue
        value = read_number(example).value or Decimal(0)
        yield Question(
            unit_key(asked, index),
            "ask.unit",
            asked.facts(index, unit=names[factor], value=example, money=_number_label(value * factor)),
            ((_number_label(factor), names[factor]), ("1", "元")),
            _number_label(factor),
        )


def decimal_questions(asked: Asked) -> Iterable[Question]:
    """A decimal comma is one decision for the whole column, proposed from all its values, else from its neighbours."""
    used = [(index, asked.written(index)) for _, _, index in asked.used({"amount", "number"})]
    found = {index: decimal_separator(texts) for index, texts in used}
    others = {proof for proof in found.values() if proof in {"point", "comma"}}
    for index, texts in used:
        evidence = found[index]
        if evidence == "unclear":
            if asked.prefers_comma and others != {"point"}:
                evidence = "comma"
            # Three decimals after a point are common; three digits after a comma are as likely the one as the other.
            elif others == {"point"} or not any("," in text for text in texts):
                continue
        if evidence not in {"comma", "both", "unclear"}:
            continue
        example = next((t for t in texts if "," in t), next(iter(texts), ""))
        yield Question(
            asked.id("decimal", index),
            "ask.decimal",
            asked.facts(index, value=example),
            (("comma", "answer.decimal_comma"), ("point", "answer.decimal_point")),
            "comma" if evidence == "comma" else "point",
        )


def currency_questions(asked: Asked) -> Iterable[Question]:
    """Amounts of several currencies in one column are never added up: which one is read, the commonest proposed."""
    for part, _, index in asked.used({"amount"}):
        counts = currency_counts(asked, part, index)
        if len(counts) < 2:
            continue
        told = ", ".join(f"{currency} {n}" for currency, n in counts.most_common())
        options = tuple((currency, currency) for currency, _ in counts.most_common())
        facts = asked.facts(index, currencies=told)
        yield Question(asked.id("currency", index), "ask.currency", facts, options, options[0][0])


def foreign_columns(asked: Sequence[Asked]) -> Iterable[Issue]:
    """Columns of amounts written in another currency than the book's throughout: nothing is converted."""
    for one in asked:
        for part, column, index in one.used({"amount"}):
            counts = currency_counts(one, part, index)
            if not one.currency or not counts or one.currency in counts:
                continue
            currency, n = counts.most_common(1)[0]
            facts = one.facts(index, n=n, currency=currency, book=one.currency)
            cells = one.addresses(index, np.flatnonzero(one.cells(index).codes >= 0))
            yield Issue("i.currency", "decide", part.table, column, n, cells, facts)


def percent_questions(asked: Asked) -> Iterable[Question]:
    """`12%` beside `0.12`: are the bare numbers fractions or percents? Once for the column."""
    columns = [index for _, _, index in asked.used({"number"})]
    if any(part.table == "customers" for part in asked.reading.parts):
        columns += asked.extra_columns()
    for index in columns:
        texts = asked.cells(index).used()
        numbers = {text: read_number(text) for text in texts}
        percents = [text for text, number in numbers.items() if number.is_percent]
        bare = [
            text for text, number in numbers.items() if number.value is not None and not number.is_percent
        ]
        if not percents or not bare or len(percents) + len(bare) < len(texts) / 2:
            continue
        largest = max(abs(numbers[text].value or Decimal(0)) for text in bare)
        yield Question(
            asked.id("percent", index),
            "ask.percent",
            asked.facts(index, percent=percents[0], value=bare[0]),
            (("fraction", "answer.fraction"), ("percent", "answer.percent")),
            "fraction" if largest <= 1 else "percent",
        )
