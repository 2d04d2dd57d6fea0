"""Who can be rated at all: known long enough or ordered often enough, and with the numbers the method needs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd

NEW, NONE, MISSING, STOPPED = "new", "none", "missing", "stopped"
# The number a rule needs and a customer has not → what is missing in the records.
MISSING_NUMBERS = MappingProxyType(
    {
        "recency_days": "missing.order",
        "order_span_days": "missing.order",
        "repeat_amount": "missing.order",
        "margin": "missing.margin",
        "margin_share": "missing.margin",
        "contract_amount": "missing.contract",
    }
)
NOBODY: Mapping[str, date] = MappingProxyType({})


def unrated_reasons(
    features: pd.DataFrame,
    needs: Sequence[str],
    as_of: date,
    minimum_history_days: int = 90,
    minimum_orders: int = 2,
    *,
    stopped: Mapping[str, date] = NOBODY,
) -> pd.Series:
    """Why a customer of `features` is not rated, null where it is (definitions.md, *Population*).

    *stopped*: marked so (`stopped`: customer → day) on or before `as_of`, and no order known since ·
    *none*: neither order nor contact on record · *new*: first contact or first order less than `minimum_history_days`
    before `as_of`, and fewer than `minimum_orders` orders over all history · *missing*: a column of `needs` is null.
    The first that holds, in that order. Raises KeyError with near matches for a column the features do not have.
    """
    for name in needs:
        if name not in features.columns:
            near = difflib.get_close_matches(name, list(features.columns), 3)
            raise KeyError(f"no feature {name!r}; near: {', '.join(near) or '–'}")
    today = pd.Timestamp(as_of)
    first_contact_on = features["first_contact_on"].fillna(features["first_touch_on"])
    is_recent = ((today - first_contact_on).dt.days < minimum_history_days) | (
        (today - features["first_order_on"]).dt.days < minimum_history_days
    )
    is_new = is_recent & (features["total_order_count"] < minimum_orders)
    is_silent = ~features["has_order"] & ~features["has_contact"]
    reasons = pd.Series(None, index=features.index, dtype="str", name="reason")
    if needs:
        reasons = reasons.mask(features[list(needs)].isna().any(axis=1), MISSING)
    reasons = reasons.mask(is_new, NEW).mask(is_silent, NONE)
    return reasons.mask(_has_stopped(features, as_of, stopped), STOPPED)


def _has_stopped(features: pd.DataFrame, as_of: date, stopped: Mapping[str, date]) -> pd.Series:
    """Who was marked by `as_of` and has not ordered since: an order says more than a mark."""
    if not stopped:
        return pd.Series(False, index=features.index)
    days = pd.Series(
        {key: pd.Timestamp(day) for key, day in stopped.items() if day <= as_of}, dtype="datetime64[s]"
    )
    marked_on = days.reindex(features.index)
    return marked_on.notna() & ~(features["last_order_on"] > marked_on)


def find_missing(features: pd.DataFrame, needs: Sequence[str], *, is_refused: bool) -> list[str]:
    """What each of these customers, unrated for *missing*, lacks: the first number of `needs` it has not, else all a
    method counts; where it has what is needed and the method refused (`is_refused`), nothing but an answer."""
    codes = [MISSING_NUMBERS.get(need, MISSING) for need in needs]
    codes.append("missing.answer" if is_refused else "missing.inputs")
    gaps = np.ones((len(features), len(codes)), dtype=bool)
    gaps[:, : len(needs)] = features[list(needs)].isna()
    first = gaps.argmax(axis=1)
    return [codes[place] for place in first.tolist()]
