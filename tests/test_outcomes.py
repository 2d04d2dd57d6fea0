"""Outcomes against an answer worked out row by row, and the edges of the outcome window."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from segmentation.errors import SettingError
from segmentation.outcomes import build_outcomes, window_end
from segmentation.schemes import OUTCOMES
from tests.random_worlds import DAYS, START, MemoryBook, make_frames
from tests.test_features import e4, purchases, rows

D = date(2025, 6, 30)
H = 90


def expect_one(
    frames: dict[str, pd.DataFrame], outcome: str, customer: str, then: date, days: int
) -> tuple[int, ...]:
    """(n, k, value_e4, open_count) of one customer, as definitions.md says it."""
    end = then + timedelta(days)
    deals = [r for r in rows(frames["deals"]) if r["customer_id"] == customer]
    mine = [r for r in purchases(frames) if r["customer_id"] == customer]
    decided = [r for r in deals if r["state"] != "open"]
    inside = [r for r in decided if r["closed_on"] and then < r["closed_on"] <= end]
    if outcome in ("win_rate", "recorded"):
        counted = inside if outcome == "win_rate" else decided
        won = [r for r in counted if r["state"] == "won"]
        waiting = [r for r in deals if r["opened_on"] and r["opened_on"] <= end]
        still = sum(not r["closed_on"] or r["closed_on"] > end for r in waiting)
        shown = still if outcome == "win_rate" else len(deals) - len(decided)
        return len(counted), len(won), e4(r["amount"] or 0 for r in won), shown
    bought = [r for r in mine if then < r["ordered_on"] <= end]
    value = e4(r["amount"] for r in bought)
    had_order = any(r["ordered_on"] <= then and r["amount"] >= 0 for r in mine)
    ordered = [r for r in bought if r["amount"] >= 0]
    if outcome == "first_order":
        return int(not had_order), int(not had_order and bool(ordered)), value, 0
    if outcome == "repurchase":
        return int(had_order), int(had_order and any(not r["renewal"] for r in ordered)), value, 0
    return 1, 0, value, 0


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize(("seed", "has_orders"), [(1, True), (2, False), (3, True), (4, False)])
def test_outcomes_equal_the_answer_worked_out_row_by_row(seed, has_orders, outcome) -> None:
    frames = make_frames(seed, 120, seed != 3, has_orders)
    then = START + timedelta(DAYS // 2)
    found = build_outcomes(MemoryBook(frames), outcome, then, H)
    assert len(found) > 10 and found["n"].sum() > 0
    for customer, got in found.iterrows():
        wanted = expect_one(frames, outcome, str(customer), then, H)
        assert tuple(got[["n", "k", "value_e4", "open_count"]]) == wanted, customer
    assert (found["value"] * 10_000).round().eq(found["value_e4"]).all()
    assert found[["n", "k", "value_e4", "open_count"]].dtypes.eq("int64").all()


@pytest.mark.parametrize(("day", "k"), [(0, 0), (1, 1), (H, 1), (H + 1, 0)])
def test_the_outcome_window_starts_the_day_after_and_ends_on_its_last_day(day, k) -> None:
    orders = pd.DataFrame(
        {
            "order_id": ["1", "2"],
            "customer_id": "c",
            "ordered_on": [D - timedelta(9), D + timedelta(day)],
            "amount": 1.0,
        }
    )
    assert build_outcomes(MemoryBook({"orders": orders}), "repurchase", D, H).loc["c", "k"] == k


def test_a_refund_is_no_order_again() -> None:
    orders = pd.DataFrame(
        {
            "order_id": ["1", "2"],
            "customer_id": "c",
            "ordered_on": [D, D + timedelta(1)],
            "amount": [5.0, -5.0],
        }
    )
    found = build_outcomes(MemoryBook({"orders": orders}), "repurchase", D, H).loc["c"]
    assert (found["n"], found["k"], found["value"]) == (1, 0, -5.0)


def test_a_renewal_is_no_order_again_but_a_first_purchase_is_an_order() -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "2"],
            "customer_id": "c",
            "opened_on": D - timedelta(50),
            "closed_on": [D, D + timedelta(1)],
            "state": "won",
            "kind": "renewal",
            "amount": 7.0,
        }
    )
    found = build_outcomes(MemoryBook({"deals": deals}), "repurchase", D, H).loc["c"]
    assert (found["n"], found["k"]) == (1, 0)


def test_settings_outside_their_bounds_are_refused() -> None:
    with pytest.raises(SettingError):
        build_outcomes(MemoryBook({}), "loyalty", D, H)  # type: ignore[arg-type]
    with pytest.raises(SettingError):
        build_outcomes(MemoryBook({}), "win_rate", D, 0)
    assert window_end(D, 10**7) == date.max
    assert build_outcomes(MemoryBook({}), "win_rate", D, 10**7).empty
