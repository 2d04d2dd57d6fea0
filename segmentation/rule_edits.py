"""Changes to a list of rules, each giving a new list: what a builder on a page does when somebody moves a control.

A path leads from a rule's condition to a node of its tree: places among the parts, () the whole condition. Every change
leaves a list that is valid: a field brings an operator, a value and a unit that fit it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from segmentation.condition_forms import from_plain, to_plain
from segmentation.conditions import (
    PRESENCE,
    UNITS,
    All,
    AnyOf,
    Condition,
    Node,
    Not,
    Value,
    children,
)
from segmentation.fields import FIELDS, field_of

Path = tuple[int, ...]
START = Condition("revenue_12m", ">", 100, "wan")


@dataclass(frozen=True)
class Line:
    """One rule of a list: the segment it leads to, and its condition."""

    segment: str
    condition: Node


def read_lines(rules: Sequence[Any]) -> tuple[Line, ...]:
    """The lines of the `rules` parameter of `methods.rules`."""
    return tuple(Line(str(name), from_plain(plain)) for name, plain in rules)


def write_lines(lines: Sequence[Line]) -> tuple[Any, ...]:
    """The `rules` parameter that says these lines."""
    return tuple((line.segment, to_plain(line.condition)) for line in lines)


def at(node: Node, path: Path) -> Node:
    """The node a path leads to."""
    return node if not path else at(children(node)[path[0]], path[1:])


def put(node: Node, path: Path, new: Node | None) -> Node | None:
    """The tree with another node there; None takes it out, and a group with it that would be left empty."""
    if not path:
        return new
    parts = list(children(node))
    changed = put(parts[path[0]], path[1:], new)
    parts[path[0] : path[0] + 1] = [] if changed is None else [changed]
    if not parts:
        return None
    return Not(parts[0]) if isinstance(node, Not) else type(node)(tuple(parts))  # type: ignore[call-arg, arg-type]


def add(node: Node, path: Path, new: Node) -> Node:
    """The tree with `new` as the last part of the group there; a single condition becomes a group of both."""
    told = at(node, path)
    if isinstance(told, All | AnyOf):
        grown: Node = type(told)((*told.parts, new))
    else:
        grown = All((told, new))
    found = put(node, path, grown)
    assert found is not None
    return found


def join(node: Node, path: Path, word: str) -> Node:
    """The group there joined by "all" or "any"."""
    group = All(children(at(node, path))) if word == "all" else AnyOf(children(at(node, path)))
    found = put(node, path, group)
    assert found is not None
    return found


def with_field(name: str, texts: Mapping[str, Sequence[str]]) -> Condition:
    """A first condition on a field; `texts` are values known of text fields, the first is taken."""
    field = field_of(name)
    if field.kind == "text":
        known = texts.get(name, ())
        return Condition(name, "=", known[0]) if known else Condition(name, "known")
    unit = UNITS[field.kind][0]
    operator = "within" if name in ("recency_days", "touch_recency_days") else ">="
    return Condition(name, operator, {"days": 90, "percent": 80}.get(unit, 1), unit)


def with_operator(told: Condition, operator: str, texts: Mapping[str, Sequence[str]]) -> Condition:
    """The condition by another operator, its value kept as far as the operator can take it."""
    start = with_field(told.field, texts)
    value: Value = told.value if told.value is not None else start.value
    units = ("percent",) if operator == "top" else UNITS[told.told.kind]
    unit = told.unit if told.unit in units and told.value is not None else units[0]
    first = value[0] if isinstance(value, tuple) else value
    if operator in PRESENCE:
        return replace(told, operator=operator, value=None, unit="")
    if first is None:  # a text field nothing is known of: there is no value to start from
        first = "?"
    if operator == "between":
        value = value if isinstance(value, tuple) and len(value) == 2 else (first, first)
    elif operator == "one_of":
        value = value if isinstance(value, tuple) else (first,)
    elif operator == "top":
        value = first if told.operator == "top" else 20
    else:
        value = first
    if operator == "within":
        value = max(float(first), 0.0)
    return replace(told, operator=operator, value=value, unit=unit)


def with_window(told: Condition, days: int) -> Condition:
    """The condition over another window, 0 = the one of the method."""
    return replace(told, window_days=days or None)


def moved(lines: Sequence[Line], place: int, step: int) -> tuple[Line, ...]:
    """The rule at `place` so many places further down, as far as there are places."""
    rest = [*lines[:place], *lines[place + 1 :]]
    rest.insert(max(0, min(place + step, len(rest))), lines[place])
    return tuple(rest)


def with_line(lines: Sequence[Line], place: int, line: Line | None) -> tuple[Line, ...]:
    """The list with another rule there, with one more at its end, or (None) without it."""
    return (*lines[:place], *(() if line is None else (line,)), *lines[place + 1 :])


def field_names() -> tuple[str, ...]:
    """The fields a builder offers, in the order of their table."""
    return tuple(FIELDS)
