"""Draft against published, tier by tier: every verdict is reached from real counts and said in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.ladder import Ladder
from segmentation.paired import MEASURES, Difference, Pairing, compare_results
from segmentation.rates import outcome_measures
from segmentation.ui.paired_lines import Told, tell_paired
from segmentation.ui.verdict_lines import summarise
from segmentation.verdicts import Verdict
from tests.evaluations import make_evaluation

NAMES = ("A", "B")


def compare(ours: list[int], theirs: list[int], won: list[int]) -> tuple[Difference, ...]:
    """Customers by their place under either scheme (0 = A, 1 = B), and who said yes."""
    outcomes = pd.DataFrame({"n": 1, "k": won, "open_count": 0})
    measured = outcome_measures(outcomes, "repurchase")
    split = {
        f"{name}@{place}": np.where(np.array(theirs) == place, measured.arrays[f"outcome_{name}"], 0)
        for name in MEASURES["customer"]
        for place in range(3)
    }
    scores = pd.Series([90.0 if place == 0 else 10.0 for place in ours])
    pairing = Pairing(Ladder.build(scores, split), dict.fromkeys(split, 0), 3, "customer", 1.0)
    return compare_results(pairing, (50.0,), NAMES, 1)


def tell(found: tuple[Difference, ...], code: Code) -> Told:
    return tell_paired(found, make_evaluation(), Look(Language(code), "light", "CNY"))


YES, NO = [1] * 60, [0] * 60
A, B = [0] * 60, [1] * 60
# Places under the draft, under the published scheme, results; what is said of the first tier.
CASES: dict[str, tuple[tuple[list[int], list[int], list[int]], str, str]] = {
    "higher": (
        (A + B + B, A + A + B, YES + NO + NO),
        "A does better than A of v0: 100% against 50%",
        "效果好于",
    ),
    "lower": (
        (A + A + B, A + B + B, YES + NO + NO),
        "A does worse than A of v0: 50% against 100%",
        "效果不如",
    ),
    "cannot_tell": (
        (A + B, A[:50] + B[:10] + A[:10] + B[:50], [1, 0] * 60),
        "50% and 50% cannot be told apart",
        "分不出高低",
    ),
    "alike": (
        (A + B, A + B, [1, 0] * 30 + NO),
        "A has the same customers as A of v0: 50%",
        "客户完全相同：50%",
    ),
    "too_few": (
        (A[:9] + B, A[:5] + B[:4] + B, [0] * 69),
        "too few to tell, 9 and 5 counted",
        "只有 9 个和 5 个",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_verdict_is_reached_and_said(case: str) -> None:
    places, english, chinese = CASES[case]
    found = compare(*places)
    assert found[0].is_same == (case == "alike")
    assert found[0].code == ("cannot_tell" if case == "alike" else case)
    assert english in tell(found, "en").in_full[0]
    assert chinese in tell(found, "zh").in_full[0], tell(found, "zh").in_full[0]


def test_only_what_differs_clearly_stands_under_the_chart() -> None:
    places, english, _ = CASES["higher"]
    assert english in tell(compare(*places), "en").short
    same = Language("en").say("paired.same", revision=make_evaluation().scheme.revision)
    assert tell(compare(*CASES["cannot_tell"][0]), "en").short == same
    assert tell((), "en") == Told()


def verdict(code: Any, difference: float, low: float, high: float, *, is_money: bool = False) -> Verdict:
    return Verdict("A", "B", code, difference, low, high, is_money, (0.4, 0.2), (40, 20), (100, 100), 50)


NEIGHBOURS = {
    "v.short.differ": verdict("higher", 0.2, 0.1, 0.3),
    "v.short.differ.value": verdict("higher", 200.0, 100.0, 300.0, is_money=True),
    "v.short.lower": verdict("lower", -0.2, -0.3, -0.1),
    "v.reversed.value": verdict("lower", -200.0, -300.0, -100.0, is_money=True),
    "v.short.same": verdict("cannot_tell", 0.01, -0.03, 0.04),
    "v.short.cannot_tell": verdict("cannot_tell", 0.1, -0.1, 0.3),
    "v.cannot.value": verdict("cannot_tell", 100.0, -100.0, 300.0, is_money=True),
    "v.short.too_few": verdict("too_few", 0.2, -0.2, 0.5),
    "v.few.none": replace(verdict("too_few", np.nan, np.nan, np.nan), ns=(0, 100)),
}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("message", NEIGHBOURS)
def test_every_verdict_between_neighbours_is_said_in_its_own_words(message: str, code: Code) -> None:
    look = Look(Language(code), "light", "CNY")
    evaluation = replace(make_evaluation(names=NAMES, customers=(9, 9, 0), ks=(1, 1, 0), ns=(9, 9, 0)))
    (said,) = summarise(replace(evaluation, verdicts=(NEIGHBOURS[message],)), look)
    others = [summarise(replace(evaluation, verdicts=(each,)), look)[0] for each in NEIGHBOURS.values()]
    assert others.count(said) == 1, "two verdicts in the same words"
    assert said.startswith(start(message, look.language)) and "nan" not in said and "{" not in said


def start(message: str, language: Language) -> str:
    """The words of a message up to its second fact, with the tiers' names in."""
    facts = {"a": language.tier("A"), "b": language.tier("B")}
    facts["tiers"] = (
        language.tier("A")
        if message == "v.few.none"
        else language.say("list.and", first=facts["a"], last=facts["b"])
    )
    names = ("d", "lo", "hi", "ra", "rb", "ka", "kb", "na", "nb", "need")
    return language.say(message, n=2, **facts, **dict.fromkeys(names, "¦")).split("¦")[0]


@pytest.mark.parametrize("code", LANGUAGES)
def test_one_tier_with_results_is_compared_with_none(code: Code) -> None:
    look = Look(Language(code), "light", "CNY")
    for ns, message in (((40, 0, 0, 3), "v.short.alone"), ((0, 0, 0, 3), "v.short.nobody")):
        evaluation = replace(make_evaluation(ks=(1, 0, 0, 1), ns=ns), verdicts=())
        assert summarise(evaluation, look) == [look.say(message, tier=look.language.tier("A"))]
