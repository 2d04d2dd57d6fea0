"""The two-axis view: the nine cells, and the customers of the one that was clicked or chosen."""

from __future__ import annotations

from functools import partial
from math import isnan

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from segmentation.figures.conversion import FEWEST, VALUE_OUTCOMES, is_thin
from segmentation.figures.matrix import describe_matrix, draw_matrix
from segmentation.figures.theme import CONFIG, DrawnFigure, Look
from segmentation.i18n import Language
from segmentation.matrix import Matrix, plane_of
from segmentation.methods.registry import methods
from segmentation.planes import CELLS, Plane
from segmentation.rosters import Roster
from segmentation.schemes import UNRATED
from segmentation.ui import blocks, controls
from segmentation.ui.caches import matrix_once, roster_once
from segmentation.ui.downloads import offer_csv
from segmentation.ui.escape import plain
from segmentation.ui.profile_links import CLICKABLE, open_clicked
from segmentation.ui.tuning_blocks import Answer

CHART, CHOSEN, NOBODY = "matrix_chart", "cell", "none"
LINES = "matrix_lines"  # the lines the customers of a cell are shown with, None while there are none
SEARCH, TABLE = "matrix.search", "matrix_customers"
SHOWN_ROWS = 200
ROW_PIXELS, VISIBLE_ROWS = 30, 6
WIDTHS = {"name": 128, "tier": 52, "up": 62, "across": 74, "revenue": 82}
LANES = (50, 42)


@st.fragment
def draw_matrix_block(found: Answer) -> None:
    """A fragment of its own: a click redraws nothing else."""
    session, as_of = found.session, found.evaluation.as_of
    matrix = matrix_once(session.book, session.store_key, found.draft, as_of)
    if matrix is None:
        blocks.grey(tell_why_none(found))
        return
    blocks.title(tell_title(matrix, found.session.language), _unit(matrix, found))
    with st.container(key="pair_matrix"):
        left, right = st.columns(LANES, gap=28)
    with right:
        chosen = _choose(matrix, session.language)
        if chosen is None:
            blocks.verdict(tell_findings(matrix, session.look))
        else:
            if found.draft != st.session_state["draft"]:
                st.rerun()  # a line was moved since the page was drawn, and these customers are shown with their tiers
            st.session_state[LINES] = found.evaluation.cuts
            _draw_customers(chosen, matrix, found)
    with left:
        _draw_chart(matrix, chosen, found)


def forget_lines() -> None:
    """Before a run of the whole page: nothing of this block is shown with any lines yet."""
    st.session_state[LINES] = None


def follow_lines(found: Answer) -> None:
    """After a moved line: only the customers of a chosen cell depend on it, and they wait for the whole page."""
    if st.session_state[LINES] not in (None, found.evaluation.cuts):
        st.rerun()


def tell_why_none(found: Answer) -> str:
    """Which methods have two axes; where this one has, that one of them earns no points."""
    language = found.session.language
    if plane_of(found.prepared.now.method) is not None:
        return language.say("matrix.none.points")
    names = [made.text.in_(language.code) for made in methods().values() if plane_of(made) is not None]
    return language.say("matrix.none", methods=plain(language.say("list.separator").join(names), 200))


def tell_title(matrix: Matrix, language: Language) -> str:
    """`Value × behaviour`, or whatever the method's axes are."""
    up, across = (text.in_(language.code) for text in matrix.plane.texts)
    return language.say("matrix.title", up=up, across=across.lower())


def tell_findings(matrix: Matrix, look: Look) -> list[str]:
    """The best cell and what it brings, the large customers who have gone quiet, and who stands in no cell."""
    best = next(cell for cell in CELLS if matrix.cells.at(cell, "customers"))
    told = [tell_size(matrix, best, look)]
    count, revenue = matrix.cells.row("wake", "customers", "revenue")
    if count and best != "wake" and matrix.plane.has_usual_cells:
        facts = {
            "name": matrix.plane.cell("wake").in_(look.language.code),
            "n": int(count),
            "revenue": look.money(revenue),
        }
        told.append(look.say("matrix.told.wake", **facts))
    if matrix.outside_count:
        told.append(look.say("matrix.outside", n=matrix.outside_count))
    return told


def tell_size(matrix: Matrix, cell: str, look: Look) -> str:
    """How many customers of all and, where the cells together brought anything, how much of it."""
    count, revenue, share = matrix.cells.row(cell, "customers", "revenue", "revenue_share")
    facts = {
        "name": matrix.plane.cell(cell).in_(look.language.code),
        "n": int(count),
        "revenue": look.money(revenue),
    }
    if isnan(share):
        return look.say("matrix.told", **facts)
    return look.say("matrix.told.sales", share=look.language.percent(share), **facts)


def tell_outcome(matrix: Matrix, cell: str, found: Answer) -> str:
    """The rate of a cell with its likely range, too few to judge, or nothing."""
    look, outcome = found.session.look, found.draft.outcome
    k, n, *shown = matrix.cells.row(cell, "k", "n", "rate", "low", "high")
    if not n > 0:
        return ""
    if is_thin(n):
        counts = "/".join(look.language.number(int(value)) for value in (k, n) if not isnan(value))
        return look.say("matrix.rate.few", counts=counts)
    write = look.money if outcome in VALUE_OUTCOMES else look.language.percent
    facts = dict(zip(("rate", "low", "high"), map(write, shown), strict=True))
    if isnan(k):
        return look.say("matrix.rate.value", **facts)
    return look.say("matrix.rate", k=int(k), count=int(n), **facts)


def customers_frame(rows: NDArray[np.int64], matrix: Matrix, roster: Roster, found: Answer) -> pd.DataFrame:
    """The customers at `rows` of the features: customer_id, name, tier, up and across (scores 0–100), revenue."""
    language, features = found.session.language, found.prepared.now.features
    names = [language.tier(name) for name in (*found.evaluation.names, UNRATED)]
    places = found.held.place(roster.place(found.evaluation.cuts), found.evaluation.names)
    ids = features.index[rows].to_series().reset_index(drop=True)
    named = features["name"].iloc[rows].reset_index(drop=True)
    return pd.DataFrame(
        {
            "customer_id": ids,
            "name": named.fillna(ids),
            "tier": np.array(names, dtype=object)[places[rows]],
            "up": matrix.scores[rows, 0].round(1),
            "across": matrix.scores[rows, 1].round(1),
            "revenue": roster.revenue[rows].round(2),
        }
    )


def customers_labels(plane: Plane, language: Language) -> dict[str, str]:
    """Column → its header."""
    up, across = (language.say("matrix.column.axis", axis=text.in_(language.code)) for text in plane.texts)
    return {
        "customer_id": language.say("matrix.column.id"),
        "name": language.say("tune.moves.customer"),
        "tier": language.say("matrix.column.tier"),
        "up": up,
        "across": across,
        "revenue": language.say("tune.moves.revenue"),
    }


def _unit(matrix: Matrix, found: Answer) -> str:
    say, evaluation = found.session.language.say, found.evaluation
    facts = {"n": matrix.customers, "date": evaluation.as_of}
    if evaluation.replayed_on is None:
        return say("matrix.unit", **facts)
    return say("matrix.unit.checked", check=evaluation.replayed_on, **facts)


def _choose(matrix: Matrix, language: Language) -> str | None:
    """The cell clicked or chosen: the list of cells is the chart's twin for the keyboard."""
    texts = {NOBODY: language.say("matrix.pick.none")}
    for cell in CELLS:
        facts = {
            "name": matrix.plane.cell(cell).in_(language.code),
            "count": language.number(int(matrix.cells.at(cell, "customers"))),
        }
        texts[cell] = language.say("matrix.pick.cell", **facts)
    chosen = controls.choose(language.say("matrix.pick"), texts, NOBODY, CHOSEN)
    return None if chosen == NOBODY else chosen


def _draw_chart(matrix: Matrix, chosen: str | None, found: Answer) -> None:
    look, outcome = found.session.look, found.draft.outcome
    # A new chart for each choice: in the old one Plotly would go on fading the cells that were not clicked.
    key = f"{CHART}.{chosen or NOBODY}"
    st.plotly_chart(
        DrawnFigure(draw_matrix(matrix, outcome, look, chosen)),
        config=CONFIG,
        key=key,
        alt=describe_matrix(matrix, outcome, look),
        on_select=partial(_click, key),
        selection_mode="points",
    )
    if any(0 < cases < FEWEST for cases in matrix.cells.floats("n")):
        blocks.grey(look.say("matrix.few"))


def _click(key: str) -> None:
    """Choose the cell clicked; the chosen one again chooses none."""
    points = st.session_state[key]["selection"]["points"]
    if points:
        clicked = CELLS[points[-1]["point_index"]]
        st.session_state[CHOSEN] = NOBODY if st.session_state.get(CHOSEN) == clicked else clicked


def _draw_customers(cell: str, matrix: Matrix, found: Answer) -> None:
    session, look, language = found.session, found.session.look, found.session.language
    blocks.verdict([tell_size(matrix, cell, look), tell_outcome(matrix, cell, found)])
    if not matrix.cells.at(cell, "customers"):
        return
    text = st.text_input(
        language.say("matrix.search"),
        key=SEARCH,
        type="search",
        placeholder=language.say("matrix.search"),
        label_visibility="collapsed",
        persist_state="session",
    )
    features = found.prepared.now.features
    roster = roster_once(session.book, session.store_key, found.draft, found.evaluation.as_of)
    rows = matrix.find(cell, roster, features, text or "")
    if not len(rows):
        blocks.grey(language.say("empty.search", text=plain(text)))
    else:
        _draw_table(customers_frame(rows[:SHOWN_ROWS], matrix, roster, found), matrix.plane, language)
    if len(rows) > SHOWN_ROWS:
        blocks.grey(language.say("matrix.shown", shown=SHOWN_ROWS, total=len(rows)))
    name = matrix.plane.cell(cell).in_(language.code)

    def make() -> pd.DataFrame:
        everybody = matrix.find(cell, roster, features)
        frame = customers_frame(everybody, matrix, roster, found).rename(
            columns=customers_labels(matrix.plane, language)
        )
        return frame.assign(**{language.say("matrix.column.cell"): name})

    stem = f"{name}_{found.evaluation.as_of:%Y-%m}"
    offer_csv(language.say("matrix.download", name=name), make, stem, "matrix_csv")


def _draw_table(frame: pd.DataFrame, plane: Plane, language: Language) -> None:
    labels = customers_labels(plane, language)
    shown = frame[list(WIDTHS)].assign(revenue=frame["revenue"].round().astype("Int64"))
    columns = {
        name: st.column_config.TextColumn(labels[name], width=WIDTHS[name]) for name in ("name", "tier")
    }
    for name, written in (("up", "%.0f"), ("across", "%.0f"), ("revenue", "localized")):
        columns[name] = st.column_config.NumberColumn(labels[name], format=written, width=WIDTHS[name])
    table = st.dataframe(
        shown,
        column_config=columns,
        hide_index=True,
        row_height=ROW_PIXELS,
        height=ROW_PIXELS * (min(len(shown), VISIBLE_ROWS) + 1) + 4,
        key=TABLE,
        **CLICKABLE,
    )
    open_clicked(table, list(frame["customer_id"]))
