"""Erasing a customer: absent from every byte of the store, everybody else as before; versions a decision names stay."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from segmentation import store as stores
from segmentation import store_build
from segmentation.__main__ import main
from segmentation.errors import StoreError
from segmentation.intake.uploads import SheetMapping
from segmentation.journal import Journal, mapping_event
from segmentation.schemes import Scheme
from segmentation.store import Store
from segmentation.store_erasure import erase_customer, find_traces
from segmentation.summary import build_summary
from segmentation.tags import make_tag, read_registry, tag_customers
from tests.test_store_difference import rows
from tests.worlds import PUBLISHED_AT, make_store, make_upload

NAME, SHORT, ID = "昆山鸿特精密机械有限公司", "鸿特老客户", "KSHT-0100"
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": [ID, "B2", "C3"],
        "name": [NAME, "无锡锐泰", "Calder"],
        "parent_id": [None, ID, None],
        "need": ["轴承", f"与{NAME}同一采购; ask {ID}.", f"{ID}0 is another number"],
    }
)
ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2", "3", "4"],
        "customer_id": [ID, ID, "B2", SHORT],
        "ordered_on": "2026-02-05",
        "amount": [10, 20, 40, 80],
    }
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Three versions, two of one file, written without compression: what a file says can be found in its bytes."""
    plain = {**store_build.HARDENED, "force_compression": "uncompressed"}
    monkeypatch.setattr(store_build, "HARDENED", plain)
    kept = make_store(tmp_path, customers=CUSTOMERS, orders=ORDERS.head(1))
    make_store(tmp_path, customers=CUSTOMERS, orders=ORDERS)
    kept.undo(2, "test", PUBLISHED_AT, to=1)
    journal = Journal(kept.path)
    journal.record("override", ID, {"tier": "A", "note": "x"}, "anna", PUBLISHED_AT)
    journal.record("override", "B2", {"tier": "A", "note": f"wie {NAME}"}, "anna", PUBLISHED_AT)
    answers = {f"alias:sig:{SHORT}": ID, "alias:sig:锐泰": "B2", "unit:sig": "1"}
    mapping = SheetMapping(("客户",), {"orders": {"customer_id": "客户"}}, answers)
    journal.adopt("1", [mapping_event("sig", mapping, "anna", PUBLISHED_AT)])
    return kept


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_nothing_is_changed_by_counting(store: Store) -> None:
    before = bytes_of(store.path / "data") + bytes_of(store.path / "versions")
    traces = find_traces(store, ID)
    assert traces.rows == {1: 2, 2: 4, 3: 2} and traces.decisions == 3
    assert traces.mentions == {1: 1, 2: 1, 3: 1}
    assert set(traces.names) == {NAME, SHORT}
    assert bytes_of(store.path / "data") + bytes_of(store.path / "versions") == before


def test_a_customer_is_absent_from_every_byte_and_the_others_are_as_before(store: Store) -> None:
    words = [text.encode() for text in (NAME, SHORT, f"{ID}.", f'"{ID}"')]
    found = bytes_of(store.path)
    assert NAME.encode() in found and SHORT.encode() in found and ID.encode() in found
    served = erase_customer(store, find_traces(store, ID), "anna", PUBLISHED_AT)
    assert (served.number, served.kind, served.base) == (4, "erasure", 3)
    kept = bytes_of(store.path)
    assert not [word.decode() for word in words if word in kept]
    assert kept.replace(f"{ID}0".encode(), b"").count(ID.encode()) == 0, (
        "a longer number is another customer's"
    )
    reopened = Store(store.path)
    assert [version.erased_count for version in reopened.versions()] == [1, 1, 1, 1]
    for number, orders, amount in ((1, 0, 0), (2, 1, 40), (3, 0, 0), (4, 0, 0)):
        with reopened.open(number) as book:
            summary = build_summary(book)
            assert (summary.customers, summary.orders, summary.order_amount) == (2, orders, amount)
    with reopened.open(2) as book:
        named = book.query("customer_search", wanted="").set_index("customer_id")["name"]
    assert named.to_dict() == {"B2": "无锡锐泰", "C3": "Calder"}
    journal = Journal(store.path)
    (mapping,) = journal.mappings().values()
    assert dict(mapping.answers) == {"alias:sig:锐泰": "B2", "unit:sig": "1"}
    (override,) = journal.events("override")
    assert (override.key, override.payload["note"]) == ("B2", "wie …")
    assert journal.events("erasure")[0].payload == {"customers": 1, "versions": 3}
    assert find_traces(reopened, ID).is_empty
    with pytest.raises(StoreError, match=r"e\.erase\.unknown"):
        erase_customer(reopened, find_traces(reopened, ID), "anna", PUBLISHED_AT)


@pytest.mark.parametrize("erased", ["A", "1", "North", "A1", "海昌"])
def test_an_id_that_is_an_everyday_word_takes_nothing_from_others_nor_from_the_rule(
    tmp_path: Path, erased: str
) -> None:
    customers = pd.DataFrame(
        {
            "customer_id": [erased, "B1", "B2"],
            "name": ["B1", "Beta 1", "North"],
            "region": ["North", "North", "1"],
            "grade": ["A", "A", "1"],
            "phone": ["555-1", "555-1", "海昌路 1"],
        }
    )
    orders = pd.DataFrame(
        {
            "order_id": ["1", "2", "A"],
            "customer_id": ["B1", erased, "B2"],
            "ordered_on": "2026-02-05",
            "product": ["Pipe 1 mm", "x", "North"],
            "rep": ["B1", "B1", "A"],
            "amount": [10, 20, 1],
        }
    )
    store, journal = make_store(tmp_path, customers=customers, orders=orders), Journal(tmp_path / "store")
    journal.publish_scheme(Scheme(name="A"), "anna", PUBLISHED_AT)
    journal.change_setting("1", {"A": 1}, "anna", PUBLISHED_AT)
    journal.change_setting("A", "1", "anna", PUBLISHED_AT)
    before = journal.events()
    traces = find_traces(store, erased)
    assert (dict(traces.rows), dict(traces.mentions), traces.decisions) == ({1: 2}, {}, 0)
    erase_customer(store, traces, "anna", PUBLISHED_AT)
    assert journal.events()[:-1] == before
    assert rows(store, "SELECT customer_id, name, region, grade FROM customers ORDER BY 1") == [
        ("B1", "Beta 1", "North", "A"),
        ("B2", "North", "1", "1"),
    ]
    assert rows(store, "SELECT order_id, product, rep, amount::INT FROM orders ORDER BY 1") == [
        ("1", "Pipe 1 mm", "B1", 10),
        ("A", "North", "A", 1),
    ]
    (phones,) = [
        [json.loads(told)["phone"] for (told,) in rows(store, "SELECT attributes FROM customers ORDER BY 1")]
    ]
    assert sorted(phones) == ["555-1", "海昌路 1"]


def test_a_linked_name_that_is_another_customers_number_takes_none_of_its_rows(tmp_path: Path) -> None:
    store = make_store(tmp_path, customers=CUSTOMERS, orders=ORDERS)
    answers = {"alias:sig:B2": ID}
    mapping = SheetMapping(("客户",), {"orders": {"customer_id": "客户"}}, answers)
    Journal(store.path).adopt("1", [mapping_event("sig", mapping, "anna", PUBLISHED_AT)])
    erase_customer(store, find_traces(store, ID), "anna", PUBLISHED_AT)
    assert rows(store, "SELECT order_id FROM orders ORDER BY 1") == [("3",), ("4",)]


def test_events_stay_unchangeable_after_an_erasure(store: Store) -> None:
    numbers = [event.number for event in Journal(store.path).events()]
    erase_customer(store, find_traces(store, ID), "anna", PUBLISHED_AT)
    journal = Journal(store.path)
    assert journal.number() > max(numbers), "numbers only grow"
    with journal._connected() as connection, pytest.raises(Exception, match="never"):
        connection.execute("DELETE FROM events")


def test_the_command_counts_first(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["erase", ID, "--store", str(store.path), "--json", "--language", "en"]
    assert main(words) == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted["erased"] is False and counted["versions"][0] == {"number": 1, "rows": 2, "mentions": 1}
    assert len(Store(store.path).versions()) == 3
    assert main([*words, "--yes"]) == 0
    assert json.loads(capsys.readouterr().out)["data_version"] == 4
    assert main(words) == 1
    assert "Nothing is stored about a customer" in capsys.readouterr().err


def test_a_copy_of_the_folder_serves_the_same_figures(store: Store, tmp_path: Path) -> None:
    copied = shutil.copytree(store.path, tmp_path / "copy")
    restored = Store(copied)
    assert restored.versions() == store.versions()
    for version in store.versions():
        with store.open(version.number) as one, restored.open(version.number) as other:
            assert build_summary(one) == build_summary(other)
    assert Journal(copied).mappings() == Journal(store.path).mappings()
    more = make_upload(tmp_path, orders=ORDERS.tail(1).assign(order_id="9"))
    assert restored.publish(more, 3, "test", PUBLISHED_AT).number == 4
    assert len(store.versions()) == 3, "the copy is a store of its own"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, [1, 4, 5, 6]),
        ({"versions": 2}, [1, 5, 6]),
        ({"months": 2}, [1, 5, 6]),
        ({"months": 4}, [1, 3, 4, 5, 6]),
    ],
)
def test_versions_a_decision_names_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, int] | None, expected: list[int]
) -> None:
    monkeypatch.setattr(stores, "KEPT_VERSIONS", 3)
    kept, journal = Store(tmp_path / "store"), Journal(tmp_path / "store")
    if setting:
        journal.change_setting("retention", setting, "anna", PUBLISHED_AT)
    journal.publish_scheme(Scheme(name="Q1"), "anna", PUBLISHED_AT, data_version=1)
    for number in range(1, 7):
        upload = make_upload(tmp_path, orders=ORDERS.head(1).assign(order_id=str(number)))
        kept.publish(upload, number - 1 or None, "test", datetime(2026, number, 5))
    assert [version.number for version in kept.versions()] == expected
    for number in expected:
        with kept.open(number) as book:
            assert build_summary(book).orders == number
    assert len(list((kept.path / "data").iterdir())) == len(expected)


def test_tags_forget_the_customer_and_keep_the_others(store: Store) -> None:
    journal = Journal(store.path)
    facts: dict[str, Any] = {"author": "anna", "at": PUBLISHED_AT}
    shared = make_tag(journal, "Sales", f"wie {NAME}", note=f"fragte nach {NAME} am Stand", **facts)
    alone = make_tag(journal, "Sales", "Samples", **facts)
    tag_customers(journal, shared, [ID, SHORT, "B2"], is_set=True, on=PUBLISHED_AT.date(), **facts)
    tag_customers(journal, alone, [ID], is_set=True, on=PUBLISHED_AT.date(), **facts)
    assert find_traces(store, ID).decisions == 3 + 3
    erase_customer(store, find_traces(store, ID), "anna", PUBLISHED_AT)
    registry = read_registry(Journal(store.path))
    assert [tag.name for tag in registry.core] == ["Samples", "wie …"]
    assert registry.get(shared).note == "fragte nach … am Stand"
    assert registry.get(alone).note == "", "who said nothing still says nothing"
    held = registry.set_by_hand(PUBLISHED_AT.date())
    assert list(held[shared]) == ["B2"] and not held[alone]
    found = bytes_of(store.path)
    assert not any(text.encode() in found for text in (NAME, SHORT, f'"{ID}"'))
