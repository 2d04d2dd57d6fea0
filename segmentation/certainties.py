"""What can be said of a book too small to tell tiers apart: plain counts that need no comparison of rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.features import window_start
from segmentation.standing import Standing
from segmentation.store import Book

HALF = 0.5
FEWEST_ORDER_DAYS = 3  # below this a customer has no rhythm of its own
LATE_FACTOR = 2.0
YEAR_DAYS = 365


@dataclass(frozen=True)
class Certainties:
    """leading: the fewest customers that bring half of the sales, None without sales. late, regular: customers whose
    last order lies more than twice their own median gap back, of those with at least three order days in the last
    365 days. untouched: customers without any follow-up on record, None where the book has no follow-ups at all.
    refunded: customers whose refunds exceed what they bought in the window of the method."""

    customers: int
    leading: int | None
    late: int
    regular: int
    untouched: int | None
    refunded: int = 0


def find_certainties(book: Book, standing: Standing) -> Certainties:
    """Counts at the list date over all customers known there, rated or not."""
    features = standing.features
    sales = np.sort(np.maximum(features["amount_e4"].to_numpy(np.int64), 0))[::-1]
    reached = np.cumsum(sales)
    leading = int(np.searchsorted(reached, HALF * reached[-1])) + 1 if sales.any() else None
    start = window_start(standing.as_of, YEAR_DAYS)
    days = book.query("order_days", as_of=standing.as_of, window_start=start).set_index("customer_id")
    days = days[days["order_days_count"] >= FEWEST_ORDER_DAYS]
    recency = features["recency_days"].reindex(days.index)
    late = int((recency > LATE_FACTOR * days["order_interval_days"]).sum())
    is_untouched = features["last_touch_on"].isna()
    untouched = None if is_untouched.all() else int(is_untouched.sum())
    refunded = int((features["amount_e4"] < 0).sum())
    return Certainties(len(features), leading, late, len(recency.dropna()), untouched, refunded)
