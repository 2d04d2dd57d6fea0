"""Cells → typed columns: one reading per distinct text, a reason for each that cannot be read."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.grids import Cells
from segmentation.intake.money import ERRORS, Number, read_number, ten_thousandths
from segmentation.intake.vocabularies import meaning_of
from segmentation.tables import Kind

LARGEST_COUNT = 2**31 - 1
_TOO_LARGE = 10**18  # ten-thousandths: what DECIMAL(18,4) no longer holds
# `NaN` is how a program writes a missing number; `NA`, `None` and `null` are names people have.
BLANK_IDS = {"", "-", "/", "--", "—", "NaN", "nan"}
CORRECTIONS = ("about", "month", "short_year", "scaled", "rounded")


@dataclass(frozen=True)
class Rule:
    """How the cells of one column are read: decimal sign, unit (factor), currency ("" = any), dates.

    `percent`: what a bare number means beside `12%`; "" where the column is no column of percents.
    """

    has_decimal_comma: bool = False
    unit: Decimal = Decimal(1)
    dates: DateRule = field(default_factory=DateRule)
    currency: str = ""
    percent: Literal["", "fraction", "percent"] = ""


@dataclass(frozen=True)
class Typed:
    """One typed column.

    `data` by kind: id, text → object (None = null); date → datetime64[D]; time → datetime64[s]; amount → int64
    ten-thousandths; number → float64; count → int64; flag → bool. `known` is False for nulls.
    `reasons` (object, "" = fine) say why a filled cell became null; `marks` (object, "" = as written) what was done
    to a cell to read it, several divided by a blank. Marks: year, month, short_year, serial, zone, about, scaled,
    rounded.
    """

    kind: Kind
    data: np.ndarray
    known: np.ndarray
    reasons: np.ndarray
    marks: np.ndarray

    @property
    def bad(self) -> np.ndarray:
        return self.reasons != ""

    @property
    def corrected(self) -> np.ndarray:
        """Cells read as something else than they say; what one answer decided for the whole column is none."""
        return self.marked(*CORRECTIONS)

    def marked(self, *names: str) -> np.ndarray:
        """Cells with one of these marks."""
        codes, distinct = pd.factorize(self.marks)
        return np.array([bool({*names} & {*mark.split()}) for mark in distinct], dtype=bool)[codes]

    def notes(self) -> dict[str, int]:
        """Cells per mark."""
        names = {name for mark in set(self.marks) for name in mark.split()}
        return {name: int(self.marked(name).sum()) for name in sorted(names)}

    def take(self, keep: np.ndarray) -> Typed:
        """The cells at `keep`."""
        return replace(
            self,
            data=self.data[keep],
            known=self.known[keep],
            reasons=self.reasons[keep],
            marks=self.marks[keep],
        )

    def without(self, where: np.ndarray, reason: str) -> Typed:
        """The column with the cells at `where` taken as unreadable for this reason."""
        data, reasons = self.data.copy(), self.reasons.copy()
        data[where], reasons[where] = _NULLS[self.kind], reason
        return replace(self, data=data, known=self.known & ~where, reasons=reasons)


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
    texts = cells.stored if kind == "text" else cells.texts
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
    marked = np.array([*marks, ""], dtype=object)
    return Typed(kind, table[codes], known[codes], why[codes], marked[codes])


def _ids(texts: Sequence[str], rule: Rule) -> tuple[list, list[str], list[str]]:
    values, reasons = [], []
    for text in texts:
        plain = identifier(text)
        blank = plain in BLANK_IDS
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
    numbers = [read_number(text, rule.has_decimal_comma) for text in texts]
    # Where every number has its scale, that is how the column is written; only a mixture needs a look.
    is_mixed = any(not number.is_scaled for number in numbers if number.value is not None)
    read = [_number(number, rule, kind, is_mixed) for number in numbers]
    return [one[0] for one in read], [one[1] for one in read], [one[2] for one in read]


def _number(number: Number, rule: Rule, kind: Kind, is_mixed: bool) -> tuple[Any, str, str]:
    """One number as the column stores it, why not, and its marks."""
    if number.value is None:
        return None, number.reason, ""
    value = number.value * (1 if number.has_unit else rule.unit)
    mark = "about" if number.is_about else "scaled" if number.is_scaled and is_mixed else ""
    if kind == "amount":
        if number.is_percent:
            return None, "not_an_amount", ""
        if rule.currency and number.currency and number.currency != rule.currency:
            return None, "other_currency", ""
        amount, is_rounded = ten_thousandths(value)
        if abs(amount) >= _TOO_LARGE:
            return None, "too_large", ""
        return amount, "", f"{mark} rounded" if is_rounded else mark
    if kind == "count":
        whole = value == value.to_integral_value() and abs(value) <= LARGEST_COUNT
        return (int(value), "", mark) if whole else (None, "not_a_count", "")
    if rule.percent == "percent" and not number.is_percent:
        value = value / 100
    return float(value), "", mark


def product_amounts(quantity: Cells, price: Cells, rule: Rule) -> Typed:
    """amount = quantity × unit price, exact, each distinct pair multiplied once."""
    both = (quantity.codes >= 0) & (price.codes >= 0)
    joined = quantity.codes.astype(np.int64) * (len(price.texts) + 1) + price.codes
    joined[~both] = -1
    pairs, codes = np.unique(joined, return_inverse=True)
    left = [read_number(text, rule.has_decimal_comma).value for text in quantity.texts]
    right = [read_number(text, rule.has_decimal_comma) for text in price.texts]
    read = [
        _product(left[pair // (len(price.texts) + 1)], right[pair % (len(price.texts) + 1)], rule)
        if pair >= 0
        else (None, "", "")
        for pair in pairs
    ]
    amounts, reasons, marks = [one[0] for one in read], [one[1] for one in read], [one[2] for one in read]
    return _typed("amount", amounts, codes.astype(np.int32), reasons, marks)


def _product(quantity: Decimal | None, price: Number, rule: Rule) -> tuple[Any, str, str]:
    """One amount in ten-thousandths, why not, and its marks."""
    if rule.currency and price.currency and price.currency != rule.currency:
        return None, "other_currency", ""
    if quantity is None or price.value is None:
        return None, "not_a_number", ""
    amount, is_rounded = ten_thousandths(quantity * price.value * (1 if price.has_unit else rule.unit))
    if abs(amount) >= _TOO_LARGE:
        return None, "too_large", ""
    return amount, "", "rounded" if is_rounded else ""


def first_day(moments: np.ndarray) -> date | None:
    """Earliest day of datetime64 values, None where all are missing."""
    known = moments[~np.isnat(moments)]
    return known.min().astype("datetime64[D]").item() if len(known) else None
