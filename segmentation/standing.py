"""Where every customer stands on one date, before any line is drawn: features, scores, and the ladder of totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.effort import build_effort
from segmentation.features import COLUMNS, PASS_COLUMNS, build_features
from segmentation.histories import build_history, fill_attributes, is_known_by
from segmentation.i18n import Text
from segmentation.identities import stops
from segmentation.ladder import Ladder
from segmentation.methods.base import History, Method, Scored, learns, of_months
from segmentation.methods.registry import make
from segmentation.outcomes import build_outcomes
from segmentation.rates import Measures, outcome_measures
from segmentation.ratings import MISSING, unrated_reasons
from segmentation.schemes import Scheme
from segmentation.store import Book
from segmentation.within import within

TEN_THOUSAND = 10_000
# What is asked of a past date whatever the method: who could be rated, and the sums of the ladder.
PAST_COLUMNS = frozenset({
    "first_contact_on", "first_order_on", "last_order_on", "first_touch_on", "total_order_count", "has_order",
    "has_contact", "amount_e4", "margin_e4", "won_amount", "revenue_12m_e4",
})  # fmt: skip
Whole = NDArray[np.int64]
# What was made for a key before, else what `make` gives: how pages keep what costs time.
Recall = Callable[[Hashable, Callable[[], Any]], Any]


@dataclass(frozen=True)
class Standing:
    """One date's ladder and what it was made of.

    features: one row per customer known at `as_of` · reasons: why a customer is unrated (null = rated) ·
    scored: the rated ones · ladder: rated, with running totals of the measures · unrated: the same measures summed
    over the lane *unrated*, with 'customers' · square_unit: the unit Σx² of a money outcome is counted in.
    """

    as_of: dt.date
    data_version: int
    method: Method
    features: pd.DataFrame
    reasons: pd.Series
    scored: Scored
    ladder: Ladder
    unrated: Mapping[str, int]
    square_unit: float = 1.0

    @property
    def population(self) -> int:
        return len(self.features)

    @cached_property
    def reason_counts(self) -> Mapping[str, int]:
        """Why how many customers are unrated, the most frequent reason first."""
        return {str(reason): int(count) for reason, count in self.reasons.dropna().value_counts().items()}

    @cached_property
    def scored_rows(self) -> NDArray[np.int64]:
        """Row numbers in the features of the customers the method was given, in the order of its scores."""
        known = pa.array(self.scored.parts.index, pa.string())
        return np.flatnonzero(pc.is_in(pa.array(self.features.index, pa.string()), known))

    @cached_property
    def owner_count(self) -> int:
        """How many owners the customers have."""
        return int(self.features["owner"].nunique())

    @property
    def value_measure(self) -> str:
        """The measure a share of value is a share of: what the method ranks by, where it says so."""
        return "margin_e4" if getattr(self.method, "value", "amount") == "margin" else "revenue_e4"


@dataclass(frozen=True)
class Rated:
    """Who could be rated at the end of a day, and their scores; the fields as in `Standing`."""

    method: Method
    features: pd.DataFrame
    reasons: pd.Series
    scored: Scored


def make_anew(_key: Hashable, make: Callable[[], Any]) -> Any:
    """The `Recall` of whoever keeps nothing."""
    return make()


def rate(
    book: Book,
    scheme: Scheme,
    as_of: dt.date,
    fitted: Mapping[str, Any] | None,
    *,
    recall: Recall = make_anew,
    is_past: bool = False,
) -> Rated:
    """Features, reasons and scores of one date; `fitted` freezes what the method learned on another.

    `recall` keeps what the records say about customers: no parameter of a method changes it but its window. Of a past
    date (`is_past`) the features hold only those texts the method reads.
    """
    method = _method_of(book, scheme)
    attributes = tuple(getattr(method, "attributes", ()))
    columns = _columns(method, is_past=is_past)
    key = ("features", as_of, method.window_days, columns, attributes)
    features = recall(
        key,
        lambda: build_features(book, as_of, method.window_days, columns=columns, attributes=attributes),
    )
    least = scheme.minimum_history_days, scheme.minimum_orders
    reasons = recall(
        ("reasons", key, tuple(method.needs), least),
        lambda: unrated_reasons(features, method.needs, as_of, *least, stopped=stops(book.version.aliases)),
    )
    rateable = "rateable", key, tuple(method.needs), least
    given = recall(rateable, lambda: reasons.isna().to_numpy())
    read: tuple[str, ...] | None = getattr(method, "columns", None)
    # A few columns may be kept; all of them would double what a date weighs.
    asked = features[given] if read is None else recall((*rateable, read), lambda: features[[*read]][given])
    history = None
    if learns(method) and fitted is None:
        taught = method
        told = "history", key, read, tuple(method.needs), least, scheme.outcome, scheme.outcome_days
        history = recall(told, lambda: build_history(book, scheme, taught, as_of, columns))
    is_monthly = recall(("monthly totals",), lambda: are_months(book))
    refuse = getattr(method, "refuse_months", None) if is_monthly else None
    scored: Scored | None = None if refuse is None else refuse(asked)
    if scored is None:
        scored = _score(method, asked, fitted, ("learned", key, least), recall, history=history)
    if is_monthly:
        scored = replace(scored, labels=_labels_of_months(scored))
    # Scores come in the order of the features they were given: looking ids up would take longer than scoring.
    unscored = np.flatnonzero(given)[scored.scores.isna().to_numpy()]
    if unscored.size:
        reasons = reasons.copy()
        reasons.iloc[unscored] = MISSING
    return Rated(method, features, reasons, scored)


def _labels_of_months(scored: Scored) -> dict[str, Text]:
    """What a part is called where orders are totals of months."""
    counted = {part for part, feature in scored.reads.items() if feature == "order_count"}
    return {part: of_months(text) if part in counted else text for part, text in scored.labels.items()}


def _method_of(book: Book, scheme: Scheme) -> Method:
    """The method of a scheme as it reads this book."""
    method = make(scheme.method, scheme.method_params)
    if learns(method):
        method = fill_attributes(book, scheme, method)
    return within(method, scheme.lines_within) if scheme.lines_within else method


def are_months(book: Book) -> bool:
    """Whether all a version knows of orders are totals of months: its order counts are months with purchases then."""
    return bool(book.query("monthly_totals")["are_all_monthly"].iloc[0])


def _score(
    method: Method,
    given: pd.DataFrame,
    fitted: Mapping[str, Any] | None,
    key: Hashable,
    recall: Recall,
    *,
    history: History | None,
) -> Scored:
    """Scores of the customers given; what the method learns from them is kept for parameters that do not change it."""
    if learns(method):
        return method.score(given, fitted, history)
    unlearned: frozenset[str] = getattr(method, "unlearned", frozenset())
    if fitted is not None or not unlearned:
        return method.score(given, fitted)
    first: list[Scored] = []

    def learn() -> Mapping[str, Any]:
        first.append(method.score(given))
        return first[0].fitted

    named: Any = fields(cast(Any, method))
    settings = tuple((told.name, getattr(method, told.name)) for told in named if told.name not in unlearned)
    learned = recall((key, method.name, settings), learn)
    return first[0] if first else method.score(given, learned)


def stand(book: Book, scheme: Scheme, as_of: dt.date, recall: Recall = make_anew) -> Standing:
    """Standing at the list date: measures of size and hours."""
    rated = rate(book, scheme, as_of, scheme.fitted, recall=recall)
    effort = measure_effort(book, scheme, as_of, rated.features.index, recall)
    hours = recall(("hours", *_effort_key(scheme, as_of)), lambda: _hour_measures(effort))
    return _stand(book, as_of, rated, {**_size_measures(rated.features), **hours})


def stand_for_outcome(
    book: Book, scheme: Scheme, replayed_on: dt.date, recall: Recall = make_anew, *, is_past: bool = True
) -> Standing:
    """Standing at the check date: measures of what happened in the outcome window after it. `is_past` False where it
    is the list date itself."""
    fitted = scheme.fitted if is_known_by(scheme.fitted, replayed_on) else None
    rated = rate(book, scheme, replayed_on, fitted, recall=recall, is_past=is_past)
    found = measure_outcomes(book, scheme, replayed_on, rated.features.index, recall)
    standing = _stand(book, replayed_on, rated, found.arrays)
    return replace(standing, square_unit=found.square_unit)


def measure_effort(
    book: Book, scheme: Scheme, as_of: dt.date, customers: pd.Index, recall: Recall = make_anew
) -> pd.DataFrame:
    """`effort.build_effort` for every one of a date's `customers`, the same for every method."""
    key = _effort_key(scheme, as_of)
    effort: pd.DataFrame = recall(
        ("effort", *key), lambda: build_effort(book, as_of, scheme.minutes).reindex(customers)
    )
    return effort


def _effort_key(scheme: Scheme, as_of: dt.date) -> tuple[Hashable, ...]:
    return as_of, tuple(sorted(scheme.minutes.items()))


def measure_outcomes(
    book: Book, scheme: Scheme, replayed_on: dt.date, customers: pd.Index, recall: Recall = make_anew
) -> Measures:
    """What happened after a date to every one of its `customers`, the same for every method."""

    def measure() -> Measures:
        found = build_outcomes(book, scheme.outcome, replayed_on, scheme.outcome_days)
        return outcome_measures(found.reindex(customers, fill_value=0), scheme.outcome)

    measured: Measures = recall(("happened", replayed_on, scheme.outcome, scheme.outcome_days), measure)
    return measured


def _stand(book: Book, as_of: dt.date, rated: Rated, measured: Mapping[str, Whole]) -> Standing:
    method, features, reasons, scored = rated.method, rated.features, rated.reasons, rated.scored
    points = scored.scores.to_numpy(dtype=float)
    is_rated = reasons.isna().to_numpy()
    measures = {
        "revenue_e4": features["amount_e4"].to_numpy(dtype=np.int64),
        "margin_e4": features["margin_e4"].fillna(0).to_numpy(dtype=np.int64),
        **measured,
    }
    ladder = Ladder.build(points[~np.isnan(points)], measures, np.flatnonzero(is_rated))
    unrated = {name: int(values.sum()) - int(ladder.totals[name][-1]) for name, values in measures.items()}
    unrated["customers"] = len(features) - ladder.customers
    return Standing(as_of, book.version.number, method, features, reasons, scored, ladder, unrated)


def _columns(method: Method, *, is_past: bool) -> frozenset[str]:
    """All features but those that cost a pass of their own, and of these what the method reads. Of a past date only
    what the method reads, who could be rated and the ladder: the rest is asked of the list date alone."""
    read: tuple[str, ...] | None = getattr(method, "columns", None)
    kept = PAST_COLUMNS if is_past and read is not None else frozenset(COLUMNS) - PASS_COLUMNS
    return kept | set(method.needs) | set(read or ())


def _ten_thousandths(values: pd.Series) -> Whole:
    """Hours as int64 ten-thousandths; null counts as 0 (coverage is a measure of its own)."""
    return np.rint(values.fillna(0.0).to_numpy(dtype=float) * TEN_THOUSAND).astype(np.int64)


def _size_measures(features: pd.DataFrame) -> dict[str, Whole]:
    won = np.rint(features["won_amount"].fillna(0.0).to_numpy(dtype=float) * TEN_THOUSAND)
    return {
        "margin_known": features["margin_e4"].notna().to_numpy(dtype=np.int64),
        "won_e4": won.astype(np.int64),
    }


def _hour_measures(effort: pd.DataFrame) -> dict[str, Whole]:
    return {
        "hours_now_e4": _ten_thousandths(effort["hours_now"]),
        "hours_half_e4": _ten_thousandths(effort["hours_half_visits"]),
        "hours_double_e4": _ten_thousandths(effort["hours_double_visits"]),
        "recorded": effort["hours_now"].notna().to_numpy().astype(np.int64),
    }
