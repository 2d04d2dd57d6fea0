"""Which stored cells are not what their sheet says: guessed, completed, scaled, chosen among rows that differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segmentation.intake.grids import column_letter
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import Correction
from segmentation.tables import TABLES

# The fifth digit behind the point changes no tier.
_HARMLESS = frozenset({"rounded"})


def corrections_of(table: str, parts: Sequence[Rows], first_source: int) -> Iterable[Correction]:
    """The corrected cells of accepted rows that have a value; one that stayed empty is a missing value."""
    for offset, part in enumerate(parts):
        columns = {column_letter(index): name for name, index in part.part.columns.items() if index >= 0}
        for line in part.corrections.to_dict("records"):
            name = columns.get(line["cell"].rstrip("0123456789"), "")
            if line["read_as"] and line["reason"] not in _HARMLESS and name in TABLES[table].names:
                yield Correction(table, first_source + offset, line["row"], name, line["reason"])
