"""The scoreboard as it stands on the page: finding, chart, a verdict for every way, and the measures behind them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from segmentation.figures.scoreboard import Row, describe_scoreboard, draw_scoreboard
from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.ui.blocks import chart, grey, headline, title
from segmentation.ui.escape import plain
from segmentation.ui.scoreboard_data import Asked, is_judged, judge_once
from segmentation.validation.board import Line, Scoreboard
from segmentation.validation.discrimination import Estimate
from segmentation.validation.telling import (
    name_of,
    percent,
    points,
    tell_board,
    tell_line,
    tell_short,
)

ROW_PIXELS = 30
NAME_CHARACTERS = 40
WIDTHS = {"name": 190, "verdict": 80, "value": 150, "gain": 165, "order": 92, "stays": 150, "luck": 100}


def replay(asked: Asked) -> Scoreboard | None:
    """The scoreboard where it is known, or once the button is pressed; None until then, with what would happen."""
    look, judging = asked.session.look, asked.judging
    if not is_judged(asked):
        headline(look.say("board.head.ask"), look.say("board.rule.ask"))
        with st.container(border=True):
            facts = {"ways": len(asked.contenders), "n": len(judging.dates), "days": judging.outcome_days}
            first, last = (look.language.month(judging.dates[end]) for end in (0, -1))
            st.markdown(f":small[{look.say('board.ask.text', **facts, first=first, last=last)}]")
            is_asked = st.button(look.say("board.ask"), type="primary", key="board.ask")
        if not is_asked:
            return None
    place = st.empty()

    def tell(done: int, count: int) -> None:
        place.progress(done / count, look.say("board.progress", done=done, all=count))

    known = is_judged(asked)
    board = judge_once(asked, None if known else tell)
    place.empty()
    if not known:
        st.rerun()  # the block that asked stands above
    return board


def show_finding(board: Scoreboard, look: Look) -> None:
    """The finding, and what it rests on."""
    judging = board.judging
    if not judging.dates:
        headline(tell_board(board, look.language, _plain), look.say("board.rule.none"))
        return
    outcome = look.say(f"fig.outcome.{judging.outcome}")
    facts = {
        "outcome": outcome[:1].lower() + outcome[1:],
        "days": judging.outcome_days,
        "n": len(judging.dates),
        "first": look.language.month(judging.dates[0]),
        "last": look.language.month(judging.dates[-1]),
    }
    headline(tell_board(board, look.language, _plain), look.say("board.rule", **facts))


def show_chart(board: Scoreboard, look: Look) -> None:
    """Ranked ways first, then those with too few cases; the simple sort where its AUC puts it."""
    title(look.say("board.chart"), look.say("board.chart.unit"), look.say("board.chart.meaning"))
    rows = chart_rows(board, look)
    if rows:
        chart(draw_scoreboard(rows, look), describe_scoreboard(rows, look), "board.chart")
    ways = sum(line.is_ranked for line in board.lines)
    grey(look.say("board.chart.note", n=ways))


def chart_rows(board: Scoreboard, look: Look) -> list[Row]:
    """A row for every way whose AUC is known."""
    lines = [*board.lines, *([] if board.baseline is None else [board.baseline])]
    rows = [
        Row(
            name_of(line.contender, look.language),
            line.measures.auc,
            line.measures.skill,
            is_hollow=not line.measures.has_enough,
            is_baseline=line.verdict == "baseline",
        )
        for line in lines
        if line.measures is not None and line.measures.auc.is_known
    ]
    return sorted(rows, key=lambda row: (row.is_hollow, -row.auc.value, row.is_baseline))


def show_verdicts(board: Scoreboard, look: Look) -> None:
    """One plain sentence for every way, the simple sort last."""
    title(look.say("board.verdicts"))
    lines = [*board.lines, *([] if board.baseline is None else [board.baseline])]
    told = "\n".join(f"- :small[{tell_line(line, look.language, _plain)}]" for line in lines)
    st.markdown(told.replace("~", "&#126;"))


def show_measures(board: Scoreboard, look: Look) -> None:
    """What else was measured, way by way."""
    lines = [
        line for line in (*board.lines, board.baseline) if line is not None and line.measures is not None
    ]
    if not lines:
        return
    title(look.say("board.table"), look.say("board.table.unit"), look.say("board.table.meaning"))
    frame = pd.DataFrame([measure_row(line, look) for line in lines])
    labels: dict[str, Any] = {
        name: st.column_config.TextColumn(
            look.say(f"board.column.{name}"), width=width, help=look.say(f"board.help.{name}")
        )
        for name, width in WIDTHS.items()
    }
    st.dataframe(
        frame,
        column_config=labels,
        hide_index=True,
        row_height=ROW_PIXELS,
        height="content",
        key="board.table",
    )


def measure_row(line: Line, look: Look) -> dict[str, str]:
    """The measures of one way as texts: figure, and its likely range in brackets."""
    told, language = line.measures, look.language
    assert told is not None
    gain = told.value_skill
    return {
        "name": name_of(line.contender, language),
        "verdict": tell_short(line, language),
        "value": _ranged(told.value_share, look),
        "gain": ABSENT
        if not gain.is_known
        else look.say(
            "board.ranged",
            value=_signed(gain.value, look),
            range=look.say("board.range", lo=points(gain.low, language), hi=points(gain.high, language)),
        ),
        "order": percent(told.order_chance, language)
        if told.order_chance < 1
        else language.percent(told.order_chance),
        "stays": _ranged(told.unchanged, look),
        "luck": percent(told.unchanged_by_luck, language),
    }


def _ranged(told: Estimate, look: Look) -> str:
    if not told.is_known:
        return ABSENT
    low, high = (percent(end, look.language) for end in (told.low, told.high))
    return look.say("board.ranged", value=percent(told.value, look.language), range=f"{low}–{high}")


def _signed(difference: float, look: Look) -> str:
    told = points(difference, look.language)
    return f"+{told}" if difference > 0 and told != "0" else told


def _plain(text: object) -> str:
    return plain(text, NAME_CHARACTERS)
