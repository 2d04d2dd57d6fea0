"""Who bears which tag on a day: tags set by hand as recorded, automatic ones from what was known at its end.

A rule that cannot be answered for a customer gives no tag: such customers are counted apart, as "cannot tell".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.answers import NO, UNKNOWN, YES, Answers, answer
from segmentation.conditions import All, AnyOf, Condition, Node, Not, columns, conditions
from segmentation.features import ATTRIBUTE_PREFIX, YEAR_DAYS, build_features
from segmentation.identities import meanings
from segmentation.rule_edits import read_lines
from segmentation.schemes import Scheme
from segmentation.standing import Recall, make_anew
from segmentation.store import Book
from segmentation.tags import MOST_CORE, Registry, Tag

WINDOW_DAYS = YEAR_DAYS
SAME_SHARE, LEAST_BEARERS = 0.95, 5
State = Literal["current", "unreviewed", "unborne"]


@dataclass(frozen=True)
class Bearing:
    """A day's tags: `answers` holds, by tag id, NO, UNKNOWN or YES for each of `customers` (all known at the end of
    `as_of`, in byte order of their id)."""

    as_of: dt.date
    customers: pd.Index
    tags: tuple[Tag, ...]
    answers: Mapping[str, Answers]

    def mask(self, tag_id: str) -> NDArray[np.bool_]:
        """Who bears a tag; nobody where it is none of `tags`."""
        told = self.answers.get(tag_id)
        return np.zeros(len(self.customers), bool) if told is None else told == YES

    def bearers(self, tag_id: str) -> pd.Index:
        """The customers who bear a tag."""
        return self.customers[self.mask(tag_id)]

    def tags_of(self, customer_id: str) -> tuple[Tag, ...]:
        """The tags of one customer, by group and name."""
        if customer_id not in self.customers:
            return ()
        place = self.customers.get_loc(customer_id)
        return tuple(tag for tag in self.tags if self.answers[tag.id][place] == YES)

    @property
    def tagged_count(self) -> int:
        """Customers with any tag."""
        held = np.zeros(len(self.customers), bool)
        for tag in self.tags:
            held |= self.mask(tag.id)
        return int(held.sum())


def with_windows(node: Node, days: int | None = WINDOW_DAYS) -> Node:
    """The condition with its days said: what counts over a window and names none counts over `days`."""
    if isinstance(node, Condition):
        is_open = node.told.is_windowed and node.window_days is None
        return replace(node, window_days=days) if is_open else node
    if isinstance(node, Not):
        return Not(with_windows(node.part, days))
    parts = tuple(with_windows(part, days) for part in node.parts)
    return All(parts) if isinstance(node, All) else AnyOf(parts)


def is_dated(node: Node) -> bool:
    """Whether all a condition reads is of the day asked for; columns of the customers table are as recorded today."""
    return all(told.told.is_dated for told in conditions(node))


def read_features(
    book: Book, nodes: Collection[Node], as_of: dt.date, recall: Recall = make_anew
) -> pd.DataFrame:
    """What the conditions ask about, for every customer known at the end of `as_of`."""
    wanted = frozenset(name for node in nodes for name in columns(with_windows(node)))
    attributes = tuple(sorted(name for name in wanted if name.startswith(ATTRIBUTE_PREFIX)))
    named = tuple(name.removeprefix(ATTRIBUTE_PREFIX) for name in attributes)
    found: pd.DataFrame = recall(
        ("tag features", as_of, wanted),
        lambda: build_features(book, as_of, WINDOW_DAYS, columns=wanted - set(attributes), attributes=named),
    )
    return found


def bear(book: Book, registry: Registry, as_of: dt.date, recall: Recall = make_anew) -> Bearing:
    """Who bears which of the tags in use on a day; one customer under two numbers is the one meant."""
    rules = {tag.id: with_windows(tag.condition) for tag in registry.core if tag.condition is not None}
    features = read_features(book, list(rules.values()), as_of, recall)
    meant = meanings(book.version.aliases, "customer")
    by_hand = registry.set_by_hand(as_of)
    answers = {
        tag.id: answer(rules[tag.id], features)
        if tag.id in rules
        else _among(features.index, {meant.get(told, told) for told in by_hand[tag.id]})
        for tag in registry.core
    }
    return Bearing(as_of, features.index, registry.core, answers)


def _among(customers: pd.Index, wanted: set[str]) -> Answers:
    told = np.full(len(customers), NO, np.int8)
    places = _places(customers, sorted(wanted))
    told[places[places >= 0]] = YES
    return told


@dataclass(frozen=True)
class Usage:
    """How a tag is used: `k` of `n` customers bear it, of `unknown` nobody can tell; `idle_days` since anybody changed,
    reviewed, set or took it off."""

    tag: Tag
    k: int
    n: int
    unknown: int
    idle_days: int
    state: State


def measure_usage(bearing: Bearing, today: dt.date, stale_days: int) -> tuple[Usage, ...]:
    """The tags in use, in their order; "unreviewed" after more than `stale_days`, "unborne" where nobody has it."""
    found = []
    for tag in bearing.tags:
        told = bearing.answers[tag.id]
        k, unknown = int((told == YES).sum()), int((told == UNKNOWN).sum())
        idle_days = max((today - tag.touched_at.date()).days, 0)
        state: State = "unreviewed" if idle_days > stale_days else "current" if k else "unborne"
        found.append(Usage(tag, k, len(told), unknown, idle_days, state))
    return tuple(found)


def schemes_with(tag: Tag, schemes: Iterable[Scheme]) -> tuple[str, ...]:
    """Names of the schemes one of whose own rules asks exactly what the tag's rule asks."""
    if tag.condition is None:
        return ()
    wanted = with_windows(tag.condition)
    return tuple(
        scheme.name
        for scheme in schemes
        if wanted
        in {_rule_in(scheme, line.condition) for line in read_lines(scheme.method_params.get("rules", ()))}
    )


def _rule_in(scheme: Scheme, node: Node) -> Node:
    """A rule of a scheme with its days said: those of the scheme's window where it names none."""
    return with_windows(node, scheme.method_params.get("window_days", WINDOW_DAYS))


@dataclass(frozen=True)
class Overlap:
    """Two tags borne by nearly the same customers: `both` of the `either` who bear one of them bear the other too."""

    first: Tag
    second: Tag
    both: int
    either: int


def find_overlaps(bearing: Bearing) -> tuple[Overlap, ...]:
    """Pairs that share at least `SAME_SHARE` of their bearers, those of fewer than `LEAST_BEARERS` left out."""
    masks = {tag.id: bearing.mask(tag.id) for tag in bearing.tags}
    sizes = {tag_id: int(mask.sum()) for tag_id, mask in masks.items()}
    found = []
    for place, first in enumerate(bearing.tags):
        for second in bearing.tags[place + 1 :]:
            few, many = sorted((sizes[first.id], sizes[second.id]))
            if few < LEAST_BEARERS or few < SAME_SHARE * many:  # they cannot share enough
                continue
            both = int((masks[first.id] & masks[second.id]).sum())
            either = few + many - both
            if both >= SAME_SHARE * either:
                found.append(Overlap(first, second, both, either))
    return tuple(found)


def is_crowded(registry: Registry) -> bool:
    """Whether there are more tags in use than people keep apart."""
    return len(registry.core) > MOST_CORE


def _places(customers: pd.Index, wanted: Iterable[str]) -> NDArray[np.int64]:
    """Where each of `wanted` stands among the customers, −1 where it does not; by Arrow, as pandas takes far longer."""
    found = pc.index_in(pa.array(wanted, pa.string()), pa.array(customers, pa.string()))
    return found.fill_null(-1).to_numpy().astype(np.int64)


def join_names(bearing: Bearing, customers: Iterable[str], separator: str) -> dict[str, Any]:
    """Group → one text per customer: the names of its tags in that group joined, empty where there is none."""
    places = _places(bearing.customers, customers)
    found = dict[str, Any]()
    for tag in bearing.tags:
        is_held = np.where(places >= 0, bearing.mask(tag.id)[places], False)
        known = found.setdefault(tag.group, np.full(len(places), "", object))
        known[is_held] = [f"{text}{separator}{tag.name}" if text else tag.name for text in known[is_held]]
    return found
