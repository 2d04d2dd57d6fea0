"""Last time's mapping laid over this month's headers: what is called otherwise now is looked for, and said."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from segmentation.intake.headers import normalise
from segmentation.intake.month_names import month_of
from segmentation.intake.profiles import Profile
from segmentation.intake.recognition import kind_of, match_columns
from segmentation.intake.uploads import SHEET_NAME, Issue, SheetMapping, TablePart
from segmentation.tables import TABLES

_LIKE = 0.75
_SURE = 0.5
_STEM = 4  # letters by which two words begin alike: date, dated; order, ordered
# What a table is refused without, or says nothing without: there the one column left over is proposed.
_NEEDED = {"customer_id", "ordered_on", "amount", "at", "state", "stage", "month", "rep_id"}


@dataclass(frozen=True)
class _Heads:
    """This month's headers, what the cells under them look like, and which of them are `new`."""

    texts: Sequence[str]
    profiles: Sequence[Profile]
    new: frozenset[int]

    def fitting(self, table: str, column: str, taken: Collection[int]) -> list[int]:
        """New columns nobody reads yet whose cells could be this column's."""
        kind = kind_of(table, column)
        return [
            index
            for index in sorted(self.new - {*taken})
            if self.profiles[index].filled_share and self.profiles[index].fits(kind, column)
        ]


def inherit(
    known: SheetMapping, headers: Sequence[str], profiles: Sequence[Profile], sheet: str
) -> tuple[tuple[TablePart, ...], list[Issue]]:
    """The parts of a sheet by the mapping of an earlier month; what is gone is recognised anew and said.

    A header that is not there is sought among the others: by what a word means, by a name nearly the same, and where a
    table is nothing without it by what is left over. Each is told as i.renamed (and asked about) or i.gone.
    """
    positions = {normalise(text): index for index, text in reversed(list(enumerate(headers)))}
    before = {normalise(text) for text in known.headers}
    new = frozenset(i for i, text in enumerate(headers) if text and normalise(text) not in before)
    heads, parts, issues = _Heads(headers, profiles, new), list[TablePart](), list[Issue]()
    for table, columns in known.parts.items():
        found = {c: positions[normalise(h)] for c, h in columns.items() if normalise(h) in positions}
        found |= {c: SHEET_NAME for c, h in columns.items() if h == ""}
        if table == "orders" and "ordered_on" not in columns and month_of(sheet):
            found["ordered_on"] = SHEET_NAME
        gone = {column: header for column, header in columns.items() if column not in found}
        fresh = match_columns(table, headers, profiles) if table in TABLES else {}
        found |= _successors(table, gone, heads, {c: index for c, (index, _) in fresh.items()}, found)
        for column, header in gone.items():
            facts = {"before": header, "sheet": sheet}
            if column in found:
                told = facts | {"now": headers[found[column]]}
                issues.append(Issue("i.renamed", "check", table, column, facts=told))
            else:
                issues.append(Issue("i.gone", "decide", table, column, facts=facts))
        # A column that was not there last time was never decided about: its very name says what it is.
        for column, (index, strength) in fresh.items():
            is_free = index in new and index not in found.values()
            if is_free and column not in found and strength >= _SURE:
                found[column] = index
        parts.append(TablePart(table, found))
    return tuple(parts), issues


def _successors(
    table: str, gone: Mapping[str, str], heads: _Heads, fresh: Mapping[str, int], read: Mapping[str, int]
) -> dict[str, int]:
    """Canonical column → the column that took the place of its header; absent where nothing did."""
    found: dict[str, int] = {}

    def taken() -> set[int]:
        return {*read.values(), *found.values()}

    for column, header in gone.items():
        index = fresh.get(column)
        if index is None or index in taken():
            free = heads.fitting(table, column, taken())
            best = max(free, key=lambda place: likeness(header, heads.texts[place]), default=None)
            index = best if best is not None and likeness(header, heads.texts[best]) >= _LIKE else None
        if index is not None:
            found[column] = index
    for column in gone:
        if column in _NEEDED and column not in found:
            free = heads.fitting(table, column, taken())
            found |= {column: free[0]} if len(free) == 1 else {}
    return found


def likeness(one: str, other: str) -> float:
    """How much two headers are the same words (0–1), letter by letter or in whatever order: 客户名 and 客户名称, `Order
    date` and `Date ordered`."""
    letters = SequenceMatcher(None, normalise(one), normalise(other)).ratio()
    left, right = _words(one), _words(other)
    pairs, rest = 0, list(right)
    for word in left:
        twin = next((mate for mate in rest if _begin_alike(word, mate)), None)
        if twin is not None:
            rest.remove(twin)
            pairs += 1
    return max(letters, 2 * pairs / max(len(left) + len(right), 1))


def _words(text: str) -> list[str]:
    """Latin words whole, Chinese ones sign by sign."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.findall(r"[a-z0-9]+|[^\W_a-z0-9]", plain.lower())


def _begin_alike(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= _STEM and one[:_STEM] == other[:_STEM])
