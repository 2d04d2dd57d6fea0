"""Sentences of an evaluation: the sum closes, doubt is said, names stay letters, both languages."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.allocation.current import budget_by_tier
from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Language
from segmentation.ladder import Ladder
from segmentation.schemes import TierPolicy
from segmentation.tuning import CheckDate
from segmentation.ui.movers import tell_moves
from segmentation.ui.resource_sentences import tell_budget, tell_gaps
from segmentation.ui.sentences import Sentences
from segmentation.verdicts import Verdict
from tests.evaluations import make_evaluation


def told(code: Any = "en", **facts: Any) -> Sentences:
    return Sentences(make_evaluation(**facts), Look(Language(code), "light", "CNY"))


def standing(reasons: list[str | None], window_days: int | None = 365) -> Any:
    method = SimpleNamespace(window_days=window_days, needs=("recency_days",))
    scored = SimpleNamespace(maxima={}, labels={}, is_refused=False)
    ladder = SimpleNamespace(scores=np.array([10.0, 90.0]))
    since = {"first_contact_on": "2026-11-02", "first_touch_on": pd.NaT, "first_order_on": "2026-11-05"}
    features = pd.DataFrame({name: pd.to_datetime([day] * len(reasons)) for name, day in since.items()})
    return SimpleNamespace(
        reasons=pd.Series(reasons, dtype=object),
        reason_counts=Counter(reason for reason in reasons if reason is not None),
        population=len(reasons),
        method=method,
        scored=scored,
        ladder=ladder,
        features=features,
    )


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
    everything += [sentences.distribution(), *tell_gaps(sentences), *sentences.conversion_in_full()]
    everything.append(
        tell_budget(sentences, budget_by_tier(pd.Series([5.0], index=["x"]), sentences.evaluation.names))
    )
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
    nothing = make_evaluation(hours_now=[np.nan] * 4, recorded_customers=[0] * 4)
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
    keeps = told(hours_half_visits=[230.0] * 4, hours_double_visits=[260.0, 230, 230, 230]).hours_range("A")
    assert "stays" in keeps and "25%–27%" in keeps
    same = told(hours_half_visits=[230.0] * 4, hours_double_visits=[231.0] * 4).hours_range("A")
    assert "still gets 25%" in same
    flips = told(hours_half_visits=[1.0, 99, 99, 99], hours_double_visits=[999.0, 1, 1, 1]).hours_range("A")
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
    assert "from 31 Jan 2027 on" in empty.nobody(standing(["new", "new"])), "90 days after the first contact"
    assert "Needed: an order" in empty.nobody(standing(["none", "none", "new"]))
    assert told().nobody(standing([None])) == ""
    assert "no customers" in told(customers=(0, 0, 0, 0)).nobody(standing([]))


def test_a_letter_is_spaced_in_chinese() -> None:
    assert "与 B 类" in told("zh", codes=("cannot_tell", "higher")).conversion()[1]


def test_agreement_that_is_automatic_is_named() -> None:
    assert told(outcome="repurchase").circular()
    assert not told(outcome="win_rate").circular()


def test_the_reason_of_most_is_given() -> None:
    assert "no order" in told().unrated(standing([None, "none", "none", "new"]))
    assert dt.date(2026, 11, 30) == make_evaluation().as_of


SIX = tuple("ABCDEF")


def six(*codes: str) -> Sentences:
    return told(names=SIX, customers=[9] * 7, ks=[5] * 7, ns=[20] * 7, codes=codes)


def test_verdicts_stand_in_few_words_the_worst_first() -> None:
    assert told(codes=("higher", "higher")).conversion() == [
        "A, B and C differ (closest: A and B, 16 points, 3 to 29)."
    ]
    lines = told(codes=("higher", "cannot_tell")).conversion()
    assert lines == [
        "A and B differ (16 points, 3 to 29).",
        "**B and C cannot be told apart** (16 points, 3 to 29).",
    ]
    lines = six("higher", "cannot_tell", "cannot_tell", "lower", "too_few").conversion()
    assert lines[0].startswith("**E converts better than D**")
    assert lines[1:] == [
        "A and B differ (16 points, 3 to 29).",
        "**B, C and D cannot be told apart**, each from the next.",
        "**Too few to tell E from F**: no cases in E and F.",
    ]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    "codes",
    [
        ("higher",) * 5,
        ("cannot_tell",) * 5,
        ("too_few",) * 5,
        ("lower",) * 5,
        ("higher", "higher", "cannot_tell", "cannot_tell", "too_few"),
    ],
)
def test_six_tiers_take_a_few_lines_and_name_every_tier(code: Any, codes: tuple[str, ...]) -> None:
    facts: dict[str, Any] = {"names": SIX, "customers": [9] * 7, "ks": [5] * 7, "ns": [20] * 7}
    sentences = told(code, codes=codes, **facts)
    text = " ".join(sentences.conversion()).replace("**", "")
    assert len(text) <= (170 if codes[0] != "lower" else 340)
    if set(codes) != {"too_few"}:
        assert all(name in text for name in SIX)
    assert len(sentences.conversion_in_full()) == 5


def test_too_few_everywhere_is_said_once_with_what_would_be_enough() -> None:
    few = told(codes=("too_few", "too_few"))
    assert few.conversion() == ["**Too few to tell any two tiers apart**: 566 cases."]
    needy = tuple(replace(verdict, needed=60) for verdict in few.evaluation.verdicts)
    known = Sentences(replace(few.evaluation, verdicts=needy), few.look)
    assert "about 60 per tier would show a gap of 16 points" in known.conversion()[0]


def test_alike_is_said_where_any_difference_is_small() -> None:
    alike = [Verdict("A", "B", "cannot_tell", 0.01, -0.02, 0.03)]
    sentences = Sentences(replace(make_evaluation(), verdicts=tuple(alike)), Look(Language("en")))
    assert sentences.conversion() == ["**A and B convert alike** (1 point, −2 to 3)."]


def test_gaps_name_who_gets_too_little_and_who_too_much() -> None:
    hours = {"hours_now": [100.0, 300.0, 600.0, 0.0], "revenue": [700.0, 200.0, 100.0, 0.0]}
    lines = tell_gaps(told(**hours))
    assert lines[0] == "**A gets 10% of hours** and brings 70% of sales."
    assert lines[1] == "**C gets 60% of hours** and brings 10% of sales."
    assert "minutes per visit" in lines[2]
    even = {"hours_now": [700.0, 200.0, 100.0, 0.0], "revenue": [700.0, 200.0, 100.0, 0.0]}
    assert tell_gaps(told(**even)) == ["Hours follow sales: no tier is more than 5 points apart."]
    assert tell_gaps(told(hours_now=[np.nan] * 4)) == []
    assert "No follow-ups in the last 90 days" in tell_gaps(told(hours_now=[0.0] * 4))[0]
    assert "nothing to hold the hours against" in tell_gaps(told(revenue=[0.0] * 4))[0]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({}, "No budget yet. Needed: month, tier, amount."),
        ({"": 400.0}, "The budget is ¥400 a month; no line of it names one of these tiers."),
        ({"A": 300.0, "B": 100.0}, "The budget is ¥400 a month, **75% of it for A**."),
        ({"A": 300.0, "": 100.0}, "The budget is ¥400 a month, **75% of it for A**. ¥100 a month names none"),
    ],
)
def test_the_budget_says_what_names_no_tier(lines: dict[str, float], words: str) -> None:
    budget = budget_by_tier(pd.Series(lines, dtype=float), ("A", "B", "C"))
    assert tell_budget(told(), budget).startswith(words)


def test_bold_letters_are_spaced_too_in_chinese() -> None:
    budget = budget_by_tier(pd.Series({"A": 300.0}), ("A", "B", "C"))
    assert "其中 **A 类占 100%**" in tell_budget(told("zh"), budget)


def test_automatic_agreement_stands_in_the_notes() -> None:
    assert "automatic" in told(outcome="repurchase").notes(standing([None]))


def test_scores_of_undated_columns_are_read_as_a_description() -> None:
    plain_world = make_evaluation()
    scheme = plain_world.scheme.changed(method="scorecard", method_params={"attributes": ("size",)})
    sentences = Sentences(replace(plain_world, scheme=scheme), Look(Language("en")))
    assert "1 Sep 2026" in sentences.dates() and "description" in sentences.dates()


def test_a_line_that_missed_its_target_names_the_group_it_could_not_split() -> None:
    ladder = Ladder.build(pd.Series([90.0] * 40 + [50.0] * 60), {})
    policy = TierPolicy(("A", "B"), "customers", (0.1,))
    facts: dict[str, Any] = {"names": ("A", "B"), "customers": (40, 60, 0), "ks": (1, 1, 0), "ns": (9, 9, 0)}
    for share, words in ((0.1, "40 customers share"), (0.8, "60 customers share"), (0.4, "")):
        solved = ladder.solve(replace(policy, cuts=(share,)))
        evaluation = replace(make_evaluation(**facts), solved=solved, cuts=solved.cuts)
        sentences = Sentences(evaluation, Look(Language("en")))
        said = " ".join(sentences.ties(ladder))
        assert words in said if words else not said
        assert "A the best 40%" in sentences.lines()


def test_moves_add_up_and_unlike_grades_are_said_to_go_by_position() -> None:
    def moved(names: int) -> Any:
        return SimpleNamespace(
            moved_count=10,
            up_count=3,
            down_count=2,
            same_count=5,
            counts=np.zeros((names + 1, 4)),
        )

    assert tell_moves(moved(3), Language("en")) == "3 up, 2 down, 5 unchanged, 5 into or out of not rated."
    assert "Their 4 grades and these 3 tiers" in tell_moves(moved(4), Language("en"))


def test_the_number_that_is_missing_is_named() -> None:
    base = standing([None, "missing"])
    base.method.needs = ("recency_days", "amount")
    base.features = pd.DataFrame({"recency_days": [1.0, np.nan], "amount": [5.0, 0.0]})
    assert "not rated yet: no order on record." in told().unrated(base)
    base.method.needs = ()
    assert "none of what the method counts" in told().unrated(base)


def test_every_reason_not_to_be_rated_has_its_number() -> None:
    base = standing([None, "missing", "missing", "new"])
    base.method.needs = ("recency_days",)
    base.features = pd.DataFrame({"recency_days": [1.0, np.nan, np.nan, 3.0]})
    assert "not rated yet: no order on record (2); too new to be rated (1)." in told().unrated(base)
