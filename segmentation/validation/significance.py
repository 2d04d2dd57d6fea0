"""From redraws to ranges, chances and what holds after several looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from segmentation.validation.discrimination import Estimate, Floats

LEVEL = 0.05


def student_range(
    values: Floats, freedom: float, within: tuple[float, float], least_error: float = 0.0
) -> Estimate:
    """Entry 0 ± t times the spread of the redraws (entries 1…), the ends kept `within` what is possible.

    Student's t with `freedom` degrees, for few customers carry the spread (Hesterberg 2015, section 5.1).
    `least_error`: what the spread is at least, where redraws cannot show all of it.
    """
    error = max(standard_error(values), least_error)
    if np.isnan(values[0]) or np.isnan(error) or freedom < 1:
        return Estimate(float(values[0]))
    half = float(stdtrit(freedom, 1 - LEVEL / 2)) * error * _stretch(freedom)
    ends = np.clip([values[0] - half, values[0] + half], *within)
    return Estimate(float(values[0]), float(ends[0]), float(ends[1]))


def two_sided(values: Floats, expected: float, freedom: float, least_error: float = 0.0) -> float:
    """Chance of a figure at least as far from `expected` if it were the truth; 1 where nothing ever differs."""
    error = max(standard_error(values), least_error) * _stretch(freedom)
    gap = abs(float(values[0]) - expected)
    if np.isnan(gap) or np.isnan(error) or freedom < 1:
        return float("nan")
    if error == 0:
        return 1.0 if gap == 0 else 0.0
    return float(2 * stdtr(freedom, -gap / error))


def standard_error(values: Floats) -> float:
    """The spread of entries 1…; not-a-number below two of them."""
    drawn = values[1:][~np.isnan(values[1:])]
    return float(drawn.std(ddof=1)) if drawn.size > 1 else float("nan")


def widened_tail(freedom: float) -> float:
    """The tail a percentile range cuts off so that few customers are judged by Student's t (Hesterberg 2015)."""
    if freedom < 1:
        return LEVEL / 2
    return float(ndtr(_stretch(freedom) * stdtrit(freedom, LEVEL / 2)))


def holm(chances: Sequence[float]) -> tuple[float, ...]:
    """Chances corrected for having looked as often as there are known ones, step by step (Holm 1979); an unknown one
    stays unknown and does not count."""
    known = sorted((chance, place) for place, chance in enumerate(chances) if not np.isnan(chance))
    found = [float("nan")] * len(chances)
    highest = 0.0
    for rank, (chance, place) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * chance))
        found[place] = highest
    return tuple(found)


def _stretch(freedom: float) -> float:
    """A bootstrap divides by n where an estimate divides by n − 1."""
    return float(np.sqrt((freedom + 1) / freedom)) if freedom >= 1 else float("nan")
