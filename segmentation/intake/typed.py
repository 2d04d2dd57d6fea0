"""One table part of one sheet: cells → typed rows with keys and provenance, and what became of every row read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from segmentation.intake import contacts, deal_states, refusals
from segmentation.intake.asked import Asked, currencies, rule_of, year_key
from segmentation.intake.attributes import attribute_texts, unread
from segmentation.intake.cell_reports import CellReport
from segmentation.intake.column_refusals import refuse_errors, refuse_formulas, refuse_lost_digits
from segmentation.intake.columns import Typed, blank_column, product_amounts, read_column
from segmentation.intake.grids import Cells, Grid, absent, constant, encode
from segmentation.intake.month_names import month_of
from segmentation.intake.recognition import kind_of
from segmentation.intake.rows import NEEDED, Rows, source_key, texts_column
from segmentation.intake.uploads import REJECTED_COLUMNS, SHEET_NAME, TablePart
from segmentation.intake.year_turns import follow_turn
from segmentation.settings import USUAL_THRESHOLDS, Thresholds
from segmentation.tables import TABLES

_MOSTLY = 0.5


@dataclass(frozen=True)
class Reader:
    """Reads one part; the answers belong to the whole upload. `place` tells nameless rows of several sheets apart."""

    asked: Asked
    part: TablePart
    answers: Mapping[str, str]
    attribute_columns: tuple[int, ...] = ()
    place: str = ""
    thresholds: Thresholds = USUAL_THRESHOLDS

    @property
    def needed(self) -> tuple[str, ...]:
        """What a row cannot do without; also the customer, where blank names were said not to mean "as above"."""
        is_named = self.part.table == "orders" and self.answers.get(self.asked.id("fill")) == "no"
        return (*NEEDED[self.part.table], *(("customer_id",) if is_named else ()), *self._own_number())

    def _own_number(self) -> tuple[str, ...]:
        """The number of an order or a follow-up, where its sheet numbers them: a row without one could never be told
        from the same row of next month's file. A project kept by hand may have none yet; see `number_deals`."""
        own = {"orders": "order_id", "touches": "touch_id"}.get(self.part.table, "")
        cells = self.cells(own) if own else None
        if cells is None or not len(cells) or float((cells.codes < 0).mean()) > _MOSTLY:
            return ()
        return (own,)

    @property
    def grid(self) -> Grid:
        return self.asked.body.rows

    def cells(self, column: str) -> Cells | None:
        """The raw cells of a canonical or helper column, None where the sheet has none."""
        index = self.part.columns.get(column)
        if index is None:
            return None
        if index != SHEET_NAME:
            return self.grid.columns[index]
        sheet = self.asked.reading.sheet
        month = month_of(sheet) if column == "ordered_on" else None
        year = self.answers.get(year_key(self.asked.reading), "")
        day = month.last_day(int(year) if year.isdigit() else None) if month else None
        return constant(day.isoformat() if day else sheet, len(self.grid))

    def typed(self, column: str) -> Typed:
        kind, cells = kind_of(self.part.table, column), self.cells(column)
        if cells is None:
            return blank_column(kind, len(self.grid))
        header = self._header(column)
        refuse_formulas(self.asked, header, cells)
        if kind == "id":
            refuse_lost_digits(self.asked, self.part.columns[column], header, cells)
        rule = rule_of(self.asked, self.part, column, self.answers)
        if kind in {"amount", "number", "count"} and rule.has_decimal_comma:
            cells = self._comma_cells(column, cells)
        one = read_column(cells, kind, rule)
        if kind in {"date", "time"}:
            return follow_turn(cells, one)
        if kind == "amount" and rule.currency:
            told = currencies(self.asked, self.part, self.part.columns[column])
            one = one.without(one.known & (told != "") & (told != rule.currency), "other_currency")
        if kind in {"id", "amount"} and column in {*NEEDED[self.part.table], *TABLES[self.part.table].key}:
            refuse_errors(self.asked, header, one, self.thresholds.excel_errors)
        return one

    def _header(self, column: str) -> str:
        index = self.part.columns.get(column, SHEET_NAME)
        return self.asked.reading.headers[index] if index >= 0 else column

    def _comma_cells(self, column: str, cells: Cells) -> Cells:
        """The cells with number cells of a workbook rewritten with a comma: they know where their point is."""
        index, grid = self.part.columns[column], self.grid
        if self.asked.is_text or index < 0:
            return cells
        values = [
            text.replace(".", ",") if text and grid.kind(row, index) == "n" else text
            for row, text in enumerate(cells.values())
        ]
        return encode(values)

    def read(self) -> Rows:
        """All rows of the part. Nothing is dropped: rows without what the table needs are in `rejected`."""
        table = TABLES[self.part.table]
        columns = {name: self.typed(name) for name in table.names}
        left_out = np.zeros(len(self.grid), dtype=bool)
        if table.name == "orders":
            columns = self._order_columns(columns)
        elif table.name == "deals":
            columns, left_out = self._deal_columns(columns)
        elif table.name == "touches":
            columns, left_out = self._touch_columns(columns)
        elif table.name in {"customers", "reps"}:
            columns = self._named_columns(columns)
        typed = columns
        keys, columns = self._keys(dict(columns))
        bad = np.zeros(len(self.grid), dtype=bool)
        for name in self.needed:
            bad |= ~typed[name].known
        bad &= ~left_out
        report = self._report(typed)
        corrections, count = report.corrections(bad | left_out)
        rows = Rows(
            self.asked, self.part, columns, self.grid.rows, keys,
            attribute_texts(self.asked, self.attribute_columns, self.answers), report.corrected(),
            self._rejected(report, bad), int(bad.sum()) + len(self.asked.body.refused), int(left_out.sum()),
            tuple(report.issues(bad | left_out)), self._has_ids(columns), corrections, count,
        )  # fmt: skip
        return rows.take(~(bad | left_out))

    def _report(self, columns: Mapping[str, Typed]) -> CellReport:
        """What is told about the cells, those of the extra columns among them."""
        lost = unread(self.asked, self.attribute_columns)
        part = replace(
            self.part, columns=dict(self.part.columns) | {name: one[0] for name, one in lost.items()}
        )
        raw = {name: self.cells(name) for name in columns} | {name: one[2] for name, one in lost.items()}
        return CellReport(self.asked, part, dict(columns) | {name: one[1] for name, one in lost.items()}, raw)

    def _order_columns(self, columns: dict[str, Typed]) -> dict[str, Typed]:
        if self.answers.get(self.asked.id("tax")) == "gross":
            part = replace(
                self.part, columns=dict(self.part.columns) | {"amount": self.part.columns["amount_with_tax"]}
            )
            columns["amount"] = replace(self, part=part).typed("amount")
        quantity, price = self.cells("quantity"), self.cells("unit_price")
        if "amount" not in self.part.columns and quantity is not None and price is not None:
            rule = rule_of(self.asked, self.part, "unit_price", self.answers)
            columns["amount"] = product_amounts(quantity, price, rule)
        return columns

    def _deal_columns(self, columns: dict[str, Typed]) -> tuple[dict[str, Typed], np.ndarray]:
        states = deal_states.read_states(
            {name: self.cells(name) for name in ("state", "stage", "is_closed")},
            self.answers,
            self.asked.id("stage"),
            len(self.grid),
        )
        columns["state"] = texts_column(states)
        if self.answers.get(self.asked.id("term")) == "year":
            columns["amount"] = deal_states.yearly(columns["amount"], columns["term_months"])
        kind = self.cells("kind")
        if kind is not None:
            columns["kind"] = texts_column(deal_states.read_deal_kinds(kind))
        return deal_states.move_expected(columns, states), states == "leave_out"

    def _touch_columns(self, columns: dict[str, Typed]) -> tuple[dict[str, Typed], np.ndarray]:
        rows, kind, content = len(self.grid), self.cells("kind"), self.cells("content")
        columns["kind"] = texts_column(contacts.read_kinds(kind, content, self.cells("rep"), rows))
        missed = contacts.missed(kind, content, rows)
        if missed.any():
            reached = columns["reached"]
            columns["reached"] = replace(reached, data=reached.data & ~missed, known=reached.known | missed)
        if "minutes" not in self.part.columns and "ended_at" in self.part.columns:
            minutes = contacts.lasted_minutes(columns["at"], self.typed("ended_at"))
            columns["minutes"] = replace(columns["minutes"], data=minutes, known=~np.isnan(minutes))
        return columns, contacts.is_withdrawn(self.cells("approval"), rows)

    def _named_columns(self, columns: dict[str, Typed]) -> dict[str, Typed]:
        """The name stands in for a missing number, and the number of a seller for its name."""
        key = "customer_id" if self.part.table == "customers" else "rep_id"
        if key not in self.part.columns and (cells := self.cells("name")) is not None:
            columns[key] = read_column(cells, "id", rule_of(self.asked, self.part, "name", {}))
        elif key == "rep_id" and "name" not in self.part.columns:
            columns["name"] = columns[key]
        if key == "customer_id" and not {"customer_id", "name"} & set(self.part.columns):
            columns[key] = self._numbered_rows()
        if self.answers.get(self.asked.id("grade")) == "no" and "grade" in columns:
            columns["grade"] = blank_column("text", len(self.grid))
        return columns

    def _numbered_rows(self) -> Typed:
        """`#7` for spreadsheet row 7; the later sheets of an upload say which they are, `#7/2`."""
        return texts_column(np.array([f"#{row}{self.place}" for row in self.grid.rows], dtype=object))

    def _has_ids(self, columns: Mapping[str, Typed]) -> bool:
        own = TABLES[self.part.table].key[0]
        if self.part.table == "customers" and not {"customer_id", "name"} & set(self.part.columns):
            return False
        return self.part.table != "spend" and (
            own in self.part.columns or self.part.table in {"customers", "reps"}
        )

    def _keys(self, columns: dict[str, Typed]) -> tuple[np.ndarray, dict[str, Typed]]:
        """Row keys, and the ids a table without id column gets from them."""
        table, rows = self.part.table, self.grid.rows
        if table in {"customers", "reps"}:
            return columns["customer_id" if table == "customers" else "rep_id"].data, columns
        if table == "deals" and not {"customer_id"} & set(self.part.columns) and self._is_flat():
            columns["customer_id"] = self._numbered_rows()
        own = TABLES[table].key[0]
        ids = (
            columns[own].data
            if own in {"order_id", "deal_id", "touch_id"}
            else np.full(len(rows), None, dtype=object)
        )
        blank = absent(ids)
        if blank.any():
            file, sheet = self.asked.reading.file, self.asked.reading.sheet
            ids = ids.copy()
            ids[blank] = [source_key(file, sheet, int(row)) for row in rows[blank]]
            if table == "touches":
                ids = _told_apart(ids)
        if own in {"order_id", "deal_id", "touch_id"}:
            columns[own] = texts_column(ids)
        if table != "orders":
            return ids, columns
        lines = columns["line"].data
        if "line" not in self.part.columns or absent(lines).any():
            position = pd.Series(ids).groupby(ids, sort=False).cumcount().to_numpy() + 1
            lines = np.where(absent(lines), position.astype(str).astype(object), lines)
            columns["line"] = texts_column(lines)
        return ids + "|" + lines, columns

    def _is_flat(self) -> bool:
        return any(part.table == "customers" for part in self.asked.reading.parts)

    @property
    def _is_first(self) -> bool:
        """Whether this is what the sheet is read for first: rows refused as they stand are listed once."""
        first, months = self.asked.reading.parts[0], self.asked.reading.months
        if months:
            return self.part.columns.get("amount") == min(months)
        return self.part is first

    def _rejected(self, report: CellReport, bad: np.ndarray) -> pd.DataFrame:
        """One line per missing or unreadable needed cell of a rejected row, and the rows refused as they stand."""
        found = report.rejected(bad, self.needed)
        refused = refusals.lines(self.asked) if self._is_first else []
        more = pd.DataFrame(refused, columns=list(REJECTED_COLUMNS))
        return pd.concat([found, more], ignore_index=True) if refused else found


def _told_apart(ids: np.ndarray) -> np.ndarray:
    """Keys of rows that share one spreadsheet row: the second ends in `|2`."""
    place = pd.Series(ids).groupby(ids, sort=False).cumcount().to_numpy()
    return np.array([f"{key}|{n + 1}" if n else key for key, n in zip(ids, place, strict=True)], dtype=object)
