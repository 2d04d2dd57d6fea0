"""What an upload changes: accounting that closes, no doubling, modes, rewritten months; the model is plain Python."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmentation.errors import StoreError
from segmentation.intake.typed import source_key
from segmentation.intake.uploads import Upload
from segmentation.store import Store
from tests.worlds import PUBLISHED_AT, make_store, make_upload

SEQUENCES = 200 if os.environ.get("TIERBOARD_LONG") == "1" else 8


def publish(store: Store, upload: Upload) -> Any:
    current = store.current()
    return store.publish(upload, current.number if current else None, "test", PUBLISHED_AT)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    current = store.current()
    assert current is not None
    with duckdb.connect(str(store.path / current.data), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def orders(*entries: tuple[str | None, str, float], **more: Any) -> pd.DataFrame:
    frame = pd.DataFrame(entries, columns=["order_id", "ordered_on", "amount"])
    return frame.assign(customer_id="c", **more)


FIRST = orders(("1", "2026-01-05", 10), ("2", "2026-02-05", 20), ("3", "2026-02-06", 30))


def test_same_upload_changes_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=FIRST)
    again = make_upload(tmp_path, orders=FIRST.sample(frac=1, random_state=1))
    difference = store.compare(again)
    assert difference.is_same
    assert difference.base == 1
    assert difference.table("orders").unchanged == 3  # type: ignore[union-attr]
    assert publish(store, again).number == 1
    assert len(store.versions()) == 1


@pytest.mark.parametrize("mode", ["add", "upsert"])
def test_part_of_what_is_known_changes_nothing(tmp_path: Path, mode: str) -> None:
    store = make_store(tmp_path, orders=FIRST)
    assert store.compare(make_upload(tmp_path, orders=FIRST.head(1), modes={"orders": mode})).is_same


@pytest.mark.parametrize("mode", ["add", "upsert", "replace"])
def test_rows_without_ids_are_never_doubled(tmp_path: Path, mode: str) -> None:
    anonymous = orders((None, "2026-01-05", 10), (None, "2026-01-05", 10), (None, "2026-01-06", 5))
    store = make_store(tmp_path, orders=anonymous)
    assert store.current().rows["orders"] == 3  # type: ignore[union-attr]
    # Another file: other rows in front, so other positions; one more of the equal rows.
    more = pd.concat([orders((None, "2026-02-01", 7)), anonymous, anonymous.head(1)])
    upload = make_upload(tmp_path, orders=more, modes={"orders": mode})
    difference = store.compare(upload).table("orders")
    assert (difference.added, difference.unchanged, difference.offered) == (2, 3, 5)  # type: ignore[union-attr]
    publish(store, upload)
    assert rows(store, "SELECT count(*), sum(amount)::INT FROM orders") == [(5, 42)]
    assert store.compare(upload).is_same


def placed(file: str, *entries: tuple[str, float]) -> dict[str, Any]:
    """Orders as the intake keys them where the sheet has no order number."""
    keys = [source_key(file, "orders", row) for row in range(2, len(entries) + 2)]
    frame = orders(*((key, day, amount) for key, (day, amount) in zip(keys, entries, strict=True)), line="1")
    return {"orders": frame.assign(row_key=[f"{key}|1" for key in keys])}


def test_next_months_file_of_the_same_name_overwrites_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path, **placed("orders.csv", ("2026-01-05", 10), ("2026-01-06", 20)))
    upload = make_upload(tmp_path, **placed("orders.csv", ("2026-02-05", 1), ("2026-02-06", 2)))
    assert store.compare(upload).table("orders").added == 2  # type: ignore[union-attr]
    publish(store, upload)
    assert rows(store, "SELECT count(*), count(DISTINCT order_id), sum(amount)::INT FROM orders") == [
        (4, 4, 33)
    ]


def test_a_sheet_where_some_rows_have_numbers(tmp_path: Path) -> None:
    some = placed("orders.csv", ("2026-01-05", 10), ("2026-01-06", 20))["orders"]
    some.loc[1, ["order_id", "row_key"]] = ["77", "77|1"]
    store = make_store(tmp_path, orders=some)
    assert rows(store, "SELECT order_id, row_key FROM orders ORDER BY 1") == [
        ("77", "77|1"), ("row:0:2", "row:0:2|1"),
    ]  # fmt: skip
    assert store.compare(make_upload(tmp_path, orders=some)).is_same


def test_a_number_of_16_characters_is_a_number(tmp_path: Path) -> None:
    sixteen = orders(("abcdef0123456789", "2026-01-05", 10))
    store = make_store(tmp_path, orders=sixteen)
    assert rows(store, "SELECT order_id FROM orders") == [("abcdef0123456789",)]
    table = store.compare(make_upload(tmp_path, orders=sixteen.assign(amount=11))).table("orders")
    assert (table.changed, table.added) == (1, 0)  # type: ignore[union-attr]


def test_customers_belong_to_no_month(tmp_path: Path) -> None:
    known = pd.DataFrame(
        {"customer_id": ["a", "b"], "first_contact_on": ["2026-01-01", "2026-03-01"], "region": "n"}
    )
    store = make_store(tmp_path, customers=known)
    table = store.compare(make_upload(tmp_path, customers=known.assign(region="s"))).table("customers")
    assert (table.changed, table.rewritten) == (2, 0)  # type: ignore[union-attr]


def test_the_same_rows_under_another_file_name_change_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path, **placed("orders.csv", ("2026-01-05", 10), ("2026-01-06", 20)))
    again = make_upload(tmp_path, **placed("orders.csv", ("2026-01-06", 20), ("2026-01-05", 10)))
    assert store.compare(again).is_same
    renamed = make_upload(tmp_path, **placed("saved again.csv", ("2026-01-06", 20), ("2026-01-05", 10)))
    source = replace(renamed.sources[0], file="saved again.csv")
    assert store.compare(replace(renamed, sources=(source,))).is_same


def test_upsert_replaces_by_key_and_keeps_the_rest(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=FIRST)
    upload = make_upload(tmp_path, orders=orders(("2", "2026-02-05", 21), ("4", "2026-03-01", 40)))
    difference = store.compare(upload)
    table = difference.table("orders")
    assert table is not None
    assert (table.offered, table.added, table.changed, table.unchanged, table.removed) == (2, 1, 1, 0, 0)
    months = {
        m.month: (m.orders_before, m.orders_after, m.amount_before, m.amount_after) for m in difference.months
    }
    assert months == {
        date(2026, 1, 1): (1, 1, Decimal(10), Decimal(10)),
        date(2026, 2, 1): (2, 2, Decimal(50), Decimal(51)),
        date(2026, 3, 1): (0, 1, Decimal(0), Decimal(40)),
    }
    publish(store, upload)
    assert rows(store, "SELECT order_id, amount::INT FROM orders ORDER BY 1") == [
        ("1", 10), ("2", 21), ("3", 30), ("4", 40),
    ]  # fmt: skip


def test_replacing_a_period_removes_only_inside_it(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=FIRST)
    period = {"orders": (date(2026, 2, 1), date(2026, 2, 28))}
    upload = make_upload(
        tmp_path, orders=orders(("3", "2026-02-06", 30)), modes={"orders": "replace"}, periods=period
    )
    table = store.compare(upload).table("orders")
    assert table is not None
    assert (table.added, table.changed, table.unchanged, table.removed) == (0, 0, 1, 1)
    publish(store, upload)
    assert rows(store, "SELECT order_id FROM orders ORDER BY 1") == [("1",), ("3",)]


def test_an_order_moved_out_of_its_month_is_not_doubled(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=FIRST)
    upload = make_upload(
        tmp_path,
        orders=orders(("1", "2026-02-01", 10)),
        modes={"orders": "replace"},
        periods={"orders": (date(2026, 2, 1), date(2026, 2, 28))},
    )
    publish(store, upload)
    assert rows(store, "SELECT order_id, ordered_on FROM orders") == [("1", date(2026, 2, 1))]


def test_replacing_a_table_as_a_whole(tmp_path: Path) -> None:
    reps = pd.DataFrame({"rep_id": ["a", "b"], "team": ["n", "s"]})
    store = make_store(tmp_path, reps=reps)
    upload = make_upload(tmp_path, reps=reps.tail(1), modes={"reps": "replace"})
    assert store.compare(upload).table("reps").removed == 1  # type: ignore[union-attr]
    publish(store, upload)
    assert rows(store, "SELECT rep_id FROM reps") == [("b",)]


def test_a_column_the_sheet_does_not_have_keeps_its_value(tmp_path: Path) -> None:
    known = pd.DataFrame(
        {"customer_id": ["a", "b"], "name": ["A", "B"], "region": ["n", "s"], "note": ["x", "y"]}
    )
    store = make_store(tmp_path, customers=known)
    fewer = pd.DataFrame({"customer_id": ["a", "b"], "name": ["A", None], "colour": ["red", "blue"]})
    upload = make_upload(tmp_path, customers=fewer)
    publish(store, upload)
    found = rows(store, "SELECT customer_id, name, region, attributes FROM customers ORDER BY 1")
    assert [row[:3] for row in found] == [("a", "A", "n"), ("b", None, "s")]
    assert [json.loads(row[3]) for row in found] == [
        {"note": "x", "colour": "red"}, {"note": "y", "colour": "blue"},
    ]  # fmt: skip
    assert store.compare(upload).is_same


def test_spaces_in_attributes_are_no_change(tmp_path: Path) -> None:
    known = pd.DataFrame({"customer_id": ["a"], "attributes": ['{"x": "1", "y": "2"}']})
    store = make_store(tmp_path, customers=known)
    same = pd.DataFrame({"customer_id": ["a"], "attributes": ['{"y":"2","x":"1"}']})
    assert store.compare(make_upload(tmp_path, customers=same)).is_same


def test_provenance_follows_the_row(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=FIRST)
    publish(
        store,
        make_upload(
            tmp_path, orders=orders(("9", "2026-03-01", 1), ("2", "2026-02-05", 21), ("1", "2026-01-05", 10))
        ),
    )
    found = rows(
        store,
        """SELECT order_id, s.imported_in, s.table_name, source_row FROM orders JOIN sources s USING (source_id)
        ORDER BY order_id""",
    )
    assert found == [
        ("1", 1, "orders", 2),
        ("2", 2, "orders", 3),
        ("3", 1, "orders", 4),
        ("9", 2, "orders", 2),
    ]


def test_rewritten_months(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=FIRST)
    late = orders(
        ("1", "2026-01-05", 11), ("8", "2026-01-09", 1), ("7", "2025-12-01", 1), ("9", "2026-03-01", 1)
    )
    table = store.compare(make_upload(tmp_path, orders=late)).table("orders")
    # January is changed and gets a late row; December 2025 was not there before, March is new.
    assert table is not None
    assert (table.rewritten, table.added, table.changed) == (2, 3, 1)


def test_open_deals_may_change(tmp_path: Path) -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "2", "3"],
            "opened_on": ["2026-01-01", "2026-01-02", "2026-02-01"],
            "state": ["open", "won", "open"],
            "amount": [1, 2, 3],
            "closed_on": [None, "2026-01-20", None],
        }
    )
    store = make_store(tmp_path, deals=deals)
    later = deals.assign(
        amount=[5, 6, 3], state=["won", "won", "open"], closed_on=["2026-03-01", "2026-01-20", None]
    )
    difference = store.compare(make_upload(tmp_path, deals=later))
    table = difference.table("deals")
    assert table is not None
    assert (table.changed, table.open_changed, table.rewritten) == (2, 1, 1)
    # Without orders, won deals are the orders of the month.
    assert [(m.month, m.orders_before, m.orders_after) for m in difference.months] == [
        (date(2026, 1, 1), 1, 1), (date(2026, 3, 1), 0, 1),
    ]  # fmt: skip


def test_known_files_are_named(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=FIRST)
    upload = make_upload(tmp_path, orders=FIRST)
    assert store.compare(upload).imported_in is None
    changed = make_upload(tmp_path, orders=FIRST.assign(amount=1))
    publish(store, changed)
    assert store.compare(changed).imported_in == 2


def test_a_table_offered_twice_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    upload = make_upload(tmp_path, orders=FIRST)
    twice = Upload(upload.tables * 2, upload.sources, (), (), upload.rejected, upload.calendar, {})
    for refused in (store.compare, lambda u: publish(store, u)):
        with pytest.raises(StoreError, match=r"e\.store\.parts"):
            refused(twice)


ENTRY = st.tuples(
    st.one_of(st.none(), st.sampled_from("abcd")),
    st.sampled_from(["2026-01-05", "2026-02-05", "2026-03-05"]),
    st.integers(1, 3),
)
OFFERS = st.lists(
    st.tuples(st.sampled_from(["add", "upsert", "replace"]), st.lists(ENTRY, min_size=1, max_size=8)),
    min_size=1,
    max_size=4,
)


def days_apart(one: tuple[Any, ...], two: tuple[Any, ...]) -> int:
    return abs((date.fromisoformat(one[1]) - date.fromisoformat(two[1])).days)


def model_apply(
    stored: list[tuple[Any, ...]], mode: str, offered: list[tuple[Any, ...]], period: tuple[date, date]
) -> tuple[list[tuple[Any, ...]], int]:
    """The plain reading of the rules: rows after, and how many offered rows were already there.

    A row is the stored one it equals, else the one of its number on the same day, or of the same amount not
    more than 27 days away; else it is another order. A list without numbers takes no numbered row away.
    """
    rest, todo, unchanged = list(stored), list(offered), 0
    rules = (
        lambda new, old: new == old,
        lambda new, old: new[1] == old[1],
        lambda new, old: new[2] == old[2] and days_apart(new, old) <= 27,
    )
    for rule in rules:
        for row in list(todo):
            candidates = [s for s in rest if s[0] == row[0] and rule(row, s) and (row[0] or s == row)]
            if candidates:
                known = min(candidates, key=lambda s: days_apart(row, s))
                unchanged += known == row
                rest.remove(known)
                todo.remove(row)
    has_numbers = any(row[0] for row in offered)
    kept = [
        r
        for r in rest
        if mode != "replace"
        or not period[0] <= date.fromisoformat(r[1]) <= period[1]
        or (r[0] and not has_numbers)
    ]
    return offered + kept, unchanged


@settings(max_examples=SEQUENCES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OFFERS)
def test_any_sequence_of_uploads_equals_the_model(offers: list[tuple[str, list[tuple[Any, ...]]]]) -> None:
    period = (date(2026, 2, 1), date(2026, 2, 28))
    with tempfile.TemporaryDirectory() as folder:
        store, stored = Store(Path(folder) / "store"), list[tuple[Any, ...]]()
        for mode, entries in offers:
            unique = [*{e[0]: e for e in entries if e[0]}.values(), *(e for e in entries if not e[0])]
            upload = make_upload(
                Path(folder), orders=orders(*unique), modes={"orders": mode}, periods={"orders": period}
            )
            table = store.compare(upload).table("orders")
            assert table is not None
            assert table.offered == len(unique) == table.added + table.changed + table.unchanged
            before = len(stored)
            stored, unchanged = model_apply(stored, mode, unique, period)
            assert table.unchanged == unchanged
            assert before + table.added - table.removed == len(stored)
            publish(store, upload)
            numbered = "SELECT count(*), count(DISTINCT row_key) FROM orders WHERE order_id IS NOT NULL"
            lines, keys = rows(store, numbered)[0]
            assert lines == keys
            written = "SELECT split_part(order_id, chr(31), 1), ordered_on::VARCHAR, amount::INT FROM orders"
            found = rows(store, written)
            assert sorted(found, key=str) == sorted(stored, key=str)
