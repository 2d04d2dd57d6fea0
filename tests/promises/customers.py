"""L12 to L22: who is who, what was done with whom, and what stays from month to month."""

# ruff: noqa: E501 - rows stand as the files hold them

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from segmentation.features import build_features
from segmentation.i18n import Language
from segmentation.intake.uploads import Issue
from segmentation.journal import Journal
from segmentation.store_books import READING
from segmentation.store_meanings import open_root
from tests.promises.promise import TODAY, Brought, Promise
from tests.promises.table import csv_file, saved, workbook

CRM = "account id,account name,owner\n0015g00000XyZaB,Calder Ltd,Ann\n0015g00000XyZab,Calder GmbH,Ann\n"
CRM_DEALS = "opportunity id,account id,stage,amount,close date,created date\n"
LONG = (
    CRM_DEALS
    + "D1,0015g00000XyZaBAAV,won,1,2026-03-01,2026-01-01\nD2,0015g00000XyZabAAF,won,2,2026-03-02,2026-01-01\n"
)
SEVERAL = CRM_DEALS + "D1,0015g00000XyZab;0015g00000XyZaB,won,1,2026-03-01,2026-01-01\n"


def _case_and_length_of_ids(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("deals")] == ["0015g00000XyZaB", "0015g00000XyZab"]
    assert len(brought.rows("customers")) == 2


def _long_in_the_list(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("deals")] == ["0015g00000XyZaBAAV", "0015g00000XyZabAAF"]


def _first_id_is_main(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("deals")] == ["0015g00000XyZab"]


def _whole_cell(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("deals")] == ["0015g00000XyZab;0015g00000XyZaB"]


NAMES = [
    ["客户名称", "地区", "业务员"],
    ["温州科达（中国）泵业", "温州", "小吴"],
    ["义乌顺达贸易", "义乌", "小周"],
]
SALES = [["日期", "客户", "金额"], ["2026-11-03", "温州科达(中国)泵业 ", 10], ["2026-11-04", "义乌顺达", 20]]
BY_NAME = {"客户表": NAMES, "订单表": SALES}


def _names_are_the_key(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("customers")] == ["温州科达(中国)泵业", "义乌顺达贸易"]
    assert [r["customer_id"] for r in brought.rows("orders")] == ["温州科达(中国)泵业", "义乌顺达"]


def _suggested_with_share(brought: Brought) -> None:
    (question,) = [one for one in brought.questions if one.code == "ask.alias"]
    assert (question.facts["a"], question.facts["b"], question.facts["amount"]) == (
        "义乌顺达",
        "义乌顺达贸易",
        "20",
    )
    assert question.proposed == "separate"
    assert brought.issue("i.unknown.orders").rows == 1


def _pair_holds(brought: Brought) -> None:
    # What is written stays in the rows, what is meant is read.
    assert {r["customer_id"] for r in brought.rows("orders")} == {"温州科达(中国)泵业", "义乌顺达"}
    assert _bought(brought) == {"温州科达(中国)泵业": 10, "义乌顺达贸易": 20}
    assert "i.unknown.orders" not in brought.codes
    (event,) = Journal(brought.store.path).events("alias")
    assert (event.key, dict(event.payload)) == ("义乌顺达", {"who": "customer", "meant": "义乌顺达贸易"})


def _bought(brought: Brought) -> dict[str, float]:
    """What each customer bought as the version served has it."""
    with brought.store.open() as book:
        found = build_features(book, book.data_through_on or TODAY, None)
    return {str(who): float(amount) for who, amount in found["total_amount"].items() if amount}


TOUCHES = [
    ["日期", "客户", "方式", "内容", "跟进人"],
    ["2026-11-05", "温州科达", "微信", "发了新报价", "小吴"],
    ["2026-11-10", "台州三禾", "上门", "11.3电话 11.10上门 王总说年后再定", "小吴"],
    ["2026-11-12", "台州三禾", "电话", "没打通", "小吴"],
]


def _one_each_date(brought: Brought) -> None:
    rows = sorted((r["at"], r["customer_id"], r["kind"]) for r in brought.rows("touches"))
    assert rows == [
        (datetime(2026, 11, 3), "台州三禾", "call"),
        (datetime(2026, 11, 5), "温州科达", "message"),
        (datetime(2026, 11, 10), "台州三禾", "visit"),
        (datetime(2026, 11, 12), "台州三禾", "not_reached"),
    ]
    assert len({r["row_key"] for r in brought.rows("touches")}) == 4


def _cells_as_they_are(brought: Brought) -> None:
    assert len(brought.rows("touches")) == 3


KINDS = "date,account id,type,subject,assigned\n" + "".join(
    f"2026-11-{day:02d},C1,{kind},{subject},Ann\n"
    for day, (kind, subject) in enumerate(
        [
            ("Call", "x"),
            ("Email", "Re: y"),
            ("Meeting", "z"),
            ("Email", "[Sequence] Step 3"),
            ("Call", "no answer"),
        ],
        1,
    )
)


def _kinds(brought: Brought) -> None:
    found = [r["kind"] for r in brought.rows("touches")]
    assert found == ["call", "email", "meeting", "automatic", "not_reached"]


def _colours_are_said_once(brought: Brought) -> None:
    assert sum("olours and comments are not read" in _in_english(i) for i in brought.issues) == 1


def _colours_are_not_said(brought: Brought) -> None:
    assert not any("olour" in _in_english(issue) for issue in brought.issues)


def _in_english(issue: Issue) -> str:
    return Language("en").say(issue.code, **dict(issue.facts))


def _coloured(sheet: Any) -> None:
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFF00")


def _commented(sheet: Any) -> None:
    sheet["B2"].comment = Comment("owes money", "Ann")


def _hidden(sheet: Any) -> None:
    _coloured(sheet)
    sheet.parent.create_sheet("提成").sheet_state = "hidden"


def _marked(mark: Callable[[Any], None], name: str = "orders.xlsx") -> list[tuple[str, bytes]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook(BY_NAME)[0][1]))
    mark(book["客户表"])
    return saved(book, name)


OLD = "客户,日期,金额\nA,2025-11-03,1\nB,2025-12-04,2\n"
NEW = "客户,日期,金额\nA,2026-01-05,4\n"


def _old_year_is_kept(brought: Brought) -> None:
    with brought.store.open() as book:
        rows = book.query("months")
    assert [str(month)[:7] for month in rows["month"]] == ["2025-11", "2025-12", "2026-01"]
    assert list(rows["amount"]) == [1.0, 2.0, 4.0]


def _absent_customers_are_kept(brought: Brought) -> None:
    with brought.store.open() as book:
        assert book.query("summary")["customers"].iloc[0] == 2


SOLD = "客户,日期,金额,业务员\nA,2026-11-03,1,刘洋\nA,2026-11-04,2,刘洋(离职)\nB,2026-11-05,3,Jane Doe (inactive)\n"


WRITTEN = ["刘洋", "刘洋(离职)", "Jane Doe (inactive)"]


def _sold(brought: Brought) -> list[str]:
    """Who sold, as the version served has it."""
    assert brought.version is not None
    meant = open_root(brought.store.path / brought.version.data, brought.version.aliases, READING)
    return [row[0] for row in meant.execute("SELECT rep FROM orders ORDER BY ordered_on").fetchall()]


def _one_seller(brought: Brought) -> None:
    assert [r["rep"] for r in brought.rows("orders")] == WRITTEN
    assert _sold(brought) == ["刘洋", "刘洋", "Jane Doe"]


def _as_written(brought: Brought) -> None:
    assert _sold(brought) == WRITTEN


TERMS = "opportunity id,account id,stage,amount,contract term (months),close date\nD1,C1,won,64800,36,2026-03-01\nD2,C1,won,12000,12,2026-03-02\n"


def _yearly(brought: Brought) -> None:
    assert [r["amount"] for r in brought.rows("deals")] == [21_600, 12_000]
    assert brought.rows("deals")[0]["closed_on"] == date(2026, 3, 1)


def _whole_amount(brought: Brought) -> None:
    assert [r["amount"] for r in brought.rows("deals")] == [64_800, 12_000]


def _crm(deals: str, accounts: str = CRM) -> list[tuple[str, bytes]]:
    return [*csv_file(accounts, name="accounts.csv"), *csv_file(deals, name="deals.csv")]


LONG_ACCOUNTS = CRM.replace("XyZaB,", "XyZaBAAV,").replace("XyZab,", "XyZabAAF,")
SHORT_DEALS = LONG.replace("AAV", "").replace("AAF", "")
PROMISES = (
    Promise("L12", "ASK", lambda: _crm(SEVERAL), ("ask.ids",), _first_id_is_main, name="several ids"),
    Promise(
        "L12", "ASK", lambda: _crm(SEVERAL), ("ask.ids",), _whole_cell, answers={"ids": "whole"}, name="one id of several parts",
    ),
    Promise("L12", "FIX", lambda: _crm(LONG), ("i.linked",), _case_and_length_of_ids, name="18 to 15, case kept"),
    Promise("L12", "FIX", lambda: _crm(SHORT_DEALS, LONG_ACCOUNTS), ("i.linked",), _long_in_the_list, name="15 to 18"),
    Promise("L13", "ASK", lambda: workbook(BY_NAME), ("ask.key",), _names_are_the_key),
    Promise("L14", "ASK", lambda: workbook(BY_NAME), ("ask.alias",), _suggested_with_share, name="suggested"),
    Promise(
        "L14", "ASK", lambda: workbook(BY_NAME), then=_pair_holds, answers={"alias": "义乌顺达贸易"}, name="confirmed",
    ),
    Promise("L16", "ASK", lambda: workbook({"跟进表": TOUCHES, "2026年": [["x"]]}, "2026年跟进.xlsx"), ("ask.several",), _cells_as_they_are, name="offered"),
    Promise(
        "L16", "ASK", lambda: workbook({"跟进表": TOUCHES}, "2026年跟进.xlsx"), ("ask.several",), _one_each_date,
        answers={"several": "yes"}, name="one follow-up per date",
    ),
    Promise("L17", "OK", lambda: csv_file(KINDS, name="activities.csv"), then=_kinds),
    Promise("L18", "ASK", lambda: _marked(_coloured), ("n.marks",), _colours_are_said_once, name="a coloured cell"),
    Promise("L18", "ASK", lambda: _marked(_commented), ("n.marks",), _colours_are_said_once, name="a comment"),
    Promise(
        "L18", "ASK", lambda: [*_marked(_coloured), *_marked(_coloured, "second.xlsx")], ("n.marks",),
        _colours_are_said_once, name="two coloured workbooks",
    ),
    Promise("L18", "ASK", lambda: _marked(_hidden), ("up.hidden",), _colours_are_said_once, name="with a hidden sheet"),
    Promise("L18", "ASK", lambda: workbook(BY_NAME), then=_colours_are_not_said, name="no colours, nothing said"),
    Promise(
        "L19", "OK", lambda: csv_file(NEW, name="订单.csv"), then=_old_year_is_kept,
        given=lambda: csv_file(OLD, name="订单.csv"),
    ),
    Promise(
        "L20", "ASK", lambda: csv_file("customer id,customer name,region\nC1,Anna,North\n", name="customers.csv"),
        ("ask.gone.rest",), _absent_customers_are_kept,
        given=lambda: csv_file("customer id,customer name,region\nC1,Anna,North\nC2,Ben,South\n", name="customers.csv"),
    ),
    Promise("L21", "ASK", lambda: csv_file(SOLD, name="订单.csv"), ("ask.rep",), _one_seller, name="with a remark"),
    Promise(
        "L21", "ASK", lambda: csv_file(SOLD, name="订单.csv"), ("ask.rep",), _as_written,
        answers={"rep": "no"}, name="kept apart",
    ),
    Promise(
        "L22", "OK", lambda: csv_file(NEW, name="订单.csv"), then=_old_year_is_kept,
        given=lambda: csv_file(OLD, name="订单.csv"), name="months before and after",
    ),
    Promise("L10", "ASK", lambda: csv_file(TERMS, name="deals.csv"), ("ask.term",), _whole_amount, name="36 months in one amount"),
    Promise(
        "L10", "ASK", lambda: csv_file(TERMS, name="deals.csv"), ("ask.term",), _yearly,
        answers={"term": "year"}, name="36 months, a year of it",
    ),
)  # fmt: skip
