"""Settings: hours, minutes and names kept as a draft of the scheme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from segmentation.errors import TierboardError
from segmentation.schemes import Scheme
from segmentation.ui import drafts, problems
from segmentation.ui.blocks import grey
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now
from segmentation.ui.settings_saved import SAVED_KEY
from segmentation.ui.tier_names import rename


def offer_save(session: Session, scheme: Scheme, hours: dict[str, Any], names: Sequence[str]) -> None:
    """One button that keeps hours, minutes and names as a draft of the scheme; refused names say why."""
    look = session.look
    try:
        wanted = scheme.changed(policy=rename(scheme.policy, names), **hours)
    except TierboardError as error:
        st.markdown(f":red[{problems.tell(error, look.language)}]")
        return
    if session.is_sample:
        grey(look.say("ui.scheme.sample"))
    else:
        grey(look.say("set.draft"))
    is_same = wanted.changed(minutes=dict(wanted.minutes)) == scheme.changed(minutes=dict(scheme.minutes))
    st.button(
        look.say("set.apply"), type="primary", key="set.apply", disabled=session.is_sample or is_same,
        on_click=_save, args=(session, wanted),
    )  # fmt: skip


def _save(session: Session, wanted: Scheme) -> None:
    known = session.journal.schemes()
    name = wanted.name if wanted.name in known else session.look.say("ui.scheme.default_name")
    saved = session.journal.save_scheme(wanted.changed(name=name), AUTHOR, now())
    st.session_state[drafts.SCHEME_KEY] = drafts.scheme_key(saved)
    st.session_state["draft"] = st.session_state["adopt_next"] = saved
    st.session_state[SAVED_KEY] = session.look.say("ui.scheme.saved", name=plain(saved.name))
