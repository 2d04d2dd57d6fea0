"""What rows and figures of a grouping are called on the page."""

from __future__ import annotations

import datetime as dt
from math import isnan
from typing import Any

from segmentation.figures.theme import Look
from segmentation.groupings import Grouping
from segmentation.i18n import ABSENT, Text
from segmentation.results import ALL, OTHERS, SHARES, WITHOUT, Measure
from segmentation.tally import Tally

Window = tuple[dt.date, dt.date]


def rows_of(grouping: Grouping, customers: Tally) -> list[Any]:
    """The rows with anybody in them: groups, customers without one, those of smaller ones, all together."""
    groups = list(range(len(grouping.names)))
    if grouping.by == "month":
        return groups
    ends = [row for row in (WITHOUT, OTHERS) if customers.at(row, "customers") > 0]
    return [*groups, *ends, ALL]


def row_at(grouping: Grouping, place: int) -> Any:
    """The row of a group's number: groups, then those without one and those of smaller ones."""
    count = len(grouping.names)
    return place if place < count else (WITHOUT, OTHERS)[place - count]


def label_of(grouping: Grouping, row: Any, look: Look, *, is_short: bool = False) -> str:
    """What a row is called; names of tiers as they stand in charts with `is_short`."""
    if row == ALL:
        return look.say("fig.all")
    if row == OTHERS:
        return look.say("out.others", n=grouping.other_count)
    if row == WITHOUT:
        return look.say("fig.unrated" if grouping.by in ("tier", "segment") else "out.without")
    name = grouping.names[row]
    if isinstance(name, Text):
        return name.in_(look.language.code)
    if grouping.by == "month":
        return look.language.month(dt.date(int(name[:4]), int(name[5:]), 1))
    return look.language.tier(name) if grouping.by == "tier" and not is_short else name


def colour_of(grouping: Grouping, row: Any, look: Look) -> str:
    """Colour means tier: other groups are ink, all together grey."""
    if row == ALL:
        return look.palette.published
    if grouping.by != "tier":
        return look.palette.ink
    return look.palette.unrated if row == WITHOUT else look.palette.tier(row)


def write(name: Measure, value: float, look: Look) -> str:
    """A share, an amount, or follow-ups per customer."""
    if name in SHARES:
        return look.language.percent(value)
    return look.language.number(value, 1) if name == "contacts" else look.money(value)


def count_text(table: Tally, row: Any, look: Look) -> str:
    """k/n, or n alone where nothing is counted as a success."""
    k, n = table.row(row, "k", "n")
    if not n:
        return ABSENT
    number = look.language.number
    return number(int(n)) if isnan(k) else f"{number(int(k))}/{number(int(n))}"


def tell_span(window: Window | None, look: Look) -> str:
    """The days counted; of single months that each stands for itself."""
    if window is None:
        return look.say("out.span.months")
    return look.say("out.span", first=window[0], last=window[1])
