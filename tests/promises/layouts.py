"""L rows: how sheets are laid out."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import openpyxl

from segmentation.intake.remembered import known_questions
from segmentation.journal import Journal
from segmentation.proposals import propose
from segmentation.standing import stand
from tests.promises.promise import Brought, Promise
from tests.promises.table import csv_file, workbook

NOVEMBER = ["客户", "日期", "金额"]

ACROSS = [
    ["2026年月度汇总（单位：万元）"],
    ["客户", *(f"{m}月" for m in range(1, 7)), "合计"],
    ["宁波海昌五金", 6.8, 5.2, 0, None, 7.1, 1, 20.1],
    ["温州科达泵业", 2.1, None, 3.3, None, None, None, 5.4],
    ["台州三禾机电", None, None, None, None, None, None, None],
    ["合计", 8.9, 5.2, 3.3, 0, 7.1, 1, 25.5],
]


def _months_became_rows(brought: Brought) -> None:
    rows = {(r["customer_id"], r["ordered_on"]): r["amount"] for r in brought.rows("orders")}
    assert rows == {
        ("宁波海昌五金", date(2026, 1, 31)): Decimal(68_000),
        ("宁波海昌五金", date(2026, 2, 28)): Decimal(52_000),
        ("宁波海昌五金", date(2026, 5, 31)): Decimal(71_000),
        ("宁波海昌五金", date(2026, 6, 30)): Decimal(10_000),
        ("温州科达泵业", date(2026, 1, 31)): Decimal(21_000),
        ("温州科达泵业", date(2026, 3, 31)): Decimal(33_000),
    }
    assert {r["line"] for r in brought.rows("orders")} == {"monthly total"}
    # A month of 0 is no purchase: the orders of a customer are the months it bought in.
    assert len({r["order_id"] for r in brought.rows("orders") if r["customer_id"] == "宁波海昌五金"}) == 4
    (account,) = [one for one in brought.accounts if one.table == "orders"]
    assert (account.read, account.accepted, account.excluded) == (19, 6, 13)
    agreeing = [cell for issue in brought.issues if issue.code == "total.agrees" for cell in issue.cells]
    assert set(agreeing) == {"月度汇总!H3", "月度汇总!H4", *(f"月度汇总!{letter}6" for letter in "BCDEFG")}
    assert not [issue for issue in brought.issues if issue.code == "total.differs"]


ACCOUNTS = [["Account", "Jan-26", "Feb-26"], ["Calder Freight", 100, 20.5], ["Oakline Foods", None, 7]]
ORDERS = [
    ["日期", "客户", "金额"],
    ["2026-05-04", "宁波海昌五金", 71_000],
    ["2026-06-09", "宁波海昌五金", 4_000],
    ["2026-06-10", "温州科达泵业", 9_000],
]


def _english_months(brought: Brought) -> None:
    assert [(r["customer_id"], r["ordered_on"], r["amount"]) for r in brought.rows("orders")] == [
        ("Calder Freight", date(2026, 1, 31), 100),
        ("Calder Freight", date(2026, 2, 28), Decimal("20.5")),
        ("Oakline Foods", date(2026, 2, 28), 7),
    ]
    assert not [q for q in brought.questions if q.code.startswith("ask.year")]


def _orders_count_and_totals_are_compared(brought: Brought) -> None:
    assert sum(r["amount"] for r in brought.rows("orders")) == 84_000
    assert "month" not in {str(r["line"])[:5] for r in brought.rows("orders")}
    (agreeing,) = [one for one in brought.issues if one.code == "i.twice.agrees"]
    (differing,) = [one for one in brought.issues if one.code == "i.twice.differs"]
    assert (agreeing.rows, differing.facts["month"]) == (1, "2026-06")
    assert (differing.facts["theirs"], differing.facts["ours"]) == (10_000, 13_000)
    accounts = {one.sheet: one for one in brought.accounts if one.table == "orders"}
    assert (accounts["订单表"].accepted, accounts["月度汇总"].accepted) == (3, 0)


def _totals_fill_the_months_without_orders(brought: Brought) -> None:
    by_month: dict[int, Decimal] = {}
    for row in brought.rows("orders"):
        by_month[row["ordered_on"].month] = by_month.get(row["ordered_on"].month, Decimal(0)) + row["amount"]
    assert by_month == {1: 89_000, 2: 52_000, 3: 33_000, 5: 71_000, 6: 13_000}


def _only_the_new_month_is_added(brought: Brought) -> None:
    months = sorted({r["ordered_on"].month for r in brought.rows("orders")})
    assert months == [1, 2, 3, 5, 6, 7]
    with brought.store.open() as book:
        rows = book.query("months")
    assert list(rows["amount"]) == [89_000.0, 52_000.0, 33_000.0, 71_000.0, 10_000.0, 40_000.0]
    assert {q.code for q in brought.questions} >= {"ask.months"}


def _with_july() -> list[list[object]]:
    rows = [list(row) for row in ACROSS]
    for row, cell in zip(rows[1:], ["7月", 4, None, None, 4], strict=True):
        row.insert(7, cell)
    rows[2][8], rows[5][8] = 24.1, 29.5
    return rows


def _dated_as_told(brought: Brought) -> None:
    assert [(r["ordered_on"], r["amount"]) for r in brought.rows("orders")] == [
        (date(2024, 1, 31), 1),
        (date(2024, 2, 29), 2),
    ]


SHEETS = {
    "1月": [NOVEMBER, ["A", "2026-01-05", 10]],
    "2月": [NOVEMBER, ["A", "2026-02-05", 20]],
    "3月": [NOVEMBER, ["B", "2026-03-05", 30]],
}
SELLERS = {name: [NOVEMBER, ["A", f"2026-0{n}-05", n]] for n, name in enumerate(["王磊", "陈晨"], start=1)}


def _all_months_are_read(brought: Brought) -> None:
    assert [r["amount"] for r in brought.rows("orders")] == [10, 20, 30]


def _sellers_are_named_by_their_sheet(brought: Brought) -> None:
    assert [(r["rep"], r["amount"]) for r in brought.rows("orders")] == [("王磊", 1), ("陈晨", 2)]


def _dates_of(*days: date) -> Callable[[Brought], None]:
    def then(brought: Brought) -> None:
        assert [r["ordered_on"] for r in brought.rows("orders")] == list(days)

    return then


def _amounts_of(*amounts: object) -> Callable[[Brought], None]:
    def then(brought: Brought) -> None:
        assert [r["amount"] for r in brought.rows("orders")] == [Decimal(str(amount)) for amount in amounts]

    return then


def _filled_down(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("orders")] == ["宁波海昌"] * 3 + ["温州科达"] * 2
    assert brought.issue("i.filled").rows == 3


def _names_below(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("orders")] == ["宁波海昌"] * 3 + ["温州科达"] * 2


def _names_left_blank(brought: Brought) -> None:
    assert [r["customer_id"] for r in brought.rows("orders")] == ["宁波海昌", "温州科达"]
    assert list(brought.rejected["cell"]) == ["A3", "A4", "A6"]
    assert set(brought.rejected["reason"]) == {"missing"}


def _merged(cells: str) -> list[tuple[str, bytes]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook({"订单表": BELOW})[0][1]))
    for cell in cells.split():
        book["订单表"].merge_cells(cell)
    kept = io.BytesIO()
    book.save(kept)
    return [("orders.xlsx", kept.getvalue())]


BELOW = [
    ["客户", "日期", "产品", "金额"],
    ["宁波海昌", "2026-11-03", "轴承", 1],
    [None, "2026-11-03", "油封", 2],
    [None, "2026-11-04", "油封", 3],
    ["温州科达", "2026-11-05", "机封", 4],
    [None, "2026-11-06", "机封", 5],
]
GROUPS = [
    ["日期", "客户", "产品", "金额"],
    ["华东一部"],
    ["2026-11-03", "昆山鸿特", "电主轴", 100],
    ["2026-11-04", "昆山鸿特", "密封圈", 20],
    [None, "昆山鸿特 小计", None, 120],
    ["华东二部"],
    ["2026-11-08", "无锡锐泰", "刀塔", 30],
    [None, "无锡锐泰 小计", None, 31],
    [None, "11月小计", None, 150],
]


def _groups_are_left_out(brought: Brought) -> None:
    assert [r["amount"] for r in brought.rows("orders")] == [100, 20, 30]
    assert brought.issue("i.excluded.heading").cells == ("订单!2", "订单!6")
    assert brought.issue("i.excluded.total").rows == 3
    assert brought.issue("total.agrees").cells == ("订单!D5", "订单!D9")
    differs = brought.issue("total.differs")
    assert (differs.cells, differs.facts["theirs"], differs.facts["ours"]) == (("订单!D8",), 31, 30)
    assert not len(brought.rejected)


TURN = [["日期", "客户", "金额"], ["11.28", "A", 1], ["12月30日", "A", 2], ["1.4", "A", 3], ["1/9", "A", 4]]
TAXES = ["客户", "日期", "无税金额", "税额", "价税合计"]
TWO_AMOUNTS = {"含税未税": [TAXES, ["A", "2026-11-03", 100, 13, 113]]}
BOTH_BASES = TWO_AMOUNTS | {
    "仅含税": [["客户", "日期", "价税合计", "备注"], ["B", "2026-11-04", 226, ""]],
}
GRADES = "客户编号,客户名称,客户级别\nC1,甲,A\nC2,乙,A+\nC3,丙,待定\n"
OWN_SIZE = (
    "customer id,customer name,Annual Revenue,Employees\nC1,Calder,96000000,820\nC2,Oakline,410000000,\n"
)
DEALS = (
    "opportunity id,account id,stage,amount,close date,created date,closed,won\n"
    "D1,C1,Verbal,10,2026-12-31,2026-09-01,0,0\n"
    "D2,C1,Discovery,20,2026-10-31,2026-07-01,0,0\n"
    "D3,C2,Closed Won,30,2026-11-05,2026-07-01,1,1\n"
)
STAGES = "opportunity id,account id,stage,amount,created date\n"
FIRST_STAGES = STAGES + "D1,C1,招投标,1,2026-01-02\nD2,C1,搁置,2,2026-01-02\nD3,C2,Deep freeze,3,2026-01-02\n"
NEXT_STAGES = FIRST_STAGES + "D4,C2,Security review,4,2026-02-02\n"


def _grades_are_kept(brought: Brought) -> None:
    assert [r["grade"] for r in brought.rows("customers")] == ["A", "A+", "待定"]


def _size_is_no_purchase(brought: Brought) -> None:
    assert [r["size"] for r in brought.rows("customers")] == [96_000_000, 410_000_000]
    assert not brought.rows("orders") and not brought.rows("deals")


def _open_deals_have_no_closing_date(brought: Brought) -> None:
    found = [(r["deal_id"], r["state"], r["closed_on"], r["expected_on"]) for r in brought.rows("deals")]
    assert found == [
        ("D1", "open", None, date(2026, 12, 31)),
        ("D2", "open", None, date(2026, 10, 31)),
        ("D3", "won", date(2026, 11, 5), None),
    ]
    overdue = brought.issue("i.overdue")
    assert (overdue.rows, overdue.cells) == (1, ("deals!3",))


def _stages_are_asked(brought: Brought) -> None:
    asked = {q.facts["stage"]: q.proposed for q in brought.questions if q.code == "ask.stage.one"}
    assert asked == {"搁置": "leave_out", "Deep freeze": "open"}
    assert [r["state"] for r in brought.rows("deals")] == ["open", "open"]


def _only_the_new_stage_is_open(brought: Brought) -> None:
    assert brought.reading is not None
    remembered = Journal(brought.store.path).mappings()
    known = known_questions(brought.reading, dict(remembered))
    asked = [q.facts["stage"] for q in brought.questions if q.code == "ask.stage.one"]
    assert "Security review" in asked and len(known) >= 2


DATED = [["客户", "日期", "金额"], *[["A", f"2026-0{month}-15", month] for month in range(1, 6)]]


def _frequency_is_called(english: str, chinese: str) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        for name, part in (("rfm", "frequency"), ("scorecard", "order_count")):
            with brought.store.open() as book:
                scheme = propose(book).scheme.changed(method=name, method_params={}, fitted=None)
                standing = stand(book, scheme, date(2026, 12, 31))
            told = standing.scored.labels[part]
            suffix = " (F)" if name == "rfm" else ""
            assert (told.en, told.zh) == (f"{english[:-4]}{suffix}", f"{chinese[:-4]}{suffix}")
            others = {text.zh for key, text in standing.scored.labels.items() if key != part}
            assert not others & {told.zh}

    return hold


GROSS = "客户,日期,含税金额\nB,2026-10-04,226\n"
NET = "客户,日期,不含税金额,产品\nC,2026-09-04,50,x\n"


def _kept_basis(basis: str) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        current = brought.store.current()
        assert current is not None
        assert current.calendar.tax_basis == basis
        with brought.store.open() as book:
            assert book.calendar.tax_basis == basis

    return hold


def _nothing_is_mixed(brought: Brought) -> None:
    """One click never makes a sum of both: the rows stay out, counted, and the other answer is at hand."""
    _kept_basis("net")(brought)
    with brought.store.open() as book:
        assert book.version.number == 1 and list(book.query("months")["amount"]) == [100]
    (account,) = brought.accounts
    assert (account.read, account.excluded) == (1, 1)
    (question,) = [one for one in brought.questions if one.code == "ask.basis.gross"]
    assert (question.proposed, {value for value, _ in question.options}) == ("no", {"yes", "no"})


def _only_net_is_added(brought: Brought) -> None:
    _kept_basis("net")(brought)
    with brought.store.open() as book:
        assert list(book.query("months")["amount"]) == [50, 100]


def _proposed_as_stored(brought: Brought) -> None:
    (question,) = [one for one in brought.questions if one.code == "ask.tax"]
    assert question.proposed == "gross"
    _amounts_of(113)(brought)
    _kept_basis("gross")(brought)


def _years_offered(year: int) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        (question,) = [one for one in brought.questions if one.code == "ask.year.unknown"]
        assert [value for value, _ in question.options] == [str(year - 1), str(year), str(year + 1)]
        assert question.proposed == str(year)
        assert {row["ordered_on"].year for row in brought.rows("orders")} == {year}

    return hold


def _dated_in_2024(brought: Brought) -> None:
    assert [row["ordered_on"] for row in brought.rows("orders")] == [date(2024, 11, 8), date(2024, 12, 2)]


PROMISES = (
    Promise(
        "L3", "ASK", lambda: workbook({"月度汇总": ACROSS}), name="a year of months in 万元",
        says=("ask.months", "ask.year.title", "ask.unit", "i.months"), then=_months_became_rows,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"Revenue": ACCOUNTS}), name="Jan-26",
        says=("ask.months", "i.months"), then=_english_months,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"月度汇总": ACROSS}), name="F is months with purchases",
        then=_frequency_is_called("Months with purchases (F)", "有采购的月数 (F)"),
    ),
    Promise(
        "L3", "OK", lambda: workbook({"订单表": DATED}), name="F of orders is their count",
        then=_frequency_is_called("Order count (F)", "下单次数 (F)"),
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"订单表": ORDERS, "月度汇总": ACROSS}), name="the same sales twice",
        says=("ask.twice", "i.compared"), then=_orders_count_and_totals_are_compared,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"订单表": ORDERS, "月度汇总": ACROSS}), name="totals where no orders are",
        answers={"twice": "both"}, then=_totals_fill_the_months_without_orders,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"月度汇总": _with_july()}), name="next month's table",
        given=lambda: workbook({"月度汇总": ACROSS}), then=_only_the_new_month_is_added,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"Tabelle": [["客户", "1月", "2月"], ["A", 1, 2]]}), name="no year anywhere",
        says=("ask.year.unknown",), answers={"year": "2024"}, then=_dated_as_told,
    ),
    Promise(
        "L3", "ASK", lambda: workbook({"Tabelle": [["客户", "1月", "2月", "12月"], ["A", 1, 2, None]]}),
        name="no year anywhere, months without amounts ahead", says=("ask.year.unknown",), then=_years_offered(2026),
    ),
    Promise(
        "L5", "ASK", lambda: workbook({"Tabelle": [TURN[0], ["11.8", "A", 1], ["11.30", "A", 2]]}),
        ("ask.year.unknown",), _years_offered(2026), name="no year anywhere, before today",
    ),
    Promise(
        "L5", "ASK", lambda: workbook({"Tabelle": [TURN[0], ["11.8", "A", 1], ["12.2", "A", 2]]}),
        ("ask.year.unknown",), _years_offered(2025), name="no year anywhere, a date of this year would lie ahead",
    ),
    Promise(
        "L5", "ASK", lambda: workbook({"Tabelle": [TURN[0], ["11.8", "A", 1], ["12.2", "A", 2]]}),
        ("ask.year.unknown",), _dated_in_2024, answers={"year": "2024"}, name="no year anywhere, another year told",
    ),
    Promise(
        "L4", "ASK", lambda: workbook({m: [TURN[0][1:], ["A", 5]] for m in ("11月", "12月")}), ("ask.year.unknown",),
        _years_offered(2026), name="months without a year",
    ),
    Promise("L1", "FIX", lambda: _merged("A2:A4 A5:A6"), ("i.filled",), _filled_down),
    Promise("L2", "ASK", lambda: workbook({"订单表": BELOW}), ("ask.fill",), _names_below, name="yes"),
    Promise(
        "L2", "ASK", lambda: workbook({"订单表": BELOW}), ("ask.fill",), _names_left_blank,
        answers={"fill": "no"}, name="no",
    ),
    Promise("L4", "ASK", lambda: workbook(SHEETS), ("ask.sheets.month",), _all_months_are_read, name="months"),
    Promise(
        "L4", "ASK", lambda: workbook(SELLERS), ("ask.sheets.rep",), _sellers_are_named_by_their_sheet,
        name="sellers",
    ),
    Promise(
        "L4", "ASK", lambda: workbook({n: [["客户", "金额", "产品"], ["A", 5, "x"]] for n in ("2026.01", "2026.02")}),
        ("ask.sheets.month",), _dates_of(date(2026, 1, 31), date(2026, 2, 28)), name="the month only on the sheet",
    ),
    Promise(
        "L5", "ASK", lambda: workbook({"2025年": [TURN[0], ["11.8", "A", 1]], "2026年": [TURN[0], ["11.9", "A", 2]]}),
        ("ask.year.sheet",), _dates_of(date(2025, 11, 8), date(2026, 11, 9)), name="a year to each sheet",
    ),
    Promise(
        "L5", "ASK", lambda: csv_file("客户,日期,金额\nA,11/3,1\nA,11月8日,2\n", name="2024年订单.csv"),
        ("ask.year.file",), _dates_of(date(2024, 11, 3), date(2024, 11, 8)), name="in the file name",
    ),
    Promise(
        "L5", "ASK", lambda: workbook({"2026年订单": TURN}), ("i.mark.turn",),
        _dates_of(date(2026, 11, 28), date(2026, 12, 30), date(2027, 1, 4), date(2027, 1, 9)), name="into January",
    ),
    Promise(
        "L5", "ASK", lambda: workbook({"2026年订单": [TURN[0], *TURN[:0:-1]]}), ("i.mark.turn",),
        _dates_of(date(2027, 1, 9), date(2027, 1, 4), date(2026, 12, 30), date(2026, 11, 28)), name="newest first",
    ),
    Promise("L6", "FIX", lambda: workbook({"订单": GROUPS}), then=_groups_are_left_out),
    Promise("L7", "ASK", lambda: workbook(TWO_AMOUNTS), ("ask.tax",), _amounts_of(100), name="net"),
    Promise("L7", "ASK", lambda: workbook(TWO_AMOUNTS), ("ask.tax",), _kept_basis("net"), name="the book is net"),
    Promise(
        "L7", "ASK", lambda: workbook(TWO_AMOUNTS), ("ask.tax",), _kept_basis("gross"), answers={"tax": "gross"},
        name="the book is gross",
    ),
    Promise("L7", "OK", lambda: csv_file(GROSS, name="订单.csv"), then=_kept_basis("gross"), name="said in the header"),
    Promise("L7", "OK", lambda: csv_file(GROSS.replace("含税", "")), then=_kept_basis(""), name="nothing says it"),
    Promise(
        "L7", "ASK", lambda: csv_file(GROSS, name="订单.csv"), ("ask.basis.gross",), _kept_basis("mixed"),
        given=lambda: workbook(TWO_AMOUNTS), answers={"basis": "yes"}, name="a later upload on another basis, added",
    ),
    Promise(
        "L7", "ASK", lambda: csv_file(GROSS, name="订单.csv"), ("ask.basis.gross", "i.declined"), _nothing_is_mixed,
        given=lambda: workbook(TWO_AMOUNTS), name="a later upload on another basis, as proposed",
    ),
    Promise(
        "L7", "ASK", lambda: [*csv_file(GROSS, name="订单.csv"), *csv_file(NET, name="更多.csv")], ("ask.basis.gross",),
        _only_net_is_added, given=lambda: workbook(TWO_AMOUNTS), answers={"basis": "no"}, name="and left out",
    ),
    Promise(
        "L7", "ASK", lambda: workbook(TWO_AMOUNTS), ("ask.tax",), _proposed_as_stored,
        given=lambda: csv_file(GROSS, name="订单.csv"), name="both amounts, the one stored is proposed",
    ),
    Promise(
        "L7", "ASK", lambda: workbook(TWO_AMOUNTS), ("ask.tax",), _amounts_of(113),
        answers={"tax": "gross"}, name="gross",
    ),
    Promise(
        "L7", "ASK", lambda: workbook(BOTH_BASES), ("ask.tax",), _amounts_of(113, 226), name="a sheet with tax only"
    ),
    Promise("L8", "ASK", lambda: csv_file(GRADES, name="客户.csv"), ("ask.grade",), _grades_are_kept),
    Promise("L9", "OK", lambda: csv_file(OWN_SIZE, name="customers.csv"), then=_size_is_no_purchase),
    Promise("L10", "FIX", lambda: csv_file(DEALS, name="deals.csv"), ("i.overdue",), _open_deals_have_no_closing_date),
    Promise("L11", "ASK", lambda: csv_file(FIRST_STAGES, name="deals.csv"), ("ask.stage.one",), _stages_are_asked),
    Promise(
        "L11", "ASK", lambda: csv_file(NEXT_STAGES, name="deals.csv"), ("ask.stage.one",), _only_the_new_stage_is_open,
        given=lambda: csv_file(FIRST_STAGES, name="deals.csv"), name="next month",
    ),
)  # fmt: skip
