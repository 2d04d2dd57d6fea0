"""A small table of numbers that does not change: what an evaluation says per tier, read cell by cell.

Pages read hundreds of single cells each time a line moves; finding one in a frame takes pandas longer than all the
arithmetic behind it. `frame` is the same table for whoever wants to join, print or test it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Column = NDArray[Any]


@dataclass(frozen=True)
class Tally:
    """`columns`: name → one number per row of `index`, null as not-a-number. Nobody writes into the arrays."""

    index: tuple[Hashable, ...]
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        if len(set(self.index)) < len(self.index):
            raise ValueError(f"two rows of one name: {self.index}")

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Tally:
        """The numbers of a frame, nulls as not-a-number."""
        return cls(tuple(frame.index), {str(name): frame[name].to_numpy(float) for name in frame})

    def __getitem__(self, column: str) -> Column:
        return self.columns[column]

    def __len__(self) -> int:
        return len(self.index)

    def at(self, row: Hashable, column: str) -> float:
        """One cell as a float, null as not-a-number. KeyError where there is no such row."""
        return self._cells[row][column]

    def row(self, row: Hashable, *columns: str) -> list[float]:
        """The named cells of a row."""
        cells = self._cells[row]
        return [cells[column] for column in columns]

    def cells(self, row: Hashable) -> Mapping[str, float]:
        """All cells of a row by the name of their column."""
        return self._cells[row]

    def floats(self, column: str) -> list[float]:
        """A column, row by row."""
        return [cells[column] for cells in self._cells.values()]

    def total(self, column: str) -> float:
        """The sum of what is known; not-a-number where nothing is."""
        values = self.columns[column]
        known = values[~np.isnan(values)]
        return float(known.sum()) if known.size else float("nan")

    def select(self, rows: Iterable[Hashable]) -> Tally:
        """The same columns of some of the rows, in the order asked for."""
        kept = tuple(rows)
        places = [self._places[row] for row in kept]
        return Tally(kept, {name: values[places] for name, values in self.columns.items()})

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Rows × columns as a frame."""
        return pd.DataFrame(dict(self.columns), index=pd.Index(self.index))

    @cached_property
    def _places(self) -> dict[Hashable, int]:
        return {row: place for place, row in enumerate(self.index)}

    @cached_property
    def _cells(self) -> dict[Hashable, dict[str, float]]:
        names = list(self.columns)
        rows = zip(*(np.asarray(values, float).tolist() for values in self.columns.values()), strict=True)
        return {
            row: dict(zip(names, cells, strict=True)) for row, cells in zip(self.index, rows, strict=True)
        }
