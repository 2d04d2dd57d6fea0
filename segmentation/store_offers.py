"""The rows an upload offers, in stored types, and the rows of a table once they are put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segmentation.intake.uploads import Source, TableUpload
from segmentation.tables import TABLES, storage_types

# The date a row belongs to. What is said of customers and sellers holds for the opened version, on no date; such
# a table can only be replaced as a whole.
DATES: Mapping[str, str] = {
    "customers": "CAST(NULL AS DATE)",
    "orders": "{0}.ordered_on",
    "touches": 'CAST({0}."at" AS DATE)',
    "deals": "coalesce({0}.closed_on, {0}.opened_on)",
    "reps": "CAST(NULL AS DATE)",
    "spend": "{0}.month",
}


# Tables whose rows get a number from their place where the sheet has none.
NUMBERED = ("orders", "deals", "touches")
# Between the number of an order as written and which of the orders that bear it this is; no cell holds this character.
MARK = "chr(31)"
_PLACED = "length(row_key) = 16 OR substr(row_key, 17, 1) = '|'"


def quoted(path: Path) -> str:
    """A path as an SQL string: ATTACH and read_parquet take no parameter everywhere."""
    return "'" + str(path).replace("'", "''") + "'"


def own_id(table: str) -> str:
    """The number a row carries itself, as written; null where it has none."""
    key = TABLES[table].key[0]
    written = f"split_part(order_id, {MARK}, 1)" if table == "orders" else f'"{key}"'
    return f"""CASE WHEN "{key}" IS NOT NULL AND row_key IS NOT NULL
        AND NOT starts_with(row_key, concat('row:', source_id, ':', source_row)) THEN {written} END"""


def register_sources(connection: Any, sources: Sequence[Source]) -> None:
    """Make the upload's sheets known to SQL; their names are strangers' text and travel as parameters."""
    connection.execute("CREATE OR REPLACE TEMP TABLE sheets (sheet_id INTEGER, prefix VARCHAR)")
    for index, source in enumerate(sources):
        prefix = f"{source.file}\x1f{source.sheet}\x1f"
        connection.execute("INSERT INTO sheets VALUES ($id, $prefix)", {"id": index, "prefix": prefix})


def offered_file(connection: Any, part: TableUpload) -> tuple[str, str]:
    """What to read an upload's rows FROM, and the column that numbers them."""
    if part.path.suffix != ".duckdb":
        return f"read_parquet({quoted(part.path)}, file_row_number=true)", "file_row_number"
    connection.execute(f"ATTACH IF NOT EXISTS {quoted(part.path)} AS file_{part.table} (READ_ONLY)")
    return f"file_{part.table}.{part.table}", f"{part.table}.rowid"


def has_placed_keys(connection: Any, file: str) -> bool:
    """Whether any key may have been made from the place of its row (see `offered_rows`)."""
    return bool(connection.execute(f"SELECT coalesce(bool_or({_PLACED}), FALSE) FROM {file}").fetchone()[0])


def offered_rows(connection: Any, part: TableUpload, first_source: int) -> str:
    """The SELECT of an upload's rows in stored types; `offered_id` numbers them, sources count on from the base's.

    A row without an id arrives keyed by (file name, sheet, row). Next month's file may bear the same name, so the
    store keys it `row:<source>:<row>`, which is never given twice.
    """
    file, number = offered_file(connection, part)
    held = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()}
    columns = {}
    for name, kind in storage_types(TABLES[part.table]).items():
        found = f'"{name}"' if name in held else "NULL"
        columns[name] = f"CAST({found} AS {kind})"
    columns["source_id"] += f" + {first_source}"
    # Nearly every table has ids: one glance at the keys spares each row the question.
    if has_placed_keys(connection, file):
        maybe = _PLACED
        placed = f"CASE WHEN {maybe} THEN starts_with(sha256(concat(prefix, source_row)), row_key[:16]) ELSE FALSE END"
        place = f"concat('row:', source_id + {first_source}, ':', source_row)"
        columns["row_key"] = f"CASE WHEN {placed} THEN {place} || substr(row_key, 17) ELSE row_key END"
        if part.table in NUMBERED:
            own = TABLES[part.table].key[0]
            columns[own] = f'CASE WHEN {placed} THEN {place} ELSE "{own}" END'
        file += " LEFT JOIN sheets ON sheet_id = source_id"
    chosen = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    return f"SELECT {number} AS offered_id, {chosen} FROM {file}"


def _mapped(table: str, name: str, sources: Sequence[Source], first_source: int) -> str | None:
    """The condition under which an offered row says something about a column, even that it is blank."""
    feeding = [i for i, source in enumerate(sources) if source.table == table]
    saying = [str(i + first_source) for i in feeding if name in sources[i].columns]
    if not saying:
        return None
    return "TRUE" if len(saying) == len(feeding) else f"o.source_id IN ({', '.join(saying)})"


def merged_columns(table: str, sources: Sequence[Source], first_source: int) -> dict[str, str]:
    """Column → expression over o (offered) and s (stored): a column the sheet does not have keeps its value."""
    expressions = {}
    for name in TABLES[table].names:
        condition = _mapped(table, name, sources, first_source)
        kept = f'coalesce(o."{name}", s."{name}")'
        if condition == "TRUE":
            expressions[name] = f'o."{name}"'
        elif condition is None:
            expressions[name] = kept
        else:
            expressions[name] = f'CASE WHEN {condition} THEN o."{name}" ELSE {kept} END'
    expressions["attributes"] = (
        "CASE WHEN s.attributes IS NULL OR s.attributes = o.attributes THEN o.attributes "
        "WHEN o.attributes IS NULL THEN s.attributes "
        "ELSE CAST(json_merge_patch(s.attributes, o.attributes) AS VARCHAR) END"
    )
    return expressions


def stored_date(table: str, alias: str = "s") -> str:
    """The date expression of a table over an alias."""
    return DATES[table].format(alias)


def lacks_lines(table: str, sources: Sequence[Source]) -> bool:
    """Whether order lines of any sheet have no number of their own, only their place."""
    return table == "orders" and any("line" not in s.columns for s in sources if s.table == table)


def has_shared_numbers(connection: Any, part: TableUpload, sources: Sequence[Source]) -> bool:
    """Whether several sheets of the upload name one order; its number is then in `shared_numbers`."""
    if part.table != "orders" or sum(source.table == "orders" for source in sources) < 2:
        return False
    file, _ = offered_file(connection, part)
    # As offered, before any row is keyed by its place: a number two sheets give is written in both.
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE shared_numbers AS SELECT order_id AS own_id FROM {file}
        WHERE order_id IS NOT NULL GROUP BY order_id HAVING count(DISTINCT source_id) > 1"""
    )
    return bool(connection.execute("SELECT count(*) FROM shared_numbers").fetchone()[0])


def merged_rows(
    table: str,
    sources: Sequence[Source],
    first_source: int,
    stored: str = "",
    more: tuple[str, str] = ("", ""),
) -> str:
    """The rows of a table after the upload: what stays, then what is new or changed, with its new provenance.

    `stored`: the relation (with stored_id) they are put into, else the base's table; `more`: further columns of what
    stays, and of what is new or changed.
    """
    names = list(storage_types(TABLES[table]))
    merged = merged_columns(table, sources, first_source)
    if table == "orders":
        # A number made from the place of a row is anew in each file; a line and its order keep the number they have.
        placed = "starts_with(o.row_key, concat('row:', o.source_id, ':', o.source_row))"
        kept = ["order_id", "row_key", *(["line"] if lacks_lines(table, sources) else [])]
        merged |= {
            name: f"CASE WHEN {placed} THEN o.{name} ELSE coalesce(s.{name}, p.{name}, o.{name}) END"
            for name in kept
        }
    chosen = ", ".join(f'{merged.get(name, f"o.{name}")} AS "{name}"' for name in names)
    staying = ", ".join(f's."{name}"' for name in names)
    rows = f"({stored})" if stored else f"(SELECT rowid AS stored_id, * FROM base.{table})"
    return f"""
        SELECT {staying}{more[0]} FROM {rows} s
        WHERE s.stored_id NOT IN (SELECT stored_id FROM pairs_{table} WHERE state IN ('changed', 'removed'))
        UNION ALL
        SELECT {chosen}{more[1]} FROM offered_{table} o
        JOIN pairs_{table} p ON p.offered_id = o.offered_id AND p.state IN ('added', 'changed')
        LEFT JOIN {rows} s ON s.stored_id = p.stored_id"""
