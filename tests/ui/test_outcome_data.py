"""What the page Outcomes is made of: tiers and customers of the check date, and nobody who came later."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from segmentation.proposals import propose
from segmentation.results import ALL, WITHOUT
from segmentation.schemes import Scheme, TierPolicy
from segmentation.tuning import Base, Evaluation, draw_lines, prepare
from segmentation.ui.outcome_data import Followed, follow_once
from tests.random_worlds import MemoryBook
from tests.sample_books import sample_book


def followed(book: Any, scheme: Scheme, as_of: date, key: str) -> tuple[Followed, Base, Evaluation]:
    base = prepare(book, scheme, as_of)
    evaluation = draw_lines(base, scheme)
    look = SimpleNamespace(say=lambda *_, **__: "")
    session: Any = SimpleNamespace(book=book, store_key=key, look=look)
    found = follow_once(session, base, evaluation)
    assert found is not None
    return found, base, evaluation


def test_tiers_are_those_of_the_check_date_and_its_lines() -> None:
    book: Any = sample_book()
    policy = TierPolicy(("A", "B", "C"), "number", (60, 300))
    scheme = propose(book).scheme.changed(method="abc", method_params={}, policy=policy)
    found, base, evaluation = followed(book, scheme, book.data_through_on, "lines")
    assert evaluation.cuts != evaluation.check_cuts, "else either line would do"
    assert base.checked is not None
    told = found.results["tier"]
    for row, name in enumerate(evaluation.names):
        assert told.measures["repurchase"].at(row, "k") == evaluation.rates.at(name, "k")
    assert told.customers.at(ALL, "customers") == base.checked.population < base.now.population
    assert {"tier", "region", "channel", "owner"} <= set(found.results) == set(found.cycles)
    kept = [told.grouping.places.size for told in found.results.values()]
    assert kept == [0] * len(kept), "only sums are kept"


@pytest.fixture
def newcomer() -> MemoryBook:
    """Customer a is known for long; b is first heard of after the check date and wins a deal at once."""
    first, last = date(2024, 1, 1), date(2026, 6, 30)
    customers = pd.DataFrame({"customer_id": ["a", "b"], "first_contact_on": [first, last - timedelta(20)]})
    orders = pd.DataFrame(
        {
            "order_id": [str(n) for n in range(30)], "customer_id": "a",
            "ordered_on": [first + timedelta(30 * n) for n in range(30)], "amount": 10.0,
            "row_key": [str(n) for n in range(30)],
        }
    )  # fmt: skip
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "2"], "customer_id": ["a", "b"], "opened_on": last - timedelta(19),
            "closed_on": last - timedelta(3), "state": "won", "amount": 5.0, "row_key": ["1", "2"],
        }
    )  # fmt: skip
    return MemoryBook({"customers": customers, "orders": orders, "deals": deals}, last)


def test_deals_of_customers_unknown_on_the_check_date_are_nobodys(newcomer: MemoryBook) -> None:
    scheme = propose(newcomer).scheme.changed(outcome_days=90)  # type: ignore[arg-type]
    found, base, _ = followed(newcomer, scheme, date(2026, 6, 30), "newcomer")
    assert base.checked is not None and base.checked.population == 1
    assert found.cycles["tier"].whole.deals == 1
    assert found.results["tier"].measures["win_rate"].at(ALL, "n") == 1
    assert found.results["tier"].customers.at(WITHOUT, "customers") in (0, 1)
