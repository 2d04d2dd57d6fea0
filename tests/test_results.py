"""Results by group against an answer worked out row by row, and against the rates of the tuning page."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.groupings import Grouping, by_segment, by_text, by_tier
from segmentation.i18n import Text
from segmentation.proposals import propose
from segmentation.results import (
    ALL,
    MEASURES,
    OTHERS,
    WITHOUT,
    Results,
    collect,
    join_months,
    measure,
    measure_month,
)
from segmentation.schemes import Scheme
from segmentation.tuning import Base, Evaluation, draw_lines, prepare
from tests.random_worlds import DAYS, START, MemoryBook, make_frames
from tests.sample_books import sample_book
from tests.test_features import purchases, rows

THEN, H = START + timedelta(DAYS // 2), 90
END = THEN + timedelta(H)


def of_random(seed: int, has_orders: bool = True) -> tuple[dict[str, pd.DataFrame], Results, list[str]]:
    frames = make_frames(seed, 300, seed != 3, has_orders)
    found = collect(MemoryBook(frames), THEN, END)
    places = np.arange(len(found.outcomes)) % 4  # two groups, customers without one, customers of others
    results = measure(found, Grouping("region", ("x", "y"), places.astype(np.int64)))
    return frames, results, [str(name) for name in found.outcomes.index]


def test_every_row_adds_up_to_all() -> None:
    _, found, _ = of_random(1)
    for name in MEASURES:
        table = found.measures[name]
        for column in ("k", "n"):
            parts = [table.at(row, column) for row in (0, 1, WITHOUT, OTHERS)]
            assert np.isnan(table.at(ALL, "k")) or sum(parts) == table.at(ALL, column)
    assert found.customers.at(ALL, "customers") == sum(found.customers["customers"][:-1])


@pytest.mark.parametrize(("seed", "has_orders"), [(1, True), (2, False), (3, True)])
def test_money_orders_and_follow_ups_worked_out_row_by_row(seed: int, has_orders: bool) -> None:
    frames, found, ids = of_random(seed, has_orders)
    for group in (0, 1):
        mine = {name for place, name in enumerate(ids) if place % 4 == group}
        bought = [
            row for row in purchases(frames) if row["customer_id"] in mine and THEN < row["ordered_on"] <= END
        ]
        orders = {(row["customer_id"], row["order_id"]) for row in bought if row["amount"] >= 0}
        ordered = sum(float(row["amount"]) for row in bought if row["amount"] >= 0)
        value = found.measures["order_value"]
        assert value.at(group, "n") == len(orders)
        assert value.at(group, "rate") == pytest.approx(ordered / len(orders))
        revenue = sum(float(row["amount"]) for row in bought)
        assert found.measures["revenue"].at(group, "rate") == pytest.approx(revenue / len(mine))
        touched, count = contacts_of(frames, mine)
        assert found.measures["contacts"].at(group, "n") == touched
        assert found.measures["contacts"].at(group, "rate") == pytest.approx(count / touched)
        kinds = [found.kinds.at(group, kind) for kind in found.kinds.columns]
        assert sum(kinds) == pytest.approx(count / touched)


def contacts_of(frames: dict[str, pd.DataFrame], mine: set[str]) -> tuple[int, int]:
    """(customers with a follow-up on record, follow-ups in the window)."""
    seen, count, days = set(), 0, set()
    for row in rows(frames["touches"]):
        on, kind = row["at"].date(), row["kind"] or "other"
        if row["customer_id"] not in mine or on > END or kind in ("automatic", "login"):
            continue
        seen.add(row["customer_id"])
        if kind == "message":
            days |= {(row["customer_id"], on)} if on > THEN else set()
        else:
            count += on > THEN
    return len(seen), count + len(days)


def test_renewals_are_deals_of_that_kind_closed_in_the_window() -> None:
    frames, found, ids = of_random(2, has_orders=False)
    closed = [
        row
        for row in rows(frames["deals"])
        if row["kind"] == "renewal" and row["state"] != "open" and row["closed_on"] and row["customer_id"] in ids
        and THEN < row["closed_on"] <= END
    ]  # fmt: skip
    told = found.measures["renewal"]
    assert told.at(ALL, "n") == len(closed) > 0
    assert told.at(ALL, "k") == sum(row["state"] == "won" for row in closed)
    assert not found.has("margin"), "won deals carry no gross profit"


def test_unknown_gross_profit_is_left_out_and_nothing_bought_is_none() -> None:
    customers = pd.DataFrame({"customer_id": ["a", "b", "c"], "first_contact_on": START})
    orders = pd.DataFrame(
        {
            "order_id": ["1", "2"], "customer_id": ["a", "b"], "ordered_on": THEN + timedelta(1),
            "amount": [100.0, 50.0], "margin": [30.0, None], "row_key": ["1", "2"],
        }
    )  # fmt: skip
    happened = collect(MemoryBook({"customers": customers, "orders": orders}), THEN, END)
    found = measure(happened, Grouping("tier", ("A",), np.zeros(3, np.int64)))
    assert (found.measures["margin"].at(0, "n"), found.measures["margin"].at(0, "rate")) == (2, 15.0)
    assert found.measures["contacts"].at(0, "n") == 0 and np.isnan(found.measures["contacts"].at(0, "rate"))


def test_the_range_of_an_order_is_that_of_the_textbook() -> None:
    """One order each: the ratio is a mean and its range Student's."""
    random = np.random.default_rng(6)
    amounts = np.round(random.gamma(2.0, 500.0, 40), 2)
    customers = pd.DataFrame({"customer_id": [f"c{n:02d}" for n in range(40)], "first_contact_on": START})
    orders = customers.assign(
        order_id=[str(n) for n in range(40)], ordered_on=THEN + timedelta(3), amount=amounts
    ).drop(columns="first_contact_on")
    found = measure(
        collect(MemoryBook({"customers": customers, "orders": orders}), THEN, END),
        Grouping("tier", (), np.zeros(40, np.int64)),
    )
    value, revenue = found.measures["order_value"], found.measures["revenue"]
    for column in ("rate", "low", "high"):
        assert value.at(ALL, column) == pytest.approx(revenue.at(ALL, column))


@cache
def sample() -> tuple[Base, Evaluation, Scheme]:
    book: Any = sample_book()
    scheme = propose(book).scheme
    base = prepare(book, scheme, book.data_through_on)
    return base, draw_lines(base, scheme), scheme


def test_the_rates_of_tiers_are_those_of_the_tuning_page() -> None:
    base, evaluation, scheme = sample()
    checked = base.checked
    assert checked is not None
    happened = collect(sample_book(), checked.as_of, checked.as_of + timedelta(scheme.outcome_days))
    found = measure(happened, by_tier(checked, evaluation.check_cuts, evaluation.names))
    assert happened.outcomes.index.equals(checked.features.index)
    told = found.measures["repurchase"]
    for row, name in ((0, "A"), (1, "B"), (2, "C"), (WITHOUT, "unrated"), (ALL, "all")):
        for column in ("k", "n", "rate", "low", "high"):
            assert told.at(row, column) == evaluation.rates.at(name, column)


def test_segments_are_ordered_by_score_and_hold_everybody_rated() -> None:
    base, _, _ = sample()
    assert base.checked is not None
    found = by_segment(base.checked)
    assert found is not None and found.names[0] == Text("Important: value (111)", "重要价值客户 (111)")
    assert (found.places < len(found.names)).sum() == len(base.checked.scored.scores)


def test_groups_by_text_are_the_largest_and_the_rest_is_counted() -> None:
    names = [f"r{n:02d}" for n in range(14) for _ in range(14 - n)] + [None, " "]
    found = by_text("region", pd.Series(names, dtype="str"))
    assert found is not None
    assert found.names == tuple(f"r{n:02d}" for n in range(12)) and found.other_count == 2
    assert found.places[0] == 0 and found.places[-2:].tolist() == [12, 12] and (found.places == 13).sum() == 3
    assert by_text("region", pd.Series([None, ""], dtype="str")) is None


def test_months_count_everybody_known_before_them() -> None:
    book = sample_book()
    ends = [THEN.replace(year=2026, month=month, day=1) - timedelta(1) for month in (6, 7, 8)]
    months = [collect(book, first, last) for first, last in pairwise(ends)]
    found = join_months(ends[1:], [measure_month(month) for month in months])
    assert found.grouping.names == ("2026-06", "2026-07")
    assert found.has("repurchase") and not found.has("renewal")
    single = measure(months[1], Grouping("tier", (), np.zeros(len(months[1].outcomes), np.int64)))
    for name in MEASURES:
        assert found.measures[name].at(1, "n") == single.measures[name].at(ALL, "n")
    assert set(found.kinds.columns) >= {"visit", "call"}


def test_lines_are_one_order_and_messages_of_a_day_one_follow_up() -> None:
    customers = pd.DataFrame({"customer_id": ["a"], "first_contact_on": [START]})
    day = THEN + timedelta(1)
    orders = pd.DataFrame(
        {
            "order_id": ["1", "1", "2"], "customer_id": "a", "ordered_on": day, "amount": [30.0, 50.0, 40.0],
            "row_key": ["1|1", "1|2", "2|1"],
        }
    )  # fmt: skip
    touches = pd.DataFrame({"customer_id": "a", "at": day, "kind": ["message", "message", "call", "call"]})
    book = MemoryBook({"customers": customers, "orders": orders, "touches": touches})
    found = measure(collect(book, THEN, END), Grouping("tier", ("A",), np.zeros(1, np.int64)))
    value = found.measures["order_value"]
    assert (value.at(0, "n"), value.at(0, "rate")) == (2, 60.0)
    assert (found.kinds.at(0, "message"), found.kinds.at(0, "call")) == (1.0, 2.0)
    assert found.measures["contacts"].at(0, "rate") == 3.0


@pytest.mark.parametrize(
    ("seed", "has_orders", "days"), [(1, True, None), (2, False, None), (4, True, 45), (5, False, 30)]
)
def test_churn_worked_out_customer_by_customer(seed: int, has_orders: bool, days: int | None) -> None:
    frames = make_frames(seed, 300, True, has_orders)
    found = collect(MemoryBook(frames), THEN, END, days)
    told = measure(found, Grouping("tier", (), np.zeros(len(found.outcomes), np.int64))).measures["churn"]
    quiet_after = END - timedelta(days or H)
    could = [
        is_lost(frames, str(name), quiet_after, quiet_after - timedelta(days or H))
        for name in found.outcomes.index
    ]
    assert told.at(ALL, "n") == sum(one is not None for one in could) > 0
    assert told.at(ALL, "k") == sum(one is True for one in could) > 0


def is_lost(
    frames: dict[str, pd.DataFrame], customer: str, quiet_after: Any, active_after: Any
) -> bool | None:
    """Whether a customer churned; None where it could not: not buying before, or under contract and undecided."""
    mine = [row for row in purchases(frames) if row["customer_id"] == customer and row["amount"] >= 0]
    closed = [
        row for row in rows(frames["deals"])
        if row["customer_id"] == customer and row["closed_on"] and row["closed_on"] <= END
    ]  # fmt: skip
    signed = [row for row in closed if row["state"] == "won"]
    renewals = [row for row in closed if row["kind"] == "renewal" and row["state"] != "open"]
    stays = any(quiet_after < row["ordered_on"] <= END for row in mine) or any(
        row["closed_on"] > quiet_after for row in signed
    )
    if any(row["closed_on"] > quiet_after for row in renewals):
        return not stays
    if any(
        row["closed_on"] <= quiet_after < add_year(row["closed_on"])
        for row in renewals
        if row["state"] == "won"
    ):
        return None
    if any(active_after < row["ordered_on"] <= quiet_after for row in mine):
        return not stays
    return None


def add_year(day: Any) -> Any:
    return (pd.Timestamp(day) + pd.DateOffset(months=12)).date()


def test_under_contract_only_a_decided_renewal_is_churn() -> None:
    """Nothing is bought for half a year and nobody is lost: the contract runs."""
    names = ["kept", "left", "running", "moved"]
    first = pd.DataFrame(
        {"customer_id": names, "closed_on": END - timedelta(360), "state": "won", "kind": "new"}
    )
    first.loc[2, "closed_on"] = THEN - timedelta(10)
    decided = pd.DataFrame(
        {
            "customer_id": ["kept", "left", "moved", "moved"], "closed_on": END - timedelta(3),
            "state": ["won", "lost", "lost", "won"], "kind": ["renewal", "renewal", "renewal", "new"],
        }
    )  # fmt: skip
    deals = pd.concat([first, decided], ignore_index=True).assign(term_months=12.0, amount=100.0)
    deals["deal_id"] = [f"d{place}" for place in range(len(deals))]
    customers = pd.DataFrame({"customer_id": names, "first_contact_on": START})
    found = collect(MemoryBook({"customers": customers, "deals": deals}), THEN, END)
    assert found.bought["keeping_count"].to_dict() == {"kept": 1, "left": 1, "moved": 1, "running": 0}
    assert found.bought["churned_count"].to_dict() == {"kept": 0, "left": 1, "moved": 0, "running": 0}


def test_a_month_counts_those_silent_for_the_whole_time_up_to_its_end() -> None:
    days = [END - timedelta(100), END - timedelta(70), END - timedelta(20)]
    orders = pd.DataFrame(
        {"customer_id": ["a", "b", "c"], "ordered_on": days, "amount": 1.0, "order_id": ["1", "2", "3"]}
    )
    customers = pd.DataFrame({"customer_id": ["a", "b", "c"], "first_contact_on": START})
    found = collect(MemoryBook({"customers": customers, "orders": orders}), END - timedelta(30), END, 60)
    assert found.bought["churned_count"].to_dict() == {"a": 1, "b": 1, "c": 0}
    assert found.bought["keeping_count"].to_dict() == {"a": 1, "b": 1, "c": 0}
    whole = collect(MemoryBook({"customers": customers, "orders": orders}), END - timedelta(30), END)
    assert whole.bought["keeping_count"].sum() == 0
