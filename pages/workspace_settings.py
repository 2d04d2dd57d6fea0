"""Settings: which money, calendar, hours and names are ours?"""

import streamlit as st

from segmentation.ui.alias_block import show_aliases
from segmentation.ui.blocks import headline
from segmentation.ui.drafts import current_scheme
from segmentation.ui.frame import require
from segmentation.ui.scheme_bar import SchemeBar
from segmentation.ui.session import Session, current
from segmentation.ui.settings_calendar import ask_calendar
from segmentation.ui.settings_checks import ask_checks
from segmentation.ui.settings_draft import offer_save
from segmentation.ui.settings_erasure import ask_erasure
from segmentation.ui.settings_hours import ask_hours, ask_minutes
from segmentation.ui.settings_retention import ask_retention
from segmentation.ui.settings_saved import tell_saved
from segmentation.ui.settings_tiers import ask_tiers
from segmentation.ui.settings_view import ask_view


def main(session: Session) -> None:
    bar = SchemeBar(session, has_publish=False)
    scheme = current_scheme(session)
    bar.tell(scheme, None)
    headline(session.look.say("set.head"), session.look.say("set.rule"))
    tell_saved()
    with st.container(key="pair"):
        left, right = st.columns(2, gap="large")
    with left:
        ask_view(session)
        ask_calendar(session)
        show_aliases(session)
        ask_checks(session)
    with right:
        names = ask_tiers(scheme, session.look)
        hours = ask_hours(session, scheme)
        save = st.container()  # above the long table, so that it is seen without scrolling
        minutes = ask_minutes(scheme, session.look)
        ask_retention(session)
        ask_erasure(session)
    with save:
        offer_save(session, scheme, hours | {"minutes": minutes}, names)


require()
main(current())
