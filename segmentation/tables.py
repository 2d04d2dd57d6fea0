"""What a table may hold: grain, key and columns of the six canonical tables, and the words they arrive under.

Every other module asks here which columns exist; the README's table of inputs is printed from here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["id", "text", "date", "time", "amount", "number", "count", "flag"]

SQL_TYPES: dict[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "time": "TIMESTAMP",
    "amount": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "count": "INTEGER",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    `kind` decides parsing and storage (`SQL_TYPES`); `unit` is what a number counts; `meaning` is one
    English clause for the README; `aliases` are header texts (English and Chinese) it is recognised by.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A canonical table: `grain` says what one row is, `key` names the columns that identify it."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(self.names)}")


@dataclass(frozen=True)
class Words:
    """The alias data of `aliases.toml`: headers by (table, column), values by vocabulary, sheet words by table."""

    headers: dict[tuple[str, str], tuple[str, ...]]
    values: dict[str, dict[str, tuple[str, ...]]]
    sheets: dict[str, tuple[str, ...]]


@cache
def words() -> Words:
    """Read `aliases.toml` once; its header names must be columns of a table here."""
    raw = tomllib.loads((Path(__file__).parent / "aliases.toml").read_text("utf-8"))
    headers = {
        (table, column): tuple(names)
        for table, columns in raw["headers"].items()
        for column, names in columns.items()
    }
    values = {
        vocabulary: {value: tuple(names) for value, names in entries.items()}
        for vocabulary, entries in raw["values"].items()
    }
    return Words(headers, values, {table: tuple(names) for table, names in raw["sheets"].items()})


def _table(name: str, grain: str, key: tuple[str, ...], *columns: tuple[str, Kind, str, str]) -> Table:
    known = words().headers
    return Table(
        name,
        grain,
        key,
        tuple(
            Column(column, kind, meaning, unit, column in _REQUIRED[name], known.get((name, column), ()))
            for column, kind, unit, meaning in columns
        ),
    )


_REQUIRED: dict[str, tuple[str, ...]] = {
    "customers": ("customer_id",),
    "orders": ("ordered_on", "amount"),
    "touches": ("at",),
    "deals": ("state",),
    "reps": ("rep_id",),
    "spend": ("month", "amount"),
}

CUSTOMERS = _table(
    "customers",
    "one customer (company)",
    ("customer_id",),
    ("customer_id", "id", "", "the customer's number; its name where there is no number"),
    ("name", "text", "", "the customer's name"),
    ("parent_id", "text", "", "group of companies it belongs to"),
    ("industry", "text", "", "industry"),
    ("region", "text", "", "region or country"),
    ("size", "number", "as recorded", "the customer's own size (its revenue or people), never purchases"),
    ("founded_on", "date", "", "when it was founded"),
    ("channel", "text", "", "where it came from"),
    ("owner", "text", "", "the seller in charge"),
    ("need", "text", "", "what it needs"),
    ("intent", "text", "", "how serious it is"),
    ("budget", "amount", "currency", "its budget"),
    ("growth", "text", "", "how it grows"),
    ("decision_level", "text", "", "level of the people talked to"),
    ("nps", "number", "-100 to 100", "net promoter score"),
    ("complaints", "count", "complaints", "complaints on record"),
    ("credit_limit", "amount", "currency", "credit limit"),
    ("receivable", "amount", "currency", "what it owes"),
    ("first_contact_on", "date", "", "first contact, or when the record was created"),
    ("renewal_on", "date", "", "next renewal"),
    ("grade", "text", "", "the grade in your own file: a comparison, never a feature"),
)

ORDERS = _table(
    "orders",
    "one order or order line",
    ("order_id", "line"),
    ("order_id", "id", "", "the order's number"),
    ("line", "id", "", "line of the order; its position where there is no line number"),
    ("customer_id", "id", "", "who bought"),
    ("ordered_on", "date", "", "order date"),
    ("amount", "amount", "currency", "amount; negative = refund; quantity × unit price where absent"),
    ("margin", "amount", "currency", "gross profit"),
    ("quantity", "number", "pieces", "quantity"),
    ("unit_price", "amount", "currency", "price of one"),
    ("product", "text", "", "product"),
    ("family", "text", "", "product family"),
    ("paid_amount", "amount", "currency", "what has been paid"),
    ("paid_on", "date", "", "when it was paid"),
    ("rep", "text", "", "who sold"),
)

TOUCHES = _table(
    "touches",
    "one contact that happened",
    ("touch_id",),
    ("touch_id", "id", "", "the follow-up's number"),
    ("customer_id", "id", "", "who was contacted"),
    ("at", "time", "", "when"),
    (
        "kind",
        "text",
        "",
        "visit, meeting, call, message, email, quotation, sample, event, ticket, login, other",
    ),
    ("minutes", "number", "minutes", "how long it took; the default of its kind where absent"),
    ("rep", "text", "", "who did it"),
    ("direction", "text", "", "in or out"),
    ("reached", "flag", "", "no = attempted, not reached"),
)

DEALS = _table(
    "deals",
    "one opportunity",
    ("deal_id",),
    ("deal_id", "id", "", "the opportunity's number"),
    ("customer_id", "id", "", "whose it is"),
    ("opened_on", "date", "", "when it was opened"),
    ("expected_on", "date", "", "when it is expected to close"),
    ("closed_on", "date", "", "when it was really closed (won or lost)"),
    ("stage", "text", "", "stage, in your own words"),
    ("state", "text", "", "won, lost or open; read from the stage where absent"),
    ("kind", "text", "", "new, renewal or expansion"),
    ("amount", "amount", "currency", "value"),
    ("term_months", "number", "months", "contract term"),
    ("product", "text", "", "product"),
    ("rep", "text", "", "whose deal it is"),
    ("channel", "text", "", "where it came from"),
    ("loss_reason", "text", "", "why it was lost"),
)

REPS = _table(
    "reps",
    "one seller",
    ("rep_id",),
    ("rep_id", "id", "", "the seller's number; the name where there is no number"),
    ("name", "text", "", "name"),
    ("team", "text", "", "team or region"),
    ("seniority", "text", "", "senior, regular or junior; unknown = any"),
    ("hours_per_month", "number", "hours", "working hours a month"),
    ("cost_per_hour", "amount", "currency", "what an hour costs"),
    ("max_accounts", "count", "customers", "most customers at a time"),
    ("left_on", "date", "", "when the seller left"),
)

SPEND = _table(
    "spend",
    "one budget line",
    ("month", "channel", "tier"),
    ("month", "date", "", "month, as its first day"),
    ("channel", "text", "", "channel"),
    ("tier", "text", "", "tier it was meant for"),
    ("amount", "amount", "currency", "amount spent"),
)

TABLES: dict[str, Table] = {t.name: t for t in (CUSTOMERS, ORDERS, TOUCHES, DEALS, REPS, SPEND)}

# Beside its columns every stored row carries its extra columns (a JSON object of texts), where it came from
# (source_id → table `sources`, source_row counted as the spreadsheet counts) and the key that identifies it.
ROW_COLUMNS: dict[str, str] = {
    "attributes": "VARCHAR",
    "source_id": "INTEGER",
    "source_row": "INTEGER",
    "row_key": "VARCHAR",
}


def storage_types(table: Table) -> dict[str, str]:
    """Column name → DuckDB type of a stored table, in storage order."""
    return {column.name: SQL_TYPES[column.kind] for column in table.columns} | ROW_COLUMNS
