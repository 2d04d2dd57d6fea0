"""What a method learns from lies before the day it is asked about: nothing after it can change a score."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.histories import MOST_DAYS, build_history, is_known_by, training_days
from segmentation.methods.base import LEARNED_THROUGH
from segmentation.methods.propensity import Propensity
from segmentation.schemes import Scheme
from segmentation.standing import rate, stand, stand_for_outcome
from tests.random_worlds import MemoryBook

FIRST, LAST = date(2023, 1, 2), date(2025, 12, 31)
AS_OF = date(2025, 9, 30)
SCHEME = Scheme(
    method="propensity", outcome="repurchase", outcome_days=90, method_params={"window_days": 182}
)


def make_world(customers: int = 150) -> dict[str, pd.DataFrame]:
    """Customers with rhythms of their own, so that who ordered often orders again, and contacts that mean nothing."""
    random = np.random.default_rng(12)
    ids = [f"k{place:03d}" for place in range(customers)]
    rhythm = random.gamma(1.2, 130, customers) + 25
    orders, touches = [], []
    for name, gap in zip(ids, rhythm, strict=True):
        day = FIRST + timedelta(int(random.integers(0, 60)))
        while day <= LAST:
            orders.append((f"{name}-{day}", name, day, float(random.integers(50, 900))))
            day += timedelta(1 + int(random.exponential(gap)))
        touches += [
            (f"{name}t{n}", name, FIRST + timedelta(int(random.integers(0, 1000))), "call") for n in range(4)
        ]
    listed = pd.DataFrame({"customer_id": ids, "name": ids, "first_contact_on": FIRST})
    return {
        "customers": listed,
        "orders": pd.DataFrame(orders, columns=["order_id", "customer_id", "ordered_on", "amount"]),
        "touches": pd.DataFrame(touches, columns=["touch_id", "customer_id", "at", "kind"]),
    }


WORLD = make_world()


def book(**frames: pd.DataFrame) -> Any:
    return MemoryBook(WORLD | frames, data_through_on=LAST)


def test_training_days_are_month_ends_whose_windows_neither_overlap_nor_reach_the_day() -> None:
    days = training_days(date(2025, 11, 30), 90, date(2023, 1, 1), 365)
    assert days == (date(2025, 8, 31), date(2025, 5, 31), date(2025, 2, 28), date(2024, 11, 30), date(2024, 8, 31),
                    date(2024, 5, 31))  # fmt: skip
    for later, earlier in zip((date(2025, 11, 30), *days), days, strict=False):
        assert earlier + timedelta(90) <= later
    assert len(training_days(date(2025, 11, 30), 30, date(2001, 1, 1), None)) == MOST_DAYS


def test_a_period_counted_lies_within_the_history() -> None:
    """365 days up to 31 May 2025 begin on 1 June 2024."""
    assert training_days(date(2025, 8, 31), 90, date(2024, 6, 1), 365) == (date(2025, 5, 31),)
    assert training_days(date(2025, 8, 31), 90, date(2024, 6, 2), 365) == ()
    assert training_days(date(2025, 8, 31), 90, date(2024, 6, 2), 364) == (date(2025, 5, 31),)


def test_it_finds_who_orders_again() -> None:
    scored = stand(book(), SCHEME, AS_OF).scored
    learned = scored.learned
    assert learned.is_later and learned.area.low > 0.6
    assert max(learned.days) + timedelta(90) <= AS_OF
    later = WORLD["orders"]["ordered_on"].between(AS_OF + timedelta(1), AS_OF + timedelta(90))
    bought = scored.scores.index.isin(WORLD["orders"]["customer_id"][later])
    assert scored.scores[bought].mean() > scored.scores[~bought].mean() + 10


def test_nothing_after_the_day_changes_a_score() -> None:
    """Every order, contact and deal after the day is another one; even one that tells the outcome helps nothing."""
    scored = rate(book(), SCHEME, AS_OF, None).scored
    orders, touches = WORLD["orders"], WORLD["touches"]
    buyers = orders[(orders["ordered_on"] > AS_OF)]["customer_id"].unique()
    telling = pd.DataFrame(
        {"touch_id": [f"x{n}" for n in range(len(buyers))], "customer_id": buyers,
         "at": AS_OF + timedelta(1), "kind": "visit"}
    )  # fmt: skip
    other = orders.assign(amount=orders["amount"].where(orders["ordered_on"] <= AS_OF, 1.0))
    for frames in (
        {"touches": pd.concat([touches, telling]), "orders": other},
        {"orders": orders[orders["ordered_on"] <= AS_OF]},
    ):
        again = rate(book(**frames), SCHEME, AS_OF, None).scored
        pd.testing.assert_series_equal(scored.scores, again.scores, check_exact=True)
        assert scored.fitted == again.fitted


def test_what_was_learned_later_is_not_used_to_judge_an_earlier_day() -> None:
    """A scheme published today, judged on an earlier day, learns again as of then; published earlier, it does not."""
    earlier = AS_OF - timedelta(90)
    now, then = (rate(book(), SCHEME, day, None).scored for day in (AS_OF, earlier))
    assert now.fitted[LEARNED_THROUGH] == (AS_OF.toordinal(),) and now.fitted != then.fitted
    published = SCHEME.changed(fitted=dict(now.fitted))
    judged = stand_for_outcome(book(), published, earlier).scored
    pd.testing.assert_series_equal(judged.scores, then.scores, check_exact=True)
    old = SCHEME.changed(fitted=dict(then.fitted))
    assert stand_for_outcome(book(), old, AS_OF).scored.fitted == then.fitted
    assert stand(book(), published, AS_OF).scored.fitted == now.fitted
    assert is_known_by(now.fitted, AS_OF) and not is_known_by(now.fitted, AS_OF - timedelta(1))
    assert is_known_by({"edges": (1.0,)}, FIRST) and is_known_by(None, FIRST)


def test_moving_a_slider_does_not_read_the_history_again() -> None:
    kept: dict[Hashable, Any] = {}
    made: list[Hashable] = []

    def recall(key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in kept:
            made.append(key)
            kept[key] = make()
        return kept[key]

    world = book()
    first = rate(world, SCHEME, AS_OF, None, recall=recall).scored
    made.clear()
    moved = SCHEME.changed(method_params={"window_days": 182, "caution": 60.0})
    second = rate(world, moved, AS_OF, None, recall=recall).scored
    assert not made and not first.scores.equals(second.scores)
    rate(
        world, SCHEME.changed(outcome_days=60, method_params=SCHEME.method_params), AS_OF, None, recall=recall
    )
    assert [key[0] for key in made] == ["history"]  # type: ignore[index]


def test_too_short_a_history_is_said_with_the_days_missing() -> None:
    world = book(
        orders=WORLD["orders"][WORLD["orders"]["ordered_on"] > date(2025, 3, 1)], touches=WORLD["touches"][:0]
    )
    scored = rate(world, SCHEME, AS_OF, None).scored
    assert (
        scored.is_refused and scored.verdict is not None and scored.verdict[0] == "propensity.refused.short"
    )
    assert 30 < scored.verdict[1]["days"] < 120
    assert stand(world, SCHEME, AS_OF).ladder.customers == 0  # everybody is unrated, nothing breaks


def test_for_money_the_case_is_whether_any_came() -> None:
    history = build_history(
        book(), SCHEME.changed(outcome="revenue_per_customer"), Propensity(182), AS_OF, _all()
    )
    assert set(np.unique(history.k)) == {0, 1} and (history.n == 1).all()


def test_whole_customers_are_drawn_where_there_are_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build_history(book(), SCHEME, Propensity(182), AS_OF, _all())
    monkeypatch.setattr("segmentation.histories.MOST_ROWS", len(whole.k) // 3)
    drawn = build_history(book(), SCHEME, Propensity(182), AS_OF, _all())
    assert 0.15 < len(drawn.k) / len(whole.k) < 0.55
    kept = whole.features.index.isin(drawn.features.index.unique())
    pd.testing.assert_frame_equal(whole.features[kept], drawn.features)


def _all() -> list[str]:
    return [*Propensity().columns, "first_contact_on", "first_touch_on", "first_order_on", "has_contact"]


def make_sheet(count: int = 400) -> MemoryBook:
    """A flat sheet: no dates, a yes or no, words and numbers in extra columns, one written down afterwards."""
    random = np.random.default_rng(13)
    won = random.random(count) < 0.3
    trade = np.where(random.random(count) < 0.3 + 0.4 * won, "steel", "food")
    ids = [f"r{place:03d}" for place in range(count)]
    texts = [
        f'{{"trade": "{word}", "staff": "{size}", "call duration": "{length:.0f}", "plant": "{word} {place % 3}"}}'
        for place, (word, size, length) in enumerate(
            zip(trade, random.integers(5, 90, count), random.normal(300, 60, count) + 280 * won, strict=True)
        )
    ]
    customers = pd.DataFrame(
        {"customer_id": ids, "attributes": texts, "channel": np.where(won, "fair", "web")}
    )
    deals = pd.DataFrame({"deal_id": ids, "customer_id": ids, "state": np.where(won, "won", "lost")})
    return MemoryBook({"customers": customers, "deals": deals})


def test_a_flat_sheet_is_learned_from_by_all_its_columns_but_the_one_that_knows() -> None:
    scheme = Scheme(method="propensity", outcome="recorded")
    scored = rate(make_sheet(), scheme, LAST, None).scored  # type: ignore[arg-type]
    learned = scored.learned
    assert {left.name for left in learned.left_out if left.is_leak} == {"call duration", "channel"}
    assert {"attribute:trade", "attribute:plant", "attribute:staff"} == set(learned.drivers["field"])
    assert scored.scores.notna().all() and not learned.is_later
    named = scheme.changed(method_params={"attributes": ("trade",)})
    only = rate(make_sheet(), named, LAST, None).scored  # type: ignore[arg-type]
    assert set(only.learned.drivers["field"]) == {"attribute:trade"}


def test_columns_without_a_date_are_read_only_where_they_are_named() -> None:
    random = np.random.default_rng(14)
    texts = [f'{{"kind": "{word}"}}' for word in random.choice(["a", "b"], 150)]
    world = book(customers=WORLD["customers"].assign(attributes=texts, region="north"))
    usual = rate(world, SCHEME, AS_OF, None).scored
    assert not [name for name in usual.parts.columns if name.startswith("attribute:")]
    named = SCHEME.changed(method_params={"window_days": 182, "attributes": ("kind", "region")})
    scored = rate(world, named, AS_OF, None).scored
    assert "attribute:kind" in scored.parts.columns
    assert [left.code for left in scored.learned.left_out if left.name == "region"] == ["constant"]
