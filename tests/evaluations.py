"""Evaluations made by hand, so that figures, sentences and pages can be tested without a book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from segmentation.allocation.capacity import Capacity
from segmentation.comparisons import Comparison
from segmentation.ladder import Solved
from segmentation.rosters import Roster
from segmentation.schemes import UNRATED, Scheme, TierPolicy
from segmentation.tally import Tally
from segmentation.tuning import ALL, SHARED, CheckDate, Evaluation
from segmentation.verdicts import Verdict

AS_OF, CHECKED_ON = dt.date(2026, 11, 30), dt.date(2026, 9, 1)


def make_rates(names: Sequence[str], ks: Sequence[float], ns: Sequence[float]) -> pd.DataFrame:
    """k, n and a plausible interval per row; the last row is the sum."""
    k, n = np.array([*ks, np.nansum(ks)], dtype=float), np.array([*ns, np.nansum(ns)], dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = k / n
        half = 1.96 * np.sqrt(np.clip(rate * (1 - rate), 0.002, None) / n)
    frame = pd.DataFrame(
        {"k": k, "n": n, "rate": rate, "low": (rate - half).clip(0), "high": (rate + half).clip(0, 1)}
    )
    return frame.assign(open_count=0).set_axis([*names, UNRATED, ALL])


def make_tiers(names: Sequence[str], customers: Sequence[int], **columns: Sequence[float]) -> pd.DataFrame:
    """A tier table as `Evaluation.tiers` describes it, shares included."""
    rows = len(names) + 1
    weights = np.arange(rows, 0, -1, dtype=float) ** 2
    frame = pd.DataFrame({"customers": customers, "recorded_customers": customers}, index=[*names, UNRATED])
    given: dict[str, Any] = {
        "revenue": weights * 1_150_000,
        "margin": weights * 310_000,
        "won_amount": weights * 400_000,
        "hours_now": np.full(rows, 230.0),
        "hours_half_visits": np.full(rows, 140.0),
        "hours_double_visits": np.full(rows, 420.0),
        "hours_needed": weights * 22,
    } | columns
    for name, values in given.items():
        frame[name] = np.asarray(values, dtype=float)
    for column in SHARED:
        total = frame[column].sum()
        frame[f"{column}_share"] = frame[column] / total if total > 0 else np.nan
    return frame if "hours_rule_share" in columns else frame.assign(hours_rule_share=np.nan)


def make_evaluation(
    *,
    names: Sequence[str] = ("A", "B", "C"),
    customers: Sequence[int] = (116, 349, 699, 36),
    ks: Sequence[float] = (34, 61, 58, 1),
    ns: Sequence[float] = (71, 188, 301, 6),
    available_hours: float | None = 1400.0,
    codes: Sequence[str] = ("higher", "cannot_tell"),
    check: CheckDate | None = None,
    outcome: Any = "win_rate",
    **columns: Sequence[float],
) -> Evaluation:
    """The evaluation of a small equipment maker, or of whatever is passed instead."""
    lines = tuple(float(round(90 - 60 * place / len(names))) for place in range(1, len(names)))
    tiers = make_tiers(names, customers, **columns)
    scheme = Scheme(policy=TierPolicy(tuple(names), "score", lines), outcome=outcome)
    needed = float(tiers["hours_needed"].sum())
    rates = make_rates(names, ks, ns)
    return Evaluation(
        scheme=scheme,
        data_version=12,
        as_of=AS_OF,
        check=check or CheckDate(CHECKED_ON, 730, 455),
        cuts=lines,
        check_cuts=lines,
        solved=Solved("score", lines, lines, lines),
        tiers=Tally.of(tiers),
        rates=Tally.of(rates),
        verdicts=tuple(make_verdicts(names, codes)),
        capacity=Capacity(
            needed, available_hours, 14 if available_hours else 0, 0, "reps" if available_hours else "none"
        ),
        population=sum(customers),
        immature_customers=20,
    )


def make_verdicts(names: Sequence[str], codes: Sequence[str]) -> list[Verdict]:
    pairs = pairwise(names)
    padded = [*codes, *["too_few"] * len(names)]
    return [
        Verdict(upper=upper, lower=lower, code=code, difference=0.16, low=0.03, high=0.29)  # type: ignore[arg-type]
        for (upper, lower), code in zip(pairs, padded, strict=False)
    ]


def simple_sort(roster: Roster, sizes: Sequence[int], names: Sequence[str]) -> Comparison:
    """The largest by sales of the last 12 months at the given tier sizes, customer by customer."""
    ends, places = np.cumsum(sizes), np.full(roster.points.size, len(sizes))
    for row in np.flatnonzero(~np.isnan(roster.points)):
        places[row] = next(place for place, end in enumerate(ends) if roster.sales_rank[row] < end)
    return Comparison("simple_sort", "", tuple(names), places)
