"""The totals of a data version, as anyone would count them in their own file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from segmentation.features import Readable


@dataclass(frozen=True)
class Summary:
    """Counts in pieces, amounts in currency, rows of unknown customers included.

    customers: rows of the customers table, else the ids seen in the others · orders: distinct order ids with an
    amount ≥ 0 · order_amount: Σ amount ≥ 0 · refund_amount: Σ amount < 0 · orders_from_deals: won deals that stand in
    for orders, 0 where there are orders · first_date, last_date: of any dated row, None without one.
    """

    customers: int
    orders: int
    order_amount: float
    refund_amount: float
    deals_won: int
    deals_lost: int
    deals_open: int
    won_amount: float
    touches: int
    reps: int
    first_date: date | None
    last_date: date | None
    orders_from_deals: int


def build_summary(book: Readable) -> Summary:
    """The totals of `book`."""
    return Summary(**{str(name): _plain(value) for name, value in book.query("summary").iloc[0].items()})


@dataclass(frozen=True)
class Unmatched:
    """Orders of no known customer: how many, and their amount in currency, refunds included."""

    orders: int
    amount: float


def build_unmatched(book: Readable) -> Unmatched:
    """The orders of `book` that count in its totals and in no tier."""
    row = book.query("unmatched").iloc[0]
    return Unmatched(int(row["orders"]), float(row["amount"]))


def build_months(book: Readable) -> pd.DataFrame:
    """Per calendar month, index `month` (its first day): orders, order_amount, refund_amount, amount."""
    frame = book.query("months")
    return frame.assign(month=frame["month"].astype("datetime64[s]")).set_index("month")


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value
