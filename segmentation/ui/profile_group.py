"""The group of companies a customer belongs to: a table of its members, and the sum in one sentence."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from segmentation.figures.theme import Look
from segmentation.groups import Group, find_members, sum_group
from segmentation.tuning import Base, Evaluation
from segmentation.ui.blocks import title, verdict
from segmentation.ui.caches import roster_once
from segmentation.ui.escape import plain
from segmentation.ui.override_lines import held_now
from segmentation.ui.session import Session

ROW_HEIGHT, MOST_ROWS = 30, 12


def show_group(session: Session, base: Base, evaluation: Evaluation, customer_id: str) -> None:
    """Nothing where the customer stands alone: the hours of everybody are then not asked for either."""
    members = find_members(base.now, customer_id)
    if members is None:
        return
    roster = roster_once(session.book, session.store_key, evaluation.scheme, evaluation.as_of)
    places = held_now(session, base.now).place(roster.place(evaluation.cuts), evaluation.names)
    _draw_group(sum_group(base.now, members, roster, places, evaluation.names), session.look)


def _draw_group(group: Group, look: Look) -> None:
    title(look.say("profile.group"), look.say("profile.group.unit"))
    verdict([tell_group(group, look)])
    members = group.members.reset_index()
    shown = members.assign(
        tier=members["tier"].map(look.language.tier),
        revenue=members["revenue"].round(2),
        hours=members["hours"].round(1),
    )[["customer_id", "name", "tier", "score", "revenue", "hours"]]
    labels: dict[str, Any] = {
        name: st.column_config.TextColumn(look.say(f"profile.group.col.{name}"))
        for name in ("customer_id", "name", "tier")
    }
    labels["score"] = st.column_config.NumberColumn(look.say("profile.group.col.score"), format="%.1f")
    for name in ("revenue", "hours"):
        labels[name] = st.column_config.NumberColumn(
            look.say(f"profile.group.col.{name}"), format="localized"
        )
    st.dataframe(
        shown, column_config=labels, hide_index=True, row_height=ROW_HEIGHT, key="profile.group",
        height="content" if len(shown) <= MOST_ROWS else ROW_HEIGHT * (MOST_ROWS + 1) + 4,
    )  # fmt: skip


def tell_group(group: Group, look: Look) -> str:
    """Members, revenue and hours together; whose hours are not recorded is not zero."""
    facts = {"parent": plain(group.parent), "n": len(group.members), "revenue": look.money(group.revenue)}
    if math.isnan(group.hours):
        return look.say("profile.group.sum.unrecorded", **facts)
    hours, recorded = look.language.number(group.hours, 1), group.recorded_count
    code = "profile.group.sum" if recorded == len(group.members) else "profile.group.sum.partly"
    return look.say(code, **facts, hours=hours, recorded=recorded)
