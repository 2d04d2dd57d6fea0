"""Dates as people write them → local date-times; the order of day and month is decided once per column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from segmentation.intake.money import ERRORS, NOTHING

Order = Literal["day", "month"]
Evidence = Literal["day", "month", "both", "unclear", "none"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}
_CLOCK = (
    r"(?:[ t]*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})秒?(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]m)?)?"
)
_ZONE = r"\s*(?P<zone>z|utc|[+-]\d{2}:?\d{2})?"
_TAIL = r",?" + _CLOCK + _ZONE
_YMD = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?" + _TAIL)
_YM = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})月?")
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})" + _TAIL)
_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})" + _TAIL)
_SHORT = re.compile(r"(?P<m>\d{1,2})\s*(?:月\s*(?P<d>\d{1,2})[日号]?|[./-](?P<d2>\d{1,2}))" + _TAIL)
_NAMED = re.compile(r"(?P<d>\d{1,2})[ -](?P<name>[a-z]{3,9})\.?,?[ -](?P<y>\d{4}|\d{2})" + _TAIL)
_NAMED_US = re.compile(r"(?P<name>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})" + _TAIL)
_NAMED_MONTH = re.compile(r"(?P<name>[a-z]{3,9})[ -](?P<y>\d{4}|\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_YEAR = re.compile(r"(1[89]|20)\d{2}")
EPOCH = datetime(1899, 12, 30)


class Moment(NamedTuple):
    """One text read as a date: `at` None with a `reason`, or blank (both empty); `marks` say what was supplied.

    Marks: serial, month (month precision), year (year from elsewhere), short_year, zone, time.
    """

    at: datetime | None = None
    reason: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DateRule:
    """What a column's dates need beside their text: order of day and month, the year where none is written.

    `tens`: texts such as `11.1` that were typed as 11.10 and lost their zero in a number cell.
    """

    order: Order = "day"
    year: int | None = None
    zone: str = "UTC"
    has_bare_years: bool = False
    has_serials: bool = True
    tens: frozenset[str] = frozenset()
    epoch: datetime = EPOCH


def read_moment(text: str, rule: DateRule) -> Moment:
    """`text` as a local date-time of `rule.zone`; words such as `半年前` are not dates."""
    if text.upper() in ERRORS:
        return Moment(reason="excel_error")
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in NOTHING or not plain:
        return Moment()
    if found := _YMD.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _made(found, (int(found["y"]), int(found["m"]), int(found["d"])), rule)
    if found := _NUMERIC.fullmatch(plain):
        return _numeric(found, rule)
    if found := _NAMED.fullmatch(plain) or _NAMED_US.fullmatch(plain):
        month = _MONTHS.get(found["name"], 0)
        return _made(found, (_full_year(found["y"]), month, int(found["d"])), rule, _short_year(found["y"]))
    if found := _YM.fullmatch(plain):
        return _made(None, (int(found["y"]), int(found["m"]), 1), rule, {"month"})
    if (found := _NAMED_MONTH.fullmatch(plain)) and found["name"] in _MONTHS:
        return _made(None, (_full_year(found["y"]), _MONTHS[found["name"]], 1), rule, {"month"})
    if rule.has_bare_years and _YEAR.fullmatch(plain):
        return _made(None, (int(plain), 1, 1), rule)
    if rule.has_serials and _SERIAL.fullmatch(plain) and 20_000 <= float(plain) <= 80_000:
        seconds = round(float(plain) * 86_400)
        return Moment(rule.epoch + timedelta(seconds=seconds), marks=frozenset({"serial"}))
    if found := _SHORT.fullmatch(plain):
        if rule.year is None:
            return Moment(reason="no_year")
        day = int(found["d"] or found["d2"]) * (10 if text in rule.tens else 1)
        return _made(found, (rule.year, int(found["m"]), day), rule, {"year"})
    return Moment(reason="not_a_date")


def _numeric(found: re.Match[str], rule: DateRule) -> Moment:
    first, second = int(found["a"]), int(found["b"])
    if len(found["y"]) == 2 and first > 12 and second <= 12 and rule.order != "day":
        # 24-3-5: the year leads, as Chinese hands write it.
        return _made(found, (2000 + first, second, int(found["y"])), rule, {"short_year"})
    day, month = (first, second) if rule.order == "day" else (second, first)
    return _made(found, (_full_year(found["y"]), month, day), rule, _short_year(found["y"]))


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _short_year(text: str) -> set[str]:
    return set() if len(text) == 4 else {"short_year"}


def _made(
    found: re.Match[str] | None, day: tuple[int, int, int], rule: DateRule, marks: set[str] | None = None
) -> Moment:
    named = found.groupdict() if found else {}
    hour, marks = int(named.get("hour") or 0), set(marks or ())
    if named.get("half"):
        hour = hour % 12 + (12 if named["half"] == "pm" else 0)
    try:
        at = datetime(*day, hour, int(named.get("minute") or 0), int(named.get("second") or 0))
    except ValueError:
        return Moment(reason="impossible_date")
    if named.get("hour"):
        marks.add("time")
    if named.get("zone"):
        marks.add("zone")
        at = _local(at, named["zone"], rule.zone)
    return Moment(at, marks=frozenset(marks))


def _local(at: datetime, offset: str, zone: str) -> datetime:
    """The wall clock of `zone` at a moment written with an offset."""
    shift = timedelta()
    if offset not in {"z", "utc"}:
        digits = offset[1:].replace(":", "")
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if offset[0] == "-" else 1)
    return (at - shift).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_month_evidence(texts: Iterable[str]) -> tuple[Evidence, dict[str, str]]:
    """What the distinct texts prove about the order of day and month, with an example for each."""
    examples: dict[str, str] = {}
    for text in texts:
        found = _NUMERIC.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
        if not found or len(found["y"]) == 2:
            continue
        first, second = int(found["a"]), int(found["b"])
        if first > 12 or second > 12:
            examples.setdefault("day" if first > 12 else "month", text)
        else:
            examples.setdefault("unclear", text)
    if "day" in examples and "month" in examples:
        return "both", examples
    for proof in ("day", "month", "unclear"):
        if proof in examples:
            return proof, examples
    return "none", examples


def is_written_date(text: str) -> bool:
    """Looks like a date whatever column it stands in (four-digit year or 年/月 with separators, or a month name)."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    found = _YMD.fullmatch(plain) or _NUMERIC.fullmatch(plain) or _NAMED.fullmatch(plain)
    return bool(found or _NAMED_US.fullmatch(plain) or ("年" in plain and _YM.fullmatch(plain)))


def lacks_year(text: str) -> bool:
    """A month and day without a year: `11.3`, `11/3`, `11月8日`."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    found = _SHORT.fullmatch(plain)
    return bool(found and 1 <= int(found["m"]) <= 12 and 1 <= int(found["d"] or found["d2"]) <= 31)


def year_in(text: str) -> int | None:
    """The year a title, sheet or file name speaks of: `2026年客户表`, `202611`, `2026.11.30`."""
    found = re.search(r"(?<!\d)(20\d{2})(?=年|[-./_ ]|\d{2}(?!\d)|\d{4}(?!\d)|$|[^\d])", text)
    return int(found[1]) if found else None
