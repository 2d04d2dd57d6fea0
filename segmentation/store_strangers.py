"""Customers only one side knows: rows of an upload that name nobody of any list, and stored customers it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from segmentation.intake.likenesses import MOST_NAMES, name_like
from segmentation.intake.uploads import SHOWN_CELLS

NAMING = ("orders", "deals", "touches")
MOST_GONE, MOST_COMPARED = 2_000, 50


@dataclass(frozen=True)
class Unknown:
    """Rows of one table whose customer neither the store nor the upload lists: how many of all `offered`, what they
    amount to (currency), how many customers, and the most frequent of them."""

    rows: int
    offered: int
    amount: Decimal
    customers: int
    names: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.rows / self.offered if self.offered else 0.0


@dataclass(frozen=True)
class Gone:
    """A stored customer an upload of all customers leaves out, and who of the upload may be meant instead; the names
    where known, else the ids; `like_id` "" = nobody."""

    customer_id: str
    name: str
    like_id: str = ""
    like_name: str = ""


def find_unknown(
    connection: Any, table: str, rows: str, offered_customers: str | None, told: Mapping[str, str]
) -> Unknown | None:
    """Strangers among `rows`, the SELECT of an upload's rows; None where there is none, or no list of customers.

    `offered_customers`: the SELECT of the upload's own list, if it has one; `told`: written form → customer meant.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE meant_now (written VARCHAR, meant VARCHAR)")
    for written, meant in told.items():
        connection.execute("INSERT INTO meant_now VALUES ($w, $m)", {"w": written, "m": meant})
    listed = "SELECT customer_id FROM base.customers"
    if offered_customers:
        listed += f" UNION ALL SELECT customer_id FROM ({offered_customers})"
    if not connection.execute(f"SELECT count(*) FROM ({listed})").fetchone()[0]:
        return None
    amount = "amount" if table != "touches" else "CAST(0 AS DECIMAL(18,4))"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE strangers AS
        SELECT coalesce(m.meant, o.customer_id) AS id, count(*) AS n, sum({amount}) AS amount
        FROM ({rows}) o LEFT JOIN meant_now m ON m.written = o.customer_id
        WHERE o.customer_id IS NOT NULL GROUP BY 1
        HAVING id NOT IN (SELECT coalesce(m.meant, l.customer_id) FROM ({listed}) l
            LEFT JOIN meant_now m ON m.written = l.customer_id WHERE l.customer_id IS NOT NULL)"""
    )
    count, customers, total = connection.execute(
        "SELECT coalesce(sum(n), 0), count(*), coalesce(sum(amount), 0)::DECIMAL(38,4) FROM strangers"
    ).fetchone()
    if not count:
        return None
    offered = connection.execute(f"SELECT count(*) FROM ({rows})").fetchone()[0]
    first = f"SELECT id FROM strangers ORDER BY n DESC, id LIMIT {SHOWN_CELLS}"
    names = tuple(row[0] for row in connection.execute(first).fetchall())
    return Unknown(int(count), int(offered), total, int(customers), names)


def count_quiet(connection: Any, quiet: Collection[str]) -> int:
    """Stored customers a matched upload does not name and nobody misses: they mean another one, or have stopped."""
    found = connection.execute(
        """SELECT count(*) FROM base.customers s WHERE s.customer_id IN (SELECT unnest($written)) AND s.rowid NOT IN (
            SELECT stored_id FROM pairs_customers WHERE stored_id IS NOT NULL)""",
        {"written": sorted(quiet)},
    ).fetchone()
    return int(found[0])


def find_gone(connection: Any) -> tuple[Gone, ...]:
    """Stored customers a matched upload does not name, those with most orders first, at most `MOST_GONE`; of the
    first `MOST_COMPARED` it is told who may be meant instead."""
    gone = connection.execute(
        f"""
        SELECT s.customer_id, coalesce(s.name, s.customer_id), s.parent_id FROM base.customers s
        LEFT JOIN (SELECT customer_id, count(*) AS n FROM base.orders GROUP BY 1) o ON o.customer_id = s.customer_id
        WHERE s.rowid NOT IN (SELECT stored_id FROM pairs_customers WHERE stored_id IS NOT NULL)
        ORDER BY coalesce(o.n, 0) DESC, s.customer_id LIMIT {MOST_GONE}"""
    ).fetchall()
    count = connection.execute("SELECT count(*) FROM offered_customers").fetchone()[0]
    if not gone or count > MOST_NAMES:
        return tuple(Gone(key, name) for key, name, _ in gone)
    named = connection.execute(
        """SELECT o.customer_id, coalesce(o.name, o.customer_id) FROM offered_customers o
        JOIN pairs_customers p ON p.offered_id = o.offered_id ORDER BY p.state <> 'added', o.customer_id"""
    ).fetchall()
    ids = dict(named)
    by_name = {name: key for key, name in reversed(named)}  # a new customer of a name stands for it
    compared = tuple(
        _with_likeness(key, name, parent, ids, by_name) for key, name, parent in gone[:MOST_COMPARED]
    )
    return compared + tuple(Gone(key, name) for key, name, _ in gone[MOST_COMPARED:])


def _with_likeness(
    key: str, name: str, parent: str | None, ids: Mapping[str, str], by_name: Mapping[str, str]
) -> Gone:
    """The one of the same or a like name, else the group it belonged to."""
    like = name if name in by_name else name_like(name, list(by_name))
    if like is not None:
        return Gone(key, name, by_name[like], like)
    if parent in ids and parent is not None:
        return Gone(key, name, parent, ids[parent])
    return Gone(key, name)
