"""Workbook 1: a machine builder's four files of November 2026 (all invented).

ERP report, customers, projects, contacts.
"""

# ruff: noqa: E501 - rows stand as the files hold them
from __future__ import annotations

import csv
import io

import xlsxwriter
import xlwt

DELIVERY_HEADER = [
    "单据日期",
    "发货单号",
    "客户编码",
    "客户简称",
    "业务员",
    "部门",
    "存货编码",
    "存货名称",
    "数量",
    "含税单价",
    "无税金额",
    "税额",
    "价税合计",
    "毛利",
    "备注",
]
NOTE = "制单: 周敏    审核: 李芳    第 1 页 共 37 页"
_LINES = """
2026-11-03|XSFH2611-0007|01010023|昆山鸿特|王磊|华东一部|03020011|电主轴 HT-630|2|84,000.00|148,672.57|19,327.43|168,000.00|41,200.00|
||01010023|昆山鸿特|王磊|华东一部|05010102|密封圈|20|45.00|796.46|103.54|900.00|520.00|
|||昆山鸿特 小计|||||22||149,469.03|19,430.97|168,900.00|41,720.00|
2026-11-12|XSFH2611-0031|01020007|无锡锐泰动力|陈晨|华东一部|01010003|立式加工中心 V8|1|356,000.00|315,044.25|40,955.75|356,000.00|61,500.00|首付30%
2026-11-18|XSFH2611-0044|01010023|昆山鸿特|王磊|华东一部|03020011|电主轴 HT-630|-1|84,000.00|-74,336.28|-9,663.72|-84,000.00|-20,600.00|红字, 冲XSFH2610-0102
2026-11-25|XSFH2611-0058|02010115|南京苏原(原南京苏源)|刘洋(离职)|华东二部|05010077|刀塔备件包|12|1,380.00|14,654.87|1,905.13|16,560.00|6,200.00|
2026-11-27|XSFH2611-0063|01030009|常州永锐|赵敏|华东二部|05010090|滚珠丝杠|4|12,600.00|44,601.77|5,798.23|50,400.00|11,030.00|
合计||||||||38||449,433.64|58,426.36|507,860.00|{margin_total}|
"""
CUSTOMER_HEADER = [
    "客户编码",
    "客户名称",
    "客户简称",
    "所属集团",
    "地区",
    "行业",
    "客户级别",
    "业务员",
    "信用额度",
    "应收余额",
    "首次合作",
    "年产值",
    "联系人",
    "手机",
]
_CUSTOMERS = """
01010023|昆山鸿特精密机械有限公司|昆山鸿特|鸿特集团|江苏昆山|模具|A|王磊|200|38.6|2018.05|12000|张工|13800000023
01010024|苏州鸿特自动化有限公司|苏州鸿特|鸿特集团|江苏苏州|自动化|B|陈晨|50|0|2023.11|3500|刘经理|1.38E+10
01020007|无锡锐泰动力科技有限公司|无锡锐泰动力||江苏无锡|汽车零部件|A+|陈晨|300|249.2|2020年3月|45000|王总|13900000007
02010115|南京苏原重工有限公司|南京苏原||江苏南京|工程机械|C|刘洋|20|1.66|2015-09-01|||
02010116|南京苏原重工有限公司(停用)|南京苏源||江苏南京|工程机械|c|||0|2015-09-01|||
01030009|常州永锐机床有限公司|常州永锐||江苏常州|机床|待定|赵敏|80|5.04|2024/7|8000|赵厂长|13700000009
"""
PROJECT_HEADER = [
    "项目编号",
    "客户",
    "设备型号",
    "预计金额(万元)",
    "阶段",
    "成功率",
    "预计签约",
    "实际签约",
    "结果",
    "丢单原因",
    "最近进展",
]
PROJECTS = {
    "王磊": ["XM26-031|昆山鸿特|V8×3|106.8|合同谈判|80%|12月底||||11.20 商务谈判, 要求账期90天"],
    "陈晨": [
        "XM26-044|苏州鸿特自动化|V6|28|招投标|0.5|2027年春节后||||11.3电话 11.12上门 等年后预算",
        "XM26-018|无锡锐泰|产线改造|480|赢单|100%|2026/10/30|2026/11/12|赢||",
    ],
    "赵敏": [
        "XM26-027|常州永锐|V8|35.6|丢单|0|2026/9/30|2026/11/6|丢|价格|竞品低 12%",
        "XM26-009|南京苏原|HT-630|8.4|搁置||2026/6/30||||客户停产",
        "|江阴某客户|V8|约35|线索|20%|||||展会认识",
    ],
}
VISIT_HEADER = ["审批编号", "提交人", "客户名称", "拜访方式", "开始时间", "结束时间", "拜访内容", "审批状态"]
_VISITS = """
202611030004|王磊|昆山鸿特|上门|2026-11-03 13:30|2026-11-03 16:00|电主轴安装|已通过
202611050011|王磊|昆山鸿特|上门|2026-11-05 09:00|2026-11-07 18:00|驻场调试|已通过
202611120002|陈晨|无锡锐泰动力|高层拜访|2026-11-12 10:00|2026-11-12 11:30|签约|已通过
202611190007|赵敏|常州永瑞|电话|2026-11-19 15:00|2026-11-19 15:00|丢单回访|已撤销
"""
CONTACT_HEADER = [
    "成员",
    "客户昵称",
    "备注",
    "备注企业",
    "添加时间",
    "来源",
    "标签",
    "最近联系时间",
    "近30天消息数",
]
_CONTACTS = """
王磊|张工|鸿特-张工13800000023|昆山鸿特|2023-04-11 09:20|扫描名片二维码|A类;模具|2026-11-29 18:03|46
陈晨|张工|鸿特张||2025-08-02 14:11|手机号搜索||2026-10-08 10:00|0
陈晨|王总😊|锐泰王总|无锡锐泰动力科技有限公司|2022-01-19 16:45|群聊|重点|2026-11-30 21:44|112
赵敏|Nancy|||2026-11-21 11:02|名片分享|展会|2026-11-21 11:02|2
刘洋|苏原采购|苏原采购小李|南京苏源|2021-06-30 08:31|其他|C|2026-03-02 09:12|0
"""


def rows_of(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.strip().split("\n")]


def delivery_rows(margin_total: str = "99,850.00") -> list[list[str]]:
    """All rows of 1a as texts, title rows to page foot; the sheet's margin total can be made wrong."""
    return [
        ["苏州恒拓机械有限公司"],
        ["销售发货明细表"],
        ["期间: 2026-11-01 至 2026-11-30", *[""] * 12, "打印人: 周敏  打印日期: 2026-12-01 08:52"],
        DELIVERY_HEADER,
        *rows_of(_LINES.format(margin_total=margin_total)),
        [],
        [NOTE],
    ]


def deliveries_xls(margin_total: str = "99,850.00") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("销售发货明细表")
    for row, cells in enumerate(delivery_rows(margin_total)):
        for column, text in enumerate(cells):
            if row < 2 and column == 0:
                sheet.write_merge(row, row, 0, 15, text)
            elif text:
                sheet.write(row, column, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def deliveries_csv() -> bytes:
    """1a saved as CSV by Chinese Excel."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([cells + [""] * (15 - len(cells)) for cells in delivery_rows()])
    return out.getvalue().encode("gb18030")


def _workbook(sheets: dict[str, list[list[str]]], numbers: tuple[str, ...] = ()) -> bytes:
    """Sheets of texts; columns named in `numbers` are written as number cells where they are numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        header = next((row for row in rows if set(numbers) & set(row)), [])
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                if column < len(header) and header[column] in numbers and text.replace(".", "", 1).isdigit():
                    sheet.write_number(row, column, float(text))
                elif text:
                    sheet.write_string(row, column, text)
    book.close()
    return out.getvalue()


def customers_xlsx() -> bytes:
    body = [["客户档案(金额单位:万元)"], CUSTOMER_HEADER, *rows_of(_CUSTOMERS)]
    numbers = ("信用额度", "应收余额", "年产值")
    return _workbook({"客户档案": body, "说明": [["本表每月更新"], ["颜色无含义"]]}, numbers)


def projects_xlsx() -> bytes:
    sheets = {
        name: [["2026年项目跟踪"], PROJECT_HEADER, *(r.split("|") for r in rows)]
        for name, rows in PROJECTS.items()
    }
    pivot = [
        ["销售", "项目数", "预计金额合计"],
        ["王磊", "1", "106.8"],
        ["陈晨", "2", "508"],
        ["总计", "3", "614.8"],
    ]
    return _workbook(sheets | {"汇总": pivot}, ("预计金额(万元)",))


def visits_xlsx() -> bytes:
    return _workbook(
        {"客户联系": [CONTACT_HEADER, *rows_of(_CONTACTS)], "拜访记录": [VISIT_HEADER, *rows_of(_VISITS)]}
    )


def files() -> list[tuple[str, bytes]]:
    """The four files of the month."""
    return [
        ("销售发货明细表_202611.xls", deliveries_xls()),
        ("客户档案2026.xlsx", customers_xlsx()),
        ("2026年项目跟踪表.xlsx", projects_xlsx()),
        ("企业微信导出_20261130.xlsx", visits_xlsx()),
    ]
