"""What stays of a reading: where every column of a table came from, and the mapping to remember for next month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from segmentation.intake.grids import column_letter
from segmentation.intake.layouts import CONTACTS, keep_key
from segmentation.intake.questions import is_of_the_file
from segmentation.intake.recognised import Sheet
from segmentation.intake.reopening import encoding_id
from segmentation.intake.uploads import SHEET_NAME, SheetMapping, SheetReading, Source, TablePart


def source_of(reading: SheetReading, part: TablePart, sha256: str) -> Source:
    """Provenance of one part: file, sheet, header row, and where each column stands."""
    columns = {
        column: (reading.headers[index], column_letter(index)) if index != SHEET_NAME else (reading.sheet, "")
        for column, index in part.columns.items()
    }
    return Source(
        reading.file,
        sha256,
        reading.sheet,
        part.table,
        reading.header_row,
        MappingProxyType(columns),
    )


def mapping_of(
    sheets: Sequence[Sheet],
    answers: Mapping[str, str],
    corrections: Mapping[str, str],
    known: Mapping[str, str],
) -> dict[str, SheetMapping]:
    """What to remember: every recognised layout, its columns by header text, its answers.

    An answer of an earlier month (`known`) about what is not in this file stays.
    """
    found = {}
    for sheet in sheets:
        reading = sheet.reading
        if not reading.parts and not reading.contacts:
            if corrections.get(f"table:{reading.signature}") == "skip":
                found[reading.signature] = SheetMapping(reading.headers)
            continue
        mine = {
            key: value
            for key, value in {**known, **answers}.items()
            if (f":{reading.signature}" in key or key == encoding_id(sheet.file)) and not is_of_the_file(key)
        }
        mine = {key: value for key, value in mine.items() if not key.startswith("keep:")}
        mine |= {keep_key(reading.signature, reading.headers[index]): "no" for index in reading.left}
        if reading.contacts:
            columns = {role: reading.headers[index] for role, index in reading.contacts.items()}
            found[reading.signature] = SheetMapping(reading.headers, {CONTACTS: columns}, mine)
            continue
        first = reading.parts[0]
        found[reading.signature] = SheetMapping(
            reading.headers, {first.table: _texts(first, reading.headers)}, mine
        )
    return found


def _texts(part: TablePart, headers: tuple[str, ...]) -> dict[str, str]:
    return {column: headers[index] for column, index in part.columns.items() if index != SHEET_NAME}
