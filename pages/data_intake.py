"""Data: what did we get, and can it be trusted?"""

import streamlit as st

from segmentation.ui import intake_panels as panels
from segmentation.ui import intake_session as course
from segmentation.ui import intake_sidebar as sidebar
from segmentation.ui import intake_tables as tables
from segmentation.ui.drafts import current_scheme
from segmentation.ui.frame import require
from segmentation.ui.intake_history import show_history
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
    sidebar.show_done(session)
    draft = course.draft(session)
    tell_problem(session, draft)
    if draft is None:
        sidebar.show_empty(session)
        return
    with known_files:
        sidebar.describe_files(draft, session.look)
    panels.show_headline(draft, session.look)
    show_history(draft, session, current_scheme(session))
    if draft.difference.is_same and draft.base is not None:
        sidebar.show_nothing_new(draft, session, versions)
    left, right = st.columns([62, 33], gap="large")
    with left:
        understand(session, draft)
    with right:
        decide(session, draft)


def understand(session: Session, draft: Draft) -> None:
    """What was recognised, what is open, what was noticed, column by column and row by row."""
    panels.show_recognised(draft, session.look)
    answers = panels.ask_questions(draft, session.look)
    if answers is not None:
        course.revise(session, lambda desk: desk.answer(draft, answers))
    panels.show_issues(draft, session.look)
    corrections = panels.edit_columns(draft, session.look)
    if corrections:
        course.revise(session, lambda desk: desk.correct(draft, corrections))
    panels.show_preview(draft, session.look)


def decide(session: Session, draft: Draft) -> None:
    """Publish, the account of every row, and what the new version changes."""
    is_new = not draft.difference.is_same or draft.base is None
    if is_new and sidebar.offer_publish(draft, session):
        course.publish(session, draft, current_scheme(session))
    tables.show_account(draft, session.look)
    tables.show_changes(draft, session.look)


def tell_problem(session: Session, draft: Draft | None) -> None:
    """Why the last act was refused, that nothing was changed, and what to do."""
    problem = course.problem()
    if problem is None:
        return
    say = session.language.say
    with st.container(border=True):
        st.markdown(f":red[{problem}] {say('e.tail')}")
        if draft is not None and st.button(say("in.conflict.again"), key="in.conflict.again"):
            course.revise(session, lambda desk: desk.compare_again(draft))


require()
main(current())
