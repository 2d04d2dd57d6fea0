"""Languages: a plural message follows its number, and facts that carry two languages are read in the right one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from segmentation.i18n import LANGUAGES, LOCALES, MINUS, Code, Language, Text


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 deal was still open"), (2, "2 deals were still open"), (0, "0 deals")]
)
def test_a_plural_message_follows_its_number(n: int, said: str) -> None:
    assert Language("en").say("v.open", n=n).startswith(said)


def test_a_message_without_plural_takes_a_number_too() -> None:
    assert Language("en").say("v.zero", n=1, hi="80%") == "None of 1 yet; the true rate may be up to 80%."


def test_a_fact_in_two_languages_is_read_in_its_own() -> None:
    facts = {"n": 1, "total": 3, "names": Text("Gross profit", "毛利")}
    assert "Gross profit" in Language("en").say("score.missing", **facts)
    assert "毛利" in Language("zh").say("score.missing", **facts)


def test_an_unknown_message_is_its_own_id() -> None:
    assert Language("en").say("no.such.message", n=3) == "no.such.message"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ((0.25, 0.25, 0.125, 0.125, 0.125, 0.125), "25% 25% 12.5% 12.5% 12.5% 12.5%"),
        ((1 / 3, 1 / 3, 1 / 3), "33% 33% 33%"),  # one point off
        ((0.75, 0.125, 0.125), "75% 12% 12%"),  # one point off to the last digit
        ((0.004, 0.004, 0.992), "0.4% 0.4% 99%"),
        ((0.625, 0.125, 0.125, 0.125, float("nan")), "62.5% 12.5% 12.5% 12.5% –"),
        ((), ""),
    ],
)
def test_shares_in_a_column_add_up_to_what_they_are(shares: tuple[float, ...], told: str, code: Code) -> None:
    assert " ".join(Language(code).percents(shares)) == told


@given(
    st.one_of(
        st.floats(-1e15, 1e15, allow_nan=False),
        st.integers(-(10**15), 10**15),
        st.decimals(-(10**9), 10**9, places=4),
        st.integers(-(10**6), 10**6).map(lambda whole: whole / 200),
    ),
    st.integers(0, 4),
    st.sampled_from(LANGUAGES),
)
def test_numbers_are_written_as_the_library_of_locales_writes_them(
    value: float | Decimal, digits: int, code: Code
) -> None:
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    wanted = format_decimal(value, pattern, locale=LOCALES[code]).replace("-", MINUS)
    assert Language(code).number(value, digits) == ("0" if wanted == f"{MINUS}0" else wanted)
