"""Stages against asking one customer after another, on every combination of known and unknown days."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from segmentation.stages import EQUIPMENT, STAGES, UNKNOWN_STAGE, USUAL, Pace, find_stages

AS_OF = pd.Timestamp("2026-10-31")
CROSSED = Pace(new_days=400, growing_days=30, active_days=300, silent_days=100, lost_days=50)


def expect(row: tuple[float, ...], pace: Pace) -> str | None:
    """The stage in words of defaults.md 7; None = unknown."""
    recency, age, gap, touch, tenure = row
    has_order = not np.isnan(recency)
    days = [recency, touch] if pace.counts_contacts else [recency]
    known = [d for d in (days if has_order else [touch, tenure]) if not np.isnan(d)]
    if not known:
        return None
    quiet = min(known)
    if quiet > pace.lost_days:
        return "lost"
    if quiet > pace.silent_days:
        return "silent"
    if not has_order:
        return "lead"
    if quiet > pace.active_days:
        return "at_risk"
    if recency <= pace.active_days and gap > pace.silent_days:
        return "returned"
    return "new" if age <= pace.new_days else "growing" if age <= pace.growing_days else "mature"


def world() -> pd.DataFrame:
    days = [np.nan, 0, 90, 91, 180, 181, 365, 366, 730, 731]
    rows = [
        (recency, recency + extra, gap, touch, tenure)
        for recency, extra, gap, touch, tenure in product(
            days, [0, 80, 300, 1000], [np.nan, 10, 181, 366], days, [np.nan, 30, 400]
        )
        if np.isnan(gap) or extra >= gap
    ]
    frame = pd.DataFrame(
        rows, columns=["recency_days", "age", "last_gap_days", "touch_recency_days", "tenure_days"]
    )
    for name, column in (("first_order_on", "age"), ("last_order_on", "recency_days")):
        frame[name] = (AS_OF - pd.to_timedelta(frame[column], unit="D")).astype("datetime64[s]")
    return frame


@pytest.mark.parametrize("pace", [USUAL, EQUIPMENT, Pace(counts_contacts=False), CROSSED], ids=str)
def test_everybody_is_in_exactly_the_stage_the_words_say(pace: Pace) -> None:
    frame = world()
    columns = ["recency_days", "age", "last_gap_days", "touch_recency_days", "tenure_days"]
    names = list(STAGES)
    expected = [expect(row, pace) for row in frame[columns].itertuples(index=False)]
    found = [None if p == UNKNOWN_STAGE else names[p] for p in find_stages(frame, pace)]
    assert found == expected
    assert len(set(found)) >= 6


def test_a_contact_keeps_a_customer_awake_unless_only_orders_count() -> None:
    frame = world()
    one = frame[(frame["recency_days"] == 366) & (frame["touch_recency_days"] == 0)].head(1)
    names = list(STAGES)
    assert names[find_stages(one, USUAL)[0]] in ("mature", "growing")
    assert names[find_stages(one, Pace(counts_contacts=False))[0]] == "lost"
    slow = Pace(active_days=180, silent_days=365, lost_days=730, counts_contacts=False)
    assert names[find_stages(one, slow)[0]] == "silent"
