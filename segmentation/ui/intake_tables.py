"""The figures of an upload: every row accounted for, what publishing changes, orders and amount per month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.ui import intake_frames
from segmentation.ui.blocks import grey, title
from segmentation.ui.downloads import offer_csv
from segmentation.ui.intake_accounts import also_found, row_account
from segmentation.ui.upload_state import Draft

ROW_HEIGHT = 30
SHOWN_MONTHS = 6
WIDTHS = {"added": 48, "changed": 62, "unchanged": 50, "removed": 66}


def show_table(frame: pd.DataFrame, labels: Mapping[str, Any], key: str, **options: Any) -> None:
    """A frame from strangers' files: `st.dataframe` draws its cells as text, never as markup."""
    st.dataframe(
        frame,
        hide_index=True,
        row_height=ROW_HEIGHT,
        column_config=dict(labels),
        column_order=list(labels),
        key=key,
        **{"height": "content", "placeholder": ABSENT, **options},
    )


def show_figures(frame: pd.DataFrame, look: Look, *, has_header: bool = True) -> None:
    """Own short figures, numbers grouped and to the right; never for texts from a file."""
    said = frame.rename(
        columns={name: look.say(f"in.{name}") for name in frame.columns} if has_header else {}
    )
    numbers = said.select_dtypes("number").columns

    def grouped(count: Any) -> str:
        return look.language.number(count, 0)

    st.table(
        said.style.format(dict.fromkeys(numbers, grouped)),
        border="horizontal",
        hide_index=True,
        hide_header=not has_header,
    )


def show_account(draft: Draft, look: Look) -> None:
    """Every row in one place, and the sum; rows that stay out and values read otherwise as downloads."""
    account = row_account(draft.upload, draft.reading)
    title(look.say("in.account"), look.say("in.account.unit", n=account["read"]))
    rows = [(look.say(f"in.account.{name}"), count) for name, count in account.items()]
    show_figures(pd.DataFrame(rows, columns=["what", "rows"]), look, has_header=False)
    for table, count in also_found(draft.upload).items():
        grey(look.say("in.account.also", table=look.say(f"table.{table}"), count=count))
    if len(draft.upload.rejected):
        offer_csv(
            look.say("in.rejected.download"),
            lambda: intake_frames.rejected_rows(draft.upload, look.language),
            "rejected",
            "in.rejected",
        )
    if draft.upload.corrected_count:
        offer_csv(
            look.say("in.corrected.download", n=draft.upload.corrected_count),
            lambda: intake_frames.corrected_rows(draft.upload, look.language),
            "corrected",
            "in.corrected",
        )


def show_changes(draft: Draft, look: Look) -> None:
    """Rows per table, then orders and amount per month, before and after, in the user's unit."""
    unit = (
        look.say("in.changes.first")
        if draft.base is None
        else look.say("in.changes.unit", next=draft.next_number, number=draft.base.number)
    )
    title(look.say("in.changes"), unit)
    frame = intake_frames.table_changes(draft.difference, look.language)
    labels: dict[str, Any] = {"table": st.column_config.TextColumn(look.say("in.table"), width=74)}
    for name in frame.columns[1:]:
        labels[name] = st.column_config.NumberColumn(
            look.say(f"in.{name}"), format="localized", width=WIDTHS[name]
        )
    show_table(frame, labels, "in.changes.table")
    frame = intake_frames.month_changes(
        draft.difference, look.language, draft.upload.calendar.currency, look.money_unit
    )
    if len(frame):
        title(look.say("in.months"), look.say("in.months.unit"))
        shown = frame
        if len(frame) > SHOWN_MONTHS and not st.toggle(look.say("in.months.all"), key="in.months.all"):
            shown = frame.head(SHOWN_MONTHS)
        show_figures(shown[["month", "orders", "amount"]], look)
