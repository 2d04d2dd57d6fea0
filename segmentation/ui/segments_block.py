"""The groups a method names: whether there are more of them than results can tell apart, and what to think twice about.

Lines do not change any of it, so it stands outside their fragment.
"""

from __future__ import annotations

from math import isnan

import streamlit as st

from segmentation.figures.conversion import VALUE_OUTCOMES, is_thin
from segmentation.fragmentation import Fragmentation
from segmentation.guards import Guard, find_guards
from segmentation.i18n import Language
from segmentation.methods.base import Scored
from segmentation.standing import Standing
from segmentation.ui import blocks
from segmentation.ui.caches import fragmentation_once
from segmentation.ui.escape import plain
from segmentation.ui.tuning_blocks import Answer

MOST_NAMED, NAME_CHARACTERS = 4, 60


def draw_segments(found: Answer) -> None:
    """The segments in a table with their results, then what may be concluded; nothing for a method without any."""
    session, as_of = found.session, found.evaluation.as_of
    told = fragmentation_once(session.book, session.store_key, found.draft, as_of)
    checked = found.prepared.checked
    if told is None or checked is None:
        return
    say = session.language.say
    blocks.title(say("seg.title"), say("seg.unit", date=checked.as_of), say("seg.meaning"))
    with st.container(key="segments"):
        blocks.table([say(f"seg.column.{name}") for name in COLUMNS], _rows(told, checked, found))
        blocks.verdict(tell_fragmentation(told, checked.scored, found))


COLUMNS = ("segment", "customers", "share", "result", "range", "cases")


def _rows(told: Fragmentation, checked: Standing, found: Answer) -> list[list[str]]:
    look, outcome = found.session.look, found.draft.outcome
    write = look.money if outcome in VALUE_OUTCOMES else look.language.percent
    rows = []
    shares = look.language.percents([told.groups.at(name, "share") for name in told.names])
    for name, share in zip(told.names, shares, strict=True):
        customers, k, n, rate, low, high = told.groups.row(name, "customers", "k", "n", "rate", "low", "high")
        result, between, cases = "–", "–", "–"
        if n > 0:
            result = look.say("fig.few") if is_thin(n) else write(rate)
            between = "–" if isnan(low) else f"{write(low)}–{write(high)}"
            cases = "/".join(look.language.number(int(value)) for value in (k, n) if not isnan(value))
        rows.append(
            [
                name_of(name, checked.scored, look.language),
                look.language.number(int(customers)),
                share,
                result,
                between,
                cases,
            ]
        )
    return rows


def tell_fragmentation(told: Fragmentation, scored: Scored, found: Answer) -> list[str]:
    """How many segments there are in effect, how many pairs differ, and what is left once they are put together."""
    look, language = found.session.look, found.session.language
    result = language.say(f"fig.outcome.{found.draft.outcome}")
    count = language.number(told.effective_count, 1)
    sentences = [look.say("seg.effective", n=len(told.names), count=count)]
    if told.finding == "too_few":
        return [*sentences, look.say("seg.too_few")]
    if told.finding == "chance":
        chance = language.percent(told.chance)
        return [*sentences, look.say("seg.chance", result=result, chance=chance)]
    facts = {"n": len(told.apart), "total": told.pair_count, "result": result}
    sentences.append(look.say("seg.apart", **facts))
    if len(told.merged) < len(told.names):
        joined = [
            language.say("list.separator").join(name_of(name, scored, language) for name in group)
            for group in told.merged
        ]
        sentences.append(look.say("seg.merged", n=len(joined), groups=look.say("seg.beside").join(joined)))
    return sentences


def draw_guards(found: Answer) -> None:
    """In grey, under the controls of the method."""
    if told := tell_guards(found):
        blocks.grey(" ".join(told))


def tell_guards(found: Answer) -> list[str]:
    """What to think twice about in the method and its tiers."""
    session, now = found.session, found.prepared.now
    published = session.published
    reviewed_on = published.at.date() if published is not None else None
    guards = find_guards(now, found.draft, reviewed_on)
    return [_tell_guard(guard, now.scored, session.language) for guard in guards]


def _tell_guard(guard: Guard, scored: Scored, language: Language) -> str:
    names = [name_of(name, scored, language) for name in guard.segments]
    names += [plain(language.tier(name), NAME_CHARACTERS) for name in guard.tiers]
    listed = language.say("list.separator").join(names[:MOST_NAMED])
    facts = dict(guard.facts)
    if guard.code == "small":
        facts["share"] = language.percent(facts["share"])
    return language.say(f"guard.{guard.code}", **facts, names=listed)


def name_of(segment: str, scored: Scored, language: Language) -> str:
    """A segment in the reader's language; names a person gave are data."""
    text = scored.labels.get(segment)
    return plain(segment if text is None else text.in_(language.code), NAME_CHARACTERS)
