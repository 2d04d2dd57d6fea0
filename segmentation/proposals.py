"""Which method, window and outcome suit the data: chosen once, each with its reason as a message and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

import pandas as pd

from segmentation.features import window_start
from segmentation.methods.propensity_model.leaks import sounds_late
from segmentation.schemes import Outcome, Scheme, TierPolicy

Shape = Literal["flat", "months", "subscription", "deals", "repeat", "rare", "between", "nothing"]

MONTHS_OF_DAYS = {182: 6, 365: 12, 730: 24, 1095: 36}
OUTCOME_CHOICES_DAYS = (30, 90, 180, 365)
RECENT_DAYS = 730
RARE_GAP_DAYS = 180
RARE_ORDERS_PER_YEAR = 1.5
FEW_CUSTOMERS = 100
FACTORS = 3
YEAR_DAYS = 365.25


class ReadableBook(Protocol):
    """What a profile needs of a book: its named queries and how far its data go."""

    @property
    def data_through_on(self) -> date | None: ...

    def query(self, name: str, /, **params: Any) -> pd.DataFrame: ...


@dataclass(frozen=True)
class DataProfile:
    """What kind of business the data look like, up to the last date in the data. Orders are order days of a customer.

    buyers: customers with an order · repeat_buyer_share: 0–1 of those with an order in the last 24 months, who have
    at least 3 in them · order_interval_days, days_to_win: medians · orders_per_year: per buyer · history_days: first
    to last date of anything · order_rows: rows of the orders table itself · is_monthly: every order stands on the
    first (or last) day of its month, as months written side by side do · number_columns: extra columns of the
    customers table that hold numbers, in the order of the file. None where nothing is known.
    """

    customers: int
    buyers: int
    order_rows: int
    order_days: int
    repeat_buyer_share: float | None
    order_interval_days: float | None
    orders_per_year: float | None
    history_days: int
    touches: int
    deals: int
    decided_deals: int
    dated_decided_deals: int
    deal_customers: int
    recurring_deals: int
    renewing_customers: int
    days_to_win: float | None
    is_monthly: bool
    number_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why: `code` is a message id of the catalogues, `facts` fill its placeholders."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """A scheme that suits the data, and one reason for each thing that was chosen."""

    scheme: Scheme
    profile: DataProfile
    shape: Shape
    method: Reason
    window: Reason
    outcome: Reason
    outcome_days: Reason

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.method, self.window, self.outcome, self.outcome_days


def profile(book: ReadableBook) -> DataProfile:
    """Read the profile of `book` up to its last date."""
    as_of = book.data_through_on or date.max
    row = book.query("profile", as_of=as_of, recent_start=window_start(as_of, RECENT_DAYS)).iloc[0]
    history = (row["last_on"] - row["first_on"]).days if pd.notna(row["first_on"]) else 0
    buying = (row["last_order_on"] - row["first_order_on"]).days if pd.notna(row["first_order_on"]) else 0
    buyers, recent = int(row["buyer_count"]), int(row["recent_buyer_count"])
    return DataProfile(
        customers=int(row["listed_count"]) or max(buyers, int(row["deal_customer_count"])),
        buyers=buyers,
        order_rows=int(row["order_row_count"]),
        order_days=int(row["order_days_count"]),
        repeat_buyer_share=int(row["repeat_buyer_count"]) / recent if recent else None,
        order_interval_days=_number(row["order_interval_days"]),
        # Less than a year of orders is not scaled up: three orders in a month are not 36 a year.
        orders_per_year=int(row["order_days_count"]) / buyers / max(1.0, buying / YEAR_DAYS)
        if buyers
        else None,
        history_days=history,
        touches=int(row["touch_count"]),
        deals=int(row["deal_count"]),
        decided_deals=int(row["decided_count"]),
        dated_decided_deals=int(row["dated_decided_count"]),
        deal_customers=int(row["deal_customer_count"]),
        recurring_deals=int(row["recurring_count"]),
        renewing_customers=int(row["renewing_count"]),
        days_to_win=_number(row["days_to_win"]),
        is_monthly=bool(row["is_monthly"]) and int(row["month_count"]) >= 3,
        number_columns=_find_number_columns(book),
    )


def _find_number_columns(book: ReadableBook) -> tuple[str, ...]:
    """Extra columns that are numbers wherever they are filled, and not the same for everybody."""
    found = book.query("attributes")
    is_number = (found["number_count"] == found["filled_count"]) & (found["value_count"] > 1)
    return tuple(map(str, found.loc[is_number, "name"]))


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def find_shape(data: DataProfile) -> Shape:
    """The row of the table of defaults (section 2) the data belong to; the most particular one first."""
    if not data.order_days:
        if data.decided_deals and not data.dated_decided_deals:
            return "flat"
        return "deals" if data.deals else "nothing"
    if data.is_monthly:
        return "months"
    if 2 * data.renewing_customers >= max(data.customers, 1) or 4 * data.recurring_deals >= max(
        data.deals, 1
    ):
        return "subscription"
    if data.dated_decided_deals and (not data.order_rows or 2 * data.buyers < data.deal_customers):
        return "deals"
    # Three orders in 24 months can lie 300 days apart: the gap says "rare" before the count says "repeat".
    if (data.order_interval_days or 0) > RARE_GAP_DAYS:
        return "rare"
    if (data.repeat_buyer_share or 0) >= 0.5:
        return "repeat"
    is_rare = data.order_interval_days is None or (data.orders_per_year or 0) < RARE_ORDERS_PER_YEAR
    return "rare" if is_rare else "between"


def propose(book: ReadableBook) -> Proposal:
    """The scheme the first screen opens with, and why (defaults.md, section 2)."""
    data = profile(book)
    shape = find_shape(data)
    outcome, because = _choose_outcome(data, shape)
    days, days_because = _choose_outcome_days(data, shape, outcome)
    window, window_because = _choose_window(data, shape, 0 if outcome == "recorded" else days)
    method, params, method_because = _choose_method(data, shape)
    policy = TierPolicy(kind="value", cuts=(0.7, 0.9)) if method == "abc" else TierPolicy()
    scheme = Scheme(
        method=method,
        method_params={"window_days": window} | params,
        policy=policy,
        outcome=outcome,
        outcome_days=days,
    )
    return Proposal(scheme, data, shape, method_because, window_because, because, days_because)


def _choose_method(data: DataProfile, shape: Shape) -> tuple[str, dict[str, Any], Reason]:
    if shape == "months":
        return "abc", {}, Reason("proposal.method.months")
    if shape in ("repeat", "between"):
        facts = {"share": _percent(data.repeat_buyer_share), "gap": _round(data.order_interval_days)}
        few = data.customers < FEW_CUSTOMERS
        code = "proposal.method.rfm_few" if few else f"proposal.method.{shape}"
        return "rfm", {"bins": 3} if few else {}, Reason(code, facts | {"n": data.customers, "bins": 3})
    if shape == "rare" and (data.order_interval_days or 0) > RARE_GAP_DAYS:
        return "scorecard", {}, Reason("proposal.method.rare", {"gap": _round(data.order_interval_days)})
    if shape == "rare":
        return (
            "scorecard",
            {},
            _rare_few(round(data.orders_per_year or 0, 1)),
        )
    if shape == "subscription":
        # Contacts alone carry the behaviour axis, as long as there are any.
        contacts = {"order_count_points": 0, "last_order_points": 0} if data.touches else {}
        return "scorecard", contacts, Reason("proposal.method.subscription")
    if shape == "deals" and data.touches:
        return "scorecard", {"preset": "leads"}, Reason("proposal.method.leads", {"n": data.decided_deals})
    params: dict[str, Any] = {"preset": "three_factors"}
    facts = {"n": data.decided_deals}
    if shape == "flat" and data.number_columns:
        late = [name for name in data.number_columns if sounds_late(name)]
        params["attributes"] = tuple(name for name in data.number_columns if name not in late)[:FACTORS]
        if late:
            return (
                "scorecard",
                params,
                Reason("proposal.method.flat.late", {**facts, "names": ", ".join(late)}),
            )
    return "scorecard", params, Reason(f"proposal.method.{shape}", facts)


def _choose_window(data: DataProfile, shape: Shape, outcome_days: int) -> tuple[int | None, Reason]:
    gap = data.order_interval_days
    if shape in ("flat", "nothing"):
        return None, Reason("proposal.window.whole" if shape == "flat" else "proposal.window.nothing")
    days = {"repeat": 365, "rare": 1095, "subscription": 365, "deals": 182, "months": 365, "between": 365}[
        shape
    ]
    is_derived = gap is not None and shape in ("repeat", "rare", "between")
    if is_derived and gap is not None:
        days = min((365, 730, 1095), key=lambda choice: abs(choice - 4 * gap))
    if data.history_days < days + outcome_days:
        return None, Reason("proposal.window.all", {"days": data.history_days})
    facts = {"months": MONTHS_OF_DAYS[days], "gap": _round(gap)}
    return days, Reason("proposal.window.gap" if is_derived else f"proposal.window.{shape}", facts)


def _choose_outcome(data: DataProfile, shape: Shape) -> tuple[Outcome, Reason]:
    if shape == "flat":
        return "recorded", Reason("proposal.outcome.recorded")
    if shape in ("subscription", "deals", "rare") and data.dated_decided_deals:
        return "win_rate", Reason("proposal.outcome.win_rate", {"n": data.dated_decided_deals})
    if shape in ("deals", "nothing"):
        return "first_order", Reason("proposal.outcome.first_order")
    return "repurchase", Reason("proposal.outcome.repurchase")


def _choose_outcome_days(data: DataProfile, shape: Shape, outcome: Outcome) -> tuple[int, Reason]:
    """1.5 × the median gap (or days to win) to the nearest of 30, 90, 180, 365; at most a third of the history."""
    usual = 180 if shape in ("subscription", "rare") else 90
    basis = data.days_to_win if outcome == "win_rate" else data.order_interval_days
    if outcome == "recorded":
        return usual, Reason("proposal.outcome_days.none")
    if not data.history_days:
        return usual, Reason("proposal.outcome_days.usual", {"days": usual, "basis": None})
    if basis is None or shape == "months":
        wanted, code = usual, "proposal.outcome_days.usual"
    else:
        target = 1.5 * basis
        wanted = min(OUTCOME_CHOICES_DAYS, key=lambda choice: abs(choice - target))
        code = "proposal.outcome_days.win" if outcome == "win_rate" else "proposal.outcome_days.gap"
    most = data.history_days // 3
    if wanted > most:
        fitting = [choice for choice in OUTCOME_CHOICES_DAYS if choice <= most]
        days = max(fitting) if fitting else max(most, 1)
        return days, Reason("proposal.outcome_days.third", {"days": days, "history": data.history_days})
    return wanted, Reason(code, {"days": wanted, "basis": _round(basis)})


def _rare_few(orders: float) -> Reason:
    return Reason("proposal.method.rare_few", {"orders": orders, "n": 1 if orders == 1 else 2})


def _round(value: float | None) -> int | None:
    return None if value is None else round(value)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)
