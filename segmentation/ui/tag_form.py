"""Making a tag: two levels and a note, by hand or by a rule built from rows, with whom the rule would tag."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from segmentation.answers import UNKNOWN, YES, answer
from segmentation.condition_sentences import say as say_condition
from segmentation.conditions import Node
from segmentation.errors import TierboardError
from segmentation.figures.theme import Look
from segmentation.rule_edits import START
from segmentation.standing import Standing
from segmentation.tag_bearers import read_features, with_windows
from segmentation.tag_presets import PRESETS
from segmentation.tags import MOST_CHARACTERS, MOST_NOTE_CHARACTERS, Registry, Tag, change_tag, make_tag
from segmentation.ui import problems
from segmentation.ui.blocks import grey
from segmentation.ui.caches import recall_of
from segmentation.ui.escape import plain
from segmentation.ui.rule_form import known_texts
from segmentation.ui.rule_rows import WINDOWS, RuleRows
from segmentation.ui.session import AUTHOR, Session, now
from segmentation.ui.tag_lines import SENTENCE_CHARACTERS

VIEW, LIST, NEW = "tags_view", "list", "new"
CONDITION, GENERATION, REFUSED, EDITED = (
    "tags_rule",
    "tags_rule_generation",
    "tags_rule_refused",
    "tags_edited",
)
KIND, GROUP, NAME, NOTE = "tags.new.kind", "tags.new.group", "tags.new.name", "tags.new.note"
TOLD = "tags_told"


def edit_rule(tag: Tag) -> None:
    """Go to the builder with the rule of a tag (called before the page is drawn)."""
    st.session_state[EDITED], st.session_state[CONDITION] = tag.id, tag.condition
    _redraw()
    st.session_state[VIEW] = NEW


def draw_form(session: Session, registry: Registry, standing: Standing) -> None:
    """A new tag, or another rule for one there is."""
    look = session.look
    edited = registry.tags.get(st.session_state.get(EDITED, ""))
    if edited is None:
        _draw_new(session, registry, standing)
        return
    st.markdown(look.say("tag.rule.of", name=plain(f"{edited.group} · {edited.name}", 84)))
    with _ask_rule(session, standing):
        with st.container(horizontal=True):
            st.button(
                look.say("tag.save"),
                type="primary",
                key="tags.rule.save",
                on_click=_save,
                args=(session, edited),
            )
            st.button(look.say("tag.rule.leave"), key="tags.rule.leave", on_click=_leave)
        _tell_refused(look)


def _draw_new(session: Session, registry: Registry, standing: Standing) -> None:
    look = session.look
    kind = st.radio(
        look.say("tag.kind"), ["manual", "automatic"], key=f"{KIND}.{look.language.code}", horizontal=True,
        format_func=lambda code: look.say(f"tag.kind.{code}"), label_visibility="collapsed",
    )  # fmt: skip
    grey(look.say(f"tag.kind.{kind}.help"))
    usual = (preset.group.in_(look.language.code) for preset in PRESETS)
    groups = list(dict.fromkeys([*registry.groups, *usual]))
    left, middle, right = st.columns((3, 3, 5))
    left.selectbox(
        look.say("tag.group"), groups, key=GROUP, accept_new_options=True,
        help=look.say("tag.group.help"),
    )  # fmt: skip
    middle.text_input(look.say("tag.name"), max_chars=MOST_CHARACTERS, key=NAME)
    right.text_input(look.say("tag.note"), max_chars=MOST_NOTE_CHARACTERS, key=NOTE)
    is_automatic = kind == "automatic"
    with _ask_rule(session, standing) if is_automatic else st.container():
        label, about = look.say("tag.make"), (session, is_automatic)
        st.button(label, type="primary", key="tags.make", on_click=_make, args=about)
        _tell_refused(look)


def _ask_rule(session: Session, standing: Standing) -> DeltaGenerator:
    """The rows of the rule, and beside them its sentence and whom it would tag; returns the place under these."""
    node = held_condition()

    def change(make: Callable[[], Node | None], is_new_shape: bool) -> None:
        try:
            st.session_state[CONDITION] = with_windows(make() or START)
            st.session_state.pop(REFUSED, None)
        except TierboardError as error:
            st.session_state[REFUSED], is_new_shape = error, True
        if is_new_shape:
            _redraw()

    key = f"tag_rule.{st.session_state.get(GENERATION, 0)}"
    texts = known_texts(standing.features)
    rows, told = st.columns((4, 5), gap="large")
    with rows:
        RuleRows(node, key, session.language, texts, change, windows=WINDOWS[1:]).draw()
    told.markdown(tell_rule(session, node))
    return told


def held_condition() -> Node:
    """The rule the builder stands on."""
    node: Node = st.session_state.get(CONDITION, START)
    return with_windows(node)


def tell_rule(session: Session, node: Node) -> str:
    """The rule as a sentence, and how many it would tag on the list date."""
    look, book = session.look, session.book
    features = read_features(book, [node], session.list_date, recall_of(book, session.store_key))
    answers = answer(node, features)
    told = [
        look.say("tag.rule.tags", n=int((answers == YES).sum()), count=len(answers), date=session.list_date)
    ]
    if unknown := int((answers == UNKNOWN).sum()):
        told.append(look.say("tag.usage.unknown", n=unknown))
    sentence = plain(say_condition(node, session.language), SENTENCE_CHARACTERS)
    return f"{sentence}  \n:gray[:small[{look.say('list.separator').join(told)}]]"


def _make(session: Session, is_automatic: bool) -> None:
    """Before anything is drawn again: what was typed stays where it makes no tag."""
    name = str(st.session_state.get(NAME) or "")
    try:
        make_tag(
            session.journal, str(st.session_state.get(GROUP) or ""), name,
            condition=held_condition() if is_automatic else None,
            note=str(st.session_state.get(NOTE) or ""), author=AUTHOR, at=now(),
        )  # fmt: skip
    except TierboardError as error:
        st.session_state[REFUSED] = error
        return
    st.session_state[TOLD] = session.look.say("tag.done.made", name=plain(name))
    st.session_state[NAME] = st.session_state[NOTE] = ""
    _leave()


def _save(session: Session, tag: Tag) -> None:
    try:
        change_tag(
            session.journal, tag.id, group=tag.group, name=tag.name, condition=held_condition(), note=tag.note,
            author=AUTHOR, at=now(),
        )  # fmt: skip
    except TierboardError as error:
        st.session_state[REFUSED] = error
        return
    st.session_state[TOLD] = session.look.say("tag.done.rule", name=plain(tag.name))
    _leave()


def _leave() -> None:
    """Back to the list, with nothing left of what was built."""
    for key in (EDITED, CONDITION, REFUSED):
        st.session_state.pop(key, None)
    _redraw()
    st.session_state[VIEW] = LIST


def _redraw() -> None:
    """New controls: those drawn before would go on showing what they held."""
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def _tell_refused(look: Look) -> None:
    error: TierboardError | None = st.session_state.get(REFUSED)
    if error is not None:
        st.markdown(f":red[{problems.tell(error, look.language)}]")
