"""Real files through the intake, against figures recomputed independently (skipped where the data are absent)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest

from segmentation.intake.fast_csv import load_rows
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Upload
from tests.intake.grids_of import codes, stored

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is absent")


def _read(folder: Path, *names: str) -> Upload:
    paths = [DATA / name for name in names]
    reading = recognise(open_files([(path.name, path) for path in paths], folder))
    upload = read_upload(reading)
    assert [account.difference for account in upload.accounts] == [0] * len(upload.accounts)
    return upload


def test_maven(tmp_path: Path) -> None:
    upload = _read(
        tmp_path, *(f"crm_maven/{n}.csv" for n in ("accounts", "products", "sales_pipeline", "sales_teams"))
    )
    deals = stored(upload, "deals")
    states = [row["state"] for row in deals]
    assert (states.count("won"), states.count("lost"), states.count("open")) == (4238, 2473, 2089)
    assert sum(row["amount"] for row in deals if row["state"] == "won") == Decimal(10_005_534)
    assert sum(row["customer_id"] is None for row in deals) == 1425
    assert not any(row["closed_on"] for row in deals if row["state"] == "open")
    assert (len(stored(upload, "customers")), len(stored(upload, "reps"))) == (85, 35)
    (skipped,) = [issue for issue in upload.issues if issue.code == "i.skipped"]
    assert skipped.facts["sheet"] == "products"


def test_superstore_is_the_same_from_both_files(tmp_path: Path) -> None:
    (tmp_path / "xls").mkdir(), (tmp_path / "csv").mkdir()
    book = _read(tmp_path / "xls", "tableau_superstore_zh/示例-超市.xls")
    text = _read(
        tmp_path / "csv",
        *(f"tableau_superstore_zh/derived_{n}_gb18030.csv" for n in ("订单", "退货", "销售人员")),
    )
    for table in ("orders", "customers", "reps"):
        left, right = stored(book, table), stored(text, table)
        for row in (*left, *right):
            row.pop("source_id")
        assert left == right
    orders = stored(book, "orders")
    assert (len(orders), len({row["customer_id"] for row in orders})) == (10_000, 790)
    assert sum(row["amount"] for row in orders) == Decimal("16117548.237")
    assert sum(row["margin"] for row in orders) == Decimal("2156559.517")
    assert len(stored(book, "customers")) == 790


def test_online_retail(tmp_path: Path) -> None:
    upload = _read(tmp_path, "online_retail_uci/online_retail.csv.gz")
    part = upload.table("orders")
    assert part is not None
    table = load_rows(part.path, part.table)
    assert pc.sum(table.column("amount")).as_py() == Decimal("9747747.934")
    assert table.num_rows == 541_909
    assert pc.count_distinct(table.column("row_key")).as_py() == 541_909
    assert table.column("customer_id").null_count == 135_080
    assert "i.unmatched.orders" in codes(upload)
    assert len(stored(upload, "customers")) == 4372


def test_orders_by_name_with_apostrophes(tmp_path: Path) -> None:
    orders = stored(_read(tmp_path, "rfm_r/rfm_data_orders.csv"), "orders")
    names = {row["customer_id"] for row in orders}
    assert (len(orders), len(names)) == (4906, 995)
    assert "Abbey O'Reilly" in names
    assert sum(row["amount"] for row in orders if row["customer_id"] == "Abbey O'Reilly") == Decimal(472)


def test_bank(tmp_path: Path) -> None:
    upload = _read(tmp_path, "uci_bank_marketing/bank-additional-full.csv")
    states = [row["state"] for row in stored(upload, "deals")]
    assert (states.count("won"), states.count("lost")) == (4640, 36_548)
    customers = stored(upload, "customers")
    assert len({row["customer_id"] for row in customers}) == 41_188
    assert '"education": "basic.4y"' in str(customers[0]["attributes"])
    assert "i.recorded" in codes(upload)
