"""Which questions of a reading were answered before, for these layouts, and need not be asked again."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation.intake import mappings
from segmentation.intake.uploads import Reading, SheetMapping


def is_remembered(reading: Reading, remembered: Mapping[str, SheetMapping]) -> bool:
    """Whether every sheet that is used has the layout of an earlier upload."""
    used = [sheet.signature for sheet in reading.sheets if sheet.parts]
    return bool(used) and all(signature in remembered for signature in used)


def _is_known(reading: Reading, remembered: Mapping[str, SheetMapping]) -> bool:
    """Whether every sheet that is used is like one of an earlier upload."""
    used = [sheet for sheet in reading.sheets if sheet.parts]
    return bool(used) and all(mappings.nearest(sheet.headers, remembered) for sheet in used)


def known_questions(reading: Reading, remembered: Mapping[str, SheetMapping]) -> frozenset[str]:
    """Ids of the questions settled: answered for the layout, or with a single answer on layouts all known."""
    known = set[str]()
    for sheet in reading.sheets:
        known |= set(mappings.answers_for(sheet.headers, remembered)) if sheet.parts else set()
    if _is_known(reading, remembered):
        known |= {question.id for question in reading.questions if len(question.options) == 1}
    return frozenset(known & set(reading.proposed()))
