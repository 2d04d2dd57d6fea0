"""Lines within groups: the best tenth of every region, frozen as they were, explained to the point."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import SettingError
from segmentation.methods.registry import make
from segmentation.schemes import Scheme, TierPolicy, from_toml, to_toml
from segmentation.standing import Standing, stand
from segmentation.tuning import draw_lines, freeze_lines, prepare
from segmentation.within import (
    COMMON,
    FEWEST_RATED,
    OF_GROUP,
    PART,
    learn_knots,
    line_in,
    own_groups,
    place,
    within,
)
from tests.sample_books import sample_book

AS_OF = dt.date(2026, 10, 31)
METHODS = ("rfm", "abc", "scorecard", "lifecycle", "propensity")


@cache
def standing(method: str, by: str = "region") -> Standing:
    return stand(sample_book(), Scheme(method=method, lines_within=by), AS_OF)


def shown(told: Standing) -> pd.DataFrame:
    """Score and group of every rated customer."""
    scores = told.scored.scores.dropna()
    return pd.DataFrame({"score": scores, "group": told.features.loc[scores.index, told.method.by]})  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", METHODS)
def test_a_line_cuts_the_same_share_of_every_large_group_but_for_ties(method: str) -> None:
    frame = shown(standing(method))
    own = set(own_groups(standing(method).scored.fitted))
    assert len(own) > 1
    for group, part in frame.groupby("group"):
        if group not in own:
            continue
        ranked = np.sort(part["score"].to_numpy())[::-1]
        largest_tie = part["score"].value_counts(normalize=True).max()
        for asked in (0.1, 0.3, 0.5):
            above = (ranked >= 100 * (1 - asked)).mean()
            assert abs(above - asked) <= largest_tie / 2 + 1.5 / len(part), (group, asked)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_within_a_group_is_that_of_the_method(method: str) -> None:
    plain = stand(sample_book(), Scheme(method=method), AS_OF).scored.scores.dropna()
    frame = shown(standing(method)).assign(plain=plain)
    for group in own_groups(standing(method).scored.fitted):
        part = frame[frame["group"] == group].sort_values("plain")
        assert (np.diff(part["score"]) >= 0).all()
        assert part["score"].nunique() == part["plain"].nunique() or len(part) > 200


@pytest.mark.parametrize("method", METHODS)
def test_parts_add_up_to_the_place_and_the_last_says_what_the_group_changed(method: str) -> None:
    scored = standing(method).scored
    total, known = scored.parts.sum(axis=1), scored.scores.notna()
    if scored.parts_unit == "log_odds":
        total = 100 / (1 + np.exp(-total))
    assert (total - scored.scores)[known].abs().max() < 1e-6
    assert PART in scored.labels and scored.parts[PART].abs().max() > 0


@pytest.mark.parametrize("method", METHODS)
def test_frozen_lines_give_the_same_tiers_through_a_file(method: str) -> None:
    book, scheme = sample_book(), Scheme(method=method, lines_within="region")
    base = prepare(book, scheme, AS_OF)
    evaluation = draw_lines(base, scheme)
    frozen = from_toml(to_toml(freeze_lines(base, evaluation)))
    again = draw_lines(prepare(book, frozen, AS_OF), frozen)
    assert frozen.lines_within == "region"
    assert list(again.tiers["customers"]) == list(evaluation.tiers["customers"])


@pytest.mark.parametrize("method", METHODS)
def test_one_customer_alone_keeps_the_place_it_was_frozen_with(method: str) -> None:
    told = standing(method)
    given = told.features.loc[told.scored.scores.dropna().index[[5]]]
    alone = told.method.score(given, told.scored.fitted).scores
    assert alone.iloc[0] == told.scored.scores[given.index[0]]


def test_small_and_nameless_groups_are_placed_among_all() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random(200) * 100
    groups = np.array(["big"] * 120 + ["small"] * (FEWEST_RATED - 1) + [None] * 51, dtype=object)
    knots = learn_knots(scores, groups)
    assert own_groups(knots) == ("big",)
    placed, common = place(scores, groups, knots), place(scores, np.full(200, None, object), knots)
    assert np.array_equal(placed[120:], common[120:]) and not np.allclose(placed[:120], common[:120])
    assert np.array_equal(place(scores, np.full(200, "never seen", object), knots), common)


def test_a_line_stands_at_a_score_of_its_own_in_every_group() -> None:
    scores = np.concatenate([np.arange(50.0), 50 + np.arange(50.0)])
    knots = learn_knots(scores, np.array(["low"] * 50 + ["high"] * 50, dtype=object))
    low, high = line_in("low", 90.0, knots), line_in("high", 90.0, knots)
    assert (low, high) == pytest.approx((44.5, 94.5))
    assert line_in(None, 90.0, knots) == pytest.approx(89.5)


def test_equal_scores_share_their_place_and_many_scores_keep_their_order() -> None:
    scores = np.repeat(np.arange(1_000.0), 3)
    knots = learn_knots(scores, np.full(3_000, "one", object))
    placed = place(scores, np.full(3_000, "one", object), knots)
    assert len(np.unique(placed)) == 1_000 and (np.diff(placed) >= 0).all()
    assert np.abs(placed - 100 * (np.arange(3_000) // 3 + 0.5) / 1_000).max() < 0.3


def test_names_of_groups_are_data() -> None:
    odd = ['a.b"c', "[x]", "名\n称", OF_GROUP, COMMON]
    groups = np.array([name for name in odd for _ in range(40)], dtype=object)
    knots = learn_knots(np.random.default_rng(2).random(200), groups)
    back = from_toml(to_toml(Scheme(fitted=knots, lines_within="region")))
    assert back.fitted is not None and {k: tuple(v) for k, v in back.fitted.items()} == knots
    assert set(own_groups(knots)) == set(odd)


def test_a_scheme_without_groups_is_written_as_ever_and_an_unknown_column_is_refused() -> None:
    assert "within" not in to_toml(Scheme())
    assert Scheme(lines_within="region").id != Scheme().id
    with pytest.raises(SettingError):
        stand(sample_book(), Scheme(lines_within="name"), AS_OF)


def test_results_are_a_description_for_the_group_carries_no_date() -> None:
    scheme = Scheme(lines_within="region", policy=TierPolicy())
    assert draw_lines(prepare(sample_book(), scheme, AS_OF), scheme).is_as_recorded


def test_a_group_of_exactly_the_fewest_has_lines_of_its_own() -> None:
    groups = np.array(["just"] * FEWEST_RATED + ["short"] * (FEWEST_RATED - 1), dtype=object)
    assert own_groups(learn_knots(np.arange(groups.size, dtype=float), groups)) == ("just",)


def test_a_method_within_groups_says_that_it_reads_what_has_no_date() -> None:
    """Whatever the method itself reads: pages ask the method, not the scheme."""
    assert not getattr(make("abc", {}), "reads_undated", False)
    assert getattr(within(make("abc", {}), "region"), "reads_undated", False)
