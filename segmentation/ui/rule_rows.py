"""The rows of one rule: field, comparison, value, unit, period, each a labelled control, groups of them in boxes.

Nothing is held here: a control that moves gives the whole changed condition to `Change`, and the page is drawn from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from segmentation import rule_edits as edits
from segmentation.conditions import (
    OPERATORS,
    PRESENCE,
    UNIT_TEXTS,
    All,
    AnyOf,
    Condition,
    Node,
    Not,
    Value,
    operators_of,
)  # fmt: skip
from segmentation.fields import FIELDS, field_of, windowed
from segmentation.i18n import Language, Text
from segmentation.rule_edits import Path

# What makes the changed condition (None = the rule is gone; it may refuse what was typed), and whether rows came or
# went: those are drawn as new controls.
Change = Callable[[Callable[[], Node | None], bool], None]
WINDOWS = (0, 30, 91, 182, 365, 730, 1095)


class RuleRows:
    """The controls of one rule's condition; `key` tells them from those of other rules and earlier ones. `windows` are
    the periods offered, 0 that of the method."""

    def __init__(
        self,
        root: Node,
        key: str,
        language: Language,
        texts: Mapping[str, Sequence[str]],
        change: Change,
        *,
        windows: Sequence[int] = WINDOWS,
    ) -> None:
        self.root, self.key, self.language, self.texts, self.change = root, key, language, texts, change
        self.windows = windows

    def draw(self, path: Path = ()) -> None:
        """A node and all below it."""
        node = edits.at(self.root, path)
        if isinstance(node, Condition):
            self._draw_condition(node, path)
            if not path:
                self._offer_more(path)
            return
        with st.container(border=bool(path)):
            if isinstance(node, Not):
                st.markdown(f"**{self.say('rules.not')}**")
                self.draw((*path, 0))
            else:
                self._ask_join(node, path)
                for place in range(len(node.parts)):
                    self.draw((*path, place))
                self._offer_more(path)

    def say(self, message_id: str, /, **facts: Any) -> str:
        return self.language.say(message_id, **facts)

    def _key(self, path: Path, role: str) -> str:
        return f"{self.key}.{'-'.join(map(str, path))}.{role}"

    def _put(self, path: Path, new: Callable[[], Node | None], *, is_new_shape: bool = False) -> None:
        self.change(lambda: edits.put(self.root, path, new()), is_new_shape)

    def _ask_join(self, node: All | AnyOf, path: Path) -> None:
        key = self._key(path, "join")
        st.radio(
            self.say("rules.join"),
            ["all", "any"],
            index=0 if isinstance(node, All) else 1,
            format_func=lambda word: (
                self.say("rules.join.all") if word == "all" else self.say("rules.join.any")
            ),
            key=key,
            horizontal=True,
            label_visibility="collapsed",
            on_change=lambda: self.change(lambda: edits.join(self.root, path, st.session_state[key]), False),
        )

    def _offer_more(self, path: Path) -> None:
        """One more condition in this group, or a group of its own joined the other way."""
        node = edits.at(self.root, path)
        other = All if isinstance(node, AnyOf) else AnyOf
        with st.container(horizontal=True):
            for role, new in (("condition", edits.START), ("group", other((edits.START,)))):
                st.button(
                    self.say("rules.add.condition") if role == "condition" else self.say("rules.add.group"),
                    key=self._key(path, f"add_{role}"),
                    on_click=partial(self.change, partial(edits.add, self.root, path, new), True),
                )

    def _draw_condition(self, told: Condition, path: Path) -> None:
        with st.container(border=True):
            self._select(
                "rules.field", path, "field", list(FIELDS), told.field,
                text=lambda name: field_of(name).text, changed=lambda name: edits.with_field(name, self.texts),
            )  # fmt: skip
            self._select(
                "rules.operator", path, f"{told.field}.operator", list(operators_of(told.told)), told.operator,
                text=OPERATORS.__getitem__, changed=lambda name: edits.with_operator(told, name, self.texts),
            )  # fmt: skip
            if told.operator not in PRESENCE:
                self._ask_value(told, path)
            if told.told.is_windowed:
                self._ask_window(told, path)
            st.button(
                self.say("rules.remove"),
                key=self._key(path, "remove"),
                on_click=lambda: self._put(path, lambda: None, is_new_shape=True),
            )

    def _select(
        self,
        label: str,
        path: Path,
        role: str,
        options: list[Any],
        held: Any,
        *,
        text: Callable[[Any], Text],
        changed: Callable[[Any], Condition],
    ) -> None:
        key, code = self._key(path, role), self.language.code
        shown = options if held in options else [*options, held]
        texts = {option: text(option).in_(code) for option in shown}
        st.selectbox(
            self.say(label),
            shown,
            shown.index(held),
            format_func=texts.__getitem__,
            key=key,
            label_visibility="collapsed",
            on_change=lambda: self._put(path, lambda: changed(st.session_state[key])),
        )

    def _ask_window(self, told: Condition, path: Path) -> None:
        own = Text(self.say("rules.window.own"), self.say("rules.window.own"))
        # The label with its period, as the sentence will say it.
        self._select(
            "rules.window", path, f"{told.field}.window", list(self.windows), told.window_days or 0,
            text=lambda days: windowed(told.told.text, days) if days else own,
            changed=lambda days: edits.with_window(told, days),
        )  # fmt: skip

    def _ask_value(self, told: Condition, path: Path) -> None:
        key = self._key(path, f"{told.field}.{told.operator}.value")

        def take(read: Callable[[], Value]) -> Callable[[], None]:
            return lambda: self._put(path, lambda: replace(told, value=read()))

        if told.told.kind == "text":
            self._ask_text(told, key, take)
        elif told.operator == "one_of":
            listed = told.value if isinstance(told.value, tuple) else ()
            typed = ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in listed)
            label = self.say("rules.value.list")
            st.text_input(label, typed, key=key, on_change=take(lambda: read_numbers(st.session_state[key])))
        else:
            values = told.value if isinstance(told.value, tuple) else (told.value,)
            keys = [f"{key}{place}" for place in range(len(values))]
            for own, value in zip(keys, values, strict=True):
                st.number_input(
                    self.say("rules.value"), value=float(value or 0), key=own, step=1.0, format="%.12g",
                    label_visibility="collapsed", on_change=take(lambda: _numbers(keys)),
                )  # fmt: skip
        if len(told.units) > 1:
            self._select(
                "rules.unit", path, f"{told.field}.unit", list(told.units), told.unit,
                text=UNIT_TEXTS.__getitem__, changed=lambda unit: replace(told, unit=unit),
            )  # fmt: skip

    def _ask_text(
        self, told: Condition, key: str, take: Callable[[Callable[[], Value]], Callable[[], None]]
    ) -> None:
        """Values known in the data, or typed."""
        known = list(self.texts.get(told.field, ()))
        held = [str(v) for v in (told.value if isinstance(told.value, tuple) else (told.value,))]
        options = list(dict.fromkeys([*known, *held]))
        label = self.say("rules.value")
        if told.operator == "contains":
            st.text_input(label, held[0], key=key, on_change=take(lambda: st.session_state[key]))
        elif told.operator == "one_of":
            st.multiselect(
                label, options, held, key=key, accept_new_options=True, placeholder=label,
                on_change=take(lambda: tuple(st.session_state[key])),
            )  # fmt: skip
        else:
            st.selectbox(
                label, options, options.index(held[0]), key=key, accept_new_options=True,
                on_change=take(lambda: st.session_state[key]),
            )  # fmt: skip


def _numbers(keys: Sequence[str]) -> Value:
    found = tuple(st.session_state[key] for key in keys)
    return found if len(found) > 1 else found[0]


def read_numbers(typed: str) -> Value:
    """Numbers as typed between any commas; what is no number stays text and is refused where it is compared."""
    parts = [part.strip() for part in typed.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    found: list[float | str] = []
    for part in parts:
        try:
            found.append(float(part))
        except ValueError:
            found.append(part)
    return tuple(found)
