"""Where do the lines go? Move the lines, watch the tiers, their conversion and their hours."""

import datetime as dt
from functools import partial

import streamlit as st

from segmentation.schemes import Scheme
from segmentation.ui import (
    drafts,
    frame,
    held_lines,
    matrix_block,
    movers,
    problems,
    scheme_bar,
    session,
    sweep_block,
    tuning_blocks,
    tuning_head,
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
            draw_moved(bar, form, places, found)
            return tuning_blocks.hold_latest(found)
    return None


def draw_moved(
    bar: scheme_bar.SchemeBar, form: TuningForm, places: Places, found: tuning_blocks.Answer
) -> None:
    """What a move of a line changes on the page."""
    bar.tell_state(found.draft, found.evaluation)
    form.draw_lines(found.prepared, found.evaluation, partial(tuning_blocks.draw_scores, found))
    with places.head:
        bar.tell_refused()
        if not tuning_head.draw_head(found):
            return
    tuning_blocks.draw_lanes(found, places.lanes)
    with places.sweep:
        sweep_block.draw_every_line(found)
    movers.draw_movers(found, places)
    tuning_blocks.draw_budgets(found)
    matrix_block.follow_lines(found)


def draw_still(latest: tuning_blocks.Latest, places: Places) -> None:
    """What stands between the parts that follow the lines, and below them."""
    tuning_blocks.draw_titles(latest.answer, places)
    sweep_block.draw_head(latest.answer, places)
    movers.draw_still(latest, places)
    matrix_block.draw_matrix_block(latest.answer)
    tuning_blocks.tell_ground(latest.answer)


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
            draw_still(latest, places)
