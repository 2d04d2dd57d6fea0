"""Orders and amounts per month, before and after an upload: what anyone can check against the accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class MonthDifference:
    """Orders (distinct numbers with an amount ≥ 0) and net amount (currency) of one month, before and after."""

    month: date
    orders_before: int
    orders_after: int
    amount_before: Decimal
    amount_after: Decimal


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
