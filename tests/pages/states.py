"""Books at the edge of what can be said: each state of a company the pages must answer to, as frames of its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]
# Every mark a markdown reader, a formula or a page could take for its own.
MARKUP = (
    "<b>bold</b><img src=x onerror=alert(1)>",
    "![x](http://evil.example/p.png)",
    "**x** _y_ `z`",
    ":red[x] :material/home: :smile:",
    "$x$ $$y$$",
    "=cmd|' /C calc'!A0",
    "[go](javascript:alert(1))",
    "# 1. > | a | b |",
)


def company(
    count: int, days: int, *, seed: int = 5, orders_each: int = 6, start: str = "2025-01-01"
) -> Frames:
    """Customers with orders, follow-ups and deals spread over `days` days, known since the first."""
    random = np.random.default_rng(seed)
    ids = np.array([f"C{number:03d}" for number in range(1, count + 1)])
    named = {"name": [f"Company {number}" for number in range(1, count + 1)]}
    buyers = np.repeat(ids, 1 + random.integers(0, orders_each, count))
    callers = np.repeat(ids, 1 + random.integers(0, 4, count))
    bidders = np.repeat(ids, 1 + random.integers(0, 3, count))
    opened = _days(random, days, len(bidders), start)
    closed = opened + pd.to_timedelta(random.integers(1, max(2, days // 6), len(bidders)), "D")
    state = random.choice(["won", "lost", "open"], len(bidders), p=[0.35, 0.45, 0.2])
    return {
        "customers": pd.DataFrame({"customer_id": ids, **named, "first_contact_on": start}),
        "orders": pd.DataFrame(
            {
                "order_id": [f"O{number}" for number in range(len(buyers))],
                "customer_id": buyers,
                "ordered_on": _days(random, days, len(buyers), start).strftime("%Y-%m-%d"),
                "amount": random.integers(500, 90_000, len(buyers)),
            }
        ),
        "touches": pd.DataFrame(
            {
                "touch_id": [f"T{number}" for number in range(len(callers))],
                "customer_id": callers,
                "at": _days(random, days, len(callers), start).strftime("%Y-%m-%d"),
                "kind": random.choice(["visit", "call", "message"], len(callers)),
            }
        ),
        "deals": pd.DataFrame(
            {
                "deal_id": [f"D{number}" for number in range(len(bidders))],
                "customer_id": bidders,
                "opened_on": opened.strftime("%Y-%m-%d"),
                "closed_on": [
                    None if s == "open" else f"{day:%Y-%m-%d}" for s, day in zip(state, closed, strict=True)
                ],
                "state": state,
                "amount": random.integers(5_000, 300_000, len(bidders)),
            }
        ),
    }


def _days(random: np.random.Generator, days: int, count: int, start: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.Timestamp(start) + pd.to_timedelta(random.integers(0, days, count), "D"))


def thirty_customers_one_month() -> Frames:
    return company(30, 30)


def equal_scores() -> Frames:
    """Everybody bought the same for the same on the same days."""
    ids = [f"C{number:02d}" for number in range(40)]
    days = pd.date_range("2024-01-15", periods=24, freq="MS").strftime("%Y-%m-%d")
    orders = pd.MultiIndex.from_product([ids, days], names=["customer_id", "ordered_on"]).to_frame(
        index=False
    )
    orders = orders.assign(order_id=[f"O{number}" for number in range(len(orders))], amount=1_000)
    return {
        "customers": pd.DataFrame({"customer_id": ids, "first_contact_on": "2024-01-01"}),
        "orders": orders,
    }


def only_refunds() -> Frames:
    """The orders file of last year is missing: all that is left are returned goods."""
    frames = company(30, 600)
    return {
        "customers": frames["customers"],
        "orders": frames["orders"].assign(amount=-frames["orders"]["amount"]),
    }


def refunds_outweigh() -> Frames:
    """One zero order makes everybody a customer with an order; everything else is a refund."""
    frames = only_refunds()
    first = frames["customers"]["customer_id"]
    zero = pd.DataFrame(
        {"order_id": "Z" + first, "customer_id": first, "ordered_on": "2025-02-01", "amount": 0}
    )
    orders = pd.concat([frames["orders"], zero, zero.assign(order_id="Y" + first, ordered_on="2025-05-01")])
    return {**frames, "orders": orders}


def named_like_markup() -> Frames:
    """Names, sellers, regions, groups, grades, products and ids that are markup."""
    frames = company(40, 720)
    marks = [MARKUP[number % len(MARKUP)] for number in range(40)]
    customers = frames["customers"].assign(
        name=[f"{mark} {number}" for number, mark in enumerate(marks)],
        owner=marks, region=marks, industry=marks, parent_id=marks, grade=[mark[:9] for mark in marks],
    )  # fmt: skip
    products = [MARKUP[number % len(MARKUP)] for number in range(len(frames["orders"]))]
    touches = frames["touches"].assign(rep=MARKUP[3])
    return {
        **frames,
        "customers": customers,
        "orders": frames["orders"].assign(product=products),
        "touches": touches,
    }


def one_customer() -> Frames:
    orders = pd.DataFrame(
        {
            "order_id": ["O1", "O2", "O3"],
            "customer_id": "C1",
            "ordered_on": ["2025-02-01", "2025-06-01", "2025-11-01"],
            "amount": [100, 250, -20],
        }
    )
    return {
        "customers": pd.DataFrame(
            {"customer_id": ["C1"], "name": ["Only One"], "first_contact_on": ["2024-01-01"]}
        ),
        "orders": orders,
    }


def nobody_rated() -> Frames:
    """Everybody is new: first seen a fortnight ago, one order each."""
    frames = company(20, 14, orders_each=1)
    return {"customers": frames["customers"], "orders": frames["orders"]}


def without(*tables: str) -> Callable[[], Frames]:
    def make() -> Frames:
        return {name: frame for name, frame in company(60, 720).items() if name not in tables}

    return make


def one_week() -> Frames:
    return company(25, 7, orders_each=3)


def flat_sheet() -> Frames:
    """One sheet, a row per customer: converted yes or no, two numbers, no date."""
    random = np.random.default_rng(3)
    ids = [f"L{number:03d}" for number in range(80)]
    visits = random.integers(0, 20, 80)
    converted = random.random(80) < 0.1 + 0.03 * visits
    customers = pd.DataFrame(
        {"customer_id": ids, "pages_seen": visits, "minutes_on_site": random.integers(1, 90, 80)}
    )
    deals = pd.DataFrame({"customer_id": ids, "state": np.where(converted, "won", "lost")})
    return {"customers": customers, "deals": deals}


STATES: Mapping[str, Callable[[], Frames]] = {
    "thirty_customers_one_month": thirty_customers_one_month,
    "equal_scores": equal_scores,
    "only_refunds": only_refunds,
    "refunds_outweigh": refunds_outweigh,
    "named_like_markup": named_like_markup,
    "one_tier_empty": without("deals"),
    "one_customer": one_customer,
    "nobody_rated": nobody_rated,
    "without_orders": without("orders"),
    "without_touches": without("touches"),
    "without_deals": without("deals"),
    "without_customers": without("customers"),
    "customers_alone": without("orders", "touches", "deals"),
    "touches_alone": without("orders", "deals"),
    "one_week": one_week,
    "flat_sheet": flat_sheet,
}
