"""One answer where one is enough: the year of a file, the unit of a title, the unit a month table does not name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.promises.layouts import ORDERS
from tests.promises.promise import Brought, Promise
from tests.promises.table import workbook

UNNAMED = [["客户", "5月", "6月", "合计"], ["宁波海昌五金", 7.1, 0.4, 7.5], ["温州科达泵业", None, 0.9, 0.9]]
BOTH = {"订单表": [*ORDERS[:2], ["2026-06-09", "温州科达泵业", 13_000]], "月度汇总": UNNAMED}
OF_ONE_SIZE = {"订单表": [ORDERS[0], ["2026-05-04", "宁波海昌五金", 9]], "月度汇总": UNNAMED}
FOLLOWUPS = [["日期", "客户", "方式", "跟进人"], ["5.6", "宁波海昌五金", "电话", "小周"]]
SHORT_DATES = [ORDERS[0], ["5.4", "宁波海昌五金", 71_000], ["6.9", "宁波海昌五金", 13_000]]
WITHOUT_YEAR = {"订单表": SHORT_DATES, "跟进表": FOLLOWUPS, "月度汇总": UNNAMED}
IN_TEN_THOUSANDS = [
    ["客户档案(金额单位:万元)"],
    ["客户编码", "客户名称", "信用额度", "应收余额", "年产值"],
    ["01010023", "昆山鸿特", 200, 38.6, 12000],
]


def _compared_in_one_unit(brought: Brought) -> None:
    (question,) = [one for one in brought.questions if one.code == "ask.unit.months"]
    assert (question.proposed, question.facts["a"], question.facts["factor"]) == ("10000", "订单表", "10,000")
    (agreeing,) = [one for one in brought.issues if one.code == "i.twice.agrees"]
    assert agreeing.rows == 2 and not [one for one in brought.issues if one.code == "i.twice.differs"]


def _compared_as_written(brought: Brought) -> None:
    differing = [one for one in brought.issues if one.code == "i.twice.differs"]
    assert [(one.facts["theirs"], one.facts["ours"]) for one in differing] == [
        (Decimal("7.1"), 71_000), (Decimal("1.3"), 13_000),
    ]  # fmt: skip


def _unit_is_not_asked(brought: Brought) -> None:
    assert not [one for one in brought.questions if one.code.startswith("ask.unit")]


def _one_year_for_the_file(year: int) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        (question,) = [one for one in brought.questions if one.code.startswith("ask.year")]
        assert (question.facts["n"], question.facts["sheets"].zh) == (3, "订单表、跟进表、月度汇总")
        assert {row["ordered_on"].year for row in brought.rows("orders")} == {year}
        assert {row["at"].year for row in brought.rows("touches")} == {year}

    return hold


def _one_unit_for_the_sheet(factor: int) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        (question,) = [one for one in brought.questions if one.code == "ask.unit"]
        assert question.facts["column"].zh == "信用额度、应收余额、年产值"
        (row,) = brought.rows("customers")
        found = row["credit_limit"], row["receivable"], row["size"]
        assert found == (200 * factor, Decimal("38.6") * factor, 12_000 * factor)

    return hold


PROMISES = (
    Promise(
        "L3", "ASK", lambda: workbook(BOTH),
        ("ask.unit.months", "ask.twice"), _compared_in_one_unit, name="no unit, beside orders in yuan",
    ),
    Promise(
        "L3", "ASK", lambda: workbook(BOTH),
        ("i.twice.differs",), _compared_as_written, answers={"unit": "1"}, name="no unit, and it is yuan",
    ),
    Promise(
        "L3", "ASK", lambda: workbook(OF_ONE_SIZE),
        ("ask.twice",), _unit_is_not_asked, name="no unit, of one size",
    ),
    Promise(
        "L5", "ASK", lambda: workbook(WITHOUT_YEAR, "2026年订单.xlsx"),
        ("ask.year.sheets",), _one_year_for_the_file(2026), name="one answer for the sheets of a file",
    ),
    Promise(
        "L5", "ASK", lambda: workbook(WITHOUT_YEAR, "2026年订单.xlsx"),
        ("ask.year.sheets",), _one_year_for_the_file(2025), answers={"year": "2025"}, name="another answer for all",
    ),
    Promise(
        "D10", "ASK", lambda: workbook({"客户档案": IN_TEN_THOUSANDS}), ("ask.unit",), _one_unit_for_the_sheet(10_000),
        name="the unit of a title is asked once",
    ),
    Promise(
        "D10", "ASK", lambda: workbook({"客户档案": IN_TEN_THOUSANDS}), ("ask.unit",), _one_unit_for_the_sheet(1),
        answers={"unit": "1"}, name="and answered for all its columns",
    ),
)  # fmt: skip
