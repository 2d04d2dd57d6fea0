"""Settings: working hours, the share of them that reaches customers, and minutes per kind of contact."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from segmentation.allocation.capacity import count_staff
from segmentation.figures.theme import Look
from segmentation.schemes import DEFAULT_MINUTES, Scheme
from segmentation.ui.blocks import grey, title
from segmentation.ui.session import Session

HOURS_PIXELS = 214


def ask_hours(session: Session, scheme: Scheme) -> dict[str, Any]:
    """Working hours and the share that reaches customers, and what they come to for the sellers of these data."""
    look = session.look
    title(look.say("set.hours"), look.say("set.hours.unit"))
    with st.container(horizontal=True):
        hours = st.number_input(
            look.say("set.working"), 1.0, 744.0, float(scheme.working_hours_per_month), 1.0,
            help=look.say("set.working.help"), key="set.working", format="%g", width=HOURS_PIXELS,
        )  # fmt: skip
        share = st.number_input(
            look.say("set.selling"), 0, 100, round(scheme.selling_share * 100), 5,
            help=look.say("set.selling.help"), key="set.selling", width=HOURS_PIXELS,
        )  # fmt: skip
    for sentence in _available(session, float(hours), share / 100):
        grey(sentence)
    return {"working_hours_per_month": float(hours), "selling_share": share / 100}


def _available(session: Session, hours: float, share: float) -> list[str]:
    """How the hours for customers come about: whose own hours are in the data, and the product."""
    look, number = session.look, session.look.language.number
    staff = count_staff(session.book, session.list_date, hours)
    if staff.source == "none":
        return [look.say("set.available", hours=number(hours * share, 1))]
    own = staff.sellers - staff.assumed_sellers
    in_file = "set.staff.file" if own else "set.staff.none"
    source = "set.staff.seen" if staff.source == "observed" else in_file
    return [
        look.say(source, n=staff.sellers, own=own),
        look.say(
            "set.staff.hours", working=number(staff.working_hours, 0), share=look.language.percent(share),
            hours=number(staff.working_hours * share, 0),
        ),
    ]  # fmt: skip


def ask_minutes(scheme: Scheme, look: Look) -> dict[str, float]:
    """Minutes per kind of contact, changed in place."""
    title(look.say("set.minutes"), look.say("set.minutes.unit"))
    # A saved scheme comes back in the order of the alphabet: visits first here, in either language.
    kinds = sorted(scheme.minutes, key=[*DEFAULT_MINUTES, *scheme.minutes].index)
    frame = pd.DataFrame(
        {
            "kind": [look.say(f"touch.{kind}") for kind in kinds],
            "minutes": [float(scheme.minutes[k]) for k in kinds],
        }
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["kind"],
        row_height=30,
        height="content",
        width="stretch",
        key="set.minutes",
        column_config={
            "kind": st.column_config.TextColumn(look.say("set.kind")),
            "minutes": st.column_config.NumberColumn(
                look.say("set.minutes.column"), min_value=0.0, max_value=1440.0, required=True
            ),
        },
    )
    # Limits of the table live in the browser only: hold them here too.
    return {
        kind: min(max(float(value), 0.0), 1440.0) if not pd.isna(value) else scheme.minutes[kind]
        for kind, value in zip(kinds, edited["minutes"], strict=True)
    }
