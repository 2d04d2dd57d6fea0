from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.intake.money import decimal_separator, read_number, ten_thousandths


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"), ("1 234", "1234"), ("￥1,234", "1234"), ("RMB 30", "30"), ("30元", "30"),
        ("$5", "5"), ("(2,000)", "-2000"), ("5-", "-5"), ("−5", "-5"), ("-¥5", "-5"), ("1.2万", "12000"),
        ("3亿", "300000000"), ("15k", "15000"), ("12%", "0.12"), ("１２３", "123"), ("约35", "35"),
        ("1.5E+05", "150000"), ("1e-05", "0.00001"), ("106.8万元", "1068000"), ("0", "0"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert read_number(text).value == Decimal(value)


@pytest.mark.parametrize("text", ["1e400", "inf", "nan", "1_000", "0x10", "待定", "--5", "1,23", "12-3"])
def test_what_float_would_accept_is_no_number(text: str) -> None:
    found = read_number(text)
    assert found.value is None
    assert found.reason == "not_a_number" or text == "nan"


@pytest.mark.parametrize("text", ["/", "-", "—", "无"])
def test_signs_of_nothing_are_blank_and_zero_is_not(text: str) -> None:
    assert read_number(text).value is None
    assert read_number(text).reason == ""
    assert read_number("0").value == 0


def test_fifteen_digits_before_the_point_are_too_large() -> None:
    assert read_number("99999999999999").reason == ""
    assert read_number("100000000000000").reason == "too_large"


def test_an_excel_error_says_so() -> None:
    assert read_number("#N/A").reason == "excel_error"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["1.234,50", "3"], "comma"), (["1,234"], "unclear"), (["1,234", "2.5"], "point"), (["1,234,567"], "point"),
        (["3,5"], "comma"), (["3,5", "2.75"], "both"), (["12"], "none"), (["1.234"], "unclear"),
    ],
)  # fmt: skip
def test_the_whole_column_decides_the_decimal_sign(texts: list[str], found: str) -> None:
    assert decimal_separator(texts) == found


def test_decimal_comma() -> None:
    assert read_number("1.234,50", has_decimal_comma=True).value == Decimal("1234.50")


def test_half_is_rounded_away_from_zero() -> None:
    assert ten_thousandths(Decimal("1.00005")) == (10001, True)
    assert ten_thousandths(Decimal("-1.00005")) == (-10001, True)
    assert ten_thousandths(Decimal("1.0001")) == (10001, False)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False))
def test_a_written_amount_is_read_back_exactly(value: Decimal) -> None:
    assert read_number(f"{value:,.4f}").value == value
    assert ten_thousandths(value) == (int(value * 10_000), False)
