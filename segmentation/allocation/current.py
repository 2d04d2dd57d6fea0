"""Where budget goes now, and what the ½–⅓–⅙ rule would say."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation.features import window_start
from segmentation.store import Book
from segmentation.tally import Tally

BUDGET_LOOKBACK_DAYS = 91
OTHER = "other"
_AROUND = re.compile(r"\s|^tier|客户$|[类级](?:客户)?$")


def rule_shares(tier_count: int) -> tuple[float, ...]:
    """The rule of thumb ½–⅓–⅙ for T tiers: weights T, T−1 … 1 over their sum (definitions.md, *Hours*)."""
    total = tier_count * (tier_count + 1) / 2
    return tuple((tier_count - rank) / total for rank in range(tier_count))


def read_budget(book: Book, as_of: dt.date) -> pd.Series:
    """Budget a month over the last three (currency), by tier as the file writes it, "" where a line names none.

    Empty where the book has no budget lines in that time.
    """
    spend = book.query("spend_by_tier", as_of=as_of, from_on=window_start(as_of, BUDGET_LOOKBACK_DAYS))
    if spend.empty:
        return pd.Series(dtype=float)
    months = max(int(spend["months_count"].max()), 1)
    return spend["amount"].astype(float).groupby(spend["tier"].fillna("").astype(object)).sum() / months


def budget_by_tier(lines: pd.Series, names: Sequence[str]) -> Tally:
    """`read_budget` laid over a scheme's tiers.

    Index: tier names, then 'other' (lines that name no tier of this scheme). amount: currency a month, null where
    there are no budget lines at all, and for the tiers where no line names any of them; share: 0–1 of all lines, null
    where the amount is, or where their total is not positive.
    """
    index = (*names, OTHER)
    if lines.empty:
        unknown = np.full(len(index), np.nan)
        return Tally(index, {"amount": unknown, "share": unknown})
    known = {_bare(name): name for name in names} | {name: name for name in names}
    tiers = [known.get(tier) or known.get(_bare(tier)) or OTHER for tier in lines.index]
    spent = dict.fromkeys(index, np.nan if set(tiers) == {OTHER} else 0.0) | {OTHER: 0.0}
    for tier, amount in zip(tiers, lines, strict=True):
        spent[tier] += float(amount)
    amounts = np.array(list(spent.values()))
    total = np.nansum(amounts)
    return Tally(index, {"amount": amounts, "share": amounts / (total if total > 0 else np.nan)})


def _bare(tier: str) -> str:
    """A tier without what people write round it: "Tier A", "A 类", "A级客户" all mean A."""
    return _AROUND.sub("", unicodedata.normalize("NFKC", tier).casefold())
