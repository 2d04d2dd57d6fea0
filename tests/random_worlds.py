"""Random books for the rooms that read rows: odd dates, refunds, nulls and ties, in memory and therefore fast."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from segmentation.store_books import ask
from segmentation.tables import TABLES, storage_types

START, DAYS = date(2024, 1, 1), 800
KINDS = ("visit", "call", "message", "meeting", "email", "login", "automatic", "not_reached", "fair")


class MemoryBook:
    """Frames as a book: the named queries over an in-memory database, unsorted rows and missing columns allowed."""

    def __init__(self, frames: Mapping[str, pd.DataFrame], data_through_on: date | None = None) -> None:
        self.data_through_on = data_through_on
        self.version = SimpleNamespace(number=1, aliases=())
        self._root = duckdb.connect(config={"threads": 1})
        for name, table in TABLES.items():
            columns = ", ".join(f'"{column}" {kind}' for column, kind in storage_types(table).items())
            self._root.execute(f"CREATE TABLE {name} ({columns})")
            if name in frames and len(frames[name]):
                self._root.register("frame", frames[name])
                self._root.execute(f"INSERT INTO {name} BY NAME SELECT * FROM frame")
                self._root.unregister("frame")

    def query(self, name: str, /, **params: Any) -> pd.DataFrame:
        return ask(self._root, name, params)


def _days(random: np.random.Generator, count: int, missing: float = 0.0) -> pd.Series:
    days = [START + timedelta(int(day)) for day in random.integers(0, DAYS, count)]
    return pd.Series(days, dtype=object).mask(pd.Series(random.random(count) < missing))


def make_frames(
    seed: int, rows: int = 120, has_customers: bool = True, has_orders: bool = True
) -> dict[str, pd.DataFrame]:
    """Customers, orders, touches and deals with ties, refunds, lines, shared ids, unknown customers and null dates."""
    random = np.random.default_rng(seed)
    ids = np.array([f"{'aBé客'[i % 4]}{i:02d}" for i in range(30)])
    some = [*ids[:25], None] if has_customers else [*ids, None]
    customers = pd.DataFrame({"customer_id": ids[5:], "first_contact_on": _days(random, 25, 0.4)})
    orders = pd.DataFrame(
        {
            "order_id": [str(n) for n in random.integers(0, rows // 2, rows)],
            "customer_id": random.choice(np.array(some, dtype=object), rows),
            "ordered_on": _days(random, rows),
            "amount": random.choice([0.0, 10.5, 99.99, -20.25, 1234.5678], rows),
            "margin": pd.Series(random.choice([1.5, -2.25, None], rows), dtype="float64"),
            "family": random.choice(np.array(["saw", "drill", None], dtype=object), rows),
            "row_key": [f"o{n}" for n in range(rows)],
        }
    )
    orders.loc[random.random(rows) < 0.1, "order_id"] = None
    touches = pd.DataFrame(
        {
            "customer_id": random.choice(np.array(some, dtype=object), rows),
            "at": [datetime(day.year, day.month, day.day, 23, 59) for day in _days(random, rows)],
            "kind": random.choice(np.array([*KINDS, None], dtype=object), rows),
            "minutes": pd.Series(random.choice([30.0, 900.0, None], rows), dtype="float64"),
            "reached": pd.Series(random.choice([True, False, None], rows), dtype="boolean"),
        }
    )
    deals = _make_deals(random, rows, some)
    made = {"customers": customers, "orders": orders, "touches": touches, "deals": deals}
    left_out = {"customers": not has_customers, "orders": not has_orders}
    return {name: frame for name, frame in made.items() if not left_out.get(name)}


def _make_deals(random: np.random.Generator, rows: int, some: list[Any]) -> pd.DataFrame:
    opened, state = _days(random, rows, 0.2), random.choice(["won", "lost", "open"], rows)
    took = [timedelta(int(days)) for days in random.integers(0, 200, rows)]
    closed = pd.Series(
        [
            None if s == "open" else (START if pd.isna(o) else o) + t
            for s, o, t in zip(state, opened, took, strict=True)
        ],
        dtype=object,
    ).mask(pd.Series(random.random(rows) < 0.1))
    return pd.DataFrame(
        {
            "deal_id": [f"d{n}" for n in range(rows)],
            "customer_id": random.choice(np.array(some, dtype=object), rows),
            "opened_on": opened,
            "closed_on": closed,
            "state": state,
            "kind": random.choice(np.array(["new", "renewal", None], dtype=object), rows),
            "amount": pd.Series(random.choice([100.0, 2500.25, None], rows), dtype="float64"),
        }
    )
