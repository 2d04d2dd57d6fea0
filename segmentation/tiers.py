"""Scores → tiers: ordered, total, exclusive, or *unrated*; and the sets of names they go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from segmentation.errors import SettingError
from segmentation.i18n import Code, Text
from segmentation.schemes import UNRATED


@dataclass(frozen=True)
class NamePreset:
    """A set of tier names, best first, in both languages; a scheme stores the names themselves."""

    id: str
    en: tuple[str, ...]
    zh: tuple[str, ...]

    def names(self, code: Code) -> tuple[str, ...]:
        return self.en if code == "en" else self.zh

    @property
    def text(self) -> Text:
        return Text(" / ".join(self.en), " / ".join(self.zh))


NAME_PRESETS: tuple[NamePreset, ...] = (
    NamePreset("abc", ("A", "B", "C"), ("A", "B", "C")),
    NamePreset("abcd", ("A", "B", "C", "D"), ("A", "B", "C", "D")),
    NamePreset("strategic", ("Strategic", "Key", "Ordinary"), ("战略客户", "重点客户", "普通客户")),
    NamePreset("numbered", ("Tier 1", "Tier 2", "Tier 3"), ("一级", "二级", "三级")),
    NamePreset(
        "potential",
        ("High potential", "Fast close", "Wait and see", "Low value"),
        ("高潜力", "快速成交", "持续观望", "低价值"),
    ),
)

# Cumulative share of rated customers (defaults.md 3: best 10 %, next 30 %, rest), by number of tiers.
DEFAULT_SHARES: dict[int, tuple[float, ...]] = {
    2: (0.2,),
    3: (0.1, 0.4),
    4: (0.1, 0.4, 0.7),
    5: (0.05, 0.15, 0.4, 0.7),
    6: (0.02, 0.1, 0.25, 0.45, 0.7),
}


def assign_tiers(scores: pd.Series, cuts: Sequence[float], names: Sequence[str]) -> pd.Series:
    """The tier of every customer: cutₜ ≤ score < cutₜ₋₁, *unrated* where the score is null.

    An ordered categorical of `names` (best first) and `unrated`, indexed like `scores`. SettingError unless
    there is one cut less than names and the cuts fall.
    """
    if len(cuts) != len(names) - 1:
        raise SettingError("e.setting", name="cuts", value=len(cuts), rule=f"== {len(names) - 1}")
    if any(a < b for a, b in pairwise(cuts)):
        raise SettingError("e.setting", name="cuts", value=str(tuple(cuts)), rule="falling")
    points = scores.to_numpy(float, na_value=np.nan)
    rank = np.zeros(len(points), np.int8)
    for cut in cuts:
        rank += points < cut
    rank = np.where(np.isnan(points), len(names), rank)
    tiers = pd.Categorical.from_codes(rank, categories=pd.Index([*names, UNRATED]), ordered=True)
    return pd.Series(tiers, index=scores.index, name="tier")
