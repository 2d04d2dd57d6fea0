"""Verdicts: which tiers can be told apart, at a level that knows how many lines were compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation.i18n import Language
from segmentation.rates import newcombe, tier_rates
from segmentation.tally import Tally
from segmentation.verdicts import adjacent_verdicts, needed_in_each, tell_none_yet, tell_verdict


def make_rates(*counts: tuple[int, int], unit: str = "customer") -> Tally:
    names = list("ABCDEF")[: len(counts)]
    totals = pd.DataFrame(counts, columns=["outcome_k", "outcome_n"], index=names).assign(outcome_open=0)
    return tier_rates(Tally.of(totals), unit)  # type: ignore[arg-type]


def make_money(*tiers: list[float]) -> Tally:
    totals = pd.DataFrame(
        {
            "outcome_n": [len(tier) for tier in tiers],
            "outcome_open": 0,
            "outcome_value_e4": [round(sum(tier) * 1e4) for tier in tiers],
            "outcome_value_squares": [round(sum(x * x for x in tier) * 1e8) for tier in tiers],
        },
        index=list("ABC")[: len(tiers)],
    )
    return tier_rates(Tally.of(totals), "money", 1e-4)


def test_each_code_is_reached() -> None:
    rates = make_rates((60, 100), (20, 100), (55, 100), (50, 100), (3, 9))
    assert [verdict.code for verdict in adjacent_verdicts(rates)] == [
        "higher",
        "lower",
        "cannot_tell",
        "too_few",
    ]


@pytest.mark.parametrize(("n", "code"), [(9, "too_few"), (10, "higher")])
def test_fewer_than_ten_in_either_is_too_few(n: int, code: str) -> None:
    assert [v.code for v in adjacent_verdicts(make_rates((n, n), (0, 400)))] == [code]
    assert [v.code for v in adjacent_verdicts(make_rates((400, 400), (0, n)))] == [code]


def test_nothing_counted_is_too_few() -> None:
    (verdict,) = adjacent_verdicts(make_rates((0, 0), (5, 50)))
    assert verdict.code == "too_few"
    assert np.isnan(verdict.difference) and verdict.needed is None


def test_more_lines_need_a_wider_range() -> None:
    """36 of 100 against 23 of 100 is apart on its own, and not as one of five lines."""
    pair = (36, 100), (23, 100)
    (alone,) = adjacent_verdicts(make_rates(*pair))
    among = adjacent_verdicts(make_rates(*pair, (23, 100), (23, 100), (23, 100), (23, 100)))
    assert (alone.low, alone.high) == pytest.approx([float(end) for end in newcombe(36, 100, 23, 100, 0.95)])
    assert (among[0].low, among[0].high) == pytest.approx(
        [float(end) for end in newcombe(36, 100, 23, 100, 0.99)]
    )
    assert (alone.code, among[0].code) == ("higher", "cannot_tell")


def test_several_deals_of_one_customer_count_for_less() -> None:
    totals = pd.DataFrame(
        {"outcome_k": [60, 40], "outcome_n": [100, 100], "outcome_open": 0, "outcome_customers": 10},
        index=["A", "B"],
    )
    alone = totals.assign(
        outcome_kk=totals.outcome_k, outcome_kn=totals.outcome_k, outcome_nn=100, outcome_customers=100
    )
    # Ten customers of ten deals each, who win all of them or none.
    clustered = totals.assign(
        outcome_kk=totals.outcome_k * 10, outcome_kn=totals.outcome_k * 10, outcome_nn=1000
    )
    assert [v.code for v in adjacent_verdicts(tier_rates(Tally.of(alone), "deal"))] == ["higher"]
    assert [v.code for v in adjacent_verdicts(tier_rates(Tally.of(clustered), "deal"))] == ["cannot_tell"]


def test_money_is_compared_as_money() -> None:
    low, high = [10.0, 12.0, 11.0, 9.0, 10.5] * 4, [100.0, 120.0, 90.0, 80.0, 130.0] * 4
    assert [v.code for v in adjacent_verdicts(make_money(high, low, low))] == ["higher", "cannot_tell"]
    assert [v.code for v in adjacent_verdicts(make_money(low, high))] == ["lower"]
    assert [v.code for v in adjacent_verdicts(make_money(high[:9], low))] == ["too_few"]
    (verdict,) = adjacent_verdicts(make_money(high, low))
    assert verdict.is_money and verdict.difference == pytest.approx(93.5)


def test_luck_is_called_a_difference_no_more_than_it_should_be() -> None:
    """Six tiers of one rate: any verdict but *cannot tell* is an error, wanted in at most 5 % of cases."""
    rng = np.random.default_rng(11)
    wrong = sum(
        any(
            v.code != "cannot_tell"
            for v in adjacent_verdicts(make_rates(*((k, 80) for k in rng.binomial(80, 0.3, 6))))
        )
        for _ in range(400)
    )
    assert wrong <= 33


def test_needed_in_each_shows_the_difference_in_four_of_five_cases() -> None:
    needed = needed_in_each(0.3, 0.2)
    assert needed == pytest.approx(291, abs=3)
    rng = np.random.default_rng(12)
    a, b = rng.binomial(needed, 0.3, 4000), rng.binomial(needed, 0.2, 4000)
    low, _ = newcombe(a, needed, b, needed)
    assert (low > 0).mean() == pytest.approx(0.8, abs=0.03)
    assert needed_in_each(0.3, 0.3) is None


@pytest.mark.parametrize(
    ("rates", "en", "zh"),
    [
        (make_rates((60, 100), (20, 100)), "A converts better than B", "A 类转化率高于 B 类"),
        (make_rates((20, 100), (60, 100)), "B converts better than A", "B 类转化率反而高于 A 类"),
        (make_rates((5, 9), (2, 100)), "Too few to tell A from B", "样本太少，分不出 A 类和 B 类"),
        (make_rates((5, 9), (50, 90)), "Too few to tell A from B", "样本太少，分不出 A 类和 B 类"),
        (make_rates((50, 100), (55, 100)), "cannot be told apart", "分不出高低"),
        (make_rates((3000, 10000), (3000, 10000)), "smaller than 2 points", "不超过 2 个百分点"),
        (make_money([100.0, 101.0] * 9, [1.0, 2.0] * 9), "brings more per customer", "户均销售额高于"),
        (
            make_money([1.0, 2.0] * 9, [100.0, 101.0] * 9),
            "B brings more per customer",
            "B 类户均销售额反而高于 A 类",
        ),
        (make_money([1.0, 2.0] * 9, [2.0, 1.0] * 9), "cannot be told apart", "分不出高低"),
        (make_money([1.0, 2.0], [2.0, 1.0] * 9), "Too few", "样本太少"),
    ],
)
def test_every_verdict_is_a_sentence_in_both_languages(rates: pd.DataFrame, en: str, zh: str) -> None:
    (verdict,) = adjacent_verdicts(rates)
    assert en in tell_verdict(verdict, Language("en"), "USD")
    assert zh in tell_verdict(verdict, Language("zh"), "CNY")


def test_none_yet_is_not_never() -> None:
    assert tell_none_yet(20, 0.161, Language("en")) == "None of 20 yet; the true rate may be up to 16%."
    assert "16%" in tell_none_yet(20, 0.161, Language("zh"))
