"""Potential and loyalty: what a customer could bring, and how firmly it stays, from what was recorded about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.levels import read_levels
from segmentation.methods.base import (
    EXTRA_COLUMNS,
    Scored,
    check_params,
    list_param,
    param,
    require_columns,
    window_param,
)
from segmentation.planes import Plane
from segmentation.weighing import weigh

ATTRIBUTE = "attribute:"
BANDS, REFERRALS_CAP, COMPLAINTS_CAP = 5, 3, 5


@dataclass(frozen=True)
class Input:
    """One input, the feature columns it reads and its axis."""

    name: str
    reads: tuple[str, ...]
    axis: Literal["potential", "loyalty"]
    text: Text


INPUTS: tuple[Input, ...] = (
    Input("intent", ("intent",), "potential", Text("Intent", "意向")),
    Input("budget", ("budget",), "potential", Text("Budget", "预算")),
    Input("growth", ("growth",), "potential", Text("Growth", "发展前景")),
    Input("decision_level", ("decision_level",), "potential", Text("Decision level", "决策权级别")),
    Input(
        "interaction",
        ("touch_count", "visit_count", "meeting_count"),
        "potential",
        Text("Depth of contacts", "沟通深度"),
    ),
    Input("nps", ("nps",), "loyalty", Text("NPS", "净推荐值")),
    Input("complaints", ("complaints",), "loyalty", Text("Few complaints", "投诉少")),
    Input("repurchase", ("repeat_order_share",), "loyalty", Text("Repurchase rate", "复购率")),
    Input("referral", (), "loyalty", Text("Referrals", "转介绍")),
)
BY_NAME: Mapping[str, Input] = {told.name: told for told in INPUTS}
CELLS: Mapping[str, Text] = {
    "high_loyal": Text("High potential, loyal", "潜力高、忠诚度高"),
    "high_loose": Text("High potential, not bound", "潜力高、忠诚度低"),
    "low_loyal": Text("Low potential, loyal", "潜力低、忠诚度高"),
    "low_loose": Text("Low potential, not bound", "潜力低、忠诚度低"),
}


def _points(default: int, name: str) -> Any:
    told = BY_NAME[name].text
    meaning = Text("Most points of this input, within its axis.", "这一项最多得几分，只与同方向的项相比。")
    label = Text(f"Points: {told.en}", f"分值：{told.zh}")
    return param(default, label, help=meaning, unit="points", low=0, high=100, step=5)


PLANE = Plane(
    ("potential", "loyalty"),
    (Text("Potential", "潜力"), Text("Loyalty", "忠诚")),
    (
        Text("Partner", "深度合作"),
        Text("Expand", "拓展"),
        Text("Win over", "争取"),
        Text("Nurture", "培育"),
        Text("Regular", "常规"),
        Text("Warm up", "升温"),
        Text("Keep", "维系"),
        Text("Standard", "标准服务"),
        Text("Light touch", "轻量维护"),
    ),
)


@dataclass(frozen=True)
class PotentialLoyalty:
    """Axis = 100·Σ points/Σ most points of what is known; score = w·potential + (1 − w)·loyalty.

    intent, growth, decision level: words read by `levels` · budget: fifth of the known budgets · interaction: share of
    visits and meetings among the contacts of the period · nps: (nps + 100)/200 · complaints: 1 with none, 0 from 5 on ·
    repurchase: order days after the first ÷ order days · referral: customers it brought, up to 3, from the extra column
    `referral_attribute` names. All but contacts and orders are as recorded today. Refuses where nothing is recorded.
    """

    name: ClassVar[str] = "potential_loyalty"
    text: ClassVar[Text] = Text("Potential and loyalty", "潜力与忠诚度")
    help: ClassVar[Text] = Text(
        "What a customer could bring (intent, budget, growth) and how firmly it stays (NPS, complaints, repurchase).",
        "潜力看意向、预算、发展前景和决策权；忠诚度看净推荐值、投诉、复购和转介绍。",
    )
    needs: ClassVar[tuple[str, ...]] = ()
    plane: ClassVar[Plane] = PLANE
    reads_undated: ClassVar[bool] = True

    window_days: int | None = window_param(
        365, Text("Contacts and orders of this period count.", "只统计这段时间的跟进和订单。")
    )
    potential_share: float = param(
        0.5,
        Text("Weight of potential", "潜力分所占比重"),
        help=Text("The rest is loyalty.", "其余为忠诚度。"),
        unit="share",
        low=0.0,
        high=1.0,
        step=0.05,
    )
    intent_points: int = _points(30, "intent")
    budget_points: int = _points(20, "budget")
    growth_points: int = _points(20, "growth")
    decision_level_points: int = _points(15, "decision_level")
    interaction_points: int = _points(15, "interaction")
    nps_points: int = _points(30, "nps")
    complaints_points: int = _points(20, "complaints")
    repurchase_points: int = _points(40, "repurchase")
    referral_points: int = _points(10, "referral")
    referral_attribute: str = list_param(
        Text("Column of customers it brought", "转介绍客户数所在列"),
        EXTRA_COLUMNS,
        Text(
            "An extra column with a number; none: referral does not count.",
            "附加列，须为数字；不选则不计转介绍。",
        ),
        is_single=True,
    )

    def __post_init__(self) -> None:
        check_params(self)
        if not sum(self.points.values()) > 0:
            raise SettingError("e.setting", name="points", value=0, rule="> 0")

    @property
    def points(self) -> dict[str, float]:
        return {told.name: float(getattr(self, f"{told.name}_points")) for told in INPUTS}

    @property
    def attributes(self) -> tuple[str, ...]:
        return (self.referral_attribute,) if self.referral_attribute else ()

    @property
    def columns(self) -> tuple[str, ...]:
        known = [name for told in INPUTS for name in told.reads]
        return (*known, *(ATTRIBUTE + name for name in self.attributes))

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Both axes and their sum; refused where no input of any points holds data."""
        require_columns(features, self.columns)
        budgets = scales.as_floats(features["budget"])
        edges = scales.quantile_edges(budgets, BANDS) if fitted is None else tuple(fitted["edges budget"])
        shares = self._shares(features, budgets, edges)
        wanted = {name: most for name, most in self.points.items() if most > 0}
        held = {name for name in wanted if not np.isnan(shares[name]).all()}
        used = {name: shares[name] for name in wanted}
        weights = {"potential": self.potential_share, "loyalty": 1 - self.potential_share}
        axis_of = {told.name: told.axis for told in INPUTS}
        weighed = weigh(used, wanted, axis_of, weights, features.index)
        return Scored(
            scores=weighed.scores,
            parts=weighed.parts,
            fitted={"edges budget": edges},
            labels={**{told.name: told.text for told in INPUTS}, **CELLS},
            segments=_cells(weighed.axes, weighed.scores),
            axes=weighed.axes,
            edges={"budget": edges} if "budget" in used else {},
            maxima=weighed.maxima,
            most=weighed.most,
            reads={name: BY_NAME[name].reads[0] for name in used if len(BY_NAME[name].reads) == 1},
            verdict=_verdict(list(wanted), held) if len(features) else None,
            is_refused=bool(len(features)) and bool(weighed.scores.isna().all()),
        )

    def _shares(
        self, features: pd.DataFrame, budgets: scales.Floats, edges: tuple[float, ...]
    ) -> dict[str, scales.Floats]:
        """0–1 of each input, null where it is not recorded."""
        count = {
            name: scales.as_floats(features[name]) for name in ("touch_count", "visit_count", "meeting_count")
        }
        deep = np.divide(
            count["visit_count"] + count["meeting_count"],
            count["touch_count"],
            out=np.full(len(features), np.nan),
            where=count["touch_count"] > 0,
        )
        band = (scales.bin_numbers(budgets, edges, BANDS) - 1) / (BANDS - 1)
        words = {name: read_levels(features[name], name) for name in ("intent", "growth", "decision_level")}
        brought = np.full(len(features), np.nan)
        if self.referral_attribute:
            brought = scales.as_floats(features[ATTRIBUTE + self.referral_attribute])
        return {
            **words,
            "budget": np.where(np.isnan(budgets), np.nan, band),
            "interaction": np.minimum(deep, 1.0),
            "nps": np.clip((scales.as_floats(features["nps"]) + 100) / 200, 0.0, 1.0),
            "complaints": 1 - scales.capped_share(scales.as_floats(features["complaints"]), COMPLAINTS_CAP),
            "repurchase": np.clip(scales.as_floats(features["repeat_order_share"]), 0.0, 1.0),
            "referral": scales.capped_share(brought, REFERRALS_CAP),
        }


def _cells(axes: pd.DataFrame, scores: pd.Series) -> pd.Series:
    """Lines at 50 points; None where an axis or the score is unknown."""
    potential, loyalty = axes["potential"].to_numpy(float), axes["loyalty"].to_numpy(float)
    conditions = [(potential >= 50) & (loyalty >= 50), potential >= 50, loyalty >= 50]
    named = np.select(conditions, ["high_loyal", "high_loose", "low_loyal"], "low_loose").astype(object)
    known = ~np.isnan(potential + loyalty) & scores.notna().to_numpy()
    return scales.named_segments(named, known, axes.index)


def _verdict(wanted: list[str], held: set[str]) -> tuple[str, Mapping[str, Any]] | None:
    if not held:
        return "score.nothing", {}
    missing = [BY_NAME[name].text for name in wanted if name not in held]
    if not missing:
        return None
    listed = Text(", ".join(text.en for text in missing), "、".join(text.zh for text in missing))
    return "score.missing", {"n": len(missing), "total": len(wanted), "names": listed}
