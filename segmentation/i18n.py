"""Two languages: gettext catalogues keyed by message id, and numbers, money and dates as each language writes them.

`Language("zh").say("head.tier", tier="A 类", n=84)` looks the id up in every `locale/zh/*.po`; a plural message
is chosen by the fact `n`. Integers, decimals and dates among the facts are written for the language.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_currency_symbol

Code = Literal["en", "zh"]
LANGUAGES: tuple[Code, ...] = ("en", "zh")
LOCALES: dict[Code, str] = {"en": "en", "zh": "zh_CN"}
NATIVE_NAMES: dict[Code, str] = {"en": "EN", "zh": "中文"}
MINUS, ABSENT = "\u2212", "–"
_FOLDER = Path(__file__).parent / "locale"
# A tier's letter in running Chinese is set off by a space, as in print: 与 B 类.
_LETTER_AFTER_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])(?=(?:\*\*)?[A-Z] 类)")
_SCALES: dict[Code, tuple[tuple[int, str], ...]] = {
    "en": ((10**9, "B"), (10**6, "M"), (10**3, "K")),
    "zh": ((10**8, "亿"), (10**4, "万")),
}


@dataclass(frozen=True)
class Text:
    """A text that carries its own two languages (methods and their parameters bring theirs along)."""

    en: str
    zh: str

    def in_(self, code: Code) -> str:
        return self.en if code == "en" else self.zh


@cache
def catalogue(code: Code) -> gettext.NullTranslations:
    """All `locale/<code>/*.po` as one gettext catalogue; KeyError on an id defined twice."""
    merged, seen = None, dict[str, Path]()
    for path in sorted((_FOLDER / code).glob("*.po")):
        with path.open("rb") as handle:
            entries = read_po(handle, locale=LOCALES[code])
        merged = entries if merged is None else merged
        for message in entries:
            key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            if key in seen:
                raise KeyError(f"{key} in {path.name} and {seen[key].name}")
            if key:
                seen[key] = path
                merged[message.id] = message
    buffer = io.BytesIO()
    if merged is None:
        return gettext.NullTranslations()
    write_mo(buffer, merged)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def is_nan(value: float | Decimal) -> bool:
    """Whether a number is not one (a missing figure that came through NumPy)."""
    return math.isnan(value)


_SYMBOLS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "KRW": "₩", "INR": "₹"}
_TWO_DECIMALS_FROM = 10**8


def _decimals(value: float, divisor: int) -> int:
    """Of shortened money: one below a thousand, two for 亿 and billions, none above."""
    if abs(value) >= 1000:
        return 0
    return 2 if divisor >= _TWO_DECIMALS_FROM else 1


def _grouped(value: float | Decimal, digits: int) -> str:
    """At most `digits` decimals, halves to even, as both languages write it.

    Babel's `#,##0.##` to the letter (a test compares them): reading its pattern anew for each of the hundreds of
    numbers on a page took more of a moved line's time than the tiers themselves.
    """
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{Decimal(str(value)):,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text


def _share_places(points: float) -> int:
    return 1 if 0 < abs(points) < 0.95 else 0


@lru_cache(maxsize=1_000)
def _date_text(value: dt.date, pattern: str, locale: str) -> str:
    return str(format_date(value, pattern, locale=locale))


@dataclass(frozen=True)
class Language:
    """One language of the interface; every text a person reads is made by one of these methods."""

    code: Code

    @property
    def locale(self) -> str:
        return LOCALES[self.code]

    def say(self, message_id: str, /, **facts: Any) -> str:
        """The message with its facts filled in; the id itself where the catalogue has no such message."""
        found = catalogue(self.code)
        number = facts.get("n")
        # Plural first: gettext() answers a plural message with its singular, whatever the number.
        pattern = found.ngettext(message_id, message_id, number) if isinstance(number, int) else message_id
        if pattern == message_id:
            pattern = found.gettext(message_id)
        if not facts:
            return pattern
        told = pattern.format(**{name: self.fact(value) for name, value in facts.items()})
        return _LETTER_AFTER_CHINESE.sub(" ", told) if self.code == "zh" else told

    def fact(self, value: Any) -> Any:
        """A fact as it stands in a sentence: numbers grouped, dates long, text as it is, None as a dash."""
        if value is None:
            return ABSENT
        if isinstance(value, Text):
            return value.in_(self.code)
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, dt.date)):
            return value
        if isinstance(value, dt.date):
            return self.date(value)
        return self.number(value)

    def number(self, value: float | Decimal | None, digits: int = 2) -> str:
        """A count or quantity, grouped, at most `digits` decimals, with a real minus sign."""
        if value is None or is_nan(value):
            return ABSENT
        return _grouped(value, digits).replace("-", MINUS)

    def percent(self, share: float | None, digits: int | None = None) -> str:
        """A share 0–1: no decimals from 1 % up, one below, always with its sign: `52%`, `0.4%`."""
        if share is None or is_nan(share):
            return ABSENT
        points = share * 100
        places = digits if digits is not None else _share_places(points)
        return self.number(round(points, places), places) + "%"

    def percents(self, shares: Sequence[float]) -> list[str]:
        """Shares that stand under one another, with a decimal where whole ones would add up more than a point off."""
        known = [100 * share for share in shares if not is_nan(share)]
        shown = (round(points, _share_places(points)) for points in known)
        is_off = abs(sum(shown) - sum(known)) > 1 + 1e-9
        return [self.percent(share, 1 if is_off else None) for share in shares]

    def points(self, difference: float | None) -> str:
        """A difference of two shares in percentage points, without a unit."""
        if difference is None or is_nan(difference):
            return ABSENT
        return self.number(round(difference * 100), 0)

    def currency(self, code: str) -> str:
        """The symbol of an ISO 4217 code; empty where the file named none."""
        return _SYMBOLS.get(code) or (str(get_currency_symbol(code, self.locale)) if code else "")

    def money(self, amount: float | Decimal | None, currency: str = "", unit: str = "auto") -> str:
        """An amount shortened to the language's unit (M, K; 亿, 万), or to a fixed divisor `unit`."""
        if amount is None or is_nan(amount):
            return ABSENT
        value = float(amount)
        scales = (
            _SCALES[self.code]
            if unit == "auto"
            else tuple(s for s in _ALL_SCALES[self.code] if s[0] == int(unit))
        )
        for divisor, suffix in scales:
            if abs(value) >= divisor or unit != "auto":
                shown = value / divisor
                text = _grouped(shown, _decimals(shown, divisor))
                return self._signed(currency, text, suffix)
        return self._signed(currency, _grouped(value, 0), "")

    def exact_money(self, amount: float | Decimal | None, currency: str = "") -> str:
        """An amount in full: at most two decimals, as tables show it."""
        if amount is None or is_nan(amount):
            return ABSENT
        return self._signed(currency, _grouped(amount, 2), "")

    def _signed(self, currency: str, text: str, suffix: str) -> str:
        sign = MINUS if text.startswith("-") else ""
        return f"{sign}{self.currency(currency)}{text.lstrip('-')}{suffix}"

    def date(self, value: dt.date | None) -> str:
        """`30 Nov 2026` / `2026年11月30日`."""
        if value is None:
            return ABSENT
        return _date_text(value, "d MMM y" if self.code == "en" else "y年M月d日", self.locale)

    def month(self, value: dt.date | None) -> str:
        """`Nov 2026` / `2026年11月`."""
        if value is None:
            return ABSENT
        return _date_text(value, "MMM y" if self.code == "en" else "y年M月", self.locale)

    def tier(self, name: str) -> str:
        """The label of a tier in a sentence: `A` / `A 类`, a named tier by its name, *unrated* in words."""
        if name == "unrated":
            return self.say("tier.unrated")
        letter = len(name) == 1 and name.isascii() and name.isalpha()
        return f"{name} 类" if letter and self.code == "zh" else name


_ALL_SCALES: dict[Code, tuple[tuple[int, str], ...]] = {
    "en": ((1, ""), (10**3, "K"), (10**6, "M")),
    "zh": ((1, ""), (10**3, "千"), (10**4, "万"), (10**6, "百万")),
}


def shorten(name: str, limit: int = 24) -> str:
    """A name from data at most `limit` characters long, cut in the middle, where names differ least."""
    if len(name) <= limit:
        return name
    head = limit // 2
    return f"{name[:head]}…{name[-(limit - head - 1) :]}"
