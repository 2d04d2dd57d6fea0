"""The app as it is served, and beside it on the same server a page with an empty fragment, at `?empty=1`.

Main script of `bench_reruns`; the fragment holds one slider and nothing else: what Streamlit itself takes for a move.
"""

import runpy
from pathlib import Path

import streamlit as st


@st.fragment
def stand_empty() -> None:
    st.slider("empty", 0, 100, 50, key="empty")


if st.query_params.get("empty"):
    stand_empty()
else:
    runpy.run_path(str(Path(__file__).parents[2] / "app.py"))
