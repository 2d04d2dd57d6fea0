"""A process of its own that publishes, for the tests that kill it or let four of them run at once.

python -m tests.publisher die   STORE WORK STEP        die by kill −9 at a named step of the next version
python -m tests.publisher loop  STORE WORK             publish version after version until killed
python -m tests.publisher race  STORE WORK NAME COUNT  publish once everybody has written its file
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pandas as pd

from segmentation.errors import ConflictError
from segmentation.intake.uploads import SheetMapping
from segmentation.journal import Event, mapping_event
from segmentation.store import Store, Version
from tests.worlds import PUBLISHED_AT, make_upload


def orders_of(number: int) -> pd.DataFrame:
    """What version `number` adds: `number` orders of amount `number`."""
    return pd.DataFrame(
        {
            "order_id": [f"{number}-{i}" for i in range(number)],
            "customer_id": [f"c{i}" for i in range(number)],
            "ordered_on": ["2026-03-05"] * number,
            "amount": [number] * number,
        }
    )


def expected(number: int) -> tuple[int, int]:
    """Orders and amount of version `number` when every version added its own."""
    return sum(range(1, number + 1)), sum(n * n for n in range(1, number + 1))


def decided(name: str) -> list[Event]:
    """What is decided with a version: how a layout of this name is read."""
    return [mapping_event(name, SheetMapping((name,)), "publisher", PUBLISHED_AT)]


def publish_next(store: Store, work: Path) -> Version:
    """Publish the orders of the next number, and with them a decision of that number."""
    current = store.current()
    base = current.number if current else None
    number = (base or 0) + 1
    upload = make_upload(work, orders=orders_of(number))
    return store.publish(upload, base, "publisher", PUBLISHED_AT, decided=decided(str(number)))


def die(store: Path, work: Path, step: str) -> None:
    """Die at `step` without a chance to clean up."""

    def reached(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    publish_next(Store(store, on_step=reached), work)


def loop(store: Path, work: Path) -> None:
    """Publish for ever, saying each number once it is done."""
    opened = Store(store)
    print("ready", flush=True)
    while True:
        print(publish_next(opened, work).number, flush=True)


def race(store: Path, work: Path, name: str, count: int) -> None:
    """Meet the others when the file is ready to be published, then go all at once."""

    def reached(step: str) -> None:
        if step == "described":
            (work / f"{name}.ready").touch()
            while len(list(work.glob("*.ready"))) < count:
                time.sleep(0.002)

    opened = Store(store, on_step=reached)
    orders = pd.DataFrame({"order_id": [name], "ordered_on": ["2026-04-01"], "amount": [1]})
    try:
        opened.publish(make_upload(work, orders=orders), 1, name, PUBLISHED_AT, decided=decided(name))
        print("won")
    except ConflictError as error:
        print("conflict", error.code, error.facts["who"], error.facts["time"])


if __name__ == "__main__":
    what, store_path, work_path, *rest = sys.argv[1:]
    if what == "die":
        die(Path(store_path), Path(work_path), rest[0])
    elif what == "loop":
        loop(Path(store_path), Path(work_path))
    else:
        race(Path(store_path), Path(work_path), rest[0], int(rest[1]))
