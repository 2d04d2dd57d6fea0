"""Hours a month each customer receives now, estimated from the touches of the last 90 days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from segmentation.features import Readable, window_start
from segmentation.schemes import DEFAULT_MINUTES

EFFORT_DAYS = 90
DAYS_PER_MONTH = 30.4375
WORKING_DAY_MINUTES = 480.0
_VISIT_SCALES = {"hours_now": 1.0, "hours_half_visits": 0.5, "hours_double_visits": 2.0}


def build_effort(book: Readable, as_of: date, minutes: Mapping[str, float] = DEFAULT_MINUTES) -> pd.DataFrame:
    """One row per customer with a touch on record by `as_of`, indexed by `customer_id` in byte order.

    hours_now (hours a month) = Σ minutes of the touches in (as_of − 90, as_of] / 60 · 30.4375 / 90. Recorded minutes
    count as they are; where none are recorded the default of the kind does (an unknown kind is *other*). A visit is
    capped at the working day of 8 hours; messages count once per customer and day. hours_half_visits and
    hours_double_visits are the same with half and double the default minutes of a visit. A customer who is not in the
    frame has nothing on record, which is not zero hours.
    """
    raw = book.query(
        "effort",
        as_of=as_of,
        window_start=window_start(as_of, EFFORT_DAYS),
        visit_limit_minutes=WORKING_DAY_MINUTES,
    )
    default = raw["kind"].map(dict(minutes)).fillna(minutes["other"]).astype("float64")
    is_visit = raw["kind"].eq("visit")
    recorded = raw["recorded_minutes"].astype("float64")
    per_month = DAYS_PER_MONTH / EFFORT_DAYS / 60
    hours = {
        name: per_month
        * (
            recorded
            + raw["estimated_count"]
            * default.mask(is_visit, (default * scale).clip(upper=WORKING_DAY_MINUTES))
        )
        for name, scale in _VISIT_SCALES.items()
    }
    frame = pd.DataFrame(hours).assign(customer_id=raw["customer_id"])
    return frame.groupby("customer_id", sort=False).sum()
