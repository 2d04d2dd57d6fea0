"""One product of matrices against really drawing customers again."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.validation import redraws
from segmentation.validation.discrimination import ratio
from segmentation.validation.measures import difference_error
from segmentation.validation.redraws import Cases, Draws, total


def made(count: int, seed: int = 2) -> tuple[np.ndarray, Cases]:
    random = np.random.default_rng(seed)
    scores = np.round(random.normal(size=count), 2)
    won = (random.random(count) < 1 / (1 + np.exp(-scores))).astype(float)
    value = np.round(random.gamma(0.5, 1e6, count))
    return scores, Cases(np.arange(count), won, 1 - won, value)


def test_a_redraw_is_the_data_with_customers_drawn_as_often() -> None:
    scores, cases = made(90)
    draws = Draws.of(90, "same", redraws=7)
    told, _ = total(scores, cases, draws)
    for row in range(8):
        times = draws.weights[row].astype(int)
        rows = np.repeat(np.arange(90), times)
        again = Cases(np.arange(rows.size), cases.won[rows], cases.lost[rows], cases.value[rows])
        drawn, _ = total(scores[rows], again, Draws.of(rows.size, redraws=1))
        for name in ("above", "pairs", "top", "value", "part", "whole"):
            assert np.allclose(getattr(told, name)[row], getattr(drawn, name)[0]), (row, name)


def test_blocks_and_groups_keep_the_figure_and_the_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, cases = made(900)
    whole, _ = total(scores, cases, Draws.of(900, "a"))
    monkeypatch.setattr(redraws, "MOST_BLOCKS", 450)
    monkeypatch.setattr(redraws, "MOST_GROUPS", 60)
    blocked, _ = total(scores, cases, Draws.of(900, "b"))
    for part, of in (("above", "pairs"), ("top", "value")):
        exact, coarse = (ratio(getattr(s, part), getattr(s, of)) for s in (whole, blocked))
        assert exact[0] == coarse[0]
        assert coarse[1:].std() == pytest.approx(exact[1:].std(), rel=0.15)
        assert coarse[1:].mean() == pytest.approx(exact[0], abs=3 * exact.std() / 10)


def test_few_and_many_cells_add_up_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, cases = made(300)
    draws = Draws.of(300, 1, redraws=50)
    sparse, _ = total(scores, cases, draws)
    monkeypatch.setattr(redraws, "SPARSE", 10**9)
    dense, _ = total(scores, cases, draws)
    for name in redraws.Sums.__dataclass_fields__:
        assert (getattr(sparse, name) == getattr(dense, name)).all(), name


def test_the_order_of_customers_changes_no_figure() -> None:
    scores, cases = made(200)
    draws, order = Draws.of(200, 1, redraws=20), np.random.default_rng(9).permutation(200)
    usual, _ = total(scores, cases, draws)
    turned, _ = total(
        scores[order], Cases(order, cases.won[order], cases.lost[order], cases.value[order]), draws
    )
    for name in redraws.Sums.__dataclass_fields__:
        assert (getattr(usual, name) == getattr(turned, name)).all(), name


def test_equal_seeds_give_equal_draws() -> None:
    one, same, other = Draws.of(5000, 1, "x"), Draws.of(5000, 1, "x"), Draws.of(5000, 2, "x")
    assert (one.weights == same.weights).all() and (one.block == same.block).all()
    assert (one.weights != other.weights).any()
    assert np.bincount(one.block).tolist() == [5] * 1000
    assert Draws.of(0, 1).weights.shape == (1000, 1)


def test_what_blocks_add_to_a_difference_is_the_spread_redraws_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a group for every score the two agree: on one date and on two that hold the same customers."""
    monkeypatch.setattr(redraws, "MOST_GROUPS", 10**6)
    scores, cases = made(700)
    other = scores + np.random.default_rng(4).normal(size=700)
    draws = Draws.of(700, "both")
    own, base = (total(each, cases, draws)[0] for each in (scores, other))
    difference = ratio(own.above, own.pairs) - ratio(base.above, base.pairs)
    assert difference_error(own, base) == pytest.approx(difference[1:].std(), rel=0.1)
    twice = difference_error(own.plus(own), base.plus(base))
    assert twice == pytest.approx(difference_error(own, base)), (
        "the same customers once more say nothing more"
    )
    assert difference_error(own, own) == 0.0
    nobody, _ = total(scores[:0], cases.pick(np.zeros(700, bool)), draws)
    assert difference_error(nobody, nobody) == 0.0


def test_every_customer_drawn_once_is_the_figure_itself_however_few_the_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redraws, "MOST_GROUPS", 5)
    scores, cases = made(300)
    once = Draws(np.arange(300), np.ones((3, 300)))
    told, _ = total(scores, cases, once)
    for name in ("above", "pairs", "top", "value", "part", "whole"):
        assert np.allclose(getattr(told, name)[1:], getattr(told, name)[0]), name


def test_a_redraw_has_as_many_customers_as_there_are() -> None:
    assert (Draws.of(70, 3, redraws=40).weights.sum(axis=1) == 70).all()
