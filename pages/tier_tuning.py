"""Where do the lines go? Move the lines, watch the tiers, their conversion and their hours."""

import datetime as dt
from functools import partial

import streamlit as st

from segmentation.schemes import Scheme
from segmentation.tuning import Base
from segmentation.ui import (
    blocks,
    drafts,
    frame,
    held_lines,
    matrix_block,
    movers,
    problems,
    scheme_bar,
    session,
    sweep_block,
    thin_lines,
    tuning_blocks,
    turns,
)
from segmentation.ui.tuning_form import TuningForm

IS_WHOLE = "is_whole"  # whether everything outside the lines' fragment could be drawn

frame.require()


@st.fragment
def move_lines(
    bar: scheme_bar.SchemeBar, form: TuningForm, draft: Scheme, as_of: dt.date
) -> tuning_blocks.Answer | None:
    """All that follows a line while it moves, and nothing else: the rest of the page is drawn when a rule changes."""
    here = session.current()
    with problems.shown(here.language):
        prepared = tuning_blocks.prepare_answer(here, draft, as_of)
        return draw_moved(here, bar, form, draft, prepared)
    return None


def draw_moved(
    here: session.Session, bar: scheme_bar.SchemeBar, form: TuningForm, draft: Scheme, prepared: Base
) -> tuning_blocks.Answer:
    """What a move changes, once the book has been read for it: readers take turns for this short part only."""
    with turns.taken():
        draft = draft.changed(policy=form.read_lines(prepared))
        found = tuning_blocks.answer(here, draft, prepared)
        drafts.keep(draft)
        held_lines.hold_lines(found.evaluation)
        bar.tell_state(draft, found.evaluation)
        form.draw_lines(prepared, found.evaluation, partial(tuning_blocks.draw_scores, found))
        told = found.sentences
        if nobody := told.nobody(prepared.now):
            thin_lines.draw_unrated(found, nobody)
            return found
        blocks.headline(told.headline(), told.in_short(prepared.now))
        blocks.verdict([thin_lines.tell_thin(found)])
        tuning_blocks.draw_lanes(found)
        sweep_block.draw_every_line(found)
        movers.draw_movers(found)
        tuning_blocks.draw_budgets(found)
        if ties := told.ties(prepared.now.ladder):
            blocks.grey(" ".join(ties))
        matrix_block.follow_lines(found)
        if not st.session_state[IS_WHOLE]:
            st.rerun()  # these lines work, those the page was drawn with did not
        return found


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
    found = move_lines(bar, form, drafts.make_draft(bar.base, decided, bar.base.policy), as_of)
    st.session_state[IS_WHOLE] = found is not None
    if found is None:
        bar.offer_acts(bar.base, None)
    else:
        bar.offer_acts(found.draft, found.evaluation, found.prepared)
        if not found.sentences.nobody(found.prepared.now):
            matrix_block.draw_matrix_block(found)
            tuning_blocks.tell_ground(found)
