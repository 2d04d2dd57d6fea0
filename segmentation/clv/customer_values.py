"""Orders and spend of customers modelled together: what may be learned from their histories, and why sometimes not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from segmentation.clv.bg_nbd import BgNbd, fit_bg_nbd
from segmentation.clv.gamma_gamma import GammaGamma, fit_gamma_gamma
from segmentation.clv.histories import DAYS_PER_WEEK, Floats, Histories, collapse
from segmentation.clv.likelihoods import Top
from segmentation.clv.nbd import Nbd, fit_nbd
from segmentation.clv.one_rate import fit_one_rate

Reason = tuple[str, Mapping[str, Any]]
# Customers younger than this are left out of the fit: of them only those who ordered twice are rated at all, and a
# model learned from these would take everybody for a faithful buyer.
LEARNED_FROM_DAYS = 90
MINIMUM_REPEATERS = 50
MOST_HORIZONS = 2.0  # how many times the observed history a horizon may be
LEAST_GAPS = 2.0  # how many usual gaps the history must hold
# Twice the log-likelihood a part of a model must add to count as seen: χ² with one degree of freedom at 5 %.
SEEN = 3.84
FIT_LOW, FIT_HIGH = 0.8, 1.25  # repeat orders the model expects ÷ those that happened
RELATED, TOO_RELATED = 0.3, 0.6  # rank correlation of spend and frequency worth saying, and too much


@dataclass(frozen=True)
class Purchases:
    """Customers' histories, all arrays of shape (customers,): x, t_x and age in days, amounts of the repeat days."""

    repeat_count: Floats
    span_days: Floats
    age_days: Floats
    repeat_amount: Floats

    @cached_property
    def mean_spend(self) -> Floats:
        """Currency per repeat order day; 0 where there is none."""
        return self.repeat_amount / np.maximum(self.repeat_count, 1)

    @cached_property
    def histories(self) -> Histories:
        """The same histories in weeks, collapsed."""
        return collapse(self.repeat_count, self.span_days, self.age_days, unit_weeks=1 / DAYS_PER_WEEK)

    def among(self, chosen: Any) -> Purchases:
        """Some of the customers."""
        return Purchases(
            self.repeat_count[chosen],
            self.span_days[chosen],
            self.age_days[chosen],
            self.repeat_amount[chosen],
        )


def purchases_of(repeat_count: Floats, span_days: Floats, recency_days: Floats, amount: Floats) -> Purchases:
    """Histories from the features, which are consistent wherever they come from orders.

    Whoever asks "what if" changes one feature at a time; the others give way: x is a whole number, a span needs a
    repeat order and each repeat order a day.
    """
    count = np.floor(np.maximum(repeat_count, 0))
    span = np.where(count > 0, np.maximum(np.rint(span_days), count), 0.0)
    return Purchases(
        count, span, span + np.maximum(np.rint(recency_days), 0), np.where(count > 0, amount, 0.0)
    )


@dataclass(frozen=True)
class Models:
    """Both models; what each customer is expected to do with them."""

    orders: BgNbd | Nbd
    spend: GammaGamma

    def expected_orders(self, purchases: Purchases, weeks: float) -> Floats:
        """E[Y(t) | x, t_x, T] of each customer, order days in the next `weeks`."""
        rows = purchases.histories
        return self.orders.expected_after(rows.repeat_count, rows.last_weeks, rows.age_weeks, weeks)[rows.row]

    def alive(self, purchases: Purchases) -> Floats:
        """P(alive | x, t_x, T) of each customer."""
        rows = purchases.histories
        return self.orders.alive(rows.repeat_count, rows.last_weeks, rows.age_weeks)[rows.row]

    def expected_spend(self, purchases: Purchases) -> Floats:
        """E[Z | x, z̄] of each customer, currency per order day."""
        return self.spend.expected(purchases.repeat_count, purchases.mean_spend)

    def expected_value(self, purchases: Purchases, weeks: float, share: Floats | None = None) -> Floats:
        """Expected orders × expected spend of each customer, currency; `share` of it counts (its gross margin)."""
        value = self.expected_orders(purchases, weeks) * self.expected_spend(purchases)
        return value if share is None else value * share


@dataclass(frozen=True)
class Learned:
    """What a fit gave: `models` with their `tops`, or the `refusal`; `remark`: what to know though it fits.
    A reason is a message id and its facts."""

    models: Models | None = None
    tops: tuple[Top, Top] | None = None
    refusal: Reason | None = None
    remark: Reason | None = None


def learn(everybody: Purchases, weeks: float) -> Learned:
    """Both models from those customers who are old enough, or why they cannot be used `weeks` ahead."""
    purchases = everybody.among(everybody.age_days >= LEARNED_FROM_DAYS)
    if (refusal := _too_short(purchases, weeks)) is not None:
        return Learned(refusal=refusal)
    orders, orders_top = fit_orders(purchases.histories)
    if (refusal := _unfit(orders, orders_top, purchases.histories)) is not None:
        return Learned(refusal=refusal)
    spenders = purchases.among((purchases.repeat_count > 0) & (purchases.repeat_amount > 0))
    if len(spenders.repeat_count) < MINIMUM_REPEATERS:
        return Learned(
            refusal=("ltv.spenders", {"n": len(spenders.repeat_count), "least": MINIMUM_REPEATERS})
        )
    related = _related(spenders)
    if abs(related) > TOO_RELATED:
        return Learned(refusal=("ltv.too_related", {"correlation": round(related, 2), "most": TOO_RELATED}))
    spend, spend_top = fit_gamma_gamma(spenders.repeat_count, spenders.mean_spend)
    if not spend_top.is_converged or spend_top.is_boundary or spend.q <= 1:
        return Learned(refusal=("ltv.spend", {"p": spend.p, "q": spend.q, "v": spend.v}))
    remark = _remark(orders, related)
    return Learned(Models(orders, spend), (orders_top, spend_top), remark=remark)


def fit_orders(histories: Histories) -> tuple[BgNbd | Nbd, Top]:
    """BG/NBD; where the orders are about as likely without anybody leaving, what it becomes then: NBD (likelihood
    ratio, Wilks 1938; the chance to leave at the end of its range makes the test a strict one). BG/NBD may have a top
    inside all the same: the data then decide by chance on which side of the end it lies."""
    model, top = fit_bg_nbd(histories)
    simpler, simpler_top = fit_nbd(histories)
    if 2 * (top.log_likelihood - simpler_top.log_likelihood) < SEEN:
        return simpler, simpler_top
    return model, top


def _too_short(purchases: Purchases, weeks: float) -> Reason | None:
    """Whether there are too few repeaters, or too little history for how rarely they order or how far one looks."""
    repeats = purchases.repeat_count > 0
    count = int(repeats.sum())
    if count < MINIMUM_REPEATERS:
        return "ltv.repeaters", {"n": count, "least": MINIMUM_REPEATERS}
    history = float(purchases.age_days.max()) / DAYS_PER_WEEK
    gaps = purchases.span_days[repeats] / purchases.repeat_count[repeats] / DAYS_PER_WEEK
    gap = float(np.median(gaps))
    if history < LEAST_GAPS * gap:
        return "ltv.short", {"weeks": round(history, 1), "gap": round(gap, 1)}
    if weeks > MOST_HORIZONS * history:
        return "ltv.horizon", {"horizon": weeks, "weeks": int(history), "most": int(MOST_HORIZONS * history)}
    return None


def _unfit(model: BgNbd | Nbd, top: Top, histories: Histories) -> Reason | None:
    """Whether the likelihood has no top inside, nothing sets customers apart, or the model misses the orders it was
    learned from."""
    has_no_top = not top.is_converged or top.is_boundary
    if (has_no_top or isinstance(model, Nbd)) and _are_alike(top, histories):
        return "ltv.alike", {}
    if has_no_top:
        return "ltv.no_top", {}
    ages, row = np.unique(histories.age_weeks, return_inverse=True)
    expected = float(model.expected(ages)[row] @ histories.customer_count)
    actual = float(histories.repeat_count @ histories.customer_count)
    if not FIT_LOW <= expected / actual <= FIT_HIGH:
        return "ltv.unfit", {"expected": round(expected), "actual": round(actual)}
    return None


def _are_alike(top: Top, histories: Histories) -> bool:
    """Whether one rate and one chance to leave for all explain the orders about as well: a model would rank luck."""
    return 2 * (top.log_likelihood - fit_one_rate(histories)[1].log_likelihood) < SEEN


def _remark(orders: BgNbd | Nbd, related: float) -> Reason | None:
    """What to know of models that may be used."""
    facts = {"correlation": round(related, 2)} if abs(related) > RELATED else {}
    if isinstance(orders, Nbd):
        return ("ltv.nobody_leaves.related" if facts else "ltv.nobody_leaves"), facts
    return ("ltv.related", facts) if facts else None


def _related(spenders: Purchases) -> float:
    """Rank correlation of frequency and spend among repeaters: the Gamma-Gamma model takes them for unrelated
    (Fader, Hardie & Lee 2005, *RFM and CLV*); ranks, so that one large customer does not decide. 0 where constant."""
    count, spend = spenders.repeat_count, spenders.mean_spend
    if np.ptp(count) == 0 or np.ptp(spend) == 0:
        return 0.0
    order = np.lexsort((spend, count))
    first, second = (pd.Series(values[order]).rank().to_numpy() for values in (count, spend))
    return float(np.corrcoef(first, second)[0, 1])
