"""The course of a scoreboard: date after date, every contender on the same customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd

from segmentation.schemes import Scheme
from segmentation.store import Book
from segmentation.store_replicas import Replica
from segmentation.validation.contenders import BASELINE, Contender, method_of
from segmentation.validation.discrimination import Floats
from segmentation.validation.luck import go_on, sales_of
from segmentation.validation.past import Day, Judging, Refusal, keeping, read_day, score_day
from segmentation.validation.redraws import Draws
from segmentation.validation.trials import Places, Rankings, Trial, place_customers, stay, try_scores

MOST_REPLICAS = 3  # dates at which chance is let go on for all: each costs as much as the date itself
Tell = Callable[[int, int], object]


class Course:
    """Trials by what makes the scores, oldest first, and why there are none. Of a date only its sums are kept.

    `by_luck`: customers with a tier on both of two dates, and those who would keep it by chance alone; `lately`: the
    dates at which that was tried.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.trials: dict[str, list[Trial]] = {}
        self.refusals: dict[str, Refusal] = {}
        self.by_luck: dict[str, tuple[float, float]] = {}
        self.lately: dict[str, list[dt.date]] = {}
        self._before: dict[str, Places] = {}

    def take(self, rankings: Rankings, key: str, scores: Floats | Refusal) -> None:
        """What a contender said of a day. After a date without scores nobody stayed in a tier."""
        before = self._before.pop(key, None)
        if isinstance(scores, Refusal):
            self.refusals[key] = scores
            return
        trial, self._before[key] = try_scores(rankings, scores, before)
        self.trials.setdefault(key, []).append(trial)

    def take_luck(self, day: Day, key: str, scores: Floats | Refusal) -> None:
        """The same of a day on which everybody had gone on as before; call it before `take`."""
        before = self._before.get(key)
        if before is None or isinstance(scores, Refusal):
            return
        both, same = stay(place_customers(day, scores, self.draws), before, self.draws)
        held = self.by_luck.get(key, (0.0, 0.0))
        self.by_luck[key] = held[0] + float(both[0]), held[1] + float(same[0])
        self.lately.setdefault(key, []).append(day.on)

    def luck_of(self, key: str) -> float:
        """Share of customers who would keep their tier by chance alone; not-a-number where it was not tried."""
        both, same = self.by_luck.get(key, (0.0, 0.0))
        return same / both if both else float("nan")


def run(
    book: Book,
    judging: Judging,
    scheme: Scheme,
    contenders: Mapping[str, Contender],
    tell: Tell | None = None,
) -> Course:
    """Every one of `contenders`, by what makes its scores, on every date its period fits; the simple sort as
    `BASELINE`. The draws depend on the data version and the outcome alone: a contender more changes no other.
    `tell(done, all)` is called after each date."""
    customers: pd.Index = pd.Index([], dtype="str")
    if judging.dates:
        customers = read_day(book, judging, judging.dates[-1], scheme).customers
    seeds = book.version.number, judging.outcome, judging.outcome_days, "scoreboard"
    course = Course(Draws.of(len(customers), *seeds))
    before: Day | None = None
    for done, on in enumerate(judging.dates, 1):
        day = read_day(book, judging, on, scheme, customers)
        fitting = {
            key: contender
            for key, contender in contenders.items()
            if judging.fits(on, method_of(contender).window_days)
        }
        if before is not None and len(judging.dates) - done < MOST_REPLICAS:
            with go_on(book, judging, before, on, *seeds) as replica:
                _let_go_on(course, replica, day, fitting)
        _judge_day(course, book, day, fitting)
        before = day
        if tell is not None:
            tell(done, len(judging.dates))
    return course


def _judge_day(course: Course, book: Book, day: Day, contenders: Mapping[str, Contender]) -> None:
    rankings, recall = Rankings(day, course.draws), keeping()
    course.take(rankings, BASELINE, day.sales)
    for key, contender in contenders.items():
        course.take(rankings, key, score_day(book, contender.scheme, day, recall))


def _let_go_on(course: Course, replica: Replica, day: Day, contenders: Mapping[str, Contender]) -> None:
    recall = keeping()
    course.take_luck(day, BASELINE, sales_of(replica, day))
    for key, contender in contenders.items():
        course.take_luck(day, key, score_day(replica, contender.scheme, day, recall))
