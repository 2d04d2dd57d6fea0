"""Before a data file is published: no two rows of one key, and every row there when it is opened as a reader would."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from segmentation.errors import StoreError
from segmentation.intake.uploads import Upload
from segmentation.store_books import READING
from segmentation.store_offers import own_id


def require_own_keys(connection: Any, upload: Upload) -> None:
    """StoreError where putting an upload in would leave two rows of one key; those of earlier programs stay."""
    for part in upload.tables:
        rows_before = f"SELECT count(*) FROM base.{part.table}"
        if part.table == "spend" or not connection.execute(rows_before).fetchone()[0]:
            continue
        keys_of = "SELECT count(row_key), count(DISTINCT row_key) FROM"
        rows = f"{keys_of} %s.{part.table} WHERE {own_id(part.table)} IS NOT NULL"
        found, keys = connection.execute(rows % "next").fetchone()
        if found == keys:
            continue
        before, keys_before = connection.execute(rows % "base").fetchone()
        if found - keys > before - keys_before:
            raise StoreError("e.store.verify", table=part.table, expected=found, found=keys)


def verify_file(path: Path, expected: Mapping[str, int]) -> None:
    """Open the finished file as a reader would and count again; StoreError when anything differs."""
    connection: Any = duckdb.connect(str(path), read_only=True, config=dict(READING))
    try:
        for table, rows in expected.items():
            found = connection.execute(
                f"SELECT count(*), count(source_row), count(row_key) FROM {table}"
            ).fetchone()
            if found[0] != rows:
                raise StoreError("e.store.verify", table=table, expected=rows, found=found[0])
    finally:
        connection.close()
