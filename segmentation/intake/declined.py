"""Sheets a person says not to read: counted and told, so that no row goes missing unsaid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segmentation.intake.recognised import Sheet, is_declined
from segmentation.intake.uploads import Issue, RowAccount


def account_of_declined(
    sheets: Sequence[Sheet], answers: Mapping[str, str]
) -> tuple[list[RowAccount], list[Issue]]:
    """One account of a sheet whose rows were all left out by an answer, and one word about it."""
    accounts, issues = list[RowAccount](), list[Issue]()
    for sheet in sheets:
        reading = sheet.reading
        if not reading.parts or not is_declined(reading, answers):
            continue
        table, n = reading.parts[0].table, len(sheet.asked().body.read)
        accounts.append(RowAccount(reading.file, reading.sheet, table, n, 0, 0, 0, 0, n))
        issues.append(Issue("i.declined", "check", table, "", n, (), {"sheet": reading.sheet, "n": n}))
    return accounts, issues
