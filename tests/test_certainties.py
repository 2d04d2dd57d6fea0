"""Plain counts on a company small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from segmentation.certainties import Certainties, find_certainties
from segmentation.schemes import Scheme
from segmentation.standing import stand
from tests.worlds import make_book

AS_OF = dt.date(2026, 10, 31)


def orders(customer: str, amount: float, *days: str) -> pd.DataFrame:
    ids = [f"{customer}-{day}" for day in days]
    return pd.DataFrame(
        {"order_id": ids, "line": "1", "customer_id": customer, "ordered_on": days, "amount": amount}
    )


def count(tmp_path: Path, **frames: pd.DataFrame) -> Certainties:
    names = pd.DataFrame({"customer_id": ["C1", "C2", "C3", "C4"], "name": ["One", "Two", "Three", "Four"]})
    book = make_book(tmp_path, customers=names, **frames)
    return find_certainties(book, stand(book, Scheme(), AS_OF))


def test_who_leads_who_is_late_and_whom_nobody_wrote_about(tmp_path: Path) -> None:
    bought = pd.concat(
        [
            orders(
                "C1", 100, "2026-08-01", "2026-09-01", "2026-10-01"
            ),  # gap 30 or 31, silent for 30: in time
            orders("C2", 50, "2026-03-01", "2026-04-01", "2026-05-01"),  # gap 30 or 31, silent for 183: late
            orders("C3", 400, "2026-05-01", "2026-06-01"),  # two days only: no rhythm
        ]
    )
    touches = pd.DataFrame(
        {"touch_id": ["T1"], "customer_id": ["C1"], "at": ["2026-09-01"], "kind": ["call"]}
    )
    assert count(tmp_path, orders=bought, touches=touches) == Certainties(4, 1, 1, 2, 3)


def test_what_is_not_recorded_is_not_zero(tmp_path: Path) -> None:
    refunds = orders("C1", -5, "2026-08-01", "2026-09-01")
    assert count(tmp_path, orders=refunds) == Certainties(4, None, 0, 0, None, 1)
