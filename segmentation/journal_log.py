"""The log under the journal: numbered events in one SQLite file, appended and never changed."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from segmentation.errors import StoreError
from segmentation.store_files import prepare_folder

FORMAT = 1
FILE = "journal.sqlite"
_WAIT_SECONDS = 10.0
_ADOPTED = "decided"
_CREATE = """
    CREATE TABLE IF NOT EXISTS events (
        number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, author TEXT NOT NULL,
        kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, key, number);
"""
_NEVER = (
    """CREATE TRIGGER IF NOT EXISTS never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;""",
    """CREATE TRIGGER IF NOT EXISTS never_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;""",
)


@dataclass(frozen=True)
class Event:
    """One decision as it was recorded; `key` is what it is about, `payload` what was decided."""

    number: int
    at: datetime
    author: str
    kind: str
    key: str
    payload: Mapping[str, Any]


class Log:
    """The events of one store folder. Safe from several threads and processes.

    StoreError: `e.store.journal` when it is damaged or stays locked longer than `wait_seconds` (default 10),
    `e.store.newer` on a newer format.
    """

    def __init__(self, path: Path | str, wait_seconds: float | None = None) -> None:
        prepare_folder(Path(path))
        self._file = Path(path) / FILE
        self._wait_seconds = _WAIT_SECONDS if wait_seconds is None else wait_seconds
        with self._connected() as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found > FORMAT:
                raise StoreError("e.store.newer", found=found, known=FORMAT)
            if found < FORMAT:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_CREATE + "".join(_NEVER))
                connection.execute(f"PRAGMA user_version = {FORMAT}")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection for one act: SQLite's own locks then do for threads what they do for processes."""
        try:
            with contextlib.closing(
                sqlite3.connect(self._file, timeout=self._wait_seconds, isolation_level=None)
            ) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except sqlite3.Error as error:
            raise StoreError("e.store.journal", why=str(error)) from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection that holds the only right to write: what is read inside is still true when it is written."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def record(self, kind: str, key: str, payload: Mapping[str, Any], author: str, at: datetime) -> Event:
        """Append one event of any kind and return it with its number."""
        with self._writing() as connection:
            return append(connection, Event(0, at, author, kind, key, payload))

    def note(self, kind: str, key: str, payload: Mapping[str, Any], author: str, at: datetime) -> None:
        """Record, unless the same is known already: repeated imports would only lengthen the journal."""
        with self._writing() as connection:
            _append_new(connection, Event(0, at, author, kind, key, payload))

    def adopt(self, act: str, events: Iterable[Event]) -> None:
        """Note all events of one act, or none; nothing where the journal has this very act already."""
        with self._writing() as connection:
            if select(connection, (_ADOPTED,), act):
                return
            for event in events:
                _append_new(connection, event)
            append(connection, replace(event, kind=_ADOPTED, key=act, payload={}))

    def events(self, *kinds: str, key: str | None = None, up_to: int | None = None) -> tuple[Event, ...]:
        """Events of the given kinds (all where none is given), oldest first."""
        with self._connected() as connection:
            return select(connection, kinds, key, up_to)

    def rewrite(self, change: Callable[[Event], Event | None]) -> None:
        """Change events (None: take them out) and leave no byte of what they were: for erasures only."""
        with self._connected() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            for trigger in ("never_changed", "never_deleted"):
                connection.execute(f"DROP TRIGGER {trigger}")
            for event in select(connection, ()):
                changed = change(event)
                if changed is None:
                    connection.execute("DELETE FROM events WHERE number = :number", {"number": event.number})
                elif changed != event:
                    text = json.dumps(dict(changed.payload), ensure_ascii=False, sort_keys=True)
                    connection.execute(
                        "UPDATE events SET key = :key, payload = :payload WHERE number = :number",
                        {"key": changed.key, "payload": text, "number": event.number},
                    )
            for statement in _NEVER:
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def number(self) -> int:
        """Number of the last event; 0 in an empty journal."""
        with self._connected() as connection:
            return int(connection.execute("SELECT coalesce(max(number), 0) FROM events").fetchone()[0])


def append(connection: sqlite3.Connection, event: Event) -> Event:
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


def _append_new(connection: sqlite3.Connection, event: Event) -> None:
    known = select(connection, (event.kind,), event.key)
    if not known or dict(known[-1].payload) != json.loads(json.dumps(dict(event.payload))):
        append(connection, event)


def select(
    connection: sqlite3.Connection, kinds: tuple[str, ...], key: str | None = None, up_to: int | None = None
) -> tuple[Event, ...]:
    """Events of the given kinds and key, oldest first, none after `up_to`."""
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
