"""A pasted list of customers, by number or name, one a line or apart by commas: who is meant, and what says nobody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MOST_TEXTS = 20_000
_APART = re.compile(r"[,，;；、\t]")
Known = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Pasted:
    """`customers`: ids found, each once, in the order of the list · `unknown`: texts nobody is called · `ambiguous`:
    names several customers bear · `left_out`: lines beyond the most that are read."""

    customers: tuple[str, ...]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]
    left_out: int = 0


def find_pasted(text: str, names: pd.Series) -> Pasted:
    """The customers a text lists. `names`: customer id → name.

    A line that as a whole is a number or a name is that customer; else its parts between commas, semicolons or tabs
    are. Of a line copied from a spreadsheet one known cell is enough. Case, width and blanks round it do not count.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    read = lines[:MOST_TEXTS]
    known = _look_up({told for line in read for told in (line, *_apart(line))}, names)
    found, unknown, ambiguous = dict[str, None](), dict[str, None](), dict[str, None]()
    for part in (part for line in read for part in _parts(line, known)):
        meant = known[part]
        if len(meant) == 1:
            found[meant[0]] = None
        elif meant:
            ambiguous[part] = None
        else:
            unknown[part] = None
    return Pasted(tuple(found), tuple(unknown), tuple(ambiguous), len(lines) - len(read))


def _apart(line: str) -> list[str]:
    return [part.strip() for part in _APART.split(line) if part.strip()]


def _parts(line: str, known: Known) -> Iterable[str]:
    """The whole line where it means anybody; of a row of cells the one that means fewest; else all parts."""
    if known[line]:
        return [line]
    parts = _apart(line)
    told = sorted((part for part in parts if known[part]), key=lambda part: len(known[part]))
    return told[:1] if "\t" in line and told else parts


def _look_up(texts: Collection[str], names: pd.Series) -> Known:
    """Text → the customers it may mean: a number as written, else a number, else a name, without regard to case and
    width. Whole columns at once: names of a million one by one take twelve seconds."""
    asked = list(texts)
    folded = _fold(pa.array(asked, pa.string())).to_pylist()
    ids, called = pa.array(names.index, pa.string()), pa.array(names, pa.string(), from_pandas=True)
    exact = _customers_by(asked, ids, ids)
    numbers, bearers = (_customers_by(folded, _fold(column), ids) for column in (ids, called))
    return {
        text: exact.get(text) or numbers.get(told) or bearers.get(told) or ()
        for text, told in zip(asked, folded, strict=True)
    }


def _customers_by(wanted: Iterable[str], column: pa.Array, ids: pa.Array) -> dict[str, tuple[str, ...]]:
    """Value of the column → ids of its rows, for the values that are wanted."""
    mask = pc.is_in(column, pa.array([told for told in wanted if told], pa.string()))
    found = dict[str, list[str]]()
    for value, customer_id in zip(column.filter(mask).to_pylist(), ids.filter(mask).to_pylist(), strict=True):
        found.setdefault(value, []).append(customer_id)
    return {value: tuple(meant) for value, meant in found.items()}


def _fold(column: pa.Array) -> pa.Array:
    told = pc.utf8_lower(pc.utf8_normalize(column, form="NFKC"))
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(told, pattern=r"\s+", replacement=" "))
