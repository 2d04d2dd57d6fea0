"""Where every group has lines of its own: the score of the method at which each tier begins there."""

from __future__ import annotations

from segmentation.ui import blocks
from segmentation.ui.escape import plain
from segmentation.ui.tuning_blocks import Answer
from segmentation.within import COLUMNS, line_in, own_groups

MOST_GROUPS, NAME_CHARACTERS = 30, 40


def draw_group_lines(found: Answer) -> None:
    """A row per group, the customers placed among all last; nothing where all share their lines."""
    by, fitted = found.draft.lines_within, found.prepared.now.scored.fitted
    groups = own_groups(fitted)
    if not by or not groups:
        return
    language, evaluation = found.session.language, found.evaluation
    say, column = language.say, COLUMNS[by].in_(language.code)
    blocks.title(say("tune.within.title", name=column), say("tune.within.unit"))
    rows = []
    for group in (*groups[:MOST_GROUPS], None):
        name = say("tune.within.rest") if group is None else plain(group, NAME_CHARACTERS)
        lines = [line_in(group, cut, fitted) for cut in evaluation.cuts]
        rows.append([name, *(language.number(line, 1) for line in lines)])
    tiers = [
        say("tune.within.from", tier=plain(language.tier(name), NAME_CHARACTERS))
        for name in evaluation.names[:-1]
    ]
    blocks.table([column[:1].upper() + column[1:], *tiers], rows)
    if len(groups) > MOST_GROUPS:
        blocks.grey(say("tune.within.more", n=len(groups) - MOST_GROUPS))
