"""The statement that types a clean CSV: every cell cast where it is read, error() at the first that is not clean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segmentation.intake.cell_answers import REMARK, SEVERAL_IDS
from segmentation.intake.columns import BLANK_IDS
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
_PLAIN_NUMBER = r"-?[0-9]{1,14}([.][0-9]{1,4})?"
_DOUBLE = r"-?[0-9]{1,14}([.][0-9]{1,15})?"
_GROUPED = r"[1-9][0-9]{0,2}[.][0-9]{3}"
_COUNT = r"[0-9]{1,9}"
# Characters NFKC leaves as they are, single blanks between words; no `+`, which may be a number Excel has shortened.
_ID = "[0-9A-Za-z\u4e00-\u9fff][!-*,-~\u4e00-\u9fff]*( [!-*,-~\u4e00-\u9fff]+)*"
_DIRECTIVES = {"%Y": "[0-9]{4}", **dict.fromkeys(("%m", "%d", "%H", "%M", "%S"), "[0-9]{1,2}")}


@dataclass(frozen=True)
class FastFile:
    """A clean UTF-8 text and where its rows belong: names for the key of rows without id, header and width.

    `header_row` counts records as the raw grid does (1-based), `width` is the number of cells in each record.
    `line_feeds`: how many were counted when the text was found to be plain ASCII; None = not known to be.
    """

    text_path: Path
    file: str
    sheet: str
    delimiter: str
    header_row: int
    width: int
    skipped_lines: int = 0
    line_feeds: int | None = None

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
            file.line_feeds,
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


class UncleanError(Exception):
    """The careful path has to read this file."""


def stored_columns(
    table: Table, mapping: FastMapping, source: FastFile, source_id: int, first: int
) -> Iterator[str]:
    """The stored columns of the typed rows: ids from the place in the file where the sheet has none."""
    key = KEYS[table.name]
    row = f"(rowid + {first})"
    place = literal(f"{source.file}\x1f{source.sheet}\x1f")
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


def kind_of(table: Table, name: str) -> str:
    return next((column.kind for column in table.columns if column.name == name), "")


class Statement:
    """CREATE TABLE typed AS SELECT … FROM read_csv(…), its texts passed as parameters."""

    def __init__(self, source: FastFile, mapping: FastMapping) -> None:
        self.source, self.mapping, self.table = source, mapping, TABLES.get(mapping.table)
        self.facts: dict[str, Any] = {}
        self._trimmed = set[int]()
        required = REQUIRED.get(mapping.table, ())
        if self.table is None or not required or not set(required) <= _made(mapping):
            raise UncleanError
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
            raise UncleanError
        parts = [f'{self._cell(name, index)} AS "{name}"' for name, index in self.mapping.columns.items()]
        if "amount" in _made(self.mapping) and "amount" not in self.mapping.columns:
            parts.append(f'{self._product()} AS "amount"')
        parts.append(f"{self._attributes()} AS attributes")
        parts.append(f"{self._no_total()} AS is_total")
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(source.width))
        skipped = source.skipped_lines + source.header_row
        scan = (
            f"read_csv({literal(str(source.text_path))}, columns = {{{columns}}}, auto_detect = false, header = false,"
            f" skip = {skipped}, delim = {literal(source.delimiter)}, quote = '\"', escape = '\"', strict_mode = true,"
            " null_padding = false, ignore_errors = false, encoding = 'utf-8')"
        )
        trimmed = "".join(f", nullif(trim(c{i}, ' \t'), '') AS t{i}" for i in sorted(self._trimmed))
        return f"CREATE TEMP TABLE typed AS SELECT {', '.join(parts)} FROM (SELECT *{trimmed} FROM {scan})"

    def _fact(self, value: Any) -> str:
        name = f"p{len(self.facts)}"
        self.facts[name] = value
        return f"${name}"

    def _raw(self, index: int) -> str:
        if not 0 <= index < self.source.width:
            raise UncleanError
        return f"c{index}"

    def _text(self, index: int) -> str:
        """The cell trimmed, NULL where nothing is left: made once under the statement, named three times in it."""
        self._raw(index)
        self._trimmed.add(index)
        return f"t{index}"

    def _cell(self, name: str, index: int) -> str:
        """One cell typed; error('…') stops the statement at the first that is not clean."""
        kind = kind_of(self.table, name) if self.table else ""
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
            return self._number(text, _PLAIN_NUMBER), f"CAST({text} AS DECIMAL(18,4))"
        if kind == "number":
            return self._number(text, _DOUBLE), f"CAST({text} AS DOUBLE)"
        if kind == "count":
            return f"regexp_full_match({text}, '{_COUNT}')", f"CAST({text} AS INTEGER)"
        if kind in {"date", "time"}:
            return self._moment(text, self.mapping.formats.get(name, "%Y-%m-%d"), SQL_TYPES[kind])  # type: ignore[index]
        short = f"length({text}) <= {Limits().cell_characters}"
        if kind == "text":
            plain = f"NOT regexp_matches({text}, {self._fact(REMARK)})" if name == "rep" else "true"
            return f"NOT starts_with({text}, '#') AND {short} AND {plain}", text
        if kind == "id":
            lost = f"(length({text}) > 15 AND ends_with({text}, '000'))"
            missing = ", ".join(map(literal, sorted(BLANK_IDS)))
            plain = f"{text} NOT IN ({missing}) AND regexp_full_match({text}, '{_ID}')"
            single = (
                f"NOT regexp_full_match({text}, {self._fact(SEVERAL_IDS)})"
                if name == "customer_id"
                else "true"
            )
            return f"NOT {lost} AND {short} AND {plain} AND {single}", text
        raise UncleanError

    def _number(self, text: str, pattern: str) -> str:
        """Where commas may be decimal, a point before three digits may group thousands: a question, not a value."""
        plain = f"regexp_full_match({text}, '{pattern}')"
        if self.source.delimiter != ";":
            return plain
        return f"{plain} AND NOT regexp_full_match({text}, '-?{_GROUPED}')"

    def _moment(self, text: str, pattern: str, kind: str) -> tuple[str, str]:
        if pattern == "%Y-%m-%d":
            return f"regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')", f"CAST({text} AS {kind})"
        if re.search("%.%", pattern):
            # Without a mark between them only two digits each say where the month ends.
            wide = {"%Y": "[0-9]{4}", **dict.fromkeys(_DIRECTIVES.keys() - {"%Y"}, "[0-9]{2}")}
        else:
            wide = _DIRECTIVES
        shape = "".join(wide.get(p, re.escape(p)) for p in re.findall(r"%.|[^%]", pattern))
        if "%" in shape or "%Y" not in pattern:
            raise UncleanError
        value = f"CAST(strptime({text}, {self._fact(pattern)}) AS {kind})"
        return f"regexp_full_match({text}, {self._fact(shape)})", value

    def _product(self) -> str:
        """quantity × unit price, where four decimals hold it exactly."""
        factors = [self._raw(self.mapping.columns[name]) for name in ("quantity", "unit_price")]
        clean = " AND ".join(self._number(text, _PLAIN_NUMBER) for text in factors)
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


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
