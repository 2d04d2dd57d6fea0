"""A data file opened for reading as its version means it: rows as written, seen through the list of who is who.

Nothing is written: the tables are views in memory over the file, and a list taken back leaves the very same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from segmentation.identities import Alias, Who, meanings
from segmentation.store_layouts import attach_rows, is_of_today
from segmentation.store_offers import quoted
from segmentation.tables import TABLES, storage_types

# Which columns name a customer or a seller.
_NAMING: Mapping[str, Mapping[str, Who]] = {
    "customers": {"customer_id": "customer", "parent_id": "customer", "owner": "seller"},
    "orders": {"customer_id": "customer", "rep": "seller"},
    "touches": {"customer_id": "customer", "rep": "seller"},
    "deals": {"customer_id": "customer", "rep": "seller"},
    "reps": {"rep_id": "seller", "name": "seller"},
}
# One row each, whoever was merged: the record of the one meant, else the first of the others in byte order.
_ONE_EACH = {"customers": "t.customer_id", "reps": "coalesce(t.name, t.rep_id)"}


def open_root(
    path: Path, aliases: Sequence[Alias], reading: Mapping[str, str], *, leaves_out: bool = False
) -> Any:
    """A read-only connection whose tables say who is meant; the file itself where nobody means another.

    `leaves_out`: cells that are not what their sheet says are null.
    """
    is_plain = not (leaves_out or meanings(aliases, "customer") or meanings(aliases, "seller"))
    if is_plain:
        plain: Any = duckdb.connect(str(path), read_only=True, config={**reading})
        if is_of_today(plain):
            return plain
        plain.close()
    locked = ("enable_external_access", "lock_configuration")
    settings: dict[str, Any] = {name: value for name, value in reading.items() if name not in locked}
    connection: Any = duckdb.connect(":memory:", config=settings)
    try:
        connection.execute(f"SET temp_directory = {quoted(path.with_suffix('.spill'))}")
        attach_rows(connection, path, "stored")
        for who in ("customer", "seller"):
            _fill(connection, f"meant_{who}", meanings(aliases, who))
        for table in (*TABLES, "sources", "meta"):
            rows = _meant(table)
            chosen = _certain(connection, table, rows) if leaves_out and table in TABLES else rows
            connection.execute(f"CREATE VIEW {table} AS {chosen}")
        for name in locked:
            connection.execute(f"SET {name} = {reading[name]}")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def has_corrections(connection: Any, database: str) -> bool:
    """Whether an attached file knows which of its cells are not what their sheet says; earlier programs wrote none."""
    found = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = $name AND table_name = 'corrections'",
        {"name": database},
    ).fetchone()
    return bool(found[0])


def count_corrections(path: Path, reading: Mapping[str, str]) -> int:
    """Stored cells that are not what their sheet says."""
    with duckdb.connect(str(path), read_only=True, config={**reading}) as connection:
        if not has_corrections(connection, path.stem):
            return 0
        counted = " UNION ALL ".join(
            f"SELECT d.column_name FROM {table} t JOIN corrections d ON d.table_name = '{table}' "
            "AND d.source_id = t.source_id AND d.source_row = t.source_row"
            for table in TABLES
        )
        found = connection.execute(f"SELECT count(*) FROM ({counted})").fetchone()
        return int(found[0]) if found else 0


def _certain(connection: Any, table: str, rows: str) -> str:
    """The rows with every corrected cell null."""
    known = [name for name in storage_types(TABLES[table]) if name in TABLES[table].names]
    told = (
        connection.execute(
            "SELECT DISTINCT column_name FROM stored.corrections WHERE table_name = $table", {"table": table}
        ).fetchall()
        if has_corrections(connection, "stored")
        else []
    )
    names = [name for name in known if (name,) in told]
    if not names:
        return rows
    chosen = ", ".join(
        f'CASE WHEN list_contains(d.names, \'{name}\') THEN NULL ELSE t."{name}" END AS "{name}"'
        for name in names
    )
    return f"""
        SELECT t.* REPLACE ({chosen}) FROM ({rows}) t LEFT JOIN (
            SELECT source_id, source_row, list(column_name) AS names FROM stored.corrections
            WHERE table_name = '{table}' GROUP BY ALL) d
        ON d.source_id = t.source_id AND d.source_row = t.source_row"""


def _fill(connection: Any, table: str, told: Mapping[str, str]) -> None:
    """Strangers' text travels as parameters."""
    connection.execute(f"CREATE TABLE {table} (written VARCHAR, meant VARCHAR)")
    for written, meant in told.items():
        connection.execute(
            f"INSERT INTO {table} VALUES ($written, $meant)", {"written": written, "meant": meant}
        )


def _meant(table: str) -> str:
    """The SELECT of a table with everybody named as meant."""
    columns = _NAMING.get(table, {})
    if not columns:
        return f"SELECT * FROM stored.{table}"
    joins = " ".join(
        f"LEFT JOIN meant_{who} AS m_{name} ON m_{name}.written = t.{name}" for name, who in columns.items()
    )
    chosen = {name: f"coalesce(m_{name}.meant, t.{name})" for name in columns}
    if table == "customers":
        # What a merged customer owes is owed by the one meant; every other fact is the one meant's own.
        chosen["receivable"] = "coalesce(owed.receivable, t.receivable)"
        joins += f" LEFT JOIN ({_OWED}) AS owed ON owed.customer_id = t.customer_id"
    told = ", ".join(f"{expression} AS {name}" for name, expression in chosen.items())
    rows = f"SELECT t.* REPLACE ({told}) FROM stored.{table} AS t {joins}"
    if table not in _ONE_EACH:
        return rows
    return f"{rows} WHERE t.rowid NOT IN ({_repeated(table)})"


def _repeated(table: str) -> str:
    """Row numbers of the records that stand for somebody who has another one."""
    key, who = _ONE_EACH[table], "customer" if table == "customers" else "seller"
    return f"""
        SELECT row FROM (
            SELECT t.rowid AS row, m.meant IS NOT NULL AS is_merged, row_number() OVER (
                PARTITION BY coalesce(m.meant, {key}) ORDER BY m.meant IS NOT NULL, {key}) AS place
            FROM stored.{table} AS t LEFT JOIN meant_{who} AS m ON m.written = {key}
            WHERE m.meant IS NOT NULL OR {key} IN (SELECT meant FROM meant_{who}))
        WHERE is_merged AND place > 1"""


# Per record of somebody merged: what all its records owe together, on whichever of them is kept.
_OWED = """
    SELECT t.customer_id, sum(sum(t.receivable)) OVER (PARTITION BY coalesce(any_value(m.meant), t.customer_id))
        ::DECIMAL(18,4) AS receivable
    FROM stored.customers AS t LEFT JOIN meant_customer AS m ON m.written = t.customer_id
    WHERE m.meant IS NOT NULL OR t.customer_id IN (SELECT meant FROM meant_customer)
    GROUP BY t.customer_id"""
