"""Who gives way, and that nobody does so for longer than the work takes."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import duckdb
import psutil
import pytest

from segmentation import store_writing
from segmentation.background import NICENESS, behind
from segmentation.errors import StoreError
from segmentation.intake import fast_csv
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.store import Store

LOWEST = 19
T = TypeVar("T")
only_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a priority per thread")


def niceness(thread: int = 0) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread)


def as_served(act: Callable[[], T]) -> T:
    """What `act` gives on a thread of a server, which stays as it was."""

    def serve() -> tuple[T, int]:
        return act(), niceness()

    before = niceness()
    with ThreadPoolExecutor(1) as server:
        found, after = server.submit(serve).result()
    assert after == niceness() == before
    return found


def lowered() -> int:
    return min(niceness() + NICENESS, LOWEST)


@only_linux
def test_work_beside_readers_gives_way_and_the_servers_thread_stays_as_it_was() -> None:
    assert as_served(lambda: behind(niceness)) == lowered()


def test_on_the_main_thread_work_is_done_in_place() -> None:
    assert behind(threading.current_thread) is threading.main_thread()


def test_what_is_raised_arrives_as_it_was() -> None:
    error = StoreError("e.store.memory")

    def refuse() -> None:
        raise error

    def attempt() -> StoreError:
        with pytest.raises(StoreError) as caught:
            behind(refuse)
        return caught.value

    assert as_served(attempt) is error


@only_linux
def test_every_long_step_of_an_import_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan, what is written, and what is counted again."""
    places = {"scan": (fast_csv, "_described"), "write": (store_writing, "write_rows"),
              "finish": (store_writing, "finish_file"), "verify": (store_writing, "verify_file")}  # fmt: skip
    seen: dict[str, int] = {}

    def watched(step: str, act: Callable[..., object]) -> Callable[..., object]:
        def watch(*args: object, **kwargs: object) -> object:
            seen[step] = niceness()
            return act(*args, **kwargs)

        return watch

    for step, (module, name) in places.items():
        monkeypatch.setattr(module, name, watched(step, getattr(module, name)))
    file = tmp_path / "orders.csv"
    rows = (f"SO{n},C{n % 97},2026-03-{n % 28 + 1:02d},{n}.50\n" for n in range(30_000))
    file.write_text("order_id,customer_id,ordered_on,amount\n" + "".join(rows), "utf-8")

    def bring() -> int:
        upload = read_upload(recognise(open_files([(file.name, file)], tmp_path / "work")), None)
        return Store(tmp_path / "store").publish(upload, None, "somebody", datetime(2026, 4, 1)).number

    assert as_served(bring) == 1
    assert seen == dict.fromkeys(places, lowered())


@only_linux
def test_a_worker_of_a_database_begins_with_the_priority_of_its_maker() -> None:
    """What `background` builds on: should DuckDB change it, the rows of an import would push readers aside."""

    def workers() -> set[int]:
        before = {thread.id for thread in psutil.Process().threads()}
        with duckdb.connect(config={"threads": "2"}) as connection:
            connection.execute("SELECT count(DISTINCT range) FROM range(1000000)").fetchall()
            made = {thread.id for thread in psutil.Process().threads()} - before
            return {niceness(thread) for thread in made}

    assert as_served(lambda: behind(workers)) == {lowered()}
