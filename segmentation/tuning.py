"""evaluate(now, check, …) → Evaluation: the one result that pages, command line and exports read.

Moving a line costs a few binary searches: everything that is per customer lives in the two `Standing`s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.allocation.capacity import Capacity, Staffing, count_staff, weigh
from segmentation.allocation.current import rule_shares
from segmentation.ladder import Solved
from segmentation.methods.registry import make
from segmentation.rates import UNITS, tier_rates
from segmentation.schemes import UNRATED, Scheme, TierPolicy
from segmentation.standing import TEN_THOUSAND, Recall, Standing, make_anew, stand, stand_for_outcome
from segmentation.store import Book
from segmentation.tally import Tally
from segmentation.verdicts import Verdict, adjacent_verdicts

ALL = "all"
RATES = ("k", "n", "rate", "low", "high", "open_count")
SHARED = (
    "customers",
    "revenue",
    "margin",
    "won_amount",
    "hours_now",
    "hours_half_visits",
    "hours_double_visits",
)


@dataclass(frozen=True)
class CheckDate:
    """When the outcome is judged. `replayed_on` is None where the history is too short (then `missing_days` > 0; with
    `is_undated` there is none) or where the outcome has no date (`is_as_recorded`: judged on today's tiers, a
    description)."""

    replayed_on: dt.date | None
    have_days: int
    need_days: int
    is_as_recorded: bool = False
    is_undated: bool = False

    @property
    def missing_days(self) -> int:
        return max(0, self.need_days - self.have_days)


@dataclass(frozen=True)
class Evaluation:
    """Everything a scheme says about a book on its two dates.

    as_of is the list date; check.replayed_on the check date. `cuts` are score lines at the list date, falling;
    `check_cuts` the same solved at the check date (empty where nothing was checked). `solved` says what was asked
    and what was got.

    tiers: one row per tier, best first, then 'unrated'. customers, recorded_customers (counts); revenue, margin,
    won_amount (currency over the method's window; margin null where unknown); hours_now, hours_half_visits,
    hours_double_visits (hours a month, null where nothing is recorded); hours_needed (hours a month); and for each
    of them `<column>_share` of the total, null where the total is not positive; hours_rule_share (½–⅓–⅙).
    rates: the same rows plus 'all': k, n, rate, low, high, open_count (rate null where n = 0; for
    revenue_per_customer k is null and rate, low, high are currency per customer).
    """

    scheme: Scheme
    data_version: int
    as_of: dt.date
    check: CheckDate
    cuts: tuple[float, ...]
    check_cuts: tuple[float, ...]
    solved: Solved
    tiers: Tally
    rates: Tally
    verdicts: tuple[Verdict, ...]
    capacity: Capacity
    population: int
    immature_customers: int

    @property
    def names(self) -> tuple[str, ...]:
        return self.scheme.policy.names

    @property
    def rows(self) -> tuple[str, ...]:
        """The lanes of every chart: tiers best first, then *unrated*."""
        return (*self.names, UNRATED)

    @property
    def replayed_on(self) -> dt.date | None:
        return self.check.replayed_on

    @property
    def is_as_recorded(self) -> bool:
        """Whether the outcome figures describe today's records instead of testing the tiers: the outcome has no date,
        or the score reads columns of the customers table, which have none either."""
        return self.check.is_as_recorded or self.reads_undated

    @cached_property
    def reads_undated(self) -> bool:
        """Whether the score reads what the customers table says, which carries no date."""
        params = self.scheme.method_params
        method = make(self.scheme.method, params)
        is_told = bool(getattr(method, "reads_undated", False))
        return bool(params.get("attributes")) or is_told or bool(self.scheme.lines_within)

    @property
    def effort_ratio(self) -> float | None:
        """How many times the hours per customer of the second tier the first received; None where unrecorded."""
        first, second = (self.tiers.cells(name) for name in self.names[:2])
        if not first["customers"] or not second["customers"] or not second["hours_now"] > 0:
            return None
        return float(first["hours_now"] / first["customers"] / (second["hours_now"] / second["customers"]))


def choose_check_date(book: Book, scheme: Scheme, as_of: dt.date, window_days: int | None) -> CheckDate:
    """replayed_on = min(as_of, data_through_on − outcome window), if window + outcome window fit the history."""
    if scheme.outcome == "recorded":
        return CheckDate(None, 0, 0, is_as_recorded=True)
    span = book.query("history_span").iloc[0]
    last = book.data_through_on
    need = (window_days or 1) + scheme.outcome_days  # all history is one day at least
    if last is None or pd.isna(span["first_on"]):
        return CheckDate(None, 0, need, is_undated=True)
    replayed_on = min(as_of, last - dt.timedelta(days=scheme.outcome_days))
    have = (replayed_on - pd.Timestamp(span["first_on"]).date()).days + 1 + scheme.outcome_days
    return CheckDate(replayed_on if have >= need else None, have, need)


@dataclass(frozen=True)
class Base:
    """What a scheme needs before its lines: cache it on (data version, scheme without cuts, as_of)."""

    now: Standing
    checked: Standing | None
    check: CheckDate
    staffing: Staffing


def prepare(book: Book, scheme: Scheme, as_of: dt.date, recall: Recall = make_anew) -> Base:
    """The two standings, the check date and the staff: all that costs time, but what `recall` kept."""
    now = stand(book, scheme, as_of, recall)
    window_days = now.method.window_days
    check = recall(
        ("check date", as_of, window_days, scheme.outcome, scheme.outcome_days),
        lambda: choose_check_date(book, scheme, as_of, window_days),
    )
    judged_on = as_of if check.is_as_recorded else check.replayed_on
    checked = (
        None if judged_on is None
        else stand_for_outcome(book, scheme, judged_on, recall, is_past=judged_on < as_of)
    )  # fmt: skip
    hours = scheme.working_hours_per_month
    staffing = recall(("staff", as_of, hours), lambda: count_staff(book, as_of, hours))
    return Base(now, checked, check, staffing)


def evaluate(book: Book, scheme: Scheme, as_of: dt.date) -> Evaluation:
    """The whole answer in one call (command line, exports, tests)."""
    return draw_lines(prepare(book, scheme, as_of), scheme)


def draw_lines(base: Base, scheme: Scheme) -> Evaluation:
    """Lay the scheme's lines over a prepared base: the only work of a cut move, free of the number of customers."""
    minutes = standard_minutes(scheme)
    solved = _solve(base.now, scheme, minutes)
    tiers = _tier_table(base.now, scheme, solved.cuts, minutes)
    check_cuts: tuple[float, ...] = ()
    rates = _no_rates(scheme)
    verdicts: tuple[Verdict, ...] = ()
    if base.checked is not None:
        check_cuts = _solve(base.checked, scheme, minutes).cuts
        totals = _with_all(_with_unrated(base.checked, scheme, check_cuts))
        rates = tier_rates(totals, UNITS[scheme.outcome], base.checked.square_unit)
        # Neighbours are tiers with somebody in them: an empty one between two would hide what they can be told by.
        held = [name for name in scheme.policy.names if totals.at(name, "customers")]
        verdicts = adjacent_verdicts(rates.select(held))
    return Evaluation(
        scheme=scheme,
        data_version=base.now.data_version,
        as_of=base.now.as_of,
        check=base.check,
        cuts=tuple(solved.cuts),
        check_cuts=tuple(check_cuts),
        solved=solved,
        tiers=tiers,
        rates=rates,
        verdicts=tuple(verdicts),
        capacity=weigh(base.staffing, scheme, tiers.total("hours_needed")),
        population=base.now.population,
        immature_customers=base.now.population - (base.checked.population if base.checked else 0),
    )


def freeze_lines(base: Base, evaluation: Evaluation) -> Scheme:
    """The scheme as it is published: its lines as points at the list date, and the fitted edges of its method.

    Next month a customer then moves only if its own numbers move (definitions.md, *Dates*).
    """
    scheme = evaluation.scheme
    policy = TierPolicy(scheme.policy.names, "score", _carry_lines(base.now, evaluation.cuts))
    return scheme.changed(policy=policy, fitted=dict(base.now.scored.fitted) or None)


def _carry_lines(standing: Standing, cuts: Sequence[float]) -> tuple[float, ...]:
    """The same lines on the scale of the frozen method: the lowest score there of those above each line."""
    scored = standing.scored
    drawn = tuple(float(cut) for cut in cuts)
    if scored.exact is None:
        return drawn
    frozen = standing.method.score(standing.features.loc[scored.scores.index], scored.fitted).scores
    if frozen.equals(scored.scores):
        return drawn
    above = [frozen[scored.scores >= cut] for cut in drawn]
    return tuple(cut if kept.empty else float(kept.min()) for cut, kept in zip(drawn, above, strict=True))


def standard_minutes(scheme: Scheme) -> tuple[float, ...]:
    """Playbook minutes per customer and month of each tier, best first."""
    return tuple(
        scheme.standard(rank).minutes_per_month(scheme.minutes) for rank in range(len(scheme.policy.names))
    )


def solve_lines(standing: Standing, scheme: Scheme) -> tuple[float, ...]:
    """The cuts of a scheme over one standing alone, as `draw_lines` finds them."""
    return tuple(_solve(standing, scheme, standard_minutes(scheme)).cuts)


def _solve(standing: Standing, scheme: Scheme, minutes: Sequence[float]) -> Solved:
    return standing.ladder.solve(scheme.policy, standing.value_measure, minutes)


def _with_unrated(standing: Standing, scheme: Scheme, cuts: Sequence[float]) -> Tally:
    sums = standing.ladder.at(cuts).columns
    lanes = {name: np.append(values, standing.unrated[name]) for name, values in sums.items()}
    return Tally((*scheme.policy.names, UNRATED), lanes)


def _with_all(totals: Tally) -> Tally:
    whole = {name: np.append(values, values.sum()) for name, values in totals.columns.items()}
    return Tally((*totals.index, ALL), whole)


def _tier_table(standing: Standing, scheme: Scheme, cuts: Sequence[float], minutes: Sequence[float]) -> Tally:
    totals = _with_unrated(standing, scheme, cuts)
    is_recorded = totals["recorded"] > 0
    per_customer = np.array([*minutes, scheme.unrated_standard.minutes_per_month(scheme.minutes)])
    figures = {
        "customers": totals["customers"],
        "recorded_customers": totals["recorded"],
        "revenue": totals["revenue_e4"] / TEN_THOUSAND,
        "margin": _where(totals["margin_known"] > 0, totals["margin_e4"]),
        "won_amount": totals["won_e4"] / TEN_THOUSAND,
        "hours_now": _where(is_recorded, totals["hours_now_e4"]),
        "hours_half_visits": _where(is_recorded, totals["hours_half_e4"]),
        "hours_double_visits": _where(is_recorded, totals["hours_double_e4"]),
        "hours_needed": totals["customers"] * per_customer / 60.0,
    }
    for column in SHARED:
        total = np.nansum(figures[column])
        figures[f"{column}_share"] = figures[column] / (total if total > 0 else np.nan)
    figures["hours_rule_share"] = np.array([*rule_shares(len(scheme.policy.names)), np.nan])
    return Tally(totals.index, figures)


def _where(is_known: NDArray[np.bool_], ten_thousandths: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(is_known, ten_thousandths / TEN_THOUSAND, np.nan)


def _no_rates(scheme: Scheme) -> Tally:
    rows = (*scheme.policy.names, UNRATED, ALL)
    return Tally(rows, dict.fromkeys(RATES, np.full(len(rows), np.nan)))
