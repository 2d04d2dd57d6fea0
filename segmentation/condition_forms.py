"""Conditions as plain nested tuples of texts and numbers, which a scheme's TOML carries, and back.

("if", field, operator, value, unit, window_days)    value a number, a text or a tuple of them; 0 = the method's window
("all", part, …)   ("any", part, …)   ("not", part)
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from segmentation.conditions import MOST_DEPTH, All, AnyOf, Condition, Node, Not
from segmentation.errors import SettingError

Plain = tuple[Any, ...]
WORDS = ("if", "all", "any", "not")
LENGTH = 6


def to_plain(node: Node) -> Plain:
    """The nested form of a tree: `from_plain(to_plain(node)) == node`."""
    if isinstance(node, Condition):
        value = () if node.value is None else node.value
        return ("if", node.field, node.operator, value, node.unit, node.window_days or 0)
    if isinstance(node, Not):
        return ("not", to_plain(node.part))
    return ("all" if isinstance(node, All) else "any", *map(to_plain, node.parts))


def from_plain(plain: Any, level: int = 1) -> Node:
    """The tree a nested form tells; SettingError where it tells none."""
    if not isinstance(plain, Sequence) or isinstance(plain, str) or not plain:
        raise SettingError("e.rule.form", form=_shown(plain))
    if level > MOST_DEPTH:
        raise SettingError("e.setting", name="depth", value=level, rule=f"<= {MOST_DEPTH}")
    word, *rest = plain
    if word not in WORDS:
        near = ", ".join(difflib.get_close_matches(_shown(word), WORDS, 3)) or " | ".join(WORDS)
        raise SettingError("e.rule.word", word=_shown(word), near=near)
    if word == "if":
        return _condition(plain)
    if word == "not":
        if len(rest) != 1:
            raise SettingError("e.rule.form", form=_shown(plain))
        return Not(from_plain(rest[0], level + 1))
    parts = tuple(from_plain(part, level + 1) for part in rest)
    return All(parts) if word == "all" else AnyOf(parts)


def _condition(plain: Sequence[Any]) -> Condition:
    if len(plain) != LENGTH:
        raise SettingError("e.rule.form", form=_shown(plain))
    _, field, operator, value, unit, window = plain
    if isinstance(value, list):
        value = tuple(value)
    if not isinstance(unit, str) or isinstance(window, bool) or not isinstance(window, int):
        raise SettingError("e.rule.form", form=_shown(plain))
    return Condition(field, operator, None if value == () else value, unit, window or None)


def _shown(value: Any) -> str:
    """The beginning of what was given, for the message that refuses it."""
    return repr(value)[:60]
