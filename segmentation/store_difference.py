"""What an upload would change: every offered row held against the stored ones, in SQL, before anything is written.

A row is recognised by its `row_key` where its table has an id, else by its whole content, counted (the third
equal row of an upload meets the third equal stored row), so that no upload can double what is already there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
_PLACED = "length(row_key) = 16 OR substr(row_key, 17, 1) = '|'"


@dataclass(frozen=True)
class TableDifference:
    """Rows of one table: offered = added + changed + unchanged.

    `removed` stored rows give way to a replacement; `rewritten` added, changed or removed rows lie in months
    the stored data already had and that are not its newest; changed open deals count as `open_changed` instead.
    """

    table: str
    offered: int
    added: int
    changed: int
    unchanged: int
    removed: int = 0
    rewritten: int = 0
    open_changed: int = 0

    @property
    def is_same(self) -> bool:
        return self.added == self.changed == self.removed == 0


@dataclass(frozen=True)
class MonthDifference:
    """Orders (distinct numbers with an amount ≥ 0) and net amount (currency) of one month, before and after."""

    month: date
    orders_before: int
    orders_after: int
    amount_before: Decimal
    amount_after: Decimal


@dataclass(frozen=True)
class Difference:
    """What publishing an upload would change. `imported_in`: the version that already holds the same files."""

    tables: tuple[TableDifference, ...]
    months: tuple[MonthDifference, ...]
    is_same: bool
    base: int | None = None
    imported_in: int | None = None

    def table(self, name: str) -> TableDifference | None:
        """The difference of one table, None where the upload does not feed it."""
        return next((part for part in self.tables if part.table == name), None)


def quoted(path: Path) -> str:
    """A path as an SQL string: ATTACH and read_parquet take no parameter everywhere."""
    return "'" + str(path).replace("'", "''") + "'"


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


def _recognised(table: str, rows: str, identity: str) -> str:
    """Rows with the key they are recognised by and their place among equals."""
    key = TABLES[table].key[0]
    # A number made from the place of a row is not what the row says.
    said = [name for name in TABLES[table].names if not (table in NUMBERED and name == key)]
    content = ", ".join([*(f'"{name}"' for name in said), "attributes"])
    return f"""
        SELECT *, row_number() OVER (PARTITION BY known_by ORDER BY content_hash) AS place FROM (
            SELECT *, CASE WHEN "{key}" IS NULL OR row_key IS NULL
                    OR starts_with(row_key, concat('row:', source_id, ':', source_row))
                THEN concat('#', content_hash, '/', hash('2', {content})) ELSE concat('=', row_key) END AS known_by
            FROM (SELECT {identity}, *, hash({content}) AS content_hash FROM {rows}))"""


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


def match(connection: Any, part: TableUpload, sources: Sequence[Source], first_source: int) -> None:
    """Fill the temporary table `pairs_<table>` (offered_id, stored_id, state) and the view `offered_<table>`.

    States: added, changed, unchanged, removed; stored rows the upload leaves alone are absent.
    """
    table = part.table
    rows = offered_rows(connection, part, first_source)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW offered_{table} AS {rows}")
    merged = merged_columns(table, sources, first_source)
    same = " AND ".join(
        f'{expression} IS NOT DISTINCT FROM s."{name}"'
        for name, expression in merged.items()
        if name != "attributes"
    )
    # The same attributes may be written in another order; only unequal texts pay for parsing.
    same += """ AND (s.attributes IS NOT DISTINCT FROM o.attributes OR o.attributes IS NULL
        OR coalesce(json_contains(s.attributes, o.attributes), FALSE))"""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE pairs_{table} AS
        WITH o AS ({_recognised(table, f"offered_{table}", "0 AS nothing")}),
        s AS ({_recognised(table, f"base.{table}", "rowid AS stored_id")})
        SELECT offered_id, stored_id, state FROM (
            SELECT o.offered_id, s.stored_id, CASE
                WHEN s.stored_id IS NULL THEN 'added'
                WHEN o.offered_id IS NULL THEN CASE WHEN {_gives_way(part)} THEN 'removed' END
                WHEN starts_with(o.known_by, '#') OR ({same}) THEN 'unchanged' ELSE 'changed' END AS state
            FROM o FULL JOIN s ON o.known_by = s.known_by AND o.place = s.place)
        WHERE state IS NOT NULL"""
    )


def _gives_way(part: TableUpload) -> str:
    """Whether a stored row nobody offered again is removed: only a replacement does that, inside its period."""
    if part.mode != "replace":
        return "FALSE"
    if part.period is None:
        return "TRUE"
    first, last = (f"DATE '{day.isoformat()}'" for day in part.period)
    return f"coalesce({stored_date(part.table)} BETWEEN {first} AND {last}, FALSE)"


def stored_date(table: str, alias: str = "s") -> str:
    """The date expression of a table over an alias."""
    return DATES[table].format(alias)


def merged_rows(table: str, sources: Sequence[Source], first_source: int) -> str:
    """The rows of a table after the upload: what stays, then what is new or changed, with its new provenance."""
    names = list(storage_types(TABLES[table]))
    merged = merged_columns(table, sources, first_source)
    chosen = ", ".join(f'{merged.get(name, f"o.{name}")} AS "{name}"' for name in names)
    kept = ", ".join(f's."{name}"' for name in names)
    return f"""
        SELECT {kept} FROM base.{table} s
        WHERE s.rowid NOT IN (SELECT stored_id FROM pairs_{table} WHERE state IN ('changed', 'removed'))
        UNION ALL
        SELECT {chosen} FROM offered_{table} o
        JOIN pairs_{table} p ON p.offered_id = o.offered_id AND p.state IN ('added', 'changed')
        LEFT JOIN base.{table} s ON s.rowid = p.stored_id"""


def count(connection: Any, part: TableUpload) -> TableDifference:
    """The figures of one matched table."""
    table = part.table
    open_deal = "s.state = 'open'" if table == "deals" else "FALSE"
    row = connection.execute(
        f"""
        WITH touched AS (
            SELECT p.state, coalesce({open_deal}, FALSE) AS is_open,
                date_trunc('month', coalesce({stored_date(table)}, {stored_date(table, "o")})) AS month
            FROM pairs_{table} p LEFT JOIN base.{table} s ON s.rowid = p.stored_id
            LEFT JOIN offered_{table} o ON o.offered_id = p.offered_id WHERE p.state <> 'unchanged'),
        had AS (SELECT DISTINCT date_trunc('month', {stored_date(table)}) AS month FROM base.{table} s),
        newest AS (SELECT max(month) AS month FROM (
            SELECT month FROM had UNION ALL SELECT max(date_trunc('month', {stored_date(table, "o")}))
            FROM offered_{table} o)),
        old AS (SELECT is_open, state FROM touched WHERE month IN (SELECT month FROM had WHERE month IS NOT NULL)
            AND month < (SELECT month FROM newest))
        SELECT (SELECT count(*) FROM pairs_{table} WHERE state = 'unchanged'),
            (SELECT count(*) FILTER (state = 'added') FROM touched),
            (SELECT count(*) FILTER (state = 'changed') FROM touched),
            (SELECT count(*) FILTER (state = 'removed') FROM touched),
            (SELECT count(*) FILTER (NOT is_open) FROM old),
            (SELECT count(*) FILTER (is_open AND state = 'changed') FROM touched)"""
    ).fetchone()
    unchanged, added, changed, removed, rewritten, open_changed = row
    return TableDifference(
        table, unchanged + added + changed, added, changed, unchanged, removed, rewritten, open_changed
    )


def _monthly(table: str, rows: str) -> str:
    if table == "orders":
        return f"""SELECT date_trunc('month', ordered_on)::DATE AS month, coalesce(sum(amount), 0) AS amount,
            count(DISTINCT coalesce(order_id, row_key)) FILTER (amount >= 0) AS orders
            FROM ({rows}) WHERE ordered_on IS NOT NULL GROUP BY 1"""
    return f"""SELECT date_trunc('month', closed_on)::DATE AS month, coalesce(sum(amount), 0) AS amount,
        count(*) AS orders FROM ({rows}) WHERE state = 'won' AND closed_on IS NOT NULL GROUP BY 1"""


def compare_months(connection: Any, table: str, after: str) -> tuple[MonthDifference, ...]:
    """Orders and amount per month of `base.<table>` against the rows of the SELECT `after`; won deals are orders."""
    rows = connection.execute(
        f"""
        SELECT coalesce(b.month, a.month) AS month, coalesce(b.orders, 0), coalesce(a.orders, 0),
            coalesce(b.amount, 0)::DECIMAL(38,4), coalesce(a.amount, 0)::DECIMAL(38,4)
        FROM ({_monthly(table, f"SELECT * FROM base.{table}")}) b
        FULL JOIN ({_monthly(table, after)}) a ON a.month = b.month ORDER BY 1"""
    ).fetchall()
    return tuple(MonthDifference(*row) for row in rows)
