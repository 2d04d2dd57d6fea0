"""Rules ready to start from: the example and the cases of the articles Tierboard was made after.

The articles name what was looked at ("contract amount, project cycle, potential"), hardly ever a number: where they
name none the line is a place among one's own customers ("among the highest 20%"), which holds in any currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segmentation.conditions import All, AnyOf, Condition, Node
from segmentation.i18n import Text

QUARTER_DAYS = 91
ELSE = "else"
EVERYBODY_ELSE = Text("Everybody else", "其余客户")


@dataclass(frozen=True)
class Rule:
    """Whoever meets the condition, and met none before it, belongs to the segment."""

    segment: str
    text: Text
    condition: Node


@dataclass(frozen=True)
class RuleSet:
    """Rules in order, and whom nobody matched; several rules may lead to one segment, the first names its place."""

    text: Text
    rules: tuple[Rule, ...]
    other: tuple[str, Text] = (ELSE, EVERYBODY_ELSE)

    @property
    def segments(self) -> Mapping[str, Text]:
        """Segment → text, best first."""
        return {rule.segment: rule.text for rule in self.rules} | {self.other[0]: self.other[1]}


def _is_without_order() -> Node:
    return Condition("total_order_count", "=", 0)


def _no_order_for(months: float) -> Node:
    """Silent for so long, or never bought: the days since an order that never was are unknown."""
    return AnyOf((Condition("recency_days", ">", months, "months"), _is_without_order()))


def _among_buyers(percent: float) -> Node:
    """Among the largest, and a buyer at all: where nobody bought, everybody is among the largest."""
    return All((Condition("amount", "top", percent, "percent"), Condition("amount", ">", 0)))


_ANNUAL = RuleSet(
    Text("Purchases and repurchase rate", "采购额与复购率"),
    (
        Rule(
            "high_value",
            Text("High value", "高价值客户"),
            All(
                (
                    Condition("revenue_12m", ">", 100, "wan"),
                    Condition("repeat_order_share", ">", 80, "percent"),
                )
            ),
        ),
    ),
)

_B2B = RuleSet(
    Text("B2B: strategic, key, ordinary", "B2B：战略、重点、普通"),
    (
        Rule(
            "strategic",
            Text("Strategic", "战略客户"),
            All(
                (
                    _among_buyers(10),
                    AnyOf(
                        (Condition("tenure_days", ">=", 24, "months"), Condition("open_deal_count", ">=", 1))
                    ),
                )
            ),
        ),
        Rule(
            "key",
            Text("Key", "重点客户"),
            AnyOf((_among_buyers(40), Condition("open_deal_count", ">=", 1))),
        ),
    ),
    ("ordinary", Text("Ordinary", "普通客户")),
)

_RETAIL = RuleSet(
    Text("Retail: 3 months, 6 months", "零售：近 3 个月、近 6 个月"),
    (
        Rule(
            "frequent",
            Text("Often and much in 3 months", "近 3 个月高频高额"),
            All(
                (
                    Condition("order_count", "top", 20, "percent", QUARTER_DAYS),
                    Condition("amount", "top", 20, "percent", QUARTER_DAYS),
                    Condition("recency_days", "within", 3, "months"),
                )
            ),
        ),
        Rule(
            "occasional",
            Text("Now and then", "偶尔采购"),
            Condition("recency_days", "within", 6, "months"),
        ),
        Rule("quiet", Text("No order for half a year", "半年未下单"), _no_order_for(6)),
    ),
    ("quiet", Text("No order for half a year", "半年未下单")),
)

_EDUCATION = RuleSet(
    Text("Online education: growing, potential, at risk", "在线教育：活跃成长、潜力、流失风险"),
    (
        Rule(
            "growing",
            Text("Active and growing", "活跃成长型客户"),
            All(
                (
                    Condition("touch_recency_days", "within", 3, "months"),
                    Condition("recency_days", "within", 6, "months"),
                )
            ),
        ),
        Rule(
            "potential",
            Text("Potential", "潜力客户"),
            AnyOf(
                (
                    Condition("touch_recency_days", "within", 3, "months"),
                    Condition("recency_days", "within", 6, "months"),
                )
            ),
        ),
        Rule(
            "at_risk",
            Text("At risk", "流失风险客户"),
            All(
                (
                    _no_order_for(6),
                    AnyOf(
                        (
                            Condition("touch_recency_days", ">", 3, "months"),
                            Condition("touch_recency_days", "unknown"),
                        )
                    ),
                )
            ),
        ),
    ),
    ("at_risk", Text("At risk", "流失风险客户")),
)

_DISTRIBUTOR = RuleSet(
    Text("Distributors: purchases, years, payment", "经销商评级：采购额、合作年限、回款"),
    (
        Rule(
            "grade_a",
            Text("Distributor A", "A 级经销商"),
            All(
                (
                    Condition("amount", "top", 20, "percent"),
                    Condition("tenure_days", ">=", 36, "months"),
                    Condition("paid_share", ">=", 90, "percent"),
                )
            ),
        ),
        Rule(
            "grade_b",
            Text("Distributor B", "B 级经销商"),
            All((Condition("amount", "top", 50, "percent"), Condition("tenure_days", ">=", 12, "months"))),
        ),
    ),
    ("grade_c", Text("Distributor C", "C 级经销商")),
)

PRESETS: Mapping[str, RuleSet] = {
    "b2b": _B2B,
    "annual": _ANNUAL,
    "retail": _RETAIL,
    "education": _EDUCATION,
    "distributor": _DISTRIBUTOR,
}
