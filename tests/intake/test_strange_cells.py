"""Cells nobody foresaw: no exception but a TierboardError leaves the intake, and no cell takes longer than its text."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.headers import header_unit
from segmentation.intake.money import read_number
from segmentation.intake.month_names import month_of
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Reading, Upload
from tests.intake.grids_of import stored

DEALS = "deal_id,customer_id,state,opened_on,closed_on,amount,Contract Term (Months)\n"
PRICED = "order_id,customer_id,ordered_on,quantity,unit_price\n2,A,2026-01-05,2,3\n"
BLANKS = " " * 15_000


def _read(text: str, folder: Path) -> tuple[Reading, Upload]:
    reading = recognise(open_files([("o.csv", text.encode())], folder))
    return reading, read_upload(reading)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+08:00"])
def test_a_moment_beyond_the_calendar_is_an_impossible_date(text: str) -> None:
    assert read_moment(text, DateRule()).reason == "impossible_date"
    assert read_moment("9999-12-31T23:59:59Z", DateRule(zone="Asia/Shanghai")).reason == "impossible_date"


@pytest.mark.parametrize("term", ["²", "12²", "9" * 5_000])
def test_a_contract_term_that_is_no_number_of_months_is_not_asked_about(tmp_path: Path, term: str) -> None:
    row = "2026-01-05,2026-02-05,10"
    reading, upload = _read(f"{DEALS}D1,A,won,{row},36\nD2,B,won,{row},{term}\n", tmp_path)
    assert [q.facts["months"] for q in reading.questions if q.code == "ask.term"] == ["36"]
    assert [row["amount"] for row in stored(upload, "deals")] == [10, 10]


@pytest.mark.parametrize(
    ("quantity", "price"),
    [("6901234567892", "100"), ("6901234567892", "25000"), ("99999999999999", "99999999999999")],
)
def test_a_barcode_for_a_quantity_is_refused_with_its_cell(tmp_path: Path, quantity: str, price: str) -> None:
    _, upload = _read(f"{PRICED}1,A,2026-01-05,{quantity},{price}\n", tmp_path)
    assert [row["amount"] for row in stored(upload, "orders")] == [6]
    (told,) = upload.rejected.to_dict("records")
    assert (told["row"], told["reason"]) == (3, "too_large")


@pytest.mark.parametrize(
    "read",
    [
        lambda blanks: read_moment(f"2026-01-01 12:30{blanks}x", DateRule()),
        lambda blanks: read_number(f"约{blanks}1{blanks}x"),
        lambda blanks: header_unit(f"amount ({blanks}x"),
        lambda blanks: header_unit(f"amount (单位{blanks}x"),
        lambda blanks: month_of(f"2026年{blanks}x"),
    ],
)
def test_no_cell_takes_longer_than_its_text(read: Callable[[str], object]) -> None:
    started = time.perf_counter()
    read(BLANKS * 2)
    assert time.perf_counter() - started < 0.5


def test_no_seller_takes_longer_than_its_name(tmp_path: Path) -> None:
    names = [f"W{n}{BLANKS}x" for n in range(3)] + [f"{'[' * 15_000}{n}" for n in range(3)]
    lines = "".join(f"{n},A,2026-01-05,10,{name}\n" for n, name in enumerate([*names, "Wang  (inactive)"]))
    parsed = open_files(
        [("o.csv", f"order_id,customer_id,ordered_on,amount,rep\n{lines}".encode())], tmp_path
    )
    started = time.perf_counter()
    reading = recognise(parsed)
    assert len(stored(read_upload(reading), "orders")) == 7
    assert time.perf_counter() - started < 3
    assert [q.facts["names"] for q in reading.questions if q.code == "ask.rep"] == ["Wang  (inactive)"]


@pytest.mark.parametrize("name", ["苏州检测测试设备有限公司", "测试之家"])
def test_a_firm_that_tests_for_a_living_is_a_customer(tmp_path: Path, name: str) -> None:
    reading, upload = _read(f"customer_id,name\nA,{name}\nB,测试客户1\nC,Acme\n", tmp_path)
    assert [q.facts["name"] for q in reading.questions if q.code == "ask.test"] == ["测试客户1"]
    assert [row["name"] for row in stored(upload, "customers")] == [name, "Acme"]


def test_afternoons_are_read_as_before() -> None:
    assert read_moment("2026-01-05 1:30 PM +08:00", DateRule(zone="Asia/Shanghai")).at == datetime(
        2026, 1, 5, 13, 30
    )


def test_a_month_of_zero_with_a_decimal_comma_is_no_purchase(tmp_path: Path) -> None:
    text = "customer;2026-01;2026-02;2026-03\nA;1.200,50;0,00;3,00\nB;0,00;5,25;0,00\n"
    _, upload = _read(text, tmp_path)
    told = [(row["customer_id"], str(row["ordered_on"]), row["amount"]) for row in stored(upload, "orders")]
    assert told == [
        ("A", "2026-01-31", Decimal("1200.5")),
        ("B", "2026-02-28", Decimal("5.25")),
        ("A", "2026-03-31", Decimal("3")),
    ]
