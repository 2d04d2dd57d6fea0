"""Selections whose URL holds the value, never the translated text: a Chinese link opens in English and back.

Streamlit's own binding writes what `format_func` shows; sliders, numbers, dates and switches may use it, these not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st


def choose(
    label: str,
    texts: Mapping[str, str],
    default: str,
    key: str,
    *,
    on_change: Callable[[], None] | None = None,
    accepts_new: Callable[[str], bool] | None = None,
    **look: Any,
) -> str:
    """A selectbox over value → text; the value stands in the URL unless it is the default.

    `accepts_new` lets a person type a value of their own that passes it.
    """
    is_valid = _validity(texts, accepts_new)
    _start(key, default, is_valid)
    held = st.session_state[key]
    options = list(texts) if held in texts else [*texts, held]
    picked = st.selectbox(
        label,
        options,
        format_func=lambda value: texts.get(value, value),
        key=key,
        persist_state="session",
        on_change=on_change,
        accept_new_options=accepts_new is not None,
        **look,
    )
    value = picked if picked is not None and is_valid(picked) else default
    tell_url(key, value, default)
    return value


def switch(label: str, texts: Mapping[str, str], default: str, key: str) -> str:
    """One of a few, all in sight; the value stands in the URL unless it is the default."""
    _start(key, default, _validity(texts, None))
    picked = st.segmented_control(
        label,
        list(texts),
        format_func=texts.__getitem__,
        key=key,
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    value = picked or default
    tell_url(key, value, default)
    return value


def tell_url(key: str, value: str, default: str) -> None:
    """Keep the link as short as what differs from the defaults."""
    told = st.query_params.get(key)
    if value == default and told is not None:
        del st.query_params[key]
    elif value not in (default, told):
        st.query_params[key] = value


def _validity(texts: Mapping[str, str], accepts_new: Callable[[str], bool] | None) -> Callable[[str], bool]:
    return lambda value: value in texts or (accepts_new is not None and accepts_new(value))


def _start(key: str, default: str, is_valid: Callable[[str], bool]) -> None:
    """The link's value where it is a valid one, else the default; a kept value no longer valid gives way."""
    held = st.session_state.get(key, st.query_params.get(key))
    if held is None or not is_valid(str(held)):
        held = default
    if st.session_state.get(key) != held:
        st.session_state[key] = held


def first_of(values: Sequence[str], wanted: str) -> str:
    """`wanted` where it is among the values, else the first."""
    return wanted if wanted in values else values[0]
