"""Words that name a customer, as they stand in free text."""

from __future__ import annotations

import re

_LEAST_LENGTH = 4  # shorter than that a word is found inside streets, products and telephone numbers


def is_telling(word: str) -> bool:
    """Whether a word found in a sentence is this customer and nothing else."""
    return len(word) >= _LEAST_LENGTH and any(sign.isalpha() for sign in word)


def pattern_of(word: str) -> str:
    """Latin words are told apart by the signs around them: Chinese has none."""
    before = r"(?<![0-9A-Za-z_])" if word[0].isascii() else ""
    after = r"(?![0-9A-Za-z_])" if word[-1].isascii() else ""
    return before + re.escape(word) + after
