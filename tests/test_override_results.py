"""Overrides against those nobody touched: planted truths, who counts, and what was decided too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segmentation.journal import Event
from segmentation.override_results import OverrideResults, review_overrides
from segmentation.overrides import KIND
from segmentation.rates import newcombe, outcome_measures, wilson
from segmentation.verdicts import FEWEST

ON = date(2026, 6, 30)
NAMES, CUTS = ("A", "B", "C"), (70.0, 40.0)
BY_THEN, AFTER = datetime(2026, 6, 30, 18), datetime(2026, 7, 1, 9)
POINTS = np.r_[np.full(100, 90.0), np.full(200, 55.0), np.full(300, 20.0), np.full(20, np.nan)]
IDS = np.array([f"c{number:03d}" for number in range(POINTS.size)])
FIRST = {"A": 0, "B": 100, "C": 300, "unrated": 600}


def event(
    number: int, tier: str | None, at: datetime = BY_THEN, since: str = "2026-05-31", row: int = -1
) -> Event:
    payload: dict[str, Any] = {"tier": tier, "since_on": since}
    if tier is not None:
        payload |= {"reason": "strategic", "note": "", "expires_on": "2026-08-29"}
    return Event(number, at, "ann", KIND, str(IDS[number if row < 0 else row]), payload)


def standing() -> Any:
    index = pd.Index(IDS, name="customer_id")
    is_rated = ~np.isnan(POINTS)
    return SimpleNamespace(
        as_of=ON,
        population=POINTS.size,
        features=pd.DataFrame(index=index),
        reasons=pd.Series(np.where(is_rated, None, "new"), index=index),
        scored=SimpleNamespace(scores=pd.Series(POINTS[is_rated], index=index[is_rated])),
    )


def review(
    events: list[Event], k: np.ndarray, outcome: Any = "repurchase", value: Any = 0
) -> OverrideResults:
    frame = pd.DataFrame({"n": np.ones(POINTS.size, int), "k": k, "value_e4": value, "open_count": 0})
    return review_overrides(events, standing(), CUTS, NAMES, outcome_measures(frame, outcome))


def world() -> np.ndarray:
    """A: 80 of 100, B: 100 of 200, C: 60 of 300 order again, spread evenly."""
    k = np.zeros(POINTS.size, int)
    for name, count, every in (("A", 80, 100), ("B", 100, 200), ("C", 60, 300)):
        k[FIRST[name] + np.linspace(0, every - 1, count).round().astype(int)] = 1
    return k


def test_customers_set_up_rightly_did_better_than_the_rule_said() -> None:
    k = world()
    events = [event(row, "A") for row in range(FIRST["B"], FIRST["B"] + 30)]
    k[FIRST["B"] : FIRST["B"] + 30] = 1
    found = review(events, k)
    up = found.up
    assert up is not None and found.down is None and (up.customers, up.k, up.n) == (30, 30, 30)
    rest = k[FIRST["B"] + 30 : FIRST["C"]]
    assert up.computed.n == 170 and up.computed.rate == pytest.approx(rest.mean())
    assert (up.low, up.high) == tuple(float(end) for end in wilson(30, 30))
    wanted = [float(end) for end in newcombe(30, 30, rest.sum(), 170)]
    assert [up.computed.low, up.computed.high] == pytest.approx(wanted)
    assert up.computed.code == "higher" and up.given.code == "higher" and up.given.rate == pytest.approx(0.8)


def test_customers_set_up_in_vain_are_no_better_than_their_own() -> None:
    found = review([event(row, "A") for row in range(FIRST["B"], FIRST["B"] + 40)], world())
    assert found.up is not None
    assert found.up.computed.code == "cannot_tell" and found.up.given.code == "lower"


def test_customers_set_down_are_held_against_others_in_their_own_mixture() -> None:
    k = world()
    down = [*range(0, 30), *range(FIRST["B"], FIRST["B"] + 10)]
    k[down] = 0
    found = review([event(row, "C") for row in down], k)
    assert found.down is not None and found.up is None
    a, b = k[30:100].mean(), k[FIRST["B"] + 10 : FIRST["C"]].mean()
    assert found.down.computed.rate == pytest.approx(0.75 * a + 0.25 * b)
    assert found.down.computed.n == 70 + 190 and found.down.given.n == 300
    assert found.down.computed.code == "lower"


def test_few_are_too_few_whatever_happened_to_them() -> None:
    k = world()
    rows = range(FIRST["B"], FIRST["B"] + FEWEST - 1)
    k[list(rows)] = 1
    found = review([event(row, "A") for row in rows], k)
    assert found.up is not None and found.up.computed.code == "too_few" and found.up.k == 9


def test_what_was_recorded_after_the_check_date_may_have_seen_the_outcome() -> None:
    """Dated into the check date or not: the day it was written down decides. A late lifting does not undo either."""
    events = [
        event(FIRST["B"], "A"),
        event(FIRST["B"] + 1, "A", AFTER),
        event(FIRST["B"] + 2, "A", since="2026-07-01"),
        event(FIRST["B"] + 3, "A"),
        event(FIRST["B"] + 3, None, AFTER),
        event(FIRST["B"] + 4, "A"),
        event(FIRST["B"] + 4, None),
    ]
    found = review(events, world())
    assert found.up is not None
    assert (found.held_count, found.up.customers, found.late_count) == (2, 2, 1)


def test_same_unrated_unknown_and_expired_ones_are_counted_apart() -> None:
    gone = event(FIRST["B"], "A")
    gone = replace(gone, payload={**gone.payload, "expires_on": "2026-06-29"})
    events = [event(0, "A"), event(FIRST["unrated"], "A"), event(FIRST["C"], "Gold"), gone]
    found = review(events, world())
    assert (found.held_count, found.same_count, found.unrated_count) == (1, 1, 1)
    assert found.up is None and found.down is None


def test_others_are_those_nobody_touched() -> None:
    """A customer set by hand to the tier it has anyway was looked at too."""
    k = world()
    events = [event(row, "B") for row in range(FIRST["B"], FIRST["B"] + 50)]
    events += [event(row, "A") for row in range(FIRST["B"] + 50, FIRST["B"] + 70)]
    found = review(events, k)
    assert found.up is not None and found.up.computed.n == 130 and found.same_count == 50


def test_money_is_compared_as_money() -> None:
    value = np.tile([1_000_000, 3_000_000], POINTS.size // 2)
    rows = list(range(FIRST["B"], FIRST["B"] + 40))
    value[rows] += 5_000_000
    found = review(
        [event(row, "A") for row in rows], np.zeros(POINTS.size, int), "revenue_per_customer", value
    )
    assert found.up is not None and np.isnan(found.up.k)
    told = found.up.computed
    assert (found.up.rate, told.rate) == (700.0, 200.0) and told.difference == 500.0
    assert 455 < told.low < 470 and 530 < told.high < 545 and told.code == "higher"


def test_a_range_of_money_is_welchs_however_few_the_others_are() -> None:
    """Twelve others say little of their spread: the range is as wide as for them, not as for the eighty set by hand."""
    random = np.random.default_rng(4)
    value = np.rint(random.gamma(2, 500, POINTS.size) * 1e4).astype(np.int64)
    set_by_hand = range(FIRST["A"], FIRST["A"] + 88)
    found = review(
        [event(row, "B") for row in set_by_hand], np.zeros(POINTS.size, int), "revenue_per_customer", value
    )
    assert found.down is not None
    told, others = found.down.computed, slice(FIRST["A"] + 88, FIRST["B"])
    wanted = stats.ttest_ind(value[:88] / 1e4, value[others] / 1e4, equal_var=False).confidence_interval(0.95)
    assert told.n == 12 and (told.low, told.high) == pytest.approx((wanted.low, wanted.high), rel=1e-4)


def test_customers_set_to_a_tier_the_scheme_lacks_are_no_others() -> None:
    k = world()
    events = [event(row, "A") for row in range(FIRST["B"], FIRST["B"] + 20)]
    events += [event(row, "Gold") for row in range(FIRST["B"] + 20, FIRST["B"] + 30)]
    found = review(events, k)
    assert found.up is not None and found.up.computed.n == 170


def test_others_in_unequal_shares_say_less_than_their_number() -> None:
    """Most of the group comes from a tier with few others: the rate rests on 1/Σ(w²/n) cases, not on all of them."""
    k = world()
    down = [*range(0, 80), *range(FIRST["B"], FIRST["B"] + 20)]
    found = review([event(row, "C") for row in down], k)
    assert found.down is not None
    told, like = found.down.computed, 1 / (0.8**2 / 20 + 0.2**2 / 180)
    rate = 0.8 * k[80:100].mean() + 0.2 * k[FIRST["B"] + 20 : FIRST["C"]].mean()
    wanted = newcombe(k[down].sum(), 100, rate * like, like)
    assert told.n == 200 and [told.low, told.high] == pytest.approx([float(end) for end in wanted])


def test_few_others_are_too_few_as_well() -> None:
    down = list(range(91))
    found = review([event(row, "C") for row in down], world())
    assert found.down is not None and (found.down.computed.n, found.down.computed.code) == (9, "too_few")
    assert found.down.given.code != "too_few"


def test_a_group_is_mixed_by_its_cases_not_by_its_customers() -> None:
    """Deals: of two hundred closed ones nine in ten are of the customers out of A."""
    n = np.ones(POINTS.size, int)
    rows = [*range(20), *range(FIRST["B"], FIRST["B"] + 20)]
    n[:20] = 9
    frame = pd.DataFrame({"n": n, "k": world() * n, "value_e4": 0, "open_count": 0})
    events = [event(row, "C") for row in rows]
    found = review_overrides(events, standing(), CUTS, NAMES, outcome_measures(frame, "win_rate"))
    assert found.down is not None and found.down.n == 200
    k = world()
    wanted = 0.9 * k[20:100].mean() + 0.1 * k[FIRST["B"] + 20 : FIRST["C"]].mean()
    assert found.down.computed.rate == pytest.approx(wanted)
