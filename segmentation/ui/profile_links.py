"""From a customer in a list to the page about it: a click on the name opens it, under the same link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from segmentation.ui.frame import link_to

NAME, CUSTOMER, SEARCH = "name", "customer", "profile.search"
# Spread into `st.dataframe`: one cell can be chosen, and choosing it runs the list's own fragment again.
CLICKABLE: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-cell"}


def open_clicked(table: Any, customer_ids: Sequence[str]) -> None:
    """`table` is what `st.dataframe` returned, `customer_ids` are those of its rows; a cell of another column than the
    name opens nothing."""
    cells = table["selection"]["cells"]
    if cells and cells[0][1] == NAME:
        st.session_state[SEARCH] = ""  # what was looked for there before would hide who was clicked here
        asked = st.query_params.to_dict() | {CUSTOMER: customer_ids[cells[0][0]]}
        st.switch_page(link_to("customer_profile"), query_params=asked)
