"""Values people write for a known set of meanings: states, kinds of contact, yes and no, totals."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from segmentation.tables import words

_TOTAL_LENGTH = 24


@cache
def fold(text: str) -> str:
    """A value for comparison: NFKC, lower case, single blanks, dashes alike."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("–", "-").replace("—", "-")
    return re.sub(r"\s+", " ", plain).strip()


@cache
def _lookup(vocabulary: str) -> dict[str, str]:
    entries = words().values[vocabulary]
    return {fold(name): meaning for meaning, names in reversed(entries.items()) for name in names}


@cache
def meaning_of(vocabulary: str, text: str) -> str | None:
    """The meaning of a value that stands in the vocabulary word for word; None where it does not."""
    return _lookup(vocabulary).get(fold(text))


@cache
def meaning_within(vocabulary: str, text: str) -> str | None:
    """The meaning of the longest vocabulary word found inside a value."""
    plain, best = fold(text), ("", None)
    for name, meaning in _lookup(vocabulary).items():
        long_enough = len(name) >= (4 if name.isascii() else 1)
        if long_enough and len(name) > len(best[0]) and name in plain:
            best = (name, meaning)  # type: ignore[assignment]
    return best[1]


@cache
def is_total(text: str) -> bool:
    """`合计`, `昆山鸿特 小计`, `11月小计`, `Subtotal`, `Total:`: a cell that names a totals row."""
    plain = fold(text).rstrip(":").strip()
    if len(plain) > _TOTAL_LENGTH:
        return False
    names = _lookup("total_row")
    return plain in names or any(
        plain.endswith(name if not name.isascii() else f" {name}") for name in names if name != "累计"
    )


@cache
def is_subtotal(text: str) -> bool:
    """Names a partial total rather than the total of the sheet."""
    plain = fold(text)
    return "小计" in plain or "sub" in plain


def deal_state(text: str) -> str | None:
    """won, lost, open or leave_out of a stage or result; None where the words do not say."""
    return meaning_of("deal_state", text)


def proposed_state(text: str) -> str:
    """The state proposed for a stage nobody has mapped yet: by the words inside it, else open."""
    return deal_state(text) or meaning_within("deal_state", text) or "open"
