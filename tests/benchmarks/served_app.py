"""The app as it is served, and beside it on the same server a page with an empty fragment, at `?empty=1`, and one that
imports a file, at `?import=PATH`.

Main script of `bench_reruns`; the fragment holds one slider and nothing else: what Streamlit itself takes for a move.
"""

import runpy
import tempfile
from pathlib import Path

import streamlit as st


@st.fragment
def stand_empty() -> None:
    st.slider("empty", 0, 100, 50, key="empty")


if st.query_params.get("empty"):
    stand_empty()
elif path := st.query_params.get("import"):
    with tempfile.TemporaryDirectory() as folder:
        from tests.benchmarks.bench_import import by_intake

        by_intake(Path(path), Path(folder))
    st.slider(
        "imported", 0, 1, 1, key="imported"
    )  # a reader takes a page without a control for one not drawn yet
else:
    runpy.run_path(str(Path(__file__).parents[2] / "app.py"))
