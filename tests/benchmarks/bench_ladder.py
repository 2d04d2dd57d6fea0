"""Ratios of a cut move, measured side by side and interleaved: run with `python tests/benchmarks/bench_ladder.py`.

Data for all charts (tier totals, rates with ranges, verdicts, histogram) at 1,000,000 customers against 10,000, and
against pandas `cut` + `groupby` of the same columns at the same size. Nothing here is asserted by the test suite.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from segmentation.ladder import Ladder
from segmentation.rates import outcome_measures, tier_rates
from segmentation.schemes import TierPolicy
from segmentation.verdicts import adjacent_verdicts

NAMES = ("A", "B", "C")
ROUNDS = 41


def make_company(customers: int) -> tuple[pd.Series, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Scores of many values, eight measures of size and hours, and the measures of a win rate."""
    rng = np.random.default_rng(1)
    scores = pd.Series(np.round(rng.random(customers) * 100, 6))
    size = {f"measure_{number}": rng.integers(0, 10**9, customers) for number in range(8)}
    n = rng.poisson(1.0, customers)
    outcomes = pd.DataFrame({"n": n, "k": rng.binomial(n, 0.4), "value_e4": 0, "open_count": 0})
    return scores, size, dict(outcome_measures(outcomes, "win_rate").arrays)


def move_line(now: Ladder, checked: Ladder, share: float) -> None:
    """Everything the three charts and the histogram need after one move."""
    solved = now.solve(TierPolicy(NAMES, "customers", (share, 0.5)))
    now.at(solved.cuts)
    rates = tier_rates(checked.at(solved.cuts), "deal")
    adjacent_verdicts(rates)
    now.histogram(np.linspace(0, 100, 41).tolist())


def move_line_in_pandas(scores: pd.Series, frame: pd.DataFrame, share: float) -> None:
    """The same totals the usual way: quantile, cut, groupby."""
    lines = scores.quantile([0.5, 1 - share]).tolist()
    tiers = pd.cut(scores, [-np.inf, *lines, np.inf], right=False, labels=False)
    frame.groupby(tiers).sum()
    pd.cut(scores, np.linspace(0, 100, 41), include_lowest=True).value_counts()


def median_ms(runs: list[float]) -> float:
    return statistics.median(runs) * 1000


def main() -> None:
    works: dict[str, Callable[[float], None]] = {}
    for customers in (10_000, 1_000_000):
        scores, size, outcome = make_company(customers)
        began = time.perf_counter()
        now, checked = Ladder.build(scores, size), Ladder.build(scores, outcome)
        spent, held = (time.perf_counter() - began) * 1000, now.bytes + checked.bytes
        print(f"build {customers:>9,}: {spent:7.1f} ms, {held:,} bytes")
        works[f"ladder {customers}"] = lambda share, a=now, b=checked: move_line(a, b, share)  # type: ignore[misc]
        frame = pd.DataFrame(size | outcome)
        works[f"pandas {customers}"] = lambda share, s=scores, f=frame: move_line_in_pandas(s, f, share)  # type: ignore[misc]
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(ROUNDS):
        for name, work in works.items():
            if name == "pandas 1000000" and turn % 10:
                continue
            began = time.perf_counter()
            work(0.1 + turn / 200)
            times[name].append(time.perf_counter() - began)
    medians = {name: median_ms(runs) for name, runs in times.items()}
    for name, value in medians.items():
        print(f"{name:>16}: {value:9.3f} ms")
    large, small = medians["ladder 1000000"], medians["ladder 10000"]
    print(f"1M against 10k customers: {large / small:.2f} x (wanted: at most 1.5)")
    print(f"pandas against ladder at 1M: {medians['pandas 1000000'] / large:.0f} x (wanted: at least 20)")


if __name__ == "__main__":
    main()
