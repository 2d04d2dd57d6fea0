"""Fit × engagement: how well a customer suits us against how much it deals with us, as A1 (both high) to C3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.answers import folded
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.levels import read_levels
from segmentation.methods.base import (
    Scored,
    check_params,
    list_param,
    param,
    require_columns,
    window_param,
)
from segmentation.planes import Plane
from segmentation.weighing import weigh

FIT: Mapping[str, Text] = {
    "industry": Text("Industry wanted", "目标行业"),
    "region": Text("Region wanted", "目标区域"),
    "channel": Text("Channel wanted", "目标来源"),
    "own_size": Text("Customer's own size", "客户自身规模"),
    "decision_level": Text("Decision level", "决策权级别"),
}
ENGAGEMENT: Mapping[str, Text] = {
    "contacts": Text("Contacts", "跟进次数"),
    "last_contact": Text("Last contact", "最近跟进"),
    "last_order": Text("Last order", "最近下单"),
    "open_deals": Text("Open deals", "进行中的商机"),
}
AXIS_OF = dict.fromkeys(FIT, "value") | dict.fromkeys(ENGAGEMENT, "behaviour")
GRADES, RANKS = "ABC", "123"
LINES = (200 / 3, 100 / 3)
MOST_NAMES, NAME_CHARACTERS, SIZE_BANDS, DEALS_CAP = 200, 200, 3, 3
_FITS = (Text("fits", "匹配度高"), Text("fits partly", "匹配度中"), Text("hardly fits", "匹配度低"))
_TALKS = (Text("engaged", "互动多"), Text("some contact", "互动一般"), Text("quiet", "互动少"))
CELLS: Mapping[str, Text] = {
    grade + rank: Text(f"{grade}{rank}: {fit.en}, {talk.en}", f"{grade}{rank}：{fit.zh}、{talk.zh}")
    for grade, fit in zip(GRADES, _FITS, strict=True)
    for rank, talk in zip(RANKS, _TALKS, strict=True)
}
_LISTED = Text("Counts only where something is listed.", "不选则不计入。")
PLANE = Plane(
    ("value", "behaviour"),
    (Text("Fit", "匹配度"), Text("Engagement", "互动度")),
    tuple(Text(cell, cell) for cell in CELLS),
)


@dataclass(frozen=True)
class FitEngagement:
    """Score = w·fit + (1 − w)·engagement, w = `fit_share`; the axes are "value" (fit) and "behaviour" (engagement).

    fit: mean of what is known of industry, region and channel (in the lists `industries`, `regions`, `channels`, which
    count only where they name something), own size (third of the customers) and decision level; as recorded today ·
    engagement: mean of contacts (up to `contacts_cap`), last contact and order (halving every `half_life_days`, 0 where
    there was none) and open deals (up to 3). A to C and 1 to 3 are thirds of the points. Refuses where no fit is known.
    """

    name: ClassVar[str] = "fit_engagement"
    text: ClassVar[Text] = Text("Fit × engagement", "匹配度 × 互动度")
    help: ClassVar[Text] = Text(
        "Who suits us and who deals with us: nine cells from A1 to C3. For leads and young customers.",
        "客户是否适合我们、互动多不多：从 A1 到 C3 共九格。适合线索和新客户。",
    )
    needs: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[str, ...]] = (
        *FIT, "touch_count", "touch_recency_days", "recency_days", "open_deal_count",
    )  # fmt: skip
    plane: ClassVar[Plane] = PLANE
    reads_undated: ClassVar[bool] = True

    window_days: int | None = window_param(
        365, Text("Contacts of this period count.", "只统计这段时间的跟进。")
    )
    fit_share: float = param(
        0.5,
        Text("Weight of fit", "匹配度所占比重"),
        help=Text("The rest is engagement.", "其余为互动度。"),
        unit="share",
        low=0.0,
        high=1.0,
        step=0.05,
    )
    contacts_cap: int = param(
        12,
        Text("Contacts for all points", "跟进几次得满分"),
        help=Text("From this number on contacts earn all their points.", "达到这个数即得满分（封顶分）。"),
        unit="count",
        low=1,
        high=100,
        step=1,
    )
    half_life_days: int = param(
        90,
        Text("Points halve every (days)", "每多少天减半"),
        help=Text("Points of the last contact and order fade.", "最近跟进和最近下单的得分随时间递减。"),
        unit="days",
        low=7,
        high=730,
        step=1,
    )
    industries: tuple[str, ...] = list_param(Text("Industries that suit us", "目标行业"), "industry", _LISTED)
    regions: tuple[str, ...] = list_param(Text("Regions that suit us", "目标区域"), "region", _LISTED)
    channels: tuple[str, ...] = list_param(Text("Sources that suit us", "目标来源"), "channel", _LISTED)

    def __post_init__(self) -> None:
        check_params(self)
        for name in ("industries", "regions", "channels"):
            listed = getattr(self, name)
            is_fine = isinstance(listed, tuple | list) and len(listed) <= MOST_NAMES
            if not is_fine or not all(isinstance(n, str) and 0 < len(n) <= NAME_CHARACTERS for n in listed):
                raise SettingError("e.setting", name=name, value=str(listed)[:60], rule=f"<= {MOST_NAMES}")

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Both axes, cell and score; null where nothing is known of the fit."""
        require_columns(features, self.columns)
        sizes = scales.as_floats(features["own_size"])
        edges = (
            scales.quantile_edges(sizes, SIZE_BANDS) if fitted is None else tuple(fitted["edges own_size"])
        )
        shares = {**self._fit(features, sizes, edges), **self._engagement(features)}
        weights = {"value": self.fit_share, "behaviour": 1 - self.fit_share}
        weighed = weigh(shares, dict.fromkeys(shares, 1.0), AXIS_OF, weights, features.index)
        known = weighed.axes["value"].notna()
        return Scored(
            scores=weighed.scores.where(known),
            parts=weighed.parts,
            fitted={"edges own_size": edges},
            labels={**FIT, **ENGAGEMENT, **CELLS},
            segments=_cells(weighed.axes),
            axes=weighed.axes,
            edges={"own_size": edges},
            maxima=weighed.maxima,
            most=weighed.most,
            reads={"own_size": "own_size", "contacts": "touch_count", "open_deals": "open_deal_count"},
            verdict=None if known.any() or not len(features) else (_why_unknown(features), {}),
            is_refused=bool(len(features)) and not bool(known.any()),
        )

    def _fit(
        self, features: pd.DataFrame, sizes: scales.Floats, edges: tuple[float, ...]
    ) -> dict[str, scales.Floats]:
        lists = {"industry": self.industries, "region": self.regions, "channel": self.channels}
        band = (scales.bin_numbers(sizes, edges, SIZE_BANDS) - 1) / (SIZE_BANDS - 1)
        return {
            **{name: _is_wanted(features[name], wanted) for name, wanted in lists.items() if wanted},
            "own_size": np.where(np.isnan(sizes), np.nan, band),
            "decision_level": read_levels(features["decision_level"], "decision_level"),
        }

    def _engagement(self, features: pd.DataFrame) -> dict[str, scales.Floats]:
        def faded(name: str) -> scales.Floats:
            days = scales.as_floats(features[name])
            return np.nan_to_num(scales.decayed_share(days, self.half_life_days), nan=0.0)

        return {
            "contacts": scales.capped_share(scales.as_floats(features["touch_count"]), self.contacts_cap),
            "last_contact": faded("touch_recency_days"),
            "last_order": faded("recency_days"),
            "open_deals": scales.capped_share(scales.as_floats(features["open_deal_count"]), DEALS_CAP),
        }


def _why_unknown(features: pd.DataFrame) -> str:
    """Whether a list of those that suit us would help, or nothing is recorded that it could name."""
    is_recorded = any(features[name].notna().any() for name in ("industry", "region", "channel"))
    return "fit.nothing" if is_recorded else "fit.unrecorded"


def _is_wanted(column: pd.Series, wanted: tuple[str, ...]) -> scales.Floats:
    """1 where a text is one of those wanted, 0 where it is another, null where none is recorded."""
    names = {folded(name) for name in wanted}
    codes, texts = pd.factorize(column)
    found: Any = np.array([*(float(folded(str(text)) in names) for text in texts), np.nan])
    return np.asarray(found[codes], float)


def _cells(axes: pd.DataFrame) -> pd.Series:
    """A1 … C3 by thirds of fit and engagement; None where one is unknown."""
    places = [np.zeros(len(axes), np.int64), np.zeros(len(axes), np.int64)]
    for place, axis in enumerate(("value", "behaviour")):
        points = np.round(axes[axis].to_numpy(float), scales.SCORE_DECIMALS)
        for line in LINES:
            places[place] += points < round(line, scales.SCORE_DECIMALS)
    names = np.array([f"{grade}{rank}" for grade in GRADES for rank in RANKS], dtype=object)
    known = axes[["value", "behaviour"]].notna().all(axis=1).to_numpy()
    return scales.named_segments(names[3 * places[0] + places[1]], known, axes.index)
