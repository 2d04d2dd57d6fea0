"""Where budget goes now, and what the ½–⅓–⅙ rule would say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from segmentation.store import Book

BUDGET_LOOKBACK_DAYS = 91


def rule_shares(tier_count: int) -> tuple[float, ...]:
    """The rule of thumb ½–⅓–⅙ for T tiers: weights T, T−1 … 1 over their sum (definitions.md, *Hours*)."""
    total = tier_count * (tier_count + 1) / 2
    return tuple((tier_count - rank) / total for rank in range(tier_count))


def budget_by_tier(book: Book, as_of: dt.date, names: Sequence[str]) -> pd.DataFrame:
    """Budget a month over the last three, by tier as the file names them.

    Index: tier names, then 'other' (lines that name no tier of this scheme); column amount (currency a month),
    null where the book has no budget lines at all.
    """
    spend = book.query("spend_by_tier", as_of=as_of, from_on=as_of - dt.timedelta(days=BUDGET_LOOKBACK_DAYS))
    index = [*names, "other"]
    if spend.empty:
        return pd.DataFrame({"amount": float("nan")}, index=index)
    months = max(int(spend["months_count"].max()), 1)
    place = spend["tier"].where(spend["tier"].isin(list(names)), "other")
    monthly = spend["amount"].astype(float).groupby(place).sum() / months
    return pd.DataFrame({"amount": monthly.reindex(index, fill_value=0.0)})
