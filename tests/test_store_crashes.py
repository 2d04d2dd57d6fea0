"""Publishing against sudden death, rivals and readers: nothing partial, nothing lost, one winner, whole versions."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from segmentation import store_books
from segmentation.intake.uploads import Source, TableUpload, Upload
from segmentation.journal import Journal
from segmentation.settings import Calendar
from segmentation.store import STEPS, Store
from segmentation.tables import TABLES, storage_types
from tests.publisher import expected, publish_next
from tests.worlds import PUBLISHED_AT, make_store

ROOT = Path(__file__).parents[1]
# Not a measure of speed: a busy machine may take minutes for a start of Python.
HUNG_SECONDS = 300
KILL_ROUNDS = 200 if os.environ.get("TIERBOARD_LONG") == "1" else 8


@pytest.fixture(autouse=True)
def counting_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        store_books,
        "named_query",
        lambda name: "SELECT count(*) AS n, sum(amount)::DOUBLE AS amount FROM orders",
    )


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.publisher", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_whole(path: Path) -> int:
    """Every kept version holds exactly its rows, the journal exactly what was decided with the published ones, nothing
    is left lying about; returns the current number."""
    store = Store(path)
    for version in store.versions():
        with store.open(version.number) as book:
            found = book.query("counted").iloc[0]
            assert (found["n"], found["amount"]) == expected(version.number)
            assert version.rows["orders"] == found["n"]
    named = {Path(version.data).name for version in store.versions()}
    assert {file.name for file in (path / "data").iterdir()} == named
    assert [place.name for place in (path / "building").iterdir()] == ["doorway"]
    current = store.current()
    number = current.number if current else 0
    assert list(Journal(path).mappings()) == [str(n) for n in range(1, number + 1)]
    assert store.unsettled() == () and not list((path / "decided").glob("*"))
    return number


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_named_step(tmp_path: Path, step: str) -> None:
    path = tmp_path / "store"
    publish_next(Store(path), tmp_path)
    dead = start("die", path, tmp_path, step)
    _, complaint = dead.communicate(timeout=HUNG_SECONDS)
    assert dead.returncode not in (0, 1), complaint
    published = STEPS.index(step) >= STEPS.index("published")
    assert assert_whole(path) == (2 if published else 1)
    publish_next(Store(path), tmp_path)
    assert assert_whole(path) == (3 if published else 2)


def test_killed_at_random_moments(tmp_path: Path) -> None:
    path, chance = tmp_path / "store", random.Random(2)
    Store(path)
    for _ in range(KILL_ROUNDS):
        process = start("loop", path, tmp_path)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        said = threading.Timer(chance.uniform(0, 0.4), process.kill)
        said.start()
        numbers = [int(line) for line in process.stdout.read().split() if line.isdigit()]
        process.wait()
        said.join()
        process.stdout.close()
        current = assert_whole(path)
        assert not numbers or current in (numbers[-1], numbers[-1] + 1)
    assert publish_next(Store(path), tmp_path).number == current + 1


def test_four_publishers_one_wins(tmp_path: Path) -> None:
    path = make_store(tmp_path, orders=pd.DataFrame({"ordered_on": ["2026-01-01"], "amount": [1]})).path
    names = ["ann", "bo", "cy", "di"]
    processes = [start("race", path, tmp_path, name, "4") for name in names]
    answers = {name: p.communicate(timeout=120) for name, p in zip(names, processes, strict=True)}
    winners = [name for name, (said, _) in answers.items() if said.strip() == "won"]
    assert len(winners) == 1, answers
    lost = [said.strip() for name, (said, _) in answers.items() if name not in winners]
    assert lost == [f"conflict e.conflict {winners[0]} {PUBLISHED_AT:%Y-%m-%d %H:%M}"] * 3
    store = Store(path)
    assert [version.number for version in store.versions()] == [1, 2]
    assert len(list((path / "data").iterdir())) == 2
    assert list(Journal(path).mappings()) == winners, "what the others decided is no decision"
    assert store.open().query("counted")["n"][0] == 2


def million_orders(path: Path, rows: int = 1_000_000) -> Upload:
    types = storage_types(TABLES["orders"])
    given = {
        "order_id": "'o' || i",
        "customer_id": "'c' || i % 5000",
        "ordered_on": "DATE '2024-01-01' + (i % 700)::INT",
        "amount": "2",
        "source_id": "0",
        "source_row": "i + 2",
        "row_key": "'o' || i || '|1'",
    }
    columns = ", ".join(
        f'CAST({given.get(name, "NULL")} AS {kind}) AS "{name}"' for name, kind in types.items()
    )
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns} FROM range({rows}) r(i)) TO '{path}' (FORMAT parquet)")
    part = TableUpload("orders", path, rows, "upsert")
    source = Source("orders.csv", "0" * 64, "", "orders", 1, {"order_id": ("order_id", "A")})
    return Upload((part,), (source,), (), (), pd.DataFrame(), Calendar("CNY"), {})


def test_readers_see_whole_versions_only(tmp_path: Path) -> None:
    first = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-01-01"] * 2, "amount": [2, 2]})
    store = make_store(tmp_path, orders=first)
    upload = million_orders(tmp_path / "million.parquet")
    seen: set[tuple[int, int, float]] = set()
    over, failed = threading.Event(), list[BaseException]()

    def read() -> None:
        try:
            while not over.is_set():
                with Store(store.path).open() as book:
                    found = book.query("counted").iloc[0]
                    seen.add((book.version.number, int(found["n"]), float(found["amount"])))
        except BaseException as error:
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    store.publish(upload, 1, "writer", PUBLISHED_AT)
    with store.open() as book:
        assert book.query("counted")["n"][0] == 1_000_002
    over.set()
    for reader in readers:
        reader.join()
    assert not failed
    assert (1, 2, 4.0) in seen
    assert seen <= {(1, 2, 4.0), (2, 1_000_002, 2_000_004.0)}
