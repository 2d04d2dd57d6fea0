"""Rules without code: the rules in force as sentences with their live counts, and one's own built row by row.

Nothing is held here but which controls are drawn: whoever draws them says with `take` what becomes of changed rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from segmentation import rule_edits as edits
from segmentation.condition_sentences import say as say_condition
from segmentation.conditions import Node
from segmentation.coverage import Coverage
from segmentation.errors import SettingError
from segmentation.fields import FIELDS, field_of
from segmentation.i18n import Language
from segmentation.rule_edits import Line
from segmentation.rule_presets import PRESETS, RuleSet
from segmentation.ui.escape import plain
from segmentation.ui.rule_rows import RuleRows

SHOWN, GENERATION, REFUSED = "rules_shown", "rules_generation", "rules_refused"
SENTENCE_CHARACTERS = 600
Rules = tuple[Any, ...]
Take = Callable[[Rules], None]


def tell_rules(told: RuleSet, found: Coverage | None, language: Language) -> None:
    """Every rule as a sentence, what it takes beside it, and beneath them whom none takes."""
    for place, rule in enumerate(told.rules):
        name = plain(rule.text.in_(language.code))
        sentence = plain(say_condition(rule.condition, language), SENTENCE_CHARACTERS)
        told_rule = language.say("label.told", label=f"**{name}**", text=sentence)
        st.markdown(f"{place + 1}. {told_rule}  \n:gray[:small[{_count(found, place, language)}]]")
    if found is not None and told.rules:
        rest = plain(told.other[1].in_(language.code))
        st.markdown(f":gray[:small[{_rest(found, rest, language)}]]")


def _count(found: Coverage | None, place: int, language: Language) -> str:
    """First matches of a rule; how many more match it and were taken before; how many cannot be answered."""
    if found is None:
        return ""
    told = [language.say("rules.takes", n=int(found.first[place]))]
    if found.overlap_counts[place]:
        told.append(language.say("rules.overlap", n=int(found.overlap_counts[place])))
    if found.unknown[place]:
        told.append(language.say("rules.unknown", n=int(found.unknown[place])))
    return language.say("list.separator").join(told)


def _rest(found: Coverage, rest: str, language: Language) -> str:
    told = [language.say("rules.gap", n=found.gap_count, name=rest)]
    if found.undecided_count:
        told.append(language.say("rules.gap.undecided", n=found.undecided_count))
    return language.say("list.separator").join(told)


def ask_rules(rules: Rules, language: Language, texts: Mapping[str, Sequence[str]], take: Take) -> Rules:
    """The rows of one's own rules; `take` gets the whole changed list. Returns the rules as they are drawn.

    `texts`: values known of text fields, to choose from.
    """
    if (
        st.session_state.get(SHOWN) != rules
    ):  # another scheme, or rows came and went: new controls, see `controls`
        st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1
    st.session_state[SHOWN] = rules
    _tell_refused(language)
    lines = edits.read_lines(rules)
    if not lines:
        _offer_presets(language, take)
    for place in range(len(lines)):
        _draw_rule(lines, place, language, texts, take)
    st.button(
        language.say("rules.add"),
        key=_key("add"),
        on_click=lambda: _change(
            lambda: (*lines, Line(_new_name(lines, language), edits.START)), take, is_new_shape=True
        ),
    )
    return rules


def _key(*names: object) -> str:
    return ".".join(["rule_rows", str(st.session_state.get(GENERATION, 0)), *map(str, names)])


def _draw_rule(
    lines: tuple[Line, ...],
    place: int,
    language: Language,
    texts: Mapping[str, Sequence[str]],
    take: Take,
) -> None:
    line = lines[place]

    def change(make: Callable[[], Node | None], is_new_shape: bool) -> None:
        def lines_with() -> Sequence[Line]:
            new = make()
            return edits.with_line(lines, place, None if new is None else Line(line.segment, new))

        _change(lines_with, take, is_new_shape=is_new_shape)

    with st.container(border=True):
        key = _key(place, "name")
        st.text_input(
            language.say("rules.name", n=place + 1),
            line.segment,
            max_chars=60,
            key=key,
            on_change=lambda: _change(
                lambda: edits.with_line(lines, place, Line(st.session_state[key], line.condition)), take
            ),
        )
        RuleRows(line.condition, _key(place), language, texts, change).draw()
        _offer_places(lines, place, language, take)


def _offer_places(lines: tuple[Line, ...], place: int, language: Language, take: Take) -> None:
    """Up, down, and out: the order decides who takes a customer."""
    acts = {
        "up": (language.say("rules.up"), edits.moved(lines, place, -1), place == 0),
        "down": (language.say("rules.down"), edits.moved(lines, place, 1), place == len(lines) - 1),
        "delete": (language.say("rules.delete"), edits.with_line(lines, place, None), False),
    }
    with st.container(horizontal=True):
        for name, (label, changed, is_off) in acts.items():
            st.button(
                label,
                key=_key(place, name),
                disabled=is_off,
                on_click=partial(_change, partial(tuple, changed), take, is_new_shape=True),
            )


def _offer_presets(language: Language, take: Take) -> None:
    """Begin with a ready set: its segments then bear the names of the language they were taken in."""
    st.markdown(language.say("rules.start"))
    for name, told in PRESETS.items():
        lines = tuple(Line(rule.text.in_(language.code), rule.condition) for rule in told.rules)
        st.button(
            told.text.in_(language.code),
            key=_key("start", name),
            on_click=partial(_change, partial(tuple, lines), take, is_new_shape=True),
        )


def _new_name(lines: Sequence[Line], language: Language) -> str:
    taken = {line.segment for line in lines}
    number = len(lines) + 1
    while language.say("rules.new", n=number) in taken:
        number += 1
    return language.say("rules.new", n=number)


def _change(make: Callable[[], Sequence[Line]], take: Take, *, is_new_shape: bool = False) -> None:
    """Hand the changed rules on; what makes none is told and changes nothing."""
    st.session_state.pop(REFUSED, None)
    try:
        rules = edits.write_lines(make())
        take(rules)
    except SettingError as error:
        st.session_state[REFUSED] = error
        st.session_state.pop(SHOWN, None)  # the control shows again what is in force
        return
    if not is_new_shape:
        st.session_state[SHOWN] = rules


def _tell_refused(language: Language) -> None:
    error: SettingError | None = st.session_state.get(REFUSED)
    if error is not None:
        facts = {name: plain(v) if isinstance(v, str) else v for name, v in error.facts.items()}
        if "name" in error.facts:
            facts["name"] = plain(_field_name(str(error.facts["name"]), language))
        st.error(language.say(error.code, **facts))


def _field_name(name: str, language: Language) -> str:
    """What the page calls the field an error is about."""
    field = name.removesuffix(" top").removesuffix(" within")
    return field_of(field).text.in_(language.code) if field in FIELDS else name
