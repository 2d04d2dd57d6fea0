"""Where the parts of the tuning page stand: what a moved line sends again, and what stands still beside it.

Every element of the lines' fragment costs a move its time and bytes. Titles, switches and downloads that say the same
whatever the lines are therefore stand outside, around the places the fragment fills.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

LANES, MOVES = (39, 27, 26), (26, 66)


@dataclass(frozen=True)
class Lane:
    """One of the three charts on common rows: its title stands still, its chart and verdict follow the lines."""

    title: DeltaGenerator
    body: DeltaGenerator


@dataclass(frozen=True)
class Places:
    """Containers in the order of the page. The fragment fills `head`, the bodies and the three of `moves`; it must
    write to each of them in every whole run, or Streamlit keeps no place for it."""

    head: DeltaGenerator
    lanes: tuple[Lane, ...]
    sweep_head: DeltaGenerator
    sweep: DeltaGenerator
    moves_head: DeltaGenerator
    moves_title: DeltaGenerator
    moves_note: DeltaGenerator
    moves_sums: DeltaGenerator
    moves_search: DeltaGenerator
    moves_list: DeltaGenerator
    downloads: DeltaGenerator
    budgets_title: DeltaGenerator


def lay_out() -> Places:
    """All places, empty."""
    head = st.container()
    with st.container(key="lanes"):
        columns = st.columns(LANES, gap=28)
    lanes = tuple(Lane(column.empty(), column.container()) for column in columns)
    sweep_head = st.container(horizontal=True, vertical_alignment="bottom", key="sweep_head")
    sweep = st.container()
    moves_head = st.container(horizontal=True, vertical_alignment="bottom")
    moves_title = moves_head.container(width="stretch")
    moves_note = st.container()
    with st.container(key="moves"):
        left, right = st.columns(MOVES, gap=28)
    moves_sums, moves_search = left.container(), right.empty()
    moves_list = right.container(key="moves_list")
    downloads = st.container(horizontal=True)
    budgets_title = st.empty()
    return Places(
        head,
        lanes,
        sweep_head,
        sweep,
        moves_head,
        moves_title,
        moves_note,
        moves_sums,
        moves_search,
        moves_list,
        downloads,
        budgets_title,
    )
