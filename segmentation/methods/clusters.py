"""Clusters: groups the data themselves show, by k-means or Ward's tree, or the answer that there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.clustering.learning import NOT_MEASURED, Model, Told, learn, model_from
from segmentation.clustering.naming import ATTRIBUTE, name_clusters
from segmentation.clustering.restating import Restatement, restate
from segmentation.clustering.sampling import canonical_rows, row_hashes, spread_out
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.methods.base import (
    Scored,
    check_params,
    columns_param,
    param,
    require_columns,
    window_param,
)
from segmentation.schemes import CutKind
from segmentation.segment_order import SEGMENT_LINES

ORDERS = ("recency_days", "order_count", "amount")
CONTACTS = ("touch_count", "touch_recency_days", "open_deal_count")
NEVER = frozenset({"recency_days", "touch_recency_days"})  # unknown: it has not happened yet
PART = "cluster"
Flags = NDArray[np.bool_]
RULES_SAMPLE = 50_000
COUNTS = tuple((count, Text(f"{count}", f"{count} 群")) for count in range(2, 9))
_COLUMNS = Text("Those to look at; none picked: all of them.", "选择参与分群的列；不选则全部参与。")


@dataclass(frozen=True)
class Clusters:
    """Score = 100·(m − rank)/(m − 1) over the m clusters in their order: the larger median amount the better, or as
    `order` says (ids of clusters, best first; those it leaves out follow in their own order).

    Without `count` the evidence says how many clusters there are, and where it says there are none the method
    refuses. `attributes` names extra columns of the customers table; none named, it reads all it is given.
    """

    name: ClassVar[str] = "clusters"
    text: ClassVar[Text] = Text("Clusters", "聚类分群")
    help: ClassVar[Text] = Text(
        "Which groups do the data themselves show? Says so where there are none. You put the groups in order.",
        "数据本身分成哪几群？没有明显的群时会直接说明。各群的先后由您来定。",
    )
    needs: ClassVar[tuple[str, ...]] = ORDERS
    usual_lines: ClassVar[tuple[CutKind, tuple[float, ...]]] = SEGMENT_LINES
    unlearned: ClassVar[frozenset[str]] = frozenset({"order"})
    dimension_count: ClassVar[None] = None

    window_days: int | None = window_param(
        365, Text("Orders and contacts of this period count.", "只统计截至日期之前这段时间的订单和跟进。")
    )
    algorithm: Literal["k_means", "ward"] = param(
        "k_means",
        Text("Found by", "分群算法"),
        help=Text(
            "k-means looks for compact groups. Ward's tree joins the most similar customers step by step; beyond "
            "10,000 customers it is built on a sample.",
            "k-means 找紧凑的群；Ward 层次聚类把最相似的客户逐步合并，超过 10,000 家时只用样本计算。",
        ),
        unit="choice",
        choices=(("k_means", Text("k-means", "k-means")), ("ward", Text("Ward's tree", "Ward 层次聚类"))),
    )
    count: Literal["evidence", 2, 3, 4, 5, 6, 7, 8] = param(
        "evidence",
        Text("Number of clusters", "分成几群"),
        help=Text(
            "By evidence: well apart, the same in either half of the customers, and more than one heap would show.",
            "由数据判断：各群之间分得开，任取一半客户重算结果一致，并且比没有分群的数据更明显。",
        ),
        unit="choice",
        choices=(("evidence", Text("By evidence", "由数据判断")), *COUNTS),
    )
    features: Literal["orders", "contacts", "attributes"] = param(
        "orders",
        Text("Looks at", "依据"),
        help=Text(
            "Orders: last order, order count, amount. The more is looked at, the harder groups are to tell apart.",
            "订单：最近下单、下单次数、采购金额。依据越多，各群越难分开。",
        ),
        unit="choice",
        choices=(
            ("orders", Text("Orders", "订单")),
            ("contacts", Text("Orders and contacts", "订单和跟进")),
            ("attributes", Text("Orders, contacts and extra columns", "订单、跟进和附加列")),
        ),
    )
    order: tuple[int, ...] = ()
    attributes: tuple[str, ...] = columns_param(_COLUMNS)

    def __post_init__(self) -> None:
        check_params(self)
        if len(set(self.order)) != len(self.order) or any(number < 1 for number in self.order):
            raise SettingError("e.setting", name="order", value=str(self.order), rule=">= 1, no id twice")
        if self.features == "attributes":
            object.__setattr__(self, "needs", ())
        else:
            read = (*ORDERS, *CONTACTS) if self.features == "contacts" else ORDERS
            object.__setattr__(self, "columns", read)

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """The cluster of every customer whose needs are known, as segment and as score; others stay null."""
        columns, known = self._read(features)
        given = {name: values[known] for name, values in columns.items()}
        model = self._learn(given, None) if fitted is None else model_from(fitted)
        return self._scored(model, given, known, features.index)

    def score_again(self, features: pd.DataFrame, earlier: Mapping[str, tuple[float, ...]]) -> Scored:
        """Clusters learned anew, with the ids of `earlier` (its `fitted`) where a cluster stayed what it was."""
        columns, known = self._read(features)
        given = {name: values[known] for name, values in columns.items()}
        return self._scored(self._learn(given, model_from(earlier)), given, known, features.index)

    def restate(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]]) -> Restatement | None:
        """The clusters as a few rules over feature values, with their fidelity; None where there are no clusters."""
        model = model_from(fitted)
        columns, known = self._read(features)
        if not model.centres or not known.any():
            return None
        given = {name: columns[name][known] for name in model.scales}
        filled = {name: np.where(np.isnan(v), model.scales[name].fill, v) for name, v in given.items()}
        rows = canonical_rows(row_hashes(np.column_stack(list(filled.values()))))
        return restate(filled, model.place(given), spread_out(rows, RULES_SAMPLE))

    def _read(self, features: pd.DataFrame) -> tuple[dict[str, scales.Floats], Flags]:
        """Values by feature, and which customers can be placed: all needs known, or anything at all."""
        names = list(getattr(self, "columns", ()))
        if self.features == "attributes":
            named = [ATTRIBUTE + name for name in self.attributes]
            require_columns(features, named)
            extra = named or [name for name in map(str, features.columns) if name.startswith(ATTRIBUTE)]
            names = [name for name in (*ORDERS, *CONTACTS, *extra) if name in features.columns]
            if not names:
                require_columns(features, ORDERS)
        require_columns(features, names)
        columns = {name: scales.as_floats(features[name]) for name in names}
        missing = np.column_stack([np.isnan(columns[name]) for name in self.needs or names])
        unplaced = missing.any(axis=1) if self.needs else missing.all(axis=1)
        return columns, np.asarray(~unplaced, bool)

    def _learn(self, given: Mapping[str, scales.Floats], earlier: Model | None) -> Model:
        some = next(iter(given.values()))
        return learn(
            given,
            given.get("amount", np.zeros(len(some))),
            algorithm=self.algorithm,
            count=None if self.count == "evidence" else self.count,
            farthest=NEVER,
            earlier=earlier,
        )

    def _scored(
        self,
        model: Model,
        given: Mapping[str, scales.Floats],
        known: Flags,
        index: pd.Index,
    ) -> Scored:
        points, ids = np.full(len(index), np.nan), np.zeros(len(index), np.int64)
        if model.centres and known.any():
            ids[known] = model.place(given)
            points[known] = self._points(model)[ids[known]]
        placed = ids > 0
        named = np.array([_segment(number) for number in range(int(ids.max(initial=0)) + 1)], dtype=object)
        return Scored(
            scores=pd.Series(points, index=index, name="score"),
            parts=pd.DataFrame({PART: points}, index=index),
            fitted=model.kept(),
            labels={PART: Text("Cluster", "客户群"), **self._names(model)},
            segments=scales.named_segments(named[ids], placed, index),
            maxima={PART: 100.0},
            verdict=_verdict(model.told),
            is_refused=not model.centres,
        )

    def _points(self, model: Model) -> scales.Floats:
        """Score by id."""
        first = [number for number in self.order if number in model.centres]
        ordered = [*first, *(number for number in model.ranking if number not in first)]
        points = np.full(max(ordered) + 1, np.nan)
        for rank, number in enumerate(ordered):
            points[number] = 100 * (len(ordered) - 1 - rank) / (len(ordered) - 1)
        return scales.rounded(points)

    def _names(self, model: Model) -> dict[str, Text]:
        ids = sorted(model.centres)
        names = name_clusters(list(model.scales), np.array([model.centres[number] for number in ids]))
        return {_segment(number): name for number, name in zip(ids, names, strict=True)}


def _segment(number: int) -> str:
    return f"cluster_{number}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _verdict(told: Told) -> tuple[str, Mapping[str, Any]]:
    """How many clusters and what speaks for them, or why there are none."""
    facts: dict[str, Any] = {
        "unknown": _percent(told.unknown_share),
        "used": told.used,
        "total": told.total,
        "agreement": round(told.agreement, 2),
    }
    evidence = told.evidence
    if evidence is not None:
        facts |= {
            "count": evidence.count,
            "silhouette": round(evidence.silhouette, 2),
            "heap": round(evidence.heap_silhouette, 2),
            "stability": round(evidence.stability, 2),
            "smallest": _percent(evidence.smallest_share),
        }
    if told.reason != "found":
        return f"clusters.none.{told.reason}", facts
    if evidence is None:
        return "clusters.few", facts
    kind = "asked" if told.is_asked else "found"
    return f"clusters.{kind}.whole" if told.agreement == NOT_MEASURED else f"clusters.{kind}.sampled", facts
