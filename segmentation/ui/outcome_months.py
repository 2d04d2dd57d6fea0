"""All customers month by month: of a large company only on request."""

from __future__ import annotations

import streamlit as st

from segmentation.results import Results
from segmentation.ui.blocks import empty
from segmentation.ui.outcome_data import are_months_known, months_once
from segmentation.ui.profile_months import tell_undated
from segmentation.ui.session import Session


def find_months(session: Session, churn_days: int) -> Results | None:
    """Measured, or None until asked for or where no whole month is on record; what is missing is said."""
    look = session.look
    if tell_undated(session):
        return None
    if not are_months_known(session, churn_days):
        count = session.book.version.rows.get("customers", 0)
        if not st.button(look.say("out.months.ask", n=count), help=look.say("profile.months.wait")):
            return None
    place = st.empty()

    def tell(done: int, count: int) -> None:
        place.progress(done / count, look.say("profile.months.progress", done=done, all=count))

    found = months_once(session, churn_days, tell)
    place.empty()
    if found is None:
        empty(look.say("out.months.none"))
    return found
