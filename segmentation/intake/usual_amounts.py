"""Amounts held against what the store has: yuan and 万元 mixed up shows in the median before it shows in a tier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from segmentation.intake.asked import Asked, rule_of
from segmentation.intake.columns import read_column
from segmentation.intake.uploads import Question, TablePart
from segmentation.settings import Check

_SWAP = 10_000  # 万


def factor_questions(
    asked: Iterable[Asked],
    answers: Mapping[str, str],
    usual_amount: float | None,
    check: Check,
) -> Iterable[Question]:
    """One question per sheet of orders whose median amount is far from the stored one (currency)."""
    if check.level == "note":
        return
    for one in asked:
        for part in one.reading.parts:
            index = part.columns.get("amount", -1)
            # A customer's total of a month is no order: the two are not of one size.
            if part.table != "orders" or index < 0 or not usual_amount or one.reading.months:
                continue
            typed = read_column(one.cells(index), "amount", rule_of(one, part, "amount", answers))
            amounts = np.abs(typed.data[typed.known & (typed.data != 0)]) / 10_000
            ratio = float(np.median(amounts)) / usual_amount if len(amounts) else 1.0
            if 1 / check.start < ratio < check.start:
                continue
            is_large = ratio > 1
            mend = (f"{1 / _SWAP:.4f}", "answer.divide") if is_large else (str(_SWAP), "answer.multiply")
            facts = {"sheet": one.reading.sheet, "month": _month(one, part, answers)}
            facts["x"] = f"{ratio if is_large else 1 / ratio:,.0f}"
            code = "ask.factor" if is_large else "ask.factor.small"
            yield Question(
                f"factor:{one.reading.signature}", code, facts, (("1", "answer.as_written"), mend), "1"
            )


def _month(asked: Asked, part: TablePart, answers: Mapping[str, str]) -> str:
    """The months of the sheet: `2026-04`, `2026-01 – 2026-04`; the sheet's name where it has no dates."""
    index = part.columns.get("ordered_on", -1)
    if index < 0:
        return asked.reading.sheet
    typed = read_column(asked.cells(index), "date", rule_of(asked, part, "ordered_on", answers))
    months = sorted({str(month) for month in typed.data[typed.known].astype("datetime64[M]")})
    return " – ".join(dict.fromkeys([*months[:1], *months[-1:]])) or asked.reading.sheet
