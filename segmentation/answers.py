"""What customers answer to a condition: no, unknown or yes, one small number each, for all of them at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.conditions import All, Condition, Node, Not, conditions

Answers = NDArray[np.int8]
NO, UNKNOWN, YES = 0, 1, 2
Lines = Mapping[str, tuple[float, ...]]

_NUMBERS: Mapping[str, Callable[[Any, Any], Any]] = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "=": np.equal,
    "!=": np.not_equal,
    "within": np.less_equal,
}


def answer(node: Node, features: pd.DataFrame, lines: Lines | None = None) -> Answers:
    """NO, UNKNOWN or YES for each row of `features`, in their order.

    `lines` are the smallest values of `top` conditions by `Condition.key`; None = those of these very rows
    (`top_lines`). KeyError for a column the features lack.
    """
    if isinstance(node, Condition):
        return _compare(node, features, top_lines([node], features) if lines is None else lines)
    if isinstance(node, Not):
        return (YES - answer(node.part, features, lines)).astype(np.int8)
    parts = [answer(part, features, lines) for part in node.parts]
    return reduce(np.minimum if isinstance(node, All) else np.maximum, parts)


def top_lines(nodes: Iterable[Node], features: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    """The smallest value that is among the highest, for every `top` condition; none where nothing is known.

    As a share cut takes customers: whole groups of equal values from the top while their number stays ≤ the share
    asked for, and the first group in any case. Where all have the same value nobody is among the highest.
    """
    found: dict[str, tuple[float, ...]] = {}
    for told in (told for node in nodes for told in conditions(node) if told.operator == "top"):
        values = scales.as_floats(features[told.column])
        known, counts = np.unique(values[~np.isnan(values)], return_counts=True)
        from_top = np.cumsum(counts[::-1])[::-1]
        taken = np.flatnonzero(from_top * 100 <= float(told.value) * from_top[:1])  # type: ignore[arg-type]
        place = taken[0] if taken.size else known.size - 1
        found[told.key] = (float(known[place]),) if known.size > 1 else ()
    return found


def _compare(told: Condition, features: pd.DataFrame, lines: Lines) -> Answers:
    column = features[told.column]
    if told.operator in ("known", "unknown"):
        known = column.notna().to_numpy()
        return np.where(known == (told.operator == "known"), YES, NO).astype(np.int8)
    if told.told.kind == "text":
        return _compare_texts(told, column)
    values = scales.as_floats(column)
    held = _holds(told, values, lines)
    return np.where(np.isnan(values), UNKNOWN, np.where(held, YES, NO)).astype(np.int8)


def _holds(told: Condition, values: scales.Floats, lines: Lines) -> NDArray[np.bool_]:
    if told.operator == "top":
        line = lines[told.key]
        return values >= line[0] if line else np.zeros(len(values), bool)
    if isinstance(told.value, tuple):
        wanted = [float(told.base(value)) for value in told.value]
        if told.operator == "between":
            return (values >= wanted[0]) & (values <= wanted[1])
        return np.isin(values, wanted)
    assert told.value is not None
    held: NDArray[np.bool_] = _NUMBERS[told.operator](values, told.base(told.value))
    return held


def _compare_texts(told: Condition, column: pd.Series) -> Answers:
    """Few distinct texts stand for many customers: each is compared once."""
    codes, texts = pd.factorize(column)
    wanted = {folded(str(value)) for value in (told.value if isinstance(told.value, tuple) else [told.value])}
    found = np.empty(len(texts) + 1, np.int8)
    for place, text in enumerate(texts):
        own = folded(str(text))
        is_in = any(part in own for part in wanted) if told.operator == "contains" else own in wanted
        found[place] = YES if is_in != (told.operator == "!=") else NO
    found[-1] = UNKNOWN  # the code of a null is −1
    return found[codes]


def folded(text: str) -> str:
    """A text as it is compared: case, width and outer blanks do not count."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
