"""An empty workbook to fill in: a sheet per table, headers the intake knows, so that it comes back without a question.

What a column wants is said where someone stands on its header; cells are formatted so that Excel spoils nothing
(numbers of customers stay text, dates are dates), and words with a fixed meaning are chosen from a list.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from segmentation.i18n import Language, Text
from segmentation.tables import TABLES, Kind

ROWS = 5_000  # formatted ahead, where lists to choose from reach
LONGEST_TITLE, LONGEST_HINT = 32, 255  # Excel's own limits
FORMATS: dict[Kind, str] = {
    "id": "@",
    "text": "@",
    "date": "yyyy-mm-dd",
    "time": "yyyy-mm-dd",
    "amount": "#,##0.00",
    "number": "0",
    "count": "0",
    "flag": "@",
}
WIDTHS: dict[Kind, int] = {"id": 14, "text": 16, "amount": 14}
WIDTH = 12


@dataclass(frozen=True)
class Field:
    """A column of the template: the canonical column, its header, and the words it may hold (none = any)."""

    column: str
    header: Text
    words: tuple[Text, ...] = ()


CUSTOMER = Field("customer_id", Text("Customer ID", "客户编号"))
REP = Field("rep", Text("Seller", "业务员"))
WAYS = (
    Text("Visit", "拜访"), Text("Meeting", "会议"), Text("Call", "电话"), Text("Message", "微信"),
    Text("Email", "邮件"), Text("Quotation", "报价"), Text("Sample", "寄样"),
)  # fmt: skip
RESULTS = Text("Won", "赢单"), Text("Lost", "输单"), Text("Open", "进行中")
FIELDS: dict[str, tuple[Field, ...]] = {
    "customers": (
        CUSTOMER,
        Field("name", Text("Customer name", "客户名称")),
        Field("owner", Text("Owner", "负责销售")),
        Field("industry", Text("Industry", "行业")),
        Field("region", Text("Region", "地区")),
        Field("parent_id", Text("Group", "所属集团")),
        Field("first_contact_on", Text("First contact", "首次接触")),
    ),
    "orders": (
        Field("order_id", Text("Order number", "订单号")),
        CUSTOMER,
        Field("ordered_on", Text("Order date", "下单日期")),
        Field("amount", Text("Amount", "金额")),
        Field("margin", Text("Gross profit", "毛利")),
        Field("product", Text("Product", "产品")),
        REP,
    ),
    "touches": (
        Field("at", Text("Date", "跟进日期")),
        CUSTOMER,
        Field("kind", Text("Type", "跟进方式"), WAYS),
        Field("minutes", Text("Minutes", "分钟")),
        Field("rep", Text("Seller", "跟进人")),
    ),
    "deals": (
        Field("deal_id", Text("Deal ID", "商机编号")),
        CUSTOMER,
        Field("opened_on", Text("Created date", "立项日期")),
        Field("closed_on", Text("Closed date", "成交日期")),
        Field("state", Text("Result", "结果"), RESULTS),
        Field("amount", Text("Amount", "商机金额")),
        REP,
    ),
    "reps": (
        Field("name", Text("Seller", "姓名")),
        Field("team", Text("Team", "部门")),
        Field("hours_per_month", Text("Hours per month", "每月工时")),
    ),
    "spend": (
        Field("month", Text("Month", "月份")),
        Field("channel", Text("Channel", "渠道")),
        Field("amount", Text("Spend", "费用金额")),
    ),
}


def template_bytes(language: Language, created_on: dt.date) -> bytes:
    """The workbook in one language; equal days give equal bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime.combine(created_on, dt.time())})
        head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        for table, told in FIELDS.items():
            page = book.add_worksheet(language.say(f"table.{table}"))
            for place, one in enumerate(told):
                page.write_string(0, place, one.header.in_(language.code), head)
                _prepare(page, place, table, one, language)
                kind = TABLES[table].column(one.column).kind
                page.set_column(place, place, WIDTHS.get(kind, WIDTH), formats[kind])
            page.freeze_panes(1, 0)
    return buffer.getvalue()


def _prepare(page: Any, place: int, table: str, one: Field, language: Language) -> None:
    """The hint over the header, and the list under it."""
    hint = {
        "validate": "any",
        "input_title": one.header.in_(language.code)[:LONGEST_TITLE],
        "input_message": language.say(f"template.{table}.{one.column}")[:LONGEST_HINT],
    }
    page.data_validation(0, place, 0, place, hint)
    if one.words:
        words = [word.in_(language.code) for word in one.words]
        page.data_validation(
            1, place, ROWS, place, {"validate": "list", "source": words, "ignore_blank": True}
        )
