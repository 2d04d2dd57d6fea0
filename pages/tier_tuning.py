"""Where do the lines go? Move the lines, watch the tiers, their conversion and their hours."""

import streamlit as st

from segmentation.ui import (
    blocks,
    drafts,
    frame,
    matrix_block,
    movers,
    problems,
    scheme_bar,
    session,
    sweep_block,
    thin_lines,
    tuning_blocks,
)
from segmentation.ui.tuning_form import TuningForm

frame.require()


@st.fragment
def tune() -> None:
    here = session.current()
    scheme_bar.adopt_pending()
    bar = scheme_bar.SchemeBar(here)
    with problems.shown(here.language):
        form = TuningForm(here, bar.base)
        decided = form.ask()
        as_of = form.ask_list_date()
        draft = drafts.make_draft(bar.base, decided, bar.base.policy)
        prepared = tuning_blocks.prepare_answer(here, draft, as_of)
        draft = draft.changed(policy=form.ask_lines(prepared))
        found = tuning_blocks.answer(here, draft, prepared)
        drafts.keep(draft, found.evaluation)
        bar.tell(draft, found.evaluation, prepared)
        form.tell_counts(found.evaluation)
        with form.histogram:
            tuning_blocks.draw_scores(found)
        told = found.sentences
        if nobody := told.nobody(prepared.now):
            thin_lines.draw_unrated(found, nobody)
            return
        blocks.headline(told.headline(), told.in_short(prepared.now))
        blocks.verdict([thin_lines.tell_thin(found)])
        tuning_blocks.draw_lanes(found)
        sweep_block.draw_every_line(found)
        movers.draw_movers(found)
        tuning_blocks.draw_budgets(found)
        matrix_block.draw_matrix_block(found)
        tuning_blocks.tell_ground(found)


tune()
