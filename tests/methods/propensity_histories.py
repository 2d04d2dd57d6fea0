"""Made-up histories for the tests of what learns from outcomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation.methods.base import History
from segmentation.methods.propensity_model.fields import ATTRIBUTE, DATED

ENDS_ON = dt.date(2025, 12, 31)
DAYS = ("2025-03-31", "2025-06-30", "2025-09-30")


def make_history(
    columns: Mapping[str, Any],
    wins: Any,
    *,
    days: int = 1,
    is_dated: bool = True,
    trials: Any = None,
    **told: Any,
) -> History:
    """One row per win; the rows fall on `days` days in turn, every customer once on each. Other features are null."""
    won = np.asarray(wins, np.int64)
    count = len(won)
    ids = pd.Index([f"c{place // days:06d}" for place in range(count)], name="customer_id")
    frame = pd.DataFrame(dict.fromkeys(DATED, np.nan), index=ids).assign(has_order=True)
    for name, values in columns.items():
        frame[name] = values if isinstance(values, pd.Series) else np.asarray(values)
    on = np.array(DAYS[-days:], "datetime64[D]")[np.arange(count) % days]
    undated = frozenset(name for name in columns if name.startswith(ATTRIBUTE))
    tried = np.ones(count, np.int64) if trials is None else np.asarray(trials, np.int64)
    return History(
        frame, on, tried, won, told.get("outcome", "win_rate"), 90, ENDS_ON, undated, is_dated=is_dated
    )


def draw(random: np.random.Generator, margin: Any) -> Any:
    """0 or 1 with these log-odds."""
    return (random.random(len(margin)) < 1 / (1 + np.exp(-np.asarray(margin)))).astype(np.int64)
