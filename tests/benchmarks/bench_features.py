"""Features of all customers against the plain SQL for recency, orders and amount: a ratio in one run.

    python -m tests.benchmarks.bench_features [--customers 100000] [--orders-each 10] [--rounds 5] [--full]

Target: at most 1.5 times the plain SQL at 1,000,000 customers and 10,000,000 orders (`--full`). The plain SQL has the
recency, order counts and amounts of the features and nothing else; all end as a frame, on one read-only file, in turns.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from segmentation.features import COLUMNS, DAY_COLUMNS, LINE_COLUMNS, REPEAT_COLUMNS, build_features
from segmentation.store_books import READING, ask
from segmentation.tables import TABLES, storage_types

AS_OF, WINDOW_DAYS = dt.date(2025, 12, 1), 365
PLAIN = """
SELECT
    customer_id,
    min(ordered_on) FILTER (WHERE amount >= 0) AS first_order_on,
    max(ordered_on) FILTER (WHERE amount >= 0) AS last_order_on,
    count(DISTINCT order_id) FILTER (WHERE amount >= 0) AS total_order_count,
    count(DISTINCT order_id) FILTER (WHERE amount >= 0 AND ordered_on > $start) AS order_count,
    CAST(sum(amount) AS DOUBLE) AS total_amount,
    CAST(coalesce(sum(amount) FILTER (WHERE ordered_on > $start), 0) AS DOUBLE) AS amount
FROM orders
WHERE ordered_on <= $as_of
GROUP BY customer_id
ORDER BY customer_id
"""


def write_book(path: Path, customers: int, orders_each: int) -> None:
    """A data file as the store writes it: a name per customer, orders at random over two years."""
    with duckdb.connect(str(path)) as connection:
        for name, table in TABLES.items():
            columns = ", ".join(f'"{column}" {kind}' for column, kind in storage_types(table).items())
            connection.execute(f"CREATE TABLE {name} ({columns})")
        connection.execute(
            "INSERT INTO customers BY NAME SELECT 'C' || lpad(i::VARCHAR, 7, '0') AS customer_id, "
            "'Firm ' || i AS name, DATE '2023-01-01' AS first_contact_on FROM range($n) t(i)",
            {"n": customers},
        )
        connection.execute(
            "INSERT INTO orders BY NAME SELECT 'O' || lpad(i::VARCHAR, 9, '0') AS order_id, '1' AS line, "
            "'C' || lpad((hash(i) % $n)::VARCHAR, 7, '0') AS customer_id, "
            "DATE '2024-01-01' + (hash(i * 7) % 730)::INTEGER AS ordered_on, (hash(i * 3) % 1000000) / 100 AS amount, "
            "'O' || lpad(i::VARCHAR, 9, '0') || '|1' AS row_key, (i + 2)::INTEGER AS source_row FROM range($m) t(i)",
            {"n": customers, "m": customers * orders_each},
        )


class FileBook:
    """The named queries on a cursor of their own, as a book of the store runs them."""

    def __init__(self, root: Any) -> None:
        self._root = root

    def query(self, name: str, /, **params: Any) -> pd.DataFrame:
        return ask(self._root.cursor(), name, params)


def best(rounds: int, acts: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each act, the best of `rounds`, taken in turns so that a busy machine slows all alike."""
    seconds = dict.fromkeys(acts, float("inf"))
    for _ in range(rounds):
        for name, act in acts.items():
            started = time.perf_counter()
            act()
            seconds[name] = min(seconds[name], time.perf_counter() - started)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--orders-each", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true", help="1,000,000 customers with 10 orders each")
    asked = parser.parse_args()
    customers = 1_000_000 if asked.full else asked.customers
    evaluated = [name for name in COLUMNS if name not in (*DAY_COLUMNS, *LINE_COLUMNS, *REPEAT_COLUMNS)]
    start = AS_OF - dt.timedelta(days=WINDOW_DAYS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.duckdb"
        write_book(path, customers, asked.orders_each)
        with duckdb.connect(str(path), read_only=True, config=dict(READING)) as root:
            book = FileBook(root)
            seconds = best(
                asked.rounds,
                {
                    "plain SQL": lambda: root.cursor().execute(PLAIN, {"as_of": AS_OF, "start": start}).df(),
                    "features": lambda: build_features(book, AS_OF, WINDOW_DAYS, columns=evaluated),
                    "features + order rhythm": lambda: build_features(book, AS_OF, WINDOW_DAYS),
                },
            )
    print(f"{customers:,} customers, {customers * asked.orders_each:,} orders, best of {asked.rounds}")
    for name, taken in seconds.items():
        print(f"{name:<24}{taken:8.3f} s {taken / seconds['plain SQL']:6.2f} ×")


if __name__ == "__main__":
    main()
