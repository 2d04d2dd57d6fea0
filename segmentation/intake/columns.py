"""Cells → typed columns: one reading per distinct text, a reason for each that cannot be read."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.grids import Cells
from segmentation.intake.money import ERRORS, read_number, ten_thousandths
from segmentation.intake.vocabularies import meaning_of
from segmentation.tables import Kind

LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True)
class Rule:
    """How the cells of one column are read: decimal sign, unit (factor), dates."""

    has_decimal_comma: bool = False
    unit: Decimal = Decimal(1)
    dates: DateRule = field(default_factory=DateRule)


@dataclass(frozen=True)
class Typed:
    """One typed column.

    `data` by kind: id, text → object (None = null); date → datetime64[D]; time → datetime64[s]; amount → int64
    ten-thousandths; number → float64; count → int64; flag → bool. `known` is False for nulls.
    `reasons` (object, "" = fine) say why a filled cell became null; `corrected` marks cells read with a correction.
    """

    kind: Kind
    data: np.ndarray
    known: np.ndarray
    reasons: np.ndarray
    corrected: np.ndarray
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def bad(self) -> np.ndarray:
        return self.reasons != ""


@cache
def identifier(text: str) -> str:
    """An id or key name for comparison: NFKC, trimmed, single blanks; case is kept."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFKC", text).split())


def blank_column(kind: Kind, rows: int) -> Typed:
    """A column the sheet does not have."""
    return _typed(kind, [], np.full(rows, -1, dtype=np.int32), [], [])


def read_column(cells: Cells, kind: Kind, rule: Rule) -> Typed:
    """Read every distinct text once and lay the results out over the rows."""
    reader: Callable[[Sequence[str], Rule], tuple[list, list[str], list[str]]] = {
        "id": _ids, "text": _texts, "date": _dates, "time": _dates, "flag": _flags,
    }.get(kind, _numbers)  # fmt: skip
    texts = cells.texts
    if kind in {"amount", "number", "count"}:
        values, reasons, marks = _numbers(texts, rule, kind)
    else:
        values, reasons, marks = reader(texts, rule)
    return _typed(kind, values, cells.codes, reasons, marks)


_DTYPES: dict[Kind, Any] = {
    "id": object, "text": object, "date": "datetime64[D]", "time": "datetime64[s]", "amount": np.int64,
    "number": np.float64, "count": np.int64, "flag": bool,
}  # fmt: skip
_NULLS: dict[Kind, Any] = {
    "id": None,
    "text": None,
    "date": "NaT",
    "time": "NaT",
    "amount": 0,
    "number": np.nan,
    "count": 0,
    "flag": False,
}


def _typed(kind: Kind, values: list, codes: np.ndarray, reasons: list[str], marks: list[str]) -> Typed:
    null = _NULLS[kind]
    table: np.ndarray = np.empty(len(values) + 1, dtype=_DTYPES[kind])
    table[:-1] = [null if value is None else value for value in values]
    table[-1] = null
    known = np.array([value is not None for value in values] + [False])
    why = np.array([*reasons, ""], dtype=object)
    marked = np.array([bool(mark) for mark in marks] + [False])
    notes: dict[str, int] = {}
    if marked.any():
        counts = np.bincount(codes[codes >= 0], minlength=len(values))
        for position in np.flatnonzero(marked):
            for mark in marks[position].split():
                notes[mark] = notes.get(mark, 0) + int(counts[position])
    notes = {mark: n for mark, n in notes.items() if n}
    return Typed(kind, table[codes], known[codes], why[codes], marked[codes], notes)


def _ids(texts: Sequence[str], rule: Rule) -> tuple[list, list[str], list[str]]:
    values, reasons = [], []
    for text in texts:
        plain = identifier(text)
        blank = plain in {"-", "/", "--", "—", ""}
        error = plain.upper() in ERRORS
        values.append(None if blank or error else plain)
        reasons.append("excel_error" if error else "")
    return values, reasons, [""] * len(texts)


def _texts(texts: Sequence[str], rule: Rule) -> tuple[list, list[str], list[str]]:
    values = [None if text.upper() in ERRORS else text for text in texts]
    return values, ["excel_error" if value is None else "" for value in values], [""] * len(texts)


def _dates(texts: Sequence[str], rule: Rule) -> tuple[list, list[str], list[str]]:
    moments = [read_moment(text, rule.dates) for text in texts]
    marks = [" ".join(sorted(m.marks & {"month", "year", "short_year", "serial", "zone"})) for m in moments]
    return [np.datetime64(m.at, "s") if m.at else None for m in moments], [m.reason for m in moments], marks


def _flags(texts: Sequence[str], rule: Rule) -> tuple[list, list[str], list[str]]:
    meanings = [meaning_of("flag", text) for text in texts]
    values = [None if m is None else m == "true" for m in meanings]
    return values, ["" if m else "not_a_flag" for m in meanings], [""] * len(texts)


def _numbers(texts: Sequence[str], rule: Rule, kind: Kind = "amount") -> tuple[list, list[str], list[str]]:
    values: list = []
    reasons, marks = [], []
    for text in texts:
        number = read_number(text, rule.has_decimal_comma)
        reason, mark = number.reason, ""
        value: Any = number.value
        if value is not None:
            value = value * rule.unit
            mark = "about" if number.is_about else "scaled" if number.is_scaled else ""
            if kind == "amount":
                value, is_rounded = ten_thousandths(value)
                mark = f"{mark} rounded".strip() if is_rounded else mark
                if abs(value) >= 10**18:
                    value, reason = None, "too_large"
            elif kind == "count":
                whole = value == value.to_integral_value() and abs(value) <= LARGEST_COUNT
                value, reason = (int(value), "") if whole else (None, "not_a_count")
            else:
                value = float(value)
        values.append(value)
        reasons.append(reason)
        marks.append(mark)
    return values, reasons, marks


def product_amounts(quantity: Cells, price: Cells, rule: Rule) -> Typed:
    """amount = quantity × unit price, exact, each distinct pair multiplied once."""
    both = (quantity.codes >= 0) & (price.codes >= 0)
    joined = quantity.codes.astype(np.int64) * (len(price.texts) + 1) + price.codes
    joined[~both] = -1
    pairs, codes = np.unique(joined, return_inverse=True)
    left = [read_number(text, rule.has_decimal_comma).value for text in quantity.texts]
    right = [read_number(text, rule.has_decimal_comma) for text in price.texts]
    values: list[int | None] = []
    reasons, marks = [], []
    for pair in pairs:
        a, b = (
            (left[pair // (len(price.texts) + 1)], right[pair % (len(price.texts) + 1)])
            if pair >= 0
            else (None, None)
        )
        product = (
            None if a is None or b is None or b.value is None else ten_thousandths(a * b.value * rule.unit)
        )
        values.append(product[0] if product else None)
        reasons.append("" if product or pair < 0 else "not_a_number")
        marks.append("rounded" if product and product[1] else "")
    return _typed("amount", values, codes.astype(np.int32), reasons, marks)


def first_day(moments: np.ndarray) -> date | None:
    """Earliest day of datetime64 values, None where all are missing."""
    known = moments[~np.isnat(moments)]
    return known.min().astype("datetime64[D]").item() if len(known) else None
