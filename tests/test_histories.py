"""Random histories, month after month, brought with the proposed answers: no row is lost, none is doubled.

The model is a plain list: an order is its number and the file it first came with; what a later file says of it on the
same day counts. Files of one history have numbers, or none; what is ambiguous is not drawn (see `_month`).
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from segmentation.intake.uploads import Upload
from segmentation.restatements import weigh
from segmentation.store import Store
from tests.test_order_files import upload_of
from tests.test_store_difference import placed
from tests.worlds import PUBLISHED_AT, make_upload

LONG = os.environ.get("TIERBOARD_LONG") == "1"
HISTORIES, MONTHS = (60, 8) if LONG else (2, 5)
CUSTOMERS = "ABCDEF"


@dataclass(frozen=True)
class Line:
    """An order line as a file says it; `order`: the series its number belongs to, and the number."""

    order: tuple[int, str]
    month: int
    customer: str
    day: date
    product: str
    amount: int

    def entry(self) -> tuple[object, ...]:
        return (self.order[1], self.customer, self.day.isoformat(), self.product, self.amount)


def _month(draw: random.Random, month: int, known: list[Line]) -> tuple[list[Line], list[Line]]:
    """(the file of a month, all lines once it is in): new orders, whose numbers begin anew every other month, a late
    one of the month before, corrected amounts, returns, and lines of last month said again as they were.

    No file says lines of two series: rows of one sheet with one number are one order, whatever was meant.
    """
    first, series = date(2025, 1, 1) + timedelta(days=31 * month), month // 2
    used = len({line.order for line in known if line.order[0] == series})
    new = list[Line]()
    for number in range(used + 1, used + draw.randint(3, 8)):
        day, customer = first + timedelta(days=draw.randint(0, 2)), f"{draw.choice(CUSTOMERS)}{month % 2}"
        for product in draw.sample(["saw", "oil", "bit"], draw.randint(1, 3)):
            new.append(Line((series, str(number)), month, customer, day, product, draw.randint(1, 999)))
    before = [line for line in known if line.month == month - 1 and line.order[0] == series]
    again = draw.sample(before, len(before) // 3)
    changed = {line: replace(line, amount=line.amount + 1000) for line in again[: len(again) // 2]}
    number = str(used + len({line.order for line in new}) + 1)
    late = [Line((series, number), month, "A9", first - timedelta(days=9), "saw", 5)] if known else []
    returned = [
        replace(line, amount=-line.amount) for line in before[:1] if line.amount > 0 and line not in again
    ]
    file = [*(changed.get(line, line) for line in again), *late, *returned, *new]
    after = [*(changed.get(line, line) for line in known), *late, *returned, *new]
    draw.shuffle(file)
    return file, after


def _bring(store: Store, upload: Upload) -> None:
    weighed, current = weigh(store, upload), store.current()
    for table in weighed.difference.tables:
        told = table.added + table.changed + table.unchanged + table.withheld + table.repeated
        assert table.offered == told == weighed.upload.tables[0].rows, "a row without a result"
    store.publish(weighed.upload, current.number if current else None, "test", PUBLISHED_AT)


def _totals(store: Store) -> tuple[list[tuple[object, ...]], pd.DataFrame, pd.DataFrame]:
    with store.open() as book:
        total = book.query("summary").iloc[0]
        through = book.data_through_on
        counts = book.query("order_counts", as_of=through, window_start=date(2000, 1, 1))
        return [tuple(total.astype(str))], book.query("months"), counts.set_index("customer_id")


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_of_numbered_files_equals_the_model(seed: int) -> None:
    draw, known, states = random.Random(seed), list[Line](), list[list[tuple[object, ...]]]()
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name) / "store")
        for month in range(MONTHS):
            file, known = _month(draw, month, known)
            _bring(store, upload_of(Path(name), [[line.entry() for line in file]], has_lines=False))
            said, months, counts = _totals(store)
            states.append(said)
            assert months["amount"].sum() == sum(line.amount for line in known)
            bought = {(line.order, line.customer) for line in known if line.amount >= 0}
            assert months["orders"].sum() == len({order for order, _ in bought})
            frequency = Counter(customer for _, customer in bought)
            assert counts["total_order_count"].to_dict() == dict(frequency)
            assert said[0][1] == str(len({order for order, _ in bought})), said
        for number in range(MONTHS, 1, -1):
            store.undo(store.versions()[-1].number, "test", PUBLISHED_AT, to=number - 1)
            assert _totals(store)[0] == states[number - 2], "undone, and yet another total"


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_of_lists_without_numbers_equals_the_model(seed: int) -> None:
    """A list kept by hand: rows put in anywhere, amounts overwritten; every row of the whole list each month."""
    draw, known = random.Random(seed), list[tuple[str, float]]()
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name) / "store")
        for month in range(MONTHS):
            for place in draw.sample(range(len(known)), min(2, len(known))):
                known[place] = (known[place][0], known[place][1] + 1000)
            for day in draw.sample(range(1, 29), 12):
                known.insert(
                    draw.randint(0, len(known)), (f"2026-{month + 1:02d}-{day:02d}", draw.randint(1, 999))
                )
            days = sorted(date.fromisoformat(day) for day, _ in known)
            upload = make_upload(
                Path(name), **placed("orders.csv", *known), modes={"orders": "replace"},
                periods={"orders": (days[0], days[-1])},
            )  # fmt: skip
            _bring(store, upload)
            _, months, _ = _totals(store)
            assert months["amount"].sum() == sum(amount for _, amount in known)
            assert months["orders"].sum() == len(known)
