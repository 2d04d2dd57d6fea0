"""Why a customer stands where it stands, in the words of a list."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from segmentation.explanations import explain
from segmentation.i18n import Code, Language
from segmentation.lists import reasons_in_words
from segmentation.methods.base import BASE
from segmentation.reasons import say_why
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


def test_who_is_not_rated_is_told_what_is_missing_in_every_place() -> None:
    language = Language("en")
    standing = stand(sample_book(), Scheme(method="rfm"), AS_OF)
    lacking = np.flatnonzero((standing.reasons == "missing").to_numpy())
    assert lacking.size
    assert set(reasons_in_words(standing, language, lacking)) == {"no order on record"}
    explained = explain(standing, str(standing.features.index[lacking[0]]), (70.0, 30.0), ("A", "B", "C"))
    assert say_why(explained, language, str).endswith("is not rated yet: no order on record.")


def test_a_method_that_refuses_does_not_say_that_data_are_missing() -> None:
    standing = stand(sample_book(), Scheme(method="clusters"), AS_OF)
    assert standing.scored.is_refused
    bought = (standing.features["amount"] > 0) & (standing.reasons == "missing")
    told = reasons_in_words(standing, Language("en"), np.flatnonzero(bought.to_numpy()))
    assert set(told) == {"the method finds no answer in these data"}
