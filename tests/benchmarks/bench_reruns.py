"""A move of a line as the server answers it, against an empty fragment on the same server, in turns, in one run.

    python -m tests.benchmarks.bench_reruns [--customers 10000 100000 1000000] [--moves 60] [--readers 10 30]

Targets: median and p95 of a move at most 5 times those of the empty fragment at 100,000 and 1,000,000 customers; with
10 readers who pause a second between moves the same, with 30 at most 10 times, no error and no figure of another
reader; bytes of a move at 1,000,000 at most 1.25 times those at 10,000. Milliseconds are reported, not asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from segmentation.proposals import propose
from segmentation.store import Store
from segmentation.tuning import draw_lines, prepare
from tests.benchmarks.big_stores import write_store
from tests.benchmarks.raw_sessions import Answered, Reader
from tests.browser.conftest import ROOT, START_SECONDS, free_port

LINE, EMPTY = "customers1@slider", "empty"
POSITIONS = tuple(float(share) for share in range(5, 35))
PAUSE_SECONDS, WARM_MOVES = 1.0, 3


@contextmanager
def serving(store: Path) -> Iterator[int]:
    """The port of a server on `store`, for as long as the block lasts."""
    port = free_port()
    environment = dict(
        os.environ, TIERBOARD_STORE=str(store), PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1"
    )
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "tests/benchmarks/served_app.py",
        "--server.headless",
        "true",
    ]
    with subprocess.Popen(
        [*command, "--server.port", str(port)], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).read()
                    break
                except OSError:
                    time.sleep(0.2)
            yield port
        finally:
            process.terminate()


def count_customers(store: Path) -> dict[float, int]:
    """Position of the first line in percent → customers of tier A, by the core itself: what a reader must be shown."""
    book = Store(store).open()
    scheme, as_of = propose(book).scheme, book.data_through_on
    assert as_of is not None
    base = prepare(book, scheme, as_of)
    counts = {}
    for position in POSITIONS:
        cuts = (position / 100, *(max(cut, position / 100) for cut in scheme.policy.cuts[1:]))
        policy = type(scheme.policy)(scheme.policy.names, "customers", cuts)
        counts[position] = int(draw_lines(base, scheme.changed(policy=policy)).tiers.at("A", "customers"))
    return counts


def is_right(answered: Answered, customers: int) -> bool:
    """Whether the headline shown is that of this position."""
    return any(text.startswith(f"Tier A: {customers:,} customers") for text in answered.texts)


async def move_alone(
    port: int, moves: int, counts: dict[float, int]
) -> tuple[list[Answered], list[float], int]:
    """One reader moves the line and the empty slider in turns."""
    whole, _ = await Reader.open(port)
    empty, _ = await Reader.open(port, "empty=1")
    answered, seconds, wrong = [], [], 0
    for turn in range(WARM_MOVES + moves):
        position = POSITIONS[turn * 7 % len(POSITIONS)]
        told = await whole.move(LINE, position)
        nothing = await empty.move(EMPTY, float(turn % 100))
        if turn >= WARM_MOVES:
            wrong += not is_right(told, counts[position])
            answered.append(told)
            seconds.append(nothing.seconds)
    await whole.close()
    await empty.close()
    return answered, seconds, wrong


async def move_together(
    port: int, readers: int, moves: int, counts: dict[float, int]
) -> tuple[list[float], list[float], int]:
    """Many readers, each with a line of its own and a pause between moves; one more moves the empty slider."""
    opened = [(await Reader.open(port))[0] for _ in range(readers)]
    empty, _ = await Reader.open(port, "empty=1")
    seconds, wrong = [], 0

    async def work(place: int, reader: Reader) -> None:
        nonlocal wrong
        await asyncio.sleep(PAUSE_SECONDS * place / readers)
        for turn in range(moves):
            position = POSITIONS[(place * 5 + turn * 7) % len(POSITIONS)]
            told = await reader.move(LINE, position)
            wrong += not is_right(told, counts[position])
            seconds.append(told.seconds)
            await asyncio.sleep(PAUSE_SECONDS)

    async def wait() -> list[float]:
        found = []
        for turn in range(moves * 4):
            found.append((await empty.move(EMPTY, float(turn % 100))).seconds)
            await asyncio.sleep(PAUSE_SECONDS / 4)
        return found

    *_, nothing = await asyncio.gather(*(work(*told) for told in enumerate(opened)), wait())
    for reader in (*opened, empty):
        await reader.close()
    return seconds, nothing, wrong


def tell(name: str, seconds: Sequence[float], nothing: Sequence[float]) -> None:
    """Median and p95 of both, and their ratios."""
    ours, theirs = (statistics.quantiles(told, n=20) for told in (seconds, nothing))
    middle, edge = (statistics.median(told) for told in (seconds, nothing))
    print(
        f"{name:<28} median {middle * 1e3:7.1f} ms ({middle / edge:5.2f} ×)   "
        f"p95 {ours[-1] * 1e3:7.1f} ms ({ours[-1] / theirs[-1]:5.2f} ×)   "
        f"empty {edge * 1e3:.1f} / {theirs[-1] * 1e3:.1f} ms   {len(seconds)} moves",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--readers", type=int, nargs="*", default=[10, 30])
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--folder", type=Path, help="where the stores are kept between runs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        sizes = {}
        for customers in asked.customers:
            store = write_store(folder, customers)
            counts = count_customers(store)
            with serving(store) as port:
                answered, nothing, wrong = asyncio.run(move_alone(port, asked.moves, counts))
                sizes[customers] = statistics.median(told.bytes for told in answered)
                tell(f"{customers:,} customers", [told.seconds for told in answered], nothing)
                print(f"    {sizes[customers]:,.0f} bytes a move, {wrong} wrong figures")
                for readers in asked.readers if customers == 100_000 else ():
                    told = asyncio.run(move_together(port, readers, asked.moves // 4, counts))
                    tell(f"  {readers} readers", *told[:2])
                    print(f"    {told[2]} wrong figures")
        first = sizes[min(sizes)]
        print(
            "bytes a move against the smallest:",
            {size: round(told / first, 3) for size, told in sizes.items()},
        )


if __name__ == "__main__":
    main()
