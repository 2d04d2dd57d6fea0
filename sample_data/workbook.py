"""The same company as one Chinese workbook, with the look such workbooks have: titles, totals, 万元, no numbers."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import words
import xlsxwriter  # type: ignore[import-untyped]
from books import Book
from seasons import NEXT_ON

WAN = 10_000
CREATED_AT = datetime(2026, 10, 31, 18, 0)  # a fixed date: the same seed gives the same bytes
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡"
TITLES = ("经理", "工", "总", "厂长", "主任")


class Sheets:
    """A workbook being written, and the cell formats its sheets share."""

    def __init__(self, path: Path) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
        self.book = xlsxwriter.Workbook(str(path), options)
        self.book.set_properties({"created": CREATED_AT, "author": "", "title": path.stem})
        self.title = self.book.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.head = self.book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
        self.total = self.book.add_format({"bold": True, "num_format": "#,##0.00", "top": 1})
        self.date = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.month = self.book.add_format({"num_format": 'yyyy"年"m"月"'})
        self.money = self.book.add_format({"num_format": "#,##0.00"})
        self.plain = self.book.add_format({})

    def add(self, name: str, title: str, heads: Sequence[str], head_row: int) -> Any:
        """A sheet with a merged title in row 1 and its header in `head_row` (counted from 0)."""
        sheet = self.book.add_worksheet(name)
        sheet.merge_range(0, 0, 0, len(heads) - 1, title, self.title)
        for column, head in enumerate(heads):
            sheet.write_string(head_row, column, head, self.head)
            sheet.set_column(column, column, 32 if head in ("客户", "客户名称") else 13)
        sheet.freeze_panes(head_row + 1, 2)
        return sheet

    def put(self, sheet: Any, row: int, values: Sequence[Any], number: Any = None) -> None:
        """Write one row; blanks stay blank, dates become real dates, floats take the `number` format."""
        for column, value in enumerate(values):
            if value is None or value == "" or pd.isna(value):
                continue
            if isinstance(value, date):
                sheet.write_datetime(row, column, datetime.combine(value, datetime.min.time()), self.date)
            elif isinstance(value, str):
                sheet.write_string(row, column, value, number if number is self.total else self.plain)
            else:
                sheet.write_number(row, column, value, number or self.money)


def write_customers(sheets: Sheets, book: Book, stand: str) -> None:
    """客户表: amounts in 万元, a blank row under the title, the total at the bottom."""
    heads = ["客户名称", "联系人", "所属集团", "地区", "行业", "员工人数", "客户来源", "去年销售额", "信用额度",
             "欠款", "客户等级", "跟进人", "首次联系"]  # fmt: skip
    sheet = sheets.add("客户表", f"客户表  (单位:万元)   更新:{stand}", heads, 2)
    row = 3
    for record in book["customers"].to_dict("records"):
        number = int(record["customer_id"][1:])
        contact = SURNAMES[number * 7 % len(SURNAMES)] + TITLES[number * 3 % len(TITLES)]
        values = [record["name"], contact, record["parent_id"], words.REGIONS_ZH[record["region"]],
                  words.INDUSTRIES_ZH[record["industry"]], None, words.CHANNELS[record["channel"]],
                  round(record["sales_2025"] / WAN, 2), record["credit_limit"] / WAN,
                  record["receivable"] / WAN, record["grade"], record["owner"],
                  record["first_contact_on"]]  # fmt: skip
        sheets.put(sheet, row, values)
        sheet.write_number(row, 5, record["size"])
        row += 1
    sold = sum(round(amount / WAN, 2) for amount in book["customers"]["sales_2025"])
    owed = book["customers"]["receivable"].sum() / WAN
    sheets.put(sheet, row, ["合计", None, None, None, None, None, None, round(sold, 2), None, round(owed, 2)],
               sheets.total)  # fmt: skip
    sheet.autofilter(2, 0, row - 1, len(heads) - 1)


def write_orders(sheets: Sheets, book: Book, title: str) -> None:
    """订单表: a header of two rows (金额 over 应收 and 已收), a 小计 after each month, 合计 at the end."""
    heads = ["日期", "客户", "产品", "产品类别", "数量", "单价", "应收", "已收", "毛利", "经手人"]
    sheet = sheets.add("订单表", title, heads, 2)
    for column, head in enumerate(heads):
        if head not in ("应收", "已收"):
            sheet.merge_range(1, column, 2, column, head, sheets.head)
    sheet.merge_range(1, 6, 1, 7, "金额", sheets.head)
    names = dict(zip(book["customers"]["customer_id"], book["customers"]["name"], strict=True))
    row, orders = 3, book["orders"]
    months = [f"{day.year}年{day.month}月" for day in orders["ordered_on"]]
    for month, lines in orders.groupby(months, sort=False):
        for record in lines.to_dict("records"):
            values = [record["ordered_on"], names[record["customer_id"]], words.PRODUCTS_ZH[record["product"]],
                      words.FAMILIES[record["family"]], None, record["unit_price"], record["amount"],
                      record["paid_amount"], record["margin"], record["rep"]]  # fmt: skip
            sheets.put(sheet, row, values)
            sheet.write_number(row, 4, record["quantity"])
            row += 1
        put_sums(sheets, sheet, row, f"{month}小计", lines)
        row += 1
    put_sums(sheets, sheet, row, "合计", orders)


def put_sums(sheets: Sheets, sheet: Any, row: int, label: str, lines: pd.DataFrame) -> None:
    sums = [round(float(lines[column].sum()), 2) for column in ("amount", "paid_amount", "margin")]
    sheets.put(sheet, row, [None, label, None, None, None, None, *sums], sheets.total)


def write_touches(sheets: Sheets, book: Book, title: str) -> None:
    heads = ["日期", "客户", "方式", "时长(分钟)", "是否接通", "跟进人"]
    sheet = sheets.add("跟进表", title, heads, 1)
    names = dict(zip(book["customers"]["customer_id"], book["customers"]["name"], strict=True))
    for row, record in enumerate(book["touches"].to_dict("records"), start=2):
        reached = {"yes": "是", "no": "否"}.get(record["reached"], "")
        values = [record["at"], names[record["customer_id"]], words.TOUCH_KINDS[record["kind"]],
                  record["minutes"], reached,
                  record["rep"]]  # fmt: skip
        sheets.put(sheet, row, values, sheets.plain)


def write_deals(sheets: Sheets, book: Book, title: str) -> None:
    heads = ["立项日期", "客户", "产品", "业务类型", "项目金额", "阶段", "结果", "预计签约", "实际签约", "丢单原因",
             "来源", "负责销售"]  # fmt: skip
    sheet = sheets.add("商机表", title, heads, 1)
    names = dict(zip(book["customers"]["customer_id"], book["customers"]["name"], strict=True))
    row = 2
    for row, record in enumerate(book["deals"].to_dict("records"), start=2):
        values = [record["opened_on"], names[record["customer_id"]], words.PRODUCTS_ZH[record["product"]],
                  words.DEAL_KINDS[record["kind"]], record["amount"], words.STAGES[record["stage"]],
                  words.STATES[record["state"]], record["expected_on"], record["closed_on"],
                  words.LOSS_REASONS[record["loss_reason"]], words.CHANNELS[record["channel"]],
                  record["rep"]]  # fmt: skip
        sheets.put(sheet, row, values)
    amount = float(book["deals"]["amount"].sum())
    sheets.put(sheet, row + 1, [None, "合计", None, None, amount], sheets.total)


def write_reps(sheets: Sheets, book: Book) -> None:
    heads = ["姓名", "部门", "职级", "每月工时", "每小时成本", "客户上限"]
    sheet = sheets.add("销售人员", "销售人员", heads, 1)
    for row, record in enumerate(book["reps"].to_dict("records"), start=2):
        values = [record["name"], words.TEAMS_ZH[record["team"]], words.SENIORITY[record["seniority"]],
                  record["hours_per_month"], record["cost_per_hour"], record["max_accounts"]]  # fmt: skip
        sheets.put(sheet, row, values, sheets.plain)


def write_spend(sheets: Sheets, book: Book) -> None:
    sheet = sheets.add("费用表", "市场与客户费用  (单位:元)", ["月份", "渠道", "客户等级", "金额"], 1)
    row = 2
    for row, record in enumerate(book["spend"].to_dict("records"), start=2):
        sheets.put(
            sheet, row, [None, words.SPEND_CHANNELS[record["channel"]], record["tier"], record["amount"]]
        )
        sheet.write_datetime(row, 0, datetime.combine(record["month"], datetime.min.time()), sheets.month)
    total = float(book["spend"]["amount"].sum())
    sheets.put(sheet, row + 1, ["合计", None, None, total], sheets.total)


def repack(path: Path) -> None:
    """Pack the parts again, as small as possible and without the time of day."""
    with zipfile.ZipFile(path) as packed:
        parts = [(name, packed.read(name)) for name in packed.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in parts:
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)


def write_workbook(book: Book, path: Path, first: date, last: date) -> None:
    """Write `book` to `path`; `first` and `last` are the days its titles name."""
    span = f"{first:%Y.%m.%d}—{last:%Y.%m.%d}"
    year = f"{last.year}年" if last == NEXT_ON else ""
    sheets = Sheets(path)
    write_customers(sheets, book, f"{last:%Y.%m.%d}")
    write_orders(sheets, book, f"{year}订单(单位:元)  {span}")
    write_touches(sheets, book, f"{year}跟进记录  {span}")
    write_deals(sheets, book, f"商机表(单位:元)  更新:{last:%Y.%m.%d}")
    write_reps(sheets, book)
    write_spend(sheets, book)
    sheets.book.close()
    repack(path)
