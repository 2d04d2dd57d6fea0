"""The columns nobody asked for: kept with each customer as texts, letter by letter unless they are percents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import numpy as np

from segmentation.intake.asked import Asked
from segmentation.intake.columns import Typed
from segmentation.intake.grids import Cells, column_letter
from segmentation.intake.money import read_number
from segmentation.intake.parsed import NO_RESULT

# A telephone number or an id that Excel has shortened can never be told again.
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_NUMBERED = re.compile(r"电话|手机|号|编码|phone|mobile|\btel\b|\bid\b|number|code", re.IGNORECASE)


def attribute_texts(asked: Asked, indices: Sequence[int], answers: Mapping[str, str]) -> np.ndarray:
    """The extra columns of each row as one JSON object of texts, None where there is nothing."""
    rows, headers = len(asked.body.rows), asked.reading.headers
    if not indices:
        return np.full(rows, None, dtype=object)
    parts = []
    for index in indices:
        name, cells = json.dumps(_name(headers, index), ensure_ascii=False), asked.cells(index)
        percent = answers.get(asked.id("percent", index), "")
        pieces = [f"{name}: {json.dumps(_text(t, percent), ensure_ascii=False)}" for t in cells.stored]
        pieces = ["" if text == NO_RESULT else piece for text, piece in zip(cells.texts, pieces, strict=True)]
        parts.append(np.array([*pieces, ""], dtype=object)[cells.codes])
    joined = [", ".join(piece for piece in pieces if piece) for pieces in zip(*parts, strict=True)]
    return np.array([f"{{{text}}}" if text else None for text in joined], dtype=object)


def _name(headers: Sequence[str], index: int) -> str:
    return headers[index] or f"#{column_letter(index)}"


def _text(text: str, percent: str) -> str:
    """The text; in a column of percents and bare numbers the share it means, so that all of them compare."""
    number = read_number(text) if percent else None
    if number is None or number.value is None:
        return text
    is_share = number.is_percent or percent == "fraction"
    return f"{(number.value if is_share else number.value / 100).normalize():f}"


def unread(asked: Asked, indices: Sequence[int]) -> dict[str, tuple[int, Typed, Cells]]:
    """Header → its index, its cells with what is the matter with some of them, the raw cells.

    precision_lost: digits Excel has lost (`1.38E+10` for a telephone number); no_result: a formula never computed.
    """
    found = {}
    for index in indices:
        header, cells = _name(asked.reading.headers, index), asked.cells(index)
        is_number = _NUMBERED.search(header) is not None
        why = [
            "no_result" if text == NO_RESULT
            else "precision_lost" if is_number and _SHORTENED.fullmatch(text)
            else ""
            for text in cells.texts
        ]  # fmt: skip
        if any(why):
            reasons = np.array([*why, ""], dtype=object)[cells.codes]
            nothing = np.full(len(cells), "", dtype=object)
            known = (cells.codes >= 0) & (reasons != "no_result")
            found[header] = (index, Typed("text", cells.values(), known, reasons, nothing), cells)
    return found
