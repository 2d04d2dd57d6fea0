"""Contracts that are renewed or lost: what may be learned from them, and what each is expected to bring.

A renewal is asked for once a term, so that customers leave at known times: shifted beta-geometric, or one chance for
all where the renewals show no difference between customers. A running contract counts until its end, after it what
the model expects; nothing is discounted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import chdtrc, xlogy

from segmentation.clv.histories import DAYS_PER_WEEK, Floats
from segmentation.clv.intervals import Interval, spread
from segmentation.clv.likelihoods import Top
from segmentation.clv.shifted_beta_geometric import ShiftedBetaGeometric, fit_shifted_beta_geometric

Reason = tuple[str, Mapping[str, Any]]
LETTERS: Mapping[str, tuple[str, ...]] = {
    "shifted_beta_geometric": ("alpha", "beta", "log_likelihood"),
    "geometric": ("theta", "log_likelihood"),
}
MINIMUM_ASKED = 50
MINIMUM_EITHER = 10  # renewals won, and lost
# Twice the log-likelihood differences between customers must add to count as seen: χ², one degree of freedom, 5 %.
SEEN = 3.84
UNFIT = 0.001  # p of Pearson's test; trifles that only a large company shows are let pass by the ratio below
FIT_LOW, FIT_HIGH = 0.8, 1.25  # renewals the model expects to be lost ÷ those that were
FEWEST_EXPECTED = 5.0  # lost and won renewals in a cell of the test
WEEKS_PER_MONTH = 30.4375 / DAYS_PER_WEEK
LEAST_MONTHS = 1.0


@dataclass(frozen=True)
class Contracts:
    """Arrays of shape (customers,). renewal_count: renewed so far · amount: currency per term · term_weeks ·
    due_weeks: until the contract ends, 0 where it ended undecided, null where it was lost."""

    renewal_count: Floats
    amount: Floats
    term_weeks: Floats
    due_weeks: Floats

    @property
    def is_lost(self) -> Any:
        return np.isnan(self.due_weeks)


def contracts_of(given: Mapping[str, Floats]) -> Contracts:
    """Contracts from the features of `sql/contracts.sql`, which give way where somebody asks "what if"."""
    months = np.maximum(given["contract_term_months"], LEAST_MONTHS)
    return Contracts(
        np.floor(np.maximum(given["renewal_count"], 0)),
        given["contract_amount"],
        months * WEEKS_PER_MONTH,
        np.maximum(given["renewal_due_days"], 0) / DAYS_PER_WEEK,
    )


@dataclass(frozen=True)
class Geometric:
    """Everybody renews with the chance 1 − θ every time; what shifted beta-geometric becomes without differences."""

    theta: float

    @property
    def parameters(self) -> Floats:
        return np.array([self.theta])

    def surviving(self, periods: Any) -> Floats:
        """S(t), share of a cohort that renewed `periods` times or more."""
        return np.asarray((1 - self.theta) ** np.asarray(periods, float))


Model = ShiftedBetaGeometric | Geometric


@dataclass(frozen=True)
class Learned:
    """`written`: the model by the letters of `LETTERS` and the covariance of the logarithms of its parameters; empty
    with a `refusal`. `remark`: what to know though it fits."""

    written: Mapping[str, tuple[float, ...]]
    refusal: Reason | None = None
    remark: Reason | None = None


def learn(renewals: Floats, is_lost: Floats, lapsed_count: int = 0) -> Learned:
    """The model of first contracts, both of shape (customers,), null where the beginning is not on record: how often
    each was renewed, and whether it was then lost (1) or still runs (0). `lapsed_count`: customers whose contract is
    taken for lost because nothing was decided, which is said."""
    known = ~np.isnan(renewals)
    renewed, lost = renewals[known], is_lost[known] == 1
    asked, left = int(((renewed > 0) | lost).sum()), int(lost.sum())
    if asked < MINIMUM_ASKED:
        unknown = int(known.size - known.sum())
        code = "ltv.renewals.start" if unknown > asked else "ltv.renewals.few"
        return Learned({}, (code, {"n": asked, "least": MINIMUM_ASKED}))
    if left < MINIMUM_EITHER:
        return Learned({}, ("ltv.renewals.lost", {"n": left, "least": MINIMUM_EITHER}))
    if (won := int(renewed.sum())) < MINIMUM_EITHER:
        return Learned({}, ("ltv.renewals.won", {"n": won, "least": MINIMUM_EITHER}))
    model, top = fit_shifted_beta_geometric(renewed, lost)
    alike, simpler = fit_geometric(renewed, lost)
    is_seen = 2 * (top.log_likelihood - simpler.log_likelihood) >= SEEN
    if not (is_seen and top.is_converged and not top.is_boundary):
        told = _remark("alike", lapsed_count, won=won, decided=won + left)
        return _unless_unfit(alike, renewed, lost) or Learned(_write("geometric", alike, simpler), None, told)
    remark = _remark("differ", lapsed_count) if lapsed_count else None
    return _unless_unfit(model, renewed, lost) or Learned(
        _write("shifted_beta_geometric", model, top), None, remark
    )


def _remark(code: str, lapsed_count: int, **facts: int) -> Reason:
    if not lapsed_count:
        return f"ltv.renewals.{code}", facts
    return f"ltv.renewals.{code}.lapsed", {"n": lapsed_count, **facts}


def _unless_unfit(model: Model, renewed: Floats, is_lost: Any) -> Learned | None:
    """The refusal where the renewals lost at the first, second … asking are not those the model expects (Pearson)."""
    last = int((renewed + is_lost).max())
    ended = np.bincount(renewed.astype(np.int64), minlength=last + 1).astype(float)
    lost = np.bincount(renewed[is_lost].astype(np.int64), minlength=last)[:last].astype(float)
    asked = np.cumsum(ended[::-1])[::-1][1:] + lost
    survived = model.surviving(np.arange(last + 1))
    expected_lost = asked * (1 - survived[1:] / survived[:-1])
    cells = _pooled(np.stack([asked, lost, expected_lost]))
    size, actual, told = cells
    misses = (actual - told) ** 2 * size / (told * (size - told))
    freedom = cells.shape[1] - len(model.parameters)
    worst = int(np.argmax(misses))
    is_off = not FIT_LOW <= told[worst] / max(actual[worst], 1.0) <= FIT_HIGH
    if freedom < 1 or not is_off or float(chdtrc(freedom, misses.sum())) >= UNFIT:
        return None
    facts = {"expected": round(told[worst]), "actual": round(actual[worst])}
    return Learned({}, ("ltv.renewals.unfit", facts))


def _pooled(cells: Floats) -> Floats:
    """Columns (asked, lost, expected to be lost) put together from the left until each is large enough to test."""
    found, open_cell = list[Floats](), np.zeros(3)
    for column in cells.T:
        open_cell = open_cell + column
        if min(open_cell[2], open_cell[0] - open_cell[2]) >= FEWEST_EXPECTED:
            found.append(open_cell)
            open_cell = np.zeros(3)
    if not found:
        return cells.sum(axis=1, keepdims=True)
    found[-1] = found[-1] + open_cell
    return np.stack(found, axis=1)


def fit_geometric(renewed: Floats, is_lost: Any) -> tuple[Geometric, Top]:
    """θ = renewals lost ÷ renewals decided, with its standard error on the logarithm, √((1 − θ) / lost)."""
    won, lost = float(renewed.sum()), float(np.sum(is_lost))
    theta = lost / (won + lost)
    value = float(xlogy(lost, theta) + xlogy(won, 1 - theta))
    covariance = np.array([[(1 - theta) / lost]])
    return Geometric(theta), Top(np.array([theta]), value, covariance, True, False)


def _write(name: str, model: Model, top: Top) -> dict[str, tuple[float, ...]]:
    return {
        name: (*model.parameters.tolist(), float(top.log_likelihood)),
        f"{name}_covariance": tuple(top.covariance.ravel().tolist()),
    }


def read(written: Mapping[str, Sequence[float]]) -> Model | None:
    """The model that was written; None where none was."""
    if "shifted_beta_geometric" in written:
        return ShiftedBetaGeometric(*written["shifted_beta_geometric"][:2])
    return Geometric(written["geometric"][0]) if "geometric" in written else None


def next_chance(model: Model, contracts: Contracts) -> Floats:
    """Chance that the next renewal is won, 0–1; 0 for who was lost."""
    n = contracts.renewal_count
    return np.where(contracts.is_lost, 0.0, model.surviving(n + 1) / model.surviving(n))


def expected(model: Model, contracts: Contracts, weeks: float, what: Literal["value", "renewals"]) -> Floats:
    """Of the next `weeks`, per customer: value (currency under contract, a running one counted for sure), or renewals
    signed."""
    due = np.where(contracts.is_lost, weeks, np.minimum(contracts.due_weeks, weeks))
    count, row = np.unique(contracts.renewal_count, return_inverse=True)
    begins, told = due, np.where(contracts.is_lost, 0.0, due if what == "value" else 0.0)
    later = 0
    while (is_asked := (begins < weeks) & ~contracts.is_lost).any():
        later += 1
        chance = (model.surviving(count + later) / model.surviving(count))[row]
        covered = np.minimum(weeks - begins, contracts.term_weeks) if what == "value" else 1.0
        told = told + np.where(is_asked, chance * covered, 0.0)
        begins = begins + np.where(is_asked, contracts.term_weeks, 0.0)
    if what == "renewals":
        return told
    return np.where(contracts.is_lost, 0.0, contracts.amount / contracts.term_weeks * told)


def estimate(contracts: Contracts, weeks: float, written: Mapping[str, Sequence[float]]) -> dict[str, Floats]:
    """Per customer: alive_rate (chance of the next renewal, 0–1), renewals_count and value (currency) of the next
    `weeks`, the latter with `_low` and `_high` (95 %, for not knowing the parameters exactly)."""
    found = {"alive_rate": next_chance(_model(written), contracts)}
    for name, what in (("renewals_count", "renewals"), ("value", "value")):
        found |= _spread(written, contracts, weeks, what, is_total=False).named(name)
    return found


def estimate_total(
    contracts: Contracts, weeks: float, written: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """The same over all customers together: renewals_count and value, each with `_low` and `_high`."""
    found = dict[str, float]()
    for name, what in (("renewals_count", "renewals"), ("value", "value")):
        told = _spread(written, contracts, weeks, what, is_total=True).named(name)
        found |= {key: float(values[0]) for key, values in told.items()}
    return found


def _model(written: Mapping[str, Sequence[float]]) -> Model:
    model = read(written)
    if model is None:
        raise KeyError("no model was fitted")
    return model


def _spread(
    written: Mapping[str, Sequence[float]], contracts: Contracts, weeks: float, what: Any, *, is_total: bool
) -> Interval:
    model = _model(written)
    kind, name = type(model), "geometric" if isinstance(model, Geometric) else "shifted_beta_geometric"

    def at(parameters: Floats) -> Floats:
        told = expected(kind(*parameters.tolist()), contracts, weeks, what)
        return np.array([told.sum()]) if is_total else told

    size = len(model.parameters)
    return spread(at, model.parameters, np.reshape(written[f"{name}_covariance"], (size, size)))
