"""Small made-up worlds for any room's tests: frames in, an `Upload` or an opened `Book` out.

    book = make_book(tmp_path, customers=customers, orders=orders)          # frames with any canonical columns
    upload = make_upload(tmp_path, orders=orders, modes={"orders": "replace"})

Missing columns are null, `row_key` comes from the table's key (position where its id is null), rows count from
spreadsheet row 2. Texts for dates ("2026-03-05") and numbers for amounts are cast to the stored types.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from segmentation.intake.uploads import Source, TableUpload, Upload
from segmentation.settings import Calendar
from segmentation.store import Book, Store
from segmentation.tables import TABLES, storage_types

PUBLISHED_AT = datetime(2030, 1, 1, 9, 0)


def write_table(path: Path, name: str, frame: pd.DataFrame, source_id: int = 0) -> TableUpload:
    """Write one frame as the Parquet file an upload carries; unknown columns become attributes."""
    table, types = TABLES[name], storage_types(TABLES[name])
    rows = frame.reset_index(drop=True).astype(object).where(frame.reset_index(drop=True).notna(), None)
    extra = [column for column in rows.columns if column not in types]
    if extra:
        rows["attributes"] = [json.dumps(dict(zip(extra, map(str, r), strict=True)), ensure_ascii=False)
                              for r in rows[extra].itertuples(index=False)]  # fmt: skip
    filled = {column: rows.get(column) for column in types}
    complete = pd.DataFrame(filled, index=rows.index, columns=list(types)).astype(object)
    complete["source_id"] = source_id
    if "source_row" not in rows:
        complete["source_row"] = range(2, len(rows) + 2)
    if "row_key" not in rows:
        complete["row_key"] = _row_keys(complete, table.key)
    texts = complete.map(lambda value: None if pd.isna(value) else str(value))
    connection = duckdb.connect()
    connection.register("frame", texts.astype("string"))
    columns = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in types.items())
    connection.execute(f"COPY (SELECT {columns} FROM frame) TO '{path}' (FORMAT parquet)")
    connection.close()
    return TableUpload(name, path, len(rows), "upsert", None)


def _row_keys(rows: pd.DataFrame, key: tuple[str, ...]) -> list[str]:
    place = rows.groupby(list(key), dropna=False).cumcount() if len(rows) else rows.index
    if key == ("order_id", "line"):
        rows = rows.assign(line=rows["line"].where(rows["line"].notna(), place.astype(str)))
    keys = []
    for position, values in enumerate(rows[list(key)].itertuples(index=False)):
        if pd.isna(values[0]):
            keys.append(f"#{rows['source_id'].iloc[position]}:{rows['source_row'].iloc[position]}")
        else:
            keys.append("|".join("" if pd.isna(v) else str(v) for v in values))
    return keys


def make_upload(
    tmp_path: Path,
    *,
    modes: Mapping[str, str] | None = None,
    periods: Mapping[str, tuple[date, date]] | None = None,
    calendar: Calendar | None = None,
    **frames: pd.DataFrame,
) -> Upload:
    """An upload of the given frames, one sheet per table; default mode upsert."""
    folder = tmp_path / f"upload-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    tables, sources = [], []
    for index, (name, frame) in enumerate(frames.items()):
        part = write_table(folder / f"{name}.parquet", name, frame, index)
        mode: Any = (modes or {}).get(name, "upsert")
        tables.append(TableUpload(name, part.path, part.rows, mode, (periods or {}).get(name)))
        letters = {column: (column, chr(65 + i % 26)) for i, column in enumerate(frame.columns)}
        sources.append(Source(f"{name}.csv", secrets.token_hex(32), name, name, 1, letters))
    empty = pd.DataFrame(columns=["file", "sheet", "row", "cell", "column", "value", "reason"])
    return Upload(tuple(tables), tuple(sources), (), (), empty, calendar or Calendar("CNY"), {})


def make_store(tmp_path: Path, **frames: Any) -> Store:
    """A store under `tmp_path/store` whose next version holds the frames (options as `make_upload`)."""
    store = Store(tmp_path / "store")
    current = store.current()
    upload = make_upload(tmp_path, **frames)
    store.publish(upload, current.number if current else None, "test", PUBLISHED_AT)
    return store


def make_book(tmp_path: Path, **frames: Any) -> Book:
    """The frames published into a store of their own and opened for reading."""
    return make_store(tmp_path / f"world-{secrets.token_hex(4)}", **frames).open()


def owned_customers(
    owners: Sequence[str | None], on: date, count: int, least: float
) -> dict[str, pd.DataFrame]:
    """`customers` C00, C01 … of `owners` in turn and their `orders`, later ones larger and more frequent, none after
    `on`; the smallest order is `least`."""
    customers = pd.DataFrame(
        {
            "customer_id": [f"C{k:02d}" for k in range(count)],
            "name": [f"Firm {k}" for k in range(count)],
            "owner": [owners[k % len(owners)] for k in range(count)],
            "first_contact_on": "2020-01-01",
        }
    )
    orders = pd.DataFrame(
        [
            (f"O{k}-{n}", f"C{k:02d}", on - timedelta(days=k + 20 * n), least + 9 * k)
            for k in range(count)
            for n in range(2 + k // 3)
        ],
        columns=["order_id", "customer_id", "ordered_on", "amount"],
    )
    return {"customers": customers, "orders": orders}
