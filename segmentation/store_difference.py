"""What an upload would change: every offered row held against the stored ones, in SQL, before anything is written.

What earlier versions said of past orders and closed deals is history: where an upload says otherwise, each month can be
accepted or kept as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from segmentation.intake.uploads import SHOWN_CELLS, SameOrder, Source, TableUpload
from segmentation.store_links import in_period
from segmentation.store_matching import match
from segmentation.store_months import MonthDifference
from segmentation.store_offers import MARK, stored_date
from segmentation.store_strangers import Gone, Unknown, find_gone

# The tables whose past is told by months: customers and sellers are as recorded today, follow-ups come in late.
HISTORY = ("orders", "deals")
RESULT = ("customer_id", "amount", "closed_on", "state")  # of a deal


@dataclass(frozen=True)
class Doubt:
    """Orders of a stored number and customer on near days that say otherwise: `corrected` where the sheet covers the
    stored day and no longer names the stored row, else `further` lines or deliveries. `numbers`: the first of them."""

    kind: SameOrder
    orders: int
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class TableDifference:
    """Rows of one table: offered = added + changed + unchanged + withheld + repeated.

    `removed` stored rows give way to a replacement; `rewritten` added, changed or removed rows lie in months
    the stored data already had and that are not its newest; changed open deals count as `open_changed` instead.
    `withheld` offered rows stay out because their month was kept as it was. `missing` stored rows lie in the period
    the upload `covers` (None: it has no dates) and are not in it; they stay. `reused` added order lines bear a number
    another order has. `repeated` offered order lines are said again by a later sheet of the upload, which counts.
    `set_aside` stored rows of other lists lie in the period replaced and stay. `doubts`: see `Doubt`. `unknown`:
    offered rows of customers nobody lists; `gone`: who is missing, of customers.
    """

    table: str
    offered: int
    added: int
    changed: int
    unchanged: int
    removed: int = 0
    rewritten: int = 0
    open_changed: int = 0
    withheld: int = 0
    missing: int = 0
    reused: int = 0
    repeated: int = 0
    set_aside: int = 0
    covers: tuple[date, date] | None = None
    doubts: tuple[Doubt, ...] = ()
    unknown: Unknown | None = None
    gone: tuple[Gone, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.added == self.changed == self.removed == 0


@dataclass(frozen=True)
class RestatedMonth:
    """A past month an upload tells otherwise: rows of one table added late, changed, taken away; amounts (currency) of
    orders, or of deals won, before and as the upload has it. `is_kept`: it was decided to leave the month as it was."""

    table: str
    month: date
    added: int
    changed: int
    removed: int
    amount_before: Decimal
    amount_after: Decimal
    is_kept: bool = False

    @property
    def rows(self) -> int:
        return self.added + self.changed + self.removed


@dataclass(frozen=True)
class Difference:
    """What publishing an upload would change. `imported_in`: the version that already holds the same files."""

    tables: tuple[TableDifference, ...]
    months: tuple[MonthDifference, ...]
    is_same: bool
    base: int | None = None
    imported_in: int | None = None
    restated: tuple[RestatedMonth, ...] = ()

    def table(self, name: str) -> TableDifference | None:
        """The difference of one table, None where the upload does not feed it."""
        return next((part for part in self.tables if part.table == name), None)


def match_and_hold(
    connection: Any,
    part: TableUpload,
    sources: Sequence[Source],
    first_source: int,
    kept_months: Collection[date] = (),
) -> tuple[RestatedMonth, ...]:
    """`match`, then leave `kept_months` as they were; the past months the upload tells otherwise.

    `touched_<table>` then holds every pair that changes something, with its month and whether that is history.
    """
    match(connection, part, sources, first_source)
    _fill_touched(connection, part.table)
    if part.table not in HISTORY:
        return ()
    restated = _restated(connection, part.table, kept_months)
    if kept_months:
        kept = ", ".join(f"DATE '{month.isoformat()}'" for month in sorted(kept_months))
        connection.execute(
            f"""
            UPDATE pairs_{part.table} SET state = 'withheld' FROM touched_{part.table} t
            WHERE t.is_history AND t.month IN ({kept}) AND t.state = pairs_{part.table}.state
                AND t.offered_id IS NOT DISTINCT FROM pairs_{part.table}.offered_id
                AND t.stored_id IS NOT DISTINCT FROM pairs_{part.table}.stored_id"""
        )
        connection.execute(f"DELETE FROM touched_{part.table} WHERE is_history AND month IN ({kept})")
    return restated


def _fill_touched(connection: Any, table: str) -> None:
    """A row belongs to the month it was stored in, a new one to its own; what becomes of an open deal is no history,
    nor is a closed one whose result stays as it was (a seller's name with a remark)."""
    open_deal = "coalesce(s.state, o.state) = 'open'" if table == "deals" else "FALSE"
    ours, theirs = (", ".join(f"{side}.{name}" for name in RESULT) for side in "so")
    same_result = (
        f"p.state = 'changed' AND row({ours}) IS NOT DISTINCT FROM row({theirs})"
        if table == "deals"
        else "FALSE"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE touched_{table} AS
        WITH touched AS (
            SELECT p.state, p.offered_id, p.stored_id, coalesce({open_deal}, FALSE) AS is_open,
                coalesce({same_result}, FALSE) AS is_same_result,
                CAST(date_trunc('month', coalesce({stored_date(table)}, {stored_date(table, "o")})) AS DATE) AS month
            FROM pairs_{table} p LEFT JOIN base.{table} s ON s.rowid = p.stored_id
            LEFT JOIN offered_{table} o ON o.offered_id = p.offered_id WHERE p.state <> 'unchanged'),
        had AS (SELECT DISTINCT CAST(date_trunc('month', {stored_date(table)}) AS DATE) AS month FROM base.{table} s),
        newest AS (SELECT max(month) AS month FROM (
            SELECT month FROM had UNION ALL SELECT max(date_trunc('month', {stored_date(table, "o")}))
            FROM offered_{table} o))
        SELECT *, NOT is_open AND NOT is_same_result
            AND coalesce(month IN (SELECT month FROM had WHERE month IS NOT NULL)
            AND month < (SELECT month FROM newest), FALSE) AS is_history
        FROM touched"""
    )


def _restated(connection: Any, table: str, kept_months: Collection[date]) -> tuple[RestatedMonth, ...]:
    """Past months in their order; a row moved out of a month leaves it without its amount."""
    amount = "sum(CASE WHEN {0}.state = 'won' THEN {0}.amount END)" if table == "deals" else "sum({0}.amount)"
    rows = connection.execute(
        f"""
        WITH counted AS (
            SELECT month, count(*) FILTER (state = 'added') AS added, count(*) FILTER (state = 'changed') AS changed,
                count(*) FILTER (state = 'removed') AS removed
            FROM touched_{table} WHERE is_history GROUP BY month),
        before AS (
            SELECT CAST(date_trunc('month', {stored_date(table)}) AS DATE) AS month, {amount.format("s")} AS amount
            FROM base.{table} s GROUP BY 1),
        gone AS (
            SELECT t.month, {amount.format("s")} AS amount
            FROM touched_{table} t JOIN base.{table} s ON s.rowid = t.stored_id WHERE t.is_history GROUP BY 1),
        come AS (
            SELECT CAST(date_trunc('month', {stored_date(table, "o")}) AS DATE) AS month, {amount.format("o")} AS amount
            FROM touched_{table} t JOIN offered_{table} o ON o.offered_id = t.offered_id
            WHERE t.is_history GROUP BY 1)
        SELECT c.month, added, changed, removed, coalesce(b.amount, 0)::DECIMAL(38,4),
            (coalesce(b.amount, 0) - coalesce(g.amount, 0) + coalesce(k.amount, 0))::DECIMAL(38,4)
        FROM counted c LEFT JOIN before b ON b.month = c.month LEFT JOIN gone g ON g.month = c.month
        LEFT JOIN come k ON k.month = c.month ORDER BY c.month"""
    ).fetchall()
    return tuple(
        RestatedMonth(table, month, added, changed, removed, before, after, month in kept_months)
        for month, added, changed, removed, before, after in rows
    )


def count(connection: Any, part: TableUpload, sources: Sequence[Source]) -> TableDifference:
    """The figures of one matched table."""
    table = part.table
    row = connection.execute(
        f"""
        SELECT (SELECT count(*) FROM pairs_{table} WHERE state = 'unchanged'),
            count(*) FILTER (state = 'added'), count(*) FILTER (state = 'changed'),
            count(*) FILTER (state = 'removed'), count(*) FILTER (is_history),
            count(*) FILTER (is_open AND state = 'changed'),
            (SELECT count(offered_id) FROM pairs_{table} WHERE state = 'withheld')
        FROM touched_{table}"""
    ).fetchone()
    unchanged, added, changed, removed, rewritten, open_changed, withheld = row
    covers, repeated = _covered(connection, table), _repeated(connection, table)
    missing = _missing(connection, part, sources, covers)
    gone = find_gone(connection) if table == "customers" and missing else ()
    return TableDifference(
        table, unchanged + added + changed + withheld + repeated, added, changed, unchanged, removed, rewritten,
        open_changed, withheld, missing, _reused(connection, table), repeated, _set_aside(connection, part), covers,
        _doubts(connection, table), None, gone,
    )  # fmt: skip


def _repeated(connection: Any, table: str) -> int:
    rows = "SELECT (SELECT count(*) FROM given_{0}) - (SELECT count(*) FROM offered_{0})"
    return int(connection.execute(rows.format(table)).fetchone()[0]) if table == "orders" else 0


def _set_aside(connection: Any, part: TableUpload) -> int:
    if part.mode != "replace":
        return 0
    found = connection.execute(
        f"""SELECT count(*) FROM base.{part.table} s WHERE {in_period(part)}
        AND source_id IN (SELECT source_id FROM other_lists)
        AND s.rowid NOT IN (SELECT stored_id FROM pairs_{part.table} WHERE stored_id IS NOT NULL)"""
    ).fetchone()
    return int(found[0])


def _doubts(connection: Any, table: str) -> tuple[Doubt, ...]:
    if table != "orders":
        return ()
    rows = connection.execute(
        """SELECT kind, count(DISTINCT own_id), list_sort(list(DISTINCT own_id)) FROM doubts_orders
        GROUP BY kind ORDER BY kind"""
    ).fetchall()
    return tuple(Doubt(kind, orders, tuple(numbers[:SHOWN_CELLS])) for kind, orders, numbers in rows)


def _covered(connection: Any, table: str) -> tuple[date, date] | None:
    """First and last date an upload has of a table."""
    day = stored_date(table, "o")
    first, last = connection.execute(f"SELECT min({day}), max({day}) FROM offered_{table} o").fetchone()
    return None if first is None else (first, last)


def _missing(
    connection: Any, part: TableUpload, sources: Sequence[Source], covers: tuple[date, date] | None
) -> int:
    """Stored rows the upload might have named and does not; of an undated list, where a sheet is one."""
    if part.mode == "replace" and part.period == covers:
        return 0
    if covers is None:
        feeds = [(source.file, source.sheet) for source in sources]
        lists = [s for s in sources if s.table == part.table and feeds.count((s.file, s.sheet)) == 1]
        if not lists:
            return 0
    period = in_period(TableUpload(part.table, part.path, part.rows, "replace", covers))
    found = connection.execute(
        f"""SELECT count(*) FROM base.{part.table} s WHERE {period} AND s.rowid NOT IN (
            SELECT stored_id FROM pairs_{part.table} WHERE stored_id IS NOT NULL)"""
    ).fetchone()
    return int(found[0])


def _reused(connection: Any, table: str) -> int:
    """Added lines of an order number another order bears."""
    if table != "orders":
        return 0
    found = connection.execute(
        f"""SELECT count(*) FROM (SELECT coalesce(p.order_id, o.order_id) AS order_id
            FROM pairs_orders p JOIN offered_orders o ON o.offered_id = p.offered_id WHERE p.state = 'added')
        WHERE contains(order_id, {MARK}) AND order_id NOT IN (SELECT order_id FROM base.orders)"""
    ).fetchone()
    return int(found[0])
