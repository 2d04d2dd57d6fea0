"""The frame: open the session, draw what stands round every page, run the page. Start: `streamlit run app.py`."""

import streamlit as st

from segmentation.errors import TierboardError
from segmentation.ui import caches, drafts, frame, problems
from segmentation.ui.session import language_without_store, open_session

st.set_page_config(page_title="Tierboard", layout="wide", initial_sidebar_state=frame.SIDEBAR_PIXELS)
try:
    session = open_session()
except TierboardError as error:
    st.markdown(f":red[{problems.tell(error, language_without_store())}]")
    st.stop()
drafts.follow_book(session)
page = frame.choose_page(session.language)
frame.draw_frame(session)
with problems.shown(session.language):
    page.run()
caches.warm_up()
