"""E rows: which characters the bytes are."""

from __future__ import annotations

from tests.promises.promise import Brought, Promise
from tests.promises.table import ORDERS, csv_file

TWO_ORDERS = ORDERS + "O1,A,2026-03-01,10\nO2,B,2026-03-02,20\n"


def _both_orders(brought: Brought) -> None:
    assert [row["order_id"] for row in brought.rows("orders")] == ["O1", "O2"]


PROMISES = (
    Promise("E1", "OK", lambda: csv_file(TWO_ORDERS), then=_both_orders, name="without a mark"),
    Promise("E1", "OK", lambda: csv_file(TWO_ORDERS, "utf-8-sig"), then=_both_orders, name="with a mark"),
)
