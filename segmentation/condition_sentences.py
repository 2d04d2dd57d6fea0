"""A condition read back as a sentence in either language, with the numbers as they were meant.

«年采购额 > 100万 且 复购率 > 80%», "annual purchases > 1,000,000 and repurchase rate > 80%". Plain text: whoever
draws it escapes it, since texts of a rule are whatever somebody typed.
"""

from __future__ import annotations

from decimal import Decimal

from segmentation.conditions import COMPARISONS, All, AnyOf, Condition, Node, Not
from segmentation.fields import windowed
from segmentation.i18n import MINUS, Language, Text, shorten

SHOWN_ITEMS = 5
_WAN, _YI = Decimal(10_000), Decimal(100_000_000)


def say(node: Node, language: Language) -> str:
    """The sentence of a tree; a group inside a group stands in brackets."""
    if isinstance(node, Condition):
        return _say_condition(node, language)
    if isinstance(node, Not):
        inner = say(node.part, language)
        return f"not ({inner})" if language.code == "en" else f"不满足（{inner}）"
    told = [_bracketed(part, language) for part in node.parts]
    if language.code == "en":
        return (" and " if isinstance(node, All) else " or ").join(told)
    sentence = told[0]
    for part in told[1:]:  # a full-width bracket brings its own space along
        word = "且" if isinstance(node, All) else "或"
        sentence += (
            f"{'' if sentence.endswith('）') else ' '}{word}{'' if part.startswith('（') else ' '}{part}"
        )
    return sentence


def _bracketed(part: Node, language: Language) -> str:
    told = say(part, language)
    if not isinstance(part, All | AnyOf) or len(part.parts) == 1:
        return told
    return f"({told})" if language.code == "en" else f"（{told}）"


def _say_condition(told: Condition, language: Language) -> str:
    field = told.told
    text = field.text if told.window_days is None else windowed(field.text, told.window_days)
    label, is_en = shorten(text.in_(language.code), 60), language.code == "en"
    if told.operator == "known":
        return f"{label} is recorded" if is_en else f"{label}有记录"
    if told.operator == "unknown":
        return f"{label} is not recorded" if is_en else f"{label}无记录"
    if isinstance(told.value, tuple):
        items = [say_value(told, value, language) for value in told.value]
        if told.operator == "between":
            return (
                f"{label} from {items[0]} to {items[1]}"
                if is_en
                else f"{label}在 {items[0]} 到 {items[1]} 之间"
            )
        return _say_one_of(label, items, is_en=is_en)
    assert told.value is not None
    value = say_value(told, told.value, language)
    if told.operator == "contains":
        return f"{label} contains {value}" if is_en else f"{label}包含{value}"
    if told.operator == "top":
        return f"{label} among the highest {value}" if is_en else f"{label}排在前 {value}"
    if told.operator == "within":
        event = (field.event or field.text).in_(language.code)
        return f"{event} within the last {value}" if is_en else f"{event}在 {value}内"
    return f"{label} {COMPARISONS[told.operator]} {value}"


def _say_one_of(label: str, items: list[str], *, is_en: bool) -> str:
    more = len(items) - SHOWN_ITEMS
    if is_en:
        listed = ", ".join(items[:SHOWN_ITEMS])
        return f"{label} is one of {listed}" + (f" and {more} more" if more > 0 else "")
    listed, space = "、".join(items[:SHOWN_ITEMS]), "" if items[0].startswith("“") else " "
    return f"{label}为{space}{listed}{space}" + (f"等 {len(items)} 项之一" if more > 0 else "之一")


def say_value(told: Condition, value: float | str, language: Language) -> str:
    """One value with its unit: money in full in English and in 万 in Chinese, unless it was typed in millions."""
    if isinstance(value, str):
        return f"“{shorten(value)}”"
    number = Decimal(str(value))
    if told.unit == "percent":
        return f"{_grouped(number)}%"
    if told.unit in ("days", "months"):
        name = Text(told.unit if number != 1 else told.unit[:-1], "天" if told.unit == "days" else "个月")
        return f"{_grouped(number)} {name.in_(language.code)}"
    if told.told.kind != "amount":
        return _grouped(number)
    amount = Decimal(str(told.base(value)))
    if language.code == "en":
        return f"{_grouped(number)} million" if told.unit == "million" else _grouped(amount)
    if abs(amount) >= _YI and amount % _WAN == 0:
        return f"{_grouped(amount / _YI)}亿"
    is_wan = told.unit == "wan" or (abs(amount) >= _WAN and amount % (_WAN / 100) == 0)
    return f"{_grouped(amount / _WAN)}万" if is_wan else _grouped(amount)


def _grouped(number: Decimal) -> str:
    """Every digit there is, in groups of three."""
    text = f"{number:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)
