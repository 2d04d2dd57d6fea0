"""Tags beside the tier: any number per customer, set by hand or by a rule, in two levels (group and name).

What tags there are and who was given which is a fold over the journal. A tag set by hand holds on list dates from the
one it was set on; what a list date says does not depend on the clock. A tier is no tag and no tag is a tier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from segmentation.condition_forms import from_plain, to_plain
from segmentation.conditions import Node
from segmentation.errors import SettingError
from segmentation.journal import Event, Journal

KIND, TAGGED = "tag", "tagged"
MOST_CORE = 20
MOST_CHARACTERS, MOST_NOTE_CHARACTERS, MOST_CUSTOMERS = 40, 200, 100_000
SEPARATORS = frozenset(";；")  # lists of tags are joined by them
NO_NUMBER = 0
Act = Literal["made", "changed", "reviewed", "retired", "restored"]


@dataclass(frozen=True)
class Tag:
    """A mark customers may bear. `condition` None = set by hand.

    `author` made it at `made_at`; `rule_at` is when its condition got the form it has; `touched_at` when anybody last
    changed, reviewed, set or took it off.
    """

    id: str
    group: str
    name: str
    condition: Node | None
    note: str
    author: str
    made_at: datetime
    rule_at: datetime
    touched_at: datetime
    is_retired: bool = False

    @property
    def kind(self) -> Literal["manual", "automatic"]:
        return "manual" if self.condition is None else "automatic"


@dataclass(frozen=True)
class Tagging:
    """One act of a person: a tag set on (or taken off) customers from the list date `on` on."""

    number: int
    tag_id: str
    is_set: bool
    customers: tuple[str, ...]
    on: date
    author: str
    at: datetime


@dataclass(frozen=True)
class Registry:
    """All tags by id, by group and name, and every tagging that was not undone, oldest first; `number` is that of the
    last event about any of them."""

    tags: Mapping[str, Tag]
    taggings: tuple[Tagging, ...]
    number: int

    @cached_property
    def core(self) -> tuple[Tag, ...]:
        """The tags in use: all that were not put away."""
        return tuple(tag for tag in self.tags.values() if not tag.is_retired)

    @property
    def retired(self) -> tuple[Tag, ...]:
        return tuple(tag for tag in self.tags.values() if tag.is_retired)

    @property
    def groups(self) -> tuple[str, ...]:
        """The first level of the tags in use, each once, in its order."""
        return tuple(dict.fromkeys(tag.group for tag in self.core))

    def get(self, tag_id: str) -> Tag:
        """SettingError `e.tag.unknown` where there is none of this id."""
        if tag_id not in self.tags:
            raise SettingError("e.tag.unknown", id=tag_id)
        return self.tags[tag_id]

    def set_by_hand(self, on: date) -> Mapping[str, Mapping[str, Tagging]]:
        """Tag id → customer → who gave it when, on the list date `on`."""
        found: dict[str, dict[str, Tagging]] = {tag_id: {} for tag_id in self.tags}
        for told in self.taggings:
            if told.on > on:
                continue
            bearers = found[told.tag_id]
            for customer_id in told.customers:
                if told.is_set:
                    bearers[customer_id] = told
                else:
                    bearers.pop(customer_id, None)
        return MappingProxyType(found)


NO_TAGS = Registry(MappingProxyType({}), (), NO_NUMBER)


def read_registry(journal: Journal, up_to: int | None = None) -> Registry:
    """What the journal says up to the event numbered `up_to`."""
    return registry_of(journal.events(KIND, TAGGED, up_to=up_to))


def registry_of(events: Sequence[Event]) -> Registry:
    """The same from events of `KIND` and `TAGGED`, oldest first."""
    undone = {event.payload["undoes"] for event in events if "undoes" in event.payload}
    tags, taggings = dict[str, Tag](), list[Tagging]()
    for event in events:
        if event.kind == KIND:
            tags[event.key] = _changed(tags.get(event.key), event)
        elif event.key in tags:
            tags[event.key] = replace(tags[event.key], touched_at=event.at)
            if "undoes" not in event.payload and event.number not in undone:
                taggings.append(_tagging(event))
    ordered = sorted(tags.values(), key=lambda tag: (tag.group, tag.name, tag.id))
    number = events[-1].number if events else NO_NUMBER
    return Registry(MappingProxyType({tag.id: tag for tag in ordered}), tuple(taggings), number)


def _changed(tag: Tag | None, event: Event) -> Tag:
    """A tag after one more event about it."""
    raw = event.payload
    if raw["act"] in ("made", "changed"):
        condition = None if raw["condition"] is None else from_plain(raw["condition"])
        told = {"group": raw["group"], "name": raw["name"], "condition": condition, "note": raw["note"]}
        if tag is None:
            return Tag(event.key, **told, author=event.author, made_at=event.at, rule_at=event.at,
                       touched_at=event.at)  # fmt: skip
        rule_at = tag.rule_at if condition == tag.condition else event.at
        return replace(tag, **told, rule_at=rule_at, touched_at=event.at)
    assert tag is not None
    retired = {"retired": True, "restored": False}.get(raw["act"], tag.is_retired)
    return replace(tag, is_retired=retired, touched_at=event.at)


def _tagging(event: Event) -> Tagging:
    raw = event.payload
    on = date.fromisoformat(raw["since_on"])
    return Tagging(event.number, event.key, raw["set"], tuple(raw["customers"]), on, event.author, event.at)


def make_tag(
    journal: Journal,
    group: str,
    name: str,
    *,
    condition: Node | None = None,
    note: str = "",
    author: str,
    at: datetime,
) -> str:
    """Make a tag and return its id. SettingError: `e.tag.name` where group or name is none, `e.tag.taken`."""
    payload = _definition(group, name, condition, note)
    _check_free(read_registry(journal), None, payload["group"], payload["name"])
    told = f"{journal.number()}|{payload['group']}|{payload['name']}|{at.isoformat()}"
    tag_id = hashlib.sha256(told.encode()).hexdigest()[:10]
    journal.record(KIND, tag_id, {"act": "made", **payload}, author, at)
    return tag_id


def change_tag(
    journal: Journal,
    tag_id: str,
    *,
    group: str,
    name: str,
    condition: Node | None,
    note: str,
    author: str,
    at: datetime,
) -> None:
    """Call a tag otherwise or give it another rule; SettingError as `make_tag`, `e.tag.kind` where a tag set by hand
    would get a rule or the other way round."""
    registry = read_registry(journal)
    tag = registry.get(tag_id)
    if (tag.condition is None) != (condition is None):
        raise SettingError("e.tag.kind", name=tag.name)
    payload = _definition(group, name, condition, note)
    _check_free(registry, tag_id, payload["group"], payload["name"])
    journal.record(KIND, tag_id, {"act": "changed", **payload}, author, at)


def mark_tag(journal: Journal, tag_id: str, act: Act, author: str, at: datetime) -> None:
    """Say of a tag that it was "reviewed", "retired" or "restored"; SettingError `e.tag.taken` where a restored one
    would be a second of its name."""
    registry = read_registry(journal)
    tag = registry.get(tag_id)
    if act == "restored":
        _check_free(registry, tag_id, tag.group, tag.name)
    journal.record(KIND, tag_id, {"act": act}, author, at)


def tag_customers(
    journal: Journal,
    tag_id: str,
    customers: Iterable[str],
    *,
    is_set: bool,
    on: date,
    author: str,
    at: datetime,
) -> Event | None:
    """Set a tag on customers, or take it off, from the list date `on` on; one event, of those it changes; None where it
    changes nobody. SettingError: `e.tag.automatic` for one its rule sets, `e.tag.many`."""
    registry = read_registry(journal)
    tag = registry.get(tag_id)
    if tag.condition is not None:
        raise SettingError("e.tag.automatic", name=tag.name)
    bearers = registry.set_by_hand(on)[tag_id]
    changed = sorted({told for told in customers if (told in bearers) != is_set})
    if len(changed) > MOST_CUSTOMERS:
        raise SettingError("e.tag.many", n=len(changed), limit=MOST_CUSTOMERS)
    if not changed:
        return None
    payload = {"set": is_set, "customers": changed, "since_on": on.isoformat()}
    return journal.record(TAGGED, tag_id, payload, author, at)


def undo_tagging(journal: Journal, number: int, author: str, at: datetime) -> None:
    """Take one tagging back as if it had never been. SettingError `e.tag.undo` where there is none of this number."""
    told = next((one for one in read_registry(journal).taggings if one.number == number), None)
    if told is None:
        raise SettingError("e.tag.undo")
    journal.record(TAGGED, told.tag_id, {"undoes": number}, author, at)


def _definition(group: str, name: str, condition: Node | None, note: str) -> dict[str, Any]:
    """What an event says of a tag."""
    plain = None if condition is None else to_plain(condition)
    told = {"group": _word(group), "name": _word(name), "condition": plain}
    return told | {"note": note.strip()[:MOST_NOTE_CHARACTERS]}


def _check_free(registry: Registry, tag_id: str | None, group: str, name: str) -> None:
    wanted = group.casefold(), name.casefold()
    for tag in registry.core:
        if tag.id != tag_id and (tag.group.casefold(), tag.name.casefold()) == wanted:
            raise SettingError("e.tag.taken", name=name, group=group)


def _word(text: Any) -> str:
    """One level's name: it says something, is short, and holds no mark that lists are joined by."""
    told = " ".join(text.split()) if isinstance(text, str) else ""
    is_writable = told.encode("utf-8", "replace").decode() == told
    if not told or len(told) > MOST_CHARACTERS or SEPARATORS & set(told) or not is_writable:
        raise SettingError("e.tag.name", limit=MOST_CHARACTERS)
    return told
