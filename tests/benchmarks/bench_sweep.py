"""All curves and the statement about chance against building one ladder, at 1,000,000 customers, in one run.

    python -m tests.benchmarks.bench_sweep [--customers 1000000] [--rounds 7]

Target: everything of *every possible line* (curves of both lines, best line, plateau, 999 random orderings) costs at
most one ladder of eight measures. Interleaved; nothing here is asserted by the test suite.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from segmentation.allocation.capacity import Staffing
from segmentation.cutpoints import find_cutpoint
from segmentation.ladder import Ladder
from segmentation.methods.base import Scored
from segmentation.methods.registry import make
from segmentation.rates import outcome_measures
from segmentation.schemes import Scheme
from segmentation.standing import Standing
from segmentation.sweep import sweep_line
from segmentation.tuning import Base, CheckDate, draw_lines

AS_OF, CHECKED_ON = dt.date(2026, 11, 30), dt.date(2026, 9, 1)
SIZES = (
    "revenue_e4", "margin_e4", "margin_known", "won_e4", "hours_now_e4", "hours_half_e4", "hours_double_e4", "recorded",
)  # fmt: skip


def make_standing(scores: pd.Series, measures: dict[str, np.ndarray], on: dt.date) -> Standing:
    scheme = Scheme()
    unrated = dict.fromkeys((*measures, "customers"), 0)
    ladder = Ladder.build(scores, measures)
    frame = pd.DataFrame(index=scores.index)
    method = make(scheme.method, scheme.method_params)
    return Standing(
        on, 1, method, frame, pd.Series(dtype=object), Scored(scores, frame, {}, {}), ladder, unrated
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    draws = np.random.default_rng(1)
    scores = pd.Series(np.round(draws.uniform(0, 100, asked.customers), 6))
    sizes = {name: draws.integers(0, 10**9, asked.customers) for name in SIZES}
    won = draws.random(asked.customers) < 0.1 + scores / 300
    outcomes = pd.DataFrame({"n": 1, "k": won.astype(int), "open_count": 0}, index=scores.index)
    measures = sizes | dict(outcome_measures(outcomes, "repurchase").arrays)
    now, checked = make_standing(scores, sizes, AS_OF), make_standing(scores, measures, CHECKED_ON)
    base = Base(now, checked, CheckDate(CHECKED_ON, 700, 455), Staffing(14, 1_400.0, 0, "reps"))
    evaluation = draw_lines(base, Scheme(outcome="repurchase"))

    def everything() -> None:
        best = find_cutpoint(checked.ladder, "customer", 1)
        for place in range(len(evaluation.cuts)):
            sweep_line(base, evaluation, place, best)

    acts: dict[str, Callable[[], object]] = {
        "one ladder": lambda: Ladder.build(scores, sizes),
        "every possible line": everything,
        "curves of one line alone": lambda: sweep_line(base, evaluation, 0, None),
    }
    seconds: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(asked.rounds):
        for name, act in acts.items():
            started = time.perf_counter()
            act()
            seconds[name].append(time.perf_counter() - started)
    whole = statistics.median(seconds["one ladder"])
    print(f"{asked.customers:,} customers, median of {asked.rounds}")
    for name, taken in seconds.items():
        print(
            f"{name:<26}{1000 * statistics.median(taken):9.1f} ms {statistics.median(taken) / whole:6.2f} ×"
        )


if __name__ == "__main__":
    main()
