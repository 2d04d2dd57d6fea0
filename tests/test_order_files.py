"""Order files in one upload or in several: the same rows, the same orders, whichever way they come."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segmentation.intake.uploads import Upload
from segmentation.store import Store
from tests.test_store_difference import publish, rows
from tests.worlds import make_upload, write_table

NAMES = ["order_id", "customer_id", "ordered_on", "product", "amount"]
DAYS = ["2025-01-05", "2026-01-05", "2026-01-20", "2026-02-01", "2026-03-05"]
ROW = st.tuples(
    st.sampled_from("12"), st.sampled_from("AB"), st.sampled_from(DAYS),
    st.sampled_from(["saw", "oil"]), st.sampled_from([5, 7, 9, -5]),
)  # fmt: skip
FILES = st.lists(st.lists(ROW, min_size=1, max_size=4), min_size=2, max_size=4)
MOST = 400 if os.environ.get("TIERBOARD_LONG") == "1" else 3


def upload_of(folder: Path, files: list[list[tuple[object, ...]]], *, has_lines: bool) -> Upload:
    """Sheets of orders as the intake hands them over: keyed by number and place in the order."""
    parts, sources = [], []
    for place, entries in enumerate(files):
        frame = pd.DataFrame(entries, columns=NAMES)
        line = (frame.groupby("order_id").cumcount() + 1).astype(str)
        frame = frame.assign(line=line, row_key=frame["order_id"] + "|" + line)
        path = folder / f"{secrets.token_hex(4)}.parquet"
        write_table(path, "orders", frame, place)
        parts.append(pq.read_table(path))
        (source,) = make_upload(folder, orders=frame if has_lines else frame.drop(columns="line")).sources
        sources.append(replace(source, file=f"{place}.csv"))
    whole = make_upload(folder, orders=pd.DataFrame(files[0], columns=NAMES))
    joined = folder / f"{secrets.token_hex(4)}.parquet"
    pq.write_table(pa.concat_tables(parts), joined)
    table = replace(whole.tables[0], path=joined, rows=sum(map(len, files)))
    return replace(whole, tables=(table,), sources=tuple(sources))


def content(store: Store) -> tuple[Counter[tuple[object, ...]], Counter[frozenset[tuple[object, ...]]]]:
    """The stored rows as written, and which of them are one order."""
    found = rows(store, "SELECT order_id, customer_id, ordered_on::VARCHAR, product, amount::INT FROM orders")
    orders: dict[str, list[tuple[object, ...]]] = {}
    for number, *said in found:
        orders.setdefault(number, []).append((number.split("\x1f")[0], *said))
    (keys,) = rows(store, "SELECT count(*) - count(DISTINCT row_key) FROM orders")[0]
    assert keys == 0, "two rows with one key"
    return (
        Counter(row for order in orders.values() for row in order),
        Counter(frozenset(Counter(order).items()) for order in orders.values()),
    )


@settings(max_examples=MOST, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, st.booleans(), st.booleans())
@example([[("1", "A", "2025-01-05", "saw", 5)], [("1", "A", "2026-01-05", "saw", 5)]], False, False)
@example([[("1", "A", "2026-01-05", "saw", 5)], [("1", "A", "2026-01-05", "oil", 7)]], True, False)
def test_one_upload_of_several_files_equals_several_uploads(
    files: list[list[tuple[object, ...]]], has_stored: bool, has_lines: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        together, apart = Store(folder / "together"), Store(folder / "apart")
        first, rest = (files[:1], files[1:]) if has_stored else ([], files)
        if first:
            publish(together, upload_of(folder, first, has_lines=has_lines))
        upload = upload_of(folder, rest, has_lines=has_lines)
        told = together.compare(upload).table("orders")
        assert told is not None and told.offered == sum(map(len, rest))
        assert told.offered == told.added + told.changed + told.unchanged + told.withheld + told.repeated
        publish(together, upload)
        for file in files:
            publish(apart, upload_of(folder, [file], has_lines=has_lines))
        assert content(together) == content(apart)
