"""A sheet nobody could recognise, explained by the person who knows it: its header row, what it holds, its columns."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow.parquet as pq
import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.intake.grids import column_letter
from segmentation.intake.layouts import header_key
from segmentation.intake.recognition import lacking
from segmentation.intake.uploads import Reading, SheetReading
from segmentation.tables import TABLES
from segmentation.ui import intake_session
from segmentation.ui.blocks import grey
from segmentation.ui.intake_frames import SHOWN_ROWS, column_label
from segmentation.ui.intake_tables import show_table
from segmentation.ui.session import Session
from segmentation.ui.upload_state import Refused

SKIP = "skip"
NOT_THERE = -1
MOST_ROWS = 1_000  # so far down may headers stand
MOST_COLUMNS = 12
# What a table says little without; every other column is recognised, or corrected once the sheet is read.
ASKED: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer_id", "name", "owner", "grade"),
    "orders": ("customer_id", "ordered_on", "amount", "order_id"),
    "touches": ("customer_id", "at", "kind", "rep"),
    "deals": ("customer_id", "stage", "state", "amount"),
    "reps": ("name", "team", "hours_per_month", "rep_id"),
    "spend": ("month", "channel", "tier", "amount"),
}


def explain_sheet(session: Session, refused: Refused) -> None:
    """One sheet of the refused files with its first rows; what is said of it is read once that is enough."""
    look = session.look
    sheets = _unread(refused)
    if not sheets:
        return
    st.header(look.say("in.tell"), anchor=False)
    grey(look.say("in.tell.text"))
    with st.container(border=True, key="in.tell.card"):
        sheet = _choose(sheets, look)
        row, table = _ask_table(sheet, look)
        told = {header_key(sheet.file, sheet.sheet): str(row)} if row != sheet.header_row else {}
        if not told and table is not None:
            told = _ask_columns(sheet, table, look)
        label = look.say("in.tell.header" if row != sheet.header_row else "in.tell.read")
        pressed = st.button(label, type="primary", disabled=not told, key="in.tell.read")
        _show_rows(refused.reading, sheet, look)
    st.button(look.say("in.discard"), key="in.discard", type="tertiary", on_click=intake_session.put_away)
    if pressed:
        intake_session.revise(session, lambda desk: desk.tell(refused, told))


def _unread(refused: Refused) -> dict[str, SheetReading]:
    """The sheet the refusal names, else those that are no table, else all."""
    known = {sheet.key: sheet for sheet in refused.reading.sheets}
    if refused.error.code == "e.digits":
        return {key: one for key, one in known.items() if one.sheet == refused.error.facts["sheet"]}
    return {key: sheet for key, sheet in known.items() if not sheet.parts} or known


def _choose(sheets: Mapping[str, SheetReading], look: Look) -> SheetReading:
    if len(sheets) == 1:
        return next(iter(sheets.values()))
    key = st.selectbox(look.say("in.columns.which"), list(sheets), key=f"in.tell.sheet.{look.language.code}")
    return sheets[key or next(iter(sheets))]


def _ask_table(sheet: SheetReading, look: Look) -> tuple[int, str | None]:
    """The row of the headers, and what the sheet holds; None until it is said."""
    left, right = st.columns([1, 3])
    row = left.number_input(
        look.say("in.header_row"),
        1,
        MOST_ROWS,
        max(1, sheet.header_row),
        key=f"in.tell.row.{sheet.key}.{sheet.header_row}",
    )
    tables = {
        name: look.say("in.tell.table", table=look.say(f"table.{name}"), row=look.say(f"in.grain.{name}"))
        for name in TABLES
    }
    tables |= {SKIP: look.say("in.skip")}
    table = right.selectbox(
        look.say("in.tell.holds"), list(tables), None, format_func=tables.__getitem__,
        placeholder=look.say("in.tell.choose"), key=f"in.tell.table.{sheet.key}.{look.language.code}",
    )  # fmt: skip
    return int(row), table


def _ask_columns(sheet: SheetReading, table: str, look: Look) -> dict[str, str]:
    """Which header is which of the columns the table lives on; {} while it lacks one it cannot do without."""
    chosen = {f"table:{sheet.signature}": table}
    if table == SKIP:
        return chosen
    guesses = dict(sheet.guesses.get(table, {}))
    headers = {index: text for index, text in enumerate(sheet.headers) if text}
    places = st.columns(len(ASKED[table]))
    for place, column in zip(places, ASKED[table], strict=True):
        options = [NOT_THERE, *headers]
        guess = guesses.pop(column, NOT_THERE)
        found = place.selectbox(
            column_label(column, look.language), options, options.index(guess) if guess in options else 0,
            format_func=lambda index: look.say("in.tell.none") if index == NOT_THERE else headers[index],
            key=f"in.tell.{sheet.signature}.{table}.{column}.{look.language.code}",
        )  # fmt: skip
        if found != guess:
            chosen[f"column:{sheet.signature}:{table}.{column}"] = (
                "" if found == NOT_THERE else headers[found]
            )
        if found != NOT_THERE:
            guesses = {name: index for name, index in guesses.items() if index != found} | {column: found}
    missing = lacking(table, guesses)
    if missing:
        names = look.say("list.separator").join(column_label(name, look.language) for name in missing)
        st.markdown(f":orange[{look.say('in.tell.missing', columns=names)}]")
    return {} if missing else chosen


def _show_rows(reading: Reading, sheet: SheetReading, look: Look) -> None:
    """The first rows as the file has them, numbered as the spreadsheet numbers them."""
    frame = first_rows(reading, sheet)
    labels = {"row": st.column_config.NumberColumn(look.say("in.tell.row"), width=52)}
    labels |= {name: st.column_config.TextColumn(name) for name in frame.columns if name != "row"}
    show_table(frame, labels, "in.tell.rows")


def first_rows(reading: Reading, sheet: SheetReading) -> pd.DataFrame:
    """The rows from the first on until a few below the header, columns called A, B, C; blank = ''."""
    for file in reading.parsed.files:
        for raw in file.sheets:
            if (file.name, raw.name) == (sheet.file, sheet.sheet) and raw.path is not None:
                grid = next(pq.ParquetFile(raw.path).iter_batches(MOST_ROWS)).to_pandas()
                names = [name for name in grid.columns if name not in {"row", "kinds"}][:MOST_COLUMNS]
                near = grid[grid["row"] <= max(1, sheet.header_row) + SHOWN_ROWS + 1]
                near = near.tail(2 * SHOWN_ROWS)
                letters = {name: column_letter(int(name[1:])) for name in names}
                return near[["row", *names]].fillna("").rename(columns=letters)
    return pd.DataFrame({"row": [], ABSENT: []})
