"""How a list of rules lies on the customers: who each takes, where rules overlap, whom none takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.answers import UNKNOWN, YES, Answers

NOBODY, UNDECIDED = -1, -2


@dataclass(frozen=True)
class Coverage:
    """Counts of customers, by rule in its order.

    first: took as the first rule that matches · matched: match at all · unknown: answer unknown · overlaps[i, j]:
    match both i and j (the diagonal is `matched`) · gap_count: answer no to every rule · undecided_count: match none,
    and at least one answer is unknown. first.sum() + gap_count + undecided_count is everybody.
    """

    first: NDArray[np.int64]
    matched: NDArray[np.int64]
    unknown: NDArray[np.int64]
    overlaps: NDArray[np.int64]
    gap_count: int
    undecided_count: int

    @property
    def overlap_counts(self) -> NDArray[np.int64]:
        """Customers who match a rule and were taken by one before it."""
        return self.matched - self.first


def first_match(answers: Sequence[Answers], count: int) -> NDArray[np.int64]:
    """The place of the first rule each of `count` customers matches; `NOBODY` where every answer is no, `UNDECIDED`
    where none is yes and one is unknown: such a customer could belong to that rule."""
    place = np.full(count, NOBODY, np.int64)
    for number, told in reversed(list(enumerate(answers))):
        place[told == UNKNOWN] = np.where(place[told == UNKNOWN] < 0, UNDECIDED, place[told == UNKNOWN])
        place[told == YES] = number
    return place


def cover(answers: Sequence[Answers], count: int) -> Coverage:
    """The counts of `count` customers."""
    place = first_match(answers, count)
    table = np.array([told == YES for told in answers], np.int64).reshape(len(answers), count)
    first = np.bincount(place[place >= 0], minlength=len(answers)).astype(np.int64)
    unknown = np.array([(told == UNKNOWN).sum() for told in answers], np.int64)
    return Coverage(
        first=first,
        matched=table.sum(axis=1),
        unknown=unknown,
        overlaps=table @ table.T,
        gap_count=int((place == NOBODY).sum()),
        undecided_count=int((place == UNDECIDED).sum()),
    )
