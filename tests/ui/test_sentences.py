"""Sentences of an evaluation: the sum closes, doubt is said, names stay letters, both languages."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Language
from segmentation.tuning import CheckDate
from segmentation.ui.sentences import Sentences
from tests.evaluations import make_evaluation


def told(code: Any = "en", **facts: Any) -> Sentences:
    return Sentences(make_evaluation(**facts), Look(Language(code), "light", "CNY"))


def standing(reasons: list[str | None], window_days: int | None = 365) -> Any:
    method = SimpleNamespace(window_days=window_days)
    scored = SimpleNamespace(maxima={}, labels={})
    return SimpleNamespace(reasons=pd.Series(reasons, dtype=object), method=method, scored=scored)


def test_the_sum_adds_up() -> None:
    assert told().sum() == "116 + 349 + 699 + 36 not rated = 1,200 customers."
    assert told("zh").sum() == "116 + 349 + 699 + 暂未评级 36 = 共 1,200 家。"


def test_the_headline_says_what_is_known() -> None:
    assert told().headline().startswith("Tier A: 116 customers, ")
    assert told().headline().endswith("of hours")
    assert "hours" not in told(hours_now=[np.nan] * 4).headline()
    assert told(revenue=[np.nan] * 4).headline() == "Tier A: 116 of 1,164 rated customers"
    assert told("zh").headline().startswith("A 类 116 家，占销售额")


def test_a_named_tier_is_called_by_its_name() -> None:
    assert (
        told(names=("Key", "Rest"), customers=(3, 9, 1), ks=(1, 1, 0), ns=(3, 9, 1))
        .headline()
        .startswith("Key: 3")
    )


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", ["![x](http://h)", "<script>", "$x$", ":red[x]"])
def test_a_tiers_name_is_never_markup(code: Any, name: str) -> None:
    facts: dict[str, Any] = {
        "names": (name, "B", "C"),
        "hours_now": [4000.0, 1.0, 1.0, 1.0],
        "available_hours": 1.0,
    }
    sentences = told(code, **facts)
    everything = [sentences.headline(), sentences.lines(), *sentences.conversion(), sentences.capacity()]
    everything += [sentences.distribution(), sentences.hours_range()]
    for text in everything:
        assert name not in text
    assert "&#" in everything[0]


def test_too_short_a_history_says_how_many_days_are_missing() -> None:
    sentence = told(check=CheckDate(None, 120, 455)).no_outcome()
    assert "120" in sentence and "455" in sentence
    assert told().no_outcome() == ""


def test_no_deals_names_the_table_that_would_help() -> None:
    assert "opportunity" in told(ks=[0] * 4, ns=[0] * 4).no_outcome()
    assert "opportunity" not in told(ks=[0] * 4, ns=[0] * 4, outcome="repurchase").no_outcome()


def test_no_touches_are_not_zero_hours() -> None:
    nothing = make_evaluation(hours_now=[np.nan] * 4)
    nothing.tiers["recorded_customers"] = 0
    assert "No follow-ups yet" in Sentences(nothing, Look(Language("en"))).hours_source()


def test_capacity_is_kept_or_not_in_words() -> None:
    assert "hours free" in told(available_hours=1400.0).capacity()
    assert "cannot be kept" in told(available_hours=100.0).capacity()
    assert "not known" in told(available_hours=None).capacity()


def test_effort_is_named_when_it_may_explain_the_difference() -> None:
    assert "3" in told(hours_now=[348.0, 349.0, 1.0, 1.0]).effort_caveat()
    assert told(hours_now=[116.0, 349.0, 1.0, 1.0]).effort_caveat() == ""
    assert told(hours_now=[np.nan] * 4).effort_caveat() == ""


def test_half_and_double_visits_keep_or_flip_the_conclusion() -> None:
    keeps = told(hours_half_visits=[230.0] * 4, hours_double_visits=[231.0] * 4).hours_range()
    assert "stays" in keeps
    flips = told(hours_half_visits=[1.0, 99, 99, 99], hours_double_visits=[999.0, 1, 1, 1]).hours_range()
    assert "depends" in flips


def test_both_dates_are_told() -> None:
    assert "30 Nov 2026" in told().dates() and "1 Sep 2026" in told().dates()
    assert "1 Sep 2026" not in told(check=CheckDate(None, 1, 2)).dates()
    assert "no date" in told(check=CheckDate(None, 0, 0, is_as_recorded=True)).dates()


@pytest.mark.parametrize(
    ("days", "words"), [(365, "12 months"), (182, "6 months"), (100, "100 days"), (None, "all history")]
)
def test_the_window_is_told_in_months_where_it_is_months(days: int | None, words: str) -> None:
    assert words in told().window(standing([None], days))


def test_nobody_rated_says_why() -> None:
    empty = told(customers=(0, 0, 0, 2), ks=[0] * 4, ns=[0] * 4)
    assert "too new" in empty.nobody(standing(["new", "new"]))
    assert told().nobody(standing([None])) == ""
    assert "no customers" in told(customers=(0, 0, 0, 0)).nobody(standing([]))


def test_a_letter_is_spaced_in_chinese() -> None:
    assert "与 B 类" in told("zh", codes=("cannot_tell", "cannot_tell")).conversion()[0]


def test_agreement_that_is_automatic_is_named() -> None:
    assert told(outcome="repurchase").circular()
    assert not told(outcome="win_rate").circular()


def test_the_reason_of_most_is_given() -> None:
    assert "no order" in told().unrated(standing([None, "none", "none", "new"]))
    assert dt.date(2026, 11, 30) == make_evaluation().as_of
