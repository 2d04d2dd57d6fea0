"""The frame: open the session, draw what stands round every page, run the page. Start: `streamlit run app.py`."""

import streamlit as st

from segmentation.errors import TierboardError
from segmentation.i18n import Language
from segmentation.ui import caches, frame, problems
from segmentation.ui.session import open_session

st.set_page_config(page_title="Tierboard", layout="wide", initial_sidebar_state=frame.SIDEBAR_PIXELS)
try:
    session = open_session()
except TierboardError as error:
    st.markdown(f":red[{problems.tell(error, Language('en'))}]")
    st.stop()
page = frame.choose_page(session.language)
frame.draw_frame(session)
with problems.shown(session.language):
    page.run()
caches.warm_up()
