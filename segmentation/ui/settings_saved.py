"""Settings: what the last act kept, told once, and keys of selections."""

from __future__ import annotations

import streamlit as st

from segmentation.figures.theme import Look

SAVED_KEY = "set.saved"


def key_of(name: str, look: Look) -> str:
    """A selection keeps the labels it was first drawn with: each language has its own."""
    return f"set.{name}.{look.language.code}"


def tell_saved() -> None:
    """What the last act kept, once."""
    told = st.session_state.pop(SAVED_KEY, None)
    if told:
        st.markdown(f":green[**{told}**]")
