"""Which stored row an offered row is: by its content, by its number, and where neither decides by what it is about.

No row stands for two others, and a number alone does not make two orders one: numbers begin anew each year, and a line
put in between moves the place of those after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segmentation.intake.uploads import Source, TableUpload
from segmentation.store_offers import NUMBERED, lacks_lines, merged_columns, offered_rows, stored_date
from segmentation.tables import TABLES

# What rows without a number are about, the most telling first; only a replacement looks, and only inside its period.
_ABOUT: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "orders": (
        ("customer_id", "ordered_on", "product", "amount"),
        ("customer_id", "ordered_on", "amount"),
        ("customer_id", "ordered_on", "product"),
        ("ordered_on", "product", "amount"),
    ),
    "touches": (("customer_id", "at", "kind", "rep"), ("customer_id", "at")),
    "deals": (("customer_id", "opened_on", "product", "amount"), ("customer_id", "opened_on", "product")),
    "spend": (("month", "channel", "tier"),),
}
# The order line a number stands for is the same one where its amount was corrected; by its day see `_link_nearest`.
_ABOUT_LINES: tuple[tuple[str, ...], ...] = (
    ("customer_id", "ordered_on", "product", "amount"),
    ("customer_id", "ordered_on", "product", "is_return"),
)
_MOVED = ("customer_id", "product", "amount")
# A number used anew each month comes twenty-eight days later or more.
_NEAR_DAYS = 27


def match(connection: Any, part: TableUpload, sources: Sequence[Source], first_source: int) -> None:
    """Fill the temporary table `pairs_<table>` (offered_id, stored_id, state, line) and the view `offered_<table>`.

    States: added, changed, unchanged, removed; stored rows the upload leaves alone are absent. `line` is the number an
    added line gets where its sheet has none and its order is known already.
    """
    table, has_lines = part.table, not lacks_lines(part.table, sources)
    rows = offered_rows(connection, part, first_source)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW offered_{table} AS {rows}")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE links_{table} AS
        SELECT o.offered_id, s.stored_id, NOT starts_with(o.known_by, '=') AS is_equal
        FROM ({_recognised(table, f"offered_{table}", "offered_id", has_lines)}) o
        JOIN ({_recognised(table, f"base.{table}", "rowid AS stored_id", has_lines)}) s
            ON o.known_by = s.known_by AND o.place = s.place"""
    )
    if _take_rest(connection, part):
        numbered = ("own_id", "line") if has_lines else ("own_id",)
        if table == "orders":
            for about in _ABOUT_LINES:
                _link(connection, table, (*numbered, *about), "own_id IS NOT NULL")
            _link_nearest(connection, (*numbered, *_MOVED), "own_id IS NOT NULL")
            alone = _stands_alone(connection, numbered)
            _link(connection, table, (*numbered, "customer_id", "ordered_on", "is_return"), alone)
        for about in _ABOUT.get(table, ()):
            _link(connection, table, about, "own_id IS NULL")
        if table == "orders":
            _link_nearest(connection, _MOVED, "own_id IS NULL")
    _fill_pairs(connection, part, merged_columns(table, sources, first_source))
    if table == "orders" and not has_lines:
        _number_lines(connection)


def _own_id(table: str) -> str:
    """The number a row carries itself, null where it has none."""
    key = TABLES[table].key[0]
    return f"""CASE WHEN "{key}" IS NOT NULL AND row_key IS NOT NULL
        AND NOT starts_with(row_key, concat('row:', source_id, ':', source_row)) THEN "{key}" END"""


def _recognised(table: str, rows: str, identity: str, has_lines: bool) -> str:
    """Rows with the key they are recognised by and their place among equals: orders by number and content."""
    key = TABLES[table].key[0]
    # A number made from the place of a row is not what the row says.
    unsaid = {key, "line"} if table == "orders" else {key} if table in NUMBERED else set()
    content = ", ".join([*(f'"{name}"' for name in TABLES[table].names if name not in unsaid), "attributes"])
    # 128 bits: two rows that differ never count as one.
    said = f"content_hash, '/', hash('2', {content})"
    line = "line, '|'" if has_lines else "'|'"
    known = f"concat('@', \"{key}\", '|', {line}, {said})" if table == "orders" else "concat('=', row_key)"
    return f"""
        SELECT *, row_number() OVER (PARTITION BY known_by ORDER BY content_hash) AS place FROM (
            SELECT *, CASE WHEN {_own_id(table)} IS NULL THEN concat('#', {said}) ELSE {known} END AS known_by
            FROM (SELECT {identity}, *, hash({content}) AS content_hash FROM {rows}))"""


def _take_rest(connection: Any, part: TableUpload) -> bool:
    """What is not linked yet, offered and stored, in `rest_o` and `rest_s`; False where nothing can be linked."""
    table = part.table
    if table not in _ABOUT:
        return False
    names = sorted({name for about in _ABOUT[table] for name in about} | ({"line"} & {*TABLES[table].names}))
    columns = ", ".join(f'"{name}"' for name in names)
    if table == "orders":
        columns += ", coalesce(amount < 0, FALSE) AS is_return"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rest_o AS SELECT offered_id AS id, {_own_id(table)} AS own_id, {columns}
        FROM offered_{table} WHERE offered_id NOT IN (SELECT offered_id FROM links_{table})"""
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rest_s AS SELECT * FROM (
            SELECT rowid AS id, {_own_id(table)} AS own_id, {columns}, {gives_way(part)} AS may_go FROM base.{table} s)
        WHERE id NOT IN (SELECT stored_id FROM links_{table})
            AND (own_id IN (SELECT own_id FROM rest_o) OR (own_id IS NULL AND may_go))"""
    )
    found = connection.execute(
        "SELECT (SELECT count(*) FROM rest_o), (SELECT count(*) FROM rest_s)"
    ).fetchone()
    return bool(found[0] and found[1])


def _link(connection: Any, table: str, about: Sequence[str], condition: str) -> None:
    """Link what is left and about the same, the first with the first."""
    names = ", ".join(f'"{name}"' for name in about)
    placed = f"SELECT *, row_number() OVER (PARTITION BY {names} ORDER BY id) AS place"
    same = " AND ".join(f'o."{name}" IS NOT DISTINCT FROM s."{name}"' for name in about)
    connection.execute(
        f"""
        INSERT INTO links_{table} SELECT o.id, s.id, FALSE
        FROM ({placed} FROM rest_o WHERE {condition}) o
        JOIN ({placed} FROM rest_s WHERE {condition}) s ON {same} AND o.place = s.place"""
    )
    _forget_linked(connection, table)


def _link_nearest(connection: Any, about: Sequence[str], condition: str) -> None:
    """Link the order lines left that are about the same on a near day, each with its nearest: a date was corrected."""
    said = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in about)
    keyed = f"""SELECT id, ordered_on, known, row_number() OVER (PARTITION BY known, ordered_on ORDER BY id) AS place
        FROM (SELECT id, ordered_on, CAST(to_json([{said}]) AS VARCHAR) AS known FROM %s
            WHERE {condition} AND ordered_on IS NOT NULL)"""
    # Only the neighbours in time are looked at: a number of thousands of lines stays a walk, not a product.
    chosen = " UNION ".join(
        f"""SELECT o.id AS offered_id, s.id AS stored_id, abs(o.ordered_on - s.ordered_on) AS days
            FROM ({keyed % "rest_o"}) o ASOF JOIN ({keyed % "rest_s"}) s
                ON o.known = s.known AND o.place = s.place AND o.ordered_on {side} s.ordered_on"""
        for side in (">=", "<=")
    )
    connection.execute(
        f"""
        INSERT INTO links_orders SELECT offered_id, stored_id, FALSE FROM (
            SELECT *, row_number() OVER (PARTITION BY offered_id ORDER BY days, stored_id) AS o_place,
                row_number() OVER (PARTITION BY stored_id ORDER BY days, offered_id) AS s_place
            FROM ({chosen}) WHERE days <= {_NEAR_DAYS}) WHERE o_place = 1 AND s_place = 1"""
    )
    _forget_linked(connection, "orders")


def _stands_alone(connection: Any, numbered: Sequence[str]) -> str:
    """Whether a number stands for exactly one line, offered and stored."""
    for rows, kept in (("offered_orders", "alone_o"), ("base.orders", "alone_s")):
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE {kept} AS SELECT own_id FROM (
                SELECT {_own_id("orders")} AS own_id, line FROM {rows})
            WHERE own_id IN (SELECT own_id FROM rest_o) GROUP BY {", ".join(numbered)} HAVING count(*) = 1"""
        )
    return "own_id IN (SELECT own_id FROM alone_o) AND own_id IN (SELECT own_id FROM alone_s)"


def _forget_linked(connection: Any, table: str) -> None:
    connection.execute(f"DELETE FROM rest_o WHERE id IN (SELECT offered_id FROM links_{table})")
    connection.execute(f"DELETE FROM rest_s WHERE id IN (SELECT stored_id FROM links_{table})")


def _fill_pairs(connection: Any, part: TableUpload, merged: Mapping[str, str]) -> None:
    table = part.table
    # Linked rows have one number; where the sheet has none, neither it nor the line is what the row says.
    unsaid = {"attributes", TABLES[table].key[0], "line"} if table in NUMBERED else {"attributes"}
    same = " AND ".join(
        f'{expression} IS NOT DISTINCT FROM s."{name}"'
        for name, expression in merged.items()
        if name not in unsaid
    )
    # The same attributes may be written in another order; only unequal texts pay for parsing.
    same += """ AND (s.attributes IS NOT DISTINCT FROM o.attributes OR o.attributes IS NULL
        OR coalesce(json_contains(s.attributes, o.attributes), FALSE))"""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE pairs_{table} AS
        SELECT offered_id, stored_id, 'unchanged' AS state, CAST(NULL AS VARCHAR) AS line
        FROM links_{table} WHERE is_equal
        UNION ALL
        SELECT l.offered_id, l.stored_id, CASE WHEN {same} THEN 'unchanged' ELSE 'changed' END, NULL
        FROM links_{table} l JOIN offered_{table} o ON o.offered_id = l.offered_id
        JOIN base.{table} s ON s.rowid = l.stored_id WHERE NOT l.is_equal
        UNION ALL
        SELECT offered_id, NULL, 'added', NULL
        FROM offered_{table} WHERE offered_id NOT IN (SELECT offered_id FROM links_{table})
        UNION ALL
        SELECT NULL, s.rowid, 'removed', NULL FROM base.{table} s
        WHERE {gives_way(part)} AND s.rowid NOT IN (SELECT stored_id FROM links_{table})"""
    )


def gives_way(part: TableUpload) -> str:
    """Whether a stored row nobody offered again is removed: only a replacement does that, inside its period."""
    if part.mode != "replace":
        return "FALSE"
    if part.table not in NUMBERED:
        return in_period(part)
    # A list without numbers says nothing of rows that have one.
    own = _own_id(part.table)
    numbers = f"EXISTS (SELECT 1 FROM offered_{part.table} WHERE {own} IS NOT NULL)"
    return f"({in_period(part)} AND ({own} IS NULL OR {numbers}))"


def in_period(part: TableUpload) -> str:
    """Whether a stored row `s` lies in the period of an upload; always where it has none."""
    if part.period is None:
        return "TRUE"
    first, last = (f"DATE '{day.isoformat()}'" for day in part.period)
    return f"coalesce({stored_date(part.table)} BETWEEN {first} AND {last}, FALSE)"


def _number_lines(connection: Any) -> None:
    """Lines added to a known order number are counted on from its stored ones."""
    connection.execute(
        f"""
        UPDATE pairs_orders SET line = numbered.line FROM (
            SELECT o.offered_id, CAST(known.last + row_number() OVER (
                PARTITION BY o.own_id ORDER BY o.offered_id) AS VARCHAR) AS line
            FROM (SELECT offered_id, {_own_id("orders")} AS own_id FROM offered_orders) o
            JOIN pairs_orders p ON p.offered_id = o.offered_id AND p.state = 'added'
            JOIN (SELECT order_id, max(coalesce(try_cast(line AS BIGINT), 0)) AS last
                FROM base.orders GROUP BY order_id) known ON known.order_id = o.own_id) numbered
        WHERE numbered.offered_id = pairs_orders.offered_id"""
    )
