"""What a sheet holds and what a column means, as the data page lets a person change it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.intake.uploads import SheetReading
from segmentation.tables import TABLES
from segmentation.ui import intake_frames
from segmentation.ui.blocks import grey
from segmentation.ui.intake_frames import UNUSED
from segmentation.ui.intake_tables import show_table
from segmentation.ui.upload_state import Draft

SKIP = "skip"


def edit_columns(draft: Draft, look: Look) -> Mapping[str, str] | None:
    """One sheet and one of its columns, each with what it was taken for; the corrections once the button is pressed."""
    choices = _sheets(draft)
    if not choices:
        return None
    grey(look.say("in.columns.unit"))
    labels = {key: _sheet_name(*choice, look) for key, choice in choices.items()}
    left, right = st.columns(2)
    chosen = left.selectbox(
        look.say("in.columns.which"),
        list(choices),
        format_func=labels.__getitem__,
        key=f"in.columns.sheet.{look.language.code}",
    )
    sheet, table = choices[chosen or next(iter(choices))]
    tables = {name: look.say(f"table.{name}") for name in TABLES} | {SKIP: look.say("in.skip")}
    holds = right.selectbox(
        look.say("in.columns.holds"), list(tables), list(tables).index(table), format_func=tables.__getitem__,
        key=f"in.table.{sheet.key}.{table}.{look.language.code}",
    )  # fmt: skip
    corrections: Mapping[str, str] = {}
    if table != SKIP:
        corrections = _choose_meaning(draft, look, sheet, table)
    if holds != table:
        corrections = {f"table:{sheet.signature}": str(holds)}
    pressed = st.button(look.say("in.columns.apply"), disabled=not corrections, key="in.columns.apply")
    if table != SKIP:
        _show_columns(draft, look, sheet, table)
    return corrections if pressed and corrections else None


def _sheets(draft: Draft) -> dict[str, tuple[SheetReading, str]]:
    """Each sheet with a header and each table it feeds; one that feeds none may be told to hold something."""
    return {
        f"{place}.{table}": (sheet, table)
        for place, sheet in enumerate(draft.reading.sheets)
        for table in ([part.table for part in sheet.parts] or ([SKIP] if sheet.signature else []))
    }


def _sheet_name(sheet: SheetReading, table: str, look: Look) -> str:
    said = look.say("in.skipped") if table == SKIP else look.say(f"table.{table}")
    return f"{sheet.sheet or sheet.file} · {said}"


def _choose_meaning(draft: Draft, look: Look, sheet: SheetReading, table: str) -> Mapping[str, str]:
    """One column and what it means; the corrections that differ from how it was read."""
    read_as = list(intake_frames.sheet_columns(draft.reading, sheet, table)["read_as"])
    meanings = intake_frames.column_choices(sheet, table, look.language)
    turn = f"{sheet.key}.{table}.{len(draft.corrections)}.{look.language.code}"
    left, right = st.columns(2)
    place = left.selectbox(
        look.say("in.column"),
        [place for place, header in enumerate(sheet.headers) if header],
        format_func=lambda place: sheet.headers[place],
        key=f"in.column.{turn}",
    )
    if place is None:
        return {}
    names = list(meanings)
    means = right.selectbox(
        look.say("in.columns.means"), names, names.index(read_as[place]), format_func=meanings.__getitem__,
        key=f"in.means.{turn}.{place}",
    )  # fmt: skip
    if means in (None, read_as[place]):
        return {}
    # A meaning belongs to one column: the one that had it before is read as nothing.
    after = [UNUSED if name == means else name for name in read_as]
    after[place] = str(means)
    return intake_frames.corrections_of(sheet, table, after)


def _show_columns(draft: Draft, look: Look, sheet: SheetReading, table: str) -> None:
    """Every column of the sheet: what it is called now and was last time, what it means, how full, first values."""
    frame = intake_frames.sheet_columns(draft.reading, sheet, table)
    meanings = intake_frames.column_choices(sheet, table, look.language)
    before = {
        issue.facts["now"]: issue.facts["before"]
        for issue in draft.upload.issues
        if issue.code == "i.renamed" and issue.facts["sheet"] == sheet.sheet
    }
    headers = [
        look.say("in.column.was", column=header, before=before[header]) if header in before else header
        for header in frame["header"]
    ]
    frame = frame.assign(header=headers, read_as=[meanings.get(name, ABSENT) for name in frame["read_as"]])
    labels = {
        "header": st.column_config.TextColumn(look.say("in.column"), width=150),
        "read_as": st.column_config.TextColumn(look.say("in.columns.means"), width=130),
        "filled_share": st.column_config.NumberColumn(look.say("in.filled"), format="percent", width=70),
        "first_values": st.column_config.TextColumn(look.say("in.first_values")),
    }
    show_table(frame, labels, "in.columns.table")
