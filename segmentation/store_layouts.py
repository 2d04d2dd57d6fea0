"""Data files an earlier program wrote: read as today's tables, column by column; the file itself stays as it is.

So a store is migrated by use: what was published is never rewritten and remains the backup, and the next publish
writes today's tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segmentation.store_offers import quoted
from segmentation.tables import TABLES, storage_types

_BESIDE = ("sources", "meta", "corrections")


def attach_rows(connection: Any, path: Path, name: str) -> None:
    """Attach the rows of a data file under `name`, with every table and column known today; null where it has none."""
    connection.execute(f"ATTACH {quoted(path)} AS {name} (READ_ONLY)")
    held = _held(connection, name)
    if not _lacks(held):
        return
    connection.execute(f"DETACH {name}")
    connection.execute(f"ATTACH {quoted(path)} AS earlier (READ_ONLY)")
    connection.execute(f"ATTACH ':memory:' AS {name}")
    for table, contract in TABLES.items():
        known = held.get(table, frozenset())
        columns = ", ".join(
            f'CAST({_quoted(column, known)} AS {kind}) AS "{column}"'
            for column, kind in storage_types(contract).items()
        )
        rows = f"earlier.{table}" if known else "(SELECT 1) WHERE FALSE"
        connection.execute(f"CREATE TABLE {name}.{table} AS SELECT {columns} FROM {rows}")
    for table in _BESIDE:
        if table in held:
            connection.execute(f"CREATE TABLE {name}.{table} AS SELECT * FROM earlier.{table}")


def _quoted(column: str, known: frozenset[str]) -> str:
    return f'"{column}"' if column in known else "NULL"


def is_of_today(connection: Any) -> bool:
    """Whether the opened data file has every table and column known today."""
    return not _lacks(_held(connection, connection.execute("SELECT current_database()").fetchone()[0]))


def _held(connection: Any, name: str) -> Mapping[str, frozenset[str]]:
    """Table → its columns."""
    rows = connection.execute(
        "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = $name GROUP BY 1",
        {"name": name},
    ).fetchall()
    return {table: frozenset(columns) for table, columns in rows}


def _lacks(held: Mapping[str, frozenset[str]]) -> bool:
    return any(
        not storage_types(table).keys() <= held.get(name, frozenset()) for name, table in TABLES.items()
    )
