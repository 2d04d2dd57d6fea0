"""What is known of a reading's layouts from earlier uploads: answers not asked again, columns that came or went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segmentation.intake import mappings
from segmentation.intake.headers import normalise
from segmentation.intake.month_names import without_months
from segmentation.intake.uploads import Issue, Reading, SheetMapping, SheetReading


@dataclass(frozen=True)
class Drift:
    """How the columns of a sheet differ from last time: (called now, called then), new ones, missing ones."""

    sheet: str
    renamed: tuple[tuple[str, str], ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def drifts(
    reading: Reading, remembered: Mapping[str, SheetMapping], issues: Iterable[Issue]
) -> tuple[Drift, ...]:
    """One for each used sheet whose columns are not all those of the layout it was known by."""
    renamed: dict[str, list[tuple[str, str]]] = {}
    for issue in issues:
        if issue.code == "i.renamed":
            pair = str(issue.facts["now"]), str(issue.facts["before"])
            pairs = renamed.setdefault(str(issue.facts["sheet"]), [])
            pairs += [] if pair in pairs else [pair]
    found = [_drift(sheet, remembered, tuple(renamed.get(sheet.sheet, ()))) for sheet in reading.sheets]
    return tuple(drift for drift in found if drift is not None)


def _drift(
    sheet: SheetReading, remembered: Mapping[str, SheetMapping], renamed: tuple[tuple[str, str], ...]
) -> Drift | None:
    known = mappings.nearest(sheet.headers, remembered)
    if not sheet.parts or known is None or known.headers == sheet.headers:
        return None
    told = {normalise(text) for pair in renamed for text in pair}
    now, then = (_named(headers) for headers in (sheet.headers, known.headers))
    new = tuple(text for key, text in now.items() if key not in then and key not in told)
    gone = tuple(text for key, text in then.items() if key not in now and key not in told)
    return Drift(sheet.sheet or sheet.file, renamed, new, gone) if renamed or new or gone else None


def _named(headers: Iterable[str]) -> dict[str, str]:
    """Compared name → header, months side by side left out: they change by nature."""
    return {normalise(text): text for text in without_months(tuple(headers)) if text}


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
    return frozenset(question.id for question in reading.questions if {question.id, *question.also} <= known)
