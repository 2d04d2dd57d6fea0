"""A customer's tier set by hand: what was decided, withdrawn with one click, and the form that decides it."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from segmentation.errors import TierboardError
from segmentation.explanations import Explanation
from segmentation.figures.theme import Look
from segmentation.overrides import OTHER, REASONS, VALID_DAYS, Override, lift_override, set_override
from segmentation.ui import problems
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now

MOST_CHARACTERS = 200


def tell_override(override: Override, computed: str, look: Look) -> str:
    """Who set it to what until when and why, and what is computed; everything of strangers as letters."""
    reason = look.say(f"override.reason.{override.reason}")
    if override.note:
        reason = override.note if override.reason == OTHER else f"{reason} ({override.note})"
    return look.say(
        "override",
        tier=plain(look.language.tier(override.tier)),
        who=look.say("override.you") if override.author == AUTHOR else plain(override.author),
        date=override.expires_on,
        reason=plain(reason, 300),
        computed=plain(look.language.tier(computed)),
    )


def show_override(
    session: Session, told: Explanation, override: Override | None, names: tuple[str, ...]
) -> None:
    """The decision with its withdrawal, else the form; the sample company takes no decisions."""
    look, customer_id = session.look, told.customer_id
    if override is not None:
        st.markdown(tell_override(override, told.tier, look))
        if override.tier not in names:
            st.markdown(f":small[{look.say('override.unknown')}]")
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        with st.popover(look.say("override.ask")):
            if session.is_sample:
                st.markdown(f":small[{look.say('override.sample')}]")
            else:
                _ask(session, told, names)
        if override is not None:
            label, about = look.say("override.withdraw"), (session, customer_id)
            st.button(label, type="tertiary", key="override.withdraw", on_click=_withdraw, args=about)


def _withdraw(session: Session, customer_id: str) -> None:
    """Before anything is drawn again."""
    lift_override(session.journal, customer_id, since_on=session.list_date, author=AUTHOR, at=now())
    st.toast(session.look.say("override.withdrawn"))


def _ask(session: Session, told: Explanation, names: tuple[str, ...]) -> None:
    """Tier, reason, words, last day. Keys carry the customer: nothing typed about one is set for another."""
    look, key = session.look, f"override.{told.customer_id}"
    first_on = session.list_date
    last_on = first_on + dt.timedelta(days=VALID_DAYS)
    with st.form(key, border=False):
        tier = st.selectbox(
            look.say("override.tier"), names, format_func=look.language.tier, key=f"{key}.tier"
        )
        reason = st.selectbox(
            look.say("override.reason"), REASONS, key=f"{key}.reason",
            format_func=lambda code: look.say(f"override.reason.{code}"),
        )  # fmt: skip
        note = st.text_input(look.say("override.note"), key=f"{key}.note", max_chars=MOST_CHARACTERS)
        until = st.date_input(look.say("override.until"), last_on, min_value=first_on, key=f"{key}.until")
        is_sent = st.form_submit_button(look.say("override.set"), key=f"{key}.set")
    if not is_sent:
        return
    try:
        set_override(
            session.journal, told.customer_id, str(tier), str(reason), note=note, since_on=first_on,
            expires_on=until or last_on, author=AUTHOR, at=now(),
        )  # fmt: skip
    except TierboardError as error:
        st.markdown(f":red[{problems.tell(error, look.language)}]")
        return
    st.toast(look.say("override.done"))
    st.rerun()
