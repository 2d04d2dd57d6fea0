"""Who would move: the block under the charts. Texts are made for the rows on the screen only, the rest on download."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from math import isnan
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from segmentation.comparisons import DIRECTIONS, Comparison, ComparisonKind, Movement, cross
from segmentation.i18n import Language
from segmentation.lists import list_customers, reasons_in_words
from segmentation.rosters import Rows
from segmentation.schemes import to_toml
from segmentation.ui import blocks, controls
from segmentation.ui.caches import grades_once, grading_once, published_once, roster_once, sales_order_once
from segmentation.ui.downloads import offer_csv
from segmentation.ui.escape import plain
from segmentation.ui.override_lines import tell_held
from segmentation.ui.profile_links import CLICKABLE, open_clicked
from segmentation.ui.seller_block import offer_seller_lists
from segmentation.ui.tuning_blocks import Answer

AGAINST, SEARCH = "against", "moves.text"
SHOWN_ROWS = 10  # as many as stand beside the sums without scrolling
NUMBERS = {"score": 1, "revenue": 0}  # column of the table → decimals
SHOWN_COLUMNS = ("name", "theirs", "ours", "score", "revenue", "why")
ROW_PIXELS, SEARCH_PIXELS, NAME_CHARACTERS = 30, 320, 12
NAME_PIXELS, TIER_PIXELS, SCORE_PIXELS, REVENUE_PIXELS = 168, 84, 56, 84


def comparison_texts(found: Answer) -> dict[str, str]:
    """What the scheme can be held against → its name on the switch."""
    return {kind: found.session.language.say(f"moves.against.{kind}") for kind in comparisons(found)}


def hold_comparison(texts: Mapping[str, str]) -> ComparisonKind:
    """What the scheme is held against."""
    first = next(iter(texts))
    return cast(ComparisonKind, controls.hold_choice(texts, first, AGAINST) if len(texts) > 1 else first)


def move(found: Answer, kind: ComparisonKind) -> Movement:
    """The scheme on the screen held against another grading."""
    session, evaluation = found.session, found.evaluation
    where = session.book, session.store_key, found.draft, evaluation.as_of
    other, name = comparisons(found)[kind]()
    kept = sales_order_once(*where) if kind == "simple_sort" else grading_once(*where, (other, name))
    lines = found.held.lines(evaluation.cuts, evaluation.names)
    return cross(found.prepared.now, roster_once(*where), lines, other, kept)


def comparisons(found: Answer) -> dict[ComparisonKind, Callable[[], tuple[Comparison, Hashable]]]:
    """What the scheme can be held against, first comparison first (definitions.md, *Who would move*): the published
    scheme, else the grades of the user's own file, else the simple sort at the same sizes; with what names each."""
    session, as_of = found.session, found.evaluation.as_of
    kinds: dict[ComparisonKind, Callable[[], tuple[Comparison, Hashable]]] = {}
    if session.published is not None:
        scheme, held = session.published.scheme, found.held
        kinds["published"] = lambda: (
            published_once(session.book, session.store_key, scheme, as_of, held),
            (to_toml(scheme), held.key),
        )
    grades = grades_once(session.book, session.store_key, found.prepared)
    if grades is not None:
        kinds["grades"] = lambda: (grades, "")
    nowhere = Comparison("simple_sort", "", found.evaluation.names, np.empty(0, np.int8))
    kinds["simple_sort"] = lambda: (nowhere, "")
    return kinds


def draw_movers(found: Answer) -> None:
    """Who would move against the comparison: matrix, sums by direction, and the customers as wide as the page, largest
    sales first."""
    language, texts = found.session.language, comparison_texts(found)
    kind = hold_comparison(texts)
    moved = move(found, kind)
    is_unsold = kind == "simple_sort" and not moved.roster.revenue.any()
    revenue = found.session.look.money(moved.revenue)
    unit = "" if is_unsold else language.say(f"tune.moves.unit.{kind}", n=moved.moved_count, revenue=revenue)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        blocks.title(language.say("tune.moves"), unit, width="stretch")
        if len(texts) > 1:
            controls.switch(language.say("moves.against"), texts, next(iter(texts)), AGAINST)
    if is_unsold:
        publish = "" if found.session.published else language.say("moves.publish")
        blocks.empty(f"{language.say('moves.unsold')} {publish}".strip())
        _offer_lists(moved, found, is_compared=False)
        return
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
    held, names = found.held, found.evaluation.names
    computed = moved.roster.place(found.evaluation.cuts, held.rows)
    return tell_held(found.session, held, computed, names)


def _draw_moved(moved: Movement, found: Answer) -> None:
    language = found.session.language
    with st.container(key="moves"):
        left, right = st.columns((26, 66), gap=28)
    with left:
        sums = blocks.tabled(*_matrix(moved, language)), blocks.tabled(*_groups(moved, language))
        blocks.paragraphs(*sums, blocks.greyed(tell_moves(moved, language)))
    with right, st.container(key="moves_list"):
        _draw_customers(moved, found)


def _draw_customers(moved: Movement, found: Answer) -> None:
    """The customers who would move, and a search over all of them."""
    language = found.session.language
    text = st.text_input(
        language.say("moves.search"),
        key=SEARCH,
        type="search",
        placeholder=language.say("moves.search"),
        label_visibility="collapsed",
        persist_state="session",
        width=SEARCH_PIXELS,
    )
    is_search = bool(text and text.strip())
    rows = moved.find(text or "") if is_search else moved.rows(SHOWN_ROWS)
    if not len(rows):
        blocks.grey(language.say("empty.search", text=plain(text)))
        return
    _draw_table(list_moved(moved, found, rows[:SHOWN_ROWS]), moved, language)
    if is_search:
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
    moved = move(found, kind)
    frame = pd.DataFrame(list_moved(moved, found, moved.rows()))
    return frame.rename(columns=moved_labels(moved, found.session.language))


def _offer_lists(moved: Movement, found: Answer, *, is_compared: bool = True) -> None:
    language, evaluation = found.session.language, found.evaluation
    kind = moved.comparison.kind
    stem = f"{{}}_{evaluation.as_of:%Y-%m}"
    with st.container(horizontal=True):
        label = language.say("tune.list.download")
        offer_csv(
            label,
            lambda: list_customers(found.prepared.now, evaluation, language, found.held),
            stem.format("tiers"),
            "list_csv",
        )
        if is_compared:
            label = language.say("tune.moves.download")
            offer_csv(label, lambda: frame_moved(found, kind), stem.format("moves"), "moves_csv")
        offer_seller_lists(found)
