"""Past dates, and what was known and happened next on each of them. Nothing later than its window is ever read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.errors import TierboardError
from segmentation.features import YEAR_DAYS, build_features, window_start
from segmentation.outcomes import build_outcomes
from segmentation.ratings import NOBODY, unrated_reasons
from segmentation.replays import ONE_DAY, month_ends
from segmentation.schemes import Outcome, Scheme
from segmentation.standing import Rated, Recall, rate
from segmentation.store import Book
from segmentation.validation.discrimination import Floats
from segmentation.validation.redraws import Cases

MOST_DATES = 12
FEWEST_DAYS = 90  # of history before the first date, where there is not a whole year of it
# What the simple sort and the rating of a customer read.
COLUMNS = (
    "revenue_12m_e4", "first_contact_on", "first_touch_on", "first_order_on", "total_order_count", "has_order",
    "has_contact", "tenure_days",
)  # fmt: skip


@dataclass(frozen=True)
class Judging:
    """By what and when everybody is judged: `dates` are month ends, oldest first, whose `outcome_days` end within the
    data; first_on and last_on: of the history, None where nothing is dated."""

    outcome: Outcome
    outcome_days: int
    dates: tuple[dt.date, ...]
    first_on: dt.date | None
    last_on: dt.date | None

    @property
    def have_days(self) -> int:
        """Days of history."""
        return 0 if self.first_on is None or self.last_on is None else (self.last_on - self.first_on).days + 1

    def need_days(self, window_days: int | None) -> int:
        """Days of history that one date takes, if the last day of the data were a month end."""
        return (window_days or FEWEST_DAYS) + self.outcome_days

    def fits(self, on: dt.date, window_days: int | None) -> bool:
        """Whether the period a method counts lies within the history."""
        return self.first_on is not None and (
            window_days is None or window_start(on, window_days) + ONE_DAY >= self.first_on
        )


@dataclass(frozen=True)
class Day:
    """A past date: its customers in byte order of their ids. `customers`: their ids · `cases`: what happened to them ·
    `sales`: of the 12 months before, in ten-thousandths · `is_rated`: known long enough to be rated at all ·
    `known_days`: since the first thing known of them."""

    on: dt.date
    customers: pd.Index
    cases: Cases
    sales: Floats
    is_rated: NDArray[np.bool_]
    known_days: Floats


@dataclass(frozen=True)
class Refusal:
    """Why there are no scores: a message id of the catalogues, or of the method, and its facts."""

    code: str
    facts: Mapping[str, Any]


def choose_dates(book: Book, outcome: Outcome, outcome_days: int) -> Judging:
    """At most `MOST_DATES` month ends, the last ones with a whole year before them, else with `FEWEST_DAYS`."""
    span = book.query("history_span")["first_on"].iloc[0]
    first_on = None if pd.isna(span) else pd.Timestamp(span).date()
    last_on = book.data_through_on
    dates: tuple[dt.date, ...] = ()
    if first_on is not None and last_on is not None and outcome != "recorded":
        end = last_on - dt.timedelta(days=outcome_days)
        dates = month_ends(end, first_on, YEAR_DAYS, MOST_DATES)
        dates = dates or month_ends(end, first_on, FEWEST_DAYS, MOST_DATES)
    return Judging(outcome, outcome_days, dates, first_on, last_on)


def read_day(
    book: Book, judging: Judging, on: dt.date, scheme: Scheme, everybody: pd.Index | None = None
) -> Day:
    """What was known on a date and what happened in the days after it. `everybody`: the customers of the last date,
    in whose order rows are counted (None: this is the last one). `scheme` says who is too new to be rated."""
    features = build_features(book, on, YEAR_DAYS, columns=COLUMNS)
    found = build_outcomes(book, judging.outcome, on, judging.outcome_days).reindex(
        features.index, fill_value=0
    )
    is_money = judging.outcome == "revenue_per_customer"
    value = np.maximum(found["value_e4"].to_numpy(float), 0.0)
    n, k = found["n"].to_numpy(float), found["k"].to_numpy(float)
    rows = np.arange(len(features)) if everybody is None else find_rows(features.index, everybody)
    return Day(
        on=on,
        customers=features.index,
        cases=Cases(rows, value if is_money else k, n if is_money else n - k, value, is_money),
        sales=features["revenue_12m_e4"].to_numpy(float),
        is_rated=find_rated(features, on, scheme),
        known_days=features["tenure_days"].to_numpy(float),
    )


def find_rated(
    features: pd.DataFrame, on: dt.date, scheme: Scheme, stopped: Mapping[str, dt.date] = NOBODY
) -> NDArray[np.bool_]:
    """Who is known long enough to be rated at all, and has not `stopped` (customer → day, see `ratings`)."""
    least = scheme.minimum_history_days, scheme.minimum_orders
    return unrated_reasons(features, (), on, *least, stopped=stopped).isna().to_numpy()


def find_rows(customers: pd.Index, everybody: pd.Index) -> NDArray[np.int64]:
    """Places of `customers` in `everybody`, one past its end where they are not there. By Arrow: an index of pandas
    takes five times as long. Who was known once is known on every later date."""
    found = pc.index_in(pa.array(customers, pa.string()), pa.array(everybody, pa.string()))
    rows: NDArray[np.int64] = found.fill_null(len(everybody)).to_numpy().astype(np.int64)
    return rows


def score_day(book: Book, scheme: Scheme, day: Day, recall: Recall) -> Floats | Refusal:
    """Scores by customer of a past day, not-a-number where *unrated*, everything learned on that day; or why not."""
    return score_on(book, scheme, (day.on, day.customers), recall, None)


def score_on(
    book: Book,
    scheme: Scheme,
    of: tuple[dt.date, pd.Index],
    recall: Recall,
    fitted: Mapping[str, Any] | None,
) -> Floats | Refusal:
    """Scores `of` a date and its customers with what was learned before, None: on that date.

    Whatever a method raises is a refusal: one that cannot work stops no other.
    """
    on, customers = of
    try:
        rated = rate(book, scheme, on, fitted, recall=recall, is_past=True)
    except TierboardError as error:
        return Refusal(error.code, error.facts)
    except KeyError as error:
        return Refusal("board.cannot.column", {"detail": str(error.args[0]) if error.args else ""})
    except Exception as error:
        return Refusal("board.cannot.broken", {"detail": type(error).__name__})
    scored = rated.scored
    if scored.is_refused and scored.verdict is not None:
        return Refusal(*scored.verdict)
    points = _spread(rated)
    if not rated.features.index.equals(customers):
        points = np.append(points, np.nan)[find_rows(customers, rated.features.index)]
    return Refusal("board.cannot.nobody", {}) if np.isnan(points).all() else points


def _spread(rated: Rated) -> Floats:
    """Scores in the order of the features."""
    points = np.full(len(rated.features), np.nan)
    points[rated.reasons.isna().to_numpy()] = rated.scored.scores.dropna().to_numpy(dtype=float)
    return points


def keeping() -> Recall:
    """A `Recall` that keeps everything as long as it is held itself: one date of all contenders."""
    kept: dict[Hashable, Any] = {}

    def recall(key: Hashable, make: Any) -> Any:
        if key not in kept:
            kept[key] = make()
        return kept[key]

    return recall
