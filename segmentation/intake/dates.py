"""Dates as people write them → local date-times; the order of day and month is decided once per column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from segmentation.intake.money import ERRORS, NOTHING, western

Order = Literal["day", "month"]
ShortOrder = Literal["year", "day", "month"]
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
    r"(?:\s*(?P<half>[ap]m))?)?"
)
_ZONE = r"(?:\s*(?P<zone>z|utc|[+-]\d{2}:?\d{2}))?"
_TAIL = r",?" + _CLOCK + _ZONE
_YMD = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?" + _TAIL)
_YM = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})月?")
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})" + _TAIL)
_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{1,2})" + _TAIL)
_SHORT = re.compile(r"(?P<m>\d{1,2})\s*(?:月\s*(?P<d>\d{1,2})[日号]?|[./-](?P<d2>\d{1,2}))" + _TAIL)
_NAMED = re.compile(r"(?P<d>\d{1,2})[ -](?P<name>[a-z]{3,9})\.?,?[ -](?P<y>\d{4}|\d{2})" + _TAIL)
_NAMED_US = re.compile(r"(?P<name>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})" + _TAIL)
_NAMED_MONTH = re.compile(r"(?P<name>[a-z]{3,9})[ -](?P<y>\d{4}|\d{2})")
_MONTH_ALONE = re.compile(r"(?P<m>\d{1,2})\s*月份?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_YEAR = re.compile(r"(1[89]|20)\d{2}")
_NO_DAY = "60"  # Excel's 29 February 1900, which never was
EPOCH = datetime(1899, 12, 30)


SHORT_ORDERS: tuple[ShortOrder, ...] = ("year", "day", "month")


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

    `short_order`: what comes first where the year has two digits. `has_months`: a month without a day is its first
    day; `of_months`: that is what the column is for.
    `tens`: texts such as `11.1` that were typed as 11.10 and lost their zero in a number cell.
    """

    order: Order = "day"
    short_order: ShortOrder = "day"
    year: int | None = None
    zone: str = "UTC"
    has_bare_years: bool = False
    has_serials: bool = True
    has_months: bool = True
    of_months: bool = False
    tens: frozenset[str] = frozenset()
    epoch: datetime = EPOCH


_ANY_YEAR = DateRule(year=2000)


def read_moment(text: str, rule: DateRule) -> Moment:
    """`text` as a local date-time of `rule.zone`; words such as `半年前` are not dates."""
    if text.upper() in ERRORS:
        return Moment(reason="excel_error")
    plain = western(text).strip().lower()
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
        return _month(int(found["y"]), int(found["m"]), rule)
    if (found := _NAMED_MONTH.fullmatch(plain)) and found["name"] in _MONTHS:
        return _month(_full_year(found["y"]), _MONTHS[found["name"]], rule)
    if rule.has_bare_years and _YEAR.fullmatch(plain):
        return _made(None, (int(plain), 1, 1), rule)
    if rule.has_serials and _SERIAL.fullmatch(plain) and 20_000 <= float(plain) <= 80_000:
        seconds = round(float(plain) * 86_400)
        return Moment(rule.epoch + timedelta(seconds=seconds), marks=frozenset({"serial"}))
    if rule.has_serials and plain == _NO_DAY:
        return Moment(reason="impossible_date")
    if found := _MONTH_ALONE.fullmatch(plain):
        return _month(rule.year, int(found["m"]), rule, {"year"})
    if found := _SHORT.fullmatch(plain):
        if rule.year is None:
            return Moment(reason="no_year")
        day = int(found["d"] or found["d2"]) * (10 if text in rule.tens else 1)
        return _made(found, (rule.year, int(found["m"]), day), rule, {"year"})
    return Moment(reason="not_a_date")


def _month(year: int | None, month: int, rule: DateRule, marks: set[str] | None = None) -> Moment:
    """The first day of a month, where the column may hold months."""
    if year is None:
        return Moment(reason="no_year")
    if not rule.has_months:
        return Moment(reason="no_day" if 1 <= month <= 12 else "impossible_date")
    return _made(None, (year, month, 1), rule, {*(() if rule.of_months else ("month",)), *(marks or ())})


def _numeric(found: re.Match[str], rule: DateRule) -> Moment:
    first, second = int(found["a"]), int(found["b"])
    order: ShortOrder = rule.order if len(found["y"]) == 4 else rule.short_order
    if order == "year":
        # 24-3-5: the year leads, as Chinese hands write it.
        return _made(found, (_full_year(f"{first:02d}"), second, int(found["y"])), rule, {"short_year"})
    if len(found["y"]) == 1:
        return Moment(reason="not_a_date")
    day, month = (first, second) if order == "day" else (second, first)
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
        if named.get("zone"):
            at = _local(at, named["zone"], rule.zone)
    except (ValueError, OverflowError):
        return Moment(reason="impossible_date")
    marks |= {mark for mark, part in (("time", "hour"), ("zone", "zone")) if named.get(part)}
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
        found = _NUMERIC.fullmatch(western(text).strip().lower())
        if not found or len(found["y"]) < 4:
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


def lacks_day(text: str) -> bool:
    """A month without a day: `2024-03`, `2020年3月`, `Mar-24`, `3月`."""
    return "month" in read_moment(text, _ANY_YEAR).marks


def short_orders(texts: Iterable[str]) -> list[ShortOrder]:
    """How the dates with two-digit years among the distinct texts may be read, the likeliest first; [] = none.

    Likeliest: the reading by which they lie closest together, as the rows of one file do.
    """
    short = [text for text in texts if _has_short_year(text)]
    ranked: list[tuple[int, timedelta, ShortOrder]] = []
    for order in SHORT_ORDERS if short else ():
        days = [read_moment(text, DateRule(short_order=order)).at for text in short]
        known = [day for day in days if day]
        if known:
            ranked.append((len(days) - len(known), max(known) - min(known), order))
    fewest = min((one[0] for one in ranked), default=0)
    likely = [one for one in ranked if one[0] == fewest]
    return [one[2] for one in sorted(likely, key=lambda one: (one[1], SHORT_ORDERS.index(one[2])))]


def _has_short_year(text: str) -> bool:
    found = _NUMERIC.fullmatch(western(text).strip().lower())
    return found is not None and len(found["y"]) < 4


def is_written_date(text: str) -> bool:
    """Looks like a date whatever column it stands in (four-digit year or 年/月 with separators, or a month name)."""
    plain = western(text).strip().lower()
    numeric = _NUMERIC.fullmatch(plain)
    found = _YMD.fullmatch(plain) or _NAMED.fullmatch(plain) or (numeric and len(numeric["y"]) > 1)
    return bool(found or _NAMED_US.fullmatch(plain) or ("年" in plain and _YM.fullmatch(plain)))


def lacks_year(text: str) -> bool:
    """A month, or a month and day, without a year: `11.3`, `11/3`, `11月8日`, `3月`."""
    plain = western(text).strip().lower()
    if alone := _MONTH_ALONE.fullmatch(plain):
        return 1 <= int(alone["m"]) <= 12
    found = _SHORT.fullmatch(plain)
    return bool(found and 1 <= int(found["m"]) <= 12 and 1 <= int(found["d"] or found["d2"]) <= 31)


def year_in(text: str) -> int | None:
    """The year a title, sheet or file name speaks of: `2026年客户表`, `202611`, `2026.11.30`."""
    found = re.search(r"(?<!\d)(20\d{2})(?=年|[-./_ ]|\d{2}(?!\d)|\d{4}(?!\d)|$|[^\d])", text)
    return int(found[1]) if found else None
