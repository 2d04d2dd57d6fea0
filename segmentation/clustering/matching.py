"""Clusters that keep their number from month to month: new centres matched to earlier ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from segmentation.scales import Floats

CLOSE = 0.5  # of the way to the nearest other cluster: beyond it a centre is nearer to being another one


def match_ids(earlier: Mapping[int, Floats], centres: Floats, last_id: int) -> tuple[int, ...]:
    """The number of each of `centres` (k × p, same coordinates as `earlier`, id → centre).

    The assignment with the smallest sum of distances (Kuhn 1955); a pair holds where it is closer than CLOSE × the
    distance of either to the nearest other cluster of its own month. A centre without partner gets a number nobody
    has had: above `last_id`.
    """
    known = sorted(earlier)
    found: dict[int, int] = {}
    if known and len(centres):
        before = np.array([earlier[number] for number in known])
        apart = cdist(centres, before)
        reach = CLOSE * np.minimum(_clearance(centres)[:, None], _clearance(before)[None, :])
        # A pair that is too far costs more than all that could be saved by it.
        cost = np.where(apart < reach, apart, 1.0 + apart.sum())
        for row, column in zip(*linear_sum_assignment(cost), strict=True):
            if apart[row, column] < reach[row, column]:
                found[int(row)] = known[int(column)]
    fresh = iter(range(max([last_id, *known]) + 1, last_id + len(centres) + len(known) + 2))
    return tuple(found[row] if row in found else next(fresh) for row in range(len(centres)))


def _clearance(centres: Floats) -> Floats:
    """Distance of each centre to the nearest other one; without bound where it is alone."""
    apart = cdist(centres, centres)
    np.fill_diagonal(apart, np.inf)
    return np.asarray(apart.min(axis=1), float)
