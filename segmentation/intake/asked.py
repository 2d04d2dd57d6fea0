"""One sheet about to be asked about, and how its columns are read by the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd

from segmentation.errors import FileError
from segmentation.intake.bodies import Body
from segmentation.intake.columns import Rule
from segmentation.intake.dates import EPOCH, SHORT_ORDERS, DateRule, day_month_evidence, short_orders, year_in
from segmentation.intake.grids import Cells, column_letter, spread
from segmentation.intake.headers import header_unit, normalise, title_unit
from segmentation.intake.money import currency_of, named_currency
from segmentation.intake.recognition import kind_of
from segmentation.intake.uploads import SHOWN_CELLS, SheetReading, TablePart
from segmentation.tables import TABLES

EPOCH_1904 = datetime(1904, 1, 1)


@dataclass(frozen=True)
class Asked:
    """One sheet about to be asked about: its reading, the rows of its table, what the file says around it.

    `width`: values in the header line of a text file, None for a workbook.
    """

    reading: SheetReading
    body: Body
    is_text: bool
    prefers_comma: bool
    zone: str = "UTC"
    is_1904: bool = False
    width: int | None = None
    currency: str = ""
    today: date | None = None

    def used(self, kinds: set[str]) -> list[tuple[TablePart, str, int]]:
        """(part, canonical column, index) of the mapped columns of these kinds, each index once."""
        seen: dict[int, tuple[TablePart, str, int]] = {}
        for part in self.reading.parts:
            for column, index in part.columns.items():
                if index >= 0 and kind_of(part.table, column) in kinds:
                    seen.setdefault(index, (part, column, index))
        return list(seen.values())

    def cells(self, index: int) -> Cells:
        return self.body.rows.columns[index]

    def written(self, index: int) -> list[str]:
        """Distinct texts of a column that somebody wrote: a number cell of a workbook says itself what it is."""
        cells = self.cells(index)
        if self.is_text:
            return cells.used()
        grid = self.body.rows
        typed = np.array([grid.kind(row, index) == "n" for row in range(len(grid))], dtype=bool)
        return cells.take(~typed).used()

    def extra_columns(self) -> tuple[int, ...]:
        """Columns no part of the sheet reads and a person keeps: a customer's attributes."""
        used = {
            index
            for part in self.reading.parts
            for column, index in part.columns.items()
            if column in TABLES[part.table].names
        }
        return tuple(
            index for index in range(len(self.reading.headers)) if index not in used | self.reading.left
        )

    def addresses(self, index: int, positions: np.ndarray) -> tuple[str, ...]:
        """The first of these cells as `Sheet1!B7`."""
        rows, letter = self.body.rows.rows, column_letter(index)
        return tuple(f"{self.reading.sheet}!{letter}{rows[position]}" for position in positions[:SHOWN_CELLS])

    def id(self, topic: str, index: int | None = None) -> str:
        column = "" if index is None else f":{normalise(self.reading.headers[index])}"
        return f"{topic}:{self.reading.signature}{column}"

    def facts(self, index: int, **more: object) -> dict[str, object]:
        return {"sheet": self.reading.sheet, "column": self.reading.headers[index], **more}


def stated_years(reading: SheetReading) -> dict[str, int]:
    """Where (title, sheet, file) a year is stated → the year, the nearest place first."""
    # The only sheet of a CSV is called like its file.
    sheet = "" if reading.file.startswith(reading.sheet) else reading.sheet
    places = {"title": reading.title, "sheet": sheet, "file": reading.file}
    return {where: year for where, text in places.items() if (year := year_in(text))}


def year_key(reading: SheetReading) -> str:
    """Id of the question about the year: sheets of one layout that state different years are asked about apart."""
    stated = next(iter(stated_years(reading).values()), None)
    return f"year:{reading.signature}" + (f":{stated}" if stated else "")


def unit_of(asked: Asked, index: int) -> Decimal | None:
    """The factor a column's header states, else the lines above it; None where neither does."""
    return header_unit(asked.reading.headers[index]) or title_unit(asked.reading.title)


def unit_key(asked: Asked, index: int) -> str:
    """Id of the question about a column's unit: one sheet in yuan among sheets in 万元 is asked about apart."""
    factor = unit_of(asked, index)
    return asked.id("unit", index) + (f":{factor:f}" if factor else "")


def proven_order(asked: Asked, index: int) -> str:
    """What the column proves about day and month; FileError where it contradicts itself."""
    evidence, examples = day_month_evidence(asked.cells(index).used())
    if evidence == "both":
        header = asked.reading.headers[index]
        told = {name: _addressed(asked, index, name) for name in ("day", "month")}
        raise FileError(
            "e.dates", sheet=asked.reading.sheet, column=header, a=told["day"], b=told["month"]
        )  # fmt: skip
    return evidence if examples else "none"


def _addressed(asked: Asked, index: int, order: str) -> str:
    """The first cells that prove one order: `C3: 25/06/2024, C5: 26/06/2024`."""
    cells = asked.cells(index)
    proving = {code for code, text in enumerate(cells.texts) if day_month_evidence([text])[0] == order}
    rows = np.flatnonzero(np.isin(cells.codes, list(proving)))[:SHOWN_CELLS]
    letter, numbers = column_letter(index), asked.body.rows.rows
    return ", ".join(f"{letter}{numbers[row]}: {cells.at(int(row))}" for row in rows)


def currencies(asked: Asked, part: TablePart, index: int) -> np.ndarray:
    """ISO code per row of an amount column: the cell's own mark, else the row's currency column, else the book's; ""
    where nothing says it or the cell is blank."""
    cells, helper = asked.cells(index), part.columns.get("amount_currency", -1)
    own = spread([currency_of(text) for text in cells.texts], cells.codes, None)
    named = np.full(len(cells), asked.currency, dtype=object)
    if helper >= 0:
        column = asked.cells(helper)
        named = spread(
            [named_currency(text) or asked.currency for text in column.texts], column.codes, asked.currency
        )
    found = np.where(own == "", named, own)
    return np.where(cells.codes >= 0, found, "")


def currency_counts(asked: Asked, part: TablePart, index: int) -> Counter[str]:
    """Cells of an amount column per currency, where any cell or the row says one."""
    marks = (currency_of(text) for text in asked.cells(index).texts)
    if part.columns.get("amount_currency", -1) < 0 and not any(marks):
        return Counter()
    codes, names = pd.factorize(currencies(asked, part, index))
    counted = np.bincount(codes, minlength=len(names))
    return Counter({name: int(n) for name, n in zip(names, counted, strict=True) if name})


def currency_read(asked: Asked, part: TablePart, index: int, answers: Mapping[str, str]) -> str:
    """The one currency whose amounts are read: answered, else the commonest; "" where the column has no mixture."""
    told = answers.get(asked.id("currency", index), "")
    counts = currency_counts(asked, part, index)
    return told or (counts.most_common(1)[0][0] if len(counts) > 1 else "")


def rule_of(asked: Asked, part: TablePart, column: str, answers: Mapping[str, str]) -> Rule:
    """How one column is read, by the answers (or by what the column itself proves)."""
    index, kind = part.columns.get(column, -1), kind_of(part.table, column)
    if index < 0:
        return Rule()
    if kind in {"date", "time"}:
        return Rule(dates=_date_rule(asked, column, index, answers))
    comma = answers.get(asked.id("decimal", index)) == "comma"
    told = answers.get(asked.id("percent", index), "")
    unit = Decimal(answers.get(unit_key(asked, index), "1"))
    if part.table == "orders" and kind == "amount":
        unit *= Decimal(answers.get(f"factor:{asked.reading.signature}", "1"))
    currency = currency_read(asked, part, index, answers) if kind == "amount" else ""
    return Rule(comma, unit, currency=currency, percent="percent" if told == "percent" else "")


def _date_rule(asked: Asked, column: str, index: int, answers: Mapping[str, str]) -> DateRule:
    evidence = proven_order(asked, index)
    # What the whole column proves outranks an answer given on the head of a big file.
    order = evidence if evidence in {"day", "month"} else answers.get(asked.id("order", index), "day")
    likely = short_orders(asked.cells(index).used())
    short = answers.get(asked.id("short", index), likely[0] if likely else "day")
    year = answers.get(year_key(asked.reading), "")
    prefix = f"{asked.id('ten', index)}:{year}:"
    tens = frozenset(k.removeprefix(prefix) for k, v in answers.items() if k.startswith(prefix) and v == "10")
    return DateRule(
        "month" if order == "month" else "day",
        next((known for known in SHORT_ORDERS if known == short), "day"),
        int(year) if year.isdigit() else None,
        asked.zone,
        has_bare_years=column in {"founded_on", "first_contact_on"},
        has_serials=answers.get(asked.id("serial", index), "yes") == "yes",
        has_months=answers.get(asked.id("month", index), "yes") == "yes",
        of_months=column == "month",
        tens=tens,
        epoch=EPOCH_1904 if asked.is_1904 else EPOCH,
    )
