"""ABC: customers by the share of value they bring together (Pareto); zero and negative value stand apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segmentation import scales
from segmentation.i18n import Text
from segmentation.methods.base import Scored, check_params, param, require_columns, window_param
from segmentation.schemes import CutKind

KNOTS = 2000  # what a published scheme carries at most: two knots are then 0.05 points apart
LINE_DECIMALS = 9  # 100 × (1 − 0.9) is a hair below 10, where a customer may stand exactly

LABELS: Mapping[str, Text] = {
    "value": Text("Share of value", "价值占比"),
    "head": Text("Head: brings most of the value", "头部客户：贡献大部分价值"),
    "middle": Text("Middle", "中部客户"),
    "tail": Text("Tail", "尾部客户"),
    "zero": Text("Nothing in the period", "统计期内为零"),
    "negative": Text("Negative: refunds exceed orders", "为负：退款多于订单"),
}


@dataclass(frozen=True)
class Abc:
    """Score = 100 × share of positive value held by customers with value ≤ own; 0 at zero and below.

    A score cut of 30 is therefore "the customers who bring 70 %". What is frozen is the curve, of more than `KNOTS`
    distinct values shortened to that many; the lines are then carried over to it, so that publishing moves nobody.
    """

    name: ClassVar[str] = "abc"
    text: ClassVar[Text] = Text("ABC analysis", "ABC 分析")
    help: ClassVar[Text] = Text(
        "Few customers bring most of the value: who are they? The simplest method, on one number.",
        "少数客户贡献大部分价值：是哪些客户？只看一个数，最简单。",
    )
    needs: ClassVar[tuple[str, ...]] = ("amount",)
    usual_lines: ClassVar[tuple[CutKind, tuple[float, ...]]] = ("value", (0.7, 0.9))

    window_days: int | None = window_param(
        365, Text("Value of this period before the as-of date counts.", "只统计截至日期之前这段时间的数值。")
    )
    value: Literal["amount", "margin"] = param(
        "amount",
        Text("Value is", "按什么排"),
        help=Text(
            "Sales, or gross profit where the file has it; customers without a known gross profit are then not rated.",
            "按销售额，或按毛利（文件中有毛利时）；毛利不明的客户暂未评级。",
        ),
        unit="choice",
        choices=(("amount", Text("Sales", "销售额")), ("margin", Text("Gross profit", "毛利"))),
    )
    head_share: float = param(
        0.7,
        Text("Head brings", "头部合计贡献"),
        help=Text("The segment that together brings this share of value.", "合计贡献这一占比的客户群。"),
        unit="share",
        low=0.3,
        high=0.8,
        step=0.05,
    )
    middle_share: float = param(
        0.9,
        Text("Head and middle bring", "头部加中部合计贡献"),
        help=Text("Below this line begins the tail.", "这条线以下为尾部客户。"),
        unit="share",
        low=0.85,
        high=0.99,
        step=0.01,
    )

    def __post_init__(self) -> None:
        check_params(self)
        object.__setattr__(self, "needs", (self.value,))
        object.__setattr__(self, "columns", (self.value,))

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Score and segment of every customer whose value is known; others stay null."""
        require_columns(features, self.needs)
        values = scales.as_floats(features[self.value])
        exact = None
        if fitted is None:
            worth, share = scales.running_share(values)
            exact = {"value": worth, "share": share}
            fitted = dict(zip(("value", "share"), scales.thinned(worth, share, KNOTS), strict=True))
        curve = fitted if exact is None else exact
        points = scales.read_share(values, curve["value"], curve["share"])
        parts = pd.DataFrame({"value": points}, index=features.index)
        scores = scales.summed(parts).where(~np.isnan(values))
        return Scored(
            scores=scores,
            parts=parts,
            fitted={"value": tuple(fitted["value"]), "share": tuple(fitted["share"])},
            labels=LABELS,
            segments=self._segments(values, scores),
            edges={"value": self._edges(curve)},
            maxima={"value": 100.0},
            reads={"value": self.value},
            exact=exact,
            verdict=("abc.zero", {}) if len(values) and not np.nan_to_num(values).any() else None,
        )

    def _segments(self, values: scales.Floats, scores: pd.Series) -> pd.Series:
        points = scores.to_numpy(float)
        conditions = [
            values < 0,
            values == 0,
            points > self._line(self.head_share),
            points > self._line(self.middle_share),
        ]
        named = np.select(conditions, ["negative", "zero", "head", "middle"], "tail")
        return scales.named_segments(named.astype(object), ~np.isnan(values), scores.index)

    def _line(self, share: float) -> float:
        """The score everybody who brings `share` of the value stands above."""
        return round(100 * (1 - share), LINE_DECIMALS)

    def _edges(self, curve: Mapping[str, ArrayLike]) -> tuple[float, ...]:
        """The smallest values of the middle and of the head: the reasons in currency."""
        share, worth = np.asarray(curve["share"], float), np.asarray(curve["value"], float)
        if not worth.size:
            return ()
        lines = [self._line(self.middle_share), self._line(self.head_share)]
        at = np.searchsorted(np.round(share, LINE_DECIMALS), lines, side="right")
        return tuple(float(worth[min(index, worth.size - 1)]) for index in at)
