"""Where do the lines go? Move the lines, watch the tiers, their conversion and their hours."""

import datetime as dt

import streamlit as st

from segmentation.schemes import Scheme
from segmentation.ui import (
    drafts,
    frame,
    held_lines,
    matrix_block,
    problems,
    scheme_bar,
    session,
    tuning_blocks,
    tuning_parts,
    tuning_places,
    turns,
)
from segmentation.ui.tuning_form import TuningForm
from segmentation.ui.tuning_places import Places

IS_WHOLE = "is_whole"  # whether everything outside the lines' fragment could be drawn

frame.require()


@st.fragment
def move_lines(
    bar: scheme_bar.SchemeBar, form: TuningForm, places: Places, draft: Scheme, as_of: dt.date
) -> tuning_blocks.Latest | None:
    """All that follows a line while it moves, and nothing else: the rest of the page is drawn when a rule changes."""
    here = session.current()
    with problems.shown(here.language):
        prepared = tuning_blocks.prepare_answer(here, draft, as_of)
        with (
            turns.taken()
        ):  # once the book has been read: readers wait for one another for this short part only
            draft = draft.changed(policy=form.read_lines(prepared))
            found = tuning_blocks.answer(here, draft, prepared)
            if not st.session_state[IS_WHOLE]:
                st.rerun()  # these lines work, those the page was drawn with did not
            drafts.keep(draft)
            held_lines.hold_lines(found.evaluation)
            tuning_parts.draw_moved(bar, form, places, found)
            return tuning_blocks.hold_latest(found)
    return None


here = session.current()
st.session_state[IS_WHOLE] = True
matrix_block.forget_lines()
scheme_bar.adopt_pending()
bar = scheme_bar.SchemeBar(here)
with problems.shown(here.language):
    form = TuningForm(here, bar.base)
    decided = form.ask()
    as_of = form.ask_list_date()
    drafts.forget_params()
    places = tuning_places.lay_out()
    latest = move_lines(bar, form, places, drafts.make_draft(bar.base, decided, bar.base.policy), as_of)
    st.session_state[IS_WHOLE] = latest is not None
    if latest is None:
        bar.offer_acts(bar.base, None)
    else:
        found = latest.answer
        bar.offer_acts(found.draft, found.evaluation, found.prepared)
        if not found.sentences.nobody(found.prepared.now):
            tuning_parts.draw_still(latest, places, form)
