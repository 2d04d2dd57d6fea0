"""Imports against what somebody would write by hand, in turns, in one run.

    python -m tests.benchmarks.bench_import [--rows 1000000] [--rounds 5] [--cells 100000] [--only watch]

Targets: clean CSV rows, bytes to published version, at most 4 times a hand-written typed read_csv, the guarded scan
itself at most 2.5 times; a workbook of 100,000 × 10 cells at most 1.5 times calamine plus the guard; another
session's empty fragment while rows are imported on the same server: p95 at most 2 times that of an idle server. Peak
memory of the server and its children is stated.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psutil
import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from segmentation.intake.express import plain_sheet, type_all
from segmentation.intake.parsed import open_files
from segmentation.intake.preflight import check_file
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.recognised import reopened
from segmentation.intake.sheetxml import scan_book
from segmentation.settings import Limits
from segmentation.store import Store
from tests.benchmarks.bench_reruns import EMPTY, serving, tell
from tests.benchmarks.raw_sessions import Reader

Act = Callable[[Path, Path], None]
IDLE_SECONDS, MOVE_SECONDS = 5.0, 0.1
WORKBOOK_HEADERS = (
    "order_id", "line", "customer_id", "ordered_on", "amount", "quantity", "product", "family", "rep", "remark",
)  # fmt: skip


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


def scan(path: Path, folder: Path) -> Act:
    """The guarded scan alone, of a file that was opened and recognised: every row typed, judged, numbered, written."""
    reading = recognise(open_files([(path.name, path)], folder))
    sheet = plain_sheet(reopened(reading), reading.questions)
    assert sheet is not None

    def by_scan(path: Path, folder: Path) -> None:
        found = type_all(sheet, folder, 0)
        assert found is not None and found.rows > 0

    return by_scan


def write_workbook(path: Path, rows: int) -> None:
    """Ten columns: numbers as text, dates, amounts, names."""
    random = np.random.default_rng(11)
    cents = random.integers(100, 5_000_000, rows)
    start = dt.datetime(2024, 1, 1)
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        page = book.add_worksheet("orders")
        for place, name in enumerate(WORKBOOK_HEADERS):
            page.write_string(0, place, name)
        for row, cent in enumerate(cents.tolist(), 1):
            page.write_string(row, 0, f"SO{row // 2:08d}")
            page.write_string(row, 1, str(row % 2 + 1))
            page.write_string(row, 2, f"C{cent % (rows // 10):07d}")
            page.write_datetime(row, 3, start + dt.timedelta(days=cent % 900))
            page.write_number(row, 4, cent / 100)
            page.write_number(row, 5, cent % 13 + 1)
            for place in range(6, 10):
                page.write_string(row, place, f"{WORKBOOK_HEADERS[place]} {cent % (7 * place)}")


def by_calamine(path: Path, folder: Path) -> None:
    """The guard (file and XML), and every cell as calamine gives it."""
    check_file(path, Limits())
    with zipfile.ZipFile(path) as archive:
        scan_book(archive, Limits())
    assert len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) > 1


def by_child(path: Path, folder: Path) -> None:
    """The workbook as the intake opens it: guard, child process, raw grid."""
    assert open_files([(path.name, path)], folder).files[0].sheets[0].rows > 1


def compare(name: str, pair: tuple[Act, Act], path: Path, rounds: int, target: float) -> None:
    """Both acts in turns: their medians, and the median of the ratios."""
    seconds(pair[1], path)
    times = [(seconds(pair[0], path), seconds(pair[1], path)) for _ in range(rounds)]
    ours, theirs = (statistics.median(side) for side in zip(*times, strict=True))
    ratios = sorted(mine / other for mine, other in times)
    print(
        f"{name:<34} {ours:6.2f} s against {theirs:6.2f} s: {statistics.median(ratios):.2f} × "
        f"(min {ratios[0]:.2f}, max {ratios[-1]:.2f}; target {target})",
        flush=True,
    )


@dataclass
class Watch:
    """Moves of an empty fragment beside something else on its server, and the server's memory with its children's."""

    empty: Reader
    server: psutil.Process
    highest: int = 0

    async def beside(self, other: Coroutine[Any, Any, Any]) -> list[float]:
        """The seconds of every move while `other` lasts."""
        lasting, found = asyncio.create_task(other), list[float]()
        while not lasting.done():
            found.append((await self.empty.move(EMPTY, float(len(found) % 100))).seconds)
            self.highest = max(self.highest, self.memory())
            await asyncio.sleep(MOVE_SECONDS)
        await lasting
        return found

    def memory(self) -> int:
        held = 0
        for process in (self.server, *self.server.children()):
            with contextlib.suppress(psutil.Error):
                held += int(process.memory_info().rss)
        return held


async def watch(store: Path, path: Path, rounds: int) -> None:
    """An empty fragment while its server idles and while it imports, in turns, at one pace.

    The app itself is opened first: a server without it has no library loaded that every move's collection walks
    through. The first import after a start loads more of them, once: it is told on a line of its own.
    """
    with serving(store) as port:
        server = next(one for one in psutil.Process().children() if "streamlit" in one.cmdline())
        app, _ = await Reader.open(port)
        empty, _ = await Reader.open(port, "empty=1")
        await app.close()
        watched = Watch(empty, server)

        async def bring() -> None:
            importing, _ = await Reader.open(port, f"import={path}")
            await importing.close()

        before, idle = watched.memory(), await watched.beside(asyncio.sleep(IDLE_SECONDS))
        tell("another session, first import", await watched.beside(bring()), idle)
        idle, busy = list[float](), list[float]()
        for _ in range(rounds):
            idle += await watched.beside(asyncio.sleep(IDLE_SECONDS))
            busy += await watched.beside(bring())
        idle += await watched.beside(asyncio.sleep(IDLE_SECONDS))
        tell("another session, while importing", busy, idle)
        print(f"    memory {before / 2**20:.0f} MB idle, {watched.highest / 2**20:.0f} MB at most")
        await empty.close()


def seconds(act: Act, path: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        act(path, Path(folder))
        return time.perf_counter() - started


def compare_all(path: Path, rows: int, cells: int, rounds: int) -> None:
    book = path.with_name("orders.xlsx")
    write_workbook(book, cells)
    compare(f"{rows:,} rows, to published version", (by_intake, by_hand), path, rounds, 4)
    compare(f"{rows:,} rows, the scan itself", (scan(path, path.parent), by_hand), path, rounds, 2.5)
    compare(f"{cells:,} × 10 cells, opened", (by_child, by_calamine), book, rounds, 1.5)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--only", choices=("times", "watch"), help="one half of it")
    asked.add_argument("--cells", type=int, default=100_000, help="rows of the workbook")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path, options.rows)
        if options.only != "watch":
            compare_all(path, options.rows, options.cells, options.rounds)
        if options.only != "times":
            asyncio.run(watch(Path(folder) / "served", path, options.rounds))


if __name__ == "__main__":
    main()
