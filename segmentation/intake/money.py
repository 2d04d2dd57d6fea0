"""Numbers as people write them → exact decimals: separators, currencies, 万, brackets, percent signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal, NamedTuple

Separator = Literal["point", "comma", "both", "none", "unclear"]

STEP = Decimal("0.0001")
LARGEST = Decimal(10) ** 14
# A quantity times a price has more digits than the usual 28.
_WIDE = Context(prec=80)
ERRORS = {
    "#N/A",
    "#REF!",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
}
NOTHING = {"/", "-", "--", "—", "–", "——", "\\", "无", "n/a", "na", "null", "none"}
_SCALES = {
    "万": 10**4, "w": 10**4, "亿": 10**8, "千": 10**3, "百万": 10**6, "千万": 10**7, "百": 100,
    "k": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6, "b": 10**9, "bn": 10**9,
}  # fmt: skip
_CURRENCIES = {
    "¥": "CNY", "￥": "CNY", "元": "CNY", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "块": "CNY",
    "us$": "USD", "$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP",
    "hk$": "HKD", "hkd": "HKD", "jpy": "JPY",
}  # fmt: skip
# A cell that says 元 counts in 元, whatever the header says.
_WRITTEN_UNITS = {"元", "块"}
_CURRENCY = re.compile("|".join(re.escape(mark) for mark in sorted(_CURRENCIES, key=len, reverse=True)))
_SCALED = re.compile("^(.*?)(" + "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True)) + ")$")
_ABOUT = re.compile(r"^(约|大约|大概|~|≈|ca\.?|approx\.?|about)\s*")
_POINT = re.compile(r"(\d+|\d{1,3}(?:[, ']\d{3})+)(\.\d*)?|\.\d+")
_COMMA = re.compile(r"(\d+|\d{1,3}(?:[. ']\d{3})+)(,\d*)?|,\d+")
_EXPONENT = re.compile(r"(\d+(?:\.\d+)?)e([+-]?\d{1,2})")
_DIGIT = re.compile(r"\d")
_SEPARATORS = {"\u066b": ".", "\u066c": ","}
_PLAIN = re.compile(r"-?\d{1,14}(\.\d{1,4})?")


class Number(NamedTuple):
    """One text read as a number: `value` None with a `reason`, or blank (both None); marks of what was corrected.

    `has_unit`: the text says its own unit (万, k, 元); the unit of the header is not for it.
    """

    value: Decimal | None = None
    reason: str = ""
    currency: str = ""
    is_percent: bool = False
    is_scaled: bool = False
    is_about: bool = False
    has_unit: bool = False


def western(text: str) -> str:
    """NFKC, and every decimal digit of any script as 0–9, with the separators that go with them.

    Numbers that are no digits stay what they are: `12²` is not 122, `⑴` not −1, `½` not 1/2.
    """
    if not text.isascii() and any(unicodedata.category(sign) == "No" for sign in text):
        return text
    plain = unicodedata.normalize("NFKC", text)
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.decimal(sign, _SEPARATORS.get(sign, sign))) for sign in plain)


def read_number(text: str, has_decimal_comma: bool = False) -> Number:
    """`text` as an exact number; signs of nothing (`/`, `-`) are blank, everything else has a reason.

    Python's own float() would accept `1e400`, `inf`, `nan`, `1_000` and `0x10`; here they are not numbers.
    """
    if not has_decimal_comma and _PLAIN.fullmatch(text):
        return Number(Decimal(text))
    plain = western(text).replace("\u2212", "-").strip().lower()
    if text.upper() in ERRORS:
        return Number(reason="excel_error")
    if plain in NOTHING or not plain:
        return Number()
    if not _DIGIT.search(plain):
        return Number(reason="not_a_number")
    about = _ABOUT.match(plain)
    plain = plain[about.end() :] if about else plain
    found = _CURRENCY.search(plain)
    plain = _CURRENCY.sub("", plain).strip()
    plain, is_negative = _sign(plain)
    is_percent = plain.endswith("%")
    plain = plain.rstrip("%").strip()
    scaled = _SCALED.match(plain)
    factor = _SCALES[scaled.group(2)] if scaled else 1
    plain = scaled.group(1).strip() if scaled else plain
    value = _magnitude(plain, has_decimal_comma)
    if value is None:
        return Number(reason="not_a_number")
    value = value * factor / (100 if is_percent else 1)
    if value >= LARGEST:
        return Number(reason="too_large")
    return Number(
        -value if is_negative else value,
        currency=_CURRENCIES[found.group()] if found else "",
        is_percent=is_percent,
        is_scaled=factor != 1,
        is_about=bool(about),
        has_unit=factor != 1 or bool(found and found.group() in _WRITTEN_UNITS),
    )


def currency_of(text: str) -> str:
    """The ISO code an amount is written with (`$5`, `30元`); "" for a bare number."""
    if text.isascii() and not text.rstrip("%").strip("0123456789.,-+() "):
        return ""
    return read_number(text).currency


def named_currency(text: str) -> str:
    """The ISO code of a currency column's cell: `usd`, `人民币`, `￥`; "" where it is none."""
    plain = western(text).strip().lower()
    return _CURRENCIES.get(plain, plain.upper() if re.fullmatch("[a-z]{3}", plain) else "")


def _sign(plain: str) -> tuple[str, bool]:
    """Without its sign: leading or trailing minus, or accountants' brackets."""
    if plain.startswith("(") and plain.endswith(")"):
        return plain[1:-1].strip(), True
    if plain.count("-") == 1 and (plain[0] == "-" or plain[-1] == "-"):
        return plain.strip("-").strip(), True
    return plain.removeprefix("+").strip(), False


def _magnitude(plain: str, has_decimal_comma: bool) -> Decimal | None:
    if not plain.isascii():
        return None
    if (_COMMA if has_decimal_comma else _POINT).fullmatch(plain):
        plain = re.sub("[. ']" if has_decimal_comma else "[, ']", "", plain)
        return Decimal(plain.replace(",", ".") if has_decimal_comma else plain)
    exponent = _EXPONENT.fullmatch(plain)
    return Decimal(plain) if exponent else None


def decimal_separator(texts: Iterable[str]) -> Separator:
    """What the distinct texts of a column prove about its decimal sign; unclear = only forms like `1,234`."""
    point = comma = unclear = False
    for raw in texts:
        digits = re.sub(r"[^\d.,]", "", western(raw)).strip(".,")
        if "," not in digits and "." not in digits:
            continue
        if "," in digits and "." in digits:
            comma = comma or digits.rfind(",") > digits.rfind(".")
            point = point or digits.rfind(",") < digits.rfind(".")
        elif "," in digits:
            thousands = re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", digits) is not None
            unclear = unclear or (thousands and digits.count(",") == 1)
            point = point or (thousands and digits.count(",") > 1)
            comma = comma or not thousands
        else:
            single = re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits) is not None
            comma = comma or digits.count(".") > 1
            point = point or (digits.count(".") == 1 and not single)
            unclear = unclear or single
    if point and comma:
        return "both"
    return "point" if point else "comma" if comma else "unclear" if unclear else "none"


def ten_thousandths(value: Decimal) -> tuple[int, bool]:
    """DECIMAL(18,4) as a whole number of 0.0001, rounded half away from zero, and whether rounding lost anything."""
    rounded = value.quantize(STEP, ROUND_HALF_UP, _WIDE)
    return int(rounded.scaleb(4, _WIDE)), rounded != value
