"""Languages: a plural message follows its number, and facts that carry two languages are read in the right one."""

from __future__ import annotations

import pytest

from segmentation.i18n import Language, Text


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
