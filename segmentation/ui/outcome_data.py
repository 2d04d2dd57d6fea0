"""What followed, behind the page: measured once for every way of grouping, and kept as sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd
import streamlit as st

from segmentation.cycles import Cycles, find_spells, measure_cycles
from segmentation.groupings import RECORDED, By, Grouping, by_segment, by_text, by_tier
from segmentation.outcomes import window_end
from segmentation.override_results import OverrideResults, review_overrides
from segmentation.replays import month_ends
from segmentation.results import NOWHERE, Results, collect, describe, join_months, measure, measure_month
from segmentation.schemes import to_toml
from segmentation.standing import Standing, measure_outcomes
from segmentation.tally import Tally
from segmentation.tuning import Base, Evaluation
from segmentation.ui.caches import recall_of, shared_cache
from segmentation.ui.session import Session

SATISFACTION = ("nps", "complaints")
MOST_MONTHS = 12
MOST_WITHOUT_ASKING = 20_000  # customers: twelve months of more take longer than a page may
Tell = Callable[[int, int], object]


@dataclass(frozen=True)
class Followed:
    """What happened after the check date, by every way of grouping these data allow; `tier` is always one of them."""

    results: Mapping[By, Results]
    cycles: Mapping[By, Cycles]


@dataclass(frozen=True)
class Satisfaction:
    """As recorded today, of the list date: of each of `SATISFACTION` that anybody has the mean by every grouping."""

    groupings: Mapping[By, Grouping]
    means: Mapping[str, Mapping[By, Tally]]


def follow_once(session: Session, base: Base, evaluation: Evaluation) -> Followed | None:
    """Kept on (store, data version, scheme, list date); None where nothing can be checked."""
    checked, on = base.checked, evaluation.replayed_on
    if checked is None or on is None:
        return None
    days = evaluation.scheme.outcome_days
    key = ("followed", *_key(session, evaluation))
    is_known = key in shared_cache()
    with nullcontext() if is_known else st.spinner(session.look.say("out.wait"), show_time=True):
        found: Followed = shared_cache().get(key, lambda: _follow(session, base, checked, evaluation, days))
    return found


def _key(session: Session, evaluation: Evaluation) -> tuple[object, ...]:
    return session.store_key, evaluation.data_version, to_toml(evaluation.scheme), evaluation.as_of


def _follow(session: Session, base: Base, checked: Standing, evaluation: Evaluation, days: int) -> Followed:
    book, on = session.book, checked.as_of
    happened = collect(book, on, window_end(on, days))
    deals = find_spells(book, on, days)
    rows = pd.Index(checked.features.index).get_indexer(pd.Index(deals["customer_id"]))
    deals, rows = deals[rows >= 0], rows[rows >= 0]
    groupings = _groupings(session, base, checked, evaluation, evaluation.check_cuts)
    return Followed(
        {grouping.by: measure(happened, grouping) for grouping in groupings},
        {grouping.by: measure_cycles(deals, grouping.places[rows], grouping.size) for grouping in groupings},
    )


def _groupings(
    session: Session, base: Base, standing: Standing, evaluation: Evaluation, cuts: Sequence[float]
) -> list[Grouping]:
    """Tiers and segments of a standing; what is written beside a name is that of today."""
    customers, today = standing.features.index, base.now.features
    profile = _profile(session, base)
    texts = {"region": today["region"], "channel": profile["channel"], "owner": today["owner"]}
    found = [by_tier(standing, cuts, evaluation.names), by_segment(standing)]
    found += [by_text(by, texts[by].reindex(customers)) for by in RECORDED]
    return [grouping for grouping in found if grouping is not None]


def _profile(session: Session, base: Base) -> pd.DataFrame:
    return session.book.query("customer_profile", as_of=base.now.as_of).set_index("customer_id")


def are_months_known(session: Session, churn_days: int) -> bool:
    """Whether `months_once` would answer at once, or soon."""
    customers = session.book.version.rows.get("customers", 0)
    return _months_key(session, churn_days) in shared_cache() or customers <= MOST_WITHOUT_ASKING


def months_once(session: Session, churn_days: int, tell: Tell | None = None) -> Results | None:
    """All customers in the last twelve whole months, kept on (store, data version, list date, days of silence that
    count as churn); None without one."""
    key = _months_key(session, churn_days)
    found: Results | None = shared_cache().get(key, lambda: _months(session, churn_days, tell))
    return found


def _months_key(session: Session, churn_days: int) -> tuple[object, ...]:
    return "followed months", session.store_key, session.book.version.number, session.list_date, churn_days


def _months(session: Session, churn_days: int, tell: Tell | None) -> Results | None:
    book = session.book
    first = book.query("history_span")["first_on"].iloc[0]
    first_on = None if pd.isna(first) else pd.Timestamp(first).date()
    ends = list(month_ends(session.list_date, first_on, None, MOST_MONTHS + 1))
    if len(ends) < 2:
        return None
    months = []
    for place, (start, end) in enumerate(pairwise(ends), 1):
        months.append(measure_month(collect(book, start, end, churn_days)))
        if tell is not None:
            tell(place, len(ends) - 1)
    return join_months(ends[1:], months)


def satisfaction_once(session: Session, base: Base, evaluation: Evaluation) -> Satisfaction:
    """Kept on (store, data version, scheme, list date)."""

    def find() -> Satisfaction:
        profile = _profile(session, base).reindex(base.now.features.index)
        known = [name for name in SATISFACTION if profile[name].notna().any()]
        groupings = _groupings(session, base, base.now, evaluation, evaluation.cuts) if known else []
        means = {
            name: {grouping.by: describe(profile[name], grouping) for grouping in groupings} for name in known
        }
        return Satisfaction({told.by: replace(told, places=NOWHERE) for told in groupings}, means)

    found: Satisfaction = shared_cache().get(("satisfaction", *_key(session, evaluation)), find)
    return found


def overrides_once(session: Session, base: Base, evaluation: Evaluation) -> OverrideResults | None:
    """Kept on (store, data version, scheme, list date, last override); None where nothing can be checked."""
    checked, events = base.checked, session.set_by_hand
    if checked is None or evaluation.replayed_on is None:
        return None
    scheme = evaluation.scheme

    def review() -> OverrideResults:
        index, recall = checked.features.index, recall_of(session.book, session.store_key)
        measured = measure_outcomes(session.book, scheme, checked.as_of, index, recall)
        return review_overrides(events, checked, evaluation.check_cuts, evaluation.names, measured)

    last = events[-1].number if events else 0
    key = ("override results", *_key(session, evaluation), last)
    found: OverrideResults = shared_cache().get(key, review)
    return found


def window_of(evaluation: Evaluation) -> tuple[dt.date, dt.date] | None:
    """First and last day counted; None where nothing can be checked."""
    on = evaluation.replayed_on
    if on is None:
        return None
    return on + dt.timedelta(1), window_end(on, evaluation.scheme.outcome_days)
