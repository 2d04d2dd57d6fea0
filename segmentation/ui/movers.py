"""Who would move: the block under the charts. Texts are made for the rows on the screen only, the rest on download."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from segmentation.comparisons import Comparison, Movement, Roster, compare, simple_sort
from segmentation.i18n import Language
from segmentation.lists import list_customers, reasons_in_words
from segmentation.schemes import UNRATED
from segmentation.ui import blocks
from segmentation.ui.caches import grades_once, published_once, roster_once
from segmentation.ui.downloads import offer_csv
from segmentation.ui.override_lines import held_now, tell_held
from segmentation.ui.tuning_blocks import Answer

SHOWN_ROWS = 200
ROW_PIXELS = 30
MATRIX_PIXELS, UNRATED_PIXELS = 46, 72
NAME_PIXELS, TIER_PIXELS, SCORE_PIXELS, REVENUE_PIXELS = 168, 84, 56, 84


def move(found: Answer) -> Movement:
    """The scheme on the screen held against the comparison."""
    session, evaluation, base = found.session, found.evaluation, found.prepared
    roster = roster_once(session.book, session.store_key, found.draft, evaluation.as_of)
    held = held_now(session, base.now)
    places = held.place(roster.place(evaluation.cuts), evaluation.names)
    return compare(base.now, roster, places, evaluation.names, _choose(found, roster))


def _choose(found: Answer, roster: Roster) -> Comparison:
    """The published scheme where it differs, else the user's own grades, else the simple sort at the same sizes."""
    session, evaluation = found.session, found.evaluation
    if found.against is not None:
        scheme = found.against.scheme
        theirs = published_once(session.book, session.store_key, scheme, evaluation.as_of)
        held = held_now(session, found.prepared.now)
        return replace(theirs, places=held.place(theirs.places, theirs.names))
    grades = grades_once(session.book, session.store_key, found.prepared)
    sizes = [int(count) for count in evaluation.tiers["customers"].iloc[:-1]]
    return grades or simple_sort(roster, sizes, evaluation.names)


def draw_movers(found: Answer) -> None:
    """Who would move against the comparison: matrix, then the customers as wide as the page, largest sales first."""
    language, moved = found.session.language, move(found)
    kind = moved.comparison.kind
    revenue = found.session.look.money(moved.revenue)
    unit = language.say(f"tune.moves.unit.{kind}", n=moved.moved_count, revenue=revenue)
    blocks.title(language.say("tune.moves"), unit)
    if kind != "published" and found.session.published is None:
        other = language.say(f"tune.moves.other.{kind}")
        blocks.grey(language.say("empty.published", other=other))
    if told := _tell_held(moved, found):
        blocks.grey(told)
    if not moved.moved_count:
        blocks.grey(language.say("empty.moves", other=language.say(f"tune.moves.other.{kind}")))
    else:
        _draw_moved(moved, found)
    _offer_lists(moved, found)


def _tell_held(moved: Movement, found: Answer) -> str:
    held, names = held_now(found.session, moved.standing), found.evaluation.names
    computed = moved.roster.place(found.evaluation.cuts) if held.tiers else moved.places
    return tell_held(found.session, held, computed, names)


def _draw_moved(moved: Movement, found: Answer) -> None:
    language = found.session.language
    with st.container(key="moves"):
        left, right = st.columns((34, 58), gap=28)
    with left:
        _draw_matrix(moved, language)
    with right:
        blocks.grey(tell_moves(moved, language))
    with st.container():
        shown = moved_frame(moved, found, SHOWN_ROWS)
        shown["revenue"] = shown["revenue"].round().astype("Int64")
        labels = moved_labels(moved, language)
        widths = {"name": NAME_PIXELS, "theirs": TIER_PIXELS, "ours": TIER_PIXELS}
        names = {
            name: st.column_config.TextColumn(label, width=widths.get(name)) for name, label in labels.items()
        }
        names["score"] = st.column_config.NumberColumn(labels["score"], format="%.1f", width=SCORE_PIXELS)
        names["revenue"] = st.column_config.NumberColumn(
            labels["revenue"], format="localized", width=REVENUE_PIXELS
        )
        st.dataframe(
            shown,
            column_config=names,
            hide_index=True,
            row_height=ROW_PIXELS,
            height=ROW_PIXELS * (min(len(shown), 8) + 1) + 4,
            key="movers",
        )
        if moved.moved_count > SHOWN_ROWS:
            facts = {"shown": SHOWN_ROWS, "total": moved.moved_count}
            blocks.grey(language.say("tune.moves.shown", **facts))


def tell_moves(moved: Movement, language: Language) -> str:
    """Up, down, unchanged, and those *unrated* on one side: together everybody; how unlike grades are compared."""
    other = moved.moved_count - moved.up_count - moved.down_count
    facts = {"up": moved.up_count, "down": moved.down_count, "same": moved.same_count}
    code = "tune.moves.updown.unrated" if other else "tune.moves.updown"
    told = language.say(code, other=other, **facts)
    theirs, ours = (count - 1 for count in moved.matrix.shape)  # *unrated* is no tier
    if theirs == ours:
        return told
    return f"{told} {language.say('tune.moves.position', theirs=theirs, ours=ours)}"


def _draw_matrix(moved: Movement, language: Language) -> None:
    matrix = moved.matrix.rename(index=language.tier, columns=language.tier)
    widths = dict.fromkeys(matrix.columns, MATRIX_PIXELS) | {language.tier(UNRATED): UNRATED_PIXELS}
    matrix.index.name = language.say(f"tune.moves.theirs.{moved.comparison.kind}")
    st.dataframe(
        matrix,
        column_config={name: st.column_config.NumberColumn(width=width) for name, width in widths.items()},
        row_height=ROW_PIXELS,
        height="content",
        key="matrix",
        alt=language.say("tune.moves.matrix"),
    )


def moved_labels(moved: Movement, language: Language) -> dict[str, str]:
    """Column → its header; headers are ours, cells are theirs."""
    say, kind = language.say, moved.comparison.kind
    return {
        "name": say("tune.moves.customer"),
        "theirs": say(f"tune.moves.theirs.{kind}"),
        "ours": say("tune.moves.ours"),
        "score": say("tune.moves.score"),
        "revenue": say("tune.moves.revenue"),
        "why": say("tune.moves.why"),
    }


def moved_frame(moved: Movement, found: Answer, limit: int | None = None) -> pd.DataFrame:
    """The customers who would move: name, theirs, ours, score, revenue, why."""
    language = found.session.language
    rows = moved.list_customers(limit)
    frame = rows.assign(theirs=rows["theirs"].map(language.tier), ours=rows["ours"].map(language.tier))
    why = reasons_in_words(found.prepared.now, language, rows.index)
    named = frame["name"].fillna(frame.index.to_series())
    return frame.assign(name=named, why=why)[list(moved_labels(moved, language))].reset_index(drop=True)


def _offer_lists(moved: Movement, found: Answer) -> None:
    language, evaluation = found.session.language, found.evaluation
    held = held_now(found.session, found.prepared.now)
    stem = f"{{}}_{evaluation.as_of:%Y-%m}"
    with st.container(horizontal=True):
        label = language.say("tune.list.download")
        offer_csv(
            label,
            lambda: list_customers(found.prepared.now, evaluation, language, held),
            stem.format("tiers"),
            "list_csv",
        )
        label = language.say("tune.moves.download")
        offer_csv(
            label,
            lambda: moved_frame(moved, found).rename(columns=moved_labels(moved, language)),
            stem.format("moves"),
            "moves_csv",
        )
