"""Made-up companies for the scoreboard: what customers are worth, what each contender sees of it, what they do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from segmentation.schemes import Scheme
from segmentation.validation.board import Line, Scoreboard, rank
from segmentation.validation.contenders import BASELINE, Contender
from segmentation.validation.course import Course
from segmentation.validation.measures import measure
from segmentation.validation.past import Day, Judging
from segmentation.validation.redraws import Cases, Draws
from segmentation.validation.trials import Rankings

DATES = (dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31))
Floats = np.ndarray


def contender(name: str) -> Contender:
    """A contender of its own: what tells them apart is the period they count."""
    windows = (182, 365, 730, 1095, None)
    bins = 3 + int(name[1:])
    params = {"window_days": windows[int(name[1:]) % 5], "bins": bins}
    return Contender(f"method:{name}", "method", name, Scheme(method="rfm", method_params=params))


def make_day(on: dt.date, sales: Floats, won: Floats, value: Floats | None = None) -> Day:
    count = sales.size
    customers = pd.Index([f"C{number:06d}" for number in range(count)])
    money = np.where(won > 0, 10_000.0, 0.0) if value is None else value
    cases = Cases(np.arange(count), won, 1.0 - won, money)
    return Day(on, customers, cases, sales, np.ones(count, bool), np.full(count, 900.0))


def judge_days(days: Mapping[dt.date, tuple[Day, Mapping[str, Floats]]], draws: Draws) -> Scoreboard:
    """The scoreboard of days whose scores are given, through the functions a book goes through."""
    course, contenders = Course(draws), dict[str, Contender]()
    for day, scores in days.values():
        rankings = Rankings(day, draws)
        course.take(rankings, BASELINE, day.sales)
        for name, points in scores.items():
            contenders[name] = contender(name)
            course.take(rankings, contenders[name].scoring, points)
    found = {key: measure(trials, is_base=key == BASELINE) for key, trials in course.trials.items()}
    lines = []
    for each in contenders.values():
        told = found[each.scoring]
        lines.append(Line(each, "no_better" if told.has_enough else "too_few", told))
    simple = Line(Contender(BASELINE, "baseline", BASELINE, Scheme()), "baseline", found[BASELINE])
    judging = Judging("repurchase", 30, tuple(days), DATES[0], DATES[-1])
    return rank(1, judging, simple, lines)


def company(
    seed: int,
    count: int,
    contenders: int,
    *,
    sees: float,
    dates: int = 2,
    redraws: int = 199,
    truth: str = "",
) -> Scoreboard:
    """`count` customers whose worth decides, as far as `sees` (0: not at all), who buys next; the simple sort and every
    contender see the same worth with as much noise of their own, `truth` sees it without any. Worth and what each
    contender sees of it last from date to date, chance strikes anew."""
    random = np.random.default_rng(seed)
    worth = random.normal(size=count)
    seen = {f"m{place}": worth + random.normal(size=count) for place in range(contenders)}
    sales = worth + random.normal(size=count)
    if truth:
        seen[truth] = worth
    days = {}
    for on in DATES[:dates]:
        likely = 1 / (1 + np.exp(-sees * worth))
        won = (random.random(count) < likely).astype(float)
        drifted = {
            name: np.round(points + 0.3 * random.normal(size=count), 1) for name, points in seen.items()
        }
        days[on] = make_day(on, np.round(sales + 0.3 * random.normal(size=count), 1), won), drifted
    return judge_days(days, Draws.of(count, seed, redraws=redraws))
