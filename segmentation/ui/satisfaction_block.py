"""Satisfaction by group, as recorded today: the scores have no date, so nothing is tested by them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from segmentation.figures.estimates import Columns, Row, describe_estimates, draw_estimates
from segmentation.figures.theme import Look
from segmentation.groupings import By, Grouping
from segmentation.i18n import ABSENT
from segmentation.results import ALL, OTHERS, WITHOUT
from segmentation.tally import Tally
from segmentation.tuning import Base, Evaluation
from segmentation.ui.blocks import chart, empty, title
from segmentation.ui.outcome_data import satisfaction_once
from segmentation.ui.outcome_labels import colour_of, label_of, rows_of
from segmentation.ui.session import Session
from segmentation.verdicts import FEWEST


def show_satisfaction(session: Session, base: Base, evaluation: Evaluation, by: By) -> None:
    """Mean net promoter score and complaints of each group on the list date; months have none, nothing being dated."""
    look = session.look
    found = satisfaction_once(session, base, evaluation)
    if not found.means:
        title(look.say("nps.title"), look.say("nps.unit", date=evaluation.as_of))
        empty(look.say("nps.none"))
        return
    of: By = by if by in found.groupings else "tier"
    with st.container(key="pair_satisfaction"):
        columns = st.columns(2, gap="large")
    for column, (name, means) in zip(columns, found.means.items(), strict=False):
        with column:
            title(
                look.say(f"nps.{name}"), look.say("nps.unit", date=evaluation.as_of), look.say("nps.meaning")
            )
            _draw(name, means[of], found.groupings[of], look)


def _draw(name: str, means: Tally, grouping: Grouping, look: Look) -> None:
    kept = {row: means.at(row, "n") for row in means.index}
    shown = rows_of(grouping, Tally(tuple(kept), {"customers": means["n"]}))
    rows = [_row(means, row, grouping, look) for row in shown]

    def write(value: float) -> str:
        return look.language.number(value, 1)

    columns = Columns(look.say("out.column.mean"), look.say("nps.count"), write, is_share=False)
    figure = draw_estimates(rows, columns, look)
    chart(figure, describe_estimates(rows, look.say(f"nps.{name}"), look), f"nps.{name}")


def _row(means: Tally, row: Any, grouping: Grouping, look: Look) -> Row:
    n, rate, low, high = means.row(row, "n", "rate", "low", "high")
    is_thin = n < FEWEST
    text = ABSENT if not n else look.say("fig.few") if is_thin else look.language.number(rate, 1)
    count = look.language.number(int(n)) if n else ABSENT
    return Row(
        label_of(grouping, row, look, is_short=True), colour_of(grouping, row, look), rate, low, high, text, count,
        is_thin=is_thin, is_hollow=row in (WITHOUT, OTHERS), is_apart=row == ALL,
    )  # fmt: skip
