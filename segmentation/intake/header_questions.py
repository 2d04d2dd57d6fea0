"""What headers leave open: two columns of one name, columns without a name, a header of two rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from segmentation.intake.asked import Asked
from segmentation.intake.grids import column_letter
from segmentation.intake.headers import UNTITLED, normalise
from segmentation.intake.recognised import Sheet
from segmentation.intake.uploads import Issue, Question

_SHOWN = 3


def _namesakes(asked: Asked) -> Iterable[tuple[str, str, list[int]]]:
    """(table, canonical column, the columns that bear its header), where there are several."""
    words = [normalise(text) for text in asked.reading.headers]
    for part in asked.reading.parts:
        for column, index in part.columns.items():
            places = [i for i, word in enumerate(words) if index >= 0 and word and word == words[index]]
            if len(places) > 1 and index not in asked.reading.months:
                yield part.table, column, places


def _says_the_same(asked: Asked, places: Sequence[int]) -> bool:
    first = asked.cells(places[0]).values()
    return all(np.array_equal(first, asked.cells(place).values()) for place in places[1:])


def same_headers(asked: Asked) -> Iterable[Question]:
    """Two columns of one name with different cells: which one is read? Proposed: the first."""
    for table, column, places in _namesakes(asked):
        if not _says_the_same(asked, places):
            shown = [", ".join(asked.cells(place).used()[:_SHOWN]) for place in places]
            labels = [f"{column_letter(place)}: {text}" for place, text in zip(places, shown, strict=True)]
            options = tuple((str(n), label) for n, label in enumerate(labels, start=1))
            key = f"{asked.id('same', places[0])}:{table}.{column}"
            yield Question(key, "ask.same", asked.facts(places[0], n=len(places)), options, "1")


def of_same_headers(sheet: Sheet, answers: Mapping[str, str]) -> Sheet:
    """The sheet with the column of several of one name that was chosen."""
    asked, parts = sheet.asked(), list(sheet.reading.parts)
    for table, column, places in _namesakes(asked):
        told = answers.get(f"{asked.id('same', places[0])}:{table}.{column}", "1")
        place = places[int(told) - 1] if told.isdigit() and 0 < int(told) <= len(places) else places[0]
        parts = [
            replace(part, columns=dict(part.columns) | {column: place}) if part.table == table else part
            for part in parts
        ]
    return replace(sheet, reading=replace(sheet.reading, parts=tuple(parts)))


def header_issues(asked: Sequence[Asked], sheets: Sequence[Sheet], known: frozenset[str]) -> Iterable[Issue]:
    """Columns said twice; columns without a title and headers of two rows, the first time a layout comes."""
    for one in asked:
        reading, table = one.reading, one.reading.parts[0].table
        for _, column, places in _namesakes(one):
            if _says_the_same(one, places):
                facts = one.facts(places[0], n=len(places), kept=column_letter(places[0]))
                yield Issue("i.same_column", "noted", table, column, 0, (), facts)
        used = {index for part in reading.parts for index in part.columns.values()}
        blank = [i for i, text in enumerate(reading.headers) if UNTITLED.fullmatch(text) and i not in used]
        if blank and reading.signature not in known:
            names = ", ".join(reading.headers[index] for index in blank)
            facts = {"sheet": reading.sheet, "n": len(blank), "columns": names}
            yield Issue("i.no_title", "decide", table, "", 0, (), facts)
    for sheet in sheets:
        header, reading = sheet.layout.header, sheet.reading
        if header is not None and header.height == 2 and reading.parts and reading.signature not in known:
            joined = ", ".join(text for text in header.texts if "-" in text)
            facts = {"sheet": reading.sheet, "first": reading.header_row, "columns": joined}
            yield Issue("i.joined", "decide", reading.parts[0].table, "", 0, (), facts)
