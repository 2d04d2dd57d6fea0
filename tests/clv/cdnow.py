"""The CDNOW sample as its authors read it: one purchase a day, zero values kept (Fader, Hardie & Lee 2005)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "../shared/data/cdnow"
CALIBRATED_ON = dt.date(1997, 9, 30)
HOLDOUT_WEEKS = 39
skip_without_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/cdnow is not here")


def read_days() -> pd.DataFrame:
    """One row per customer and day with a purchase: customer, day, amount."""
    names = ["master", "customer", "day", "count", "amount"]
    told = pd.read_csv(DATA / "CDNOW_sample.txt", sep=r"\s+", header=None, names=names, dtype=str)
    told = told.assign(day=pd.to_datetime(told["day"], format="%Y%m%d"), amount=told["amount"].astype(float))
    return told.groupby(["customer", "day"], as_index=False)["amount"].sum()


def summarise(days: pd.DataFrame, end: dt.date) -> pd.DataFrame:
    """What `build_features` would say of each customer at the end of `end`, worked out without SQL."""
    known = days[days["day"] <= pd.Timestamp(end)]
    known = known.assign(first=known.groupby("customer")["day"].transform("min"))
    grouped = known.groupby("customer")["day"]
    later = known[known["day"] > known["first"]].groupby("customer")["amount"].sum()
    span = (grouped.max() - grouped.min()).dt.days
    return pd.DataFrame(
        {
            "repeat_order_days_count": grouped.size() - 1,
            "order_span_days": span.astype(float),
            "recency_days": (pd.Timestamp(end) - grouped.max()).dt.days.astype(float),
            "repeat_amount": later.reindex(span.index).fillna(0.0),
        }
    )
