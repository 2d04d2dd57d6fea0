"""Won, lost or open: from closed/won columns, else the result, else the stage; what a closing date then means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from segmentation.intake.columns import Typed
from segmentation.intake.grids import Cells, absent, spread
from segmentation.intake.vocabularies import deal_state, fold, meaning_of, meaning_within, proposed_state


def _meanings(cells: Cells | None, answers: Mapping[str, str], prefix: str, rows: int) -> np.ndarray:
    """State per row by the answers about a column's values, else by its words; None where blank."""
    if cells is None:
        return np.full(rows, None, dtype=object)
    found = [answers.get(f"{prefix}:{fold(t)}") or deal_state(t) or proposed_state(t) for t in cells.texts]
    return spread(found, cells.codes, None)


def read_states(
    columns: Mapping[str, Cells | None], answers: Mapping[str, str], prefix: str, rows: int
) -> np.ndarray:
    """won, lost, open or leave_out per row, from `state`, `stage`, `is_closed`. A row that says nothing is open.

    With a closed column, a deal that is not closed is open whatever its result column says (0 = not yet).
    """
    stage, closed = columns["stage"], columns["is_closed"]
    result = _meanings(columns["state"], answers, prefix, rows)
    by_stage = _meanings(stage, answers, prefix, rows)
    found = np.where(absent(result), by_stage, result)
    if closed is not None:
        flags = spread([meaning_of("flag", text) for text in closed.texts], closed.codes, None)
        found = np.where(flags == "false", "open", found)
        # An answer about the stage outranks the crude 0 of a won column: `Closed – No Decision` may be left out.
        told = np.full(rows, None, dtype=object)
        if stage is not None:
            told = spread([answers.get(f"{prefix}:{fold(t)}") for t in stage.texts], stage.codes, None)
        found = np.where((flags == "true") & ~absent(told), told, found)
    return np.where(absent(found), "open", found)


def move_expected(columns: dict[str, Typed], states: np.ndarray) -> dict[str, Typed]:
    """The closing date of an open deal is when it is expected to close: it moves to `expected_on`."""
    closed, expected = columns["closed_on"], columns["expected_on"]
    is_open = states == "open"
    moves = is_open & closed.known & ~expected.known
    data = np.where(moves, closed.data, expected.data)
    kept = np.where(is_open, np.datetime64("NaT", "D"), closed.data)
    return columns | {
        "expected_on": replace(expected, data=data, known=~np.isnat(data)),
        "closed_on": replace(closed, data=kept, known=~np.isnat(kept)),
    }


def yearly(amount: Typed, term_months: Typed) -> Typed:
    """What contracts of more than a year are worth a year, rounded half away from zero to four decimals."""
    months = np.where(term_months.known, term_months.data, 0.0)
    is_long = amount.known & (months > 12)
    exact = np.abs(amount.data).astype(np.float64) * 12 / np.where(is_long, months, 12.0)
    data = np.where(is_long, np.sign(amount.data) * np.floor(exact + 0.5).astype(np.int64), amount.data)
    return replace(amount, data=data)


def read_deal_kinds(cells: Cells) -> np.ndarray:
    """new, renewal or expansion; other words stay as they are."""
    found = [meaning_of("deal_kind", t) or meaning_within("deal_kind", t) or t for t in cells.texts]
    return spread(found, cells.codes, None)
