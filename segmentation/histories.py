"""What happened after earlier days, for methods that learn: nothing after the day they are asked about is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from segmentation.features import ATTRIBUTE_PREFIX, build_features, window_start
from segmentation.methods.base import LEARNED_THROUGH, History, LearningMethod
from segmentation.outcomes import build_outcomes
from segmentation.ratings import unrated_reasons
from segmentation.schemes import Scheme

MOST_DAYS = 6
MOST_ROWS = 300_000  # beyond, whole customers are left out by chance: intervals are narrow long before
# Columns of the customers table without a date, beside the extra ones of a sheet. What somebody owes is no such thing:
# only customers owe.
RECORDED = (
    "industry", "region", "size", "channel", "owner", "need", "intent", "budget", "growth", "decision_level", "nps",
    "complaints",
)  # fmt: skip
ONE_DAY = dt.timedelta(days=1)


class Book(Protocol):
    """What a history needs of a book: its named queries and how far its data go."""

    @property
    def data_through_on(self) -> dt.date | None: ...

    def query(self, name: str, /, **params: Any) -> pd.DataFrame: ...


def training_days(
    last_on: dt.date, outcome_days: int, first_on: dt.date, window_days: int | None
) -> tuple[dt.date, ...]:
    """Month ends to learn from, latest first: each outcome window ends by `last_on`, each period counted lies within
    the history. Outcome windows do not overlap: no outcome is counted twice."""
    found: list[dt.date] = []
    end = _month_end_by(last_on, outcome_days)
    while end is not None and len(found) < MOST_DAYS and end >= first_on:
        if window_days is not None and window_start(end, window_days) + ONE_DAY < first_on:
            break
        found.append(end)
        end = _month_end_by(end, outcome_days)
    return tuple(found)


def _month_end_by(day: dt.date, outcome_days: int) -> dt.date | None:
    """The last month end at least `outcome_days` before `day`; None where the calendar has none."""
    if outcome_days + 31 >= (day - dt.date.min).days:
        return None
    latest = day - dt.timedelta(days=outcome_days)
    return latest if (latest + ONE_DAY).day == 1 else latest.replace(day=1) - ONE_DAY


def fill_attributes(book: Book, scheme: Scheme, method: LearningMethod) -> LearningMethod:
    """The method as it reads this book: where the outcome itself has no date, columns without one take nothing away,
    and all of them are read unless the person named some."""
    if scheme.outcome != "recorded" or method.attributes:
        return method
    names = tuple(str(name) for name in book.query("attributes")["name"])
    filled: LearningMethod = replace(method, attributes=(*RECORDED, *names))  # type: ignore[type-var]
    return filled


def is_known_by(fitted: Mapping[str, Any] | None, day: dt.date) -> bool:
    """Whether what a method learned was known on `day`: a method that saw later outcomes is not judged on them."""
    through = (fitted or {}).get(LEARNED_THROUGH)
    return through is None or int(through[0]) <= day.toordinal()


def build_history(
    book: Book, scheme: Scheme, method: LearningMethod, as_of: dt.date, columns: Collection[str]
) -> History:
    """Customers rateable at the end of each training day and their outcome after it, days ≤ as_of − outcome days.

    Where the outcome is *recorded* there is one day, `as_of`, and `is_dated` is False. For a money outcome k says
    whether anything came in. Of more than `MOST_ROWS` rows whole customers are kept, drawn by a hash of their id.
    """
    is_dated = scheme.outcome != "recorded"
    first = book.query("history_span")["first_on"].iloc[0]
    last_on = min(as_of, book.data_through_on or as_of) if is_dated else as_of
    days: tuple[dt.date, ...] = () if is_dated else (as_of,)
    missing = 0
    if is_dated and not pd.isna(first):
        first_on = pd.Timestamp(first).date()
        days = training_days(last_on, scheme.outcome_days, first_on, method.window_days)
        need = (method.window_days or 1) + scheme.outcome_days + 31
        missing = 0 if days else max(1, need - (last_on - first_on).days)
    read = [*dict.fromkeys(getattr(method, "columns", columns))]
    share, found = 1.0, list[pd.DataFrame]()
    for day in days:
        part = _day(book, scheme, method, day, columns)
        if not found and len(part) * len(days) > MOST_ROWS:
            share = MOST_ROWS / (len(part) * len(days))
        found.append(part if share == 1.0 else part[_is_drawn(part.index, share)])
    if not found:
        found = [_day(book, scheme, method, as_of, columns).iloc[:0]]
    rows = pd.concat(found)
    named = {ATTRIBUTE_PREFIX + name for name in method.attributes}
    return History(
        features=rows[read],
        days=rows["_day"].to_numpy("datetime64[D]"),
        n=rows["_n"].to_numpy(np.int64),
        k=rows["_k"].to_numpy(np.int64),
        outcome=scheme.outcome,
        outcome_days=scheme.outcome_days,
        ends_on=last_on,
        undated=frozenset(named & set(read)),
        is_dated=is_dated,
        missing_days=missing,
    )


def _day(
    book: Book, scheme: Scheme, method: LearningMethod, day: dt.date, columns: Collection[str]
) -> pd.DataFrame:
    """Features of the customers rateable at the end of one day who could have an outcome, with _day, _n, _k."""
    features = build_features(book, day, method.window_days, columns=columns, attributes=method.attributes)
    least = scheme.minimum_history_days, scheme.minimum_orders
    is_rateable = unrated_reasons(features, method.needs, day, *least).isna().to_numpy()
    happened = build_outcomes(book, scheme.outcome, day, scheme.outcome_days)
    happened = happened.reindex(features.index, fill_value=0)
    n, k = happened["n"].to_numpy(np.int64), happened["k"].to_numpy(np.int64)
    if scheme.outcome == "revenue_per_customer":
        k = (happened["value_e4"].to_numpy(np.int64) > 0).astype(np.int64)
    rows = is_rateable & (n > 0)
    # A sheet may have a column of any name: these two places cannot be taken by one.
    return features[rows].assign(_day=np.datetime64(day), _n=n[rows], _k=k[rows])


def _is_drawn(customers: pd.Index, share: float) -> np.ndarray:
    """The same customers on every day, whatever the others are."""
    places = pd.util.hash_array(customers.to_numpy(dtype=object), hash_key="tierboardhistory")
    return np.asarray(places < np.uint64(share * 2**64), bool)
