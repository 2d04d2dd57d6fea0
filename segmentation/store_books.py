"""A book: one data version opened for reading, asked only by the named queries of `sql/`."""

from __future__ import annotations

import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import duckdb
import pandas as pd
import pyarrow as pa

from segmentation.errors import StoreError
from segmentation.identities import Alias
from segmentation.settings import Calendar
from segmentation.store_meanings import count_corrections, open_root

Kind = Literal["upload", "undo", "settings", "erasure", "alias"]
MOST_OPEN = 4
HARDENED: Mapping[str, str] = MappingProxyType(
    {
        "memory_limit": "1GB",
        "threads": "2",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_unsigned_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
    }
)
READING: Mapping[str, str] = MappingProxyType(
    {**HARDENED, "enable_external_access": "false", "lock_configuration": "true"}
)
_SQL = Path(__file__).parent / "sql"
_WITH_GAPS = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
_INCLUDE = re.compile("^-- include: ([a-z_]+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Version:
    """A published data version: what its manifest says. `rows`: table → rows; `bytes` and `sha256` of the data file;
    `erased_count`: customers who were in it and have been erased since; `aliases`: who is meant by whom."""

    number: int
    base: int | None
    author: str
    published_at: datetime
    kind: Kind
    rows: Mapping[str, int]
    data: str
    sha256: str
    bytes: int
    calendar: Calendar = field(default_factory=Calendar)
    data_through_on: date | None = None
    note: str = ""
    erased_count: int = 0
    aliases: tuple[Alias, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it holds no row at all (the first upload was undone)."""
        return not any(self.rows.values())


@cache
def named_query(name: str) -> str:
    """The text of `sql/<name>.sql` with the parts it includes; KeyError with near matches when there is none."""
    known = {path.stem: path for path in _SQL.glob("*.sql")}
    if name not in known:
        raise KeyError(f"no query {name!r}; near: {', '.join(get_close_matches(name, known)) or '–'}")
    return _INCLUDE.sub(
        lambda told: (_SQL / "parts" / f"{told[1]}.sql").read_text("utf-8"), known[name].read_text("utf-8")
    )


def ask(cursor: Any, name: str, params: Mapping[str, Any]) -> pd.DataFrame:
    """The answer of `sql/<name>.sql`, whatever holds the data. Text arrives as `str`, dates as datetime64, DECIMAL and
    HUGEINT as float64, whole numbers as int64, or Int64 where one is missing."""
    table = cursor.sql(named_query(name), params=dict(params) or None).to_arrow_table()
    return pd.DataFrame(
        {name: _series(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    )


def _series(column: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    has_gaps = pa.types.is_integer(column.type) and column.null_count
    return column.to_pandas(types_mapper=_WITH_GAPS.get if has_gaps else None, date_as_object=False)


def _is_damage(error: duckdb.Error) -> bool:
    """DuckDB checks every block it reads against its checksum."""
    return isinstance(error, (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException))


_Seen = tuple[Path, tuple[Alias, ...], bool]


class _Roots:
    """One DuckDB connection per data file, list of who is who, and whether corrected cells are left out; the least
    recently used idle one is closed."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._open: OrderedDict[_Seen, list[Any]] = OrderedDict()

    def take(self, seen: _Seen) -> Any:
        with self._guard:
            if seen not in self._open:
                self._open[seen] = [open_root(seen[0], seen[1], READING, leaves_out=seen[2]), 0]
            entry = self._open[seen]
            entry[1] += 1
            self._open.move_to_end(seen)
            self._shrink()
            return entry[0]

    def cursor(self, root: Any) -> Any:
        with self._guard:
            return root.cursor()

    def give_back(self, seen: _Seen) -> None:
        with self._guard:
            if seen in self._open:
                self._open[seen][1] -= 1
                self._shrink()

    def drop_idle(self, path: Path | None = None) -> None:
        """Close what nobody uses, so that its file can be deleted where open files cannot."""
        with self._guard:
            for known in [s for s, entry in self._open.items() if entry[1] < 1 and path in (None, s[0])]:
                self._open.pop(known)[0].close()

    def _shrink(self) -> None:
        idle = [seen for seen, entry in self._open.items() if entry[1] < 1]
        for seen in idle[: max(0, len(self._open) - MOST_OPEN)]:
            self._open.pop(seen)[0].close()


ROOTS = _Roots()


class Book:
    """A data version opened for reading. Cheap to make, safe to share between threads.

    `query(name, /, **params)` runs `sql/<name>.sql` on a cursor of its own and returns a frame (see `ask`):
    ask for BIGINT ten-thousandths in SQL where an amount must be exact.
    """

    def __init__(
        self, version: Version, path: Path, query_seconds: float | None = None, *, leaves_out: bool = False
    ) -> None:
        self.version = version
        self._path = path
        self._query_seconds = query_seconds
        self._root: Any = None
        try:
            self._check(path)
            seen = path, version.aliases, leaves_out
            self._root = ROOTS.take(seen)
            # A cache may drop a book without closing it.
            self._returned = weakref.finalize(self, ROOTS.give_back, seen)
        except (OSError, duckdb.Error) as error:
            raise StoreError("e.store.damaged", file=path.name) from error

    def _check(self, path: Path) -> None:
        # DuckDB checks every block it reads; a truncated file it may still open, hence the size.
        if path.stat().st_size != self.version.bytes:
            raise OSError("size differs from the manifest")

    def count_corrections(self) -> int:
        """Stored cells that are not what their sheet says."""
        return count_corrections(self._path, READING)

    def without_corrections(self) -> Book:
        """The same version with those cells null."""
        return Book(self.version, self._path, self._query_seconds, leaves_out=True)

    @property
    def calendar(self) -> Calendar:
        return self.version.calendar

    @property
    def data_through_on(self) -> date | None:
        """Latest date of the data, not after the publish day; None when no row carries a date."""
        return self.version.data_through_on

    def query(self, name: str, /, **params: Any) -> pd.DataFrame:
        """The frame of `sql/<name>.sql` with its `$named` parameters; StoreError when interrupted or closed."""
        if self._root is None:
            raise StoreError("e.store.closed", number=self.version.number)
        cursor = ROOTS.cursor(self._root)
        timer = threading.Timer(self._query_seconds, cursor.interrupt) if self._query_seconds else None
        try:
            if timer:
                timer.start()
            return ask(cursor, name, params)
        except duckdb.InterruptException as error:
            raise StoreError("e.store.slow", name=name, seconds=self._query_seconds) from error
        except duckdb.Error as error:
            if not _is_damage(error):
                raise
            raise StoreError("e.store.damaged", file=self._path.name) from error
        finally:
            if timer:
                timer.cancel()
            cursor.close()

    def close(self) -> None:
        """Give the connection back; the book cannot be asked afterwards."""
        if self._root is not None:
            self._root = None
            self._returned()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
