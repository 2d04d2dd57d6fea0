"""A pasted list of customers, by number or name, one a line or apart by commas: who is meant, and what says nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from segmentation.intake.columns import identifier

MOST_TEXTS = 20_000
_APART = re.compile(r"[,，;；、\t]")
Known = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Pasted:
    """`customers`: ids found, each once, in the order of the list · `unknown`: texts nobody is called · `ambiguous`:
    names several customers bear · `left_out`: texts beyond the most that are read."""

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
    known = _by_text(names)
    found, unknown, ambiguous = dict[str, None](), dict[str, None](), dict[str, None]()
    for line in lines[:MOST_TEXTS]:
        for part in _parts(line, known):
            meant = _meant(part, known)
            if len(meant) == 1:
                found[meant[0]] = None
            elif meant:
                ambiguous[part] = None
            else:
                unknown[part] = None
    return Pasted(tuple(found), tuple(unknown), tuple(ambiguous), max(len(lines) - MOST_TEXTS, 0))


def _parts(line: str, known: Known) -> Iterable[str]:
    if _meant(line, known):
        return [line]
    parts = [part.strip() for part in _APART.split(line) if part.strip()]
    told = [part for part in parts if _meant(part, known)]
    if "\t" not in line or not told:
        return parts
    return sorted(told, key=lambda part: len(_meant(part, known)))[:1]


def _meant(text: str, known: Known) -> tuple[str, ...]:
    """The customers a text may mean: as it is written, else without regard to case and width."""
    return known.get(f"={text}", known.get(_folded(text), ()))


def _by_text(names: pd.Series) -> Known:
    """Number as written (marked) and number or name folded → the customers it means; a number goes before a name."""
    found, numbers = Known(), Known()
    for customer_id, name in names.items():
        key = str(customer_id)
        told = _folded(key)
        numbers[told] = (*numbers.get(told, ()), key)
        numbers[f"={key}"] = (key,)
        if isinstance(name, str) and name:
            told = _folded(name)
            found[told] = (*found.get(told, ()), key)
    return found | numbers


def _folded(text: str) -> str:
    return identifier(text).casefold()
