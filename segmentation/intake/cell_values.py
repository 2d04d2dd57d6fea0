"""What a workbook's cell holds → its text and its kind, a column of a block at a time."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Text, and the kind: t text, n number, d date, b yes or no, e error, blank for none.
Cell = tuple[str | None, str]

_LARGEST_INTEGER = 1e21
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Column:
    """A column of a block: a text (None: blank) and a kind per row, and how many control characters were removed."""

    texts: Sequence[str | None]
    kinds: Sequence[str]
    controls: int = 0


def blank_column(rows: int) -> Column:
    """A column without a value."""
    return Column([None] * rows, " " * rows)


def read_column(values: Sequence[Any]) -> Column:
    """The values of a column as texts and kinds. Every distinct value is read once."""
    types = set(map(type, values))
    said = {value for value in values if isinstance(value, str)} if str in types else set[str]()
    if types == {str} and "" not in said and not any(map(str.isspace, said)):
        return _without_controls(values, "t" * len(values), said)
    if len(types) == 1:
        read = _number if types == {float} else read_cell
        known = {value: read(value) for value in set(values)}
        cells = [known[value] for value in values]
    else:  # 1, 1.0 and True are equal and written differently
        cells = [read_cell(value) for value in values]
    texts, kinds = zip(*cells, strict=True)
    return _without_controls(texts, kinds, said)


def _without_controls(texts: Sequence[str | None], kinds: Sequence[str], distinct: set[str]) -> Column:
    clean = {text: _CONTROLS.sub("", text) for text in distinct if not text.isprintable()}
    clean = {text: told for text, told in clean.items() if told != text}
    if not clean:
        return Column(texts, kinds)
    removed = sum(len(text) - len(clean[text]) for text in texts if text in clean)
    return Column([text if text is None else clean.get(text, text) for text in texts], kinds, removed)


def read_cell(value: Any) -> Cell:
    """A value as text and its kind: numbers in their shortest form, dates ISO, blank as None."""
    if isinstance(value, str):
        return (value, "t") if value and not value.isspace() else (None, " ")
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "b"
    if isinstance(value, int):
        return str(value), "n"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat(" ", "seconds"), "d"
    if isinstance(value, dt.date):
        return value.isoformat(), "d"
    if isinstance(value, dt.time):
        return value.isoformat("seconds"), "d"
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}", "d"
    return (None, " ") if value is None else (str(value), "t")


def _number(value: float) -> Cell:
    if not math.isfinite(value):
        return "#NUM!", "e"
    if value.is_integer() and abs(value) < _LARGEST_INTEGER:
        return str(int(value)), "n"
    return repr(value), "n"
