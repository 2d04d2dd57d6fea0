"""Who is who on the pages: pairs said and taken back in the settings, a customer merged from its own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import streamlit as st

from segmentation.aliases import mark_stopped, merge, take_back
from segmentation.figures.theme import Look
from segmentation.identities import Alias, Who, meanings, says_left
from segmentation.standing import Standing
from segmentation.store import Store, Version
from segmentation.store_decisions import ALIAS
from segmentation.ui import problems
from segmentation.ui.blocks import grey, title
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now, open_store, switch_version

SAVED_KEY = "alias_told"
MOST_CHARACTERS = 200
MOST_CHOICES = 5_000
MOST_EVENTS = 50


def show_aliases(session: Session) -> None:
    """Every pair with its button, and a form for one more; the sample company has none."""
    look = session.look
    title(look.say("alias.head"), look.say("alias.unit"))
    if session.is_sample:
        grey(look.say("alias.sample"))
        return
    tell_alias()
    held = [one for one in session.book.version.aliases if not one.is_apart]
    if not held:
        grey(look.say("alias.none"))
    for place, one in enumerate(held):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[{_pair(one, look)}]")
            _offer_back(session, one, f"alias.back.{place}")
    _show_history(session)
    with st.popover(look.say("alias.add")), st.form("alias.add", border=False):
        whose: tuple[Who, ...] = ("customer", "seller")
        who = st.segmented_control(
            look.say("alias.who"), whose, default="customer", required=True, key=f"alias.who.{look.language.code}",
            format_func=lambda code: look.say(f"alias.who.{code}"),
        )  # fmt: skip
        written = st.text_input(look.say("alias.written"), key="alias.written", max_chars=MOST_CHARACTERS)
        meant = st.text_input(look.say("alias.meant"), key="alias.meant", max_chars=MOST_CHARACTERS)
        is_sent = st.form_submit_button(look.say("alias.merge"), key="alias.send")
    if is_sent:
        _merge(session, Alias("seller" if who == "seller" else "customer", str(written), str(meant)))


def _show_history(session: Session) -> None:
    """Who said when that two names are one, or that they are not, newest first."""
    look, events = session.look, session.journal.events(ALIAS)
    if not events:
        return
    with st.popover(look.say("alias.history", n=len(events))):
        for event in reversed(events[-MOST_EVENTS:]):
            meant, about = event.payload.get("meant"), event.payload.get("who")
            code = "alias.history.merged" if meant else "alias.history.back"
            if about == "stopped":
                code = "alias.history.stopped" if meant else "alias.history.goes_on"
            facts = {"written": plain(event.key), "meant": plain(meant or ""), "who": plain(event.author)}
            st.markdown(f":small[{look.say(code, date=event.at.date(), **facts)}]")


def show_customer_aliases(session: Session, standing: Standing, customer_id: str) -> None:
    """Under which other names this customer's rows are written, each to be taken back, and merging it into another."""
    look = session.look
    if session.is_sample:
        return
    tell_alias()
    ends = meanings(session.book.version.aliases, "customer")
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        for place, one in enumerate(session.book.version.aliases):
            if one.who == "customer" and ends.get(one.written) == customer_id:
                st.markdown(f":small[{look.say('alias.profile.also', written=plain(one.written))}]")
                _offer_back(session, one, f"alias.also.{place}")
        with st.popover(look.say("alias.profile")):
            _ask_into(session, standing, customer_id)
        _offer_stop(session, customer_id)


def _offer_stop(session: Session, customer_id: str) -> None:
    """Mark the customer as stopped, or take that back."""
    look, held = session.look, session.book.version.aliases
    mark = next((one for one in held if (one.who, one.written) == ("stopped", customer_id)), None)
    if mark is not None and not mark.is_apart:
        told = look.say("alias.stopped", date=date.fromisoformat(mark.meant))
        st.markdown(f":small[{told}]", width="content")
        _offer_back(session, mark, "alias.goes_on")
    elif st.button(
        look.say("alias.stop"), key="alias.stop", type="tertiary", help=look.say("alias.stop.help")
    ):
        _publish(session, _stop, Alias("stopped", customer_id, customer_id), "alias.stop.done")


def _stop(store: Store, about: Alias, author: str, at: datetime) -> Version:
    return mark_stopped(store, about.written, author, at)


def _ask_into(session: Session, standing: Standing, customer_id: str) -> None:
    look, key = session.look, f"alias.into.{customer_id}"
    names = standing.features["name"]
    others = [known for known in names.index[:MOST_CHOICES] if known != customer_id]
    with st.form(key, border=False):
        chosen = st.selectbox(
            look.say("alias.profile.which"), others, None, help=look.say("alias.profile.help"), key=f"{key}.which",
            format_func=lambda known: f"{names[known]} ({known})", accept_new_options=True,
        )  # fmt: skip
        is_sent = st.form_submit_button(look.say("alias.merge"), key=f"{key}.send")
    if is_sent:
        _merge(session, Alias("customer", customer_id, str(chosen or "")))


def _pair(one: Alias, look: Look) -> str:
    if one.who == "stopped":
        return look.say("alias.pair.stopped", written=plain(one.written), date=date.fromisoformat(one.meant))
    left = ".left" if one.who == "seller" and says_left(one.written) else ""
    code = f"alias.pair.{one.who}" if not left else "alias.pair.left"
    return look.say(code, written=plain(one.written), meant=plain(one.meant))


def _offer_back(session: Session, one: Alias, key: str) -> None:
    label = session.look.say("alias.take_back")
    if st.button(label, type="tertiary", key=key):
        code = "alias.goes_on" if one.who == "stopped" else "alias.taken_back"
        _publish(session, take_back, one, code)


def _merge(session: Session, alias: Alias) -> None:
    _publish(session, merge, alias, "alias.merged")


def _publish(session: Session, act: Callable[..., Version], alias: Alias, code: str) -> None:
    """The next data version, told after the page is drawn again; a refusal is told where the button was."""
    store: Store = open_store(str(session.store_path))
    with problems.shown(session.language):
        version = act(store, alias, AUTHOR, now())
        switch_version(version.number)
        st.session_state[SAVED_KEY] = session.look.say(
            code, written=plain(alias.written), meant=plain(alias.meant), number=version.number
        )
        st.rerun()


def tell_alias() -> None:
    """What the last act did, once."""
    told = st.session_state.pop(SAVED_KEY, None)
    if told:
        st.markdown(f":green[**{told}**]")
