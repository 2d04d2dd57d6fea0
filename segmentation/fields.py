"""What a rule may ask about: each feature's name in both languages, what it counts, and over which days.

The grade in somebody's own file is no field (definitions.md: a comparison, never a feature), nor are plain dates: they
are asked for as days before the as-of date.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segmentation.errors import SettingError
from segmentation.features import ATTRIBUTE_PREFIX, PROFILE_COLUMNS, WINDOWED_COLUMNS
from segmentation.i18n import Text

Kind = Literal["amount", "share", "days", "count", "number", "text"]
ATTRIBUTE_CHARACTERS = 200


@dataclass(frozen=True)
class Field:
    """One thing a condition reads. `event` names what lies so many days back, where there is such a thing."""

    name: str
    kind: Kind
    text: Text
    event: Text | None = None

    @property
    def is_windowed(self) -> bool:
        """Whether it counts over a window: the method's, or one a condition names."""
        return self.name in WINDOWED_COLUMNS

    @property
    def is_dated(self) -> bool:
        """Whether its value is that of the as-of date; columns of the customers table are as recorded today."""
        return self.name not in UNDATED and not self.name.startswith(ATTRIBUTE_PREFIX)


UNDATED = frozenset({"industry", "region", "owner", "name", "parent_id", "receivable", *PROFILE_COLUMNS})
_TOLD: tuple[tuple[str, Kind, str, str], ...] = (
    ("revenue_12m", "amount", "annual purchases", "年采购额"),
    ("amount", "amount", "purchases", "采购额"),
    ("total_amount", "amount", "purchases of all years", "累计采购额"),
    ("repeat_amount", "amount", "purchases after the first day", "首单日之后的采购额"),
    ("repeat_order_days_count", "count", "order days after the first", "首单日之后的下单天数"),
    ("order_span_days", "days", "time from the first to the last order", "首单到末单的时间"),
    ("margin", "amount", "gross profit", "毛利"),
    ("margin_share", "share", "gross profit share", "毛利率"),
    ("repeat_order_share", "share", "repurchase rate", "复购率"),
    ("order_count", "count", "order count", "下单次数"),
    ("total_order_count", "count", "order count of all years", "累计下单次数"),
    ("order_days_count", "count", "order days", "下单天数"),
    ("months_with_orders_count", "count", "months with purchases", "有采购的月数"),
    ("family_count", "count", "product families bought", "购买的产品大类数"),
    ("recency_days", "days", "days since the last order", "距上次下单"),
    ("order_interval_days", "days", "days between orders", "采购间隔"),
    ("last_gap_days", "days", "days between the last two orders", "最近两次下单的间隔"),
    ("tenure_days", "days", "time as customer", "合作年限"),
    ("paid_share", "share", "paid share", "已回款占比"),
    ("payment_days", "days", "payment days", "回款天数"),
    ("overdue_amount", "amount", "overdue payment", "逾期款"),
    ("overdue_share", "share", "overdue share", "逾期款占比"),
    ("receivable", "amount", "receivable", "应收"),
    ("credit_limit", "amount", "credit limit", "信用额度"),
    ("touch_count", "count", "contacts", "跟进次数"),
    ("visit_count", "count", "visits", "拜访次数"),
    ("call_count", "count", "calls", "电话次数"),
    ("meeting_count", "count", "meetings", "会议次数"),
    ("message_count", "count", "days with messages", "有微信沟通的天数"),
    ("touch_recency_days", "days", "days since the last contact", "距上次跟进"),
    ("open_deal_count", "count", "open deals", "进行中的商机数"),
    ("won_deal_count", "count", "deals won", "赢单数"),
    ("lost_deal_count", "count", "deals lost", "输单数"),
    ("won_amount", "amount", "value of deals won", "成交额"),
    ("contract_amount", "amount", "contract amount", "合同金额"),
    ("contract_term_months", "number", "contract term (months)", "合同期限（月）"),
    ("renewal_count", "count", "renewals so far", "已续约次数"),
    ("renewal_due_days", "days", "days until the contract ends", "距合同到期天数"),
    ("industry", "text", "industry", "行业"),
    ("region", "text", "region", "区域"),
    ("channel", "text", "channel", "客户来源"),
    ("owner", "text", "owner", "负责销售"),
    ("parent_id", "text", "group of companies", "集团"),
    ("name", "text", "name", "客户名称"),
    ("own_size", "number", "customer's own size", "客户自身规模"),
    ("founded_days", "days", "time since founding", "成立时间"),
    ("need", "text", "need", "需求"),
    ("intent", "text", "intent", "意向"),
    ("budget", "amount", "budget", "预算"),
    ("growth", "text", "growth", "发展前景"),
    ("decision_level", "text", "decision level", "决策权级别"),
    ("nps", "number", "NPS", "净推荐值"),
    ("complaints", "count", "complaints", "投诉次数"),
)
_EVENTS: Mapping[str, Text] = {
    "recency_days": Text("last order", "最近下单"),
    "touch_recency_days": Text("last contact", "最近跟进"),
    "tenure_days": Text("first contact or order", "首次接触或下单"),
}
FIELDS: Mapping[str, Field] = {
    name: Field(name, kind, Text(en, zh), _EVENTS.get(name)) for name, kind, en, zh in _TOLD
}


def field_of(name: str) -> Field:
    """The field called `name`, an extra column of the customers table as "attribute:<column>" (a number).

    SettingError `e.rule.field` with near matches for any other name.
    """
    if name in FIELDS:
        return FIELDS[name]
    column = name.removeprefix(ATTRIBUTE_PREFIX)
    if column != name and column.strip() and len(column) <= ATTRIBUTE_CHARACTERS:
        return Field(name, "number", Text(column, column))
    near = ", ".join(difflib.get_close_matches(name[:ATTRIBUTE_CHARACTERS], FIELDS, 3)) or "–"
    raise SettingError("e.rule.field", name=name[:ATTRIBUTE_CHARACTERS], near=near)


def say_field(column: str) -> Text:
    """A feature column in words, its own window named: `amount@91` is "purchases in the last 3 months"."""
    name, _, days = column.partition("@") if not column.startswith(ATTRIBUTE_PREFIX) else (column, "", "")
    text = field_of(name).text
    return windowed(text, int(days)) if days else text


def windowed(text: Text, days: int) -> Text:
    """A label with its window in days, said in months where it is so many whole ones."""
    months = round(days * 12 / 365)
    if months and months_in_days(months) == days:
        en = "month" if months == 1 else "months"
        return Text(f"{text.en} in the last {months} {en}", f"近 {months} 个月{text.zh}")
    en = "day" if days == 1 else "days"
    return Text(f"{text.en} in the last {days} {en}", f"近 {days} 天{text.zh}")


def months_in_days(months: float) -> int:
    """Whole days of so many months: 3 → 91, 6 → 182, 12 → 365, as the windows of the methods have them."""
    return int(months * 365 // 12)
