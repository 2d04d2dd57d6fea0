"""Expected against actual orders of a period the model has not seen, by how often customers had ordered before.

Fader, Hardie & Lee (2005), the table and figure of conditional expectations: 0 to 6 repeat order days, and 7 or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.clv.customer_values import Models, Purchases
from segmentation.clv.estimates import Fitted, estimate_total
from segmentation.clv.histories import Floats, Whole
from segmentation.clv.intervals import NORMAL_95

MOST_REPEATS = 7  # this many or more are one group


@dataclass(frozen=True)
class Holdout:
    """Arrays of shape (8,), by repeat order days before: 0 … 6, 7 and more; means null where nobody is.

    customer_count · actual_mean, expected_mean: order days per customer in the `weeks` after · low, high: 95 % of the
    actual mean · actual, expected: order days of all together · expected_low, expected_high: 95 % for not knowing the
    parameters exactly.
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


def compare(before: Purchases, after_count: Floats, weeks: float, models: Models, fitted: Fitted) -> Holdout:
    """`before`: histories up to the day · `after_count`: order days of the same customers in the `weeks` after it."""
    expected = models.expected_orders(before, weeks)
    group = np.minimum(before.repeat_count, MOST_REPEATS).astype(np.int64)
    size = np.bincount(group, minlength=MOST_REPEATS + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(group, after_count, MOST_REPEATS + 1) / size
        squares = np.bincount(group, (after_count - mean[group]) ** 2, MOST_REPEATS + 1)
        wide = NORMAL_95 * np.sqrt(squares / np.where(size > 1, size - 1, np.nan) / size)
        expected_mean = np.bincount(group, expected, MOST_REPEATS + 1) / size
    total = estimate_total(before, weeks, None, fitted)
    return Holdout(
        weeks=weeks,
        customer_count=size,
        actual_mean=mean,
        low=np.maximum(mean - wide, 0.0),
        high=mean + wide,
        expected_mean=expected_mean,
        actual=round(float(after_count.sum())),
        expected=total["order_days_count"],
        expected_low=total["order_days_count_low"],
        expected_high=total["order_days_count_high"],
    )


def group_labels() -> tuple[str, ...]:
    """`0` … `6`, `7+`."""
    return (*(str(count) for count in range(MOST_REPEATS)), f"{MOST_REPEATS}+")
