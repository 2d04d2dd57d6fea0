"""One way looked at closely: when to use it, what data it takes, whether these are enough, and every date it was judged
on."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.ui.blocks import empty, grey, title
from segmentation.ui.escape import plain
from segmentation.ui.scoreboard_data import Asked
from segmentation.ui.scoreboard_panels import ROW_PIXELS
from segmentation.validation.board import Line, Scoreboard
from segmentation.validation.cards import PARTS, card_of, tell_sufficiency, weigh_data
from segmentation.validation.measures import OnDate
from segmentation.validation.present import Present
from segmentation.validation.telling import name_of, percent

CHOICE_KEY = "board.way"
SHOWN_ROWS = 12


def choose_line(board: Scoreboard, look: Look) -> Line | None:
    """The way to look at; the first one to begin with."""
    lines = {line.contender.key: line for line in board.lines}
    if not lines:
        return None
    names = {key: name_of(line.contender, look.language) for key, line in lines.items()}
    picked = st.selectbox(
        look.say("board.way"), list(lines), format_func=names.__getitem__, key=CHOICE_KEY, width=320
    )
    return lines[picked]


def show_card(asked: Asked, board: Scoreboard, line: Line, present: Present) -> None:
    """Use when, not when, data needed, and the verdict on the data at hand."""
    look, method = asked.session.look, line.contender.scheme.method
    if line.contender.problem is not None:
        return
    card = card_of(method, look.language)
    rated = present.count_rated(line.contender.key)
    told = tell_sufficiency(weigh_data(board, line, rated, len(present.customers)), look.language)
    texts = {part: card.texts[part] for part in PARTS if part in card.texts} | {"data": told}
    rows = [
        look.say("label.told", label=f"**{look.say(f'board.card.{part}')}**", text=text)
        for part, text in texts.items()
    ]
    st.markdown("\n\n".join(f":small[{row}]" for row in rows))
    if not card.texts:
        grey(card.help)


def show_dates(line: Line, look: Look) -> None:
    """Every date the way was judged on."""
    title(look.say("board.dates"), look.say("board.dates.unit"))
    if line.measures is None:
        empty(look.say("board.dates.none"))
        return
    frame = pd.DataFrame([_row(on, look) for on in reversed(line.measures.dates)])
    labels: dict[str, Any] = {
        name: st.column_config.NumberColumn(look.say(f"board.dates.{name}"), format="localized")
        if name in ("customers", "left_out")
        else st.column_config.TextColumn(look.say(f"board.dates.{name}"))
        for name in frame.columns
    }
    st.dataframe(
        frame,
        column_config=labels,
        hide_index=True,
        row_height=ROW_PIXELS,
        height="content",
        key="board.dates",
    )


def _row(on: OnDate, look: Look) -> dict[str, Any]:
    language = look.language
    auc = ABSENT
    if on.auc.is_known:
        low, high = (percent(end, language) for end in (on.auc.low, on.auc.high))
        auc = look.say("board.ranged", value=percent(on.auc.value, language), range=f"{low}–{high}")
    return {
        "month": language.month(on.on),
        "auc": auc,
        "base": percent(on.base_auc, language),
        "customers": on.rated_count,
        "left_out": on.left_out_count,
    }


def plain_name(line: Line, look: Look) -> str:
    """The way by name, as letters."""
    return name_of(line.contender, look.language, lambda text: plain(text, 40))
