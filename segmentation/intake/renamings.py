"""A column called otherwise than last month: read as before, asked, and left alone where the answer is no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from segmentation.intake.recognised import Sheet
from segmentation.intake.uploads import YES_NO, Issue, Question


def renamed(issues: Sequence[Issue], sheets: Sequence[Sheet]) -> Iterable[Question]:
    """One question for every column that was recognised under a new name; proposed: as last month."""
    signatures = {sheet.reading.sheet: sheet.reading.signature for sheet in sheets}
    for issue in issues:
        if issue.code == "i.renamed":
            sheet = str(issue.facts["sheet"])
            key = f"renamed:{signatures[sheet]}:{issue.table}.{issue.column}"
            yield Question(key, "ask.renamed", issue.facts, YES_NO, "yes")


def without_renamed(sheet: Sheet, answers: Mapping[str, str]) -> Sheet:
    """The sheet without the columns that are not what they were taken for."""
    reading = sheet.reading
    prefix = f"renamed:{reading.signature}:"
    gone = {
        key.removeprefix(prefix) for key, told in answers.items() if key.startswith(prefix) and told == "no"
    }
    parts = tuple(
        replace(part, columns={c: i for c, i in part.columns.items() if f"{part.table}.{c}" not in gone})
        for part in reading.parts
    )
    return replace(sheet, reading=replace(reading, parts=parts)) if gone else sheet
