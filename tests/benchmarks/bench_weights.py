"""A method's weight moved: everything it changes, against one sort of the scores, in turns, in one run; and the memory.

    python -m tests.benchmarks.bench_weights [--customers 100000] [--rounds 7] [--folder F] [--memory]

Target: at 100,000 customers at most 10 times one sort of its scores. With `--memory`: 200 moves of a line and 20 of a
weight on a real server, and the most memory the server took (target: 2.5 GB at 1,000,000 customers).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from segmentation.proposals import propose
from segmentation.store import Store
from segmentation.tuning import draw_lines, prepare
from tests.benchmarks.bench_reruns import LINE, POSITIONS, serving
from tests.benchmarks.big_stores import write_store
from tests.benchmarks.raw_sessions import Reader

WEIGHT = "rfm.recency_weight@slider"


def compare(store: Path, rounds: int) -> None:
    """Print the ratio of a weight's move to a sort of the scores it gives."""
    book = Store(store).open()
    scheme, as_of = propose(book).scheme, book.data_through_on
    assert as_of is not None and scheme.method == "rfm"
    kept: dict[Any, Any] = {}

    def recall(key: Any, make: Callable[[], Any]) -> Any:
        if key not in kept:
            kept[key] = make()
        return kept[key]

    prepare(book, scheme, as_of, recall)
    ours, sorts = [], []
    for turn in range(rounds):
        moved = scheme.changed(method_params={**scheme.method_params, "recency_weight": 2 + turn % 5})
        started = time.perf_counter()
        base = prepare(book, moved, as_of, recall)
        draw_lines(base, moved)
        ours.append(time.perf_counter() - started)
        scores = base.now.scored.scores.to_numpy()
        started = time.perf_counter()
        np.argsort(-scores, kind="stable")
        sorts.append(time.perf_counter() - started)
    middle, one = statistics.median(ours), statistics.median(sorts)
    print(
        f"a weight's move {middle * 1e3:.1f} ms, one sort of the scores {one * 1e3:.1f} ms: {middle / one:.1f} ×"
    )


async def wander(port: int, lines: int, weights: int, memory: Callable[[], int]) -> tuple[int, float]:
    """Move lines and weights; the most resident bytes seen, and the median seconds of a weight's move."""
    reader, _ = await Reader.open(port)
    most = memory()
    for turn in range(lines):
        await reader.move(LINE, POSITIONS[turn * 7 % len(POSITIONS)])
        most = max(most, memory())
    seconds = []
    for turn in range(weights):
        seconds.append((await reader.move(WEIGHT, float(2 + turn % 8))).seconds)
        most = max(most, memory())
    await reader.close()
    return most, statistics.median(seconds)


def weigh(store: Path) -> None:
    with serving(store) as port:
        server = next(
            process
            for process in psutil.Process().children(recursive=True)
            if "streamlit" in process.cmdline()
        )
        most, seconds = asyncio.run(wander(port, 200, 20, lambda: int(server.memory_info().rss)))
        print(f"most memory of the server: {most / 1e9:.2f} GB; a weight's move on the page {seconds:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where the stores are kept between runs")
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        store = write_store(asked.folder or Path(temporary), asked.customers)
        print(f"{asked.customers:,} customers")
        compare(store, asked.rounds)
        if asked.memory:
            weigh(store)


if __name__ == "__main__":
    main()
