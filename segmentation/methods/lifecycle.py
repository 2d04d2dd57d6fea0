"""Lifecycle: in which stage a customer is, from first contact, first and last order, and activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.methods.base import Scored, check_params, param, require_columns, window_param
from segmentation.schemes import CutKind
from segmentation.segment_order import SEGMENT_LINES, order_scores, order_segments
from segmentation.stages import COLUMNS, EQUIPMENT, STAGES, USUAL, Pace, find_stages

PART = "stage"
NAME_CHARACTERS = 60


def _days(default: int, label: Text, meaning: Text) -> Any:
    return param(default, label, help=meaning, unit="days", low=7, high=1825, step=1)


@dataclass(frozen=True)
class Lifecycle:
    """Score = 100·(m − rank)/(m − 1) of the stage in `order`, best first; null where the stage is unknown.

    `order` names the eight stages in another order; `names` gives stages other names: ((stage, name), …).
    """

    name: ClassVar[str] = "lifecycle"
    text: ClassVar[Text] = Text("Lifecycle", "客户阶段")
    help: ClassVar[Text] = Text(
        "Lead, new, growing, mature, at risk, dormant, lost: by first contact, orders and contacts.",
        "潜在、新客户、成长、成熟、流失风险、沉睡、流失：看首次接触、下单和跟进的时间。",
    )
    needs: ClassVar[tuple[str, ...]] = ()
    usual_lines: ClassVar[tuple[CutKind, tuple[float, ...]]] = SEGMENT_LINES
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    dimension_count: ClassVar[None] = None  # a stage says when, and how much besides

    window_days: int | None = window_param(
        365,
        Text(
            "Only for the sales shown; stages look at all history.",
            "只影响显示的销售额；客户阶段看全部历史。",
        ),
    )
    pace: Literal["usual", "equipment", "own"] = param(
        "usual",
        Text("How fast customers fall silent", "多久算沉睡"),
        help=Text(
            "Usual: active 90 days, dormant after 180, lost after 365. Equipment: 180, 365, 730.",
            "一般：90 天内为活跃，180 天为沉睡，365 天为流失。设备：180、365、730 天。",
        ),
        unit="choice",
        choices=(
            ("usual", Text("Usual", "一般")),
            ("equipment", Text("Equipment, long cycles", "设备等长周期业务")),
            ("own", Text("The days set here", "自己设定天数")),
        ),
    )
    activity: Literal["both", "orders"] = param(
        "both",
        Text("Active by", "怎样算活跃"),
        help=Text(
            "With orders only, contacts do not keep a customer from falling dormant.",
            "选“只看下单”时，有跟进而没有下单的客户仍会变为沉睡。",
        ),
        unit="choice",
        choices=(
            ("both", Text("Orders or contacts", "下单或跟进")),
            ("orders", Text("Orders only", "只看下单")),
        ),
    )
    new_days: int = _days(
        90, Text("New for (days)", "新客户（天）"), Text("Since the first order.", "自首单起算。")
    )
    growing_days: int = _days(
        365, Text("Growing until (days)", "成长期到（天）"), Text("Since the first order.", "自首单起算。")
    )
    active_days: int = _days(
        90,
        Text("Active within (days)", "活跃（天内）"),
        Text("Longer ago than this is at risk.", "超过这个天数为流失风险。"),
    )
    silent_days: int = _days(
        180,
        Text("Dormant after (days)", "沉睡（天后）"),
        Text("Neither order nor contact for so long.", "这么多天既没有下单也没有跟进。"),
    )
    lost_days: int = _days(
        365,
        Text("Lost after (days)", "流失（天后）"),
        Text("Neither order nor contact for so long.", "这么多天既没有下单也没有跟进。"),
    )
    order: tuple[str, ...] = tuple(STAGES)
    names: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        check_params(self)
        if not isinstance(self.order, tuple | list) or sorted(map(str, self.order)) != sorted(STAGES):
            rule = ", ".join(STAGES)
            raise SettingError("e.setting", name="order", value=str(self.order)[:200], rule=rule)
        for entry in self.names:
            if (
                len(entry) != 2
                or entry[0] not in STAGES
                or not 0 < len(str(entry[1]).strip()) <= NAME_CHARACTERS
            ):
                raise SettingError("e.setting", name="names", value=str(entry)[:60], rule=", ".join(STAGES))

    @property
    def idle_params(self) -> frozenset[str]:
        """The days, where a ready pace is taken; those of new and growing always count."""
        own = {"active_days", "silent_days", "lost_days"}
        return frozenset() if self.pace == "own" else frozenset(own)

    @property
    def stage_pace(self) -> Pace:
        """The days in force."""
        ready = {"usual": USUAL, "equipment": EQUIPMENT}.get(self.pace)
        days = (
            (self.active_days, self.silent_days, self.lost_days)
            if ready is None
            else (ready.active_days, ready.silent_days, ready.lost_days)
        )
        return Pace(self.new_days, self.growing_days, *days, counts_contacts=self.activity == "both")

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Stage and score of everybody; nothing is learned, so nothing is frozen."""
        require_columns(features, self.columns)
        places = find_stages(features, self.stage_pace)
        ranks = np.array([*(list(self.order).index(stage) for stage in STAGES), -1], np.int64)[places]
        points = order_scores(ranks, len(STAGES))
        named = dict(STAGES) | {stage: Text(told, told) for stage, told in self.names}
        unknown_count = int((places < 0).sum())
        return Scored(
            scores=pd.Series(points, index=features.index, name="score", dtype=float),
            parts=pd.DataFrame({PART: points}, index=features.index, dtype=float),
            fitted={},
            labels={**named, PART: Text("Stage", "客户阶段")},
            segments=order_segments(places, list(STAGES), features.index),
            maxima={PART: 100.0},
            verdict=("lifecycle.unknown", {"n": unknown_count}) if unknown_count else None,
            is_refused=0 < unknown_count == len(features),
        )
