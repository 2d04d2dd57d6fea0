"""Which known row an offered row is: by its content, by its number, and where neither decides by what it is about.

Held against each other are the views `o_rows` (with offered_id) and `s_rows` (with stored_id); what was found is in
`links`. No row stands for two others, and a number alone does not make two orders one: numbers begin anew each year,
and a line put in between moves the place of those after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segmentation.intake.uploads import TableUpload
from segmentation.store_offers import NUMBERED, own_id, stored_date
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
_SAME_DAY = ("customer_id", "ordered_on", "product", "is_return")
_MOVED = ("customer_id", "product", "amount")
# A number used anew each month comes twenty-eight days later or more.
_NEAR_DAYS = 27


def link_rows(connection: Any, part: TableUpload, *, has_lines: bool) -> None:
    """Fill `links` (offered_id, stored_id, is_equal) for `o_rows` and `s_rows`; orders add to `doubts_orders`."""
    table = part.table
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE links AS
        SELECT o.offered_id, s.stored_id, NOT starts_with(o.known_by, '=') AS is_equal
        FROM ({_recognised(table, "o_rows", has_lines)}) o
        JOIN ({_recognised(table, "s_rows", has_lines)}) s ON o.known_by = s.known_by AND o.place = s.place"""
    )
    if _take_rest(connection, part):
        if table == "orders":
            _link_numbered(connection, part, ("own_id", "line") if has_lines else ("own_id",))
        _link_about(connection, table)
        if (
            part.mode == "replace"
            and _set_other_lists_aside(connection, part)
            and _take_rest(connection, part)
        ):
            _link_about(connection, table)


def _recognised(table: str, rows: str, has_lines: bool) -> str:
    """Rows with the key they are recognised by and their place among equals: orders by number and content."""
    key = TABLES[table].key[0]
    # A number made from the place of a row is not what the row says.
    unsaid = {key, "line"} if table == "orders" else {key} if table in NUMBERED else set()
    content = ", ".join([*(f'"{name}"' for name in TABLES[table].names if name not in unsaid), "attributes"])
    # 128 bits: two rows that differ never count as one.
    said = f"content_hash, '/', hash('2', {content})"
    line = "line, '|'" if has_lines else "'|'"
    known = f"concat('@', own_id, '|', {line}, {said})" if table == "orders" else "concat('=', row_key)"
    return f"""
        SELECT *, row_number() OVER (PARTITION BY known_by ORDER BY content_hash) AS place FROM (
            SELECT *, CASE WHEN own_id IS NULL THEN concat('#', {said}) ELSE {known} END AS known_by
            FROM (SELECT *, {own_id(table)} AS own_id, hash({content}) AS content_hash FROM {rows}))"""


def _take_rest(connection: Any, part: TableUpload) -> bool:
    """What is not linked yet, offered and known, in `rest_o` and `rest_s`; False where nothing can be linked."""
    table = part.table
    if table not in _ABOUT:
        return False
    names = sorted({name for about in _ABOUT[table] for name in about} | ({"line"} & {*TABLES[table].names}))
    columns = ", ".join(["source_id", *(f'"{name}"' for name in names)])
    if table == "orders":
        columns += ", coalesce(amount < 0, FALSE) AS is_return"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rest_o AS SELECT offered_id AS id, {own_id(table)} AS own_id, {columns}
        FROM o_rows WHERE offered_id NOT IN (SELECT offered_id FROM links)"""
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rest_s AS SELECT * FROM (
            SELECT stored_id AS id, {own_id(table)} AS own_id, {columns}, {gives_way(part)} AS may_go FROM s_rows s)
        WHERE id NOT IN (SELECT stored_id FROM links)
            AND (own_id IN (SELECT own_id FROM rest_o) OR (own_id IS NULL AND may_go))"""
    )
    found = connection.execute(
        "SELECT (SELECT count(*) FROM rest_o), (SELECT count(*) FROM rest_s)"
    ).fetchone()
    return bool(found[0] and found[1])


def _link_numbered(connection: Any, part: TableUpload, numbered: Sequence[str]) -> None:
    """Order lines that bear a number: the stored line of that number where one thing about it was corrected."""
    has_number = "own_id IS NOT NULL"
    _link(connection, (*numbered, "customer_id", "ordered_on", "product", "amount"), has_number)
    # Two stored lines and one offered may be a correction or a third line: as many as before are corrections.
    _link(connection, (*numbered, *_SAME_DAY), has_number, as_many=True)
    _link(connection, (*numbered, "customer_id", "ordered_on", "amount"), has_number)
    _link_nearest(connection, (*numbered, *_MOVED), has_number)
    if "line" in numbered:
        _link(connection, (*numbered, "customer_id", "ordered_on", "is_return"), has_number, as_many=True)
    for about in (("customer_id", "product", "is_return"), ("customer_id", "is_return")):
        _doubt_nearest(connection, part, (*numbered, *about))


def _link_about(connection: Any, table: str) -> None:
    for about in _ABOUT[table]:
        _link(connection, about, "own_id IS NULL")
    if table == "orders":
        _link_nearest(connection, _MOVED, "own_id IS NULL")


def _link(connection: Any, about: Sequence[str], condition: str, *, as_many: bool = False) -> None:
    """Link what is left and about the same, the first with the first; `as_many`: only where both sides have as many."""
    names = ", ".join(f'"{name}"' for name in about)
    placed = f"""SELECT *, row_number() OVER (PARTITION BY {names} ORDER BY id) AS place,
        count(*) OVER (PARTITION BY {names}) AS among"""
    same = " AND ".join(f'o."{name}" IS NOT DISTINCT FROM s."{name}"' for name in about)
    connection.execute(
        f"""
        INSERT INTO links SELECT o.id, s.id, FALSE
        FROM ({placed} FROM rest_o WHERE {condition}) o
        JOIN ({placed} FROM rest_s WHERE {condition}) s
            ON {same} AND o.place = s.place AND ({not as_many} OR o.among = s.among)"""
    )
    _forget_linked(connection)


def _nearest(about: Sequence[str], condition: str) -> str:
    """Pairs of order lines left that are about the same on near days, each with its nearest."""
    said = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in about)
    keyed = f"""SELECT *, row_number() OVER (PARTITION BY known, ordered_on ORDER BY id) AS place
        FROM (SELECT id, source_id, own_id, ordered_on, CAST(to_json([{said}]) AS VARCHAR) AS known FROM %s
            WHERE {condition} AND ordered_on IS NOT NULL)"""
    # Only the neighbours in time are looked at: a number of thousands of lines stays a walk, not a product.
    chosen = " UNION ".join(
        f"""SELECT o.id AS offered_id, s.id AS stored_id, o.source_id, o.own_id, s.ordered_on,
                abs(o.ordered_on - s.ordered_on) AS days
            FROM ({keyed % "rest_o"}) o ASOF JOIN ({keyed % "rest_s"}) s
                ON o.known = s.known AND o.place = s.place AND o.ordered_on {side} s.ordered_on"""
        for side in (">=", "<=")
    )
    return f"""SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY offered_id ORDER BY days, stored_id) AS o_place,
            row_number() OVER (PARTITION BY stored_id ORDER BY days, offered_id) AS s_place
        FROM ({chosen}) WHERE days <= {_NEAR_DAYS}) WHERE o_place = 1 AND s_place = 1"""


def _link_nearest(connection: Any, about: Sequence[str], condition: str) -> None:
    """A day was corrected and nothing else."""
    pairs = _nearest(about, condition)
    connection.execute(f"INSERT INTO links SELECT offered_id, stored_id, FALSE FROM ({pairs})")
    _forget_linked(connection)


def _doubt_nearest(connection: Any, part: TableUpload, about: Sequence[str]) -> None:
    """Lines of one number and customer on near days that differ in more than one thing: the order corrected, or a
    further line or delivery? Told apart by whether the sheet covers the stored day and yet does not name the row."""
    kind = """CASE WHEN days > 0 AND ordered_on BETWEEN first_on AND last_on THEN 'corrected' ELSE 'further' END"""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE doubts AS SELECT offered_id, stored_id, own_id, {kind} AS kind
        FROM ({_nearest(about, "own_id IS NOT NULL")}) JOIN covered_days USING (source_id)"""
    )
    connection.execute("INSERT INTO doubts_orders SELECT offered_id, own_id, kind FROM doubts")
    for wanted in sorted(part.same_orders):
        connection.execute(
            "INSERT INTO links SELECT offered_id, stored_id, FALSE FROM doubts WHERE kind = $kind",
            {"kind": wanted},
        )
    connection.execute("DELETE FROM rest_o WHERE id IN (SELECT offered_id FROM doubts)")
    connection.execute("DELETE FROM rest_s WHERE id IN (SELECT stored_id FROM doubts)")


def _forget_linked(connection: Any) -> None:
    connection.execute("DELETE FROM rest_o WHERE id IN (SELECT offered_id FROM links)")
    connection.execute("DELETE FROM rest_s WHERE id IN (SELECT stored_id FROM links)")


def _set_other_lists_aside(connection: Any, part: TableUpload) -> bool:
    """Sheets of which the offered list names less than half are other lists (another shop's): not replaced by it.

    All sheets are left as they are where none is named: then only a person can say what the list stands for.
    """
    connection.execute(
        f"""
        INSERT INTO other_lists SELECT source_id FROM (
            SELECT source_id, count(*) FILTER (stored_id IN (SELECT stored_id FROM links)) * 2 >= count(*) AS is_named
            FROM (SELECT *, {own_id(part.table)} AS own_id FROM s_rows) s
            WHERE own_id IS NULL AND {in_period(part)} GROUP BY source_id)
        WHERE NOT is_named"""
    )
    named = f"""SELECT count(*) FROM (SELECT *, {own_id(part.table)} AS own_id FROM s_rows) s
        WHERE own_id IS NULL AND {in_period(part)} AND source_id NOT IN (SELECT source_id FROM other_lists)"""
    if not connection.execute(named).fetchone()[0]:
        connection.execute("DELETE FROM other_lists")
    if not connection.execute("SELECT count(*) FROM other_lists").fetchone()[0]:
        return False
    connection.execute(
        """DELETE FROM links WHERE NOT is_equal AND stored_id IN (
            SELECT stored_id FROM s_rows WHERE source_id IN (SELECT source_id FROM other_lists))"""
    )
    return True


def gives_way(part: TableUpload) -> str:
    """Whether a stored row `s` nobody offered again is removed: only a replacement does that, inside its period."""
    if part.mode != "replace":
        return "FALSE"
    is_named = "s.source_id NOT IN (SELECT source_id FROM other_lists)"
    if part.table not in NUMBERED:
        return f"({in_period(part)} AND {is_named})"
    # A list without numbers says nothing of rows that have one.
    own = own_id(part.table)
    numbers = f"EXISTS (SELECT 1 FROM offered_{part.table} WHERE {own} IS NOT NULL)"
    return f"({in_period(part)} AND CASE WHEN {own} IS NULL THEN {is_named} ELSE {numbers} END)"


def in_period(part: TableUpload) -> str:
    """Whether a stored row `s` lies in the period of an upload; always where it has none."""
    if part.period is None:
        return "TRUE"
    first, last = (f"DATE '{day.isoformat()}'" for day in part.period)
    return f"coalesce({stored_date(part.table)} BETWEEN {first} AND {last}, FALSE)"
