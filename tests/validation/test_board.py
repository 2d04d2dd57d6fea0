"""The scoreboard of a book: point in time, the same every time, and everybody listed whatever they can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from segmentation.methods import registry
from segmentation.methods.abc import Abc
from segmentation.methods.base import Method, Scored
from segmentation.schemes import Scheme, TierPolicy
from segmentation.store import Book
from segmentation.validation.board import Line, Scoreboard, judge
from segmentation.validation.contenders import Contender, list_contenders, reads_undated
from segmentation.validation.course import MOST_REPLICAS
from segmentation.validation.measures import measure
from segmentation.validation.past import choose_dates
from tests.validation.buyers import MOST, SCHEME, contenders, frames, line_of
from tests.worlds import make_book

pytestmark = pytest.mark.usefixtures("few_dates")


def test_dates_are_month_ends_whose_windows_lie_in_the_history(book: Book) -> None:
    judging = choose_dates(book, "repurchase", 60)
    assert judging.dates[-1] == dt.date(2025, 12, 31) and len(judging.dates) == MOST
    assert all((day + dt.timedelta(1)).day == 1 for day in judging.dates)
    assert not choose_dates(book, "recorded", 60).dates
    short = choose_dates(book, "repurchase", 500)  # until 16 November 2024: less than a year before each
    assert short.dates[-1] == dt.date(2024, 10, 31) and short.need_days(None) == 590
    assert not choose_dates(book, "repurchase", 3650).dates


def test_every_method_and_the_simple_sort_are_judged(board: Scoreboard) -> None:
    assert {line.contender.key for line in board.lines} == {"method:rfm", "method:abc", "method:scorecard"}
    assert board.baseline is not None and board.baseline.measures is not None
    for line in (*board.lines, board.baseline):
        told = line.measures
        assert told is not None and len(told.dates) == MOST
        assert 0.6 < told.auc.low < told.auc.value < told.auc.high < 1
        assert 0.1 < told.value_share.low < told.value_share.value < told.value_share.high < 1
        assert 0.5 < told.unchanged.value < 1 and told.order_chance > 0.9
        assert told.unchanged_by_luck == pytest.approx(told.unchanged.value, abs=0.06), "nobody changes here"
        assert told.customer_months == sum(day.rated_count for day in told.dates)
    simple = line_of(board, "method:abc").measures
    assert simple is not None and simple.auc.value == pytest.approx(simple.base_auc, abs=0.01)


def test_what_stays_is_pooled_over_the_dates_chance_was_tried_for(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[tuple[dt.date, ...]]()

    def listen(trials: Any, **told: Any) -> Any:
        asked.append(tuple(told["lately"]))
        return measure(trials, **told)

    monkeypatch.setattr("segmentation.validation.board.measure", listen)
    judged = judge(book, contenders(), SCHEME).judging.dates
    assert len(asked) == 4 and set(asked) == {tuple(judged[-min(MOST_REPLICAS, MOST - 1) :])}


def test_the_same_book_gives_the_same_numbers(book: Book, board: Scoreboard) -> None:
    assert judge(book, contenders(), SCHEME) == board


def test_rows_in_another_order_give_the_same_numbers(tmp_path: Path, board: Scoreboard) -> None:
    turned = {name: frame.sample(frac=1, random_state=3) for name, frame in frames().items()}
    assert judge(make_book(tmp_path, **turned), contenders(), SCHEME).lines == board.lines


def test_what_comes_after_a_window_changes_nothing_of_its_date(tmp_path: Path, board: Scoreboard) -> None:
    """Everything after the first window is another company's: their figures stay."""
    until = board.judging.dates[0] + dt.timedelta(60)
    made = frames()
    later = pd.to_datetime(made["orders"]["ordered_on"]).dt.date > until
    strange = made["orders"].assign(amount=lambda frame: np.where(later, 77_777.0, frame["amount"]))
    strange.loc[later, "customer_id"] = np.where(np.arange(later.sum()) % 2, "C003", "C150")
    other = judge(make_book(tmp_path, customers=made["customers"], orders=strange), contenders(), SCHEME)
    assert other.judging.dates == board.judging.dates
    for line in board.lines:
        ours, theirs = line.measures, line_of(other, line.contender.key).measures
        assert ours is not None and theirs is not None
        assert ours.dates[0] == theirs.dates[0]
        assert ours.dates[2] != theirs.dates[2], "the change reaches what it may reach"


def test_what_was_learned_later_is_learned_anew(book: Book, board: Scoreboard) -> None:
    """A published scheme carries edges of its list date: on a past date they would look ahead."""
    rfm = SCHEME.changed(name="frozen", revision=2)
    frozen = rfm.changed(fitted=dict.fromkeys(("recency", "frequency", "monetary"), (1.0, 2.0, 3.0, 4.0)))
    told = judge(book, contenders(frozen), SCHEME)
    assert line_of(told, "scheme:frozen.2").measures == line_of(board, "method:rfm").measures
    plain = line_of(told, "method:rfm")
    assert plain.corrected_vs_base == line_of(board, "method:rfm").corrected_vs_base, (
        "alike is looked at once"
    )


def test_a_scheme_without_point_in_time_is_listed_and_not_ranked(book: Book, board: Scoreboard) -> None:
    seats = Scheme(name="seats", revision=1, method="scorecard", method_params={"attributes": ("seats",)})
    told = judge(book, contenders(seats), SCHEME)
    line = told.lines[-1]
    assert (line.contender.key, line.verdict, line.measures) == ("scheme:seats.1", "not_point_in_time", None)
    assert told.lines[:-1] == board.lines, "who is not ranked is no look either"
    recorded = judge(book, contenders(), SCHEME.changed(outcome="recorded"))
    assert {line.verdict for line in recorded.lines} == {"not_point_in_time"} and recorded.baseline is None


def test_a_period_longer_than_the_history_cannot_run(book: Book) -> None:
    long = Scheme(name="long", revision=1, method="abc", method_params={"window_days": 1095})
    line = line_of(judge(book, contenders(long), SCHEME), "scheme:long.1")
    assert line.verdict == "cannot_run" and line.reason is not None
    assert line.reason.code == "board.cannot.short"
    assert line.reason.facts == {"have": 821, "need": 1095 + 60}


def test_a_scheme_whose_method_is_gone_is_listed(book: Book) -> None:
    gone = Scheme(name="gone", revision=1, method="astrology")
    line = line_of(judge(book, contenders(gone), SCHEME), "scheme:gone.1")
    assert line.verdict == "cannot_run" and line.reason is not None and line.reason.code == "e.method"


def test_an_empty_history_judges_nobody(tmp_path: Path) -> None:
    alone = make_book(tmp_path, customers=frames()["customers"])
    told = judge(alone, contenders(), SCHEME)
    assert told.baseline is None and {line.verdict for line in told.lines} == {"cannot_run"}


@dataclass(frozen=True)
class Odd(Abc):
    """Abc, but for what a test makes of it."""

    name: ClassVar[str] = "odd"
    how: ClassVar[str] = ""

    def score(self, features: pd.DataFrame, fitted: Any = None) -> Scored:
        if self.how == "raises":
            raise ValueError("a secret of customer C001")
        scored = super().score(features, fitted)
        if self.how == "half":
            return replace(scored, scores=scored.scores.where(features.index < "C110"))
        nobody = scored.scores.where(scored.scores > 1000)
        return replace(scored, scores=nobody, is_refused=True, verdict=("score.nothing", {}))


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Odd]]:
    found: dict[str, type[Method]] = {**registry.methods(), "odd": Odd}
    monkeypatch.setattr(registry, "methods", lambda: found)
    monkeypatch.setattr("segmentation.validation.contenders.methods", lambda: found)
    yield Odd


def judge_odd(book: Book) -> Line:
    every = [each for each in list_contenders(SCHEME, []) if each.name in ("odd", "abc")]
    return line_of(judge(book, every, SCHEME), "method:odd")


@pytest.mark.parametrize(("how", "code"), [("raises", "board.cannot.broken"), ("refuses", "score.nothing")])
def test_a_method_that_cannot_says_why_and_stops_no_other(
    book: Book, odd: type[Odd], monkeypatch: pytest.MonkeyPatch, how: str, code: str
) -> None:
    monkeypatch.setattr(odd, "how", how)
    line = judge_odd(book)
    assert line.verdict == "cannot_run" and line.reason is not None and line.reason.code == code
    assert "C001" not in str(line.reason.facts)


def test_customers_a_method_leaves_out_are_counted(
    book: Book, odd: type[Odd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odd, "how", "half")
    told = judge_odd(book).measures
    assert told is not None and told.left_out_months > 0
    assert 90 * MOST < told.customer_months <= 110 * MOST


def test_the_proposed_values_and_period_are_those_tried() -> None:
    proposed = SCHEME.changed(method_params={"window_days": 730, "bins": 3})
    found = {each.name: each.scheme for each in list_contenders(proposed, [])}
    assert found["rfm"].method_params == {"window_days": 730, "bins": 3}
    assert found["abc"].method_params == {"window_days": 730}
    assert all(scheme.outcome == "repurchase" and scheme.fitted is None for scheme in found.values())


def test_lines_and_names_make_no_other_scores() -> None:
    one = Contender("a", "scheme", "a", SCHEME)
    other = SCHEME.changed(name="other", policy=TierPolicy(("X", "Y"), "score", (50.0,)), outcome="win_rate")
    assert one.scoring == Contender("b", "scheme", "b", other).scoring
    assert one.scoring != Contender("b", "scheme", "b", SCHEME.changed(minimum_orders=5)).scoring
    assert one.scoring == Contender("b", "scheme", "b", SCHEME.changed(method_params={})).scoring
    assert not reads_undated(SCHEME)
