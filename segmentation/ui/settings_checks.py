"""Settings: from where on a check of an upload counts, and whether it then stops, warns or is only noted."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from segmentation.errors import SettingError
from segmentation.imports import read_thresholds
from segmentation.settings import CHECK_KINDS, CHECKS_SETTING, Check, CheckKind, Level, Thresholds
from segmentation.ui import problems
from segmentation.ui.blocks import grey, title
from segmentation.ui.session import AUTHOR, Session, now, open_store
from segmentation.ui.settings_saved import SAVED_KEY, key_of

LEVEL_PIXELS = 210


def ask_checks(session: Session) -> None:
    """One line per check; all of them are kept with one button and hold from the next upload on."""
    look = session.look
    title(look.say("check.head"), look.say("check.unit"))
    if session.is_sample:
        grey(look.say("check.sample"))
        return
    held = read_thresholds(open_store(str(session.store_path)))
    with st.form("set.checks", border=False):
        wanted = {name: _ask(session, name, kind, getattr(held, name)) for name, kind in CHECK_KINDS.items()}
        pressed = st.form_submit_button(look.say("check.save"), key="check.save")
    if pressed:
        with problems.shown(session.language):
            _keep(session, held, wanted)


def _ask(session: Session, name: str, kind: CheckKind, held: Check) -> tuple[float, str]:
    look, scale = session.look, 100.0 if kind.unit == "share" else 1.0
    named = look.say(f"check.start.{kind.unit}", check=look.say(f"check.{name}"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = st.number_input(
            named, kind.low * scale, kind.high * scale, held.start * scale, 1.0, format="%g",
            help=look.say(f"check.help.{name}"), key=f"check.{name}.start",
        )  # fmt: skip
        level = st.segmented_control(
            look.say("check.level"), list(kind.levels), default=held.level, required=True, width=LEVEL_PIXELS,
            format_func=_labels(session).__getitem__, key=key_of(f"check.{name}", look),
            label_visibility="collapsed",
        )  # fmt: skip
    return float(start) / scale, str(level or held.level)


def _labels(session: Session) -> dict[str, str]:
    return {level: session.look.say(f"check.level.{level}") for level in get_args(Level)}


def _keep(session: Session, held: Thresholds, wanted: dict[str, tuple[float, str]]) -> None:
    look = session.look
    levels = {name: kind.levels for name, kind in CHECK_KINDS.items()}
    told = {name: {"start": start, "level": level} for name, (start, level) in wanted.items()}
    if any(level not in levels[name] for name, (_, level) in wanted.items()):
        raise SettingError("e.setting", name=CHECKS_SETTING, value="", rule="stop | warn | note")
    found = Thresholds.read(told)
    if found == held:
        grey(look.say("set.data.same"))
        return
    session.journal.change_setting(CHECKS_SETTING, found.written, AUTHOR, now())
    changed = [
        look.say(f"check.{name}") for name in CHECK_KINDS if getattr(found, name) != getattr(held, name)
    ]
    st.session_state[SAVED_KEY] = look.say("check.saved", checks=look.say("list.separator").join(changed))
    st.rerun()
