from __future__ import annotations

from datetime import datetime

import pytest

from segmentation.intake.dates import DateRule, day_month_evidence, read_moment, year_in

RULE = DateRule(year=2026, zone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年3月5日", "2024-03-05"), ("2024.3.5", "2024-03-05"), ("20240305", "2024-03-05"),
        ("2024/3/5", "2024-03-05"), ("11.3", "2026-11-03"), ("11月20日", "2026-11-20"), ("45356", "2024-03-05"),
        ("2018.05", "2018-05-01"), ("2020年3月", "2020-03-01"), ("5 Mar 2024", "2024-03-05"),
        ("March 5, 2024", "2024-03-05"), ("2024-03-05 13:30", "2024-03-05"), ("25/06/2024", "2024-06-25"),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(text: str, day: str) -> None:
    found = read_moment(text, RULE).at
    assert found is not None
    assert found.date().isoformat() == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-02-30", "impossible_date"), ("1900-02-29", "impossible_date"), ("半年前", "not_a_date"),
        ("12月底", "not_a_date"), ("60", "impossible_date"), ("#N/A", "excel_error"), ("3/31/2027", "impossible_date"),
    ],
)  # fmt: skip
def test_what_is_no_date_has_a_reason(text: str, reason: str) -> None:
    assert read_moment(text, RULE).at is None
    assert read_moment(text, RULE).reason == reason


def test_a_date_without_year_needs_one() -> None:
    assert read_moment("11.3", DateRule()).reason == "no_year"


def test_a_lost_zero_is_put_back_only_where_told() -> None:
    assert read_moment("11.1", DateRule(year=2026, tens=frozenset({"11.1"}))).at == datetime(2026, 11, 10)
    assert read_moment("11.1", DateRule(year=2026)).at == datetime(2026, 11, 1)


def test_a_zone_moves_the_day() -> None:
    assert read_moment("2026-11-30T23:30:00Z", RULE).at == datetime(2026, 12, 1, 7, 30)


def test_month_first_and_a_workbook_of_1904() -> None:
    assert read_moment("3/31/2027", DateRule("month")).at == datetime(2027, 3, 31)
    assert read_moment("43894", DateRule(epoch=datetime(1904, 1, 1))).at == datetime(2024, 3, 5)


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [(["25/06/2024", "3/4/2024"], "day"), (["06/25/2024"], "month"), (["3/4/2024"], "unclear"),
     (["25/06/2024", "06/25/2024"], "both"), (["2024-03-04"], "none")],
)  # fmt: skip
def test_the_whole_column_decides_day_and_month(texts: list[str], evidence: str) -> None:
    assert day_month_evidence(texts)[0] == evidence


@pytest.mark.parametrize(
    "text", ["2026年客户表  (单位:万元)", "销售_202611.xls", "Accounts_2026-12-01.csv", "客户档案2026.xlsx"]
)
def test_the_year_of_a_title_or_file_name(text: str) -> None:
    assert year_in(text) == 2026
