"""Every recorded row of one customer with its sheet and cell, counted or left out, and the search that finds it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import pandas as pd

from segmentation.features import Readable, window_start
from segmentation.intake.columns import identifier
from segmentation.intake.likenesses import MOST_NAMES
from segmentation.intake.uploads import NOBODY, StoredCustomers
from segmentation.store import Book


def find_customers(book: Readable, text: str) -> pd.DataFrame:
    """At most 50 customers whose id or name contains `text`, best match first (customer_id, name, region, owner)."""
    wanted = unicodedata.normalize("NFKC", text).strip().lower()
    return book.query("customer_search", wanted=wanted)


@dataclass(frozen=True)
class Records:
    """Every recorded row of one customer with file, sheet and cell; `reason` null = counted in the period."""

    orders: pd.DataFrame
    touches: pd.DataFrame
    deals: pd.DataFrame


def collect_records(book: Readable, customer_id: str, as_of: date, window_days: int | None) -> Records:
    """The rows of one customer, counted in (as_of − window_days, as_of] or left out with the reason."""
    facts = {"customer_id": customer_id, "as_of": as_of, "window_start": window_start(as_of, window_days)}
    return Records(
        book.query("customer_orders", **facts),
        book.query("customer_touches", **facts),
        book.query("customer_deals", **facts),
    )


def sum_by_month(records: Records, as_of: date) -> pd.DataFrame:
    """Per calendar month from the first record to `as_of`: month (datetime), orders, amount (currency), touches."""
    orders = records.orders[records.orders["ordered_on"].notna() & (records.orders["reason"] != "after_date")]
    touches = records.touches[~records.touches["reason"].isin(["after_date", "automatic"])]
    order_month = pd.to_datetime(orders["ordered_on"]).dt.to_period("M")
    touch_month = pd.to_datetime(touches["touched_on"]).dt.to_period("M")
    first = min([*order_month.head(0), *order_month.dropna(), *touch_month.dropna()], default=None)
    if first is None:
        return pd.DataFrame({"month": pd.to_datetime([]), "orders": [], "amount": [], "touches": []})
    months = pd.period_range(first, pd.Period(as_of, "M"), freq="M")
    bought = orders[orders["amount"] >= 0]
    return pd.DataFrame(
        {
            "month": months.to_timestamp(),
            "orders": bought.groupby(order_month)["order_id"]
            .nunique()
            .reindex(months, fill_value=0)
            .to_numpy(),
            "amount": orders.groupby(order_month)["amount"].sum().reindex(months, fill_value=0.0).to_numpy(),
            "touches": touches.groupby(touch_month).size().reindex(months, fill_value=0).to_numpy(),
        }
    )


def tables_of_their_own(book: Readable) -> frozenset[str]:
    """The tables this version has from sheets that feed nothing else (an order line's customers are not among them)."""
    sheets = book.query("source_sheets")
    feeds = sheets.groupby(["file", "sheet"])["table_name"].transform("nunique")
    return frozenset(sheets.loc[feeds == 1, "table_name"])


def usual_amount(book: Readable) -> float | None:
    """The median amount of an order row, signs aside (currency); None where this version has no order."""
    found = book.query("usual_amount")["median_amount"].iloc[0]
    return None if pd.isna(found) else float(found)


def known_customers(book: Book) -> StoredCustomers:
    """The customers of this version by number and name; nobody where they are too many to compare names with."""
    if book.version.rows.get("customers", 0) > MOST_NAMES:
        return NOBODY
    names: dict[str, set[str]] = {}
    listed = book.query("stored_customers")
    for key, name in zip(listed["customer_id"], listed["name"], strict=True):
        if isinstance(name, str) and name:
            names.setdefault(identifier(name), set()).add(key)
    found = {name: frozenset(ids) for name, ids in names.items()}
    return StoredCustomers(frozenset(listed["customer_id"]), MappingProxyType(found))
