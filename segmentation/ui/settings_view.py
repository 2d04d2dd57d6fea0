"""Settings: language of the workspace and unit of money; both change nothing but the display."""

from __future__ import annotations

import streamlit as st

from segmentation.i18n import LANGUAGES, NATIVE_NAMES
from segmentation.ui.blocks import grey, title
from segmentation.ui.session import AUTHOR, LANGUAGE_KEY, Session, now
from segmentation.ui.settings_saved import key_of

BROWSER = "browser"
UNITS = {"en": ("auto", "1", "1000", "1000000"), "zh": ("auto", "1", "1000", "10000", "1000000")}
EXAMPLE_AMOUNT = 12_345_678.0


def ask_view(session: Session) -> None:
    """Language of the workspace and unit of money; both act at once and change nothing but the display."""
    look, settings = session.look, session.journal.settings()
    title(look.say("set.view"), look.say("set.view.unit"))
    names = {BROWSER: look.say("set.language.browser")} | {code: NATIVE_NAMES[code] for code in LANGUAGES}
    kept = settings.get("language")
    st.segmented_control(
        look.say("set.language"), list(names), default=kept if kept in LANGUAGES else BROWSER, required=True,
        format_func=names.__getitem__, key="set.language", on_change=_keep_language, args=(session,),
    )  # fmt: skip
    units = {unit: look.say(f"set.unit.{unit}") for unit in UNITS[look.language.code]}
    unit = settings.get("money_unit", "auto")
    st.selectbox(
        look.say("set.unit"), list(units), list(units).index(unit if unit in units else "auto"),
        format_func=units.__getitem__, key=key_of("unit", look), on_change=_keep_unit, args=(session,),
    )  # fmt: skip
    grey(look.say("set.unit.example", amount=look.money(EXAMPLE_AMOUNT)))


def _keep_language(session: Session) -> None:
    code = st.session_state["set.language"]
    chosen = code if code in LANGUAGES else None
    session.journal.change_setting("language", chosen, AUTHOR, now())
    if chosen is not None:
        st.session_state[LANGUAGE_KEY] = chosen


def _keep_unit(session: Session) -> None:
    unit = st.session_state[key_of("unit", session.look)]
    if unit in UNITS[session.look.language.code]:
        session.journal.change_setting("money_unit", unit, AUTHOR, now())
