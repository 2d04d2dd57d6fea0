"""The journal: every decision a person took, appended and never changed; what holds now is a fold over it.

One SQLite file in the store folder (write-ahead log, so that app and command line share it). Event numbers only
grow; every reading takes `up_to`, the last event number it may see, and so can be replayed.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from segmentation.errors import StoreError
from segmentation.intake.uploads import SheetMapping
from segmentation.schemes import Scheme, from_toml, to_toml
from segmentation.store_files import prepare_folder

FORMAT = 1
FILE = "journal.sqlite"
_WAIT_SECONDS = 10.0
State = Literal["draft", "published"]
_CREATE = """
    CREATE TABLE IF NOT EXISTS events (
        number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, author TEXT NOT NULL,
        kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, key, number);
    CREATE TRIGGER IF NOT EXISTS never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
    CREATE TRIGGER IF NOT EXISTS never_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
"""


@dataclass(frozen=True)
class Event:
    """One decision as it was recorded; `key` is what it is about, `payload` what was decided."""

    number: int
    at: datetime
    author: str
    kind: str
    key: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class SavedScheme:
    """A revision of a scheme as saved: draft or published, by whom and when (event `number`)."""

    scheme: Scheme
    state: State
    author: str
    at: datetime
    number: int


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


class Journal:
    """The decisions of one store folder. Safe from several threads and processes.

    StoreError: `e.store.journal` when it is damaged or stays locked, `e.store.newer` on a newer format.
    """

    def __init__(self, path: Path | str) -> None:
        prepare_folder(Path(path))
        self._file = Path(path) / FILE
        with self._connected() as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found > FORMAT:
                raise StoreError("e.store.newer", found=found, known=FORMAT)
            if found < FORMAT:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_CREATE)
                connection.execute(f"PRAGMA user_version = {FORMAT}")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection for one act: SQLite's own locks then do for threads what they do for processes."""
        try:
            with contextlib.closing(
                sqlite3.connect(self._file, timeout=_WAIT_SECONDS, isolation_level=None)
            ) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except sqlite3.Error as error:
            raise StoreError("e.store.journal", why=str(error)) from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def record(self, kind: str, key: str, payload: Mapping[str, Any], author: str, at: datetime) -> Event:
        """Append one event of any kind and return it with its number."""
        with self._writing() as connection:
            return _append(connection, Event(0, at, author, kind, key, payload))

    def events(self, *kinds: str, key: str | None = None, up_to: int | None = None) -> tuple[Event, ...]:
        """Events of the given kinds (all where none is given), oldest first."""
        with self._connected() as connection:
            return _select(connection, kinds, key, up_to)

    def number(self) -> int:
        """Number of the last event; 0 in an empty journal."""
        with self._connected() as connection:
            return int(connection.execute("SELECT coalesce(max(number), 0) FROM events").fetchone()[0])

    def save_scheme(self, scheme: Scheme, author: str, at: datetime) -> Scheme:
        """Save a draft under its name as the next revision; an unchanged one keeps its revision."""
        return self._keep(scheme, "draft", author, at)

    def publish_scheme(self, scheme: Scheme, author: str, at: datetime) -> Scheme:
        """Publish a scheme as the next revision of its name; it is the published one from now on."""
        return self._keep(scheme, "published", author, at)

    def _keep(self, scheme: Scheme, state: State, author: str, at: datetime) -> Scheme:
        with self._writing() as connection:
            earlier = _select(connection, ("scheme",), scheme.name, None)
            if earlier and _says_the_same(earlier[-1], scheme):
                last = _published(_select(connection, ("scheme",), None, None))
                if state == "draft" or (last is not None and last.number == earlier[-1].number):
                    return from_toml(earlier[-1].payload["toml"])
            revisions = [from_toml(event.payload["toml"]).revision for event in earlier]
            kept = scheme.changed(revision=max(revisions, default=0) + 1)
            payload = {"state": state, "toml": to_toml(kept)}
            _append(connection, Event(0, at, author, "scheme", kept.name, payload))
            return kept

    def scheme_history(self, name: str | None = None, up_to: int | None = None) -> tuple[SavedScheme, ...]:
        """Every saved revision (of one name), oldest first."""
        return tuple(_saved(event) for event in self.events("scheme", key=name, up_to=up_to))

    def schemes(self, up_to: int | None = None) -> Mapping[str, SavedScheme]:
        """The latest revision of every name, by name."""
        return MappingProxyType({saved.scheme.name: saved for saved in self.scheme_history(up_to=up_to)})

    def published(self, up_to: int | None = None) -> SavedScheme | None:
        """The last published revision of any name, with who published it and when."""
        event = _published(self.events("scheme", up_to=up_to))
        return None if event is None else _saved(event)

    def published_scheme(self, up_to: int | None = None) -> Scheme | None:
        """The scheme now published; None when none ever was."""
        saved = self.published(up_to)
        return saved.scheme if saved else None

    def remember_mapping(self, signature: str, mapping: SheetMapping, author: str, at: datetime) -> None:
        """Keep what was decided about a layout, for the next file that looks the same."""
        payload = {
            "headers": list(mapping.headers),
            "parts": {table: dict(columns) for table, columns in mapping.parts.items()},
            "answers": dict(mapping.answers),
        }
        self._note("mapping", signature, payload, author, at)

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
        self._note("answers", source, answers, author, at)

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
        self._note("setting", name, {"value": value}, author, at)

    def settings(self, up_to: int | None = None) -> Mapping[str, Any]:
        """Every setting of the workspace, by name."""
        return MappingProxyType({name: raw["value"] for name, raw in self._latest("setting", up_to).items()})

    def _note(self, kind: str, key: str, payload: Mapping[str, Any], author: str, at: datetime) -> None:
        """Record, unless the same is known already: repeated imports would only lengthen the journal."""
        with self._writing() as connection:
            known = _select(connection, (kind,), key, None)
            if not known or dict(known[-1].payload) != json.loads(json.dumps(dict(payload))):
                _append(connection, Event(0, at, author, kind, key, payload))

    def _latest(self, kind: str, up_to: int | None) -> dict[str, Mapping[str, Any]]:
        return {event.key: event.payload for event in self.events(kind, up_to=up_to)}


def _saved(event: Event) -> SavedScheme:
    raw = event.payload
    return SavedScheme(from_toml(raw["toml"]), raw["state"], event.author, event.at, event.number)


def _published(events: tuple[Event, ...]) -> Event | None:
    found = [event for event in events if event.payload["state"] == "published"]
    return found[-1] if found else None


def _says_the_same(event: Event, scheme: Scheme) -> bool:
    """Whether a scheme repeats a saved one in everything but its revision; TOML is what is compared and kept."""
    saved = from_toml(event.payload["toml"])
    return to_toml(saved) == to_toml(scheme.changed(revision=saved.revision))


def _append(connection: sqlite3.Connection, event: Event) -> Event:
    """Write an event and return it with the number it got."""
    text = json.dumps(dict(event.payload), ensure_ascii=False, sort_keys=True)
    cursor = connection.execute(
        "INSERT INTO events (at, author, kind, key, payload) VALUES (:at, :author, :kind, :key, :payload)",
        {
            "at": event.at.isoformat(),
            "author": event.author,
            "kind": event.kind,
            "key": event.key,
            "payload": text,
        },
    )
    return replace(event, number=int(cursor.lastrowid or 0), payload=MappingProxyType(json.loads(text)))


def _select(
    connection: sqlite3.Connection, kinds: tuple[str, ...], key: str | None, up_to: int | None
) -> tuple[Event, ...]:
    rows = connection.execute(
        """
        SELECT number, at, author, kind, key, payload FROM events
        WHERE (:kinds = '[]' OR kind IN (SELECT value FROM json_each(:kinds)))
            AND (:key IS NULL OR key = :key) AND (:up_to IS NULL OR number <= :up_to)
        ORDER BY number""",
        {"kinds": json.dumps(kinds), "key": key, "up_to": up_to},
    ).fetchall()
    return tuple(
        Event(number, datetime.fromisoformat(at), author, kind, about, MappingProxyType(json.loads(payload)))
        for number, at, author, kind, about, payload in rows
    )
