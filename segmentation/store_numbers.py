"""Which order an added line with a used number belongs to, and the line and key it gets there.

Rows of one sheet with one number are one order. It is a stored order where one of its rows is that order's or is of its
customer and day; else it is another one, whose stored number ends in a mark nobody sees (see `store_offers.NUMBER`).
"""

from __future__ import annotations

from typing import Any

from segmentation.store_offers import MARK, own_id

_KEPT = "offered_id BIGINT, order_id VARCHAR, line VARCHAR, row_key VARCHAR"


def number_added(connection: Any, *, has_lines: bool) -> None:
    """Fill `numbered` (offered_id, order_id, line, row_key) for rows of `o_rows` that are not linked and bear the
    number of a row of `s_rows`. Where sheets have no line numbers, lines are counted on from those of the order."""
    own = own_id("orders")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE numbered ({_KEPT})")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE added_lines AS SELECT *, {own} AS own_id FROM o_rows
        WHERE offered_id NOT IN (SELECT offered_id FROM links)
            AND {own} IN (SELECT {own} FROM s_rows WHERE {own} IS NOT NULL)"""
    )
    if not connection.execute("SELECT count(*) FROM added_lines").fetchone()[0]:
        return
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE used_numbers AS SELECT *, {own} AS own_id FROM s_rows
        WHERE {own} IN (SELECT own_id FROM added_lines)"""
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE joined_orders AS {_joined(own)}")
    line = "line" if has_lines else _counted_on()
    connection.execute(
        f"""
        INSERT INTO numbered
        SELECT offered_id, order_id, line, concat(order_id, '|', line,
            CASE WHEN is_taken OR place > 1 THEN concat('|', source_id, ':', source_row) END)
        FROM (
            SELECT *, row_number() OVER (PARTITION BY order_id, line ORDER BY offered_id) AS place,
                concat(order_id, '|', line) IN (SELECT row_key FROM used_numbers) AS is_taken
            FROM (SELECT a.* REPLACE (j.order_id AS order_id, {line} AS line), j.is_new
                FROM added_lines a JOIN joined_orders j USING (offered_id)
                LEFT JOIN (SELECT order_id AS known_id, max(coalesce(try_cast(line AS BIGINT), 0)) AS last
                    FROM used_numbers GROUP BY 1) ON known_id = j.order_id))"""
    )


def _counted_on() -> str:
    counted = "CAST(last + row_number() OVER (PARTITION BY j.order_id ORDER BY a.offered_id) AS VARCHAR)"
    return f"CASE WHEN j.is_new THEN a.line ELSE {counted} END"


def _joined(own: str) -> str:
    """Added line → the order it belongs to: of the orders its sheet means by the number the nearest, or a new one."""
    return f"""
        WITH meant AS (
            SELECT DISTINCT o.source_id, s.own_id, s.order_id, s.customer_id, s.ordered_on
            FROM used_numbers s JOIN links l ON l.stored_id = s.stored_id
            JOIN o_rows o ON o.offered_id = l.offered_id
            UNION
            SELECT DISTINCT a.source_id, s.own_id, s.order_id, s.customer_id, s.ordered_on
            FROM used_numbers s JOIN added_lines a ON a.own_id = s.own_id
                AND a.customer_id IS NOT DISTINCT FROM s.customer_id
                AND a.ordered_on IS NOT DISTINCT FROM s.ordered_on),
        nearest AS (
            SELECT a.offered_id, arg_min(m.order_id, {{
                'is_other': m.customer_id IS DISTINCT FROM a.customer_id OR m.ordered_on IS DISTINCT FROM a.ordered_on,
                'days': coalesce(abs(m.ordered_on - a.ordered_on), 999999), 'order_id': m.order_id}}) AS order_id
            FROM added_lines a JOIN meant m ON m.source_id = a.source_id AND m.own_id = a.own_id
            GROUP BY a.offered_id),
        last_marks AS (
            SELECT own_id, max(coalesce(try_cast(split_part(order_id, {MARK}, 2) AS INTEGER), 1)) AS mark
            FROM used_numbers GROUP BY own_id)
        SELECT a.offered_id, n.order_id IS NULL AS is_new, coalesce(
            n.order_id, concat(a.own_id, {MARK}, m.mark + dense_rank() OVER (
                PARTITION BY a.own_id, n.order_id IS NULL ORDER BY a.source_id))) AS order_id
        FROM added_lines a LEFT JOIN nearest n USING (offered_id) JOIN last_marks m ON m.own_id = a.own_id"""
