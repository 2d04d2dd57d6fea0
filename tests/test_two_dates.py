"""What a scheme says on its two dates, against customers made by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from segmentation.schemes import Scheme, TierPolicy
from segmentation.tuning import evaluate
from tests.random_worlds import MemoryBook

LAST = date(2026, 3, 31)


def orders(rows: list[tuple[str, int, float, float]]) -> pd.DataFrame:
    """(customer, days before LAST, amount, margin)"""
    return pd.DataFrame(
        {
            "order_id": [str(number) for number in range(len(rows))],
            "customer_id": [row[0] for row in rows],
            "ordered_on": [LAST - timedelta(row[1]) for row in rows],
            "amount": [row[2] for row in rows],
            "margin": [row[3] for row in rows],
        }
    )


def scheme(**changes: object) -> Scheme:
    usual = {
        "method": "abc",
        "method_params": {"window_days": None},
        "outcome": "repurchase",
        "outcome_days": 90,
    }
    return Scheme(**usual | {"minimum_history_days": 0} | changes)  # type: ignore[arg-type]


def test_a_share_of_value_is_a_share_of_what_the_method_ranks_by() -> None:
    book = MemoryBook(
        {"orders": orders([("a", 0, 900.0, 10.0), ("b", 0, 60.0, 70.0), ("c", 0, 40.0, 20.0)])}, LAST
    )
    policy = TierPolicy(("A", "B"), "value", (0.9,))
    for value, first in (("amount", ["a"]), ("margin", ["b", "c"])):
        params = {"window_days": None, "value": value}
        told = evaluate(book, scheme(method_params=params, policy=policy), LAST)  # type: ignore[arg-type]
        assert told.tiers.at("A", "customers") == len(first), value
        assert told.solved.got == (0.9,)


def test_customers_unknown_on_the_check_date_are_counted_as_too_young() -> None:
    rows = [("old", 200, 5.0, 1.0), ("edge", 90, 5.0, 1.0), ("young", 89, 5.0, 1.0), ("newest", 0, 5.0, 1.0)]
    told = evaluate(MemoryBook({"orders": orders(rows)}, LAST), scheme(), LAST)  # type: ignore[arg-type]
    assert told.replayed_on == LAST - timedelta(90)
    assert (told.population, told.immature_customers) == (4, 2)


@pytest.mark.parametrize(("first_days_ago", "is_judged"), [(90, True), (89, False)])
def test_all_history_needs_a_day_before_the_outcome_window(first_days_ago: int, is_judged: bool) -> None:
    book = MemoryBook({"orders": orders([("a", first_days_ago, 5.0, 1.0), ("a", 0, 5.0, 1.0)])}, LAST)
    told = evaluate(book, scheme(), LAST)  # type: ignore[arg-type]
    assert (told.replayed_on is not None) == is_judged
    assert told.check.missing_days == (0 if is_judged else 1)


def test_a_score_of_undated_columns_describes_and_does_not_test() -> None:
    rows = orders([("a", 200, 5.0, 1.0), ("b", 180, 6.0, 1.0), ("a", 3, 5.0, 1.0)])
    known = pd.DataFrame({"customer_id": ["a", "b"], "attributes": ['{"x": "1"}', '{"x": "2"}']})
    book = MemoryBook({"customers": known, "orders": rows}, LAST)
    for attributes, is_as_recorded in (((), False), (("x",), True)):
        params = {"window_days": None, "attributes": attributes, "attribute_points": 10}
        told = evaluate(book, scheme(method="scorecard", method_params=params), LAST)  # type: ignore[arg-type]
        assert (told.is_as_recorded, told.replayed_on is not None) == (is_as_recorded, True)
    dateless = evaluate(book, scheme(outcome="recorded"), LAST)  # type: ignore[arg-type]
    assert dateless.is_as_recorded and dateless.replayed_on is None
