"""What a person said of a sheet holds next month: which table it is, its columns, its header row, what is not kept."""

from __future__ import annotations

from pathlib import Path

from segmentation.journal import Journal
from segmentation.store import Store
from tests.promises import corrected
from tests.promises.promise import Brought, bring
from tests.promises.table import csv_file, workbook


def _month(folder: Path, store: Store, files: list[tuple[str, bytes]], told: object = None) -> Brought:
    brought = bring(store, files, folder, corrections=told)  # type: ignore[arg-type]
    assert brought.error is None, brought.error
    return brought


def test_a_sheet_of_strange_words_is_told_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    _month(
        tmp_path / "1",
        store,
        csv_file(corrected.STRANGE, name="x.csv"),
        corrected.says("orders", corrected.AS_ORDERS),
    )
    april = "Ref,Party,Noted,Worth\nR3,Acme,2026-04-01,7\n"
    brought = _month(tmp_path / "2", store, csv_file(april, name="y.csv"))
    assert [(row["order_id"], row["amount"]) for row in brought.rows("orders")] == [("R3", 7)]
    with store.open() as book:
        assert list(book.query("months")["amount"]) == [30.5, 7]


def test_a_header_row_is_told_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    told = corrected.says("orders", corrected.MISLED, 2)
    _month(tmp_path / "1", store, workbook({"订单": corrected.MISLEADING}), told)
    april = [*corrected.MISLEADING[:2], ["甲公司", "O3", "2026-04-01", 7, "轴承"]]
    brought = _month(tmp_path / "2", store, workbook({"订单": april}, "april.xlsx"))
    assert brought.reading is not None and brought.reading.sheets[0].header_row == 2
    assert [row["order_id"] for row in brought.rows("orders")] == ["O3"]


def test_an_unticked_column_stays_out_until_it_is_ticked_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = csv_file(corrected.CUSTOMERS, name="customers.csv")
    _month(tmp_path / "1", store, first, corrected.leaves("Salary of buyer"))
    more = csv_file(corrected.CUSTOMERS + "C3,Ceta,east,7000\n", name="customers.csv")
    brought = _month(tmp_path / "2", store, more)
    assert "Salary" not in str(brought.rows("customers"))
    (mapping,) = Journal(store.path).mappings().values()
    assert list(mapping.answers.values()) == ["no"]
    last = csv_file(corrected.CUSTOMERS + "C4,Delta,west,6000\n", name="customers.csv")
    brought = _month(tmp_path / "3", store, last, corrected.keeps("Salary of buyer"))
    assert "6000" in str(brought.rows("customers"))
    (mapping,) = Journal(store.path).mappings().values()
    assert not mapping.answers
