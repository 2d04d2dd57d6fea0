"""In which stage of its life a customer is, from its first contact, first and last order, and what happened lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.i18n import Text

# Best first, as a seller would rank them; a person may order them otherwise.
STAGES: Mapping[str, Text] = {
    "mature": Text("Mature", "成熟客户"),
    "growing": Text("Growing", "成长客户"),
    "returned": Text("Came back", "回流客户"),
    "new": Text("New customer", "新客户"),
    "lead": Text("Lead", "潜在客户"),
    "at_risk": Text("At risk", "流失风险"),
    "silent": Text("Dormant", "沉睡客户"),
    "lost": Text("Lost", "已流失"),
}
FADING = frozenset({"at_risk", "silent", "lost"})
RISING = frozenset({"growing", "returned", "new", "lead"})
UNKNOWN_STAGE = -1
COLUMNS = (
    "recency_days",
    "touch_recency_days",
    "tenure_days",
    "first_order_on",
    "last_order_on",
    "last_gap_days",
)


@dataclass(frozen=True)
class Pace:
    """Days after which a stage ends. Active, dormant, lost: without an order or a contact for so long (defaults.md 7).

    `counts_contacts` False: only orders keep a customer active. Where two lines cross, the later stage goes first.
    """

    new_days: int = 90
    growing_days: int = 365
    active_days: int = 90
    silent_days: int = 180
    lost_days: int = 365
    counts_contacts: bool = True


USUAL, EQUIPMENT = Pace(), Pace(active_days=180, silent_days=365, lost_days=730)


def find_stages(features: pd.DataFrame, pace: Pace) -> NDArray[np.int64]:
    """The place in `STAGES` of every customer; `UNKNOWN_STAGE` without any order, contact or first contact.

    Exactly one each: the first of lost, dormant, lead (no order yet), at risk, came back (the last two orders further
    apart than dormant takes), new, growing that holds, else mature.
    """
    read = {
        name: scales.as_floats(features[name])
        for name in ("recency_days", "touch_recency_days", "tenure_days")
    }
    recency, touch = read["recency_days"], read["touch_recency_days"]
    has_order = ~np.isnan(recency)
    latest = np.fmin(recency, touch) if pace.counts_contacts else recency
    quiet = np.where(has_order, latest, np.fmin(touch, read["tenure_days"]))
    between = (features["last_order_on"] - features["first_order_on"]).dt.days
    age = recency + scales.as_floats(between)
    gap = scales.as_floats(features["last_gap_days"])
    told = {
        "lost": quiet > pace.lost_days,
        "silent": quiet > pace.silent_days,
        "lead": ~has_order,
        "at_risk": quiet > pace.active_days,
        "returned": (recency <= pace.active_days) & (gap > pace.silent_days),
        "new": age <= pace.new_days,
        "growing": age <= pace.growing_days,
    }
    names = list(STAGES)
    places = np.select(list(told.values()), [names.index(name) for name in told], names.index("mature"))
    return np.where(np.isnan(quiet), UNKNOWN_STAGE, places).astype(np.int64)
