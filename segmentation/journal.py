"""The journal: every decision a person took, appended and never changed; what holds now is a fold over it.

One SQLite file in the store folder (write-ahead log, so that app and command line share it). Event numbers only
grow; every reading takes `up_to`, the last event number it may see, and so can be replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from segmentation.intake.uploads import SheetMapping
from segmentation.journal_log import FILE, Event
from segmentation.journal_schemes import SavedScheme, SchemeAct, SchemeJournal

__all__ = ["FILE", "Event", "Journal", "Override", "SavedScheme", "SchemeAct"]


@dataclass(frozen=True)
class Override:
    """A customer's tier set by hand, valid up to and including `expires_on` (None: until lifted)."""

    customer_id: str
    tier: str
    reason: str
    expires_on: date | None
    author: str
    at: datetime
    number: int


class Journal(SchemeJournal):
    """The decisions of one store folder. Safe from several threads and processes.

    StoreError: `e.store.journal` when it is damaged or stays locked, `e.store.newer` on a newer format.
    """

    def remember_mapping(self, signature: str, mapping: SheetMapping, author: str, at: datetime) -> None:
        """Keep what was decided about a layout, for the next file that looks the same."""
        payload = {
            "headers": list(mapping.headers),
            "parts": {table: dict(columns) for table, columns in mapping.parts.items()},
            "answers": dict(mapping.answers),
        }
        self.note("mapping", signature, payload, author, at)

    def mappings(self, up_to: int | None = None) -> Mapping[str, SheetMapping]:
        """The remembered mapping of every source signature."""
        return MappingProxyType(
            {
                signature: SheetMapping(tuple(raw["headers"]), raw["parts"], raw["answers"])
                for signature, raw in self._latest("mapping", up_to).items()
            }
        )

    def remember_answers(self, source: str, answers: Mapping[str, str], author: str, at: datetime) -> None:
        """Add answers (question id → answer) to those known for a source."""
        self.note("answers", source, answers, author, at)

    def answers(self, source: str, up_to: int | None = None) -> Mapping[str, str]:
        """The remembered answers of a source, by question id."""
        merged: dict[str, str] = {}
        for event in self.events("answers", key=source, up_to=up_to):
            merged.update(event.payload)
        return MappingProxyType(merged)

    def set_override(
        self, customer_id: str, tier: str, reason: str, expires_on: date | None, *, author: str, at: datetime
    ) -> None:
        """Set a customer's tier by hand; the computed one is kept beside it, never replaced."""
        expires = expires_on.isoformat() if expires_on else None
        payload = {"tier": tier, "reason": reason, "expires_on": expires}
        self.record("override", customer_id, payload, author, at)

    def lift_override(self, customer_id: str, *, author: str, at: datetime) -> None:
        """Let the computed tier hold again."""
        self.record("override", customer_id, {"tier": None}, author, at)

    def overrides(self, on: date, up_to: int | None = None) -> Mapping[str, Override]:
        """The overrides in force at the end of a day, by customer: recorded by then, not lifted, not expired."""
        latest = {event.key: event for event in self.events("override", up_to=up_to) if event.at.date() <= on}
        found = {}
        for customer_id, event in sorted(latest.items()):
            raw = event.payload
            expires = date.fromisoformat(raw["expires_on"]) if raw.get("expires_on") else None
            if raw["tier"] is not None and (expires is None or on <= expires):
                found[customer_id] = Override(
                    customer_id, raw["tier"], raw["reason"], expires, event.author, event.at, event.number
                )
        return MappingProxyType(found)

    def change_setting(self, name: str, value: Any, author: str, at: datetime) -> None:
        """Keep a setting of the workspace (any JSON value)."""
        self.note("setting", name, {"value": value}, author, at)

    def settings(self, up_to: int | None = None) -> Mapping[str, Any]:
        """Every setting of the workspace, by name."""
        return MappingProxyType({name: raw["value"] for name, raw in self._latest("setting", up_to).items()})

    def _latest(self, kind: str, up_to: int | None) -> dict[str, Mapping[str, Any]]:
        return {event.key: event.payload for event in self.events(kind, up_to=up_to)}
