"""Tags to begin with, as the source articles name them: value, activity, payment, relationship, need and intent.

All of them are automatic, and a proposal until somebody takes it. Lines are places among one's own customers or spans
of time: they hold in any currency.
"""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.conditions import All, AnyOf, Condition, Node
from segmentation.i18n import Text


@dataclass(frozen=True)
class TagPreset:
    """A proposed tag: both levels in either language, and its rule."""

    group: Text
    name: Text
    condition: Node


_ACTIVITY, _VALUE = Text("Activity", "活跃度"), Text("Value", "客户价值")
_RELATION, _NEED = Text("Relationship", "合作情况"), Text("Need and intent", "需求与意向")

PRESETS: tuple[TagPreset, ...] = (
    TagPreset(
        _ACTIVITY,
        Text("Active this quarter", "近三个月活跃"),
        AnyOf(
            (
                Condition("recency_days", "within", 3, "months"),
                Condition("touch_recency_days", "within", 3, "months"),
            )
        ),
    ),
    TagPreset(
        _ACTIVITY,
        Text("No order for half a year", "半年未下单"),
        Condition("recency_days", ">", 6, "months"),
    ),
    TagPreset(
        _ACTIVITY,
        Text("Not contacted for 3 months", "三个月未跟进"),
        Condition("touch_recency_days", ">", 3, "months"),
    ),
    TagPreset(
        _VALUE,
        Text("Top fifth by sales", "采购额前两成"),
        All((Condition("revenue_12m", "top", 20, "percent"), Condition("revenue_12m", ">", 0))),
    ),
    TagPreset(_VALUE, Text("Pays late", "回款逾期"), Condition("overdue_share", ">", 20, "percent")),
    TagPreset(
        _RELATION,
        Text("Customer for 3 years", "合作满三年"),
        Condition("tenure_days", ">=", 36, "months"),
    ),
    TagPreset(
        _RELATION,
        Text("New this quarter", "近三个月新客户"),
        Condition("tenure_days", "within", 3, "months"),
    ),
    TagPreset(_NEED, Text("Need not recorded", "需求待了解"), Condition("need", "unknown")),
    TagPreset(_NEED, Text("Open deal", "有进行中的商机"), Condition("open_deal_count", ">=", 1)),
)
