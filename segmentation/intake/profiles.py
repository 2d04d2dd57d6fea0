"""What the cells of a column look like, whatever its header says: the content half of recognition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segmentation.intake.dates import DateRule, is_written_date, read_moment
from segmentation.intake.grids import Cells
from segmentation.intake.money import read_number, western
from segmentation.intake.vocabularies import meaning_of
from segmentation.tables import Kind

SAMPLED_ROWS = 2_000
_ANY_DATE = DateRule(year=2000, has_bare_years=True)
_ANY_YEAR_FIRST = DateRule(short_order="year", year=2000)
_ANY_MONTH_FIRST = DateRule("month", year=2000)


@dataclass(frozen=True, eq=False)
class Profile:
    """Shares (0–1) of the filled cells among `sample`, the first rows; `distinct_share` of filled rows, `filled_share`
    of all. Each distinct text is looked at once, weighted by its rows, and only for what is asked: headers decide most
    columns, and a share of 2,000 texts costs what reading them does.
    """

    sample: Cells

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Rows per distinct text."""
        return self.sample.counts()

    @cached_property
    def filled(self) -> int:
        return int((self.sample.codes >= 0).sum())

    @property
    def filled_share(self) -> float:
        return self.filled / max(len(self.sample), 1)

    @property
    def distinct_share(self) -> float:
        return len(self.counts) / self.filled if self.filled else 0.0

    @cached_property
    def number_share(self) -> float:
        return self._share(_is_number)

    @cached_property
    def date_share(self) -> float:
        return self._share(_is_date)

    @cached_property
    def written_date_share(self) -> float:
        return self._share(is_written_date)

    @cached_property
    def state_share(self) -> float:
        return self._share(lambda text: meaning_of("deal_state", text))

    def _share(self, test: Callable[[str], object]) -> float:
        return sum(n for text, n in self.counts.items() if test(text)) / self.filled if self.filled else 0.0

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


def _is_number(text: str) -> bool:
    if read_number(text).value is not None:
        return True
    # Only where there is a sign between digits does it matter which one is the decimal one.
    plain = western(text)
    return ("," in plain or "." in plain) and read_number(text, True).value is not None


def profile(cells: Cells) -> Profile:
    """Look at the first `SAMPLED_ROWS` rows."""
    return Profile(cells.take(np.arange(min(len(cells), SAMPLED_ROWS))))
