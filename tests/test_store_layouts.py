"""W14: a store of an earlier program opens, is published on and erased from; its own files stay as they were."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from segmentation.identities import Alias
from segmentation.store import Store
from segmentation.store_books import ROOTS
from segmentation.store_erasure import erase_customer, find_traces
from segmentation.store_manifests import _check
from segmentation.summary import build_summary
from tests.worlds import PUBLISHED_AT, make_store, make_upload

CUSTOMERS = pd.DataFrame({"customer_id": ["C1", "C2"], "name": ["Calder", "Oakline"]})
ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2"],
        "customer_id": ["C1", "C2"],
        "ordered_on": ["2026-01-02"] * 2,
        "amount": [5, 7.5],
    }
)
LACKING = {"orders": ("paid_amount", "family"), "customers": ("nps",)}


@pytest.fixture
def earlier(tmp_path: Path) -> Store:
    """A store whose file lacks columns, a table and the corrections, as a program before them wrote it."""
    store = make_store(tmp_path, customers=CUSTOMERS, orders=ORDERS)
    current = store.version(1)
    path = store.path / current.data
    with duckdb.connect(str(path)) as connection:
        for table, columns in LACKING.items():
            for column in columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("DROP TABLE spend")
        connection.execute("DROP TABLE corrections")
        connection.execute("CHECKPOINT")
    manifest = store.path / "versions" / "000001.json"
    said: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    said |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
    manifest.write_text(json.dumps(said | {"check": _check(said)}), "utf-8")
    return Store(store.path)


def orders_of(store: Store, number: int) -> tuple[int, float]:
    with store.open(number) as book:
        found = build_summary(book)
    return found.orders, float(found.order_amount)


def test_w14_it_opens_and_the_next_upload_is_written_as_today(earlier: Store, tmp_path: Path) -> None:
    path = earlier.path / earlier.version(1).data
    before = path.read_bytes()
    assert orders_of(earlier, 1) == (2, 12.5)
    more = ORDERS.assign(order_id=["3", "2"], amount=[1, 8], family=["x", "y"])
    second = earlier.publish(make_upload(tmp_path, orders=more), 1, "anna", PUBLISHED_AT)
    assert second.rows["orders"] == 3 and second.rows["spend"] == 0
    assert orders_of(earlier, 2) == (3, 14.0) and orders_of(earlier, 1) == (2, 12.5)
    ROOTS.drop_idle()
    with duckdb.connect(str(earlier.path / second.data), read_only=True) as connection:
        told = connection.execute("SELECT order_id, family, paid_amount FROM orders ORDER BY 1").fetchall()
    assert told == [("1", None, None), ("2", "y", None), ("3", "x", None)]
    assert path.read_bytes() == before, "what was published stays as it was: it is the backup"
    assert earlier.undo(2, "anna", PUBLISHED_AT).data == f"data/{path.name}" and orders_of(earlier, 3) == (
        2,
        12.5,
    )


def test_w14_names_are_merged_and_customers_erased_in_it(earlier: Store) -> None:
    merged = earlier.set_aliases((Alias("customer", "C2", "C1"),), 1, "anna", PUBLISHED_AT)
    with earlier.open(merged.number) as book:
        assert list(book.query("stored_customers")["customer_id"]) == ["C1"]
    erased = erase_customer(earlier, find_traces(earlier, "C2"), "anna", PUBLISHED_AT)
    assert orders_of(earlier, erased.number) == (1, 5.0) and orders_of(earlier, 1) == (1, 5.0)
