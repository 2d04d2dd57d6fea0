"""Download buttons: formula-safe files, made when clicked, under a name nobody else's file has."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pandas as pd
import streamlit as st

from segmentation.export.tables import excel_bytes

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\s]+')


def file_name(stem: str, ending: str) -> str:
    """`stem` and a mark of this session: large downloads of equal length are otherwise told apart by nothing."""
    mark = st.session_state.setdefault("download_mark", secrets.token_hex(3))
    return f"{_FORBIDDEN.sub('_', stem).strip('_') or 'tierboard'}_{mark}.{ending}"


def offer_csv(label: str, make: Callable[[], pd.DataFrame], stem: str, key: str) -> None:
    """A tertiary button in a block's last line; `make` runs on the click."""
    offer_file(label, lambda: excel_bytes(make()), stem, "csv", mime="text/csv", key=key)


def offer_file(label: str, make: Callable[[], bytes], stem: str, ending: str, *, mime: str, key: str) -> None:
    """The same for a file of any kind."""
    st.download_button(
        label,
        make,
        file_name(stem, ending),
        mime,
        key=key,
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )
