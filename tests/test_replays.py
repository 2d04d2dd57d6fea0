"""Earlier month ends under today's rule, and where normal monthly change would carry a score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.replays import (
    FEWEST_CHANGES,
    NEAREST_CHANGES,
    Replay,
    likely_tiers,
    month_ends,
    replay,
)
from segmentation.schemes import Scheme
from segmentation.standing import Standing, rate, stand
from segmentation.store import Book
from tests.worlds import make_book

AS_OF = date(2026, 6, 30)
SCHEME = Scheme(method="rfm", minimum_orders=1)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Customer k orders every k + 9 days from the start of 2024; LATE is first seen in April 2026."""
    rows = []
    for k in range(30):
        day = date(2024, 1, 1) + timedelta(days=k)
        while day <= AS_OF:
            rows.append((f"C{k:02d}", day.isoformat(), 100 + 10 * k))
            day += timedelta(days=9 + k)
    rows += [("LATE", "2026-04-10", 50), ("LATE", "2026-05-10", 50)]
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_on", "amount"])
    orders["order_id"] = [f"O{place}" for place in range(len(orders))]
    return make_book(tmp_path_factory.mktemp("book"), orders=orders)


@pytest.fixture(scope="module")
def standing(book: Book) -> Standing:
    return stand(book, SCHEME, AS_OF)


@pytest.mark.parametrize(
    ("as_of", "first_on", "window_days", "count", "oldest"),
    [
        (date(2026, 6, 30), date(2020, 1, 1), 365, 12, date(2025, 7, 31)),
        (date(2026, 6, 29), date(2020, 1, 1), None, 12, date(2025, 6, 30)),
        (date(2026, 3, 15), date(2025, 12, 10), None, 3, date(2025, 12, 31)),
        (date(2026, 6, 30), date(2025, 5, 1), 365, 3, date(2026, 4, 30)),
        (date(2026, 6, 30), date(2025, 5, 2), 365, 2, date(2026, 5, 31)),
        (date(2026, 6, 30), date(2026, 6, 1), 365, 0, None),
        (date(2026, 6, 30), None, None, 0, None),
    ],
)
def test_month_ends_whose_whole_period_is_in_the_history(
    as_of: date, first_on: date | None, window_days: int | None, count: int, oldest: date | None
) -> None:
    ends = month_ends(as_of, first_on, window_days)
    assert len(ends) == count and list(ends) == sorted(ends)
    assert (ends[0] if ends else None) == oldest
    assert all((end + timedelta(days=1)).day == 1 and end <= as_of for end in ends)


def test_each_month_is_the_rule_of_today_on_what_was_known_then(book: Book, standing: Standing) -> None:
    told: list[tuple[int, int]] = []
    found = replay(book, SCHEME, standing, lambda done, count: told.append((done, count)))
    assert len(found.dates) == 12 and found.dates[-1] == AS_OF and told[-1] == (11, 11)
    edges = standing.scored.exact or standing.scored.fitted
    for place, day in enumerate(found.dates):
        then = rate(book, SCHEME, day, edges).scored.scores.reindex(standing.features.index)
        np.testing.assert_allclose(found.scores[place], then.to_numpy(dtype=float))
    unfrozen = stand(book, SCHEME, found.dates[3]).scored.scores.reindex(standing.features.index)
    assert not np.allclose(found.scores[3], unfrozen.to_numpy(dtype=float), equal_nan=True)


def test_nobody_has_a_tier_before_it_is_known(book: Book, standing: Standing) -> None:
    found = replay(book, SCHEME, standing)
    row = standing.features.index.get_loc("LATE")
    tiers = found.tiers_of(int(row), (70.0, 30.0))
    assert tiers[:9] == (None,) * 9 and None not in tiers[9:]
    assert set(tiers[9:]) <= {0, 1, 2, 3}


def test_a_list_date_within_a_month_stands_behind_the_month_ends(book: Book) -> None:
    found = replay(book, SCHEME, stand(book, SCHEME, date(2026, 6, 12)))
    assert found.dates[-2:] == (date(2026, 5, 31), date(2026, 6, 12)) and len(found.dates) == 13
    assert likely_tiers(found, 50.0, (70.0, 30.0)).last_on == date(2026, 5, 31), "half a month is no month"


def _replay(scores: list[list[float]]) -> Replay:
    ends = month_ends(AS_OF, date(2000, 1, 1), None, len(scores))
    points = np.array(scores, dtype=float)
    return Replay(ends, points, np.ones(points.shape, bool), date(2000, 1, 1))


def test_changes_of_those_who_started_alike_are_carried_over() -> None:
    """200 start at 50: 60 gain 10, 40 lose 30, 100 stay. 300 others start at 90 and would all fall."""
    start = [50.0] * 200 + [90.0] * 300
    later = [60.0] * 60 + [20.0] * 40 + [50.0] * 100 + [0.0] * 300
    found = likely_tiers(_replay([start, later]), 52.0, (61.0, 31.0))
    assert found.shares == pytest.approx((0.3, 0.5, 0.2))
    assert (found.change_count, found.customer_count, found.low, found.high) == (200, 200, 50.0, 50.0)
    assert (found.first_on, found.last_on) == (date(2026, 5, 31), AS_OF)


def test_equal_distances_stay_together_and_customers_are_counted_once() -> None:
    flat = [[40.0] * 300] * 3
    found = likely_tiers(_replay(flat), 40.0, (61.0, 31.0))
    assert NEAREST_CHANGES < found.change_count == 600 and found.customer_count == 300


def test_a_score_carried_onto_a_line_is_above_it() -> None:
    step, start, line = 100 / 12, 1000 / 12, 1100 / 12  # their sum misses the line by its last digit
    found = likely_tiers(_replay([[0.0] * 60, [step] * 60]), start, (line, 10.0))
    assert start + step < line and found.shares == (1.0, 0.0, 0.0)
    assert likely_tiers(_replay([[10.0] * 60, [70.0] * 60]), 90.0, (100.0, 10.0)).shares == (1.0, 0.0, 0.0)


def test_too_few_changes_say_nothing() -> None:
    start = [50.0] * (FEWEST_CHANGES - 1) + [float("nan")] * 20
    found = likely_tiers(_replay([start, start]), 50.0, (61.0, 31.0))
    assert (found.shares, found.change_count) == ((), FEWEST_CHANGES - 1)
    assert likely_tiers(_replay([start]), 50.0, (61.0, 31.0)).change_count == 0


def test_shares_add_up(book: Book, standing: Standing) -> None:
    found = likely_tiers(replay(book, SCHEME, standing), 55.0, (70.0, 30.0))
    assert (sum(found.shares) == pytest.approx(1.0) and found.low <= 55.0 <= found.high) or found.change_count


def test_a_method_that_shortens_what_it_learned_repeats_todays_scores(book: Book) -> None:
    scheme = replace(SCHEME, method="abc", method_params={})
    now = stand(book, scheme, AS_OF)
    found = replay(book, scheme, now)
    known = now.scored.scores.reindex(now.features.index).to_numpy(dtype=float)
    np.testing.assert_array_equal(found.scores[-1], known)


def test_before_anybody_was_known_there_is_nothing(tmp_path: Path) -> None:
    orders = pd.DataFrame(
        {"order_id": ["O1"], "customer_id": ["C1"], "ordered_on": ["2026-06-01"], "amount": [5]}
    )
    young = make_book(tmp_path, orders=orders)
    assert replay(young, SCHEME, stand(young, SCHEME, AS_OF)).dates == (AS_OF,)
