"""What was known about each customer at the end of a day: one row per customer, every column with its unit.

Null means unknown, in every column.

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
- repeat_order_days_count, repeat_amount (currency, refunds left out), order_span_days: order days after the first,
  what was ordered on them, days from the first to the last, over all history; margin_share: gross profit ÷ amount
  of the orders whose gross profit is recorded, outside 0–1 where it was sold at a loss.
- repeat_order_share: (order days − 1) ÷ order days in the window, null without any; last_gap_days: days between the
  last two order days of all history.
- payment_days: median from order to payment; overdue_amount: currency, unpaid 90 days after the order;
  overdue_share: 0–1 of such orders in the window, null without any.
- renewal_count (0 without a contract), contract_amount (currency, 0 once it ended), contract_term_months,
  renewal_due_days (below 0: overdue), contract_lapsed, first_contract_renewals, first_contract_lost: as
  `sql/contracts.sql`.
- receivable and the columns of `customer_profile` (need, intent, budget …): as recorded, whatever the date.
- `amount@90` and the like of `WINDOWED_COLUMNS`: the same over a window of so many days; a pass per window.
- touch_count, visit_count, call_count, meeting_count: in the window; message_count: days with a message, and so
  they count in touch_count (counting messages would count talkativeness).
- open_deal_count: open at `as_of`; won_deal_count, lost_deal_count, won_amount (currency): closed in the window.
- has_order: an order is known; has_contact: a touch, or a deal.
- `attribute:<name>` for each of `attributes`: the column of the customers table, an extra one or its own, as a
  number; as text where fewer than a tenth of its values read as one.
"""

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
DAY_COLUMNS = (
    "order_days_count", "months_with_orders_count", "order_interval_days", "repeat_order_share", "last_gap_days",
)  # fmt: skip
LINE_COLUMNS = ("family_count", "paid_share")
REPEAT_COLUMNS = ("repeat_order_days_count", "order_span_days", "repeat_amount", "margin_share")
PAYMENT_COLUMNS = ("payment_days", "overdue_amount", "overdue_share")
CONTRACT_COLUMNS = (
    "renewal_count", "contract_amount", "contract_term_months", "renewal_due_days", "contract_lapsed",
    "first_contract_renewals", "first_contract_lost",
)  # fmt: skip
# Query of its own → the columns it brings: each is a pass over all order lines, taken only where it is asked for.
PASSES = {
    "order_counts": ORDER_COLUMNS, "order_days": DAY_COLUMNS, "order_lines": LINE_COLUMNS,
    "repeat_orders": REPEAT_COLUMNS, "payments": PAYMENT_COLUMNS, "contracts": CONTRACT_COLUMNS,
}  # fmt: skip
WINDOWLESS = frozenset({"repeat_orders", "contracts"})  # all history, whatever the window
# Of the customers table, which carries no date: the values of the opened version, whatever the date asked for.
PROFILE_TEXT_COLUMNS = ("need", "intent", "growth", "decision_level", "channel")
PROFILE_NUMBER_COLUMNS = ("budget", "nps", "complaints", "credit_limit", "own_size", "founded_days")
PROFILE_COLUMNS = (*PROFILE_TEXT_COLUMNS, *PROFILE_NUMBER_COLUMNS)
# What a standing keeps only where its method reads it: order counts decide who can be rated.
PASS_COLUMNS = frozenset(
    {*DAY_COLUMNS, *LINE_COLUMNS, *REPEAT_COLUMNS, *PAYMENT_COLUMNS, *CONTRACT_COLUMNS, *PROFILE_COLUMNS}
)
# What depends on the window: each may be asked for over another window as "amount@90".
WINDOWED_COLUMNS = (
    "order_count", "touch_count", "visit_count", "call_count", "meeting_count", "message_count", "won_deal_count",
    "lost_deal_count", "amount", "margin", "won_amount", "order_days_count", "months_with_orders_count",
    "repeat_order_share", *LINE_COLUMNS, "payment_days", "overdue_share",
)  # fmt: skip
COLUMNS = (
    *TEXT_COLUMNS, *DATE_COLUMNS, "recency_days", "touch_recency_days", "tenure_days", *COUNT_COLUMNS,
    *MONEY_COLUMNS, *(f"{name}_e4" for name in MONEY_COLUMNS), "receivable", "won_amount", *DAY_COLUMNS,
    *LINE_COLUMNS, *REPEAT_COLUMNS, *PAYMENT_COLUMNS, *CONTRACT_COLUMNS, *PROFILE_COLUMNS, "has_order", "has_contact",
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

    The columns are those the head of this file describes. The window is (as_of − window_days, as_of], None = all
    history.

    `columns` names the columns wanted (None = all): order counts, the rhythm of orders, their product families and
    repeat orders cost passes of their own over the order lines, and are left out unless asked for. Raises KeyError
    with near matches.
    """
    wanted = _check_columns(columns)
    start = window_start(as_of, window_days)
    frame = book.query("features", as_of=as_of, window_start=start, year_start=window_start(as_of, YEAR_DAYS))
    frame = _derive(frame.set_index("customer_id"), as_of)
    for query, names in PASSES.items():
        if wanted & set(names):
            asked = {"as_of": as_of} | ({} if query in WINDOWLESS else {"window_start": start})
            frame = _join(frame, book.query(query, **asked), names)
    if wanted & set(PROFILE_COLUMNS):
        frame = _add_profile(frame, book, as_of)
    ordered = [name for name in COLUMNS if name in wanted and name in frame.columns]
    return _add_attributes(_add_windows(frame[ordered], book, as_of, columns or ()), book, attributes)


def _check_columns(columns: Collection[str] | None) -> set[str]:
    for name in columns or ():
        base, at, days = name.partition("@")
        is_windowed = base in WINDOWED_COLUMNS and days.isdecimal()
        if not (is_windowed if at else name in COLUMNS) and not name.startswith(ATTRIBUTE_PREFIX):
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


def _add_profile(frame: pd.DataFrame, book: Readable, as_of: date) -> pd.DataFrame:
    found = book.query("customer_profile", as_of=as_of).set_index("customer_id").reindex(frame.index)
    texts = {name: found[name].astype("str") for name in PROFILE_TEXT_COLUMNS}
    return frame.assign(**texts, **{name: found[name].astype("float64") for name in PROFILE_NUMBER_COLUMNS})


def _add_windows(frame: pd.DataFrame, book: Readable, as_of: date, columns: Collection[str]) -> pd.DataFrame:
    """Columns over windows of their own; who is known at `as_of` hangs on no window, so the rows are the same."""
    windowed = sorted(name for name in columns if "@" in name and not name.startswith(ATTRIBUTE_PREFIX))
    for days in sorted({int(name.partition("@")[2]) for name in windowed}):
        asked = {name: name.partition("@")[0] for name in windowed if name.endswith(f"@{days}")}
        other = build_features(book, as_of, days, columns=set(asked.values()))
        frame = frame.assign(**{name: other[base] for name, base in asked.items()})
    return frame


def with_values(features: pd.DataFrame, feature: str, values: Any) -> pd.DataFrame:
    """The same customers with one feature set to `values` (one for all, or one each), its twin in ten-thousandths
    along with it."""
    changed = features.copy()
    changed[feature] = np.broadcast_to(np.asarray(values, float), len(features))
    if f"{feature}_e4" in changed.columns and not changed[feature].isna().any():
        changed[f"{feature}_e4"] = np.rint(changed[feature].to_numpy(float) * 1e4).astype("int64")
    return changed
