"""Contracts and renewals from deals, against the same rule worked out deal by deal."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.features import CONTRACT_COLUMNS, build_features
from tests.random_worlds import MemoryBook
from tests.test_features import rows

D = dt.date(2025, 6, 30)
MONTH = 30.4375
KINDS = np.array(["new", "renewal", "renewal", "expansion", None], dtype=object)


def draw_deals(seed: int, count: int = 400, *, has_terms: bool = True) -> pd.DataFrame:
    """Deals of forty customers: kinds, states and terms in any order, some without an amount, term, day or customer."""
    rng = np.random.default_rng(seed)
    closed = [dt.date(2019, 1, 1) + dt.timedelta(int(day)) for day in rng.integers(0, 2600, count)]
    terms = rng.choice([np.nan, 12, 12, 24, 36, 1, 0], count) if has_terms else np.full(count, np.nan)
    ahead_days = rng.integers(-3, 90, count)
    frame = pd.DataFrame(
        {
            "deal_id": [f"d{number}" for number in range(count)],
            "customer_id": rng.choice([*(f"c{number:02d}" for number in range(40)), None], count),
            "closed_on": closed,
            "opened_on": [day - dt.timedelta(int(ahead)) for day, ahead in zip(closed, ahead_days, strict=True)],
            "state": rng.choice(["won", "won", "lost", "open"], count),
            "kind": rng.choice(KINDS, count),
            "amount": rng.choice([np.nan, 100.0, 250.5, 0.0], count),
            "term_months": terms,
        }
    )  # fmt: skip
    return frame.assign(
        closed_on=frame["closed_on"].where(frame["state"] != "open", None),
        opened_on=frame["opened_on"].where(pd.Series(rng.random(count) < 0.8), None),
    )


def add_months(day: dt.date, months: int) -> dt.date:
    return (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


def expect(frame: pd.DataFrame, as_of: dt.date) -> dict[str, dict[str, Any]]:
    """`sql/contracts.sql`, said once more without SQL."""
    decided = defaultdict(list)
    for row in rows(frame):
        if (
            not row["customer_id"]
            or row["state"] == "open"
            or not row["closed_on"]
            or row["closed_on"] > as_of
        ):
            continue
        if row["opened_on"] is None or row["opened_on"] <= as_of:
            decided[row["customer_id"]].append(row)
    has_terms = any(
        row["state"] == "won" and row["term_months"] is not None for mine in decided.values() for row in mine
    ) or not any(row["kind"] == "renewal" for mine in decided.values() for row in mine)
    found = {}
    for customer, mine in decided.items():
        if (told := expect_one(mine, has_terms, as_of)) is not None:
            found[customer] = told
    return found


def is_contract(row: dict[str, Any], has_terms: bool) -> bool:
    if row["kind"] == "renewal":
        return True
    if row["state"] != "won" or row["kind"] == "expansion":
        return False
    return row["term_months"] is not None or (row["kind"] == "new" and not has_terms)


def months_of(row: dict[str, Any]) -> int:
    return int(max(12 if row["term_months"] is None else row["term_months"], 1))


def expect_one(mine: list[dict[str, Any]], has_terms: bool, as_of: dt.date) -> dict[str, Any] | None:
    deals = [row for row in mine if is_contract(row, has_terms)]
    if not deals:
        return None
    first_on = min(row["closed_on"] for row in deals)
    width = min((months_of(row) for row in deals if row["state"] == "won"), default=12) * MONTH
    seasons = defaultdict(list)
    for row in deals:
        seasons[int(((row["closed_on"] - first_on).days / width + 0.5) // 1)].append(row)
    contracts: list[list[list[dict[str, Any]]]] = [[]]
    for season in (seasons[number] for number in sorted(seasons)):
        before = contracts[-1][-1] if contracts[-1] else None
        if before and (is_lost(before) or min(row["closed_on"] for row in season) > lapses_on(before)):
            contracts.append([])
        contracts[-1].append(season)
    told = [count_renewals(contract, number > 0) for number, contract in enumerate(contracts)]
    start, last = contracts[0][0], contracts[-1][-1]
    is_known = not is_lost(start) and not is_renewed(start)
    refused = is_lost(last)
    lapsed = not refused and lapses_on(last) < as_of
    return {
        "renewal_count": told[-1],
        **tell_running(mine, last, refused or lapsed, as_of),
        "contract_lapsed": int(lapsed),
        "first_contract_renewals": told[0] if is_known else None,
        "first_contract_lost": int(len(contracts) > 1 or refused or lapsed) if is_known else None,
    }


def tell_running(
    mine: list[dict[str, Any]], last: list[dict[str, Any]], ended: bool, as_of: dt.date
) -> dict[str, Any]:
    if ended:
        return {"contract_amount": 0, "contract_term_months": None, "renewal_due_days": None}
    signed = [row for row in last if row["state"] == "won"]
    amounts = [row["amount"] for row in signed if row["amount"] is not None]
    begins_on = min(row["closed_on"] for row in signed)
    extra = [
        row["amount"] or 0
        for row in mine
        if row["kind"] == "expansion" and row["state"] == "won" and row["closed_on"] >= begins_on
    ]
    return {
        "contract_amount": sum(amounts) + sum(extra) if amounts else None,
        "contract_term_months": max(map(months_of, signed)),
        "renewal_due_days": (ends_on(last) - as_of).days,
    }


def ends_on(season: list[dict[str, Any]]) -> dt.date:
    signed = [row for row in season if row["state"] == "won"]
    return add_months(max(row["closed_on"] for row in signed), max(map(months_of, signed)))


def lapses_on(season: list[dict[str, Any]]) -> dt.date:
    months = max(months_of(row) for row in season if row["state"] == "won")
    return ends_on(season) + dt.timedelta(int(months * MONTH / 2))


def is_lost(season: list[dict[str, Any]]) -> bool:
    return all(row["state"] == "lost" for row in season)


def is_renewed(season: list[dict[str, Any]]) -> bool:
    return not is_lost(season) and all(row["kind"] == "renewal" for row in season if row["state"] == "won")


def count_renewals(contract: list[list[dict[str, Any]]], is_return: bool) -> int:
    return sum(is_renewed(season) for season in contract[int(is_return) :])


@pytest.mark.parametrize("seed", range(6))
def test_contracts_equal_the_answer_worked_out_deal_by_deal(seed: int) -> None:
    frame = draw_deals(seed, has_terms=seed % 3 != 2)
    for as_of in (D, dt.date(2021, 1, 1)):
        found = build_features(MemoryBook({"deals": frame}), as_of, None, columns=CONTRACT_COLUMNS)
        expected = expect(frame, as_of)
        known = found[found["contract_amount"].notna() | found["first_contract_lost"].notna()].index
        assert set(known) <= set(expected)
        for customer, told in expected.items():
            row = found.loc[customer].to_dict()
            assert {name: None if pd.isna(value) else value for name, value in row.items()} == pytest.approx(
                told
            ), customer
        others = found.drop(index=list(expected))
        assert (others["renewal_count"] == 0).all() and others.drop(columns="renewal_count").isna().all(
            axis=None
        )
    assert len(expected) > 20


def deals(*rows: tuple[Any, ...]) -> pd.DataFrame:
    names = ["customer_id", "closed_on", "state", "kind", "amount", "term_months"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(deal_id=[f"d{number}" for number in range(len(frame))])


def told(frame: pd.DataFrame, as_of: dt.date = D) -> dict[str, Any]:
    return (
        build_features(MemoryBook({"deals": frame}), as_of, None, columns=CONTRACT_COLUMNS).loc["c"].to_dict()
    )


def test_a_renewal_signed_early_a_part_given_up_and_an_expansion() -> None:
    day = dt.date(2025, 5, 31)
    found = told(
        deals(
            ("c", dt.date(2023, 1, 10), "won", "new", 100, 12),
            ("c", dt.date(2023, 12, 20), "won", "renewal", 120, 12),
            ("c", dt.date(2024, 1, 15), "lost", "renewal", 40, 12),
            ("c", dt.date(2024, 6, 1), "won", "expansion", 30, None),
        ),
        day,
    )
    assert found["renewal_count"] == 1 and found["contract_amount"] == 150
    assert found["renewal_due_days"] == (dt.date(2024, 12, 20) - day).days
    assert (found["first_contract_renewals"], found["first_contract_lost"]) == (1, 0)


def test_who_left_and_came_back_is_told_by_the_first_contract_and_counted_anew() -> None:
    left = (
        ("c", dt.date(2020, 1, 10), "won", "new", 100, 12),
        ("c", dt.date(2021, 1, 12), "won", "renewal", 110, 12),
        ("c", dt.date(2022, 1, 12), "lost", "renewal", 110, 12),
    )
    found = told(deals(*left))
    assert found["contract_amount"] == 0 and np.isnan(found["renewal_due_days"])
    back = told(deals(*left, ("c", dt.date(2024, 3, 1), "won", "renewal", 90, 24)))
    assert back["renewal_count"] == 0 and back["contract_amount"] == 90 and back["contract_term_months"] == 24
    assert (back["first_contract_renewals"], back["first_contract_lost"]) == (1, 1)


def test_a_project_deal_is_a_contract_only_where_renewals_and_no_terms_are_on_record() -> None:
    project = ("c", dt.date(2024, 7, 1), "won", "new", 100, None)
    assert np.isnan(told(deals(project))["contract_amount"])
    assert (
        told(deals(project, ("x", dt.date(2024, 1, 1), "lost", "renewal", 100, None)))["contract_amount"]
        == 100
    )
    assert np.isnan(
        told(deals(project, ("x", dt.date(2024, 1, 1), "won", "new", 100, 12)))["contract_amount"]
    )


def test_what_is_decided_later_is_not_known_yet() -> None:
    mine = (
        ("c", dt.date(2024, 1, 1), "won", "new", 100, 12),
        ("c", dt.date(2025, 7, 1), "lost", "renewal", 100, None),
    )
    found = told(deals(*mine))
    assert found["contract_amount"] == 100 and found["renewal_due_days"] == (dt.date(2025, 1, 1) - D).days
    assert told(deals(*mine), dt.date(2025, 7, 1))["contract_amount"] == 0


def test_a_deal_opened_later_is_not_known_and_an_expansion_of_the_same_day_counts() -> None:
    found = deals(
        ("c", dt.date(2024, 1, 1), "won", "new", 100, 12),
        ("c", dt.date(2024, 1, 1), "won", "expansion", 30, None),
        ("c", dt.date(2025, 1, 1), "won", "renewal", 500, 12),
    ).assign(opened_on=[None, None, dt.date(2026, 1, 1)])
    assert told(found)["contract_amount"] == 130 and told(found)["renewal_count"] == 0


def test_a_contract_long_over_without_a_decision_has_lapsed() -> None:
    mine = (
        ("c", dt.date(2022, 1, 10), "won", "new", 100, 12),
        ("c", dt.date(2023, 1, 5), "won", "renewal", 110, 12),
    )
    late = told(deals(*mine), dt.date(2024, 7, 5))
    assert (
        late["contract_lapsed"] == 0 and late["renewal_due_days"] == -182 and late["contract_amount"] == 110
    )
    over = told(deals(*mine), dt.date(2024, 7, 6))
    assert (
        over["contract_lapsed"] == 1 and over["contract_amount"] == 0 and np.isnan(over["renewal_due_days"])
    )
    assert (over["first_contract_renewals"], over["first_contract_lost"]) == (1, 1)
    back = told(deals(*mine, ("c", dt.date(2025, 1, 1), "won", "renewal", 90, 12)))
    assert (back["renewal_count"], back["contract_lapsed"], back["contract_amount"]) == (0, 0, 90)
    assert (back["first_contract_renewals"], back["first_contract_lost"]) == (1, 1)
