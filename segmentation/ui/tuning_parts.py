"""What stands on the tuning page: what a moved line draws again, and what is drawn when the rule changes."""

from __future__ import annotations

from functools import partial

from segmentation.ui import (
    group_lines,
    matrix_block,
    movers,
    scheme_bar,
    segments_block,
    sweep_block,
    tuning_blocks,
    tuning_head,
)
from segmentation.ui.tuning_form import TuningForm
from segmentation.ui.tuning_places import Places


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
    group_lines.draw_group_lines(found)
    matrix_block.follow_lines(found)


def draw_still(latest: tuning_blocks.Latest, places: Places, form: TuningForm) -> None:
    """What stands between the parts that follow the lines, below them, and under the method."""
    with form.remarks:
        segments_block.draw_guards(latest.answer)
    tuning_blocks.draw_titles(latest.answer, places)
    sweep_block.draw_head(latest.answer, places)
    movers.draw_still(latest, places)
    matrix_block.draw_matrix_block(latest.answer)
    segments_block.draw_segments(latest.answer)
    tuning_blocks.tell_ground(latest.answer)
