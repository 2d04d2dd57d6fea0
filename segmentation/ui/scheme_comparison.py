"""Two schemes side by side on the same customers and date: sizes, rates, hours, and what they have differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

import pandas as pd
import streamlit as st

from segmentation.figures.conversion import outcome_label, rate_text
from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.rosters import Roster
from segmentation.scheme_differences import CustomerDifference, count_moves, list_differences, tell_difference
from segmentation.schemes import Scheme
from segmentation.tuning import ALL, Base, Evaluation, draw_lines
from segmentation.ui import drafts, problems
from segmentation.ui.blocks import grey
from segmentation.ui.caches import prepare_once, roster_once
from segmentation.ui.escape import plain
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session

ON_SCREEN = "on_screen"
ROW_PIXELS = 30
WIDTHS = {"tier": 88, "customers": 72, "rate": 148, "range": 92, "hours": 92}
COLUMNS = ("tier", "customers", "rate", "range", "hours")


@dataclass(frozen=True)
class Side:
    """One of the two: its scheme on these data."""

    scheme: Scheme
    prepared: Base
    roster: Roster
    evaluation: Evaluation


def take_side(session: Session, scheme: Scheme, shown: Evaluation) -> Side:
    """A scheme at the list date of the page."""
    prepared = prepare_once(session.book, session.store_key, scheme, shown.as_of)
    roster = roster_once(session.book, session.store_key, scheme, shown.as_of)
    return Side(scheme, prepared, roster, draw_lines(prepared, scheme))


def ask_comparison(
    session: Session, bases: Mapping[str, Scheme], origin_key: str, draft: Scheme, shown: Evaluation
) -> None:
    """A wide dialog with two choices; it begins with what is in force (or was started from) and the screen."""
    say = session.language.say
    schemes = {ON_SCREEN: draft} | dict(bases)
    texts = {key: _name(session, key, scheme) for key, scheme in schemes.items()}
    published = None if session.published is None else drafts.scheme_key(session.published.scheme)
    first = published if published in schemes else origin_key if origin_key in schemes else drafts.PROPOSED

    @st.dialog(say("scheme.compare.title"), width="large")
    def dialog() -> None:
        keys = list(schemes)
        columns = st.columns(2, gap=28)
        sides = []
        with problems.shown(session.language):
            for place, (column, start) in enumerate(zip(columns, (first, ON_SCREEN), strict=True)):
                with column:
                    picked = st.selectbox(
                        say(f"scheme.compare.{'left' if place == 0 else 'right'}"),
                        keys,
                        keys.index(start),
                        format_func=texts.__getitem__,
                        key=f"compare_{place}",
                    )
                    sides.append(take_side(session, schemes[picked], shown))
                    draw_side(sides[-1], session.look, place)
            tell_differences(session.look, *sides)

    dialog()


def _name(session: Session, key: str, scheme: Scheme) -> str:
    say = session.language.say
    if key == ON_SCREEN:
        return say("scheme.compare.screen")
    if key == drafts.PROPOSED:
        return say("ui.scheme.proposed")
    if key.startswith(f"{drafts.LINK_KEY}="):
        return say("scheme.linked", name=scheme.name)
    return say("ui.scheme.choice", name=scheme.name, revision=scheme.revision)


def draw_side(side: Side, look: Look, place: int) -> None:
    """Sum line, one row per tier, and the rule: below, so that the two tables stand on one line."""
    told = Sentences(side.evaluation, look)
    st.markdown(f"**{told.sum()}**")
    labels = {name: look.say(f"scheme.compare.{name}") for name in COLUMNS}
    labels["rate"] = outcome_label(side.evaluation, look)
    st.dataframe(
        side_frame(side.evaluation, look),
        column_config={
            name: st.column_config.NumberColumn(label, width=WIDTHS[name], format="localized")
            if name in ("customers", "hours")
            else st.column_config.TextColumn(label, width=WIDTHS[name])
            for name, label in labels.items()
        },
        hide_index=True,
        row_height=ROW_PIXELS,
        height="content",
        key=f"compare_table_{place}",
    )
    grey(told.rule(side.prepared.now))


def side_frame(evaluation: Evaluation, look: Look) -> pd.DataFrame:
    """tier, customers, rate as k of n, its likely range, hours needed a month: tiers, *unrated*, all."""
    tiers = evaluation.tiers
    sizes = {row: tiers.row(row, "customers", "hours_needed") for row in evaluation.rows}
    sizes[ALL] = [tiers.total("customers"), tiers.total("hours_needed")]
    rows = []
    for row, (size, hours) in sizes.items():
        rows.append(
            {
                "tier": look.say("fig.all") if row == ALL else look.language.tier(row),
                "customers": int(size),
                "rate": _rate(evaluation, row, look),
                "range": _range(evaluation, row, look),
                "hours": round(hours),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rate(evaluation: Evaluation, row: str, look: Look) -> str:
    k, n, rate = evaluation.rates.row(row, "k", "n", "rate")
    if not n > 0:
        return ABSENT
    shown = rate_text(rate, evaluation, look)
    if isnan(k):
        return look.say("scheme.compare.value", rate=shown, of=int(n))
    unit = "deals" if evaluation.scheme.outcome == "win_rate" else "customers"
    return look.say(f"scheme.compare.rate.{unit}", k=int(k), of=int(n), rate=shown)


def _range(evaluation: Evaluation, row: str, look: Look) -> str:
    n, low, high = evaluation.rates.row(row, "n", "low", "high")
    if not n > 0 or isnan(low):
        return ABSENT
    return "–".join(rate_text(value, evaluation, look) for value in (low, high))


def tell_differences(look: Look, left: Side, right: Side) -> None:
    """What changes from left to right: for customers, in hours, and decision by decision."""
    moved = count_moves(right.prepared.now, (left.roster, left.evaluation), (right.roster, right.evaluation))
    st.markdown(f"**{look.say('scheme.compare.moved', n=moved.moved_count)}** {tell_moved(moved, look)}")
    found = list_differences(left.scheme, right.scheme)
    if not found:
        grey(look.say("scheme.compare.same"))
        return
    st.markdown(f"**{look.say('scheme.compare.differences', n=len(found))}**")
    lines = (tell_difference(difference, look.language, plain) for difference in found)
    st.markdown("\n".join(f"- :small[{line}]" for line in lines))


def tell_moved(moved: CustomerDifference, look: Look) -> str:
    """Up, down, in, out, unchanged: together all customers; and their sales. "" where nobody moves."""
    if not moved.moved_count:
        return ""
    return look.say(
        "scheme.moved",
        up=moved.up_count,
        down=moved.down_count,
        came=moved.in_count,
        went=moved.out_count,
        same=moved.same_count,
        revenue=look.money(moved.revenue),
    )
