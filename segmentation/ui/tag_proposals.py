"""Tags to begin with: each proposal with its rule and whom it would tag; nothing is made without a click."""

from __future__ import annotations

import streamlit as st

from segmentation.answers import UNKNOWN, YES, answer
from segmentation.condition_sentences import say as say_condition
from segmentation.figures.theme import Look
from segmentation.tag_bearers import read_features, with_windows
from segmentation.tag_presets import PRESETS, TagPreset
from segmentation.tags import Registry, make_tag
from segmentation.ui import problems
from segmentation.ui.blocks import grey
from segmentation.ui.caches import recall_of
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now
from segmentation.ui.tag_lines import CHIPS, SENTENCE_CHARACTERS

WIDTHS = (26, 44, 20, 10)


def draw_proposals(session: Session, registry: Registry) -> None:
    """Those not taken yet that tell customers apart; in the sample company they can only be looked at."""
    look, book = session.look, session.book
    taken = {tag.condition for tag in registry.core}
    presets = [preset for preset in PRESETS if with_windows(preset.condition) not in taken]
    rules = [with_windows(preset.condition) for preset in presets]
    features = read_features(book, rules, session.list_date, recall_of(book, session.store_key))
    offered = dict[TagPreset, tuple[int, int, int]]()
    for preset, rule in zip(presets, rules, strict=True):
        answers = answer(rule, features)
        k = int((answers == YES).sum())
        if 0 < k < len(answers):  # on everybody or nobody it says nothing
            offered[preset] = k, len(answers), int((answers == UNKNOWN).sum())
    if not offered:
        grey(look.say("tag.proposals.none"))
        return
    grey(look.say("tag.proposals.sample" if session.is_sample else "tag.proposals.help"))
    for preset, counts in offered.items():
        _draw(session, preset, counts)


def _draw(session: Session, preset: TagPreset, counts: tuple[int, int, int]) -> None:
    look, code = session.look, session.language.code
    place = PRESETS.index(preset)
    named, rule, used, taking = st.columns(WIDTHS, vertical_alignment="center")
    with named, st.container(key=f"{CHIPS}_proposal_{place}"):
        text = f"{preset.group.in_(code)} · {preset.name.in_(code)}"
        st.markdown(f":gray-badge[{plain(text, 84)}]")
    with rule:
        grey(plain(say_condition(with_windows(preset.condition), session.language), SENTENCE_CHARACTERS))
    with used:
        st.markdown(f":small[{_tell_counts(counts, look)}]")
    taking.button(
        look.say("tag.proposals.take"), key=f"tags.take.{place}", on_click=_take, args=(session, preset),
        disabled=session.is_sample,
    )  # fmt: skip


def _tell_counts(counts: tuple[int, int, int], look: Look) -> str:
    k, n, unknown = counts
    told = [look.say("tag.usage", k=k, count=n, share=look.language.percent(k / n if n else None))]
    if unknown:
        told.append(f":gray[{look.say('tag.usage.unknown', n=unknown)}]")
    return "  \n".join(told)


def _take(session: Session, preset: TagPreset) -> None:
    """The tag bears the names of the language it was taken in."""
    code = session.language.code
    with problems.shown(session.language):
        make_tag(
            session.journal, preset.group.in_(code), preset.name.in_(code), condition=with_windows(preset.condition),
            author=AUTHOR, at=now(),
        )  # fmt: skip
