"""Big clean CSVs straight to typed Parquet: one DuckDB statement, each cell cast where it is read, row order kept.

Only what the careful path would read without a word passes here. Anything else (a ragged row, a quote out of place, a
blank or strange cell, a rounded amount, a repeated key, a totals row) makes `read_fast` give None, and the careful
path reads the file again and says what is the matter.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from segmentation.intake.parsed import FileParsed
from segmentation.settings import Limits
from segmentation.tables import SQL_TYPES, TABLES, Table, words

# What identifies a row where the sheet says so; a table without these columns is keyed by its place in the file.
KEYS = {"orders": "order_id", "touches": "touch_id", "deals": "deal_id", "spend": None}
REQUIRED = {
    "orders": ("ordered_on", "amount"),
    "touches": ("at",),
    "deals": ("state",),
    "spend": ("month", "amount"),
}
_BLOCK_BYTES = 4 * 2**20
_PLAIN_NUMBER = r"-?[0-9]{1,14}([.][0-9]{1,4})?"
_DOUBLE = r"-?[0-9]{1,14}([.][0-9]{1,15})?"
_COUNT = r"[0-9]{1,9}"
# Characters NFKC leaves as they are, single blanks between words; no `+`, which may be a number Excel has shortened.
_ID = "[0-9A-Za-z\u4e00-\u9fff][!-*,-~\u4e00-\u9fff]*( [!-*,-~\u4e00-\u9fff]+)*"
_DIRECTIVES = {"%Y": "[0-9]{4}", **dict.fromkeys(("%m", "%d", "%H", "%M", "%S"), "[0-9]{1,2}")}
# Blanks the careful path trims or drops; DuckDB would keep them (zero-width, direction marks, wide blanks).
_INVISIBLE = re.compile(
    rb"\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]|\xe3\x80\x80|\xef\xbb\xbf|\xc2[\x80-\xa0]|\xe1\x9a\x80"
)


@dataclass(frozen=True)
class FastFile:
    """A clean UTF-8 text and where its rows belong: names for the key of rows without id, header and width.

    `header_row` counts records as the raw grid does (1-based), `width` is the number of cells in each record.
    """

    text_path: Path
    file: str
    sheet: str
    delimiter: str
    header_row: int
    width: int
    skipped_lines: int = 0

    @classmethod
    def of(cls, file: FileParsed, header_row: int) -> FastFile | None:
        """The only sheet of a big CSV, None for files that have no text of their own."""
        if file.text_path is None:
            return None
        sheet = file.sheets[0]
        return cls(
            file.text_path,
            file.name,
            sheet.name,
            file.delimiter,
            header_row,
            sheet.columns,
            file.skipped_lines,
        )


@dataclass(frozen=True)
class FastMapping:
    """How the columns are read.

    `columns`: canonical → index (0-based); `formats`: date column → strptime format (default `%Y-%m-%d`);
    `values`: column → {text in the file: stored text}, any other text is not clean; `attributes`: name → index.
    """

    table: str
    columns: Mapping[str, int]
    formats: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FastResult:
    """The rows as Parquet with the stored columns; every record under the header was accepted as it stood.

    `ranges`: date column → (first, last) date or date-time; `blanks`: mapped column → rows without a value.
    """

    path: Path
    rows: int
    ranges: Mapping[str, tuple[date | datetime, date | datetime]]
    blanks: Mapping[str, int]


class _Unclean(Exception):
    """The careful path has to read this file."""


def read_fast(
    source: FastFile, mapping: FastMapping, workspace: Path, source_id: int = 0, limits: Limits | None = None
) -> FastResult | None:
    """Type all rows of a clean CSV, or None where anything at all needs a closer look.

    The file is written as `<table>-fast-<source_id>.parquet` into the workspace; nothing is left of it on None.
    """
    target = workspace / f"{mapping.table}-fast-{source_id}.parquet"
    limits = limits or Limits()
    try:
        expected = _expected_rows(source)
        connection = duckdb.connect(config={"python_enable_replacements": "false"})
        timer = threading.Timer(limits.parse_seconds, connection.interrupt)
        timer.start()
        try:
            return _read(connection, source, mapping, target, source_id, expected)
        finally:
            timer.cancel()
            connection.close()
    except (_Unclean, duckdb.Error):
        target.unlink(missing_ok=True)
        return None


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: FastFile,
    mapping: FastMapping,
    target: Path,
    source_id: int,
    expected: int,
) -> FastResult:
    for name, value in (("threads", 2), ("memory_limit", "'1GB'"), ("autoload_known_extensions", "false")):
        connection.execute(f"SET {name} = {value}")
    connection.execute(f"SET temp_directory = {_literal(str(target.parent / 'spill'))}")
    statement = _Statement(source, mapping)
    connection.execute(statement.text(), statement.facts)
    first = source.header_row + 1
    select = ", ".join(_stored(TABLES[mapping.table], mapping, source, source_id, first))
    result = _described(connection, mapping, select, expected, target)
    connection.execute(f"COPY (SELECT {select} FROM typed) TO {_literal(str(target))}")
    return result


def _described(
    connection: duckdb.DuckDBPyConnection, mapping: FastMapping, select: str, expected: int, target: Path
) -> FastResult:
    """Counts of the typed rows; _Unclean when rows are missing or a key comes twice."""
    table = TABLES[mapping.table]
    dates = [name for name in mapping.columns if _kind(table, name) in {"date", "time"}]
    wanted = ["count(*)"]
    has_key = KEYS[table.name] in mapping.columns
    wanted.append("count(DISTINCT hash(row_key))" if has_key else "count(*)")
    wanted += [f'{side}("{name}")' for name in dates for side in ("min", "max")]
    wanted += [f'count("{name}")' for name in mapping.columns]
    found = connection.execute(f"SELECT {', '.join(wanted)} FROM (SELECT {select} FROM typed)").fetchone()
    assert found is not None
    rows = int(found[0])
    if rows != expected or rows == 0 or found[1] != rows:
        raise _Unclean
    ends = found[2 : 2 + 2 * len(dates)]
    filled = found[2 + 2 * len(dates) :]
    ranges = {
        name: (ends[2 * place], ends[2 * place + 1])
        for place, name in enumerate(dates)
        if ends[2 * place] is not None
    }
    blanks = {name: rows - int(count) for name, count in zip(mapping.columns, filled, strict=True)}
    return FastResult(target, rows, ranges, blanks)


def _stored(
    table: Table, mapping: FastMapping, source: FastFile, source_id: int, first: int
) -> Iterator[str]:
    """The stored columns of the typed rows: ids from the place in the file where the sheet has none."""
    key = KEYS[table.name]
    row = f"(rowid + {first})"
    place = _literal(f"{source.file}\x1f{source.sheet}\x1f")
    own = f'"{key}"' if key in mapping.columns else f"left(sha256(concat({place}, {row})), 16)"
    line = '"line"' if "line" in mapping.columns else "'1'"
    if table.name == "orders" and "line" not in mapping.columns and key in mapping.columns:
        line = f'CAST(row_number() OVER (PARTITION BY "{key}" ORDER BY rowid) AS VARCHAR)'
    for column in table.columns:
        value = (
            f'"{column.name}"' if column.name in _made(mapping) else f"CAST(NULL AS {SQL_TYPES[column.kind]})"
        )
        if column.name == key:
            value = own
        elif column.name == "line":
            value = line
        yield f'{value} AS "{column.name}"'
    yield "attributes"
    yield f"CAST({source_id} AS INTEGER) AS source_id"
    yield f"CAST({row} AS INTEGER) AS source_row"
    yield (f"concat({own}, '|', {line})" if table.name == "orders" else own) + " AS row_key"


def _made(mapping: FastMapping) -> set[str]:
    """Canonical columns the statement makes: the mapped ones and an amount from quantity and price."""
    product = (
        {"amount"}
        if mapping.table == "orders" and {"quantity", "unit_price"} <= set(mapping.columns)
        else set()
    )
    return {*mapping.columns, *product}


def _kind(table: Table, name: str) -> str:
    return next((column.kind for column in table.columns if column.name == name), "")


class _Statement:
    """CREATE TABLE typed AS SELECT … FROM read_csv(…), its texts passed as parameters."""

    def __init__(self, source: FastFile, mapping: FastMapping) -> None:
        self.source, self.mapping, self.table = source, mapping, TABLES.get(mapping.table)
        self.facts: dict[str, Any] = {}
        required = REQUIRED.get(mapping.table, ())
        if self.table is None or not required or not set(required) <= _made(mapping):
            raise _Unclean
        self.required = {
            *required,
            *([KEYS[mapping.table]] if KEYS[mapping.table] in mapping.columns else []),
        }
        # Without order numbers a blank customer may mean "as above": a question, not a value.
        if mapping.table == "orders" and "order_id" not in mapping.columns:
            self.required.add("customer_id")
        if "line" in mapping.columns:
            self.required.add("line")

    def text(self) -> str:
        source = self.source
        known = {column.name for column in self.table.columns} if self.table else set()
        if not set(self.mapping.columns) <= known:
            raise _Unclean
        parts = [f'{self._cell(name, index)} AS "{name}"' for name, index in self.mapping.columns.items()]
        if "amount" in _made(self.mapping) and "amount" not in self.mapping.columns:
            parts.append(f'{self._product()} AS "amount"')
        parts.append(f"{self._attributes()} AS attributes")
        parts.append(f"{self._no_total()} AS is_total")
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(source.width))
        skipped = source.skipped_lines + source.header_row
        scan = (
            f"read_csv({_literal(str(source.text_path))}, columns = {{{columns}}}, auto_detect = false, header = false,"
            f" skip = {skipped}, delim = {_literal(source.delimiter)}, quote = '\"', escape = '\"', strict_mode = true,"
            " null_padding = false, ignore_errors = false, encoding = 'utf-8')"
        )
        return f"CREATE TEMP TABLE typed AS SELECT {', '.join(parts)} FROM {scan}"

    def _fact(self, value: Any) -> str:
        name = f"p{len(self.facts)}"
        self.facts[name] = value
        return f"${name}"

    def _raw(self, index: int) -> str:
        if not 0 <= index < self.source.width:
            raise _Unclean
        return f"c{index}"

    def _text(self, index: int) -> str:
        return f"nullif(trim({self._raw(index)}, ' \t'), '')"

    def _cell(self, name: str, index: int) -> str:
        """One cell typed; error('…') stops the statement at the first that is not clean."""
        kind = _kind(self.table, name) if self.table else ""
        text = self._text(index) if kind == "text" else self._raw(index)
        blank = "" if name in self.required else f"WHEN {text} IS NULL THEN NULL "
        if name in self.mapping.values:
            pairs = self.mapping.values[name].items()
            cases = " ".join(
                f"WHEN {text} = {self._fact(raw)} THEN {self._fact(kept)}" for raw, kept in pairs
            )
            return f"CASE {blank}{cases} ELSE error('value') END"
        clean, value = self._reading(name, text, kind)
        return f"CASE {blank}WHEN {clean} THEN {value} ELSE error('{name}') END"

    def _reading(self, name: str, text: str, kind: str) -> tuple[str, str]:
        """(condition for clean, typed value) by kind; for a NULL the condition is not true."""
        if kind == "amount":
            return f"regexp_full_match({text}, '{_PLAIN_NUMBER}')", f"CAST({text} AS DECIMAL(18,4))"
        if kind == "number":
            return f"regexp_full_match({text}, '{_DOUBLE}')", f"CAST({text} AS DOUBLE)"
        if kind == "count":
            return f"regexp_full_match({text}, '{_COUNT}')", f"CAST({text} AS INTEGER)"
        if kind in {"date", "time"}:
            return self._moment(text, self.mapping.formats.get(name, "%Y-%m-%d"), SQL_TYPES[kind])  # type: ignore[index]
        if kind == "text":
            return f"NOT starts_with({text}, '#')", text
        if kind == "id":
            lost = f"(length({text}) > 15 AND ends_with({text}, '000'))"
            return f"NOT {lost} AND regexp_full_match({text}, '{_ID}')", text
        raise _Unclean

    def _moment(self, text: str, pattern: str, kind: str) -> tuple[str, str]:
        if pattern == "%Y-%m-%d":
            return f"regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')", f"CAST({text} AS {kind})"
        shape = "".join(_DIRECTIVES.get(p, re.escape(p)) for p in re.findall(r"%.|[^%]", pattern))
        if "%" in shape or "%Y" not in pattern:
            raise _Unclean
        value = f"CAST(strptime({text}, {self._fact(pattern)}) AS {kind})"
        return f"regexp_full_match({text}, {self._fact(shape)})", value

    def _product(self) -> str:
        """quantity × unit price, where four decimals hold it exactly."""
        factors = [self._raw(self.mapping.columns[name]) for name in ("quantity", "unit_price")]
        clean = " AND ".join(f"regexp_full_match({text}, '{_PLAIN_NUMBER}')" for text in factors)
        product = " * ".join(f"CAST({text} AS DECIMAL(18,4))" for text in factors)
        exact = f"CAST({product} AS DECIMAL(18,4)) = {product}"
        return f"CASE WHEN {clean} AND {exact} THEN CAST({product} AS DECIMAL(18,4)) ELSE error('amount') END"

    def _attributes(self) -> str:
        """The extra columns as the careful path writes them: `{"name": "text", …}`, NULL where all are blank."""
        if not self.mapping.attributes:
            return "CAST(NULL AS VARCHAR)"
        pieces = []
        for name, index in self.mapping.attributes.items():
            label = self._fact(json.dumps(name, ensure_ascii=False) + ": ")
            pieces.append(f"{label} || CAST(to_json({self._text(index)}) AS VARCHAR)")
        return f"nullif(concat('{{', concat_ws(', ', {', '.join(pieces)}), '}}'), '{{}}')"

    def _no_total(self) -> str:
        """A row with a blank cell and a totals word somewhere may be a totals row: for the careful path to say."""
        cells = [f"c{index}" for index in range(self.source.width)]
        is_blank = " OR ".join(f"{cell} IS NULL" for cell in cells)
        joined = f"concat_ws(chr(31), {', '.join(cells)})"
        word = f"regexp_matches({joined}, {self._fact(_totals_pattern())})"
        return f"CASE WHEN ({is_blank}) AND {word} THEN error('total') END"


def _totals_pattern() -> str:
    """A cell that is a totals word or ends with one, in cells joined by the unit separator."""
    names = [re.escape(name) for named in words().values["total_row"].values() for name in named]
    latin, others = [n for n in names if n.isascii()], [n for n in names if not n.isascii()]
    return rf"(?i)(?:(?:^|\x1f| )(?:{'|'.join(latin)})|(?:{'|'.join(others)}))\s*[:：]?\s*(?:\x1f|$)"


def _expected_rows(source: FastFile) -> int:
    """Records under the header if every line is one; _Unclean where the text has invisible characters."""
    lines, tail = 0, b""
    with source.text_path.open("rb") as handle:
        while block := handle.read(_BLOCK_BYTES):
            if not block.isascii() and _INVISIBLE.search(block):
                raise _Unclean
            lines += block.count(b"\n")
            tail = (tail + block)[-4096:]
    ending = tail[len(tail.rstrip(b"\r\n")) :]
    lines += 1 - ending.count(b"\n")
    return lines - source.skipped_lines - source.header_row


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
