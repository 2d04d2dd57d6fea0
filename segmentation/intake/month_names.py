"""Months as people write them over columns and on sheets: `1月`, `2026年1月`, `Jan-26`, `2026.01`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:(?P<y>20\d{2}|\d{2})\s*年\s*(?:[-_./]\s*)?)?(?P<m>\d{1,2})\s*月份?",
        r"(?P<y>20\d{2})\s*[-_./]\s*(?P<m>\d{1,2})月?(?:[-./]0?1(?:日|[ t]00:00(?::00)?)?)?",
        r"(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])",
        r"(?P<name>[a-z]{3,9})\.?(?:[\s\-_.'/]*(?P<y>20\d{2}|\d{2}))?",
        r"(?P<y>20\d{2})[\s\-_./]+(?P<name>[a-z]{3,9})\.?",
    )
)
_FULL = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


class Month(NamedTuple):
    """A calendar month; `year` None where none is written."""

    year: int | None
    month: int

    def last_day(self, year: int | None = None) -> date | None:
        """The month's last day, in `year` where the month itself states none; None where neither does."""
        known = self.year or year
        if known is None:
            return None
        first = date(known, self.month, 1)
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@cache
def month_of(text: str) -> Month | None:
    """The month a header or sheet name is; None where it says anything else besides."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    for pattern in _PATTERNS:
        found = pattern.fullmatch(plain)
        if not found:
            continue
        named = found.groupdict()
        month = _number(named.get("name")) if named.get("name") else int(named["m"])
        if month is not None and 1 <= month <= 12:
            year = named.get("y")
            return Month(None if not year else int(year) + (2000 if len(year) == 2 else 0), month)
    return None


def _number(name: str | None) -> int | None:
    """`jan`, `sept`, `january` → its number."""
    if not name or name[:3] not in _NAMES:
        return None
    number = _NAMES.index(name[:3]) + 1
    return number if name in {_NAMES[number - 1], _FULL[number - 1], "sept"} else None


def months_of(texts: Sequence[str | None]) -> Mapping[int, Month]:
    """Position → month, where at least two different months stand side by side; else nothing."""
    found = {index: month for index, text in enumerate(texts) if text and (month := month_of(text))}
    return found if len(set(found.values())) >= 2 else {}


def without_months(texts: Sequence[str]) -> tuple[str, ...]:
    """The headers that say what a layout is: months side by side are not, another one is added every month."""
    months = months_of(texts)
    return tuple(text for index, text in enumerate(texts) if index not in months) if months else tuple(texts)
