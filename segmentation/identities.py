"""Who is who: the written forms of customers and sellers a person said mean another one, and who has stopped buying.

A list is part of a data version: rows stay as they were written, what they mean is read through the list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from segmentation.errors import SettingError

Who = Literal["customer", "seller", "stopped"]
FROM_NOW = "now"
LEFT_WORDS = "已?离职|停用|已?调岗|inactive|left|former|resigned|deactivated"
_LEFT = re.compile(rf"[(（\[]\s*(?:{LEFT_WORDS})\s*[)）\]]\s*$", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Alias:
    """A customer id or seller as rows have it, and the one meant. Itself: a person said it is nobody else.

    `who` "stopped": a customer, and the day (ISO) after which nobody expects an order; `FROM_NOW` until the
    version that says so is published. Itself: the mark was taken back.
    """

    who: Who
    written: str
    meant: str

    @property
    def is_apart(self) -> bool:
        return self.written == self.meant


def meanings(aliases: Iterable[Alias], who: Who) -> Mapping[str, str]:
    """Written form → the one meant in the end, chains followed; who is nobody else is left out."""
    next_one = {one.written: one.meant for one in aliases if one.who == who and not one.is_apart}
    found = {}
    for written, first in next_one.items():
        end = first
        while end in next_one:
            end = next_one[end]
        found[written] = end
    return found


def stops(aliases: Iterable[Alias]) -> Mapping[str, date]:
    """Customer id → the day on which a person marked the customer as stopped."""
    told = (one for one in aliases if one.who == "stopped" and not one.is_apart and one.meant != FROM_NOW)
    return {one.written: date.fromisoformat(one.meant) for one in told}


def dated(aliases: Iterable[Alias], day: date) -> tuple[Alias, ...]:
    """The list as it is published: marks of now hold from `day` on."""
    return tuple(
        replace(one, meant=day.isoformat()) if (one.who, one.meant) == ("stopped", FROM_NOW) else one
        for one in aliases
    )


def with_alias(aliases: Sequence[Alias], alias: Alias) -> tuple[Alias, ...]:
    """The list with one more pair, in place of what was said of its written form before.

    SettingError: e.alias.blank, e.alias.self, e.alias.cycle where the one meant already means the written one.
    """
    if not (alias.written.strip() and alias.meant.strip()):
        raise SettingError("e.alias.blank")
    if alias.is_apart:
        raise SettingError("e.alias.self", name=alias.written)
    others = _without(aliases, alias)
    if meanings(others, alias.who).get(alias.meant, alias.meant) == alias.written:
        raise SettingError("e.alias.cycle", written=alias.written, meant=alias.meant)
    return tuple(sorted([*others, alias]))


def with_apart(aliases: Sequence[Alias], who: Who, written: str) -> tuple[Alias, ...]:
    """The list with a pair taken back; it then says so, that no file brings it again. SettingError e.alias.unknown."""
    if written not in {one.written for one in aliases if one.who == who and not one.is_apart}:
        raise SettingError("e.alias.unknown", name=written)
    apart = Alias(who, written, written)
    return tuple(sorted([*_without(aliases, apart), apart]))


def joined(aliases: Sequence[Alias], confirmed: Iterable[Alias]) -> tuple[Alias, ...]:
    """The list with what an upload confirmed; where it already says otherwise, the list holds. That somebody has
    stopped is never suggested: who says so again after a mark was taken back means it."""
    found = tuple(aliases)
    for one in confirmed:
        held = {(known.who, known.written): known for known in found}.get((one.who, one.written))
        is_told = held is not None and not (one.who == "stopped" and held.is_apart)
        if not is_told and meanings(found, one.who).get(one.meant) != one.written:
            found = with_alias(found, one)
    return found


def merged_into(aliases: Sequence[Alias], customer_id: str) -> set[str]:
    """Other ids and names whose rows mean this customer."""
    return {written for written, meant in meanings(aliases, "customer").items() if meant == customer_id}


def without_customer(aliases: Sequence[Alias], gone: Collection[str]) -> tuple[Alias, ...]:
    """The list without a customer of these names; who meant another through it goes on doing so."""
    told, kept = meanings(aliases, "customer"), list[Alias]()
    for one in aliases:
        end = told.get(one.written, one.meant) if one.who == "customer" and one.meant in gone else one.meant
        if one.who == "seller" or not (one.written in gone or end in gone):
            kept.append(Alias(one.who, one.written, end))
    return tuple(kept)


def left_sellers(aliases: Iterable[Alias]) -> tuple[str, ...]:
    """Sellers a written form of whom says that they left, as the one meant."""
    told = meanings(aliases, "seller")
    return tuple(sorted({meant for written, meant in told.items() if says_left(written)}))


def says_left(written: str) -> bool:
    """Whether a seller's name carries the remark that he or she left: `刘洋(离职)`, `Jane Doe (inactive)`."""
    return bool(_LEFT.search(written))


def _without(aliases: Sequence[Alias], alias: Alias) -> list[Alias]:
    return [one for one in aliases if (one.who, one.written) != (alias.who, alias.written)]
