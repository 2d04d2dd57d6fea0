"""Strangers' text inside markdown: whatever a customer, tier or file is called, it stays letters.

Every Streamlit element that takes a title, label or body renders markdown. Names from data go into `st.dataframe`,
`st.text` or a chart (see `figures.theme.literal`); where one must stand in a sentence it passes through `plain`.
"""

from __future__ import annotations

import re

from segmentation.i18n import shorten

# Entities are decoded after the markup has been found, so they can never start any.
_MARKS = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~$&:\"'^=]")
# A direction mark turns the rest of the sentence round; joiners stay, emoji are made with them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]")
# Links, emoji and icons are found in the decoded text; a word joiner (invisible) takes them apart.
_JOINER = "\u2060"
_LOOKED_FOR = re.compile(r"(?<=[:@])(?=\S)|(?<=[wW]{3})(?=\.)")


def plain(text: object, limit: int = 60) -> str:
    """`text` as one line that markdown shows letter by letter, shortened in the middle at `limit` characters."""
    line = shorten(" ".join(_INVISIBLE.sub("", str(text)).split()), limit)
    apart = _LOOKED_FOR.sub(_JOINER, line)
    return _MARKS.sub(lambda found: f"&#{ord(found[0])};", apart)
