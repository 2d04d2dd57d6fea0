"""Settings: take one customer out of every kept upload and of the journal: counted first, confirmed by its number."""

from __future__ import annotations

import streamlit as st

from segmentation.store_erasure import erase_customer, find_traces
from segmentation.store_traces import Traces
from segmentation.ui import problems
from segmentation.ui.blocks import grey, title
from segmentation.ui.caches import shared_cache
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now, open_book, open_store, switch_version
from segmentation.ui.settings_saved import SAVED_KEY

MOST_CHARACTERS = 200
FOUND_KEY = "erase_found"


def ask_erasure(session: Session) -> None:
    """A number is looked up; what is stored about it stands there with counts; typing it again erases it."""
    look = session.look
    title(look.say("erase.head"), look.say("erase.unit"))
    if session.is_sample:
        grey(look.say("erase.sample"))
        return
    with st.form("erase.find", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(look.say("erase.customer"), key="erase.customer", max_chars=MOST_CHARACTERS)
        is_sent = st.form_submit_button(look.say("erase.count"), key="erase.count")
    if is_sent:
        st.session_state.pop(FOUND_KEY, None)
        with problems.shown(session.language):
            st.session_state[FOUND_KEY] = find_traces(open_store(str(session.store_path)), str(typed).strip())
    found: Traces | None = st.session_state.get(FOUND_KEY)
    if found is not None:
        _confirm(session, found)


def _confirm(session: Session, found: Traces) -> None:
    look, name = session.look, plain(found.customer_id)
    if found.is_empty:
        grey(look.say("e.erase.unknown", customer=name))
        return
    with st.container(border=True):
        rows, mentions = max(found.rows.values(), default=0), max(found.mentions.values(), default=0)
        st.markdown(
            look.say(
                "erase.found", customer=name, versions=len({*found.rows, *found.mentions}), rows=rows,
                mentions=mentions, decisions=found.decisions,
            )
        )  # fmt: skip
        if found.names:
            grey(plain(look.say("erase.names", names=look.say("list.separator").join(found.names)), 400))
        st.markdown(f":red[{look.say('erase.warning')}]")
        again = st.text_input(
            look.say("erase.again", customer=name),
            key=f"erase.again.{found.customer_id}",
            max_chars=MOST_CHARACTERS,
        )
        is_confirmed = str(again).strip() == found.customer_id
        if st.button(look.say("erase.now"), key="erase.now", type="primary", disabled=not is_confirmed):
            with problems.shown(session.language):
                _erase(session, found)


def _erase(session: Session, found: Traces) -> None:
    store = open_store(str(session.store_path))
    # Counted anew: another upload may have come since.
    version = erase_customer(store, find_traces(store, found.customer_id), AUTHOR, now())
    # What was computed of the versions before still names the customer.
    open_book.clear()
    shared_cache.clear()
    switch_version(version.number)
    st.session_state.pop(FOUND_KEY, None)
    st.session_state[SAVED_KEY] = session.look.say("erase.done", number=version.number)
    st.rerun()
