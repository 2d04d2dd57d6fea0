"""Who is close to a line, against the chances of one customer at a time; bands by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from segmentation import comfort
from segmentation.comfort import (
    Band,
    choose_band,
    find_edge,
    hold_tiers,
    month_changes,
    tier_chances,
    try_bands,
)
from segmentation.replays import Replay, likely_tiers
from segmentation.rosters import place_points

CUTS = (70.0, 30.0)
NAN = float("nan")


def replayed(scores: np.ndarray, last: dt.date | None = None) -> Replay:
    ends = [dt.date(2025, month + 1, 1) - dt.timedelta(1) for month in range(1, len(scores) + 1)]
    days = (*ends[:-1], last or ends[-1])
    return Replay(days, scores, ~np.isnan(scores), dt.date(2024, 1, 1))


def wandering(count: int = 150, months: int = 8, step: float = 4.0, decimals: int = 0) -> np.ndarray:
    random = np.random.default_rng(5)
    paths = random.uniform(0, 100, count) + np.cumsum(random.normal(0, step, (months, count)), axis=0)
    return np.round(np.clip(paths, 0, 100), decimals)


def test_everybodys_chances_are_those_of_one_at_a_time() -> None:
    scores = wandering()
    scores[-1, 3] = NAN
    found = replayed(scores)
    chances = tier_chances(scores[-1], CUTS, *month_changes(found))
    assert np.isnan(chances[3]).all()
    for row in (0, 1, 7, 80, 149):
        assert chances[row] == pytest.approx(likely_tiers(found, float(scores[-1, row]), CUTS).shares)


def test_many_distinct_scores_share_their_neighbours_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = wandering(600, decimals=6)
    starts, changes = month_changes(replayed(scores))
    exact = tier_chances(scores[-1], CUTS, starts, changes)
    monkeypatch.setattr(comfort, "MOST_GROUPS", 60)
    monkeypatch.setattr(comfort, "AT_ONCE", 500)
    coarse = tier_chances(scores[-1], CUTS, starts, changes)
    assert np.abs(exact - coarse).max() < 0.06
    assert coarse.sum(axis=1) == pytest.approx(np.ones(600))


def test_the_edge_is_who_might_be_elsewhere() -> None:
    scores = np.tile(np.r_[np.full(120, 90.0), np.full(120, 69.0), np.full(120, 10.0)], (3, 1))
    scores[1, 120:180] = 75.0  # half of those just below the line went above it and came back
    revenue = np.r_[np.full(120, 5.0), np.full(120, 3.0), np.full(120, 2.0)]
    told = find_edge(replayed(scores), CUTS, revenue)
    assert told.is_known and told.rated_count == 360
    assert told.rows.tolist() == list(range(120, 240)), "equally firm ones in the order of the customers"
    assert told.revenue == 360.0 and told.revenue_share == pytest.approx(0.3)
    assert told.share == pytest.approx(1 / 3)
    assert told.chances[0].tolist() == [1.0, 0.0, 0.0]
    few = find_edge(replayed(scores[:, :5]), CUTS, revenue[:5])
    assert not few.is_known and few.rows.size == 0 and few.share is None
    assert np.isnan(few.chances).all()


def test_a_share_of_revenue_stays_a_share_where_refunds_outweigh_sales() -> None:
    scores = np.tile(np.r_[np.full(60, 69.0), np.full(60, 10.0)], (3, 1))
    scores[1, :60] = 75.0
    told = find_edge(replayed(scores), CUTS, np.r_[np.full(59, 5.0), -20.0, np.full(60, -4.0)])
    assert told.rows.tolist() == list(range(60))
    assert (told.revenue, told.revenue_share) == (275.0, 1.0)
    assert find_edge(replayed(scores), CUTS, np.full(120, -1.0)).revenue_share is None


def test_nine_of_ten_is_firm_to_the_last_digit() -> None:
    """One in twenty went up and one in twenty down: 0.95 − 0.05 is a hair below nine tenths."""
    scores = np.full((2, 200), 50.0)
    scores[1, :10], scores[1, 10:20] = 80.0, 20.0
    told = find_edge(replayed(scores), CUTS, np.ones(200))
    assert told.chances[50].tolist() == pytest.approx([0.05, 0.9, 0.05])
    assert not np.isin(np.arange(20, 200), told.rows).any()


def test_without_a_month_end_there_is_nothing_to_say() -> None:
    days = Replay((dt.date(2025, 5, 12),), np.array([[50.0, NAN]]), np.ones((1, 2), bool), None)
    assert not find_edge(days, CUTS, np.ones(2)).is_known
    bands = try_bands(days, CUTS)
    assert {band.move_count for band in bands} == {0} and choose_band(bands) is None


def test_a_day_that_is_no_month_end_makes_no_change() -> None:
    scores = wandering(30, 4)
    whole, cut = month_changes(replayed(scores)), month_changes(replayed(scores, dt.date(2025, 5, 12)))
    assert (whole[0].size, cut[0].size) == (90, 60)


def test_a_band_by_hand() -> None:
    path = np.array([[72.0], [68.0], [71.0], [66.0], [64.0], [67.0], [75.0], [NAN], [68.0]])
    plain = np.array([place_points(points, CUTS) for points in path])
    assert plain[:, 0].tolist() == [0, 1, 0, 1, 1, 1, 0, 3, 1]
    held = hold_tiers(path, plain, CUTS, 5.0)
    # 66 is less than 5 below the line, 64 more; back up only from 75; unrated starts anew.
    assert held[:, 0].tolist() == [0, 0, 0, 0, 1, 1, 0, 3, 1]
    assert (hold_tiers(path, plain, CUTS, 0.0) == plain).all()


def test_bands_count_moves_those_undone_and_who_is_late() -> None:
    path = np.array([[72.0, 10.0], [68.0, 10.0], [71.0, 10.0], [66.0, 40.0]])
    found = try_bands(replayed(path), CUTS, (0.0, 5.0, 30.0))
    assert found == (
        Band(0.0, 4, 2, 0.0),
        Band(5.0, 1, 0, 2 / 8),
        Band(30.0, 0, 0, 3 / 8),
    )
    assert choose_band(found) == found[1]
    assert choose_band(found[1:]) is None and choose_band((Band(0.0, 3, 0, 0.0),)) is None


def test_a_wider_band_never_moves_more_customers_of_a_wandering_company() -> None:
    bands = try_bands(replayed(wandering(400, 11)), CUTS)
    moves = [band.move_count for band in bands]
    assert moves == sorted(moves, reverse=True) and moves[0] > 3 * moves[-1]
    chosen = choose_band(bands)
    assert chosen is not None and 0 < chosen.width <= 6 and chosen.late_share < 0.15


def test_a_move_is_undone_however_long_it_lasted() -> None:
    path = np.array([[72.0], [68.0], [68.0], [68.0], [71.0]])
    assert try_bands(replayed(path), CUTS, (0.0,)) == (Band(0.0, 2, 1, 0.0),)


def test_the_band_chosen_halves_what_is_undone() -> None:
    few, half, none = Band(2.0, 8, 3, 0.1), Band(4.0, 6, 2, 0.2), Band(8.0, 2, 0, 0.4)
    assert choose_band((Band(0.0, 9, 4, 0.0), few, half, none)) == half
