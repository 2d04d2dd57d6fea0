"""L15: contact lists are attached to companies; persons never become customers, messages never contacts."""

# ruff: noqa: E501 - rows stand as the files hold them

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from segmentation.i18n import Language
from tests.promises.promise import Brought, Promise
from tests.promises.table import workbook

NAME = "企业微信导出_20261130.xlsx"
CUSTOMERS = [
    ["客户编码", "客户名称", "客户简称", "地区", "联系人"],
    ["01010023", "昆山鸿特精密机械有限公司", "昆山鸿特", "江苏昆山", "张工"],
    ["01010024", "苏州鸿特自动化有限公司", "苏州鸿特", "江苏苏州", "刘经理"],
    ["01020007", "无锡锐泰动力科技有限公司", "无锡锐泰动力", "江苏无锡", "王总"],
    ["01030009", "常州永锐机床有限公司", "常州永锐", "江苏常州", None],
]
HEADER = ["成员", "客户昵称", "备注", "备注企业", "添加时间", "来源", "标签", "最近联系时间", "近30天消息数"]
PEOPLE = [
    HEADER,
    [
        "王磊",
        "张工",
        "鸿特-张工13800000023",
        "昆山鸿特",
        "2023-04-11 09:20",
        "扫描名片二维码",
        "A类;模具",
        "2026-11-29 18:03",
        46,
    ],
    ["陈晨", "张工", "鸿特张", None, "2025-08-02 14:11", "手机号搜索", None, "2026-10-08 10:00", 0],
    [
        "陈晨",
        "王总😊",
        "锐泰王总",
        "无锡锐泰动力科技有限公司",
        "2022-01-19 16:45",
        "群聊",
        "重点",
        "2026-11-30 21:44",
        112,
    ],
    ["王磊", "李姐", "常州永锐李姐", None, "2022-01-19 16:45", "群聊", None, "2026-11-28 21:44", 3],
    ["赵敏", "Nancy", None, None, "2026-11-21 11:02", "名片分享", "展会", "2026-11-21 11:02", 2],
    ["王磊", "赵工", "昆山鸿特-赵工", None, "2026-11-21 11:02", "群聊", None, "2026-11-21 11:02", 4],
    ["陈晨", "钱工", "钱工", "无锡锐泰动力科技", "2026-11-21 11:02", "群聊", None, "2026-11-21 11:02", 5],
]


def _files(customers: Sequence[Sequence[Any]] = CUSTOMERS) -> list[tuple[str, bytes]]:
    return workbook({"客户档案": customers, "客户联系": PEOPLE}, NAME)


def _attributes(brought: Brought) -> dict[str, dict[str, str]]:
    told = {row["customer_id"]: json.loads(row["attributes"] or "{}") for row in brought.rows("customers")}
    return {key: {n: t for n, t in texts.items() if n != "客户简称"} for key, texts in told.items()}


def _attached(brought: Brought) -> None:
    found = _attributes(brought)
    assert list(found) == ["01010023", "01010024", "01020007", "01030009"]
    assert found["01010023"] == {
        "联系人": "张工",
        "客户昵称": "张工 (王磊), 赵工 (王磊)",
        "近30天消息数": "50 (2026-11-30)",
    }
    assert found["01010024"] == {"联系人": "刘经理"}
    assert found["01020007"]["近30天消息数"] == "112 (2026-11-30)"
    assert found["01030009"] == {"客户昵称": "李姐 (王磊)", "近30天消息数": "3 (2026-11-30)"}
    assert brought.rows("touches") == []


def _share_is_said(brought: Brought) -> None:
    _attached(brought)
    issue = brought.issue("i.contacts.lost")
    assert (issue.rows, issue.facts["attached"], issue.facts["n"], issue.facts["companies"]) == (3, 4, 7, 3)
    assert issue.cells == ("客户联系!D3", "客户联系!D6", "客户联系!D8")
    text = Language("zh").say(issue.code, **dict(issue.facts))
    assert "3 行（43%）" in text and "鸿特张, Nancy, 无锡锐泰动力科技" in text
    (account,) = [one for one in brought.accounts if one.sheet == "客户联系"]
    assert (account.read, account.accepted, account.excluded) == (7, 4, 3)
    assert "2026-11-30" in Language("en").say("i.messages", **dict(brought.issue("i.messages").facts))
    (question,) = [one for one in brought.questions if one.code == "ask.alias.rows"]
    assert (question.facts["a"], question.facts["b"]) == ("无锡锐泰动力科技", "无锡锐泰动力科技有限公司")


def _pair_holds(brought: Brought) -> None:
    told = _attributes(brought)["01020007"]
    assert told == {
        "联系人": "王总",
        "客户昵称": "王总😊 (陈晨), 钱工 (陈晨)",
        "近30天消息数": "117 (2026-11-30)",
    }
    assert brought.issue("i.contacts.lost").rows == 2


def _nobody_is_a_customer(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("orders")] == ["昆山鸿特"]
    assert brought.rows("customers") == []
    assert brought.issue("i.contacts.alone").facts["n"] == 7


ORDER = [["日期", "客户", "金额"], ["2026-11-03", "昆山鸿特", 10]]
PROMISES = (
    Promise("L15", "ASK", _files, ("i.contacts.lost", "i.messages"), _share_is_said, name="attached by company or remark"),
    Promise("L15", "ASK", _files, then=_pair_holds, answers={"alias": "无锡锐泰动力科技有限公司"}, name="by a confirmed pair"),
    Promise(
        "L15", "ASK", _files, then=_pair_holds, given=lambda: workbook({"客户档案": CUSTOMERS[:2], "客户联系": PEOPLE}, NAME),
        answers={"alias": "无锡锐泰动力科技有限公司"}, name="a second month",
    ),
    Promise(
        "L15", "FIX", lambda: workbook({"订单表": ORDER, "客户联系": PEOPLE}), ("i.contacts.alone",), _nobody_is_a_customer,
        name="without a customer list",
    ),
    Promise("L15", "STOP", lambda: workbook({"客户联系": PEOPLE}), ("e.contacts",), name="alone"),
)  # fmt: skip
