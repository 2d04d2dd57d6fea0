"""What was known about each customer at the end of a day: one row per customer, every column with its unit."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT_COLUMNS = ("name", "owner", "region", "industry", "parent_id", "grade")
DATE_COLUMNS = ("first_contact_on", "first_order_on", "last_order_on", "first_touch_on", "last_touch_on")
ORDER_COLUMNS = ("order_count", "total_order_count")
COUNT_COLUMNS = (
    *ORDER_COLUMNS, "touch_count", "visit_count", "call_count", "meeting_count",
    "message_count", "open_deal_count", "won_deal_count", "lost_deal_count",
)  # fmt: skip
MONEY_COLUMNS = ("amount", "total_amount", "revenue_12m", "margin")
DAY_COLUMNS = ("order_days_count", "months_with_orders_count", "order_interval_days")
LINE_COLUMNS = ("family_count", "paid_share")
# Query of its own → the columns it brings: each is a pass over all order lines, taken only where it is asked for.
PASSES = {"order_counts": ORDER_COLUMNS, "order_days": DAY_COLUMNS, "order_lines": LINE_COLUMNS}
COLUMNS = (
    *TEXT_COLUMNS, *DATE_COLUMNS, "recency_days", "touch_recency_days", "tenure_days", *COUNT_COLUMNS,
    *MONEY_COLUMNS, *(f"{name}_e4" for name in MONEY_COLUMNS), "receivable", "won_amount", *DAY_COLUMNS,
    *LINE_COLUMNS, "has_order", "has_contact",
)  # fmt: skip
ATTRIBUTE_PREFIX = "attribute:"
YEAR_DAYS = 365


class Readable(Protocol):
    """What this room needs of a book: the named queries of `sql/`."""

    def query(self, name: str, /, **params: Any) -> pd.DataFrame: ...


def window_start(as_of: date, window_days: int | None) -> date:
    """The last day outside the window (as_of − w, as_of]; the first day of time for all history."""
    if window_days is None or window_days >= (as_of - date.min).days:
        return date.min
    return as_of - timedelta(days=window_days)


def build_features(
    book: Readable,
    as_of: date,
    window_days: int | None,
    *,
    columns: Collection[str] | None = None,
    attributes: Sequence[str] = (),
) -> pd.DataFrame:
    """One row per customer known at the end of `as_of`, indexed by `customer_id` in byte order.

    Null means unknown, in every column. The window is (as_of − window_days, as_of], None = all history.

    - name, owner, region, industry, parent_id, grade: text as recorded in the opened version.
    - first_contact_on, first_order_on, last_order_on, first_touch_on, last_touch_on: datetime64[s]. A refund is no
      order; a login or an automatic message is no touch.
    - recency_days, touch_recency_days: days since the last order, touch (0 on the day itself); tenure_days: days since
      the first thing known of the customer.
    - order_count: distinct order ids with an amount ≥ 0 in the window; total_order_count: over all history.
    - amount (window), total_amount (all history), revenue_12m (365 days): currency, refunds included, 0 without any;
      margin (window): null where none is recorded. `*_e4`: the same as int64 ten-thousandths, exact.
    - order_days_count, months_with_orders_count, family_count: in the window; order_interval_days: median gap between
      order days of all history; paid_share: 0–1 of the amounts in the window whose payment is recorded.
    - receivable: currency, as recorded.
    - touch_count, visit_count, call_count, meeting_count: in the window; message_count: days with a message, and so
      they count in touch_count (counting messages would count talkativeness).
    - open_deal_count: open at `as_of`; won_deal_count, lost_deal_count, won_amount (currency): closed in the window.
    - has_order: an order is known; has_contact: a touch, or a deal.
    - `attribute:<name>` for each of `attributes`: the column of the customers table, an extra one or its own, as a
      number; as text where fewer than a tenth of its values read as one.

    `columns` names the columns wanted (None = all): order counts, the rhythm of orders and their product families cost
    passes of their own over the order lines, and are left out unless asked for. Raises KeyError with near matches.
    """
    wanted = _check_columns(columns)
    start = window_start(as_of, window_days)
    frame = book.query("features", as_of=as_of, window_start=start, year_start=window_start(as_of, YEAR_DAYS))
    frame = _derive(frame.set_index("customer_id"), as_of)
    for query, names in PASSES.items():
        if wanted & set(names):
            frame = _join(frame, book.query(query, as_of=as_of, window_start=start), names)
    ordered = [name for name in COLUMNS if name in wanted and name in frame.columns]
    return _add_attributes(frame[ordered], book, attributes)


def _check_columns(columns: Collection[str] | None) -> set[str]:
    for name in columns or ():
        if name not in COLUMNS and not name.startswith(ATTRIBUTE_PREFIX):
            near = difflib.get_close_matches(name, COLUMNS, 3)
            raise KeyError(f"no feature {name!r}; near: {', '.join(near) or ', '.join(COLUMNS)}")
    return set(COLUMNS if columns is None else columns)


def _derive(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The columns that are arithmetic on one row, and one dtype per column whatever the data hold."""
    today = pd.Timestamp(as_of)
    frame = frame.astype(dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(DATE_COLUMNS, "datetime64[s]"))
    first_on = frame[["first_contact_on", "first_order_on", "first_touch_on"]].min(axis=1)
    money = {name: frame[f"{name}_e4"].astype("float64") / 1e4 for name in MONEY_COLUMNS}
    return frame.assign(
        **money,
        margin_e4=frame["margin_e4"].astype("Int64"),
        recency_days=_days_since(frame["last_order_on"], today),
        touch_recency_days=_days_since(frame["last_touch_on"], today),
        tenure_days=_days_since(first_on, today),
        has_order=frame["last_order_on"].notna(),
        has_contact=frame["last_touch_on"].notna() | frame["has_deal"],
    )


def _days_since(dates: pd.Series, today: pd.Timestamp) -> pd.Series:
    return (today - dates).dt.days.astype("float64")


def _join(frame: pd.DataFrame, extra: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """`names` of `extra` beside the customers of `frame`, by Arrow: an index of pandas takes five times as long."""
    place = pc.index_in(pa.array(frame.index, pa.string()), pa.array(extra["customer_id"], pa.string()))
    place = place.fill_null(len(extra)).to_numpy()
    found = {
        name: np.append(extra[name].to_numpy("float64", na_value=np.nan), np.nan)[place] for name in names
    }
    counts = {name: np.nan_to_num(found[name]).astype(np.int64) for name in names if name.endswith("_count")}
    return frame.assign(**found | counts)


def _add_attributes(frame: pd.DataFrame, book: Readable, attributes: Sequence[str]) -> pd.DataFrame:
    found = dict[str, pd.Series]()
    for name in attributes:
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        values = book.query("customer_attributes", pointer=pointer).set_index("customer_id")["value"]
        if len(values) < len(frame):
            texts = book.query("customer_texts", pointer=pointer).set_index("customer_id")["text"]
            values = values if len(values) else pd.to_numeric(texts, errors="coerce").dropna()
            if len(values) * 10 < len(texts):
                found[ATTRIBUTE_PREFIX + name] = texts.reindex(frame.index).astype("str")
                continue
        found[ATTRIBUTE_PREFIX + name] = values.reindex(frame.index).astype("float64")
    return frame.assign(**found) if found else frame
