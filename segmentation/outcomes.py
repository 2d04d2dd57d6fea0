"""What happened next to the customers known on the check date: trials, successes and value in the outcome window."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from segmentation.errors import SettingError
from segmentation.features import Readable
from segmentation.schemes import OUTCOMES, Outcome


def window_end(replayed_on: date, outcome_days: int) -> date:
    """The last day of the outcome window (replayed_on, replayed_on + outcome_days]."""
    if outcome_days >= (date.max - replayed_on).days:
        return date.max
    return replayed_on + timedelta(days=outcome_days)


def build_outcomes(book: Readable, outcome: Outcome, replayed_on: date, outcome_days: int) -> pd.DataFrame:
    """One row per customer known at `replayed_on`, indexed by `customer_id` in byte order (as `build_features`).

    n (int64) is what could have happened, k (int64) what did, so that a rate is Σk/Σn:

    - win_rate: n the customer's deals won or lost in the window, k the won ones, open_count those open at its end;
    - first_order: n = 1 without an order known at `replayed_on`, k = 1 with one in the window;
    - repurchase: n = 1 with an order known, k = 1 with one in the window that is not the renewal of a deal;
    - revenue_per_customer: n = 1, k = 0 (a value has no successes);
    - recorded: n the deals marked won or lost whatever their dates, k the won ones: a description, not a test.

    value (float, currency) and value_e4 (int64 ten-thousandths) are the net amount in the window, for win_rate and
    recorded the amount of the deals won. Raises SettingError for another outcome or a window below one day.
    """
    if outcome not in OUTCOMES:
        raise SettingError("e.setting", name="outcome", value=outcome, rule=" | ".join(OUTCOMES))
    if outcome_days < 1:
        raise SettingError("e.setting", name="outcome_days", value=outcome_days, rule=">= 1")
    return pick_outcome(read_happened(book, replayed_on, window_end(replayed_on, outcome_days)), outcome)


def read_happened(book: Readable, replayed_on: date, ends_on: date) -> pd.DataFrame:
    """All outcomes of (replayed_on, ends_on] at once, columns as `sql/outcomes.sql`, indexed by `customer_id`."""
    return book.query("outcomes", replayed_on=replayed_on, ends_on=ends_on).set_index("customer_id")


def pick_outcome(raw: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    """What `build_outcomes` says, of a frame of `read_happened`."""
    never, has_order = pd.Series(0, index=raw.index), raw["earlier_order_count"] > 0
    value_e4, open_count = raw["amount_e4"], never
    if outcome == "win_rate":
        n, k = raw["decided_count"], raw["decided_won_count"]
        value_e4, open_count = raw["won_amount_e4"], raw["open_count"]
    elif outcome == "recorded":
        n, k = raw["recorded_count"], raw["recorded_won_count"]
        value_e4, open_count = raw["recorded_amount_e4"], raw["recorded_open_count"]
    elif outcome == "first_order":
        n, k = ~has_order, ~has_order & (raw["order_count"] > 0)
    elif outcome == "repurchase":
        n, k = has_order, has_order & (raw["new_order_count"] > 0)
    else:
        n, k = never + 1, never
    picked = pd.DataFrame({"n": n, "k": k, "value_e4": value_e4, "open_count": open_count}).astype("int64")
    return picked.assign(value=picked["value_e4"] / 1e4)[["n", "k", "value", "value_e4", "open_count"]]
