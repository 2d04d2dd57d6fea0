"""The course of a scoreboard: date after date, every contender on the same customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from segmentation.schemes import Scheme
from segmentation.store import Book
from segmentation.validation.contenders import BASELINE, Contender, method_of
from segmentation.validation.discrimination import Floats
from segmentation.validation.past import Judging, Refusal, keeping, read_day, score_day
from segmentation.validation.redraws import Draws
from segmentation.validation.trials import Places, Rankings, Trial, try_scores

Tell = Callable[[int, int], object]


class Course:
    """Trials by what makes the scores, oldest first, and why there are none. Of a date only its sums are kept."""

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.trials: dict[str, list[Trial]] = {}
        self.refusals: dict[str, Refusal] = {}
        self._before: dict[str, Places] = {}

    def take(self, rankings: Rankings, key: str, scores: Floats | Refusal) -> None:
        """What a contender said of a day. After a date without scores nobody stayed in a tier."""
        before = self._before.pop(key, None)
        if isinstance(scores, Refusal):
            self.refusals[key] = scores
            return
        trial, self._before[key] = try_scores(rankings, scores, before)
        self.trials.setdefault(key, []).append(trial)


def run(
    book: Book,
    judging: Judging,
    scheme: Scheme,
    contenders: Mapping[str, Contender],
    tell: Tell | None = None,
) -> Course:
    """Every one of `contenders`, by what makes its scores, on every date its period fits; the simple sort as
    `BASELINE`. The draws depend on the data version and the outcome alone: a contender more changes no other."""
    customers: pd.Index = pd.Index([], dtype="str")
    if judging.dates:
        customers = read_day(book, judging, judging.dates[-1], scheme).customers
    seeds = book.version.number, judging.outcome, judging.outcome_days, "scoreboard"
    course = Course(Draws.of(len(customers), *seeds))
    for done, on in enumerate(judging.dates, 1):
        rankings = Rankings(read_day(book, judging, on, scheme, customers), course.draws)
        course.take(rankings, BASELINE, rankings.day.sales)
        recall = keeping()
        for key, contender in contenders.items():
            if judging.fits(on, method_of(contender).window_days):
                course.take(rankings, key, score_day(book, contender.scheme, rankings.day, recall))
        if tell is not None:
            tell(done, len(judging.dates))
    return course
