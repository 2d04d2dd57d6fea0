"""A big CSV is asked about as a whole: where its tail is not as its head, all of it is looked at before it is typed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from segmentation.identities import meanings
from segmentation.intake.columns import identifier
from segmentation.intake.express import names_strangers, plain_sheet, type_all
from segmentation.intake.fast_csv import FastResult
from segmentation.intake.parsed import Parsed, read_whole
from segmentation.intake.recognised import Sheet
from segmentation.intake.uploads import Reading


def ask_of_all(parsed: Parsed, ask: Callable[[Parsed], tuple[Reading, list[Sheet]]]) -> Reading:
    """What `ask` says of the files: asked of heads first, and again of all rows unless the fast path takes them all."""
    reading, sheets = ask(parsed)
    heads = {sheet.reading.file for sheet in sheets if sheet.raw.is_head_only and sheet.reading.parts}
    if not heads:
        return reading
    found = _typed(reading, sheets) if len(heads) == 1 else None
    if found is not None:
        return replace(reading, fast=found)
    whole = (
        replace(file, sheets=(read_whole(file),)) if file.name in heads else file for file in parsed.files
    )
    return ask(replace(parsed, files=tuple(whole)))[0]


def _typed(reading: Reading, sheets: Sequence[Sheet]) -> FastResult | None:
    """The rows of the plain sheet, typed; None where there is none, or a row of it has to be asked about."""
    plain = plain_sheet(sheets, reading.questions)
    if plain is None:
        return None
    parts = [(sheet, part) for sheet in sheets for part in sheet.reading.parts if part.table == "customers"]
    folder = Path(tempfile.mkdtemp(prefix="fast-", dir=reading.parsed.workspace))
    found = type_all(plain, folder, len(parts))
    known = {
        identifier(text)
        for sheet, part in parts
        if (index := part.columns.get("customer_id", part.columns.get("name", -1))) >= 0
        for text in sheet.layout.body().columns[index].used()
    }
    known |= {*reading.stored.ids, *reading.stored.names}
    known |= {word for word, meant in meanings(reading.aliases, "customer").items() if meant in known}
    return None if found is None or names_strangers(found, known) else found
