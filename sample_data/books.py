"""The two books of the company: as it stood at the end of October, and what November brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import words
from company import NEW_IN_NOVEMBER, Person, draw_people
from contacts import draw_reps, draw_spend, draw_touches, known
from seasons import CLOSED_ON, FIRST_ON, NEXT_ON, generator
from trade import deals_at, draw_deals, draw_orders

OCTOBER_ON, NOVEMBER_ON, YEAR_ON = date(2026, 10, 1), date(2026, 11, 1), date(2026, 1, 1)
BALANCE_ON = date(2026, 9, 30)  # receivables are those of the last quarter end, so November leaves them alone

LATE_ORDERS, LATE_TOUCHES, REWRITTEN_ORDERS = 12, 14, 9
NEW_OWNERS, NEW_GRADES, RESCHEDULED_DEALS = 16, 6, 21

Book = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Company:
    """`october` is the first upload, `november` the month's files, `year` the same as one workbook from January.

    `october_year` is `october` from January 2026 on: what `year` replaces.
    """

    october: Book
    november: Book
    year: Book


def customers_frame(people: list[Person], orders: pd.DataFrame) -> pd.DataFrame:
    """The customers file; receivable = unpaid order amounts at BALANCE_ON, to the nearest hundred."""
    billed = known(orders, "ordered_on", FIRST_ON, BALANCE_ON)
    billed = billed[billed["amount"] > 0]
    unpaid = (billed["amount"] - billed["paid_amount"]).groupby(billed["customer_id"]).sum().round(-2)
    columns = ["customer_id", "name", "parent_id", "industry", "region", "employees", "channel", "owner",
               "credit_limit", "first_contact_on", "grade"]  # fmt: skip
    frame = pd.DataFrame([vars(person) for person in people])[columns]
    frame = frame.rename(columns={"employees": "size"})
    frame.insert(9, "receivable", frame["customer_id"].map(unpaid).fillna(0.0))
    sold = (
        known(orders, "ordered_on", date(2025, 1, 1), date(2025, 12, 31))
        .groupby("customer_id")["amount"]
        .sum()
    )
    frame["sales_2025"] = frame["customer_id"].map(sold).fillna(0.0)
    return frame


def choose_rows(rng: np.random.Generator, candidates: pd.Index, count: int) -> pd.Index:
    return pd.Index(sorted(rng.choice(candidates.to_numpy(), size=count, replace=False)))


def october_singles(orders: pd.DataFrame) -> pd.DataFrame:
    """October orders of one line that no deal and no refund hangs on: safe to hold back or to rewrite."""
    october = known(orders, "ordered_on", OCTOBER_ON, CLOSED_ON)
    lines = orders.groupby("order_id")["line"].transform("size").loc[october.index]
    return october[(lines == 1) & (october["reference"] == "") & (october["amount"] > 300)]


def rewrite_orders(rng: np.random.Generator, orders: pd.DataFrame, rows: pd.Index) -> pd.DataFrame:
    """The same orders after somebody corrected the price: 3 to 12 percent lower, fully paid."""
    rewritten = orders.loc[rows].copy()
    rewritten["unit_price"] = (rewritten["unit_price"] * (1 - 0.03 - 0.09 * rng.random(len(rows)))).round(2)
    before = rewritten["amount"]
    rewritten["amount"] = (rewritten["unit_price"] * rewritten["quantity"]).round(2)
    rewritten["margin"] = (rewritten["margin"] - (before - rewritten["amount"])).round()
    rewritten["paid_amount"] = rewritten["amount"]
    return rewritten


def change_customers(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    """November's customers: some of the overloaded seller's handed over, some grades changed by hand."""
    changed = customers.copy()
    overloaded, *others = [name for name, team, *_ in words.SELLERS if team == "East 1"]
    mine = changed.index[(changed["owner"] == overloaded) & (changed.index < len(changed) - NEW_IN_NOVEMBER)]
    moved = choose_rows(rng, mine, NEW_OWNERS)
    changed.loc[moved, "owner"] = [others[position % 2] for position in range(NEW_OWNERS)]
    graded = changed.index[(changed["grade"].isin(["B", "C"])) & ~changed.index.isin(moved)]
    changed.loc[choose_rows(rng, graded, NEW_GRADES), "grade"] = "A"
    return changed


def change_deals(rng: np.random.Generator, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """November's export of deals, with the expected date and amount of some still open ones moved."""
    after = after.copy()
    still_open = after.index[(after["state"] == "open") & (after["opened_on"] <= CLOSED_ON)]
    rows = choose_rows(rng, still_open, RESCHEDULED_DEALS)
    moved = pd.to_datetime(after.loc[rows, "expected_on"]) + pd.to_timedelta(30, unit="D")
    after.loc[rows, "expected_on"] = moved.dt.date
    after.loc[rows, "amount"] = (after.loc[rows, "amount"] * 0.9).round(-2)
    return after


def changed_rows(before: pd.DataFrame, after: pd.DataFrame, key: str) -> pd.DataFrame:
    """Rows of `after` that are new or differ from the row of the same key in `before`."""
    old = {row[key]: str(row) for row in before.to_dict("records")}
    rows = [old.get(row[key]) != str(row) for row in after.to_dict("records")]
    return after[rows]


def build_company() -> Company:
    """Draw everything once, to the end of November; October's book is what was known of it then."""
    people = draw_people()
    known_people = people[: len(people) - NEW_IN_NOVEMBER]
    truth = draw_deals(people)
    orders, touches, spend, reps = draw_orders(people, truth), draw_touches(people), draw_spend(), draw_reps()
    rng = generator(6)
    singles = october_singles(orders)
    late = choose_rows(rng, singles.index[singles["ordered_on"] >= date(2026, 10, 20)], LATE_ORDERS)
    rewritten_rows = choose_rows(rng, singles.index.difference(late), REWRITTEN_ORDERS)
    rewritten = rewrite_orders(rng, orders, rewritten_rows)
    late_touches = choose_rows(rng, known(touches, "at", date(2026, 10, 19), CLOSED_ON).index, LATE_TOUCHES)
    customers = customers_frame(people, orders)
    deals_before, deals_after = deals_at(truth, CLOSED_ON), deals_at(truth, NEXT_ON)
    deals_after = change_deals(rng, deals_before, deals_after)
    october: Book = {
        "customers": customers.iloc[: len(known_people)],
        "orders": known(orders, "ordered_on", FIRST_ON, CLOSED_ON).drop(late),
        "touches": known(touches, "at", FIRST_ON, CLOSED_ON).drop(late_touches),
        "deals": deals_before,
        "reps": reps,
        "spend": known(spend, "month", FIRST_ON, CLOSED_ON),
    }
    corrected = pd.concat([orders.drop(rewritten_rows), rewritten]).sort_index()
    customers_after = change_customers(rng, customers)
    november: Book = {
        "customers": customers_after,
        "orders": corrected.loc[
            known(orders, "ordered_on", NOVEMBER_ON, NEXT_ON).index.union(late).union(rewritten_rows)
        ],
        "touches": touches.loc[known(touches, "at", NOVEMBER_ON, NEXT_ON).index.union(late_touches)],
        "deals": changed_rows(deals_before, deals_after, "deal_id"),
        "reps": reps,
        "spend": known(spend, "month", NOVEMBER_ON, NEXT_ON),
    }
    year: Book = {
        "customers": customers_after,
        "orders": known(corrected, "ordered_on", YEAR_ON, NEXT_ON),
        "touches": known(touches, "at", YEAR_ON, NEXT_ON),
        "deals": deals_after,
        "reps": reps,
        "spend": known(spend, "month", YEAR_ON, NEXT_ON),
    }
    return Company(october, november, year)
