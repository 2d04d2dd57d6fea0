"""Satisfaction by tier, as recorded today: the scores have no date, so nothing is tested by them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from segmentation.figures.estimates import Columns, Row, describe_estimates, draw_estimates
from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.results import ALL, WITHOUT
from segmentation.tally import Tally
from segmentation.tuning import Base, Evaluation
from segmentation.ui.blocks import chart, empty, title
from segmentation.ui.outcome_data import satisfaction_once
from segmentation.ui.session import Session
from segmentation.verdicts import FEWEST


def show_satisfaction(session: Session, base: Base, evaluation: Evaluation) -> None:
    """Mean net promoter score and complaints of each tier of the list date."""
    look = session.look
    found = satisfaction_once(session, base, evaluation)
    if not found.means:
        title(look.say("nps.title"), look.say("nps.unit", date=evaluation.as_of))
        empty(look.say("nps.none"))
        return
    with st.container(key="pair_satisfaction"):
        columns = st.columns(2, gap="large")
    for column, (name, means) in zip(columns, found.means.items(), strict=False):
        with column:
            _show(name, means, evaluation, look)


def _show(name: str, means: Tally, evaluation: Evaluation, look: Look) -> None:
    names = evaluation.names
    title(look.say(f"nps.{name}"), look.say("nps.unit", date=evaluation.as_of), look.say("nps.meaning"))
    rows = [_row(means, row, names, look) for row in (*range(len(names)), WITHOUT, ALL)]
    columns = Columns(look.say("out.column.mean"), look.say("nps.count"), _write(look), is_share=False)
    figure = draw_estimates(rows, columns, look)
    chart(figure, describe_estimates(rows, look.say(f"nps.{name}"), look), f"nps.{name}")


def _write(look: Look) -> Any:
    return lambda value: look.language.number(value, 1)


def _row(means: Tally, row: Any, names: tuple[str, ...], look: Look) -> Row:
    n, rate, low, high = means.row(row, "n", "rate", "low", "high")
    palette, is_thin = look.palette, n < FEWEST
    colour = palette.published if row == ALL else palette.unrated if row == WITHOUT else palette.tier(row)
    label = look.say("fig.all") if row == ALL else look.say("fig.unrated") if row == WITHOUT else names[row]
    text = ABSENT if not n else look.say("fig.few") if is_thin else look.language.number(rate, 1)
    count = look.language.number(int(n)) if n else ABSENT
    return Row(
        label,
        colour,
        rate,
        low,
        high,
        text,
        count,
        is_thin=is_thin,
        is_hollow=row == WITHOUT,
        is_apart=row == ALL,
    )
