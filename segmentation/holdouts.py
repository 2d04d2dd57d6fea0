"""Did the model of value hold? It is fitted on an earlier day and compared with what customers did after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.clv.forecasts import FORECASTS, Forecast, Given
from segmentation.clv.histories import Floats
from segmentation.clv.holdout import Holdout, compare, group_labels
from segmentation.clv.renewals import Reason
from segmentation.features import build_features
from segmentation.store import Book

# Basis → what it counts: as it is called where it is expected, and as the feature that says how many there were.
COUNTED = {
    "modelled": ("order_days_count", "repeat_order_days_count"),
    "renewals": ("renewals_count", "renewal_count"),
}


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


def hold_out(book: Book, as_of: dt.date, weeks: int, basis: str = "modelled") -> HeldOut:
    """The model of `weeks` before `as_of` against what came since; everybody who had ordered by then counts, or whose
    contract ran then."""
    calibrated_on = as_of - dt.timedelta(weeks=weeks)
    forecast, (count, feature) = FORECASTS[basis], COUNTED[basis]
    before, after = (
        build_features(book, day, None, columns=forecast.columns) for day in (calibrated_on, as_of)
    )
    before = before.dropna(subset=list(forecast.needs))
    learned = forecast.learn(_given(forecast, before), weeks)
    if learned.refusal is not None:
        return HeldOut(calibrated_on, as_of, None, learned.refusal)
    if basis == "renewals":
        before = before[before["renewal_due_days"].notna()]
    given = _given(forecast, before)
    expected = forecast.count(given, weeks, learned.written)
    total = forecast.estimate_total(given, weeks, learned.written)
    known = before[feature].to_numpy(float)
    later = np.maximum(after[feature].reindex(before.index).to_numpy(float) - known, 0.0)
    totals = {f"count{end}": total[f"{count}{end}"] for end in ("", "_low", "_high")}
    return HeldOut(calibrated_on, as_of, compare(known, expected, later, weeks, totals))


def _given(forecast: Forecast, features: pd.DataFrame) -> Given:
    return {name: _floats(features[name]) for name in forecast.columns}


def _floats(values: pd.Series) -> Floats:
    return np.ascontiguousarray(scales.as_floats(values))
