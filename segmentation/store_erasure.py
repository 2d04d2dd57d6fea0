"""Erasing one customer from every kept version and from the journal: the only act that changes what was published.

Files are written anew without the customer, because a deleted row stays in a database file. A crash leaves some
versions erased and others not; erasing once more finishes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from segmentation.errors import ConflictError, StoreError
from segmentation.journal_log import Event, Log
from segmentation.store import Store, Version
from segmentation.store_books import ROOTS
from segmentation.store_build import META, SOURCES, count_written, verify_file, workbench
from segmentation.store_files import (
    building,
    digest,
    doorway,
    link_exclusively,
    remove,
    require_space,
    sync_file,
    sync_folder,
    write_durably,
)
from segmentation.store_manifests import to_manifest
from segmentation.store_offers import quoted
from segmentation.tables import TABLES, storage_types

GONE = "…"
_WORD = "[0-9A-Za-z_]"
_OWN = ("customers", "orders", "touches", "deals")


@dataclass(frozen=True)
class Traces:
    """What is stored about a customer: `names` (its own, and others it was linked by), rows in each version that has
    any, and decisions in the journal that mention it."""

    customer_id: str
    names: tuple[str, ...]
    rows: Mapping[int, int]
    decisions: int

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.decisions

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that names the customer, the longest first: a short one may be part of a long one."""
        return tuple(sorted({self.customer_id, *self.names}, key=lambda word: (-len(word), word)))


def find_traces(store: Store, customer_id: str) -> Traces:
    """Count what an erasure would take away. Nothing is changed."""
    names, rows = set[str](), dict[int, int]()
    for version in store.versions():
        with building(store.path) as place, workbench(place, store.path / version.data) as connection:
            wanted = {"id": customer_id}
            found = connection.execute(
                "SELECT DISTINCT name FROM base.customers WHERE customer_id = $id AND name IS NOT NULL",
                wanted,
            )
            names |= {row[0].strip() for row in found.fetchall()}
            count = " + ".join(f"(SELECT count(*) FROM base.{t} WHERE customer_id = $id)" for t in _OWN)
            held = int(connection.execute(f"SELECT {count}", wanted).fetchone()[0])
            if held:
                rows[version.number] = held
    events = Log(store.path).events()
    for event in events:
        names |= _linked_names(event.payload, customer_id)
    traces = Traces(customer_id, tuple(sorted(name for name in names if len(name) > 1)), rows, 0)
    return replace(traces, decisions=sum(_cleaned_event(event, traces) != event for event in events))


def _linked_names(value: Any, customer_id: str) -> set[str]:
    """What a person said is this customer: `alias:<layout>:<name>` answered with its id."""
    if not isinstance(value, Mapping):
        return set()
    found = set[str]()
    for key, told in value.items():
        if told == customer_id and str(key).startswith("alias:"):
            found.add(str(key).split(":", 2)[-1])
        found |= _linked_names(told, customer_id)
    return found


def erase_customer(store: Store, traces: Traces, author: str, at: datetime) -> Version:
    """Remove a customer from all versions and the journal; the next version number is the one served without it.

    Errors as `Store.publish`; StoreError `e.erase.unknown` where nothing is stored about it.
    """
    versions = store.versions()
    if traces.is_empty or not versions:
        raise StoreError("e.erase.unknown", customer=traces.customer_id)
    files = sorted({version.data for version in versions})
    require_space(store.path, 2 * sum((store.path / name).stat().st_size for name in files) + 2**20)
    with ExitStack() as stack:
        written = {
            name: _write_anew(store, name, traces, stack.enter_context(building(store.path)))
            for name in files
        }
        place = stack.enter_context(building(store.path))
        served = _renamed(versions[-1], written, traces)
        number = served.number + 1
        served = replace(
            served, number=number, base=served.number, kind="erasure", author=author, published_at=at, note=""
        )
        with doorway(store.path):
            current = store.current()
            if current != versions[-1]:
                raise ConflictError(
                    "e.conflict", who=current.author if current else "", time=f"{at:%Y-%m-%d %H:%M}"
                )
            for version in versions:
                target = store.path / "versions" / f"{version.number:06d}.json"
                write_durably(place / "old.json", to_manifest(_renamed(version, written, traces)), target)
            write_durably(place / "manifest.json", to_manifest(served))
            link_exclusively(place / "manifest.json", store.path / "versions" / f"{number:06d}.json")
            sync_folder(store.path / "versions")
            for name in files:
                ROOTS.drop_idle(store.path / name)
                remove(store.path / name)
    log = Log(store.path)
    log.rewrite(lambda event: _cleaned_event(event, traces))
    log.record("erasure", str(number), {"customers": 1, "versions": len(traces.rows)}, author, at)
    return served


def _renamed(version: Version, written: Mapping[str, Version], traces: Traces) -> Version:
    """A version as its rewritten file has it."""
    new = written[version.data]
    was_in = version.number in traces.rows
    return replace(
        version, rows=new.rows, data=new.data, sha256=new.sha256, bytes=new.bytes,
        erased_count=version.erased_count + was_in,
    )  # fmt: skip


def _write_anew(store: Store, name: str, traces: Traces, place: Path) -> Version:
    """One data file without the customer, under the name of its building folder."""
    target = place / "next.duckdb"
    with workbench(place, store.path / name) as connection:
        connection.execute(f"ATTACH {quoted(target)} AS next")
        for table in TABLES:
            types = storage_types(TABLES[table])
            texts = [
                column for column, kind in types.items() if kind == "VARCHAR" and _is_free(table, column)
            ]
            chosen = ", ".join(
                f'{_clean(column, traces) if column in texts else _quote(column)} AS "{column}"'
                for column in types
            )
            theirs = "WHERE customer_id IS NULL OR customer_id NOT IN (SELECT unnest($words))"
            theirs, facts = (theirs, {"words": list(traces.words)}) if table in _OWN else ("", None)
            connection.execute(
                f"CREATE TABLE next.{table} AS SELECT {chosen} FROM base.{table} {theirs}", facts
            )
        connection.execute(f"CREATE TABLE next.sources ({SOURCES})")
        cleaned = ", ".join(f"{_clean(column, traces)} AS {column}" for column in ("file", "sheet"))
        connection.execute(f"INSERT INTO next.sources SELECT * REPLACE ({cleaned}) FROM base.sources")
        connection.execute(f"CREATE TABLE next.meta ({META})")
        connection.execute("INSERT INTO next.meta SELECT * FROM base.meta")
        rows = count_written(connection)
        connection.execute("CHECKPOINT next")
        connection.execute("DETACH next")
    verify_file(target, rows)
    sync_file(target)
    known = next(version for version in store.versions() if version.data == name)
    new = replace(
        known, rows=rows, sha256=digest(target), bytes=target.stat().st_size, data=f"data/{place.name}.duckdb"
    )
    target.replace(store.path / new.data)
    sync_folder(store.path / "data")
    return new


def _is_free(table: str, column: str) -> bool:
    """Whether a text may speak of another customer: remarks, groups, extra columns; not keys nor others' own names."""
    if column == "attributes":
        return True
    if column == "row_key" or (table, column) in {("customers", "name"), ("reps", "name")}:
        return False
    return TABLES[table].column(column).kind == "text"


def _quote(text: str) -> str:
    return '"' + text + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _clean(column: str, traces: Traces) -> str:
    """A text column without the words that name the customer; null where it says nothing else."""
    told = _quote(column)
    for word in traces.words:
        if _is_latin(word):
            pattern = _literal(f"(^|[^0-9A-Za-z_]){re.escape(word)}($|[^0-9A-Za-z_])")
            for _ in range(2):  # two in a row share the sign between them
                told = f"regexp_replace({told}, {pattern}, '\\1{GONE}\\2', 'g')"
        else:
            told = f"replace({told}, {_literal(word)}, '{GONE}')"
    return f"nullif({told}, '{GONE}')"


def _is_latin(word: str) -> bool:
    """Whether words around it are told apart by signs: Chinese has none."""
    return bool(re.match(_WORD, word[0]) and re.match(_WORD, word[-1]))


def _patterns(traces: Traces) -> Sequence[re.Pattern[str]]:
    return [
        re.compile(f"(?<!{_WORD}){re.escape(word)}(?!{_WORD})" if _is_latin(word) else re.escape(word))
        for word in traces.words
    ]


def _cleaned_event(event: Event, traces: Traces) -> Event | None:
    """A decision without the customer; None where it was about nobody else."""
    if event.key in traces.words:
        return None
    patterns = _patterns(traces)
    key, payload = _cleaned(event.key, patterns), _cleaned(dict(event.payload), patterns)
    return (
        event
        if (key, payload) == (event.key, dict(event.payload))
        else replace(event, key=key, payload=payload)
    )


def _cleaned(value: Any, patterns: Sequence[re.Pattern[str]]) -> Any:
    """A JSON value: entries that name the customer by key or value go, inside longer texts only the words do."""
    if isinstance(value, str):
        for pattern in patterns:
            value = pattern.sub(GONE, value)
        return value
    if isinstance(value, Mapping):
        kept = {}
        for key, told in value.items():
            if any(pattern.search(str(key)) for pattern in patterns):
                continue
            if isinstance(told, str) and any(pattern.fullmatch(told) for pattern in patterns):
                continue
            kept[key] = _cleaned(told, patterns)
        return kept
    if isinstance(value, (list, tuple)):
        return [_cleaned(item, patterns) for item in value]
    return value
