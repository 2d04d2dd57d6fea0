"""One sheet about to be asked about, and how its columns are read by the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from segmentation.errors import FileError
from segmentation.intake.bodies import Body
from segmentation.intake.columns import Rule
from segmentation.intake.dates import EPOCH, DateRule, day_month_evidence, year_in
from segmentation.intake.grids import Cells
from segmentation.intake.headers import normalise
from segmentation.intake.recognition import kind_of
from segmentation.intake.uploads import SheetReading, TablePart

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


def proven_order(asked: Asked, index: int) -> str:
    """What the column proves about day and month; FileError where it contradicts itself."""
    evidence, examples = day_month_evidence(asked.cells(index).used())
    if evidence == "both":
        header = asked.reading.headers[index]
        raise FileError(
            "e.dates", sheet=asked.reading.sheet, column=header, a=examples["day"], b=examples["month"]
        )
    return evidence


def rule_of(asked: Asked, part: TablePart, column: str, answers: Mapping[str, str]) -> Rule:
    """How one column is read, by the answers (or by what the column itself proves)."""
    index = part.columns.get(column, -1)
    if index < 0:
        return Rule()
    evidence = proven_order(asked, index) if kind_of(part.table, column) in {"date", "time"} else "none"
    # What the whole column proves outranks an answer given on the head of a big file.
    order = evidence if evidence in {"day", "month"} else answers.get(asked.id("order", index), "day")
    year = answers.get(year_key(asked.reading), "")
    prefix = asked.id("ten", index) + ":"
    tens = frozenset(k.removeprefix(prefix) for k, v in answers.items() if k.startswith(prefix) and v == "10")
    dates = DateRule(
        "month" if order == "month" else "day",
        int(year) if year.isdigit() else None,
        asked.zone,
        has_bare_years=column in {"founded_on", "first_contact_on"},
        has_serials=answers.get(asked.id("serial", index), "yes") == "yes",
        tens=tens,
        epoch=EPOCH_1904 if asked.is_1904 else EPOCH,
    )
    comma = answers.get(asked.id("decimal", index)) == "comma"
    return Rule(comma, Decimal(answers.get(asked.id("unit", index), "1")), dates)
