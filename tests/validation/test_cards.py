"""The card of a method: when to use it, when not, what it takes."""

from __future__ import annotations

import pytest

from segmentation.i18n import LANGUAGES, Language, Text
from segmentation.methods.registry import methods
from segmentation.validation.cards import PARTS, card_of


@pytest.mark.parametrize("name", sorted(methods()))
def test_every_method_says_when_to_use_it_when_not_and_what_it_takes(name: str) -> None:
    told = [card_of(name, Language(code)).texts for code in LANGUAGES]  # type: ignore[arg-type]
    assert all(tuple(texts) == PARTS for texts in told)
    assert len({text for texts in told for text in texts.values()}) == len(told) * len(PARTS)


def test_a_new_method_brings_its_own_words_or_has_its_help(monkeypatch: pytest.MonkeyPatch) -> None:
    made = methods()["abc"]
    words = tuple(Text(part, f"{part} 中文") for part in PARTS)
    own = type("Own", (made,), {"card": words})
    bare = type("Bare", (made,), {})
    monkeypatch.setattr("segmentation.validation.cards.methods", lambda: {"own": own, "bare": bare})
    assert card_of("own", Language("zh")).texts == {part: f"{part} 中文" for part in PARTS}
    assert card_of("bare", Language("en")).texts == {} and card_of("bare", Language("en")).help
