"""What a scorecard is made of: its inputs, and the ready cards of small firms and of leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segmentation.i18n import Text

Shape = Literal["bands", "cap", "decay"]


@dataclass(frozen=True)
class Input:
    """One input: the feature it reads, its axis, and how a number becomes 0–1 of its points."""

    name: str
    column: str
    axis: Literal["value", "behaviour"]
    shape: Shape
    text: Text


INPUTS: tuple[Input, ...] = (
    Input("amount", "amount", "value", "bands", Text("Amount", "采购金额")),
    Input("margin", "margin", "value", "bands", Text("Gross profit", "毛利")),
    Input("order_count", "order_count", "value", "cap", Text("Order count", "下单次数")),
    Input("last_order", "recency_days", "behaviour", "decay", Text("Last order", "最近下单")),
    Input("contacts", "touch_count", "behaviour", "cap", Text("Contacts", "跟进次数")),
    Input("last_contact", "touch_recency_days", "behaviour", "decay", Text("Last contact", "最近跟进")),
    Input("open_deals", "open_deal_count", "behaviour", "cap", Text("Open deals", "进行中的商机")),
)
BY_NAME: Mapping[str, Input] = {told.name: told for told in INPUTS}

# The card of small firms (defaults.md 2): points of the whole score. The first one whose inputs hold data is taken.
THREE_FACTORS: Mapping[str, float] = {"amount": 50, "last_order": 30, "contacts": 20}
TWO_FACTORS: Mapping[str, float] = {"amount": 60, "last_order": 40}
LEADS: Mapping[str, float] = {"contacts": 40, "last_contact": 40, "open_deals": 20}
