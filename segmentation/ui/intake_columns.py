"""What a sheet holds and what a column means, as the data page lets a person change it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.intake.layouts import header_key, keep_key
from segmentation.intake.uploads import SheetReading
from segmentation.tables import TABLES
from segmentation.ui import intake_frames
from segmentation.ui.blocks import grey
from segmentation.ui.escape import plain
from segmentation.ui.intake_explained import MOST_ROWS, SKIP
from segmentation.ui.intake_frames import UNUSED
from segmentation.ui.intake_tables import show_table
from segmentation.ui.upload_state import Draft


def edit_columns(draft: Draft, look: Look) -> Mapping[str, str] | None:
    """One sheet and one of its columns, each with what it was taken for; the corrections once the button is pressed."""
    choices = _sheets(draft)
    if not choices:
        return None
    grey(look.say("in.columns.unit"))
    labels = {key: _sheet_name(*choice, look) for key, choice in choices.items()}
    left, middle, right = st.columns([5, 2, 5])
    chosen = left.selectbox(
        look.say("in.columns.which"),
        list(choices),
        format_func=labels.__getitem__,
        key=f"in.columns.sheet.{look.language.code}",
    )
    sheet, table = choices[chosen or next(iter(choices))]
    row = middle.number_input(
        look.say("in.header_row"), 1, MOST_ROWS, max(1, sheet.header_row),
        key=f"in.columns.row.{sheet.key}.{sheet.header_row}",
    )  # fmt: skip
    tables = {name: look.say(f"table.{name}") for name in TABLES} | {SKIP: look.say("in.skip")}
    holds = right.selectbox(
        look.say("in.columns.holds"), list(tables), list(tables).index(table), format_func=tables.__getitem__,
        key=f"in.table.{sheet.key}.{table}.{look.language.code}",
    )  # fmt: skip
    corrections: Mapping[str, str] = {}
    if table != SKIP:
        corrections = {**_choose_meaning(draft, look, sheet, table), **_choose_kept(sheet, table, look)}
    if holds != table:
        corrections = {f"table:{sheet.signature}": str(holds)}
    if row != sheet.header_row:
        corrections = {header_key(sheet.file, sheet.sheet): str(int(row))}
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


def _choose_kept(sheet: SheetReading, table: str, look: Look) -> Mapping[str, str]:
    """The further columns of a list of customers, each ticked or not; the ticks that changed."""
    used = {index for part in sheet.parts for index in part.columns.values()}
    extra = {i: text for i, text in enumerate(sheet.headers) if text and i not in used}
    if table != "customers" or sheet.parts[0].table != table or not extra:
        return {}
    before = [index for index in extra if index not in sheet.left]
    labels = {index: plain(text) for index, text in extra.items()}
    now = st.pills(
        look.say("in.columns.kept"), list(extra), selection_mode="multi", default=before,
        format_func=labels.__getitem__, key=f"in.kept.{sheet.signature}.{len(before)}.{look.language.code}",
    )  # fmt: skip
    return {
        keep_key(sheet.signature, extra[index]): "yes" if index in now else "no"
        for index in extra
        if (index in now) != (index in before)
    }


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
    read_as = [
        look.say("in.left") if place in sheet.left and name == UNUSED else meanings.get(name, ABSENT)
        for place, name in zip(frame["place"], frame["read_as"], strict=True)
    ]
    frame = frame.assign(header=headers, read_as=read_as)
    labels = {
        "header": st.column_config.TextColumn(look.say("in.column"), width=150),
        "read_as": st.column_config.TextColumn(look.say("in.columns.means"), width=130),
        "filled_share": st.column_config.NumberColumn(look.say("in.filled"), format="percent", width=70),
        "first_values": st.column_config.TextColumn(look.say("in.first_values")),
    }
    show_table(frame, labels, "in.columns.table")
