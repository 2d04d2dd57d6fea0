"""Who would move: the block under the charts. Texts are made for the rows on the screen only, the rest on download."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from segmentation.comparisons import DIRECTIONS, ComparisonKind, Movement
from segmentation.i18n import Language
from segmentation.lists import reasons_in_words, tag_columns
from segmentation.rosters import Rows
from segmentation.ui import blocks, controls
from segmentation.ui.customer_list import frame_tiers
from segmentation.ui.downloads import offer_csv
from segmentation.ui.escape import plain
from segmentation.ui.held_against import AGAINST, comparison_texts, hold_comparison, is_unsold, move
from segmentation.ui.list_filters import ask_filter, hold_filter
from segmentation.ui.override_lines import tell_held
from segmentation.ui.profile_links import CLICKABLE, open_clicked
from segmentation.ui.seller_block import offer_seller_lists
from segmentation.ui.tuning_blocks import Answer, Latest
from segmentation.ui.tuning_places import Places

SEARCH = "moves.text"
SHOWN_ROWS = 10  # as many as stand beside the sums without scrolling
NUMBERS = {"score": 1, "revenue": 0}  # column of the table → decimals
SHOWN_COLUMNS = ("name", "theirs", "ours", "score", "revenue", "why")
ROW_PIXELS, SEARCH_PIXELS, NAME_CHARACTERS = 30, 320, 12
NAME_PIXELS, TIER_PIXELS, SCORE_PIXELS, REVENUE_PIXELS = 168, 84, 56, 84


def draw_still(latest: Latest, places: Places) -> None:
    """What of the block stands still while lines move: what the scheme is held against, and the lists to take away."""
    _draw_against(latest.answer, places)
    if not is_unsold(hold_comparison(comparison_texts(latest.answer)), latest.answer):
        with places.moves_search.container(horizontal=True, vertical_alignment="center"):
            _ask_search(latest.answer.session.language)
            ask_filter(latest.answer)
    _offer_lists(latest, places)


def _draw_against(found: Answer, places: Places) -> None:
    """The switch, and why where the scheme is not held against a published one."""
    language, texts = found.session.language, comparison_texts(found)
    if len(texts) > 1:
        with places.moves_head:
            controls.switch(language.say("moves.against"), texts, next(iter(texts)), AGAINST)
    kind, is_published = hold_comparison(texts), found.session.published is not None
    with places.moves_note:
        if is_unsold(kind, found):
            publish = "" if is_published else language.say("moves.publish")
            blocks.empty(f"{language.say('moves.unsold')} {publish}".strip())
        elif not is_published:
            other = language.say(f"tune.moves.other.{kind}")
            blocks.grey(language.say("empty.published", other=other))


def draw_movers(found: Answer, places: Places) -> None:
    """Who would move against the comparison: matrix, sums by direction, and the customers, largest sales first."""
    language, kind = found.session.language, hold_comparison(comparison_texts(found))
    moved, is_silent = move(found, kind), is_unsold(kind, found)
    facts = {"n": moved.moved_count, "revenue": found.session.look.money(moved.revenue)}
    unit = "" if is_silent else language.say(f"tune.moves.unit.{kind}", **facts)
    with places.moves_title:
        blocks.title(language.say("tune.moves"), unit)
    with places.moves_sums:
        st.empty() if is_silent else blocks.paragraphs(*_tell_sums(moved, found))
    with places.moves_list:
        st.empty() if is_silent or not moved.moved_count else _draw_customers(moved, found)


def _ask_search(language: Language) -> None:
    st.text_input(
        language.say("moves.search"),
        key=SEARCH,
        type="search",
        placeholder=language.say("moves.search"),
        label_visibility="collapsed",
        persist_state="session",
        width=SEARCH_PIXELS,
    )


def _tell_sums(moved: Movement, found: Answer) -> list[str]:
    """The two small tables and what they come to; where nobody moves, that; and tiers set by hand."""
    language, told = found.session.language, _tell_held(moved, found)
    by_hand = [blocks.greyed(told)] if told else []
    if not moved.moved_count:
        other = language.say(f"tune.moves.other.{moved.comparison.kind}")
        return [blocks.greyed(language.say("empty.moves", other=other)), *by_hand]
    sums = blocks.tabled(*_matrix(moved, language)), blocks.tabled(*_groups(moved, language))
    return [*sums, blocks.greyed(tell_moves(moved, language)), *by_hand]


def _tell_held(moved: Movement, found: Answer) -> str:
    held, names = found.held, found.evaluation.names
    computed = moved.roster.place(found.evaluation.cuts, held.rows)
    return tell_held(found.session, held, computed, names)


def _draw_customers(moved: Movement, found: Answer) -> None:
    """The customers who would move: those with the largest sales, or those that were searched for."""
    language = found.session.language
    text = st.session_state.get(SEARCH)
    is_search = bool(text and text.strip())
    shown = hold_filter(found)
    rows = moved.find(text or "") if is_search else moved.rows(SHOWN_ROWS if shown is None else None)
    if is_search and not len(rows):
        blocks.grey(language.say("empty.search", text=plain(text)))
        return
    rows = rows if shown is None else rows[shown[rows]]
    if not len(rows):
        blocks.grey(language.say("moves.filter.nobody", total=moved.moved_count))
        return
    _draw_table(list_moved(moved, found, rows[:SHOWN_ROWS]), moved, language)
    if is_search or shown is not None:
        blocks.grey(language.say("moves.found", n=len(rows), total=moved.moved_count))
    elif moved.moved_count > SHOWN_ROWS:
        facts = {"shown": SHOWN_ROWS, "total": moved.moved_count}
        blocks.grey(language.say("tune.moves.shown", **facts))


def _groups(moved: Movement, language: Language) -> blocks.Cells:
    """Up, down, into and out of the rating: customers, sales and hours of each that has any."""
    labels = moved_labels(moved, language)
    groups = [(name, moved.groups.cells(name)) for name in DIRECTIONS if moved.groups.at(name, "customers")]
    # A book without follow-ups has no hours to tell.
    has_hours = any(not isnan(group["hours"]) for _, group in groups)
    headers = [labels["direction"], language.say("moves.customers"), labels["revenue"], labels["hours"]]
    rows = [
        [
            language.say(f"moves.direction.{name}"),
            language.number(int(group["customers"])),
            language.number(round(group["revenue"])),
            language.number(group["hours"], 1),
        ]
        for name, group in groups
    ]
    shown = len(headers) if has_hours else len(headers) - 1
    return headers[:shown], [row[:shown] for row in rows]


def _draw_table(shown: dict[str, list[Any]], moved: Movement, language: Language) -> None:
    labels = moved_labels(moved, language)
    widths = {"name": NAME_PIXELS, "theirs": TIER_PIXELS, "ours": TIER_PIXELS}
    names = {
        name: st.column_config.TextColumn(labels[name], width=widths.get(name)) for name in SHOWN_COLUMNS
    }
    numbers = (("score", "%.1f", SCORE_PIXELS), ("revenue", "localized", REVENUE_PIXELS))
    for name, written, width in numbers:
        names[name] = st.column_config.NumberColumn(labels[name], format=written, width=width)
    cells = {name: pa.array(shown[name], pa.string()) for name in SHOWN_COLUMNS if name not in NUMBERS}
    cells |= {
        name: pa.array(np.round(shown[name], digits), from_pandas=True) for name, digits in NUMBERS.items()
    }
    table = st.dataframe(
        pa.table({name: cells[name] for name in SHOWN_COLUMNS}),
        column_config=names,
        hide_index=True,
        row_height=ROW_PIXELS,
        height=ROW_PIXELS * (len(shown["customer_id"]) + 1) + 4,
        key="movers",
        **CLICKABLE,
    )
    open_clicked(table, shown["customer_id"])


def tell_moves(moved: Movement, language: Language) -> str:
    """Up, down, unchanged, and those *unrated* on one side: together everybody; how unlike grades are compared."""
    other = moved.moved_count - moved.up_count - moved.down_count
    facts = {"up": moved.up_count, "down": moved.down_count, "same": moved.same_count}
    code = "tune.moves.updown.unrated" if other else "tune.moves.updown"
    told = language.say(code, other=other, **facts)
    theirs, ours = (count - 1 for count in moved.counts.shape)  # *unrated* is no tier
    if theirs == ours:
        return told
    return f"{told} {language.say('tune.moves.position', theirs=theirs, ours=ours)}"


def _matrix(moved: Movement, language: Language) -> blocks.Cells:
    """Customers by their tier (rows) and ours (columns). Columns go by place: two tiers may be called alike."""
    theirs, ours = (
        [plain(language.tier(name), NAME_CHARACTERS) for name in names]
        for names in (moved.theirs_called, moved.ours_called)
    )
    their_name = language.say(f"tune.moves.theirs.{moved.comparison.kind}")
    rows = [
        [name, *(_count_text(count, stays=place == at, language=language) for at, count in enumerate(counts))]
        for place, (name, counts) in enumerate(zip(theirs, moved.counts.tolist(), strict=True))
    ]
    return [their_name, *ours], rows


def _count_text(count: int, *, stays: bool, language: Language) -> str:
    """Who stays is written in grey: the eye is meant for those who move."""
    told = language.number(count)
    return f":gray[{told}]" if stays else told


def moved_labels(moved: Movement, language: Language) -> dict[str, str]:
    """Column → its header; headers are ours, cells are theirs."""
    say, kind = language.say, moved.comparison.kind
    return {
        "customer_id": say("matrix.column.id"),
        "name": say("tune.moves.customer"),
        "direction": say("moves.direction"),
        "theirs": say(f"tune.moves.theirs.{kind}"),
        "ours": say("tune.moves.ours"),
        "score": say("tune.moves.score"),
        "revenue": say("tune.moves.revenue"),
        "hours": say("moves.hours"),
        "why": say("tune.moves.why"),
    }


def list_moved(moved: Movement, found: Answer, rows: Rows) -> dict[str, list[Any]]:
    """The customers at `rows`, by the columns of `moved_labels`."""
    language = found.session.language
    shown = moved.list_customers(rows)
    told = {name: language.say(f"moves.direction.{name}") for name in DIRECTIONS}
    tiers = {name: language.tier(name) for name in (*moved.theirs_called, *moved.ours_called)}
    words = {
        "direction": [told[name] for name in shown["direction"]],
        "theirs": [tiers[name] for name in shown["theirs"]],
        "ours": [tiers[name] for name in shown["ours"]],
        "hours": [round(hours, 2) for hours in shown["hours"]],
        "why": reasons_in_words(found.prepared.now, language, rows),
    }
    return {name: words.get(name, shown.get(name, [])) for name in moved_labels(moved, language)}


def frame_moved(found: Answer, kind: ComparisonKind) -> pd.DataFrame:
    """Everybody who would move, made anew on the click: a button must not keep what weighs by the customer."""
    moved, language = move(found, kind), found.session.language
    frame = pd.DataFrame(list_moved(moved, found, moved.rows()))
    merged = {} if found.tags is None else tag_columns(found.tags, frame["customer_id"], language)
    return frame.rename(columns=moved_labels(moved, language)).assign(**merged)


def _offer_lists(latest: Latest, places: Places) -> None:
    """The lists to take away, as the lines stand when a button is clicked."""
    found = latest.answer
    language, kind = found.session.language, hold_comparison(comparison_texts(found))
    stem = f"{{}}_{found.evaluation.as_of:%Y-%m}"
    with places.downloads:
        offer_csv(
            language.say("tune.list.download"),
            lambda: frame_tiers(latest.answer),
            stem.format("tiers"),
            "list_csv",
        )
        if not is_unsold(kind, found):
            label = language.say("tune.moves.download")
            offer_csv(label, lambda: frame_moved(latest.answer, kind), stem.format("moves"), "moves_csv")
        offer_seller_lists(latest)
