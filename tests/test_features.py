"""Features against an answer worked out row by row in plain Python, and against rows written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Any

import pandas as pd
import pytest

from segmentation.features import COLUMNS, build_features, window_start
from segmentation.outcomes import build_outcomes
from segmentation.ratings import unrated_reasons
from tests.random_worlds import DAYS, START, MemoryBook, make_frames
from tests.worlds import make_book

D = date(2025, 6, 30)
SILENT = ("automatic", "login")


def rows(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Rows as dicts, every kind of null as None."""
    if frame is None:
        return []
    return [{k: None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]


def purchases(frames: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    if "orders" in frames:
        return [
            r | {"order_id": r["order_id"] or r["row_key"], "renewal": False} for r in rows(frames["orders"])
        ]
    return [
        {
            "customer_id": r["customer_id"], "order_id": r["deal_id"], "ordered_on": r["closed_on"],
            "amount": r["amount"] or 0, "margin": None, "family": None, "renewal": r["kind"] == "renewal",
        }
        for r in rows(frames["deals"])
        if r["state"] == "won" and r["closed_on"]
    ]  # fmt: skip


def touch_kind(row: dict[str, Any]) -> str:
    return "not_reached" if row["kind"] == "call" and row["reached"] is False else row["kind"] or "other"


def e4(amounts: Iterable[float]) -> int:
    return int(sum((Decimal(str(a)) for a in amounts), Decimal(0)) * 10_000)


def expect(
    frames: dict[str, pd.DataFrame], as_of: date, window_days: int | None
) -> dict[str, dict[str, Any]]:
    """definitions.md, said once more without SQL."""
    start = date.min if window_days is None else as_of - timedelta(window_days)
    bought = [r for r in purchases(frames) if r["ordered_on"] <= as_of]
    touched = [r for r in rows(frames["touches"]) if r["at"].date() <= as_of]
    deals = rows(frames["deals"])
    undated = [r for r in deals if not r["opened_on"] and not r["closed_on"]]
    known = [r for r in deals if (r["opened_on"] or r["closed_on"] or date.max) <= as_of]
    listed = {r["customer_id"]: r["first_contact_on"] for r in rows(frames.get("customers"))}
    dated_ids = {r["customer_id"] for r in [*bought, *touched, *known]} - {None}
    if listed:
        ids = {c for c, on in listed.items() if on is None or on <= as_of or c in dated_ids}
    else:
        ids = dated_ids | {r["customer_id"] for r in undated} - {None}
    return {c: expect_one(c, as_of, start, listed.get(c), (bought, touched, known, undated)) for c in ids}


def expect_one(
    customer: str,
    as_of: date,
    start: date,
    contact_on: date | None,
    parts: tuple[list[dict[str, Any]], ...],
) -> dict[str, Any]:
    mine, touches, deals, nowhere = ([r for r in part if r["customer_id"] == customer] for part in parts)
    orders = [r for r in mine if r["amount"] >= 0]
    recent = [r for r in orders if r["ordered_on"] > start]
    inside = [r for r in mine if r["ordered_on"] > start]
    days = sorted({r["ordered_on"] for r in orders})
    gaps = [(b - a).days for a, b in pairwise(days)]
    later = [r for r in orders if r["ordered_on"] > days[0]]
    with_margin = [r for r in orders if r["margin"] is not None]
    margin_amount = float(sum(Decimal(str(r["amount"])) for r in with_margin))
    margins = [r["margin"] for r in inside if r["margin"] is not None]
    contacts = [r["at"].date() for r in touches if touch_kind(r) not in SILENT]
    late = [r for r in touches if r["at"].date() > start and touch_kind(r) not in SILENT]
    message_days = {r["at"].date() for r in late if touch_kind(r) == "message"}
    closed = [r for r in deals if r["closed_on"] and start < r["closed_on"] <= as_of]
    won = [r for r in closed if r["state"] == "won"]
    contact_on = contact_on if contact_on and contact_on <= as_of else None
    firsts = [on for on in (contact_on, min(days, default=None), min(contacts, default=None)) if on]
    return {
        "first_order_on": min(days, default=None),
        "last_order_on": max(days, default=None),
        "first_touch_on": min(contacts, default=None),
        "last_touch_on": max(contacts, default=None),
        "first_contact_on": contact_on,
        "recency_days": (as_of - days[-1]).days if days else None,
        "touch_recency_days": (as_of - max(contacts)).days if contacts else None,
        "tenure_days": (as_of - min(firsts)).days if firsts else None,
        "order_count": len({r["order_id"] for r in recent}),
        "total_order_count": len({r["order_id"] for r in orders}),
        "order_days_count": len({r["ordered_on"] for r in recent}),
        "months_with_orders_count": len({(r["ordered_on"].year, r["ordered_on"].month) for r in recent}),
        "family_count": len({r["family"] for r in recent} - {None}),
        "order_interval_days": median(gaps) if gaps else None,
        "repeat_order_days_count": max(len(days) - 1, 0),
        "order_span_days": (days[-1] - days[0]).days if days else None,
        "repeat_amount": e4(r["amount"] for r in later) / 10_000 if days else None,
        "margin_share": sum(r["margin"] for r in with_margin) / margin_amount if margin_amount else None,
        "amount_e4": e4(r["amount"] for r in inside),
        "total_amount_e4": e4(r["amount"] for r in mine),
        "revenue_12m_e4": e4(r["amount"] for r in mine if r["ordered_on"] > as_of - timedelta(365)),
        "margin_e4": e4(margins) if margins else None,
        "touch_count": sum(touch_kind(r) != "message" for r in late) + len(message_days),
        "message_count": len(message_days),
        "visit_count": sum(touch_kind(r) == "visit" for r in late),
        "call_count": sum(touch_kind(r) == "call" for r in late),
        "meeting_count": sum(touch_kind(r) == "meeting" for r in late),
        "open_deal_count": sum(not r["closed_on"] or r["closed_on"] > as_of for r in deals),
        "won_deal_count": len(won),
        "lost_deal_count": sum(r["state"] == "lost" for r in closed),
        "won_amount": float(sum(r["amount"] or 0 for r in won)),
        "has_order": bool(days),
        "has_contact": bool(contacts or deals or [r for r in nowhere if r["state"] != "open"]),
    }


CASES = [(seed, seed % 3 != 0, seed % 2 == 0, (None, 365, 90)[seed % 3]) for seed in range(12)]


@pytest.mark.parametrize(("seed", "has_customers", "has_orders", "window_days"), CASES)
def test_features_equal_the_answer_worked_out_row_by_row(
    seed, has_customers, has_orders, window_days
) -> None:
    frames = make_frames(seed, 120, has_customers, has_orders)
    as_of = START + timedelta(DAYS // 2 + 17 * seed)
    found = build_features(MemoryBook(frames), as_of, window_days)
    wanted = expect(frames, as_of, window_days)
    assert list(found.index) == sorted(wanted, key=lambda c: c.encode())
    for customer, values in wanted.items():
        got = found.loc[customer]
        for name, value in values.items():
            seen = None if pd.isna(got[name]) else got[name]
            seen = seen.date() if isinstance(seen, pd.Timestamp) else seen
            assert seen == value, f"{customer} {name}"


@pytest.mark.parametrize(
    ("seed", "has_customers", "has_orders"), [(1, True, True), (2, False, True), (3, True, False)]
)
def test_outcomes_speak_of_the_same_customers(seed, has_customers, has_orders) -> None:
    frames = make_frames(seed, 60, has_customers, has_orders)
    book = MemoryBook(frames)
    for day in range(0, DAYS, 100):
        as_of = START + timedelta(day)
        known = build_features(book, as_of, None).index
        assert build_outcomes(book, "win_rate", as_of, 90).index.equals(known)


def test_the_store_answers_like_the_memory_book(tmp_path) -> None:
    frames = make_frames(5)
    stored = build_features(make_book(tmp_path, **frames), D, 365)
    pd.testing.assert_frame_equal(stored, build_features(MemoryBook(frames), D, 365))


def test_a_window_has_its_last_day_and_not_the_day_before_its_first() -> None:
    days = [D - timedelta(30), D - timedelta(29), D, D + timedelta(1)]
    orders = pd.DataFrame(
        {"order_id": list("abcd"), "customer_id": "c", "ordered_on": days, "amount": [1.0, 2, 4, 8]}
    )
    found = build_features(MemoryBook({"orders": orders}), D, 30).loc["c"]
    assert (found["amount"], found["order_count"], found["total_amount"]) == (6.0, 2, 7.0)
    assert found["recency_days"] == 0


def test_every_column_keeps_its_type_on_an_empty_book(tmp_path) -> None:
    empty = build_features(MemoryBook({}), D, 365)
    full = build_features(MemoryBook(make_frames(1)), D, 365)
    assert tuple(empty.columns) == COLUMNS
    assert dict(empty.dtypes) == dict(full.dtypes)
    assert full["last_order_on"].dtype == "datetime64[s]"


def test_only_the_columns_asked_for_and_near_matches_for_a_wrong_one() -> None:
    book = MemoryBook(make_frames(1))
    full = build_features(book, D, 365)
    part = build_features(book, D, 365, columns=["order_days_count", "amount"])
    assert list(part.columns) == ["amount", "order_days_count"]
    pd.testing.assert_frame_equal(part, full[list(part.columns)])
    with pytest.raises(KeyError, match="recency_days"):
        build_features(book, D, 365, columns=["recency_day"])


def test_unknown_customers_count_nowhere_when_customers_are_given() -> None:
    orders = pd.DataFrame(
        {"order_id": ["1"], "customer_id": ["stranger"], "ordered_on": [D], "amount": [5.0]}
    )
    customers = pd.DataFrame({"customer_id": ["known"]})
    assert list(build_features(MemoryBook({"orders": orders}), D, 30).index) == ["stranger"]
    assert list(build_features(MemoryBook({"orders": orders, "customers": customers}), D, 30).index) == [
        "known"
    ]


def test_a_customer_of_tomorrow_is_unknown_today_unless_a_row_says_otherwise() -> None:
    customers = pd.DataFrame(
        {
            "customer_id": ["late", "seen", "undated"],
            "first_contact_on": [D + timedelta(1), D + timedelta(9), None],
        }
    )
    touches = pd.DataFrame({"customer_id": ["seen"], "at": [pd.Timestamp(D)], "kind": ["automatic"]})
    found = build_features(MemoryBook({"customers": customers, "touches": touches}), D, 30)
    assert list(found.index) == ["seen", "undated"]
    assert found["first_contact_on"].isna().all()


def test_a_flat_sheet_without_dates_is_known_on_any_day_and_contacted() -> None:
    deals = pd.DataFrame({"deal_id": ["1", "2"], "customer_id": ["a", "b"], "state": ["won", "lost"]})
    found = build_features(MemoryBook({"deals": deals}), date(1999, 1, 1), None)
    assert list(found.index) == ["a", "b"]
    assert unrated_reasons(found, (), date(1999, 1, 1)).isna().all()
    assert found[["open_deal_count", "won_deal_count", "order_count"]].eq(0).all(axis=None)


def test_a_deal_closed_before_it_was_opened_exists_from_its_opening() -> None:
    deals = pd.DataFrame({
        "deal_id": ["1"], "customer_id": ["c"], "opened_on": [date(2026, 5, 10)], "closed_on": [date(2026, 5, 1)],
        "state": ["won"], "amount": [7.0],
    })  # fmt: skip
    orders = pd.DataFrame(
        {"order_id": ["o"], "customer_id": ["c"], "ordered_on": [date(2026, 1, 1)], "amount": [1.0]}
    )
    book = MemoryBook({"deals": deals, "orders": orders})
    before, after = (build_features(book, date(2026, 5, day), None).loc["c"] for day in (9, 10))
    assert (before["won_deal_count"], before["has_contact"], before["won_amount"]) == (0, False, 0)
    assert (after["won_deal_count"], after["has_contact"], after["won_amount"]) == (1, True, 7)


def test_the_share_paid_counts_what_was_paid_by_then() -> None:
    orders = pd.DataFrame(
        {
            "order_id": list("1234"),
            "customer_id": "c",
            "ordered_on": [D] * 4,
            "amount": [100.0, 100.0, 200.0, 999.0],
            "paid_amount": [100.0, 100.0, 0.0, None],
            "paid_on": [D, D + timedelta(1), None, None],
        }
    )
    assert build_features(MemoryBook({"orders": orders}), D, 30).loc["c", "paid_share"] == 0.25


def test_an_extra_column_becomes_a_number_only_where_it_is_one() -> None:
    texts = ['{"a/b~\\"c": "12.5"}', '{"a/b~\\"c": "n/a"}', '{"a/b~\\"c": "1e400x"}', None]
    customers = pd.DataFrame({"customer_id": list("abcd"), "attributes": texts})
    found = build_features(MemoryBook({"customers": customers}), D, 30, attributes=['a/b~"c', "absent"])
    assert found['attribute:a/b~"c'].tolist()[0] == 12.5
    assert found['attribute:a/b~"c'].isna().tolist() == [False, True, True, True]
    assert found["attribute:absent"].isna().all()


def test_money_is_exact_to_the_ten_thousandth() -> None:
    orders = pd.DataFrame(
        {
            "order_id": [str(n) for n in range(1000)],
            "customer_id": "c",
            "ordered_on": D,
            "amount": [0.1] * 999 + [1e13],
        }
    )
    found = build_features(MemoryBook({"orders": orders}), D, 30).loc["c"]
    assert found["amount_e4"] == 10**17 + 999_000


def test_window_start_of_all_history_and_of_more_days_than_there_are() -> None:
    assert window_start(D, 30) == D - timedelta(30)
    assert window_start(D, None) == window_start(D, 10**7) == date.min


def rated_world() -> pd.DataFrame:
    customers = pd.DataFrame(
        {
            "customer_id": ["new_contact", "new_order", "new_but_two", "old", "silent", "not_bought", "edge"],
            "first_contact_on": [D - timedelta(d) for d in (89, 400, 10, 400, 400, 400, 90)],
        }
    )
    orders = pd.DataFrame(
        {
            "order_id": list("12345"),
            "customer_id": ["new_order", "new_but_two", "new_but_two", "old", "edge"],
            "ordered_on": [D - timedelta(d) for d in (5, 9, 8, 200, 90)],
            "amount": 1.0,
        }
    )
    touches = pd.DataFrame(
        {
            "customer_id": ["new_contact", "not_bought"],
            "at": [pd.Timestamp(D) - pd.Timedelta(days=20)] * 2,
            "kind": "call",
        }
    )
    return build_features(MemoryBook({"customers": customers, "orders": orders, "touches": touches}), D, 365)


def test_a_new_customer_without_any_contact_is_said_to_have_none() -> None:
    customers = pd.DataFrame({"customer_id": ["c"], "first_contact_on": [D]})
    found = build_features(MemoryBook({"customers": customers}), D, 365)
    assert unrated_reasons(found, ("recency_days",), D).tolist() == ["none"]


def test_who_is_not_rated_and_why() -> None:
    reasons = unrated_reasons(rated_world(), ("recency_days",), D)
    assert reasons.dropna().to_dict() == {
        "new_contact": "new", "new_order": "new", "silent": "none", "not_bought": "missing",
    }  # fmt: skip
    rated = unrated_reasons(rated_world(), (), D).isna()
    assert rated[["new_but_two", "old", "not_bought", "edge"]].all()
    assert pd.isna(unrated_reasons(rated_world(), (), D, minimum_history_days=0)["new_order"])
    with pytest.raises(KeyError, match="recency_days"):
        unrated_reasons(rated_world(), ("recency",), D)


def test_the_published_small_table_is_counted_by_days() -> None:
    """data/INDEX.md, *Small RFM table*: purchase days, days since the last, mean per day; then what LTV reads."""
    told = """1 2015-01-01 1; 1 2015-02-06 2; 2 2015-01-01 2; 3 2015-01-01 3; 3 2015-01-02 1; 3 2015-01-05 5;
    4 2015-01-16 6; 4 2015-02-02 3; 4 2015-02-05 3; 4 2015-02-05 6; 5 2015-01-16 3; 5 2015-01-17 1; 5 2015-01-18 8;
    6 2015-02-02 5"""
    cells = [row.split() for row in told.split(";")]
    orders = pd.DataFrame(
        {
            "order_id": [str(number) for number in range(len(cells))],
            "customer_id": [customer for customer, _, _ in cells],
            "ordered_on": [date.fromisoformat(day) for _, day, _ in cells],
            "amount": [float(amount) for _, _, amount in cells],
        }
    )
    found = build_features(MemoryBook({"orders": orders}), date(2015, 2, 7), None)
    mean = found["total_amount"] / found["order_days_count"]
    seen = list(zip(found["order_days_count"], found["recency_days"], mean, strict=True))
    assert seen == [(2, 1, 1.5), (1, 37, 2), (3, 33, 3), (3, 2, 6), (3, 20, 4), (1, 5, 5)]
    assert found["repeat_order_days_count"].tolist() == [1, 0, 2, 2, 2, 0]
    assert found["order_span_days"].tolist() == [36, 0, 4, 20, 2, 0]
    assert found["repeat_amount"].tolist() == [2, 0, 6, 12, 9, 0]
