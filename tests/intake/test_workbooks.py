"""The three workbooks as they really arrive: expected figures of each, as far as part 1 goes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from segmentation.i18n import LANGUAGES, Language
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Reading, Upload
from tests.intake import workbook1, workbook2, workbook3
from tests.intake.grids_of import codes, stored


def _read(folder: Path, files: list[tuple[str, bytes]], **answers: str) -> tuple[Reading, Upload]:
    reading = recognise(open_files(files, folder))
    return reading, read_upload(reading, answers or None)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reading, Upload]:
    return _read(tmp_path_factory.mktemp("machines"), workbook1.files())


@pytest.fixture(scope="module")
def software(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reading, Upload]:
    return _read(tmp_path_factory.mktemp("software"), workbook2.files())


@pytest.fixture(scope="module")
def trading(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reading, Upload]:
    return _read(tmp_path_factory.mktemp("trading"), workbook3.files())


def test_deliveries_add_up_without_tax(machines: tuple[Reading, Upload]) -> None:
    reading, upload = machines
    rows = stored(upload, "orders")
    assert (len(rows), len({r["order_id"] for r in rows}), len({r["customer_id"] for r in rows})) == (6, 5, 4)
    assert sum(r["amount"] for r in rows) == Decimal("449433.64")
    assert sum(r["amount"] for r in rows if r["amount"] < 0) == Decimal("-74336.28")
    assert rows[1]["order_id"] == "XSFH2611-0007" and rows[1]["ordered_on"] == date(2026, 11, 3)
    assert {i.column: i.rows for i in upload.issues if i.code == "total.agrees"} == {"amount": 2, "margin": 2}
    (tax,) = [q for q in reading.questions if q.code == "ask.tax"]
    gross = read_upload(reading, {tax.id: "gross"})
    assert sum(r["amount"] for r in stored(gross, "orders")) == Decimal("507860")


def test_deliveries_saved_as_csv_give_the_same_orders(
    tmp_path: Path, machines: tuple[Reading, Upload]
) -> None:
    _, alone = _read(tmp_path, [("销售发货明细表_202611.csv", workbook1.deliveries_csv())])
    keys = ("order_id", "line", "customer_id", "ordered_on", "amount", "margin", "quantity")
    assert [[r[k] for k in keys] for r in stored(alone, "orders")] == [
        [r[k] for k in keys] for r in stored(machines[1], "orders")
    ]
    assert [r["name"] for r in stored(alone, "customers")] == [
        "昆山鸿特",
        "无锡锐泰动力",
        "南京苏原(原南京苏源)",
        "常州永锐",
    ]


def test_a_margin_total_that_leaves_out_a_line_is_reported(tmp_path: Path) -> None:
    files = [("销售发货明细表_202611.xls", workbook1.deliveries_xls(margin_total="88,820.00"))]
    _, upload = _read(tmp_path, files)
    (issue,) = [i for i in upload.issues if i.code == "total.differs"]
    assert (issue.column, issue.facts["theirs"], issue.facts["ours"]) == (
        "margin",
        Decimal(88820),
        Decimal(99850),
    )


def test_the_unit_of_the_title_counts_for_the_customers(machines: tuple[Reading, Upload]) -> None:
    rows = {r["customer_id"]: r for r in stored(machines[1], "customers")}
    assert rows["01010023"]["credit_limit"] == Decimal(2_000_000)
    assert rows["01020007"]["receivable"] == Decimal(2_492_000)
    assert rows["01010023"]["size"] == 120_000_000
    assert rows["01010023"]["first_contact_on"] == date(2018, 5, 1)
    assert [r["grade"] for r in rows.values()] == ["A", "B", "A+", "C", "c", "待定"]
    assert next(i for i in machines[1].issues if i.code == "i.alike").rows == 1


def test_projects_of_all_sellers_are_taken_together(machines: tuple[Reading, Upload]) -> None:
    reading, upload = machines
    rows = stored(upload, "deals")
    states = [r["state"] for r in rows]
    assert (states.count("won"), states.count("lost"), states.count("open")) == (1, 1, 3)
    assert [r["rep"] for r in rows] == ["王磊", "陈晨", "陈晨", "赵敏", "赵敏"]
    assert [r["amount"] for r in rows][-1] == Decimal(350_000)
    assert [q.facts["stage"] for q in reading.questions if q.code == "ask.stage.one"] == ["搁置"]
    assert "i.mark.about" in codes(upload)


def test_visits_last_from_start_to_end_and_a_withdrawn_one_is_left_out(
    machines: tuple[Reading, Upload],
) -> None:
    rows = stored(machines[1], "touches")
    assert [(r["customer_id"], r["kind"], r["minutes"]) for r in rows] == [
        ("01010023", "visit", 150.0), ("01010023", "visit", 3420.0), ("01020007", "visit", 90.0)
    ]  # fmt: skip


def test_crm_exports_of_three_files(software: tuple[Reading, Upload]) -> None:
    reading, upload = software
    deals = {r["deal_id"]: r for r in stored(upload, "deals")}
    states = [r["state"] for r in deals.values()]
    assert (states.count("won"), states.count("lost"), states.count("open")) == (2, 2, 2)
    assert [q.facts["stage"] for q in reading.questions if q.code == "ask.stage.one"] == [
        "Closed – No Decision"
    ]
    assert upload.calendar.currency == "USD"
    calder = deals["0065g00000AAbbCAAT"]
    assert (calder["customer_id"], calder["amount"], calder["closed_on"]) == (
        "0015g00000XyZaB", Decimal(148_200), date(2026, 4, 1)
    )  # fmt: skip
    assert deals["0065g00000AAbbGAAT"]["customer_id"] == "0015g00000XyZab"
    veridian = deals["0065g00000AAbbFAAT"]
    assert (veridian["closed_on"], veridian["expected_on"]) == (None, date(2026, 10, 31))
    assert [r["kind"] for r in stored(upload, "touches")] == [
        "meeting",
        "automatic",
        "not_reached",
        "email",
        "meeting",
    ]
    assert {r["at"].date() for r in stored(upload, "touches")} == {date(2026, 11, d) for d in (3, 4, 9)}
    assert len(stored(upload, "customers")) == 4
    assert [q.facts["name"] for q in reading.questions if q.code == "ask.test"] == ["zz_TEST do not use"]
    assert (
        len(
            stored(
                read_upload(reading, {q.id: "keep" for q in reading.questions if q.code == "ask.test"}),
                "customers",
            )
        )
        == 5
    )
    account = next(a for a in upload.accounts if a.table == "deals")
    assert (account.read, account.accepted, account.excluded) == (11, 6, 5)


def test_no_decision_may_be_left_out(software: tuple[Reading, Upload]) -> None:
    reading, _ = software
    (question,) = [q for q in reading.questions if q.code == "ask.stage.one"]
    states = [r["state"] for r in stored(read_upload(reading, {question.id: "leave_out"}), "deals")]
    assert (states.count("won"), states.count("lost"), states.count("open")) == (2, 1, 2)


def test_an_id_in_scientific_form_stops_the_other_crm(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"e\.digits"):
        _read(tmp_path, [("hubspot-crm-exports-all-deals-2026-12-01.csv", workbook2.hubspot_csv())])


def test_one_file_for_everything(trading: tuple[Reading, Upload]) -> None:
    _, upload = trading
    orders = stored(upload, "orders")
    november = [r for r in orders if r["ordered_on"].month == 11]
    assert (len(orders), sum(r["amount"] for r in november)) == (6, Decimal(42_900))
    assert sum(r["paid_amount"] or 0 for r in november) == Decimal(26_800)
    assert sum(r["amount"] for r in orders if r["ordered_on"].month == 12) == Decimal(900)
    assert orders[1]["customer_id"] == "宁波海昌五金制品有限公司"
    assert orders[2]["ordered_on"] == date(2026, 11, 10)
    assert {"i.filled", "total.agrees", "i.twice.differs"} <= codes(upload)
    # 11月 of the month table is in yuan as the orders are, so it says: 3.98 against 42,900.
    customers = {r["customer_id"]: r for r in stored(upload, "customers")}
    assert list(customers) == [
        "宁波海昌五金制品有限公司", "宁波海昌五金", "温州科达(中国)泵业", "台州三禾机电", "义乌顺达贸易"
    ]  # fmt: skip
    assert customers["温州科达(中国)泵业"]["name"] == "温州科达（中国）泵业"
    assert customers["宁波海昌五金制品有限公司"]["receivable"] == Decimal(120_000)
    assert customers["温州科达(中国)泵业"]["receivable"] is None
    assert not stored(upload, "deals")
    account = next(a for a in upload.accounts if a.table == "touches")
    assert (account.accepted, account.rejected) == (4, 1)
    assert list(upload.rejected["reason"]) == ["missing"]


def test_the_questions_of_the_one_file(trading: tuple[Reading, Upload]) -> None:
    reading, _ = trading
    found = {q.code for q in reading.questions}
    assert {
        "ask.key",
        "ask.unit",
        "ask.unit.months",
        "ask.year.sheets",
        "ask.months",
        "ask.twice",
        "ask.several",
        "ask.ten",
        "ask.grade",
        "ask.alias",
        "ask.alias.rows",
    } == found
    assert next(q for q in reading.questions if q.code == "ask.ten").proposed == "10"
    assert next(q for q in reading.questions if q.code == "ask.unit.months").proposed == "10000"
    assert {q.facts["b"] for q in reading.questions if "alias" in q.code} == {
        "温州科达(中国)泵业",
        "义乌顺达贸易",
    }


@pytest.mark.parametrize("name", ["machines", "software", "trading"])
def test_rows_are_accounted_for_and_everything_is_said(name: str, request: pytest.FixtureRequest) -> None:
    reading, upload = request.getfixturevalue(name)
    assert [account.difference for account in upload.accounts] == [0] * len(upload.accounts)
    for code in LANGUAGES:
        language = Language(code)
        for said in (*reading.questions, *upload.issues):
            text = language.say(said.code, **dict(said.facts))
            assert text != said.code and "{" not in text
        for reason in set(upload.rejected["reason"]):
            assert language.say(f"reason.{reason}") != f"reason.{reason}"
        for question in reading.questions:
            assert question.proposed in dict(question.options)
