"""What the cells of a column look like, whatever its header says: the content half of recognition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segmentation.intake.dates import DateRule, is_written_date, read_moment
from segmentation.intake.grids import Cells
from segmentation.intake.money import read_number
from segmentation.intake.vocabularies import meaning_of, meaning_within
from segmentation.tables import Kind

SAMPLED_ROWS = 2_000
_ANY_DATE = DateRule(year=2000, has_bare_years=True)
_ANY_YEAR_FIRST = DateRule(short_order="year", year=2000)
_ANY_MONTH_FIRST = DateRule("month", year=2000)


@dataclass(frozen=True)
class Profile:
    """Shares (0–1) of the filled cells in the first rows; `distinct_share` of filled rows, `filled_share` of all."""

    filled_share: float
    distinct_share: float
    distinct_count: int
    number_share: float
    date_share: float
    written_date_share: float
    state_share: float
    kind_share: float

    def fits(self, kind: Kind, column: str) -> bool:
        """Whether a column of this kind could hold these cells; an empty column fits anything."""
        if not self.filled_share:
            return True
        if kind in {"date", "time"}:
            return self.date_share >= 0.5
        if kind in {"amount", "number", "count"}:
            return self.number_share >= 0.5
        if column == "state":
            return self.state_share >= 0.5
        if column == "is_closed":
            return self.state_share >= 0.9
        if column == "kind":
            return self.number_share < 0.5
        if column in {"name", "owner", "rep", "stage", "industry", "product"}:
            return self.number_share < 0.9 and self.written_date_share < 0.5
        return True


def _is_date(text: str) -> bool:
    rules = (_ANY_DATE, _ANY_MONTH_FIRST, _ANY_YEAR_FIRST)
    return any(read_moment(text, rule).at is not None for rule in rules)


def profile(cells: Cells) -> Profile:
    """Look at the first `SAMPLED_ROWS` rows, each distinct text once, weighted by its rows."""
    sample = cells.take(np.arange(min(len(cells), SAMPLED_ROWS)))
    counts = sample.counts()
    filled = sum(counts.values())

    def share(test: Callable[[str], object]) -> float:
        return sum(n for text, n in counts.items() if test(text)) / filled if filled else 0.0

    return Profile(
        filled / max(len(sample), 1),
        len(counts) / filled if filled else 0.0,
        len(counts),
        share(lambda text: read_number(text).value is not None or read_number(text, True).value is not None),
        share(_is_date),
        share(is_written_date),
        share(lambda text: meaning_of("deal_state", text)),
        share(lambda text: meaning_within("touch_kind", text)),
    )
