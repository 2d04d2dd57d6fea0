"""Writing a data file: the rows of the version before, an upload put into them, counted again read-only."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from segmentation.errors import StoreError
from segmentation.intake.uploads import Correction, Source, TableUpload, Upload
from segmentation.settings import Calendar
from segmentation.store_books import HARDENED
from segmentation.store_difference import (
    Difference,
    RestatedMonth,
    TableDifference,
    count,
    match_and_hold,
)
from segmentation.store_layouts import attach_rows
from segmentation.store_meanings import has_corrections
from segmentation.store_months import MonthDifference, compare_months
from segmentation.store_offers import (
    has_placed_keys,
    has_shared_numbers,
    merged_rows,
    offered_file,
    offered_rows,
    quoted,
    register_sources,
)
from segmentation.store_strangers import NAMING, count_quiet, find_unknown
from segmentation.tables import TABLES, storage_types

SOURCES = (
    "source_id INTEGER, file VARCHAR, sha256 VARCHAR, sheet VARCHAR, table_name VARCHAR, header_row INTEGER, "
    "columns VARCHAR, imported_in INTEGER"
)
NOBODY_ELSE: Mapping[str, str] = MappingProxyType({})
META = "name VARCHAR, value VARCHAR"
# Cells that are not what their sheet says (see `intake.corrections`); no text of a sheet stands here.
CORRECTIONS = "table_name VARCHAR, source_id INTEGER, source_row INTEGER, column_name VARCHAR, reason VARCHAR"
# Plan dates (expected, renewal) lie ahead of the data and do not move its end.
_LATEST = """
    SELECT max(day) FROM (
        SELECT max(ordered_on) AS day FROM {0}.orders WHERE ordered_on <= $today
        UNION ALL SELECT max(CAST("at" AS DATE)) FROM {0}.touches WHERE CAST("at" AS DATE) <= $today
        UNION ALL SELECT max(opened_on) FROM {0}.deals WHERE opened_on <= $today
        UNION ALL SELECT max(closed_on) FROM {0}.deals WHERE closed_on <= $today)"""


@contextlib.contextmanager
def workbench(place: Path, base: Path | None) -> Iterator[Any]:
    """A connection in memory with the rows of `base` (or empty tables) attached as `base`, spilling to `place`."""
    connection = duckdb.connect(":memory:", config=dict(HARDENED))
    try:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = {quoted(place / 'spill')}")
        if base is None:
            connection.execute("ATTACH ':memory:' AS base")
            create_tables(connection, "base")
        else:
            attach_rows(connection, base, "base")
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise StoreError("e.store.memory") from error
    # A full disk shows itself as any of these, by the moment it is met.
    except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
        raise StoreError("e.store.folder", path=str(place.parent.parent), why=str(error)) from error
    finally:
        connection.close()


def create_tables(connection: Any, schema: str, but: Sequence[str] = ()) -> None:
    """Every table of the contract, empty; `but` names those made otherwise."""
    for name, table in TABLES.items():
        if name not in but:
            columns = ", ".join(f'"{column}" {kind}' for column, kind in storage_types(table).items())
            connection.execute(f"CREATE TABLE {schema}.{name} ({columns})")
    if schema == "base":
        connection.execute(f"CREATE TABLE {schema}.sources ({SOURCES})")
        connection.execute(f"CREATE TABLE {schema}.meta ({META})")
        connection.execute(f"CREATE TABLE {schema}.corrections ({CORRECTIONS})")


def require_single_parts(upload: Upload) -> None:
    """StoreError where a table is offered twice: one of the two would be lost."""
    offered = [part.table for part in upload.tables]
    for table in offered:
        if offered.count(table) > 1:
            raise StoreError("e.store.parts", table=table)


def _row_count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM base.{table}").fetchone()[0])


def _first_source(connection: Any) -> int:
    return int(connection.execute("SELECT coalesce(max(source_id) + 1, 0) FROM base.sources").fetchone()[0])


def _needs_matching(connection: Any, part: TableUpload, sources: Sequence[Source]) -> bool:
    """Where nothing was stored everything is new, but sheets of one upload may name the same order."""
    return bool(_row_count(connection, part.table)) or has_shared_numbers(connection, part, sources)


def _fresh(connection: Any, part: TableUpload, sources: Sequence[Source]) -> TableDifference | None:
    if _needs_matching(connection, part, sources):
        return None
    rows = connection.execute(f"SELECT count(*) FROM {offered_file(connection, part)[0]}").fetchone()[0]
    return TableDifference(part.table, rows, rows, 0, 0)


def measure(
    connection: Any,
    upload: Upload,
    kept_months: Collection[date] = (),
    told: Mapping[str, str] = NOBODY_ELSE,
    stopped: Collection[str] = (),
) -> Difference:
    """The difference an upload makes to the attached base; temporary pairs stay for `write_rows`. `told`: customers as
    written → as meant; `stopped`: customers nobody misses."""
    require_single_parts(upload)
    register_sources(connection, upload.sources)
    first = _first_source(connection)
    parts, after, restated = [], {}, list[RestatedMonth]()
    for part in upload.tables:
        found = _fresh(connection, part, upload.sources)
        if found is None:
            restated += match_and_hold(connection, part, upload.sources, first, kept_months)
            found = count(connection, part, upload.sources)
            after[part.table] = merged_rows(part.table, upload.sources, first)
        else:
            after[part.table] = offered_rows(connection, part, first)
        parts.append(found)
    return Difference(
        _with_strangers(connection, parts, upload, told, stopped),
        _months(connection, after),
        is_same=all(part.is_same for part in parts),
        imported_in=_imported_in(connection, upload.sources),
        restated=tuple(restated),
    )


def _with_strangers(
    connection: Any,
    parts: Sequence[TableDifference],
    upload: Upload,
    told: Mapping[str, str],
    stopped: Collection[str],
) -> tuple[TableDifference, ...]:
    """The figures of all tables with the rows of customers nobody lists; who means another one is not missing."""
    rows = {part.table: offered_rows(connection, part, 0) for part in upload.tables}
    found = []
    for part in parts:
        changed: dict[str, Any] = {}
        if part.table in NAMING:
            ours, theirs = rows[part.table], rows.get("customers")
            changed = {"unknown": find_unknown(connection, part.table, ours, theirs, told)}
        elif part.table == "customers" and part.missing and (quiet := {*told, *stopped}):
            gone = tuple(one for one in part.gone if one.customer_id not in quiet)
            changed = {"missing": part.missing - count_quiet(connection, quiet), "gone": gone}
        found.append(replace(part, **changed))
    return tuple(found)


def _months(connection: Any, after: Mapping[str, str]) -> tuple[MonthDifference, ...]:
    table = "orders" if "orders" in after or _row_count(connection, "orders") else "deals"
    return compare_months(connection, table, after.get(table, f"SELECT * FROM base.{table}"))


def _imported_in(connection: Any, sources: Sequence[Source]) -> int | None:
    """The version all these files came with, None unless every one is known."""
    hashes = sorted({source.sha256 for source in sources})
    found = connection.execute(
        "SELECT count(DISTINCT sha256), max(imported_in) FROM base.sources WHERE list_contains($hashes, sha256)",
        {"hashes": hashes},
    ).fetchone()
    return found[1] if hashes and found[0] == len(hashes) else None


def is_same(connection: Any, upload: Upload, kept_months: Collection[date] = ()) -> bool:
    """Whether an upload changes nothing; leaves the pairs of every table for `write_rows`."""
    register_sources(connection, upload.sources)
    first, same = _first_source(connection), True
    for part in upload.tables:
        if _needs_matching(connection, part, upload.sources):
            match_and_hold(connection, part, upload.sources, first, kept_months)
            changing = f"SELECT count(*) FROM touched_{part.table} WHERE state <> 'withheld'"
            same &= not connection.execute(changing).fetchone()[0]
        else:
            same &= part.rows == 0
    return same


def write_rows(connection: Any, target: Path, upload: Upload | None, number: int) -> None:
    """Write the file of the next version: base rows, merged with the upload where it feeds a table."""
    first = _first_source(connection)
    parts = {part.table: part for part in upload.tables} if upload else {}
    whole = _finished_part(connection, parts, first)
    if whole is not None:
        shutil.copyfile(whole.path, target)
    connection.execute(f"ATTACH {quoted(target)} AS next")
    sources = upload.sources if upload else ()
    register_sources(connection, sources)
    for table in TABLES:
        part = parts.get(table)
        if part is not None and part is whole:
            continue
        if part is None:
            rows = f"SELECT * FROM base.{table}"
        elif _needs_matching(connection, part, sources):
            rows = merged_rows(table, sources, first)
        else:
            # Straight from the upload into the file: nothing staged, nothing hashed.
            rows = f"SELECT * EXCLUDE (offered_id) FROM ({offered_rows(connection, part, first)})"
        connection.execute(f"CREATE TABLE next.{table} AS {rows}")
    connection.execute("CREATE TABLE next.sources AS SELECT * FROM base.sources")
    connection.execute(f"CREATE TABLE next.meta ({META})")
    copy_corrections(connection, upload.corrections if upload else (), first)
    for index, source in enumerate(sources):
        columns = json.dumps({name: list(cell) for name, cell in source.columns.items()}, ensure_ascii=False)
        connection.execute(
            "INSERT INTO next.sources VALUES ($id, $file, $sha, $sheet, $table, $header, $columns, $number)",
            {
                "id": first + index, "file": source.file, "sha": source.sha256, "sheet": source.sheet,
                "table": source.table, "header": source.header_row, "columns": columns, "number": number,
            },
        )  # fmt: skip


def copy_corrections(connection: Any, more: Sequence[Correction] = (), first: int = 0) -> None:
    """The corrections of the base and those of an upload whose sources count on from `first`."""
    connection.execute(f"CREATE TABLE next.corrections ({CORRECTIONS})")
    if has_corrections(connection, "base"):
        connection.execute("INSERT INTO next.corrections SELECT * FROM base.corrections")
    if more:
        offered = pa.Table.from_pylist([one._asdict() for one in more])
        connection.register("corrections_now", offered)
        rows = "SELECT table_name, source_id + $first, source_row, column_name, reason FROM corrections_now"
        connection.execute(f"INSERT INTO next.corrections {rows}", {"first": first})
        connection.unregister("corrections_now")


def _finished_part(connection: Any, parts: Mapping[str, TableUpload], first: int) -> TableUpload | None:
    """The part whose file already is what would be written: all rows new, columns, keys and sources as stored."""
    for part in parts.values():
        if part.path.suffix != ".duckdb" or first or _row_count(connection, part.table):
            continue
        file, _ = offered_file(connection, part)
        held = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {file}").fetchall()}
        as_stored = list(held.items()) == list(storage_types(TABLES[part.table]).items())
        tables = connection.execute(
            "SELECT list(table_name) FROM duckdb_tables() WHERE database_name = $name",
            {"name": f"file_{part.table}"},
        ).fetchone()[0]
        if as_stored and tables == [part.table] and not has_placed_keys(connection, file):
            return part
    return None


def finish_file(connection: Any, calendar: Calendar, today: date) -> date | None:
    """Write the meta table, close the file; returns `data_through_on`."""
    through: date | None = connection.execute(_LATEST.format("next"), {"today": today}).fetchone()[0]
    values = {
        "currency": calendar.currency,
        "time_zone": calendar.time_zone,
        "fiscal_month": str(calendar.fiscal_month),
        "tax_basis": calendar.tax_basis,
        "data_through_on": through.isoformat() if through else None,
    }
    for name, value in values.items():
        connection.execute("INSERT INTO next.meta VALUES ($name, $value)", {"name": name, "value": value})
    connection.execute("CHECKPOINT next")
    connection.execute("DETACH next")
    return through


def count_written(connection: Any) -> dict[str, int]:
    """Rows per table as the writer sees them."""
    return {
        table: int(connection.execute(f"SELECT count(*) FROM next.{table}").fetchone()[0]) for table in TABLES
    }
