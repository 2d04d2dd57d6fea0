"""The sales cycle on the page: how many deals are won how soon, and how long a decision takes."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.cycles import Cycle, Cycles
from segmentation.figures.cycle import describe_cycle, draw_cycle
from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.results import Results
from segmentation.survival import Median
from segmentation.ui.blocks import chart, empty, grey, title
from segmentation.ui.outcome_labels import Window, label_of, row_at, tell_span
from segmentation.ui.outcome_panels import ROW_PIXELS


def show_cycles(cycles: Cycles, found: Results, look: Look, window: Window | None) -> None:
    """Curves of tiers beside the table; the table alone for other groups."""
    title(
        look.say("cycle.title"),
        look.say("cycle.unit", span=tell_span(window, look)),
        look.say("cycle.meaning"),
    )
    if not cycles.whole.deals:
        empty(look.say("empty.deals"))
        return
    if found.grouping.by == "tier":
        with st.container(key="pair_cycle"):
            left, right = st.columns([45, 55], gap="large")
        with left:
            _show_curves(cycles, found, look)
        with right:
            _show_table(cycles, found, look)
    else:
        _show_table(cycles, found, look)
    notes = [look.say("cycle.note", n=cycles.whole.open_count)]
    if cycles.undated_count:
        notes.append(look.say("cycle.undated", n=cycles.undated_count))
    grey(" ".join(notes))


def _show_curves(cycles: Cycles, found: Results, look: Look) -> None:
    tiers = [group for group in cycles.groups if group.place < len(found.grouping.names)]
    if all(group.is_thin for group in tiers):
        empty(look.say("cycle.few", n=cycles.whole.won_count + cycles.whole.lost_count))
        return
    names = [label_of(found.grouping, place, look) for place in range(len(found.grouping.names))]
    chart(draw_cycle(tiers, names, look), describe_cycle(tiers, names, look), "cycle")


def _show_table(cycles: Cycles, found: Results, look: Look) -> None:
    rows = [
        (label_of(found.grouping, row_at(found.grouping, group.place), look), group)
        for group in cycles.groups
    ]
    frame = pd.DataFrame(
        [_row(name, group, look) for name, group in [*rows, (look.say("fig.all"), cycles.whole)]]
    )
    labels: dict[str, Any] = {
        "group": st.column_config.TextColumn(look.say(f"out.by.{found.grouping.by}"), width=84),
        "decided": st.column_config.TextColumn(
            look.say("cycle.decided"), width=150, help=look.say("cycle.decided.meaning")
        ),
        "won": st.column_config.TextColumn(
            look.say("cycle.won", n=cycles.within_days), width=150, help=look.say("cycle.won.meaning")
        ),
        "ended": st.column_config.TextColumn(look.say("cycle.ended"), width=110),
    }
    st.dataframe(
        frame,
        column_config=labels,
        hide_index=True,
        row_height=ROW_PIXELS,
        height="content",
        key="cycle.table",
    )


def _row(name: str, group: Cycle, look: Look) -> dict[str, Any]:
    number, percent = look.language.number, look.language.percent
    median, few = group.decided, look.say("fig.few")
    decided = won = few
    if not group.is_thin:
        decided = _days(median, look)
        share, low, high = group.won
        won = ABSENT if isnan(share) else percent(share)
        if not isnan(low):
            won = look.say("board.ranged", value=won, range=f"{percent(low)}–{percent(high)}")
    counts = " / ".join(number(count) for count in (group.won_count, group.lost_count, group.open_count))
    return {"group": name, "decided": decided, "won": won, "ended": counts}


def _days(median: Median, look: Look) -> str:
    """A median with its range, whose end may lie beyond what was seen."""
    if isnan(median.days):
        return look.say("cycle.unreached")
    low, days = look.language.number(median.low), int(median.days)
    if isnan(median.high):
        return look.say("cycle.days.open", n=days, low=low)
    return look.say("cycle.days", n=days, range=f"{low}–{look.language.number(median.high)}")
