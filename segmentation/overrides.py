"""Tiers set by hand: who decided what until when, and what then holds in place of the computed tier.

The computed tier is kept beside it, never replaced. An override holds on list dates from the one it was set on to its
last day; what a list date says does not depend on the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.errors import SettingError
from segmentation.journal import Event, Journal
from segmentation.rosters import Lines, Places
from segmentation.standing import Standing

KIND = "override"
OTHER = "other"
REASONS = ("strategic", "about_to_sign", "group", "competitor", "payment", OTHER)
VALID_DAYS = 90


@dataclass(frozen=True)
class Override:
    """A customer's tier set by hand, valid on list dates from `since_on` to `expires_on`, both included.

    `reason` is one of `REASONS`; `note` says it in own words, and must where the reason is *other*.
    """

    customer_id: str
    tier: str
    reason: str
    note: str
    since_on: date
    expires_on: date
    author: str
    at: datetime
    number: int


@dataclass(frozen=True)
class Held:
    """Overrides by the row numbers of a population: `rows` and the tier each one is set to."""

    rows: NDArray[np.int64]
    tiers: tuple[str, ...]

    @classmethod
    def of(cls, overrides: Mapping[str, Override], customers: pd.Index) -> Held:
        """Those of `overrides` who are among `customers`; the others hold nothing here."""
        if not overrides:
            return NOBODY
        wanted = pa.array(list(overrides), pa.string())
        place = pc.index_in(pa.array(customers, pa.string()), wanted).fill_null(-1).to_numpy()
        rows = np.flatnonzero(place >= 0)
        tiers = [override.tier for override in overrides.values()]
        return cls(rows, tuple(tiers[found] for found in place[rows]))

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells two of them apart."""
        return (self.rows.tobytes(), self.tiers)

    def lines(self, cuts: Sequence[float], names: Sequence[str]) -> Lines:
        """Score lines together with who is set by hand to one of their tiers."""
        known = [(row, tier) for row, tier in zip(self.rows, self.tiers, strict=True) if tier in names]
        rows = np.array([row for row, _ in known], np.int64)
        places = np.array([list(names).index(tier) for _, tier in known], np.int64)
        return Lines(tuple(cuts), tuple(names), rows, places)

    def place(self, places: Places, names: Sequence[str]) -> Places:
        """Effective places (0 best, in `names`) for computed ones; a tier that `names` does not have holds nothing."""
        if not self.tiers:
            return places
        known = [
            (row, names.index(tier)) for row, tier in zip(self.rows, self.tiers, strict=True) if tier in names
        ]
        effective = places.copy()
        effective[[row for row, _ in known]] = [place for _, place in known]
        return effective

    def count(self, computed: Places, names: Sequence[str]) -> HeldCount:
        """How many there are against the computed places in `names` of `rows`."""
        told = [(int(place), tier) for place, tier in zip(computed, self.tiers, strict=True)]
        known = [(place, list(names).index(tier)) for place, tier in told if tier in names]
        return HeldCount(len(known), sum(place != held for place, held in known), len(told) - len(known))


@dataclass(frozen=True)
class HeldCount:
    """Customers set by hand, those whose computed tier is another one, and those set to a tier the rule lacks."""

    set_count: int
    different_count: int
    unknown_count: int


NOBODY = Held(np.empty(0, np.int64), ())


def set_override(
    journal: Journal,
    customer_id: str,
    tier: str,
    reason: str,
    *,
    note: str = "",
    since_on: date,
    expires_on: date,
    author: str,
    at: datetime,
) -> Event:
    """Set a customer's tier by hand from the list date `since_on` on.

    SettingError for an unknown reason, *other* without a note, or an end before the beginning.
    """
    if reason not in REASONS:
        raise SettingError("e.setting", name="reason", value=reason, rule=" | ".join(REASONS))
    if reason == OTHER and not note.strip():
        raise SettingError("override.needs_note")
    if expires_on < since_on:
        rule = f">= {since_on.isoformat()}"
        raise SettingError("e.setting", name="expires_on", value=expires_on.isoformat(), rule=rule)
    payload = {
        "tier": tier,
        "reason": reason,
        "note": note.strip(),
        "since_on": since_on.isoformat(),
        "expires_on": expires_on.isoformat(),
    }
    return journal.record(KIND, customer_id, payload, author, at)


def lift_override(journal: Journal, customer_id: str, *, since_on: date, author: str, at: datetime) -> Event:
    """Let the computed tier hold again from the list date `since_on` on."""
    payload = {"tier": None, "since_on": since_on.isoformat()}
    return journal.record(KIND, customer_id, payload, author, at)


def overrides_on(journal: Journal, on: date, up_to: int | None = None) -> Mapping[str, Override]:
    """What holds on the list date `on`, by customer: set on it or before, not lifted, not expired."""
    return overrides_among(journal.events(KIND, up_to=up_to), on)


def held_on(journal: Journal, standing: Standing) -> Held:
    """Who of a standing is set by hand on its date."""
    return Held.of(overrides_on(journal, standing.as_of), standing.features.index)


def overrides_among(events: Iterable[Event], on: date) -> Mapping[str, Override]:
    """The same from events of `KIND` read before, oldest first."""
    latest = {event.key: event for event in events if _since(event) <= on}
    found = {}
    for customer_id, event in sorted(latest.items()):
        override = _read(event)
        if override is not None and on <= override.expires_on:
            found[customer_id] = override
    return MappingProxyType(found)


def _since(event: Event) -> date:
    return date.fromisoformat(event.payload["since_on"])


def _read(event: Event) -> Override | None:
    raw = event.payload
    if raw["tier"] is None:
        return None
    expires_on = date.fromisoformat(raw["expires_on"])
    return Override(
        event.key, raw["tier"], raw["reason"], raw["note"], _since(event), expires_on, event.author, event.at,
        event.number,
    )  # fmt: skip
