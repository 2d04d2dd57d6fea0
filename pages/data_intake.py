"""Data: what did we get, and can it be trusted?"""

from collections.abc import Mapping

import streamlit as st

from segmentation.ui import intake_panels as panels
from segmentation.ui import intake_session as course
from segmentation.ui import intake_sidebar as sidebar
from segmentation.ui import intake_tables as tables
from segmentation.ui.drafts import current_scheme
from segmentation.ui.frame import require
from segmentation.ui.intake_columns import edit_columns
from segmentation.ui.intake_explained import explain_sheet
from segmentation.ui.intake_history import show_drifts, show_history
from segmentation.ui.scheme_bar import SchemeBar
from segmentation.ui.session import Session, current, open_store
from segmentation.ui.upload_state import Draft


def main(session: Session) -> None:
    SchemeBar(session, has_publish=False).tell(current_scheme(session), None)
    versions = open_store(str(session.store_path)).versions()
    with st.sidebar:
        sidebar.add_files(session.look)
        known_files = st.container()
        sidebar.show_versions(session, versions)
    # Blocks of varying length keep a place of their own: else those below are drawn anew and their open tab closes.
    with st.container():
        sidebar.show_done(session)
        draft = course.draft(session)
        tell_problem(session, draft)
    if draft is None:
        if refused := course.refused():
            explain_sheet(session, refused)
        else:
            sidebar.show_empty(session)
        return
    with known_files:
        sidebar.describe_files(draft, session.look)
    with st.container():
        panels.show_headline(draft, session.look)
        show_drifts(draft, session.look)
        show_history(draft, session, current_scheme(session))
        if draft.difference.is_same and draft.base is not None:
            sidebar.show_nothing_new(draft, session, versions)
    left, right = st.columns([62, 33], gap="large")
    with left:
        chosen = understand(session, draft)
    with right:
        decide(session, draft, chosen)


def understand(session: Session, draft: Draft) -> Mapping[str, str]:
    """What was recognised, what is open, what was noticed, column by column and row by row; the answers chosen."""
    look, chosen = session.look, dict[str, str]()
    panels.show_recognised(draft, look)
    tabs = panels.open_tabs(draft, look)
    for name, questions in (("questions", draft.open_questions), ("answers", draft.known_questions)):
        if name in tabs:
            with tabs[name]:
                chosen |= panels.ask_questions(draft, questions, look)
    with tabs["issues"]:
        panels.show_issues(draft, look)
    with tabs["columns"]:
        corrections = edit_columns(draft, look)
    with tabs["preview"]:
        panels.show_preview(draft, look)
    if corrections:
        course.revise(session, lambda desk: desk.correct(draft, corrections))
    return chosen


def decide(session: Session, draft: Draft, chosen: Mapping[str, str]) -> None:
    """Use the answers, publish, the account of every row, and what the new version changes."""
    act = sidebar.offer_acts(draft, chosen, session)
    if act == "answer":
        course.revise(session, lambda desk: desk.answer(draft, chosen))
    elif act == "publish":
        course.publish(session, draft, current_scheme(session))
    tables.show_account(draft, session.look)
    tables.show_changes(draft, session.look)


def tell_problem(session: Session, draft: Draft | None) -> None:
    """Why the last act was refused, that nothing was changed, and what to do."""
    problem = course.problem(session.language)
    if problem is None:
        return
    say = session.language.say
    with st.container(border=True):
        st.markdown(f":red[{problem}] {say('e.tail')}")
        if draft is not None and st.button(say("in.conflict.again"), key="in.conflict.again"):
            course.revise(session, lambda desk: desk.compare_again(draft))


require()
main(current())
