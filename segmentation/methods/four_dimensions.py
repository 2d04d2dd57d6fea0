"""Four dimensions: value, need, behaviour and lifecycle, each 0–100, and the customers their combinations name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from segmentation import scales, stages
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.levels import read_levels
from segmentation.methods.base import Scored, check_params, param, require_columns, window_param
from segmentation.planes import VALUE_BEHAVIOUR, Plane
from segmentation.segment_order import order_scores
from segmentation.weighing import Weighed, weigh

DIMENSIONS: Mapping[str, Text] = {
    "value": Text("Value", "价值"),
    "need": Text("Need", "需求"),
    "behaviour": Text("Behaviour", "行为"),
    "lifecycle": Text("Lifecycle", "客户阶段"),
}
# Best first; the names are those of the articles.
COMBINATIONS: Mapping[str, Text] = {
    "core": Text("High value, active", "高价值活跃客户"),
    "rescue": Text("High value, at risk", "高价值流失风险客户"),
    "growing": Text("Potential, growing", "潜力成长客户"),
    "potential": Text("High potential, quiet", "高潜力低活跃客户"),
    "ordinary": Text("Ordinary", "普通客户"),
    "fading": Text("Low value, at risk", "低价值流失风险客户"),
}
LEVELS, CONTACTS_CAP, HALF_LIFE_DAYS = 3, 12, 90
UPPER, LOWER = 200 / 3, 100 / 3
EDGES = "edges value"


def _weight(default: int, dimension: str) -> Any:
    told = DIMENSIONS[dimension]
    meaning = Text("Weight in the score, relative to the others.", "在得分中的权重，与另外几项相比较。")
    label = Text(f"Weight: {told.en}", f"权重：{told.zh}")
    return param(default, label, help=meaning, unit="points", low=0, high=10, step=1)


@dataclass(frozen=True)
class FourDimensions:
    """Score = Σ weight·dimension/Σ weight over the dimensions known of a customer.

    value: third of the customers by amount, 0, 50 or 100, unknown where all brought the same · need: what is recorded
    of need and intent, unknown where nothing is · behaviour: mean of contacts (up to 12) and of the last order and
    contact, halving every 90 days · lifecycle: the stage in the order of `stages.STAGES`.
    """

    name: ClassVar[str] = "four_dimensions"
    text: ClassVar[Text] = Text("Four dimensions", "四维分群")
    help: ClassVar[Text] = Text(
        "Value, need, behaviour and lifecycle together, and what their combination calls for.",
        "价值、需求、行为、客户阶段合在一起看，按组合归入客户群。",
    )
    needs: ClassVar[tuple[str, ...]] = ("amount",)
    columns: ClassVar[tuple[str, ...]] = ("amount", "need", "intent", "touch_count", *stages.COLUMNS)
    plane: ClassVar[Plane] = VALUE_BEHAVIOUR
    unlearned: ClassVar[frozenset[str]] = frozenset({f"{name}_weight" for name in DIMENSIONS} | {"pace"})

    window_days: int | None = window_param(
        365, Text("Amounts and contacts of this period count.", "只统计这段时间的金额和跟进。")
    )
    value_weight: int = _weight(4, "value")
    need_weight: int = _weight(1, "need")
    behaviour_weight: int = _weight(3, "behaviour")
    lifecycle_weight: int = _weight(2, "lifecycle")
    pace: Literal["usual", "equipment"] = param(
        "usual",
        Text("How fast customers fall silent", "多久算沉睡"),
        help=Text(
            "Dormant after 180 days without order or contact; with equipment after 365.",
            "180 天既没有下单也没有跟进为沉睡；设备类为 365 天。",
        ),
        unit="choice",
        choices=(
            ("usual", Text("Usual", "一般")),
            ("equipment", Text("Equipment, long cycles", "设备等长周期业务")),
        ),
    )

    def __post_init__(self) -> None:
        check_params(self)
        if not sum(self.weights.values()) > 0:
            names = " + ".join(f"{name}_weight" for name in DIMENSIONS)
            raise SettingError("e.setting", name=names, value=0, rule="> 0")

    @property
    def weights(self) -> dict[str, float]:
        return {name: float(getattr(self, f"{name}_weight")) for name in DIMENSIONS}

    @property
    def dimension_count(self) -> int:
        return sum(weight > 0 for weight in self.weights.values())

    @property
    def reads_undated(self) -> bool:
        """Need and intent are as recorded today."""
        return self.need_weight > 0

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Dimensions, score and combination of everybody; null where no dimension of any weight is known."""
        require_columns(features, self.columns)
        amounts = scales.as_floats(features["amount"])
        edges = scales.quantile_edges(amounts, LEVELS) if fitted is None else fitted[EDGES]
        places = stages.find_stages(features, stages.EQUIPMENT if self.pace == "equipment" else stages.USUAL)
        levels = (scales.bin_numbers(amounts, edges, LEVELS) - 1) / (LEVELS - 1)
        shares = {
            "value": np.where(np.isnan(amounts) | (len(edges) == 0), np.nan, levels),
            "need": _need(features),
            "behaviour": _behaviour(features),
            "lifecycle": order_scores(places, len(stages.STAGES)) / 100,
        }
        weights = {name: told for name, told in self.weights.items() if told > 0}
        ones = dict.fromkeys(weights, 1.0)
        used = {name: shares[name] for name in weights}
        weighed = weigh(used, ones, {name: name for name in used}, weights, features.index)
        known = weighed.scores.notna().to_numpy()
        return Scored(
            scores=weighed.scores,
            parts=weighed.parts,
            fitted={EDGES: tuple(edges)},
            labels={**DIMENSIONS, **COMBINATIONS},
            segments=scales.named_segments(_combine(shares, places), known, features.index),
            axes=pd.DataFrame(
                {name: 100 * shares[name] for name in ("value", "behaviour")}, index=features.index
            ).where(pd.Series(known, index=features.index)),
            edges={"value": tuple(edges)},
            maxima=weighed.maxima,
            most=weighed.most,
            reads={name: told for name, told in (("value", "amount"),) if name in used},
            verdict=_verdict(shares, weighed),
            is_refused=bool(len(features)) and not known.any(),
        )


def _need(features: pd.DataFrame) -> scales.Floats:
    """Mean of what is recorded: a need somebody wrote down is a clear one, an intent is as strong as its word."""
    written = np.where(features["need"].isna(), np.nan, 1.0)
    return _mean([written, read_levels(features["intent"], "intent")])


def _behaviour(features: pd.DataFrame) -> scales.Floats:
    """Mean of contacts and recency; where no contact was ever recorded the last order alone tells."""
    order = scales.decayed_share(scales.as_floats(features["recency_days"]), HALF_LIFE_DAYS)
    touch = scales.decayed_share(scales.as_floats(features["touch_recency_days"]), HALF_LIFE_DAYS)
    contacts = scales.capped_share(scales.as_floats(features["touch_count"]), CONTACTS_CAP)
    return _mean([order, touch, np.where(np.isnan(touch), np.nan, contacts)])


def _mean(columns: list[scales.Floats]) -> scales.Floats:
    """Mean of the known values of each row, unknown where none is."""
    table = np.array(columns)
    known = (~np.isnan(table)).sum(axis=0)
    total = np.nan_to_num(table).sum(axis=0)
    return np.divide(total, known, out=np.full(table.shape[1], np.nan), where=known > 0)


def _combine(shares: Mapping[str, scales.Floats], places: Any) -> Any:
    """The first combination that holds; *ordinary* is everybody else."""
    points = {name: np.round(100 * share, scales.SCORE_DECIMALS) for name, share in shares.items()}
    names = list(stages.STAGES)
    is_fading = np.isin(places, [names.index(stage) for stage in stages.FADING])
    is_rising = np.isin(places, [names.index(stage) for stage in stages.RISING])
    is_high, is_low = points["value"] >= UPPER, points["value"] < LOWER
    is_active = points["behaviour"] >= LOWER
    has_need = points["need"] >= UPPER
    conditions = [
        is_high & is_active & ~is_fading,
        is_high,
        (is_rising | has_need) & is_active & ~is_fading,
        is_rising | has_need,
        is_low & is_fading,
    ]
    return np.select(conditions, ["core", "rescue", "growing", "potential", "fading"], "ordinary").astype(
        object
    )


def _verdict(shares: Mapping[str, scales.Floats], weighed: Weighed) -> tuple[str, Mapping[str, Any]] | None:
    """Which dimension holds no data here: its weight went to the others, where there are any."""
    empty = [DIMENSIONS[name] for name in weighed.parts.columns if np.isnan(shares[name]).all()]
    if not empty or not len(weighed.scores):
        return None
    if weighed.scores.isna().all():
        return "score.nothing", {}
    listed = Text(", ".join(text.en for text in empty), "、".join(text.zh for text in empty))
    return "score.missing", {"n": len(empty), "total": len(weighed.parts.columns), "names": listed}
