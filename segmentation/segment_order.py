"""Segments a person put in order, best first, as scores: 100·(m − rank)/(m − 1) (definitions.md, *Scores*)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.schemes import CutKind

Places = NDArray[np.int64]

# Shares of customers seldom fall between two segments, and then leave a tier empty: these lines part the best from the
# middle and the middle from the last, however many segments there are.
SEGMENT_LINES: tuple[CutKind, tuple[float, ...]] = ("score", (75.0, 25.0))


def order_scores(places: Places, count: int) -> scales.Floats:
    """Score 0–100 of each place 0 (best) … `count` − 1; unknown for a negative place."""
    steps = max(count - 1, 1)
    return np.where(places < 0, np.nan, scales.rounded(100.0 * (steps - places) / steps))


def order_segments(places: Places, names: Sequence[str], index: pd.Index) -> pd.Series:
    """The segment's name at each place, None for a negative one."""
    listed = np.array([*names, None], dtype=object)  # −1 and below read the last
    return pd.Series(listed[np.maximum(places, -1)], index=index, name="segment", dtype="object")
