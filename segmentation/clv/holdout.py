"""Expected against actual orders, or renewals, of a period the model has not seen, by how many came before.

Fader, Hardie & Lee (2005), the table and figure of conditional expectations: 0 to 6 repeat order days, and 7 or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segmentation.clv.histories import Floats, Whole
from segmentation.clv.intervals import NORMAL_95

MOST_REPEATS = 7  # this many or more are one group


@dataclass(frozen=True)
class Holdout:
    """Arrays of shape (8,), by repeat order days (or renewals) before: 0 … 6, 7 and more; means null where nobody is.

    customer_count · actual_mean, expected_mean: order days per customer in the `weeks` after · low, high: 95 % of the
    actual mean · actual, expected: order days of all together · expected_low, expected_high: 95 % for not knowing the
    parameters exactly · likely_low, likely_high: where the actual number of all together lies with 95 % if the model
    holds, chance included.
    """

    weeks: float
    customer_count: Whole
    actual_mean: Floats
    low: Floats
    high: Floats
    expected_mean: Floats
    actual: int
    expected: float
    expected_low: float
    expected_high: float
    likely_low: float
    likely_high: float


def compare(
    before_count: Floats, expected: Floats, after_count: Floats, weeks: float, total: Mapping[str, float]
) -> Holdout:
    """Customers, all of shape (customers,): how many came before the day, how many were expected and came in the
    `weeks` after it; `total`: `count`, `count_low`, `count_high` expected of all together. How far chance scatters the
    total is told by the customers' own distances from what was expected of them, one independent of the other."""
    group = np.minimum(before_count, MOST_REPEATS).astype(np.int64)
    size = np.bincount(group, minlength=MOST_REPEATS + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(group, after_count, MOST_REPEATS + 1) / size
        squares = np.bincount(group, (after_count - mean[group]) ** 2, MOST_REPEATS + 1)
        wide = NORMAL_95 * np.sqrt(squares / np.where(size > 1, size - 1, np.nan) / size)
        expected_mean = np.bincount(group, expected, MOST_REPEATS + 1) / size
    unknown = np.log(total["count_high"] / total["count_low"]) / (2 * NORMAL_95) * total["count"]
    half = NORMAL_95 * float(np.hypot(unknown, np.sqrt(np.square(after_count - expected).sum())))
    return Holdout(
        weeks=weeks,
        customer_count=size,
        actual_mean=mean,
        low=np.maximum(mean - wide, 0.0),
        high=mean + wide,
        expected_mean=expected_mean,
        actual=round(float(after_count.sum())),
        expected=total["count"],
        expected_low=total["count_low"],
        expected_high=total["count_high"],
        likely_low=max(total["count"] - half, 0.0),
        likely_high=total["count"] + half,
    )


def group_labels() -> tuple[str, ...]:
    """`0` … `6`, `7+`."""
    return (*(str(count) for count in range(MOST_REPEATS)), f"{MOST_REPEATS}+")
