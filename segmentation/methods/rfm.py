"""RFM: how recently, how often and for how much a customer orders, each put into bins of 1 (worst) to b (best).

Hughes (1994), *Strategic Database Marketing*; with 5 the best of every dimension, recency included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.methods.base import Scored, check_params, param, require_columns, window_param
from segmentation.planes import VALUE_BEHAVIOUR, Plane

DIMENSIONS = ("recency", "frequency", "monetary")
READS = {"recency": "recency_days", "frequency": "order_count", "monetary": "amount"}
FALLING = frozenset({"recency"})  # fewer days since the last order are better

# 8 classes: each dimension above (1) or not above (0) the middle bin. Key → (R, F, M), text.
EIGHT: Mapping[str, tuple[tuple[int, int, int], Text]] = {
    "value_important": ((1, 1, 1), Text("Important: value (111)", "重要价值客户 (111)")),
    "develop_important": ((1, 0, 1), Text("Important: develop (101)", "重要发展客户 (101)")),
    "keep_important": ((0, 1, 1), Text("Important: keep (011)", "重要保持客户 (011)")),
    "win_back_important": ((0, 0, 1), Text("Important: win back (001)", "重要挽留客户 (001)")),
    "value_general": ((1, 1, 0), Text("General: value (110)", "一般价值客户 (110)")),
    "develop_general": ((1, 0, 0), Text("General: develop (100)", "一般发展客户 (100)")),
    "keep_general": ((0, 1, 0), Text("General: keep (010)", "一般保持客户 (010)")),
    "win_back_general": ((0, 0, 0), Text("General: win back (000)", "一般挽留客户 (000)")),
}

# 11 segments on a 5 × 5 grid: recency level, and the mean of the frequency and monetary levels.
ELEVEN: Mapping[str, tuple[range, range, Text]] = {
    "champions": (range(5, 6), range(4, 6), Text("Champions", "核心客户")),
    "loyal": (range(3, 5), range(4, 6), Text("Loyal", "稳定客户")),
    "potential_loyalist": (range(4, 6), range(2, 4), Text("Potential loyalist", "潜力客户")),
    "new": (range(5, 6), range(1, 2), Text("New", "新客户")),
    "promising": (range(4, 5), range(1, 2), Text("Promising", "有望成长")),
    "need_attention": (range(3, 4), range(3, 4), Text("Need attention", "需要关注")),
    "about_to_sleep": (range(3, 4), range(1, 3), Text("About to sleep", "即将沉睡")),
    "at_risk": (range(1, 3), range(3, 5), Text("At risk", "流失风险")),
    "cant_lose": (range(1, 3), range(5, 6), Text("Can't lose", "必须挽回")),
    "hibernating": (range(2, 3), range(1, 3), Text("Hibernating", "长期未下单")),
    "lost": (range(1, 2), range(1, 3), Text("Lost", "已流失")),
}


def eight_matches(bins: int, recency: int, frequency: int, monetary: int) -> list[str]:
    """The classes a cell of three bin numbers belongs to: exactly one, for every `bins`."""
    above = tuple(int(2 * number > bins + 1) for number in (recency, frequency, monetary))
    return [name for name, (pattern, _) in EIGHT.items() if pattern == above]


def eleven_matches(bins: int, recency: int, frequency: int, monetary: int) -> list[str]:
    """The segments a cell of three bin numbers belongs to: exactly one, for every `bins`."""
    r, f, m = (_level(number, bins) for number in (recency, frequency, monetary))
    worth = (f + m + 1) // 2
    return [name for name, (rs, ws, _) in ELEVEN.items() if r in rs and worth in ws]


def _level(number: int, bins: int) -> int:
    """A bin of 1…b on the scale 1…5, halves upward; whole numbers only, so that no rounding can differ."""
    return 1 + (8 * (number - 1) + bins - 1) // (2 * (bins - 1))


def _weight(default: int, en: str, zh: str) -> Any:
    meaning = Text(
        f"Weight of {en.lower()} in the score, relative to the other two.",
        f"“{zh}”在得分中的权重，与另外两项相比较。",
    )
    return param(
        default, Text(f"Weight: {en}", f"权重：{zh}"), help=meaning, unit="points", low=0, high=10, step=1
    )


def _fixed(default: float, text: Text, *, unit: str, low: float, high: float, step: float) -> Any:
    meaning = Text("Counts with fixed lines only.", "仅在“固定门槛”时起作用。")
    return param(default, text, help=meaning, unit=unit, low=low, high=high, step=step)


@dataclass(frozen=True)
class Rfm:
    """Score Σ wᵢ·(binᵢ−1)/(b−1)·100/Σw; recency over all history, order count and amount over the window.

    `recency_edges`, `frequency_edges`, `monetary_edges` (days, orders, currency; rising) replace the fixed
    edges exactly; they have no slider and count only with cut = "fixed".
    """

    name: ClassVar[str] = "rfm"
    text: ClassVar[Text] = Text("RFM", "RFM")
    help: ClassVar[Text] = Text(
        "Who ordered recently, often and for much. Works where customers order again and again.",
        "看最近下单、下单次数和采购金额。适合客户会反复下单的业务。",
    )
    needs: ClassVar[tuple[str, ...]] = tuple(READS.values())
    columns: ClassVar[tuple[str, ...]] = needs
    unlearned: ClassVar[frozenset[str]] = frozenset(
        {"recency_weight", "frequency_weight", "monetary_weight", "segments"}
    )
    plane: ClassVar[Plane] = VALUE_BEHAVIOUR
    axis_parts: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "value": ("monetary",),
        "behaviour": ("recency", "frequency"),
    }

    window_days: int | None = window_param(
        365,
        Text(
            "Orders and amounts of this period up to the as-of date; the last order is looked for in all history.",
            "只统计截至日期之前这段时间的下单次数和金额；最近下单看全部历史。",
        ),
    )
    bins: int = param(
        5,
        Text("Grades per dimension", "每项分几档"),
        help=Text(
            "Each dimension is graded from 1 (worst) to this number (best).",
            "每一项从 1 档（最差）到这个档数（最好）。",
        ),
        unit="bins",
        low=2,
        high=10,
        step=1,
    )
    cut: Literal["quantile", "fixed", "mean"] = param(
        "quantile",
        Text("Where the grades change", "分档方式"),
        help=Text(
            "Equal values always share a grade. Fixed lines stay where you put them; against the mean has two grades.",
            "“家数相近”时数值相同的客户不拆开；“固定门槛”由您设定；“与平均值比”只分高低两档。",
        ),
        unit="choice",
        choices=(
            ("quantile", Text("Groups of similar size", "各档家数相近")),
            ("fixed", Text("Fixed lines", "固定门槛")),
            ("mean", Text("Against the mean", "与平均值比")),
        ),
    )
    recency_weight: int = _weight(1, "Recency (R)", "最近下单 (R)")
    frequency_weight: int = _weight(1, "Order count (F)", "下单次数 (F)")
    monetary_weight: int = _weight(1, "Amount (M)", "采购金额 (M)")
    segments: Literal["eight", "eleven"] = param(
        "eight",
        Text("Customer segments", "客户群"),
        help=Text(
            "8 classes: each dimension above the middle grade or not. 11 segments: recency against count and amount.",
            "8 类：每一项高于中间档为 1，否则为 0。11 类：最近下单与“次数和金额”两个方向组合。",
        ),
        unit="choice",
        choices=(("eight", Text("8 classes", "8 类")), ("eleven", Text("11 segments", "11 类"))),
    )
    first_recency_days: int = _fixed(
        30,
        Text("Best recency: below (days)", "最近下单最好一档：少于（天）"),
        unit="days",
        low=1,
        high=365,
        step=1,
    )
    first_order_count: int = _fixed(
        2,
        Text("Second grade of orders from", "下单次数第二档：不少于"),
        unit="orders",
        low=1,
        high=50,
        step=1,
    )
    first_amount: float = _fixed(
        10000.0,
        Text("Second grade of amount from", "采购金额第二档：不少于"),
        unit="amount",
        low=100.0,
        high=1000000.0,
        step=100.0,
    )
    edge_factor: float = _fixed(
        2.0,
        Text("Each next line is times the last", "后一道门槛是前一道的几倍"),
        unit="times",
        low=1.1,
        high=10.0,
        step=0.1,
    )
    recency_edges: tuple[float, ...] = ()
    frequency_edges: tuple[float, ...] = ()
    monetary_edges: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_params(self)
        if not sum(self.weights.values()) > 0:
            raise SettingError(
                "e.setting", name="recency_weight + frequency_weight + monetary_weight", value=0, rule="> 0"
            )
        for name in DIMENSIONS:
            edges = getattr(self, f"{name}_edges")
            if edges and (len(edges) != self.bins - 1 or list(edges) != sorted(edges)):
                raise SettingError(
                    "e.setting", name=f"{name}_edges", value=str(edges), rule=f"{self.bins - 1}, rising"
                )

    @property
    def weights(self) -> dict[str, int]:
        return {name: getattr(self, f"{name}_weight") for name in DIMENSIONS}

    @property
    def bins_used(self) -> int:
        """Against the mean there are two grades, whatever `bins` says."""
        return 2 if self.cut == "mean" else self.bins

    @property
    def idle_params(self) -> frozenset[str]:
        """The fixed lines where lines are not fixed, and the number of grades where there are always two."""
        fixed = {"first_recency_days", "first_order_count", "first_amount", "edge_factor"}
        unread = set() if self.cut == "fixed" else fixed
        return frozenset(unread | {"bins"} if self.cut == "mean" else unread)

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Bins, points and segments of every customer whose three inputs are known; others stay null."""
        require_columns(features, self.needs)
        values = {name: scales.as_floats(features[READS[name]]) for name in DIMENSIONS}
        known = np.all([~np.isnan(column) for column in values.values()], axis=0)
        edges = (
            {name: self._edges(name, values[name][known]) for name in DIMENSIONS}
            if fitted is None
            else fitted
        )
        bins, total = self.bins_used, sum(self.weights.values())
        numbers = {
            name: scales.bin_numbers(values[name], edges[name], bins, falling=name in FALLING)
            for name in DIMENSIONS
        }
        most = {name: 100 * weight / total for name, weight in self.weights.items()}
        points = {name: most[name] * np.arange(bins) / (bins - 1) for name in DIMENSIONS}  # by bin
        cell = self._cells(numbers)
        recency, frequency, monetary = np.meshgrid(*points.values(), indexing="ij")
        scores = scales.rounded((recency + frequency + monetary).ravel())[cell]
        parts = np.column_stack([points[name][numbers[name] - 1] for name in DIMENSIONS])
        parts[~known] = np.nan
        return Scored(
            scores=pd.Series(np.where(known, scores, np.nan), index=features.index, name="score"),
            parts=pd.DataFrame(parts, index=features.index, columns=list(DIMENSIONS)),
            fitted={name: tuple(edges[name]) for name in DIMENSIONS},
            labels=self._labels(),
            segments=self._segments(cell, known, features.index),
            edges={name: tuple(edges[name]) for name in DIMENSIONS},
            maxima=most,
            reads=READS,
            bin_sizes={name: scales.bin_sizes(numbers[name][known], bins) for name in DIMENSIONS},
        )

    def _edges(self, name: str, values: scales.Floats) -> tuple[float, ...]:
        if self.cut == "mean":
            return scales.mean_edge(values)
        if self.cut == "quantile":
            return scales.quantile_edges(values, self.bins)
        first = {
            "recency": self.first_recency_days,
            "frequency": self.first_order_count,
            "monetary": self.first_amount,
        }[name]
        return getattr(self, f"{name}_edges") or scales.geometric_edges(first, self.edge_factor, self.bins)

    def _cells(self, numbers: Mapping[str, NDArray[np.int64]]) -> NDArray[np.int64]:
        """Which of the bins³ cells each customer is in, recency first: all that its score and segment depend on."""
        recency, frequency, monetary = (numbers[name] - 1 for name in DIMENSIONS)
        return (recency * self.bins_used + frequency) * self.bins_used + monetary

    def _segments(self, cell: NDArray[np.int64], known: NDArray[np.bool_], index: pd.Index) -> pd.Series:
        bins = self.bins_used
        matches = eight_matches if self.segments == "eight" else eleven_matches
        grid = range(1, bins + 1)
        named = np.array([matches(bins, r, f, m)[0] for r in grid for f in grid for m in grid], dtype=object)
        return scales.named_segments(named[cell], known, index)

    def _labels(self) -> dict[str, Text]:
        texts = {
            "recency": Text("Recency (R)", "最近下单 (R)"),
            "frequency": Text("Order count (F)", "下单次数 (F)"),
            "monetary": Text("Amount (M)", "采购金额 (M)"),
        }
        source = EIGHT if self.segments == "eight" else ELEVEN
        return texts | {name: told[-1] for name, told in source.items()}
