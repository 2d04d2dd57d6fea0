"""Settings: how many data versions stay, what that takes away, and whether they can be restored."""

from __future__ import annotations

import streamlit as st

from segmentation.restorations import try_restoring
from segmentation.store_retention import DEFAULT, LIMITS, SETTING, Retention, kept_numbers, read_retention
from segmentation.ui import problems
from segmentation.ui.blocks import grey, title
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now, open_store
from segmentation.ui.settings_saved import SAVED_KEY, key_of

COUNT_PIXELS = 132


def ask_retention(session: Session) -> None:
    """Keep the last so many uploads, or those of the last so many months; what would go is counted before it is
    kept, and goes with the next publish."""
    look = session.look
    title(look.say("keep.head"), look.say("keep.unit"))
    if session.is_sample:
        grey(look.say("keep.sample"))
        return
    events = session.journal.events()
    held = read_retention(events)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = {unit: look.say(f"keep.by.{unit}") for unit in LIMITS}
        unit = st.segmented_control(
            look.say("keep.by"), list(LIMITS), default=held.unit, required=True,
            format_func=labels.__getitem__, key=key_of("keep", look),
        )  # fmt: skip
        chosen = unit or held.unit
        count = st.number_input(
            look.say("keep.count"), 1, LIMITS[chosen], held.count if chosen == held.unit else DEFAULT[chosen],
            key=f"keep.count.{chosen}", width=COUNT_PIXELS,
        )  # fmt: skip
    wanted = Retention(chosen, int(count))
    versions = open_store(str(session.store_path)).versions()
    going = sorted({v.number for v in versions} - kept_numbers(versions, events, asked=wanted))
    grey(_preview(session, len(versions), going))
    with st.container(horizontal=True):
        if st.button(look.say("keep.save"), key="keep.save", disabled=wanted == held):
            session.journal.change_setting(SETTING, wanted.written, AUTHOR, now())
            st.session_state[SAVED_KEY] = look.say("keep.saved")
            st.rerun()
        is_tried = st.button(
            look.say("drill.button"), key="keep.drill", type="tertiary", help=look.say("drill.help")
        )
    if is_tried:
        with problems.shown(session.language):
            _drill(session)


def _preview(session: Session, count: int, going: list[int]) -> str:
    if not going:
        return session.look.say("keep.none", all=count)
    names = ", ".join(str(number) for number in going[:12]) + ("…" if len(going) > 12 else "")
    return session.look.say("keep.going", n=len(going), all=count, names=names)


def _drill(session: Session) -> None:
    """Restore every kept version beside the store and compare its totals."""
    look = session.look
    with st.spinner(look.say("drill.running")):
        tried = try_restoring(open_store(str(session.store_path)))
    failed = [one for one in tried if not one.is_same]
    if not failed:
        st.markdown(
            f":green[**{look.say('drill.passed', n=len(tried), rows=sum(tried[-1].rows.values()))}**]"
        )
        return
    names = ", ".join(str(one.number) for one in failed)
    st.markdown(f":red[**{plain(look.say('drill.failed', n=len(failed), all=len(tried), names=names))}**]")
