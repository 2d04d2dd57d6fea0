"""Where a customer stood at each month's end under today's rule, and where a normal month would carry it."""

from __future__ import annotations

import datetime as dt
import hashlib
from itertools import groupby

import pandas as pd
import streamlit as st

from segmentation.figures.month_tiers import draw_likely_tiers, draw_month_tiers
from segmentation.figures.theme import Look
from segmentation.reasons import join_sentences
from segmentation.replays import FEWEST_CHANGES, Likelihood, Replay, is_month_end, likely_tiers, replay
from segmentation.schemes import UNRATED, Scheme, TierPolicy, to_toml
from segmentation.standing import Standing
from segmentation.tuning import Evaluation
from segmentation.ui.blocks import chart, empty, grey, title, verdict
from segmentation.ui.caches import shared_cache
from segmentation.ui.escape import plain
from segmentation.ui.session import Session

MOST_WITHOUT_ASKING = 20_000  # customers: twelve months of more take longer than a page may
CLOSE_SHARE = 0.1  # a second tier in a tenth of the cases is close to the line
ASKED_KEY = "months_asked"


def show_months(
    session: Session, standing: Standing, evaluation: Evaluation, customer_id: str
) -> Replay | None:
    """Tier by month's end, of a large company only on request; what was replayed, None where nothing was."""
    look = session.look
    title(look.say("profile.months"), look.say("profile.months.unit"))
    found = replay_once(session, standing, evaluation.scheme)
    if found is None:
        return None
    if len(found.dates) < 2:
        facts = {"first": found.first_on, "date": standing.as_of}
        empty(look.say("profile.months.none" if found.first_on else "profile.months.undated", **facts))
        return None
    row = int(standing.features.index.get_indexer(pd.Index([customer_id]))[0])
    _draw_months(found, row, evaluation, look)
    return found


def show_likely(found: Replay, score: float | None, evaluation: Evaluation, look: Look) -> None:
    """Where the changes others made in a month would carry this score."""
    title(look.say("profile.likely"), look.say("profile.likely.unit"))
    if score is None:
        empty(look.say("profile.breakdown.none"))
        return
    _draw_likely(likely_tiers(found, score, evaluation.cuts), evaluation, look)


def replay_once(session: Session, standing: Standing, scheme: Scheme) -> Replay | None:
    """Kept on (store, data version, scheme without its lines, list date); None until a large company is asked for, and
    where there is nothing to replay, which is said."""
    look, day = session.look, standing.as_of
    if tell_undated(session):
        return None
    unlined = to_toml(scheme.changed(name="-", revision=0, policy=TierPolicy()))
    key = ("replay", session.store_key, standing.data_version, unlined, day)
    mark = hashlib.sha256(repr(key).encode()).hexdigest()[:12]
    asked: set[str] = st.session_state.setdefault(ASKED_KEY, set())
    if standing.population > MOST_WITHOUT_ASKING and mark not in asked:
        count = standing.population
        if not st.button(look.say("profile.months.ask", n=count), help=look.say("profile.months.wait")):
            return None
        asked.add(mark)
    place = st.empty()

    def tell(done: int, count: int) -> None:
        place.progress(done / count, look.say("profile.months.progress", done=done, all=count))

    found: Replay = shared_cache().get(key, lambda: replay(session.book, scheme, standing, tell))
    place.empty()
    return found


def tell_undated(session: Session) -> bool:
    """Whether nothing has a date; what would bring one is then said."""
    if session.book.data_through_on is not None:
        return False
    empty(session.look.say("profile.months.undated"))
    return True


def _draw_months(found: Replay, row: int, evaluation: Evaluation, look: Look) -> None:
    places = [
        None if place is None else min(place, len(evaluation.names))
        for place in found.tiers_of(row, evaluation.cuts)
    ]
    days = [_short(day, look) for day in found.dates]
    scores = [float(score) for score in found.scores[:, row]]
    told = plain(tell_months(places, found.dates, evaluation.names, look), 2000)
    figure = draw_month_tiers(days, places, scores, evaluation.names, look)
    chart(figure, tell_months(places, found.dates, evaluation.names, look), "profile.months")
    verdict([told])
    notes = [look.say("profile.months.rule", date=found.dates[-1])]
    if evaluation.reads_undated:
        notes.append(look.say("profile.months.as_recorded"))
    grey(join_sentences(notes, look.language))


def tell_months(
    places: list[int | None], dates: tuple[dt.date, ...], names: tuple[str, ...], look: Look
) -> str:
    """Runs of equal tiers with their first and last day."""
    rows = [*names, UNRATED]
    known = [(place, day) for place, day in zip(places, dates, strict=True) if place is not None]
    runs = []
    for place, days in groupby(known, key=lambda pair: pair[0]):
        span = [day for _, day in days]
        facts = {"tier": look.language.tier(rows[place]), "first": _day(span[0], look)}
        code = "history.run" if len(span) > 1 else "history.once"
        runs.append(look.say(code, **facts, last=_day(span[-1], look)))
    return look.say("history", list=look.say("list.separator").join(runs))


def _day(day: dt.date, look: Look) -> str:
    """A month by its name; the list date within a month in full."""
    return look.language.month(day) if is_month_end(day) else look.language.date(day)


def _short(day: dt.date, look: Look) -> str:
    """The same under a chart, where a Chinese date written out has no room."""
    is_long = look.language.code == "zh" and not is_month_end(day)
    return day.isoformat() if is_long else _day(day, look)


def _draw_likely(found: Likelihood, evaluation: Evaluation, look: Look) -> None:
    if not found.shares:
        empty(look.say("profile.likely.few", n=found.change_count, least=FEWEST_CHANGES))
        return
    percent = look.language.percent
    shares = look.say("list.separator").join(
        f"{look.language.tier(name)} {percent(share)}"
        for name, share in zip(evaluation.names, found.shares, strict=True)
    )
    figure = draw_likely_tiers(found.shares, evaluation.names, look)
    chart(figure, look.say("alt.likely", shares=shares), "profile.likely")
    verdict([plain(tell_edge(found, evaluation.names, look), 400)])
    low, high = look.language.number(found.low, 1), look.language.number(found.high, 1)
    basis = look.say(
        "profile.likely.basis",
        n=found.change_count,
        customers=found.customer_count,
        scores=low if low == high else look.say("profile.likely.scores", low=low, high=high),
        first=look.language.month(found.first_on),
        last=look.language.month(found.last_on),
    )
    grey(basis)


def tell_edge(found: Likelihood, names: tuple[str, ...], look: Look) -> str:
    """Close to a line, or not: the two likeliest tiers with their shares."""
    order = sorted(range(len(names)), key=lambda place: (-found.shares[place], place))
    first, second = order[0], order[1]
    facts = {"a": look.language.tier(names[first]), "pa": look.language.percent(found.shares[first])}
    if found.shares[second] < CLOSE_SHARE:
        return look.say("edge.firm", **facts)
    b, pb = look.language.tier(names[second]), look.language.percent(found.shares[second])
    return look.say("edge", **facts, b=b, pb=pb)
