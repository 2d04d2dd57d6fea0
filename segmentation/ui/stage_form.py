"""Stages of one's own: what each is called and which comes before which, best first.

Like rules, changed stages make a draft of their own, which the link names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from segmentation.errors import SettingError
from segmentation.i18n import Language
from segmentation.methods.base import Method
from segmentation.stages import STAGES
from segmentation.ui import drafts
from segmentation.ui.escape import plain
from segmentation.ui.session import current

REFUSED, GENERATION = "stages_refused", "stages_generation"


def has_stages(method: type[Method]) -> bool:
    """Whether a method puts customers into stages: it then says how fast they pass (`stage_pace`)."""
    return hasattr(method, "stage_pace")


def draw_stages(method: str, params: Mapping[str, Any], language: Language) -> None:
    """A row per stage with its name, and up and down; folded away until somebody wants to change it."""
    order = list(params.get("order", tuple(STAGES)))
    names = dict(params.get("names", ()))
    box = st.expander(language.say("stages.title"), key="stages", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(f":gray[:small[{language.say('stages.help')}]]")
        _tell_refused(language)
        for place, stage in enumerate(order):
            usual, key = STAGES[stage].in_(language.code), _key(stage)
            renamed = partial(_rename, method, params, stage, key)
            st.text_input(usual, names.get(stage, usual), key=key, max_chars=60, on_change=renamed)
            with st.container(horizontal=True):
                for name, step, is_off in (("up", -1, place == 0), ("down", 1, place == len(order) - 1)):
                    act = partial(_move, method, params, order, place, step)
                    label = language.say(f"rules.{name}")
                    st.button(label, key=f"{key}.{name}", disabled=is_off, on_click=act)


def _key(stage: str) -> str:
    return f"stage.{st.session_state.get(GENERATION, 0)}.{stage}"


def _move(method: str, params: Mapping[str, Any], order: Sequence[str], place: int, step: int) -> None:
    moved = list(order)
    moved.insert(place + step, moved.pop(place))
    _take(method, {**params, "order": tuple(moved)})


def _rename(method: str, params: Mapping[str, Any], stage: str, key: str) -> None:
    """An empty name, or the usual one, is no name of one's own."""
    typed = str(st.session_state[key]).strip()
    names = {known: name for known, name in params.get("names", ()) if known != stage}
    if typed and typed not in (STAGES[stage].en, STAGES[stage].zh):
        names[stage] = typed
    _take(method, {**params, "names": tuple(sorted(names.items()))})


def _take(method: str, params: Mapping[str, Any]) -> None:
    """What makes no method is told and changes nothing; the rows are drawn as new controls either way."""
    st.session_state.pop(REFUSED, None)
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1
    try:
        drafts.take_params(current(), method, params)
    except SettingError as error:
        st.session_state[REFUSED] = error


def _tell_refused(language: Language) -> None:
    error: SettingError | None = st.session_state.get(REFUSED)
    if error is not None:
        facts = {name: plain(fact) if isinstance(fact, str) else fact for name, fact in error.facts.items()}
        st.error(language.say(error.code, **facts))
