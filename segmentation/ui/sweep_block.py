"""Every possible line: its curves, whether the best-looking one beats chance, and how much was tried so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable

import streamlit as st

from segmentation.cutpoints import FEWEST_CUSTOMERS, Cutpoint, count_customers
from segmentation.figures.alternatives import describe_sweep
from segmentation.figures.sweep import draw_sweep, position_text
from segmentation.rates import UNITS
from segmentation.schemes import Scheme
from segmentation.sweep import Sweep, position_of, sweep_line
from segmentation.ui import blocks
from segmentation.ui.caches import best_line_once
from segmentation.ui.controls import hold_choice, switch
from segmentation.ui.escape import plain
from segmentation.ui.session import now
from segmentation.ui.tuning_blocks import Answer
from segmentation.ui.tuning_places import Places

LINE_KEY, TRIED_KEY = "curve", "tried_settings"
NAME_CHARACTERS = 12


def draw_head(found: Answer, places: Places) -> None:
    """The name of the block and, at the right, which line it is about."""
    say, texts = found.session.look.say, _line_texts(found)
    with places.sweep_head:
        blocks.title(say("sweep.title"), say("sweep.unit"), say("sweep.meaning"), width="stretch")
        if len(texts) > 1:
            switch(say("sweep.choose"), texts, "0", LINE_KEY)


def _line_texts(found: Answer) -> dict[str, str]:
    """Place of a line → its name on the switch."""
    look = found.session.look
    return {
        str(place): look.say("sweep.line", tier=plain(look.language.tier(name), NAME_CHARACTERS))
        for place, name in enumerate(found.evaluation.names[:-1])
    }


def draw_every_line(found: Answer) -> None:
    """Four panels for the line chosen, and what may be concluded from them."""
    session, evaluation, look = found.session, found.evaluation, found.session.look
    texts = _line_texts(found)
    place = int(hold_choice(texts, "0", LINE_KEY)) if len(texts) > 1 else 0
    best = best_line_once(session.book, session.store_key, found.draft, evaluation.as_of)
    sweep = sweep_line(found.prepared, evaluation, place, best)
    published = _published_line(found, place)
    figure = draw_sweep(sweep, evaluation.scheme.outcome, look, published)
    blocks.chart(figure, describe_sweep(sweep, evaluation.scheme.outcome, look), "sweep")
    ties = " ".join(found.sentences.ties(found.prepared.now.ladder))
    blocks.verdict([*_tell_best(found, sweep, best), _tell_tried(found.draft, found)], caveat=ties)


def _published_line(found: Answer, place: int) -> tuple[float, str] | None:
    """Where the published line takes as many customers, and its name; None where the tiers do not correspond."""
    against = found.against
    if against is None or len(against.names) != len(found.evaluation.names):
        return None
    customers = int(against.tiers["customers"][: place + 1].sum())
    name = found.session.look.say("sweep.published", revision=against.scheme.revision)
    return position_of(found.prepared, found.evaluation, place, customers), name


def _tell_best(found: Answer, sweep: Sweep, best: Cutpoint | None) -> list[str]:
    """Plateau and chance, or why neither can be said."""
    say, checked = found.session.look.say, found.prepared.checked
    if checked is None:
        return [say("sweep.undated" if found.evaluation.check.is_undated else "sweep.unchecked")]
    if best is None or sweep.plateau is None or sweep.best is None:
        counted = count_customers(checked.ladder, UNITS[found.evaluation.scheme.outcome])
        return [say("sweep.few", n=counted, need=2 * FEWEST_CUSTOMERS)]
    low, high, cut = (
        position_text(sweep.kind, position, found.session.look) for position in (*sweep.plateau, sweep.best)
    )
    facts = {"cut": cut, "n": best.position_count}
    message = "cut.luck"
    if best.beats_chance:
        message = "cut.reversed" if best.is_reversed else "cut.real"
    if best.position_count == 1:  # one position is no choice
        return [say(message, **facts)]
    plateau = say("cut.plateau.one", cut=cut) if low == high else say("cut.plateau", lo=low, hi=high)
    return [plateau, say(message, **facts)]


def _tell_tried(draft: Scheme, found: Answer) -> str:
    """How many settings this session has looked at: no correction knows of them."""
    since, seen = st.session_state.setdefault(TRIED_KEY, (now(), set[Hashable]()))
    seen.add((draft.unlined, draft.policy, found.evaluation.as_of))
    if len(seen) < 2:
        return ""
    moment: dt.datetime = since
    return f":gray[{found.session.look.say('cut.tried', n=len(seen), time=f'{moment:%H:%M}')}]"
