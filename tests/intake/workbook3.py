"""Workbook 3: a small trading company, one Excel file for everything, no ids (all invented)."""

from __future__ import annotations

import io

import xlsxwriter

NAME = "2026年客户订单跟进.xlsx"
YEAR = 2026
UNTIL = "2026.11.30"
_CUSTOMERS = """
序号|客户名称|联系人|电话|地区|主要产品|去年销售额|今年累计|欠款|客户等级|跟进人|最近联系|是否成交|备注
1|宁波海昌五金制品有限公司|李姐|0574-87650001|宁波|轴承|86.5|74.2|12|A|小周|11.28|是|老客户
2|宁波海昌五金|李姐||宁波|密封件||3.1|||小周||√|同上,开另一家票
3|温州科达（中国）泵业|陈总|138 0000 0003|温州|密封件|22|25.85|/|B|小吴|11月5日|是|
4|台州三禾机电|王先生|13900000004|台州||-|0||新|小吴|2026.11.21|否|展会,要报价
5|义乌顺达贸易|||义乌|轴承、密封件|9.8|1.2|1.2|C|老板|半年前|是|黄色=催款
|合计|||||118.3|104.35|13.2|||||
"""
_ORDERS = """
11.3|宁波海昌五金制品有限公司|轴承6204|2000|8.5|17000|17000|小周|已开
11.3||轴承6308|500|26|13000|0|小周|未开
11.1|温州科达(中国)泵业|机械密封|30|350|10500|10500|小吴|已开
2026/11/18|宁波海昌五金|骨架油封|1000|3.1|3100||小周|不开
11月20日|温州科达（中国）泵业|退货 机械密封|2|350|-700|-700|小吴|红冲
|11月小计||||42900|26800||
12.2|义乌顺达|轴承6204|100|9|900|待付|老板|
"""
_TOUCHES = """
日期|客户|方式|内容|下次跟进|跟进人|结果
11.5|温州科达|微信|发了新报价|下周三|小吴|
11.6|台州三禾机电|电话|没打通||小吴|
11.21|台州三禾机电|上门|11.21上门 11.25寄样 样品6204|12.1|小吴|有意向
11.28|宁波海昌五金制品有限公司|微信|催款|年后|小周|
|义乌顺达贸易|电话|说今年不做了||老板|流失
"""
_MONTHS = """
客户|1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月|合计
宁波海昌五金制品有限公司|6.8|5.2|7.1|8.1|7.4|6.6|7.9|8.2|7.0|6.9|3.0||74.2
温州科达（中国）泵业|2.1|0|3.3|2.9|3.1|2.4|2.87|2.6|3.0|2.6|0.98||25.85
"""


def _rows(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.strip().split("\n")]


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit() and not (
        text.startswith("0") and text[1:2].isdigit()
    )


def _fill(sheet: xlsxwriter.worksheet.Worksheet, first: int, rows: list[list[str]]) -> None:
    for row, cells in enumerate(rows, start=first):
        for column, text in enumerate(cells):
            if _is_number(text) and len(text) < 10:
                sheet.write_number(row, column, float(text))
            elif text:
                sheet.write_string(row, column, text)


def workbook() -> bytes:
    """The file as the assistant keeps it: merged titles, a two-row header, merged customer cells, hidden 提成."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    customers = book.add_worksheet("客户表")
    customers.merge_range(0, 0, 0, 13, f"{YEAR}年客户表  (单位:万元)   更新:{UNTIL}")
    _fill(customers, 2, _rows(_CUSTOMERS))
    customers.autofilter(2, 0, 8, 13)
    orders = book.add_worksheet("订单表")
    orders.merge_range(0, 0, 0, 8, f"{YEAR}年订单(单位:元)")
    for column, text in enumerate(["日期", "客户", "产品", "数量", "单价"]):
        orders.merge_range(1, column, 2, column, text)
    orders.merge_range(1, 5, 1, 6, "金额")
    orders.write_string(2, 5, "应收")
    orders.write_string(2, 6, "已收")
    orders.merge_range(1, 7, 2, 7, "经手人")
    orders.merge_range(1, 8, 2, 8, "开票")
    _fill(orders, 3, _rows(_ORDERS))
    if "11.3||" in _ORDERS:
        orders.merge_range(3, 1, 4, 1, "宁波海昌五金制品有限公司")
    touches = book.add_worksheet("跟进表")
    touches.write_string(0, 0, f"{YEAR}年跟进记录")
    _fill(touches, 1, _rows(_TOUCHES))
    _fill(book.add_worksheet("月度汇总"), 0, _rows(_MONTHS))
    commission = book.add_worksheet("提成")
    commission.write_row(0, 0, ["销售", "提成"])
    commission.write_row(1, 0, ["小周", "8800"])
    commission.hide()
    book.add_worksheet("Sheet5")
    book.close()
    return out.getvalue()


def files() -> list[tuple[str, bytes]]:
    return [(NAME, workbook())]
