"""Which stored row an offered row is: lines without numbers, numbers used again, changed receipts, past months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
import pytest

from segmentation.intake.uploads import Upload
from segmentation.restatements import weigh
from segmentation.store import Store, TableDifference
from tests.test_store_difference import placed, publish, rows
from tests.worlds import make_store, make_upload

LINES = "SELECT order_id, line, product, amount::INT FROM orders ORDER BY order_id, line::INT"
FEBRUARY = {"orders": (date(2026, 2, 1), date(2026, 2, 28))}


def lines(*entries: tuple[str, str, str, str, float]) -> pd.DataFrame:
    """Order lines of a sheet without line numbers, keyed as the intake keys them: by their place in the order."""
    names = ["order_id", "customer_id", "ordered_on", "product", "amount"]
    frame = pd.DataFrame(entries, columns=names)
    place = (frame.groupby("order_id").cumcount() + 1).astype(str)
    return frame.assign(line=place, row_key=frame["order_id"] + "|" + place)


def offer(tmp_path: Path, frame: pd.DataFrame, *, has_lines: bool = False) -> Upload:
    """The frame as an upload whose sheet has line numbers, or not."""
    upload = make_upload(tmp_path, orders=frame)
    if has_lines:
        return upload
    columns = {name: cell for name, cell in upload.sources[0].columns.items() if name != "line"}
    return replace(upload, sources=(replace(upload.sources[0], columns=columns),))


def store_of(tmp_path: Path, frame: pd.DataFrame, *, has_lines: bool = False) -> Store:
    store = Store(tmp_path / "store")
    publish(store, offer(tmp_path, frame, has_lines=has_lines))
    return store


FIRST_LINES = (("O1", "a", "2026-02-03", "spindle", 10), ("O1", "a", "2026-02-03", "seal", 2))
FIRST = lines(*FIRST_LINES)
LAST = lines(("O1", "a", "2026-02-03", "seal", 3))


def of_orders(store: Store, upload: Upload) -> TableDifference:
    found = store.compare(upload).table("orders")
    assert found is not None
    return found


def test_a_line_put_in_between_is_one_added_line(tmp_path: Path) -> None:
    store = store_of(tmp_path, FIRST)
    more = lines(("O1", "a", "2026-02-03", "turret", 7), *FIRST_LINES)
    found = of_orders(store, offer(tmp_path, more))
    assert (found.added, found.changed, found.unchanged, found.reused) == (1, 0, 2, 0)
    publish(store, offer(tmp_path, more))
    assert rows(store, LINES) == [
        ("O1", "1", "spindle", 10),
        ("O1", "2", "seal", 2),
        ("O1", "3", "turret", 7),
    ]
    assert store.compare(offer(tmp_path, more)).is_same


def test_a_part_of_an_order_overwrites_no_other_line(tmp_path: Path) -> None:
    store = store_of(tmp_path, FIRST)
    found = of_orders(store, offer(tmp_path, LAST))
    assert (found.added, found.changed, found.missing) == (0, 1, 1)
    publish(store, offer(tmp_path, LAST))
    assert rows(store, LINES) == [("O1", "1", "spindle", 10), ("O1", "2", "seal", 3)]


def test_a_number_used_again_next_year_is_another_order(tmp_path: Path) -> None:
    store = store_of(tmp_path, FIRST)
    again = lines(("O1", "b", "2027-01-04", "spindle", 99))
    found = of_orders(store, offer(tmp_path, again))
    assert (found.added, found.changed, found.reused) == (1, 0, 1)
    publish(store, offer(tmp_path, again))
    assert rows(store, LINES) == [
        ("O1", "1", "spindle", 10),
        ("O1", "2", "seal", 2),
        ("O1\x1f2", "1", "spindle", 99),
    ]
    assert store.compare(offer(tmp_path, again)).is_same
    assert store.compare(offer(tmp_path, FIRST)).is_same


@pytest.mark.parametrize("change", [{"amount": 11}, {"ordered_on": "2026-02-20"}, {"product": "x"}])
def test_one_thing_corrected_is_a_changed_order(tmp_path: Path, change: dict[str, Any]) -> None:
    one = FIRST.head(1)
    store = store_of(tmp_path, one)
    found = of_orders(store, offer(tmp_path, one.assign(**change)))
    assert (found.added, found.changed, found.reused) == (0, 1, 0)


@pytest.mark.parametrize(
    "other",
    [
        ("O1", "a", "2026-02-12", "spindle", -10),  # a return later
        ("O1", "a", "2026-02-03", "spindle", -3),  # a return on the day
        ("O1", "a", "2026-02-09", "seal", 4),  # a second delivery
        ("O1", "b", "2026-02-03", "spindle", 10),  # another branch, its own numbers
        ("O1", "a", "2027-02-04", "spindle", 10),  # a subscription, numbers begun anew
        ("O1", "a", "2026-03-03", "spindle", 10),
    ],
)
@pytest.mark.parametrize("has_lines", [False, True])
def test_a_used_number_that_is_not_certainly_the_order_is_another_one(
    tmp_path: Path, other: tuple[str, str, str, str, float], has_lines: bool
) -> None:
    store = store_of(tmp_path, FIRST.head(1), has_lines=has_lines)
    upload = offer(tmp_path, lines(other), has_lines=has_lines)
    found = of_orders(store, upload)
    assert (found.added, found.changed, found.reused) == (1, 0, int(other[1:3] != ("a", "2026-02-03")))
    publish(store, upload)
    assert sorted(a for (a,) in rows(store, "SELECT amount::INT FROM orders")) == sorted([10, int(other[4])])
    assert store.compare(upload).is_same


def test_days_of_many_lines_of_one_number_are_corrected_without_a_product(tmp_path: Path) -> None:
    many = lines(*(("O1", "a", "2026-02-03", "x", 5) for _ in range(6_000)))
    store = store_of(tmp_path, many)
    began = perf_counter()
    found = of_orders(store, offer(tmp_path, many.assign(ordered_on="2026-02-09")))
    assert (found.added, found.changed) == (0, 6_000)
    assert perf_counter() - began < 10


def test_a_list_without_numbers_takes_no_numbered_row_away(tmp_path: Path) -> None:
    store = store_of(tmp_path, FIRST)
    publish(store, make_upload(tmp_path, **placed("orders.csv", ("2026-02-05", 30))))
    upload = make_upload(
        tmp_path, **placed("orders.csv", ("2026-02-05", 31)), modes={"orders": "replace"}, periods=FEBRUARY
    )
    found = of_orders(store, upload)
    assert (found.added, found.changed, found.removed) == (0, 1, 0)
    (question,) = weigh(store, upload).questions
    assert (question.facts["n"], question.facts["changed"], question.proposed) == (1, 1, "add")


def test_a_moved_row_is_counted_once_where_one_of_its_months_is_kept(tmp_path: Path) -> None:
    store = make_store(tmp_path, **placed("orders.csv", ("2026-01-30", 30), ("2026-03-05", 1)))
    days = (date(2026, 1, 1), date(2026, 3, 31))
    moved = make_upload(
        tmp_path,
        **placed("orders.csv", ("2026-02-02", 30), ("2026-03-05", 1)),
        modes={"orders": "replace"},
        periods={"orders": days},
    )
    found = store.compare(moved, (date(2026, 1, 1),)).table("orders")
    assert found is not None and (found.added, found.changed, found.removed, found.withheld) == (0, 0, 0, 1)


def test_lines_with_numbers_of_their_own_go_by_them(tmp_path: Path) -> None:
    numbered = FIRST.assign(line=["10", "20"], row_key=["O1|10", "O1|20"])
    store = store_of(tmp_path, numbered, has_lines=True)
    found = of_orders(store, offer(tmp_path, numbered.assign(amount=[10, 5]).iloc[::-1], has_lines=True))
    assert (found.added, found.changed, found.unchanged) == (0, 1, 1)


def receipts(*paid: float | None) -> dict[str, Any]:
    """Two February orders without numbers, and what has been paid of them."""
    found = placed("orders.csv", ("2026-02-05", 30), ("2026-02-06", 40))["orders"]
    return {
        "orders": found.assign(paid_amount=list(paid)),
        "modes": {"orders": "replace"},
        "periods": FEBRUARY,
    }


def test_a_changed_receipt_is_changed_not_removed_and_added(tmp_path: Path) -> None:
    store = make_store(tmp_path, **receipts(0, None))
    found = store.compare(make_upload(tmp_path, **receipts(30, None))).table("orders")
    assert found is not None
    assert (found.added, found.changed, found.unchanged, found.removed) == (0, 1, 1, 0)
    publish(store, make_upload(tmp_path, **receipts(30, None)))
    assert rows(store, "SELECT amount::INT, paid_amount::INT FROM orders ORDER BY 1") == [
        (30, 30),
        (40, None),
    ]


def test_a_budget_line_is_known_by_month_channel_and_tier(tmp_path: Path) -> None:
    line = pd.DataFrame({"month": ["2026-02-01"], "channel": ["fair"], "amount": [5]})
    store = make_store(tmp_path, spend=line)
    period = {"spend": (date(2026, 2, 1), date(2026, 2, 1))}
    upload = make_upload(tmp_path, spend=line.assign(amount=6), modes={"spend": "replace"}, periods=period)
    found = store.compare(upload).table("spend")
    assert found is not None and (found.changed, found.added, found.removed) == (1, 0, 0)


MONTHS = lines(
    ("O1", "a", "2026-01-05", "x", 10), ("O2", "b", "2026-02-05", "x", 20), ("O3", "a", "2026-03-05", "x", 30)
)  # fmt: skip
LATER = lines(
    ("O1", "a", "2026-01-05", "x", 11), ("O2", "b", "2026-02-05", "x", 20), ("O3", "a", "2026-03-05", "x", 31),
    ("O8", "c", "2026-02-07", "x", 5), ("O9", "c", "2026-04-01", "x", 9),
)  # fmt: skip


def told(store: Store, upload: Any, kept: tuple[date, ...] = ()) -> list[tuple[Any, ...]]:
    found = store.compare(upload, kept).restated
    return [
        (m.month.month, m.added, m.changed, m.removed, m.amount_before, m.amount_after, m.is_kept)
        for m in found
    ]


def test_past_months_told_otherwise_are_named_with_their_amounts(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=MONTHS)
    assert told(store, make_upload(tmp_path, orders=LATER)) == [
        (1, 0, 1, 0, Decimal(10), Decimal(11), False),
        (2, 1, 0, 0, Decimal(20), Decimal(25), False),
        (3, 0, 1, 0, Decimal(30), Decimal(31), False),
    ]


def test_a_month_kept_as_it_was_keeps_every_row_and_the_rest_goes_in(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=MONTHS)
    upload, kept = make_upload(tmp_path, orders=LATER), (date(2026, 1, 1), date(2026, 2, 1))
    difference = store.compare(upload, kept)
    found = difference.table("orders")
    assert found is not None
    assert (found.offered, found.added, found.changed, found.unchanged, found.withheld) == (5, 1, 1, 1, 2)
    assert [m.is_kept for m in difference.restated] == [True, True, False]
    assert [m.amount_after for m in difference.months] == [10, 20, 31, 9]
    store.publish(upload, 1, "test", store.versions()[0].published_at, kept_months=kept)
    assert rows(store, "SELECT order_id, amount::INT FROM orders ORDER BY 1") == [
        ("O1", 10), ("O2", 20), ("O3", 31), ("O9", 9),
    ]  # fmt: skip
    again = store.compare(upload, kept)
    assert again.is_same and len(told(store, upload)) == 2, "what was kept is told again, not forgotten"
    assert store.publish(upload, 2, "test", store.versions()[0].published_at, kept_months=kept).number == 2


def test_what_becomes_of_open_deals_is_no_history(tmp_path: Path) -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "2", "3"], "customer_id": "a", "opened_on": "2026-01-02", "amount": [1, 2, 3],
            "state": ["open", "won", "lost"], "closed_on": [None, "2026-02-03", "2026-03-03"],
        }
    )  # fmt: skip
    store = make_store(tmp_path, deals=deals)
    later = deals.assign(
        amount=[9, 2, 3], state=["won", "won", "lost"], closed_on=["2026-02-09", "2026-02-03", "2026-03-03"]
    )
    new = deals.head(1).assign(deal_id="4")
    found = store.compare(make_upload(tmp_path, deals=pd.concat([later, new])))
    table = found.table("deals")
    assert table is not None and (table.open_changed, table.rewritten, table.added) == (1, 0, 1)
    assert found.restated == ()
    rewritten = make_upload(tmp_path, deals=deals.assign(amount=[1, 5, 3]))
    assert told(store, rewritten) == [(2, 0, 1, 0, Decimal(2), Decimal(5), False)]


def test_customers_missing_from_a_list_of_customers_are_counted_and_stay(tmp_path: Path) -> None:
    known = pd.DataFrame({"customer_id": ["a", "b", "c"], "name": ["A", "B", "C"]})
    store = make_store(tmp_path, customers=known)
    upload = make_upload(tmp_path, customers=known.tail(1).assign(name="CC"))
    found = store.compare(upload).table("customers")
    assert found is not None and (found.missing, found.removed, found.covers) == (2, 0, None)
    publish(store, upload)
    assert rows(store, "SELECT count(*) FROM customers") == [(3,)]


def test_a_month_told_otherwise_says_what_is_added_changed_and_taken_away(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=MONTHS)
    asked = {
        question.id: question for question in weigh(store, make_upload(tmp_path, orders=LATER)).questions
    }
    said = [asked["restated:2026-02"].facts[name] for name in ("added", "changed", "removed")]
    assert said == [1, 0, 0]
