"""Methods: which way of scoring works on our data?"""

import streamlit as st

from segmentation.ui import problems
from segmentation.ui import scoreboard_panels as panels
from segmentation.ui.blocks import headline, title
from segmentation.ui.drafts import current_scheme
from segmentation.ui.frame import link_to, require
from segmentation.ui.scheme_bar import SchemeBar
from segmentation.ui.scoreboard_cards import choose_line, show_card, show_dates
from segmentation.ui.scoreboard_data import Asked, ask, present_once
from segmentation.ui.scoreboard_disagreements import show_agreement, show_disagreements
from segmentation.ui.session import Session, current
from segmentation.validation.board import Scoreboard


def main(session: Session) -> None:
    bar = SchemeBar(session, has_publish=False)
    bar.tell(current_scheme(session), None)
    with problems.shown(session.language):
        asked = ask(session)
        present = present_once(asked)
        if present.customers.empty:
            show_nobody(session)
            return
        board = panels.replay(asked)
        if board is not None:
            show_board(asked, board)


def show_board(asked: Asked, board: Scoreboard) -> None:
    look, present = asked.session.look, present_once(asked)
    panels.show_finding(board, look)
    if board.judging.dates:
        panels.show_chart(board, look)
    panels.show_verdicts(board, look)
    panels.show_measures(board, look)
    title(look.say("board.close"), look.say("board.close.unit"))
    line = choose_line(board, look)
    if line is not None:
        with st.container(key="pair"):
            left, right = st.columns(2, gap="large")
        with left:
            show_card(asked, board, line, present)
        with right:
            show_dates(line, look)
    with st.container(key="pair_agree"):
        left, right = st.columns([60, 40], gap="large")
    with left:
        show_disagreements(asked, present)
    with right:
        show_agreement(asked, present)


def show_nobody(session: Session) -> None:
    """No customer in these data: what would bring some."""
    headline(session.look.say("board.empty"), session.look.say("board.empty.text"))
    if st.button(session.look.say("profile.empty.go"), type="primary", key="board.empty.go"):
        st.switch_page(link_to("data_intake"))


require()
main(current())
