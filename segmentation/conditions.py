"""Conditions a person builds without code: field, operator, value, unit, window, joined by and, or, not.

They are data and never run as text: an operator is looked up in a fixed table, a value is compared. Answers are
three-valued (Kleene 1938, strong logic): a comparison with an unknown value is unknown, `all` is the least of its
answers, `any` the greatest, with no < unknown < yes.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from segmentation.errors import SettingError
from segmentation.features import ATTRIBUTE_PREFIX
from segmentation.fields import Field, field_of, months_in_days
from segmentation.i18n import Text

Value = float | str | tuple[float | str, ...] | None
MOST_DEPTH, MOST_CONDITIONS, MOST_CHARACTERS, MOST_ITEMS, MOST_WINDOW_DAYS = 4, 60, 200, 200, 3650
MOST_NUMBER = 1e15

# Unit → by how much a value in it is multiplied; days and months by the calendar.
SCALES: Mapping[str, Decimal] = {
    "": Decimal(1),
    "wan": Decimal(10_000),
    "million": Decimal(1_000_000),
    "percent": Decimal("0.01"),
    "days": Decimal(1),
    "months": Decimal(0),
}
UNITS: Mapping[str, tuple[str, ...]] = {
    "amount": ("", "wan", "million"),
    "share": ("percent",),
    "days": ("days", "months"),
    "count": ("",),
    "number": ("",),
    "text": ("",),
}
UNIT_TEXTS: Mapping[str, Text] = {
    "": Text("as it is", "原单位"),
    "wan": Text("10,000", "万"),
    "million": Text("million", "百万"),
    "percent": Text("%", "%"),
    "days": Text("days", "天"),
    "months": Text("months", "个月"),
}
COMPARISONS: Mapping[str, str] = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "=": "=", "!=": "≠"}
PRESENCE = ("known", "unknown")
OPERATORS: Mapping[str, Text] = {
    **{name: Text(sign, sign) for name, sign in COMPARISONS.items()},
    "between": Text("from … to …", "在…到…之间"),
    "one_of": Text("is one of", "是其中之一"),
    "contains": Text("contains", "包含"),
    "known": Text("is recorded", "有记录"),
    "unknown": Text("is not recorded", "无记录"),
    "within": Text("within the last", "在最近…之内"),
    "top": Text("among the highest", "排在前"),
}


def operators_of(field: Field) -> tuple[str, ...]:
    """The operators that make sense for a field."""
    if field.kind == "text":
        return ("=", "!=", "one_of", "contains", *PRESENCE)
    within = ("within",) if field.event else ()
    return (*COMPARISONS, "between", "one_of", *within, "top", *PRESENCE)


@dataclass(frozen=True)
class Condition:
    """One comparison. `value` is in `unit`; `window_days` None = the window of the method.

    `within`: so many days back at most · `between`: both ends included · `top`: among the highest so many percent of
    the customers of whom the field is known, equal values kept together · texts are compared without regard to case.
    SettingError with a code and the near matches for whatever makes no condition.
    """

    field: str
    operator: str
    value: Value = None
    unit: str = ""
    window_days: int | None = None

    def __post_init__(self) -> None:
        told = field_of(_text(self.field, "field"))
        if self.operator not in operators_of(told):
            near = difflib.get_close_matches(str(self.operator)[:40], OPERATORS, 3)
            allowed = ", ".join(near or operators_of(told))
            raise SettingError(
                "e.rule.operator", name=self.field, operator=str(self.operator)[:40], near=allowed
            )
        object.__setattr__(self, "value", _checked(self))
        if self.operator not in PRESENCE and self.unit not in self.units:
            allowed = ", ".join(self.units)
            raise SettingError("e.rule.unit", name=self.field, unit=str(self.unit)[:40], near=allowed or "–")
        if self.window_days is not None:
            if not told.is_windowed:
                raise SettingError("e.rule.window", name=self.field)
            if type(self.window_days) is not int or not 1 <= self.window_days <= MOST_WINDOW_DAYS:
                rule = f">= 1, <= {MOST_WINDOW_DAYS}"
                raise SettingError("e.setting", name="window_days", value=str(self.window_days), rule=rule)

    @property
    def told(self) -> Field:
        return field_of(self.field)

    @property
    def units(self) -> tuple[str, ...]:
        return ("percent",) if self.operator == "top" else UNITS[self.told.kind]

    @property
    def column(self) -> str:
        """The feature column it reads."""
        return self.field if self.window_days is None else f"{self.field}@{self.window_days}"

    @property
    def key(self) -> str:
        """What the line of a `top` condition is kept under."""
        return f"{self.column} top {self.value:g}"

    def base(self, value: float | str) -> float | str:
        """A value in the unit of the feature column: 100 万 is 1,000,000, 80 % is 0.8."""
        if isinstance(value, str):
            return value
        if self.unit == "months":
            return float(months_in_days(value))
        return float(Decimal(str(value)) * SCALES[self.unit])


@dataclass(frozen=True)
class All:
    """Every part must hold."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        _check_group(self)


@dataclass(frozen=True)
class AnyOf:
    """One part must hold."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        _check_group(self)


@dataclass(frozen=True)
class Not:
    """The part must not hold; what is unknown stays unknown."""

    part: Node

    def __post_init__(self) -> None:
        _check_group(self)


Node = Condition | All | AnyOf | Not


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a group, nothing for a condition."""
    if isinstance(node, Condition):
        return ()
    return (node.part,) if isinstance(node, Not) else node.parts


def conditions(node: Node) -> Iterator[Condition]:
    """Every condition of a tree, from left to right."""
    if isinstance(node, Condition):
        yield node
    for part in children(node):
        yield from conditions(part)


def columns(node: Node) -> tuple[str, ...]:
    """The feature columns a tree reads, each once, in its order."""
    return tuple(dict.fromkeys(told.column for told in conditions(node)))


def depth(node: Node) -> int:
    return 1 + max((depth(part) for part in children(node)), default=0)


def _check_group(group: All | AnyOf | Not) -> None:
    if not isinstance(group, Not):
        object.__setattr__(group, "parts", tuple(group.parts))
    parts = children(group)
    if not parts or not all(isinstance(part, Condition | All | AnyOf | Not) for part in parts):
        raise SettingError("e.rule.empty")
    if depth(group) > MOST_DEPTH:
        raise SettingError("e.setting", name="depth", value=depth(group), rule=f"<= {MOST_DEPTH}")
    count = sum(1 for _ in conditions(group))
    if count > MOST_CONDITIONS:
        raise SettingError("e.setting", name="conditions", value=count, rule=f"<= {MOST_CONDITIONS}")


def _text(value: Any, name: str) -> str:
    """A text as it stands; refused where it cannot be written down again, says nothing or is endless."""
    if not isinstance(value, str) or not value.strip():
        raise SettingError("e.rule.value", name=name)
    if len(value) > MOST_CHARACTERS + len(ATTRIBUTE_PREFIX):
        raise SettingError("e.rule.long", name=name, limit=MOST_CHARACTERS)
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half a character: no file could hold it
        raise SettingError("e.rule.broken", name=name) from error
    return value


def _number(value: Any, name: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or abs(value) > MOST_NUMBER:
        raise SettingError("e.rule.number", name=name)
    return float(value)


def _checked(told: Condition) -> Value:
    """The value as its operator and field ask for it."""
    name, value = told.field, told.value
    if told.operator in PRESENCE:
        return None
    is_text = told.told.kind == "text"
    if told.operator in ("between", "one_of"):
        items = tuple(value) if isinstance(value, tuple | list) else ()
        most = 2 if told.operator == "between" else MOST_ITEMS
        if not items or len(items) > most or (most == 2 and len(items) != 2):
            raise SettingError("e.rule.items", name=name, rule="2" if most == 2 else f"1 – {most}")
        checked = tuple(_text(item, name) if is_text else _number(item, name) for item in items)
        if most == 2 and checked[0] > checked[1]:  # type: ignore[operator]
            raise SettingError("e.rule.items", name=name, rule="a ≤ b")
        return checked
    if is_text:
        return _text(value, name)
    number = _number(value, name)
    if told.operator == "top" and not 0 < number <= 100:
        raise SettingError("e.setting", name=f"{name} top", value=number, rule="> 0, <= 100")
    if told.operator == "within" and number < 0:
        raise SettingError("e.setting", name=f"{name} within", value=number, rule=">= 0")
    return number
