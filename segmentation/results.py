"""What happened next, group by group: rates, money and follow-ups of the outcome window, each with its likely range.

Customers are those known at the check date, in the groups they were in then; everything counted lies in
(replayed_on, ends_on]. A cause is nowhere claimed: what a group received in that time stands beside what it brought.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from segmentation.features import Readable
from segmentation.groupings import Grouping
from segmentation.outcomes import pick_outcome, read_happened
from segmentation.rates import E4, Measures, outcome_measures, tier_rates
from segmentation.schemes import Outcome
from segmentation.tally import Tally

Measure = Literal[
    "win_rate",
    "first_order",
    "repurchase",
    "renewal",
    "churn",
    "revenue",
    "margin",
    "order_value",
    "contacts",
]
SHARES: tuple[Measure, ...] = ("win_rate", "first_order", "repurchase", "renewal", "churn")
MEANS: tuple[Measure, ...] = ("revenue", "margin", "order_value", "contacts")
MEASURES: tuple[Measure, ...] = (*SHARES, *MEANS)
OUTCOMES_OF: Mapping[Measure, Outcome] = {
    "win_rate": "win_rate",
    "first_order": "first_order",
    "repurchase": "repurchase",
    "revenue": "revenue_per_customer",
}
WITHOUT, OTHERS, ALL = "without", "others", "all"  # rows after the groups, which are told by number
CONFIDENCE = 0.95
NOWHERE = np.empty(0, np.int64)  # a result keeps no customer


@dataclass(frozen=True)
class Happened:
    """One row per customer known at `replayed_on`, in byte order, of what happened in (replayed_on, ends_on].

    outcomes: as `outcomes.read_happened` · bought: as `sql/results.sql`, zeros for who did nothing (margin_e4 null
    where none is recorded) · contacts: follow-ups by kind, null for customers without any on record.
    """

    replayed_on: dt.date
    ends_on: dt.date
    outcomes: pd.DataFrame
    bought: pd.DataFrame
    contacts: pd.DataFrame


@dataclass(frozen=True)
class Results:
    """By measure (`MEASURES`) a table with a row per group number, then `WITHOUT`, `OTHERS` and `ALL`: k (null for
    means), n, rate (share 0–1, currency, or follow-ups per customer), low, high. What n counts: win_rate and renewal
    deals, churn customers who could churn, order_value orders, else customers; margin and contacts only those with any
    on record. A row with n = 0 has nulls. kinds: follow-ups per customer by kind, the same rows. customers: how many
    each row holds.
    The grouping keeps its names, not its places."""

    grouping: Grouping
    measures: Mapping[Measure, Tally]
    kinds: Tally
    customers: Tally

    def has(self, measure: Measure) -> bool:
        """Whether anything is known of a measure."""
        return bool((self.measures[measure]["n"] > 0).any())


def collect(
    book: Readable, replayed_on: dt.date, ends_on: dt.date, churn_days: int | None = None
) -> Happened:
    """Read everything `measure` counts: three queries, whatever the groups.

    Who bought in the `churn_days` before the last `churn_days` up to `ends_on` could churn; None: all days counted.
    """
    outcomes = read_happened(book, replayed_on, ends_on)
    window = {"replayed_on": replayed_on, "ends_on": ends_on}
    quiet = dt.timedelta(churn_days or (ends_on - replayed_on).days)
    quiet_after = _earlier(ends_on, quiet)
    sides = {"quiet_after": quiet_after, "active_after": _earlier(quiet_after, quiet)}
    bought = book.query("results", **window, **sides).set_index("customer_id").reindex(outcomes.index)
    counts = [name for name in bought.columns if name != "margin_e4"]
    bought = bought.assign(**{name: bought[name].fillna(0).astype("int64") for name in counts})
    rows = book.query("contacts", **window)
    contacts = rows.pivot(index="customer_id", columns="kind", values="contact_count").fillna(0.0)
    return Happened(replayed_on, ends_on, outcomes, bought, contacts.reindex(outcomes.index))


def _earlier(day: dt.date, by: dt.timedelta) -> dt.date:
    return day - by if by < day - dt.date.min else dt.date.min


def measure(happened: Happened, grouping: Grouping) -> Results:
    """Every measure of every group."""
    places = grouping.places
    measured = {
        name: outcome_measures(pick_outcome(happened.outcomes, outcome), outcome)
        for name, outcome in OUTCOMES_OF.items()
    }
    measured["renewal"] = _trials(happened.bought["renewal_count"], happened.bought["renewal_won_count"])
    measured["churn"] = _trials(
        happened.bought["keeping_count"], happened.bought["churned_count"], "repurchase"
    )
    measured["margin"] = _money(*_margins(happened))
    touched = happened.contacts.sum(axis=1, min_count=1)
    measured["contacts"] = _money(touched * E4, touched.notna())
    found = {name: _rates(told, grouping) for name, told in measured.items()}
    found["order_value"] = _ratio(happened.bought["ordered_e4"], happened.bought["order_count"], grouping)
    ordered = {name: found[name] for name in MEASURES}
    sizes = Tally(_rows(grouping), {"customers": _sum(np.ones(places.size, np.int64), grouping)})
    return Results(replace(grouping, places=NOWHERE), ordered, _kinds(happened.contacts, grouping), sizes)


def describe(values: pd.Series, grouping: Grouping) -> Tally:
    """Mean of a number written beside each customer, over those who have one; rows and columns as in `Results`."""
    return _rates(_money(values.astype("float64") * E4, values.notna()), grouping)


def _rows(grouping: Grouping) -> tuple[Any, ...]:
    return (*range(len(grouping.names)), WITHOUT, OTHERS, ALL)


def _sum(values: NDArray[Any], grouping: Grouping) -> NDArray[Any]:
    """Sums by row, whole numbers as whole numbers; the last is that of all."""
    sums = np.zeros(grouping.size + 1, values.dtype)
    np.add.at(sums, grouping.places, values)
    sums[-1] = values.sum()
    return sums


def _rates(told: Measures, grouping: Grouping) -> Tally:
    totals = {name: _sum(values, grouping) for name, values in told.arrays.items()}
    return tier_rates(Tally(_rows(grouping), totals), told.unit, told.square_unit)


def _trials(n: pd.Series, k: pd.Series, counted_as: Outcome = "win_rate") -> Measures:
    frame = pd.DataFrame({"n": n, "k": k, "value_e4": 0, "open_count": 0})
    return outcome_measures(frame, counted_as)


def _money(value_e4: pd.Series, is_known: pd.Series) -> Measures:
    value = value_e4.where(is_known, 0).fillna(0).round().astype("int64")
    frame = pd.DataFrame({"n": is_known.astype("int64"), "k": 0, "value_e4": value, "open_count": 0})
    return outcome_measures(frame, "revenue_per_customer")


def _margins(happened: Happened) -> tuple[pd.Series, pd.Series]:
    """Gross profit per customer and whether it is known: of who bought nothing it is 0, as long as any is recorded."""
    margin = happened.bought["margin_e4"]
    if not margin.notna().any():
        return margin, pd.Series(False, index=margin.index)
    bought_nothing = (happened.outcomes["amount_e4"] == 0) & (happened.bought["order_count"] == 0)
    return margin.where(margin.notna(), 0), margin.notna() | bought_nothing


def _ratio(value_e4: pd.Series, count: pd.Series, grouping: Grouping) -> Tally:
    """Σ value ÷ Σ count per row, with a range that knows that one customer's orders resemble each other.

    R ± t·√(m/(m−1)·Σ(xᵢ − R·cᵢ)²)/Σc over the m customers with any (Cochran 1977, eq. 2.46).
    """
    x, c = value_e4.to_numpy(float) / E4, count.to_numpy(float)
    sums = {"x": x, "c": c, "m": (c > 0).astype(float), "xx": x * x, "xc": x * c, "cc": c * c}
    told = {name: _sum(values, grouping) for name, values in sums.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(told["c"] > 0, told["x"] / told["c"], np.nan)
        spread = np.maximum(told["xx"] - 2 * ratio * told["xc"] + ratio**2 * told["cc"], 0.0)
        error = np.sqrt(told["m"] / (told["m"] - 1) * spread) / told["c"]
        error = np.where(told["m"] > 1, error, np.nan)
        half = stdtrit(np.maximum(told["m"] - 1, 1), 0.5 + CONFIDENCE / 2) * error
    columns = {
        "k": np.full_like(ratio, np.nan), "n": told["c"], "rate": ratio, "low": ratio - half, "high": ratio + half,
    }  # fmt: skip
    return Tally(_rows(grouping), columns)


def _kinds(contacts: pd.DataFrame, grouping: Grouping) -> Tally:
    """Follow-ups per customer with any on record, the most frequent kind first."""
    known = (
        contacts.notna().all(axis=1).to_numpy() if len(contacts.columns) else np.zeros(len(contacts), bool)
    )
    count = _sum(known.astype(float), grouping)
    columns = {}
    for kind in sorted(contacts.columns, key=lambda name: (-contacts[name].sum(), name)):
        total = _sum(np.nan_to_num(contacts[kind].to_numpy(float)), grouping)
        with np.errstate(divide="ignore", invalid="ignore"):
            columns[str(kind)] = np.where(count > 0, total / count, np.nan)
    return Tally(_rows(grouping), columns)


def measure_month(happened: Happened) -> Results:
    """All customers known before a month began, without groups."""
    return measure(happened, Grouping("month", (), np.zeros(len(happened.outcomes), np.int64)))


def join_months(ends: Sequence[dt.date], months: Sequence[Results]) -> Results:
    """`measure_month` of each month one under another; there is no row for all months together."""
    names = tuple(f"{end:%Y-%m}" for end in ends)
    kinds = [month.kinds for month in months]
    return Results(
        Grouping("month", names, NOWHERE),
        {name: _join([month.measures[name] for month in months]) for name in MEASURES},
        _join(kinds),
        _join([month.customers for month in months]),
    )


def _join(tables: Sequence[Tally]) -> Tally:
    """The row of all from each table, one under another; a column some have is null in the others."""
    names = dict.fromkeys(name for table in tables for name in table.columns)
    columns = {
        name: np.array([table.at(ALL, name) if name in table.columns else np.nan for table in tables])
        for name in names
    }
    return Tally(tuple(range(len(tables))), columns)
