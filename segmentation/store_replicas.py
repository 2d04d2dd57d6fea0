"""A book as it would stand a month on, had every customer gone on as in an earlier stretch of its own.

Up to a day everything is as it was; what came after is left out, and in its place every customer's rows of some drawn
earlier days come once more. Nothing is written: the tables are temporary, and gone with the connection.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import pandas as pd

from segmentation.errors import StoreError
from segmentation.store_books import ROOTS, Book, ask, named_query

# Table → the query of its rows: those as they were, and those that come again.
_QUERIES = {"orders": "replica_orders", "touches": "replica_touches", "deals": "replica_deals"}


class Replica(Book):
    """`drawn`: one row per customer, `customer_id` and `days_on` (int32): the `slice_days` after `since` are those that
    many days earlier. Asked by one thread at a time; close it after use."""

    def __init__(self, book: Book, since: date, slice_days: int, drawn: pd.DataFrame) -> None:
        if book._root is None:
            raise StoreError("e.store.closed", number=book.version.number)
        self.version = book.version
        self._path = book._path
        self._query_seconds = book._query_seconds
        self._book = book  # keeps the connection behind the cursor open
        self._root = ROOTS.cursor(book._root)
        self._root.register("drawn_days", drawn)
        bounds = {"since": since, "slice_days": slice_days}
        for table, query in _QUERIES.items():
            self._root.execute(f"CREATE TEMP TABLE {table} AS {named_query(query)}", bounds)

    def query(self, name: str, /, **params: Any) -> pd.DataFrame:
        """As of a book."""
        if self._root is None:
            raise StoreError("e.store.closed", number=self.version.number)
        return ask(self._root, name, params)

    def __enter__(self) -> Self:
        return self

    def close(self) -> None:
        if self._root is not None:
            self._root.close()
            self._root = None
