"""What a date holds, who may be judged on it, what chance alone would move: each rule of a scoreboard by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from segmentation.methods.abc import Abc
from segmentation.schemes import Scheme, TierPolicy
from segmentation.store import Book
from segmentation.validation import course, luck
from segmentation.validation.board import Scoreboard, judge
from segmentation.validation.cards import weigh_data
from segmentation.validation.contenders import Contender, reads_undated
from segmentation.validation.past import choose_dates, read_day
from segmentation.validation.present import score_now
from tests.validation.buyers import END, MOST, SCHEME, contenders, frames, line_of
from tests.worlds import make_book

pytestmark = pytest.mark.usefixtures("few_dates")


def test_less_than_a_year_of_history_has_dates_after_a_quarter(book: Book) -> None:
    dates = choose_dates(book, "repurchase", 700).dates
    assert dates == (dt.date(2024, 3, 31), dt.date(2024, 4, 30)), "1 January 2024 and ninety days"


def test_money_that_went_back_is_none_and_yes_or_no_is_one_case(tmp_path: Path) -> None:
    made = frames(count=40)
    on = dt.date(2025, 12, 31)
    refund = pd.DataFrame([("R1", "C005", "2026-01-15", -1e6)], columns=made["orders"].columns)
    told = make_book(tmp_path, customers=made["customers"], orders=pd.concat([made["orders"], refund]))
    judging = choose_dates(told, "revenue_per_customer", 60)
    money = read_day(told, judging, on, SCHEME)
    place = list(money.customers).index("C005")
    assert money.cases.won[place] == money.cases.value[place] == 0.0 and (money.cases.won >= 0).all()
    assert money.cases.is_money and (money.cases.lost == 1).all()
    asked = read_day(told, choose_dates(told, "repurchase", 60), on, SCHEME)
    assert (
        set(asked.cases.won + asked.cases.lost) == {0.0, 1.0}
        or (asked.cases.won + asked.cases.lost == 1).all()
    )
    assert 0 < asked.cases.won.sum() < asked.cases.lost.sum() + asked.cases.won.sum()


def test_what_carries_no_date_is_told_from_what_does() -> None:
    assert reads_undated(SCHEME.changed(lines_within="region"))
    of_learning = Scheme(method="propensity", outcome="repurchase")
    assert not reads_undated(of_learning) and reads_undated(of_learning.changed(outcome="recorded"))

    @dataclass(frozen=True)
    class Owing(Abc):
        needs: ClassVar[tuple[str, ...]] = ("amount", "receivable")

        def __post_init__(self) -> None:
            object.__setattr__(self, "columns", ("amount", "receivable"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segmentation.validation.contenders.make", lambda name, params: Owing())
        assert reads_undated(SCHEME)


def test_minimum_history_makes_other_scores() -> None:
    one, other = (Contender("a", "scheme", "a", SCHEME.changed(minimum_history_days=n)) for n in (90, 30))
    assert one.scoring != other.scoring


def test_rates_of_money_are_told_in_currency(book: Book) -> None:
    asked = SCHEME.changed(outcome="revenue_per_customer")
    told = judge(book, contenders(), asked)
    line = line_of(told, "method:abc")
    assert line.measures is not None
    day = read_day(book, told.judging, told.judging.dates[-1], asked)
    mean = day.cases.value.mean() / 10_000
    best, middle, rest = told.rates_of(line)
    assert best > middle > rest > 0
    assert 0.1 * best + 0.3 * middle + 0.6 * rest == pytest.approx(mean, rel=0.3)


def test_ways_that_score_alike_are_one_look(book: Book, board: Scoreboard) -> None:
    """The same scheme under two more names changes no chance of anybody."""
    twins = [SCHEME.changed(name=name, revision=1, policy=TierPolicy()) for name in ("one", "two")]
    told = judge(book, contenders(*twins), SCHEME)
    for line in board.lines:
        assert line_of(told, line.contender.key).corrected_vs_luck == line.corrected_vs_luck
        assert line_of(told, line.contender.key).corrected_vs_base == line.corrected_vs_base


def test_chance_is_drawn_from_each_customers_own_months(book: Book) -> None:
    """The month drawn differs from customer to customer, and none lies before the customer was known."""
    judging = choose_dates(book, "repurchase", 60)
    before = read_day(book, judging, judging.dates[0], SCHEME)
    young = replace(before, known_days=np.where(np.arange(before.known_days.size) % 2, 40.0, 900.0))
    drawn: list[pd.DataFrame] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(luck, "Replica", lambda _book, _on, _days, frame: drawn.append(frame))
        luck.go_on(book, judging, young, judging.dates[1], "seed")
    days = (judging.dates[1] - judging.dates[0]).days
    months = drawn[0]["days_on"].to_numpy() // days
    assert set(months[1::2]) == {1} and set(months[::2]) == set(range(1, 13))


def test_chance_is_tried_on_the_last_dates(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[dt.date] = []
    real = luck.go_on
    monkeypatch.setattr(
        course,
        "go_on",
        lambda *given: tried.append(given[3]) or real(*given),  # type: ignore[func-returns-value]
    )
    told = judge(book, contenders(), SCHEME)
    assert tuple(tried) == told.judging.dates[1:] and len(tried) == MOST - 1


def test_who_is_too_new_is_not_sorted_on_the_list_date_either(book: Book) -> None:
    strict = SCHEME.changed(minimum_history_days=9_000, minimum_orders=5)
    present = score_now(book, contenders(), strict, END)
    orders = frames()["orders"].groupby("customer_id")["order_id"].nunique()
    assert present.count_rated("baseline") == (orders >= 5).sum() < len(present.customers)


def test_whether_the_data_are_enough(book: Book, board: Scoreboard) -> None:
    line = line_of(board, "method:rfm")
    assert line.measures is not None and weigh_data(board, line, 9, 10).code == "enough"
    few = replace(line, measures=replace(line.measures, carried_by=(9.9, 300.0)))
    told = weigh_data(board, few, 9, 10)
    assert told.code == "few" and (told.facts["won"], told.facts["lost"]) == (9, 300)
