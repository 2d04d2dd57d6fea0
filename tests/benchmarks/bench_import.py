"""Import of clean CSV rows, bytes to published version, against a hand-written typed read_csv: a ratio in one run.

    python -m tests.benchmarks.bench_import [--rows 1000000] [--rounds 5]

Target: at most 4 times the hand-written statement.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.store import Store


def write_orders(path: Path, rows: int) -> None:
    """A clean export: order_id, line, customer_id, ordered_on, amount, product."""
    random = np.random.default_rng(7)
    days = np.datetime64("2024-01-01") + random.integers(0, 900, rows)
    cents = random.integers(100, 5_000_000, rows)
    customers = random.integers(0, max(rows // 10, 1), rows)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("order_id,line,customer_id,ordered_on,amount,product\n")
        for place, (day, cent, customer) in enumerate(zip(days.astype(str), cents, customers, strict=True)):
            out.write(
                f"SO{place // 2:08d},{place % 2 + 1},C{customer:07d},{day},{cent / 100:.2f},P{cent % 97}\n"
            )


def by_hand(path: Path, folder: Path) -> None:
    """What somebody who knows the file would write."""
    with duckdb.connect(str(folder / "hand.duckdb")) as connection:
        connection.execute("SET threads = 2; SET preserve_insertion_order = false")
        connection.execute(
            "CREATE TABLE orders AS SELECT * FROM read_csv(?, header = true, columns = {"
            "'order_id': 'VARCHAR', 'line': 'VARCHAR', 'customer_id': 'VARCHAR', 'ordered_on': 'DATE', "
            "'amount': 'DECIMAL(18,4)', 'product': 'VARCHAR'})",
            [str(path)],
        )


def by_intake(path: Path, folder: Path) -> None:
    """The way every upload takes."""
    store = Store(folder / "store")
    upload = read_upload(recognise(open_files([(path.name, path)], folder)), None)
    version = store.publish(upload, None, "benchmark", dt.datetime(2026, 11, 1))
    assert version.rows["orders"] > 0


def seconds(act: Callable[[Path, Path], None], path: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        act(path, Path(folder))
        return time.perf_counter() - started


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path, options.rows)
        seconds(by_hand, path)
        pairs = [(seconds(by_intake, path), seconds(by_hand, path)) for _ in range(options.rounds)]
    ratios = [intake / hand for intake, hand in pairs]
    print(f"rows {options.rows:,}, rounds {options.rounds}, interleaved")
    print(f"intake, bytes to published version: median {statistics.median(p[0] for p in pairs):.2f} s")
    print(f"hand-written typed read_csv:        median {statistics.median(p[1] for p in pairs):.2f} s")
    print(
        f"ratio: median {statistics.median(ratios):.2f} (min {min(ratios):.2f}, max {max(ratios):.2f}); target <= 4"
    )


if __name__ == "__main__":
    main()
