"""Erasing one customer from every kept version and from the journal: the only act that changes what was published.

Files are written anew without the customer, because a deleted row stays in a database file. A crash leaves some
versions erased and others not; erasing once more finishes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from segmentation.errors import ConflictError, StoreError
from segmentation.identities import merged_into, without_customer
from segmentation.journal_log import Log
from segmentation.store import Store, Version
from segmentation.store_books import ROOTS
from segmentation.store_build import META, SOURCES, copy_corrections, count_written, workbench
from segmentation.store_decisions import settle
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
from segmentation.store_traces import Traces, clean, cleaned_event
from segmentation.store_verification import verify_file
from segmentation.tables import TABLES, storage_types

_OWN = ("customers", "orders", "touches", "deals")
# Where another customer's row says something in free words; all other columns are keys, groups and figures.
_REMARKS = {"customers": ("need", "attributes"), "deals": ("loss_reason", "attributes")}


def find_traces(store: Store, customer_id: str) -> Traces:
    """Count what an erasure would take away and rewrite. Nothing is changed."""
    events = Log(store.path).events()
    linked = {name for event in events for name in _linked_names(event.payload, customer_id)} - {customer_id}
    served = store.current()
    merged = merged_into(served.aliases if served else (), customer_id)
    linked |= merged
    names, taken, rows, mentions = set(linked), set[str](), dict[int, int](), dict[int, int]()
    for version in store.versions():
        with building(store.path) as place, workbench(place, store.path / version.data) as connection:
            listed = "SELECT DISTINCT customer_id, trim(name) FROM base.customers WHERE customer_id IN"
            keys = {"keys": [customer_id, *sorted(linked)]}
            found = connection.execute(f"{listed} (SELECT unnest($keys))", keys).fetchall()
        names |= {name for known, name in found if known in {customer_id, *merged} and name}
        taken |= {known for known, _ in found if known not in {customer_id, *merged}}
    told = tuple(sorted(names - taken))
    traces = Traces(customer_id, told, tuple(sorted(linked - taken)), {}, {}, 0)
    for version in store.versions():
        with building(store.path) as place, workbench(place, store.path / version.data) as connection:
            count = " + ".join(f"(SELECT count(*) FROM base.{t} s WHERE {_is_own(t)})" for t in _OWN)
            held = int(connection.execute(f"SELECT {count}", {"keys": traces.keys}).fetchone()[0])
            said = sum(len(_rewritten(connection, table, traces)) for table in TABLES)
        rows |= {version.number: held} if held else {}
        mentions |= {version.number: said} if said else {}
    decisions = sum(cleaned_event(event, traces) != event for event in events)
    return replace(traces, rows=rows, mentions=mentions, decisions=decisions)


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
    settle(store.path)  # what waits for the journal may name the customer
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
    log.rewrite(lambda event: cleaned_event(event, traces))
    log.record("erasure", str(number), {"customers": 1, "versions": len(traces.rows)}, author, at)
    return served


def _renamed(version: Version, written: Mapping[str, Version], traces: Traces) -> Version:
    """A version as its rewritten file has it."""
    new = written[version.data]
    was_in = version.number in traces.rows
    return replace(
        version, rows=new.rows, data=new.data, sha256=new.sha256, bytes=new.bytes,
        erased_count=version.erased_count + was_in,
        aliases=without_customer(version.aliases, {*traces.keys, *traces.names}),
    )  # fmt: skip


def _write_anew(store: Store, name: str, traces: Traces, place: Path) -> Version:
    """One data file without the customer, under the name of its building folder."""
    target = place / "next.duckdb"
    with workbench(place, store.path / name) as connection:
        connection.execute(f"ATTACH {quoted(target)} AS next")
        for table in TABLES:
            _copy_others(connection, table, traces)
        connection.execute(f"CREATE TABLE next.sources ({SOURCES})")
        connection.execute("INSERT INTO next.sources SELECT * FROM base.sources")
        for column in ("file", "sheet"):
            for (old,) in connection.execute(f"SELECT DISTINCT {column} FROM next.sources").fetchall():
                facts = {"new": clean(old, traces), "old": old}
                connection.execute(f"UPDATE next.sources SET {column} = $new WHERE {column} = $old", facts)
        connection.execute(f"CREATE TABLE next.meta ({META})")
        connection.execute("INSERT INTO next.meta SELECT * FROM base.meta")
        copy_corrections(connection)
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


def _copy_others(connection: Any, table: str, traces: Traces) -> None:
    """One table without the customer's rows, remarks about it cleaned."""
    found = _rewritten(connection, table, traces)
    columns = _free_columns(table)
    names = ", ".join(f'"{column}" VARCHAR' for column in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE rewritten (id BIGINT, {names})")
    for identity, texts in found.items():
        marks = ", ".join(f"${column}" for column in columns)
        connection.execute(f"INSERT INTO rewritten VALUES ($id, {marks})", {"id": identity, **texts})
    chosen = ", ".join(
        f'CASE WHEN r.id IS NULL THEN s."{column}" ELSE r."{column}" END AS "{column}"'
        if found and column in columns
        else f's."{column}"'
        for column in storage_types(TABLES[table])
    )
    source = f"base.{table} s" + (" LEFT JOIN rewritten r ON r.id = s.rowid" if found else "")
    theirs, facts = (f"WHERE NOT {_is_own(table)}", {"keys": traces.keys}) if table in _OWN else ("", None)
    connection.execute(f"CREATE TABLE next.{table} AS SELECT {chosen} FROM {source} {theirs}", facts)


def _is_own(table: str) -> str:
    """Whether a stored row `s` is the customer's."""
    return "coalesce(s.customer_id IN (SELECT unnest($keys)), FALSE)" if table in _OWN else "FALSE"


def _free_columns(table: str) -> tuple[str, ...]:
    return _REMARKS.get(table, ("attributes",)) + (("parent_id",) if table == "customers" else ())


def _rewritten(connection: Any, table: str, traces: Traces) -> Mapping[int, Mapping[str, str | None]]:
    """Rows of others that name the customer: row id → its free texts without it."""
    columns, remarks = _free_columns(table), _REMARKS.get(table, ("attributes",))
    # Inside attributes, which are JSON, a word may be written otherwise.
    words = sorted({said for word in traces.words for said in (word, json.dumps(word)[1:-1])})
    named = " OR ".join(
        f'EXISTS (SELECT 1 FROM unnest($words) w(word) WHERE contains(s."{column}", word))'
        for column in remarks
    )
    facts: dict[str, Any] = {"words": words} | ({"keys": traces.keys} if table in _OWN else {})
    if table == "customers":
        named += " OR s.parent_id IN (SELECT unnest($keys))"
    chosen = ", ".join(f's."{column}"' for column in columns)
    rows = connection.execute(
        f"SELECT s.rowid, {chosen} FROM base.{table} s WHERE NOT {_is_own(table)} AND ({named})", facts
    ).fetchall()
    found = {}
    for identity, *texts in rows:
        told = dict(zip(columns, texts, strict=True))
        new = {name: _clean_column(name, text, traces) for name, text in told.items()}
        if new != told:
            found[identity] = new
    return found


def _clean_column(name: str, text: str | None, traces: Traces) -> str | None:
    if text is None or (name == "parent_id" and text not in traces.keys):
        return text
    if name == "parent_id":
        return None
    if name != "attributes":
        return clean(text, traces)
    told = json.loads(text)
    new = {key: clean(value, traces) if isinstance(value, str) else value for key, value in told.items()}
    return text if new == told else json.dumps(new, ensure_ascii=False)
