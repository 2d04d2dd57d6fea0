"""Settings: which money, calendar, hours and names are ours?"""

import streamlit as st

from segmentation.ui import settings_panels as panels
from segmentation.ui.alias_block import show_aliases
from segmentation.ui.blocks import headline
from segmentation.ui.drafts import current_scheme
from segmentation.ui.frame import require
from segmentation.ui.scheme_bar import SchemeBar
from segmentation.ui.session import Session, current


def main(session: Session) -> None:
    bar = SchemeBar(session, has_publish=False)
    scheme = current_scheme(session)
    bar.tell(scheme, None)
    headline(session.look.say("set.head"), session.look.say("set.rule"))
    panels.tell_saved()
    with st.container(key="pair"):
        left, right = st.columns(2, gap="large")
    with left:
        panels.ask_view(session)
        panels.ask_calendar(session)
        show_aliases(session)
    with right:
        names = panels.ask_tiers(scheme, session.look)
        hours = panels.ask_hours(session, scheme)
        save = st.container()  # above the long table, so that it is seen without scrolling
        minutes = panels.ask_minutes(scheme, session.look)
    with save:
        panels.offer_save(session, scheme, hours | {"minutes": minutes}, names)


require()
main(current())
