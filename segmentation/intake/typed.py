"""One table part of one sheet: cells → typed rows with keys and provenance, and what became of every row read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from segmentation.errors import FileError
from segmentation.intake import contacts, deal_states, refusals
from segmentation.intake.asked import Asked, rule_of, year_key
from segmentation.intake.columns import Typed, blank_column, product_amounts, read_column
from segmentation.intake.grids import Cells, Grid, absent, constant
from segmentation.intake.layouts import SHEET_NAME
from segmentation.intake.month_names import month_of
from segmentation.intake.parsed import NO_RESULT
from segmentation.intake.recognition import kind_of
from segmentation.intake.rows import NEEDED, Rows, column_letter, source_key, texts_column
from segmentation.intake.uploads import REJECTED_COLUMNS, SHOWN_CELLS, Issue, TablePart
from segmentation.intake.year_turns import follow_turn
from segmentation.tables import TABLES

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_CORRECTIONS = ("about", "month", "short_year")


@dataclass(frozen=True)
class Reader:
    """Reads one part; the answers belong to the whole upload. `place` tells nameless rows of several sheets apart."""

    asked: Asked
    part: TablePart
    answers: Mapping[str, str]
    attribute_columns: tuple[int, ...] = ()
    place: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """What a row cannot do without; also the customer, where blank names were said not to mean "as above"."""
        is_named = self.part.table == "orders" and self.answers.get(self.asked.id("fill")) == "no"
        return (*NEEDED[self.part.table], *(("customer_id",) if is_named else ()))

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
        if NO_RESULT in cells.texts:
            self._refuse_formulas(column, cells)
        if kind == "id":
            self._refuse_lost_digits(column, cells)
        rule = rule_of(self.asked, self.part, column, self.answers)
        found = read_column(cells, kind, rule)
        return follow_turn(cells, found) if kind in {"date", "time"} else found

    def _refuse_formulas(self, column: str, cells: Cells) -> None:
        """FileError where formulas were saved without their results: the column says nothing then."""
        count = int((cells.codes == cells.texts.index(NO_RESULT)).sum())
        if count:
            header = self.asked.reading.headers[self.part.columns[column]]
            raise FileError("e.formula", sheet=self.asked.reading.sheet, column=header, n=count)

    def _refuse_lost_digits(self, column: str, cells: Cells) -> None:
        """FileError where Excel kept 15 digits only: `1.88E+10`, or a number cell of 16 digits and more.

        What the cell now says is no evidence: 123456789012345678 comes back as …696, not as …000.
        """
        index = self.part.columns[column]
        for code, text in enumerate(cells.texts):
            is_long = len(text) > 15 and text.isdigit()
            if not (is_long or _SCIENTIFIC.fullmatch(text)):
                continue
            rows = np.flatnonzero(cells.codes == code)
            lost = [row for row in rows if not is_long or self.grid.kind(int(row), index) == "n"]
            if lost:
                header = self.asked.reading.headers[index] if index >= 0 else column
                raise FileError("e.digits", sheet=self.asked.reading.sheet, column=header, example=text)

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
        keys, columns = self._keys(columns)
        bad = np.zeros(len(self.grid), dtype=bool)
        for name in self.needed:
            bad |= ~columns[name].known
        bad &= ~left_out
        rejected = self._rejected(columns, bad)
        rejected_count = int(bad.sum()) + len(self.asked.body.refused)
        corrected = self._corrected(columns)
        rows = Rows(
            self.asked, self.part, columns, self.grid.rows, keys, self._attributes(), corrected, rejected,
            rejected_count, int(left_out.sum()), tuple(self._issues(columns, bad | left_out)),
            self._has_ids(columns),
        )  # fmt: skip
        return rows.take(~(bad | left_out))

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

    def _attributes(self) -> np.ndarray:
        """Unmapped columns of each row as one JSON object of texts, None where there is nothing."""
        rows, headers = len(self.grid), self.asked.reading.headers
        if not self.attribute_columns:
            return np.full(rows, None, dtype=object)
        parts = []
        for index in self.attribute_columns:
            name = headers[index] or f"#{column_letter(index)}"
            cells = self.grid.columns[index]
            pieces = [
                f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(t, ensure_ascii=False)}"
                for t in cells.texts
            ]
            parts.append(np.array([*pieces, ""], dtype=object)[cells.codes])
        joined = [", ".join(piece for piece in pieces if piece) for pieces in zip(*parts, strict=True)]
        return np.array([f"{{{text}}}" if text else None for text in joined], dtype=object)

    def _corrected(self, columns: Mapping[str, Typed]) -> np.ndarray:
        found = np.zeros(len(self.grid), dtype=bool)
        for one in columns.values():
            found |= one.bad
            if set(one.notes) & set(_CORRECTIONS):
                found |= one.corrected
        return found

    def _addresses(self, index: int, positions: np.ndarray) -> tuple[str, ...]:
        sheet, letter = self.asked.reading.sheet, column_letter(index)
        return tuple(f"{sheet}!{letter}{self.grid.rows[p]}" for p in positions[:SHOWN_CELLS])

    def _issues(self, columns: Mapping[str, Typed], gone: np.ndarray) -> list[Issue]:
        """Cells of accepted rows that could not be read, and what was corrected, per column."""
        found = []
        for name, one in columns.items():
            index = self.part.columns.get(name, SHEET_NAME)
            header = self.asked.reading.headers[index] if index >= 0 else name
            bad = one.bad & ~gone
            for reason in sorted(set(one.reasons[bad])) if bad.any() else ():
                where = np.flatnonzero(bad & (one.reasons == reason))
                facts = {
                    "sheet": self.asked.reading.sheet,
                    "column": header,
                    "n": len(where),
                    "reason": reason,
                }
                cells = self._addresses(index, where)
                found.append(
                    Issue(f"i.cell.{reason}", "check", self.part.table, name, len(where), cells, facts)
                )
            for mark, count in one.notes.items():
                facts = {"sheet": self.asked.reading.sheet, "column": header, "n": count}
                cells = self._addresses(index, np.flatnonzero(one.corrected))
                found.append(Issue(f"i.mark.{mark}", "noted", self.part.table, name, count, cells, facts))
        return found

    def _rejected(self, columns: Mapping[str, Typed], bad: np.ndarray) -> pd.DataFrame:
        """One line per missing or unreadable needed cell of a rejected row."""
        lines = []
        for name in self.needed:
            one, raw = columns[name], self.cells(name)
            index = self.part.columns.get(name, SHEET_NAME)
            header = self.asked.reading.headers[index] if index >= 0 else name
            for position in np.flatnonzero(bad & ~one.known):
                row = int(self.grid.rows[position])
                value = raw.at(int(position)) if raw is not None else None
                cell = f"{column_letter(index)}{row}" if index >= 0 else ""
                reason = one.reasons[position] or "missing"
                lines.append(
                    (
                        self.asked.reading.file,
                        self.asked.reading.sheet,
                        row,
                        cell,
                        header,
                        value or "",
                        reason,
                    )
                )
        if self.part is self.asked.reading.parts[0]:
            lines += refusals.lines(self.asked)
        return pd.DataFrame(lines, columns=list(REJECTED_COLUMNS))
