"""Did the model of orders hold? It is fitted on an earlier day and compared with what customers did after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.clv.customer_values import Purchases, Reason, learn, purchases_of
from segmentation.clv.holdout import Holdout, compare, group_labels
from segmentation.clv.written import write
from segmentation.features import build_features
from segmentation.store import Book

COLUMNS = ("repeat_order_days_count", "order_span_days", "recency_days", "repeat_amount")


@dataclass(frozen=True)
class HeldOut:
    """`calibrated_on`: the model knows nothing after it · `as_of`: the end of the comparison · `holdout`, or the
    `refusal` (message id and facts) where no model could be fitted."""

    calibrated_on: dt.date
    as_of: dt.date
    holdout: Holdout | None
    refusal: Reason | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """Tidy: one row per group of repeat order days before, as chart, table and download show it."""
        found = self.holdout
        names = ("customer_count", "actual_mean", "low", "high", "expected_mean")
        columns = {name: [] if found is None else getattr(found, name) for name in names}
        return pd.DataFrame(
            columns, index=pd.Index(() if found is None else group_labels(), name="repeat_count")
        )


def hold_out(book: Book, as_of: dt.date, weeks: int) -> HeldOut:
    """The model of `weeks` before `as_of` against the order days since; everybody who had ordered by then counts."""
    calibrated_on = as_of - dt.timedelta(weeks=weeks)
    before, after = (
        build_features(book, day, None, columns=COLUMNS).dropna(subset=["order_span_days"])
        for day in (calibrated_on, as_of)
    )
    purchases = _purchases(before)
    learned = learn(purchases, weeks)
    if learned.models is None:
        return HeldOut(calibrated_on, as_of, None, learned.refusal)
    later = after["repeat_order_days_count"].reindex(before.index) - before["repeat_order_days_count"]
    found = compare(purchases, later.to_numpy(float), weeks, learned.models, write(learned))
    return HeldOut(calibrated_on, as_of, found)


def _purchases(features: pd.DataFrame) -> Purchases:
    return purchases_of(*(np.ascontiguousarray(scales.as_floats(features[name])) for name in COLUMNS))
