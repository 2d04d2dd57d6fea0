"""Why a customer stands where it stands, in the words of a list."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from segmentation.i18n import Code, Language
from segmentation.lists import reasons_in_words
from segmentation.methods.base import BASE
from segmentation.schemes import Scheme
from segmentation.standing import stand
from tests.sample_books import sample_book

AS_OF = dt.date(2026, 10, 31)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_chance_is_told_by_what_speaks_most_for_or_against_it(code: Code) -> None:
    standing = stand(sample_book(), Scheme(method="propensity"), AS_OF)
    has_score = standing.scored.scores.notna().to_numpy()
    rows, language = standing.scored_rows[has_score][:40], Language(code)
    told = reasons_in_words(standing, language, rows)
    parts = standing.scored.parts.drop(columns=BASE)
    for row, words in zip(rows, told, strict=True):
        own = parts.loc[standing.features.index[row]]
        largest = own.abs().sort_values(ascending=False)
        said = words.split(language.say("list.separator"))
        assert len(said) == min(3, int((largest >= 0.05).sum()))
        first = standing.scored.labels[largest.index[0]].in_(code)
        assert said[0].startswith(first) and ("+" if own[largest.index[0]] > 0 else "−") in said[0]
        assert standing.scored.labels[BASE].in_(code) not in words and " -" not in words


def test_points_are_told_part_by_part_out_of_the_most() -> None:
    standing = stand(sample_book(), Scheme(method="rfm"), AS_OF)
    row = standing.scored_rows[3]
    (told,) = reasons_in_words(standing, Language("en"), np.array([row]))
    own = standing.scored.parts.loc[standing.features.index[row]]
    assert told.count("; ") == len(own) - 1
    assert all(f"{round(points, 1):g}/33.3" in told for points in own)
