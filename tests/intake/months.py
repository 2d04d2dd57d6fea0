"""The second and third month of the three companies, as "From month to month" of the workbooks describes them."""

# ruff: noqa: E501 - rows stand as the files hold them
from __future__ import annotations

import io
import random

import xlwt

from tests.intake import workbook1, workbook2, workbook3

Files = list[tuple[str, bytes]]
# 事业部 before 业务员, 存货名称 called 产品名称: the report of December on.
DELIVERIES = [
    "单据日期", "发货单号", "客户编码", "客户简称", "事业部", "业务员", "部门", "存货编码", "产品名称", "数量", "含税单价", "无税金额",
    "税额", "价税合计", "毛利", "备注",
]  # fmt: skip
_DECEMBER = """
2026-11-30|XSFH2611-0071|01020007|无锡锐泰动力|机床|陈晨|华东一部|05010102|密封圈|10|45.00|398.23|51.77|450.00|260.00|
2026-12-03|XSFH2612-0002|01010023|昆山鸿特|机床|王磊|华东一部|05010102|密封圈|20|45.00|796.46|103.54|900.00|520.00|
2026-12-04|XSFH2612-0005|01020007|无锡锐泰动力|机床|陈晨|华东一部|05010102|密封圈|-10|45.00|-398.23|-51.77|-450.00|-260.00|红字, 冲XSFH2611-0071
2026-12-18|XSFH2612-0031|02010117|江苏苏原重工|机床|赵敏|华东二部|05010077|刀塔备件包|6|1,380.00|7,327.43|952.57|8,280.00|3,100.00|
合计|||||||||26||8,123.89|1,056.11|9,180.00|3,620.00|
"""
_JANUARY = """
2027-01-08|XSFH2701-0001|01010023|昆山鸿特|机床|王磊|华东一部|03020011|电主轴 HT-630|1|84,000.00|74,336.28|9,663.72|84,000.00|20,600.00|
2027-01-20|XSFH2701-0009|01030009|常州永锐|机床|赵敏|华东二部|05010090|滚珠丝杠|2|12,600.00|22,300.88|2,899.12|25,200.00|5,515.00|
合计|||||||||3||96,637.16|12,562.84|109,200.00|26,115.00|
"""


def _deliveries(month: str, lines: str) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("销售发货明细表")
    rows = [
        ["苏州恒拓机械有限公司"],
        ["销售发货明细表"],
        [f"期间: {month}"],
        DELIVERIES,
        *workbook1.rows_of(lines),
        [],
        [workbook1.NOTE],
    ]
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text:
                sheet.write(row, column, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _customers() -> bytes:
    """刘洋 left: his customers are 赵敏's now; the renamed firm has one code more."""
    rows = [list(row) for row in workbook1.rows_of(workbook1._CUSTOMERS)]
    for row in rows:
        row[7] = "赵敏" if row[7] == "刘洋" else row[7]
    rows.append(
        [
            "02010117",
            "江苏苏原重工有限公司",
            "江苏苏原",
            "",
            "",
            "工程机械",
            "C",
            "赵敏",
            "20",
            "1.66",
            "2015-09-01",
            "",
            "",
            "",
        ]
    )
    return workbook1._workbook(
        {"客户档案": [["客户档案(金额单位:万元)"], workbook1.CUSTOMER_HEADER, *rows]},
        ("信用额度", "应收余额", "年产值"),
    )


def _projects(year: int, projects: dict[str, list[str]], in_yuan: str = "") -> bytes:
    sheets = {}
    for name, lines in projects.items():
        header = list(workbook1.PROJECT_HEADER)
        if name == in_yuan:
            header[3] = "预计金额(元)"
        sheets[name] = [[f"{year}年项目跟踪"], header, *(line.split("|") for line in lines)]
    return workbook1._workbook(sheets)


def machines() -> list[Files]:
    """Workbook 1: November, December, January."""
    december = {name: list(lines) for name, lines in workbook1.PROJECTS.items()}
    december["王磊"] = [
        "XM26-031|昆山鸿特|V8×3|1068000|合同谈判|90%|12月底||||11.20 商务谈判, 要求账期90天 12.8上门"
    ]
    december["赵敏"] = [line for line in december["赵敏"] if not line.startswith("|")]
    january = {
        "王磊": ["XM26-031|昆山鸿特|V8×3|106.8|赢单|100%|12月底|2027/1/15|赢||"],
        "陈晨": [december["陈晨"][0]],
        "赵敏": [line for line in december["赵敏"] if "搁置" in line],
    }
    return [
        workbook1.files(),
        [
            ("销售发货明细表_202612.xls", _deliveries("2026-12-01 至 2026-12-31", _DECEMBER)),
            ("客户档案2026.xlsx", _customers()),
            ("2026年项目跟踪表.xlsx", _projects(2026, december, in_yuan="王磊")),
        ],
        [
            ("销售发货明细表_202701.xls", _deliveries("2027-01-01 至 2027-01-31", _JANUARY)),
            ("客户档案2027.xlsx", _customers()),
            ("2027年项目跟踪表.xlsx", _projects(2027, january)),
        ],
    ]  # fmt: skip


def _exports(day: str, accounts: str, deals: str, activities: str, report: str = "Opportunities") -> Files:
    return [
        (f"Accounts_{day}.csv", workbook2._csv(accounts)),
        (f"{report}_{day}.csv", workbook2._csv(deals, workbook2.CLOSING)),
        (f"Activities_{day}.csv", workbook2._csv(activities)),
    ]


def software() -> list[Files]:
    """Workbook 2: the full lists of 1 December, 4 January and 1 February."""
    accounts = workbook2._ACCOUNTS.replace("ICP Tier", "Segment Tier").replace(
        "|Mai Ito|", "|Mai Ito (inactive)|"
    )
    # Oakline was merged into Calder: its id is gone, its deal is Calder's.
    accounts = "\n".join(line for line in accounts.strip().split("\n") if "Oakline" not in line)
    deals = workbook2._DEALS.replace("|Mai Ito|", "|Mai Ito (inactive)|")
    deals = deals.replace("0015g00000Q1mmAAAR|Oakline – Renewal", "0015g00000XyZaBAAV|Oakline – Renewal")
    deals = deals.replace("64,000.00|USD|64,000.00", "64,000.00|USD|60,000.00")
    deals = deals.replace(
        "|Verbal|GBP|24,000.00|USD|30,400.00|12|12/31/2026|9/3/2026|0|0|",
        "|Closed Won|GBP|26,000.00|USD|33,000.00|12|12/18/2026|9/3/2026|1|1|",
    )
    deals = deals.replace(
        "|Discovery|USD||USD||36|10/31/2026|", "|Security review|USD|9,000.00|USD|9,000.00|36|3/31/2027|"
    )
    whole = "Calder DE – 3 year|New Business|Closed Won|EUR|60,000.00|USD|64,800.00|36|9/30/2024|"
    deals = deals.replace(
        whole,
        whole.replace("60,000.00|USD|64,800.00|36", "20,000.00|USD|21,600.00|12").replace("3 year", "year 1"),
    )
    deals = deals.rstrip() + "\n" + "\n".join(
        f"0065g00000AAb{code}|0015g00000XyZabAAF|Calder DE – year {year}|Renewal|Closed Won|EUR|20,000.00|USD|21,600.00|12|9/30/{2023 + year}|6/1/2024|1|1|Priya Nair|Referral|"
        for year, code in ((2, "ccAAAT"), (3, "ccBAAT"))
    ) + "\n"  # fmt: skip
    activities = workbook2._ACTIVITIES.replace("11/", "12/")
    return [
        workbook2.files(),
        _exports("2027-01-04", accounts, deals, activities),
        _exports("2027-02-01", accounts, deals, activities, "Opportunities FY28"),
    ]


def _book(year: int, until: str, orders: list[str], **changed: str) -> bytes:
    """Workbook 3 with another title and other rows; what is not changed stays as the assistant has it."""
    kept = {
        name: getattr(workbook3, name)
        for name in ("_CUSTOMERS", "_ORDERS", "_TOUCHES", "_MONTHS", "YEAR", "UNTIL")
    }
    try:
        for name, text in changed.items():
            setattr(workbook3, name, text)
        workbook3._ORDERS, workbook3.YEAR, workbook3.UNTIL = "\n".join(orders), year, until
        return workbook3.workbook()
    finally:
        for name, value in kept.items():
            setattr(workbook3, name, value)


def trading() -> list[Files]:
    """Workbook 3: November, December, and January's copy of the file under the new year's name."""
    orders = workbook3._ORDERS.strip().split("\n")
    paid = [line.replace("13000|0|", "13000|13000|").replace("900|待付", "900|900") for line in orders]
    paid = [line.replace("义乌顺达|", "义乌顺达贸易|").replace("42900|26800", "44900|41800") for line in paid]
    paid.insert(4, "11.16|台州三禾机电|轴承6204|200|10|2000|2000|小吴|已开")
    rng = random.Random(4)
    added = [
        f"12.{day}|温州科达(中国)泵业|机械密封|{n}|350|{n * 350}|0|小吴|未开"
        for day, n in zip((8, 15, 22), rng.sample(range(2, 9), 3), strict=True)
    ]
    december = _book(
        2026,
        "2026.12.31",
        [*paid, *added],
        _CUSTOMERS=_with_kind(workbook3._CUSTOMERS)
        .replace("|12|A|", "|0|B|")
        .replace("0574-87650001", "57487650001"),
        _TOUCHES="日期|客户|方式|内容|下次跟进|跟进人|结果",
    )
    january = _book(
        2027,
        "2027.1.31",
        [
            "1.6|宁波海昌五金制品有限公司|轴承6204|100|8.5|850|0|小周|未开",
            "1.9|义乌顺达贸易|轴承6204|50|9|450|450|老板|",
        ],
        _CUSTOMERS=_with_kind(workbook3._CUSTOMERS).replace("|12|A|", "|0|B|"),
        _TOUCHES="日期|客户|方式|内容|下次跟进|跟进人|结果\n1.7|温州科达|微信|新年问候||小吴|",
        _MONTHS="客户|1月|2月|合计\n宁波海昌五金制品有限公司|0.085||0.085",
    )
    return [workbook3.files(), [(workbook3.NAME, december)], [("2027年客户订单跟进.xlsx", january)]]  # fmt: skip


def _with_kind(customers: str) -> str:
    """A column 业务类型 at the end."""
    first, *rest = customers.strip().split("\n")
    return "\n".join([f"{first}|业务类型", *(f"{line}|零件" for line in rest)])
