"""The journal: every decision a person took, appended and never changed; what holds now is a fold over it.

One SQLite file in the store folder (write-ahead log, so that app and command line share it). Event numbers only
grow; every reading takes `up_to`, the last event number it may see, and so can be replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from segmentation.intake.uploads import SheetMapping
from segmentation.journal_log import FILE, Event
from segmentation.journal_schemes import SavedScheme, SchemeAct, SchemeJournal

__all__ = ["FILE", "Event", "Journal", "SavedScheme", "SchemeAct"]


class Journal(SchemeJournal):
    """The decisions of one store folder. Safe from several threads and processes.

    StoreError: `e.store.journal` when it is damaged or stays locked, `e.store.newer` on a newer format.
    """

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

    def history(self, up_to: int | None = None) -> Mapping[int, Mapping[str, Any]]:
        """What was decided about stored rows, by version number (see `history_event`)."""
        return MappingProxyType({int(key): told for key, told in self._latest("history", up_to).items()})

    def change_setting(self, name: str, value: Any, author: str, at: datetime) -> None:
        """Keep a setting of the workspace (any JSON value)."""
        self.note("setting", name, {"value": value}, author, at)

    def settings(self, up_to: int | None = None) -> Mapping[str, Any]:
        """Every setting of the workspace, by name."""
        return MappingProxyType({name: raw["value"] for name, raw in self._latest("setting", up_to).items()})

    def _latest(self, kind: str, up_to: int | None) -> dict[str, Mapping[str, Any]]:
        return {event.key: event.payload for event in self.events(kind, up_to=up_to)}


def mapping_event(signature: str, mapping: SheetMapping, author: str, at: datetime) -> Event:
    """What was decided about a layout, for the next file that looks the same."""
    payload = {
        "headers": list(mapping.headers),
        "parts": {table: dict(columns) for table, columns in mapping.parts.items()},
        "answers": dict(mapping.answers),
    }
    return Event(0, at, author, "mapping", signature, payload)


def history_event(number: int, told: Mapping[str, Any], author: str, at: datetime) -> Event:
    """What was decided about stored rows when version `number` was published: `answers`, and `months`, each past month
    that was told otherwise (table, month, rows, before, after, kept)."""
    return Event(0, at, author, "history", str(number), told)
