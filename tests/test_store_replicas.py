"""A replica: the past as it was, then each customer's own drawn days once more, and nothing that really came."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import StoreError
from segmentation.features import build_features
from segmentation.store import Book
from segmentation.store_replicas import Replica
from tests.worlds import make_book

SINCE, UNTIL = date(2026, 1, 31), date(2026, 2, 28)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    orders = pd.DataFrame(
        [
            ("O1", "C1", "2026-01-05", 100), ("O1", "C1", "2026-01-05", 20), ("O2", "C1", "2026-01-31", 7),
            ("O3", "C1", "2025-12-10", 50), ("O4", "C1", "2026-02-03", 9000), ("O5", "C2", "2025-12-20", 30),
            ("O6", "C2", "2026-03-01", 1),
        ],
        columns=["order_id", "customer_id", "ordered_on", "amount"],
    )  # fmt: skip
    touches = pd.DataFrame(
        [("T1", "C2", "2025-12-31", "call"), ("T2", "C2", "2026-02-02", "call")],
        columns=["touch_id", "customer_id", "at", "kind"],
    )
    deals = pd.DataFrame(
        [
            ("D1", "C1", "2025-11-01", "2026-01-20", "won", 500),
            ("D2", "C1", "2025-12-01", "2026-02-10", "won", 70),
            ("D3", "C2", "2026-02-11", None, "open", 9),
            ("D4", "C2", "2026-01-11", None, "open", 9),
        ],
        columns=["deal_id", "customer_id", "opened_on", "closed_on", "state", "amount"],
    )
    return make_book(tmp_path, orders=orders, touches=touches, deals=deals)


def drawn(*days_on: int) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ["C1", "C2"], "days_on": np.array(days_on, np.int32)})


def test_the_drawn_days_come_again_and_what_came_does_not(book: Book) -> None:
    with Replica(book, SINCE, 28, drawn(28, 56)) as replica:
        told = build_features(replica, UNTIL, 365)
    # C1: the 28 days to 31 January again, one order of two lines and one more; C2: those to 3 January.
    assert told["total_order_count"].tolist() == [5, 2]
    assert told["total_amount"].tolist() == [177 + 127, 60]
    assert told["last_order_on"].dt.strftime("%Y-%m-%d").tolist() == ["2026-02-28", "2026-02-14"]
    assert told["touch_count"].tolist() == [0, 2]
    assert told["won_deal_count"].tolist() == [2, 0] and told["open_deal_count"].tolist() == [1, 1]
    assert told["won_amount"].tolist() == [1000.0, 0.0]


def test_until_the_day_everything_is_as_it_was(book: Book) -> None:
    with Replica(book, SINCE, 28, drawn(28, 56)) as replica:
        pd.testing.assert_frame_equal(build_features(replica, SINCE, 365), build_features(book, SINCE, 365))


def test_the_book_itself_stays_as_it_is(book: Book) -> None:
    before = build_features(book, UNTIL, 365)
    replica = Replica(book, SINCE, 28, drawn(28, 28))
    pd.testing.assert_frame_equal(build_features(book, UNTIL, 365), before)
    replica.close()
    replica.close()
    with pytest.raises(StoreError):
        replica.query("features", as_of=UNTIL, window_start=SINCE, year_start=SINCE)
    pd.testing.assert_frame_equal(build_features(book, UNTIL, 365), before)
