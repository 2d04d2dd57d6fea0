"""Big clean CSVs straight to a typed data file: one DuckDB statement, each cell cast where it is read.

The rows are written once, as the store keeps them: a file that feeds an empty table is published as it stands.

Only what the careful path would read without a word passes here. Anything else (a ragged row, a quote out of place, a
blank or strange cell, a rounded amount, a repeated key, a totals row) makes `read_fast` give None, and the careful
path reads the file again and says what is the matter.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from os import SEEK_END
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from segmentation.background import behind
from segmentation.intake.fast_statement import (
    KEYS,
    FastFile,
    FastMapping,
    Statement,
    UncleanError,
    kind_of,
    literal,
    stored_columns,
)
from segmentation.settings import Limits
from segmentation.tables import TABLES, storage_types

_BLOCK_BYTES = 4 * 2**20
_TAIL_BYTES = 4096
_SLICE_ROWS = 10_000
# Blanks the careful path trims or drops; DuckDB would keep them (zero-width, direction marks, wide blanks).
_INVISIBLE = re.compile(
    rb"\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]|\xe3\x80\x80|\xef\xbb\xbf|\xc2[\x80-\xa0]|\xe1\x9a\x80"
)


@dataclass(frozen=True)
class FastResult:
    """A data file whose only table has the stored columns; every record under the header was accepted as it stood.

    `ranges`: date column → (first, last) date or date-time; `blanks`: mapped column → rows without a value;
    `below_zero`: rows with a negative amount, and their sum.
    """

    path: Path
    rows: int
    ranges: Mapping[str, tuple[date | datetime, date | datetime]]
    blanks: Mapping[str, int]
    below_zero: tuple[int, Decimal] = (0, Decimal(0))
    source_id: int = 0


def read_fast(
    source: FastFile, mapping: FastMapping, workspace: Path, source_id: int = 0, limits: Limits | None = None
) -> FastResult | None:
    """Type all rows of a clean CSV, or None where anything at all needs a closer look.

    The file is written as `<table>-fast-<source_id>.duckdb` into the workspace; nothing is left of it on None.
    """
    target = workspace / f"{mapping.table}-fast-{source_id}.duckdb"
    try:
        return behind(_read_in_time, (limits or Limits()).parse_seconds, source, mapping, target, source_id)
    except (UncleanError, duckdb.Error):
        target.unlink(missing_ok=True)
        return None


def _read_in_time(
    seconds: float, source: FastFile, mapping: FastMapping, target: Path, source_id: int
) -> FastResult:
    connection = duckdb.connect(config={"python_enable_replacements": "false"})
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        return _read(connection, source, mapping, target, source_id)
    finally:
        timer.cancel()
        connection.close()


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: FastFile,
    mapping: FastMapping,
    target: Path,
    source_id: int,
) -> FastResult:
    expected = _expected_rows(source)
    for name, value in (("threads", 2), ("memory_limit", "'1GB'"), ("autoload_known_extensions", "false")):
        connection.execute(f"SET {name} = {value}")
    connection.execute(f"SET temp_directory = {literal(str(target.parent / 'spill'))}")
    statement = Statement(source, mapping)
    connection.execute(statement.text(), statement.facts)
    first = source.header_row + 1
    select = ", ".join(stored_columns(TABLES[mapping.table], mapping, source, source_id, first))
    result = replace(_described(connection, mapping, select, expected, target), source_id=source_id)
    _write(connection, mapping.table, select, target)
    return result


def _write(connection: duckdb.DuckDBPyConnection, table: str, select: str, target: Path) -> None:
    """The stored rows in any order: `source_row` says where each stood."""
    # Keys are long and all different: packing them costs more than all dates and amounts. Later versions do.
    plain = dict.fromkeys((KEYS[table], "row_key"), " USING COMPRESSION uncompressed")
    columns = ", ".join(
        f'"{name}" {kind}{plain.get(name, "")}' for name, kind in storage_types(TABLES[table]).items()
    )
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"ATTACH {literal(str(target))} AS made")
    connection.execute(f"CREATE TABLE made.{table} ({columns})")
    connection.execute(f"INSERT INTO made.{table} SELECT {select} FROM typed")
    connection.execute("CHECKPOINT made")
    connection.execute("DETACH made")


def load_rows(
    path: Path, table: str, columns: Sequence[str] | None = None, most_rows: int | None = None
) -> pa.Table:
    """Rows of one uploaded table, whichever way its file was written, in the order of the source.

    `columns` None = all stored columns; `most_rows` None = all rows.
    """
    if path.suffix != ".duckdb":
        return pq.read_table(path, columns=columns).slice(0, most_rows)
    chosen = ", ".join(f'"{name}"' for name in columns or storage_types(TABLES[table]))
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.table(table).order("source_row").select(chosen)
        return (rows if most_rows is None else rows.limit(most_rows)).to_arrow_table()


def customers_named(path: Path) -> set[str]:
    """Every text a file of the fast path names a customer by, once."""
    return behind(_distinct, path, "customer_id")


def _distinct(path: Path, column: str) -> set[str]:
    with duckdb.connect(str(path), read_only=True, config={"threads": "2"}) as connection:
        rows = connection.table("orders").filter(f'"{column}" IS NOT NULL').unique(f'"{column}"')
        found = rows.to_arrow_table().column(0)
    # Between slices other threads may go on.
    starts = range(0, len(found), _SLICE_ROWS)
    return {text for start in starts for text in found.slice(start, _SLICE_ROWS).to_pylist()}


def _described(
    connection: duckdb.DuckDBPyConnection, mapping: FastMapping, select: str, expected: int, target: Path
) -> FastResult:
    """Counts of the typed rows; UncleanError when rows are missing or a key comes twice."""
    table = TABLES[mapping.table]
    dates = [name for name in mapping.columns if kind_of(table, name) in {"date", "time"}]
    wanted = ["count(*)"]
    has_key = KEYS[table.name] in mapping.columns
    wanted.append("count(DISTINCT hash(row_key))" if has_key else "count(*)")
    wanted += [f'{side}("{name}")' for name in dates for side in ("min", "max")]
    wanted += [f'count("{name}")' for name in mapping.columns]
    if "amount" in storage_types(table):
        wanted += ["count(*) FILTER (amount < 0)", "coalesce(sum(amount) FILTER (amount < 0), 0)"]
    found = connection.execute(f"SELECT {', '.join(wanted)} FROM (SELECT {select} FROM typed)").fetchone()
    assert found is not None
    rows = int(found[0])
    if rows != expected or rows == 0 or found[1] != rows:
        raise UncleanError
    ends = found[2 : 2 + 2 * len(dates)]
    filled = found[2 + 2 * len(dates) :][: len(mapping.columns)]
    below_zero = (int(found[-2]), found[-1]) if "amount" in storage_types(table) else (0, Decimal(0))
    ranges = {
        name: (ends[2 * place], ends[2 * place + 1])
        for place, name in enumerate(dates)
        if ends[2 * place] is not None
    }
    blanks = {name: rows - int(count) for name, count in zip(mapping.columns, filled, strict=True)}
    return FastResult(target, rows, ranges, blanks, below_zero)


def _expected_rows(source: FastFile) -> int:
    """Records under the header if every line is one; UncleanError where the text has invisible characters."""
    lines, tail = source.line_feeds or 0, b""
    with source.text_path.open("rb") as handle:
        if source.line_feeds is not None:
            handle.seek(-min(_TAIL_BYTES, handle.seek(0, SEEK_END)), SEEK_END)
            tail = handle.read()
        while block := handle.read(_BLOCK_BYTES):
            if not block.isascii() and _INVISIBLE.search(block):
                raise UncleanError
            lines += block.count(b"\n")
            tail = (tail + block)[-_TAIL_BYTES:]
    ending = tail[len(tail.rstrip(b"\r\n")) :]
    lines += 1 - ending.count(b"\n")
    return lines - source.skipped_lines - source.header_row
