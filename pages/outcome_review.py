"""Outcomes: did it work?"""

from typing import cast

import streamlit as st

from segmentation.groupings import By
from segmentation.tuning import Evaluation, draw_lines
from segmentation.ui import outcome_panels as panels
from segmentation.ui.blocks import empty, headline, title
from segmentation.ui.comfort_block import show_comfort
from segmentation.ui.controls import choose
from segmentation.ui.cycle_block import show_cycles
from segmentation.ui.drafts import current_scheme
from segmentation.ui.frame import link_to, require
from segmentation.ui.outcome_data import Followed, follow_once, window_of
from segmentation.ui.outcome_labels import tell_span
from segmentation.ui.outcome_months import find_months
from segmentation.ui.outcome_sentences import tell_finding, tell_unchecked
from segmentation.ui.override_block import show_overrides
from segmentation.ui.satisfaction_block import show_satisfaction
from segmentation.ui.scheme_bar import SchemeBar
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session, current
from segmentation.ui.tuning_blocks import prepare_answer

BY_KEY = "by"


def main(session: Session) -> None:
    bar = SchemeBar(session, has_publish=False)
    scheme = current_scheme(session)
    base = prepare_answer(session, scheme, session.list_date)
    if base.now.population == 0:
        bar.tell(scheme, None)
        show_nobody(session)
        return
    evaluation = draw_lines(base, scheme)
    bar.tell(scheme, evaluation)
    followed = follow_once(session, base, evaluation)
    by = choose_by(session, followed)
    headline(tell_finding(evaluation, session.look, by), Sentences(evaluation, session.look).dates())
    show_followed(session, evaluation, followed, by)
    show_satisfaction(session, base, evaluation, by)
    show_comfort(session, base, evaluation)
    show_overrides(session, base, evaluation)


def choose_by(session: Session, followed: Followed | None) -> By:
    """How the figures are grouped: whatever these data have something written for."""
    known = ["tier"] if followed is None else list(followed.results)
    texts = {by: session.look.say(f"out.by.{by}") for by in (*known, "month")}
    with st.sidebar:
        told = choose(
            session.look.say("out.by"), texts, "tier", BY_KEY, help=session.look.say("out.by.meaning")
        )
    return cast(By, told)


def show_followed(session: Session, evaluation: Evaluation, followed: Followed | None, by: By) -> None:
    """Measures, follow-ups and sales cycle of the groups asked for."""
    look = session.look
    if by == "month":
        found = find_months(session, evaluation.scheme.outcome_days)
    else:
        found = None if followed is None else followed.results[by]
    if found is not None:
        window = None if by == "month" else window_of(evaluation)
        title(look.say("out.title"), tell_span(window, look))
        panels.show_measures(found, look)
        panels.tell_basis(found, look)
        panels.show_figures(found, look, window)
        panels.show_kinds(found, look, window)
    elif by != "month":
        empty(tell_unchecked(evaluation, look))
    if followed is not None:
        of = "tier" if by == "month" else by
        show_cycles(followed.cycles[of], followed.results[of], look, window_of(evaluation))


def show_nobody(session: Session) -> None:
    """No customer in these data: what would bring some."""
    headline(session.look.say("profile.empty"), session.look.say("profile.empty.text"))
    if st.button(session.look.say("profile.empty.go"), type="primary", key="out.empty.go"):
        st.switch_page(link_to("data_intake"))


require()
main(current())
