"""Every verdict on tiers set by hand has its words, in both languages, with the figures in them."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.override_results import Against, Moved, OverrideResults
from segmentation.ui.override_block import tell_left_out, tell_moved
from segmentation.verdicts import VerdictCode

NAN = float("nan")


def moved(computed: VerdictCode, given: VerdictCode, n: int = 40) -> Moved:
    sides = [Against(0.5, 200, 0.2, 0.05, 0.35, code) for code in (computed, given)]
    return Moved(n, 28.0, n, 0.7, 0.5, 0.8, *sides)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("way", ["up", "down"])
def test_every_verdict_has_its_words(code: Code, way: str) -> None:
    look, told = Look(Language(code)), set[str]()
    for computed in get_args(VerdictCode):
        for given in get_args(VerdictCode):
            sentence = tell_moved(way, moved(computed, given), look)
            assert "byhand." not in sentence and "{" not in sentence
            told.add(sentence)
    # Too few is said once; each of the others stands alone, or with one of three about the tiers given.
    assert len(told) == 1 + 3 * 4


def test_up_is_right_where_better_and_down_where_worse() -> None:
    look = Look(Language("en"))
    assert "Setting up was right" in tell_moved("up", moved("higher", "too_few"), look)
    assert "Setting up was wrong" in tell_moved("up", moved("lower", "too_few"), look)
    assert "Setting down was right" in tell_moved("down", moved("lower", "too_few"), look)
    assert "Setting down was wrong" in tell_moved("down", moved("higher", "too_few"), look)
    assert "7 cases, 10 needed" in tell_moved("up", moved("too_few", "too_few", 7), look)


def test_who_is_left_out_is_counted_and_only_they() -> None:
    look = Look(Language("en"))
    found = OverrideResults(date(2026, 6, 30), 5, None, None, 5, 0, 1)
    assert tell_left_out(found, look) == [
        "5 were set to the tier they have anyway.",
        "1 was recorded only after that day and is left out: who decides later may have seen the result.",
    ]
