"""An upload's rows held against the stored ones: which row is which, what is added, changed, taken away.

Sheets of one upload that name the same order are put in one after another, as uploads of their own would be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segmentation.intake.uploads import Source, TableUpload
from segmentation.store_links import gives_way, link_rows
from segmentation.store_numbers import number_added
from segmentation.store_offers import (
    NUMBERED,
    has_shared_numbers,
    lacks_lines,
    merged_columns,
    merged_rows,
    offered_rows,
    own_id,
    stored_date,
)
from segmentation.tables import TABLES, storage_types

_SHARED = "SELECT own_id FROM shared_numbers"


def match(connection: Any, part: TableUpload, sources: Sequence[Source], first_source: int) -> None:
    """Fill the temporary table `pairs_<table>` (offered_id, stored_id, state, order_id, line, row_key) and the view
    `offered_<table>`.

    States: added, changed, unchanged, removed; stored rows the upload leaves alone are absent, and so are offered rows
    a later sheet of the upload says again. The last three are what an added order line gets where its number is used.
    """
    table, has_lines = part.table, not lacks_lines(part.table, sources)
    connection.execute("CREATE OR REPLACE TEMP TABLE other_lists (source_id INTEGER)")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW given_{table} AS {offered_rows(connection, part, first_source)}"
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW offered_{table} AS SELECT * FROM given_{table}")
    alone = "TRUE"
    is_shared = table == "orders" and has_shared_numbers(connection, part, sources)
    if table == "orders":
        _prepare_orders(connection)
    if is_shared:
        alone = f"coalesce({own_id(table)} NOT IN ({_SHARED}), TRUE)"
        _put_in_by_sheet(connection, part, sources, first_source)
    _show(
        connection,
        f"SELECT * FROM given_{table} WHERE {alone}",
        f"SELECT rowid AS stored_id, * FROM base.{table}",
    )
    _link_and_number(connection, part, has_lines=has_lines)
    if is_shared:
        connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW offered_{table} AS SELECT * FROM given_{table} WHERE {alone}
            UNION ALL SELECT seen_id, * EXCLUDE (stored_id, base_id, seen_id) FROM stage WHERE seen_id IS NOT NULL"""
        )
        connection.execute(
            "INSERT INTO links SELECT seen_id, base_id, FALSE FROM stage"
            " WHERE seen_id IS NOT NULL AND base_id IS NOT NULL"
        )
    merged = merged_columns(table, sources, first_source)
    stored = f"SELECT rowid AS stored_id, * FROM base.{table}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE pairs_{table} AS {_pairs(table, merged, stored)}")
    connection.execute(
        f"""INSERT INTO pairs_{table} SELECT NULL, s.rowid, 'removed', NULL, NULL, NULL FROM base.{table} s
        WHERE {gives_way(part)} AND s.rowid NOT IN (SELECT stored_id FROM links)"""
    )


def _show(connection: Any, offered: str, stored: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP VIEW o_rows AS {offered}")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW s_rows AS {stored}")


def _prepare_orders(connection: Any) -> None:
    """The days each sheet covers, and an empty list of orders in doubt."""
    day = stored_date("orders", "o")
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE covered_days AS
        SELECT source_id, min({day}) AS first_on, max({day}) AS last_on FROM given_orders o GROUP BY 1"""
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE doubts_orders (offered_id BIGINT, own_id VARCHAR, kind VARCHAR)"
    )


def _link_and_number(connection: Any, part: TableUpload, *, has_lines: bool) -> None:
    link_rows(connection, part, has_lines=has_lines)
    if part.table == "orders":
        number_added(connection, has_lines=has_lines)
    else:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE numbered (offered_id BIGINT, order_id VARCHAR, line VARCHAR, row_key VARCHAR)"
        )


def _put_in_by_sheet(
    connection: Any, part: TableUpload, sources: Sequence[Source], first_source: int
) -> None:
    """Fill `stage` with all rows of the numbers several sheets name: as they are once every sheet has been put in.

    `base_id`: the stored row it was; `seen_id`: the offered row that said it last, null where none did.
    """
    own, names = own_id("orders"), ", ".join(f'"{name}"' for name in storage_types(TABLES["orders"]))
    merged, has_lines = merged_columns("orders", sources, first_source), not lacks_lines("orders", sources)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE stage AS
        SELECT rowid AS stored_id, {names}, rowid AS base_id, CAST(NULL AS BIGINT) AS seen_id
        FROM base.orders WHERE {own} IN ({_SHARED})"""
    )
    sheets = f"SELECT DISTINCT source_id FROM given_orders WHERE {own} IN ({_SHARED}) ORDER BY 1"
    for (source,) in connection.execute(sheets).fetchall():
        mine = f"SELECT * FROM given_orders WHERE source_id = {source} AND {own} IN ({_SHARED})"
        _show(connection, mine, "SELECT * FROM stage")
        _link_and_number(connection, part, has_lines=has_lines)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE pairs_orders AS {_pairs('orders', merged, 'SELECT * FROM stage', 'o_rows')}"
        )
        connection.execute(
            """UPDATE stage SET seen_id = p.offered_id FROM pairs_orders p
            WHERE p.stored_id = stage.stored_id AND p.state = 'unchanged' AND seen_id IS NULL"""
        )
        more = (", s.base_id, s.seen_id", ", s.base_id, o.offered_id AS seen_id")
        rows = merged_rows("orders", sources, first_source, "SELECT * FROM stage", more)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE stage AS SELECT row_number() OVER () AS stored_id, * FROM ({rows})"
        )


def _pairs(table: str, merged: Mapping[str, str], stored: str, offered: str = "") -> str:
    """The SELECT of what the links make of the offered rows."""
    offered = offered or f"offered_{table}"
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
    nothing = "CAST(NULL AS VARCHAR)"
    return f"""
        SELECT offered_id, stored_id, 'unchanged' AS state, {nothing} AS order_id, {nothing} AS line,
            {nothing} AS row_key
        FROM links WHERE is_equal
        UNION ALL
        SELECT l.offered_id, l.stored_id, CASE WHEN {same} THEN 'unchanged' ELSE 'changed' END, NULL, NULL, NULL
        FROM links l JOIN {offered} o ON o.offered_id = l.offered_id
        JOIN ({stored}) s ON s.stored_id = l.stored_id WHERE NOT l.is_equal
        UNION ALL
        SELECT o.offered_id, NULL, 'added', n.order_id, n.line, n.row_key
        FROM {offered} o LEFT JOIN numbered n ON n.offered_id = o.offered_id
        WHERE o.offered_id NOT IN (SELECT offered_id FROM links)"""
