"""The generated files: the same bytes every time, canonical headers, and one company in both forms."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from segmentation.tables import TABLES

FOLDER = Path(__file__).parents[2] / "sample_data"
WORKBOOK = "客户订单跟进.xlsx"
EXTRA = {"orders": {"reference"}}
Rows = list[list[object]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([sys.executable, str(FOLDER / "make.py"), "--out", str(folder)], check=True)
    return folder


def committed() -> list[Path]:
    return sorted(p.relative_to(FOLDER) for p in FOLDER.rglob("*") if p.suffix in (".csv", ".xlsx"))


def test_make_writes_every_committed_file_again(made: Path) -> None:
    assert sorted(p.relative_to(made) for p in made.rglob("*") if p.is_file()) == committed()
    for path in committed():
        if path.suffix == ".csv":
            assert (made / path).read_bytes() == (FOLDER / path).read_bytes(), path
        else:
            # Deflate may differ between platforms; what is packed may not.
            with zipfile.ZipFile(made / path) as new, zipfile.ZipFile(FOLDER / path) as old:
                assert new.namelist() == old.namelist()
                assert all(new.read(name) == old.read(name) for name in new.namelist()), path


def test_generated_files_stay_small() -> None:
    assert sum((FOLDER / path).stat().st_size for path in committed()) <= 3 * 1024**2


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "next_month"])
@pytest.mark.parametrize("table", list(TABLES))
def test_headers_are_canonical_and_keys_unique(folder: Path, table: str) -> None:
    frame = pd.read_csv(folder / f"{table}.csv", dtype=str)
    assert set(frame.columns) - set(TABLES[table].names) == EXTRA.get(table, set())
    assert not frame.duplicated(list(TABLES[table].key)).any()
    assert {c.name for c in TABLES[table].columns if c.required} <= set(frame.columns)


def test_october_knows_nothing_of_november() -> None:
    for table, columns in {"orders": ["ordered_on"], "touches": ["at"], "deals": ["opened_on", "closed_on"],
                           "customers": ["first_contact_on"], "spend": ["month"]}.items():  # fmt: skip
        frame = pd.read_csv(FOLDER / f"{table}.csv", dtype=str)
        dates = pd.concat([frame[column].dropna() for column in columns])
        assert dates.between("1990-01-01", "2026-10-31").all(), table
    first = pd.read_csv(FOLDER / "orders.csv", dtype=str)["ordered_on"].min()
    assert first.startswith("2024-12")


def test_names_are_unique_and_every_row_has_a_customer() -> None:
    customers = pd.read_csv(FOLDER / "customers.csv", dtype=str)
    assert len(customers) == 1200 and customers["name"].is_unique
    assert customers["name"].str.endswith("有限公司").all()
    for table in ("orders", "touches", "deals"):
        frame = pd.read_csv(FOLDER / f"{table}.csv", dtype=str)
        assert frame["customer_id"].isin(customers["customer_id"]).all()


def read_sheet(path: Path, name: str) -> Rows:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python(skip_empty_area=False)


def body(rows: Rows, start: int, key: int) -> Rows:
    """The data rows of a sheet: those from `start` on whose first column is filled and which is no total."""
    return [row for row in rows[start:] if row[0] != "" and not str(row[key]).endswith(("合计", "小计"))]


def test_workbook_has_the_look_of_a_kept_workbook() -> None:
    path = FOLDER / WORKBOOK
    assert CalamineWorkbook.from_path(path).sheet_names == [
        "客户表", "订单表", "跟进表", "商机表", "销售人员", "费用表",
    ]  # fmt: skip
    customers, orders = read_sheet(path, "客户表"), read_sheet(path, "订单表")
    assert "单位:万元" in str(customers[0][0]) and not any(customers[1]) and customers[2][0] == "客户名称"
    assert orders[1][6] == "金额" and orders[2][6:8] == ["应收", "已收"]
    assert customers[-1][0] == "合计" and orders[-1][1] == "合计"
    assert sum(str(row[1]).endswith("月小计") for row in orders) == 23


def test_workbook_holds_no_number_of_anything() -> None:
    with zipfile.ZipFile(FOLDER / WORKBOOK) as packed:
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", packed.read("xl/sharedStrings.xml").decode())
    assert not [text for text in texts if re.fullmatch(r"[A-Z]\d+", text)]
    assert not [text for text in texts if "编号" in text or "序号" in text]


def test_workbook_and_csvs_are_the_same_company() -> None:
    path = FOLDER / WORKBOOK
    names = pd.read_csv(FOLDER / "customers.csv").set_index("customer_id")
    sheet = body(read_sheet(path, "客户表"), 3, 0)
    assert [row[0] for row in sheet] == list(names["name"])
    assert [round(float(str(row[9])) * 10_000, 2) for row in sheet] == list(names["receivable"])
    orders = pd.read_csv(FOLDER / "orders.csv")
    lines = body(read_sheet(path, "订单表"), 3, 1)
    assert [(str(row[0]), row[1], row[6]) for row in lines] == list(
        zip(orders["ordered_on"], orders["customer_id"].map(names["name"]), orders["amount"], strict=True)
    )
    touches, deals = pd.read_csv(FOLDER / "touches.csv"), pd.read_csv(FOLDER / "deals.csv")
    assert len(body(read_sheet(path, "跟进表"), 2, 1)) == len(touches)
    states = pd.Series([row[6] for row in body(read_sheet(path, "商机表"), 2, 1)]).value_counts()
    assert [states["赢单"], states["丢单"], states["进行中"]] == [
        (deals["state"] == state).sum() for state in ("won", "lost", "open")
    ]


def test_totals_rows_add_up() -> None:
    orders = read_sheet(FOLDER / WORKBOOK, "订单表")
    lines = body(orders, 3, 1)
    total = sum(float(str(row[6])) for row in lines)
    months = sum(float(str(row[6])) for row in orders if str(row[1]).endswith("小计"))
    assert round(total, 2) == orders[-1][6] == round(months, 2)
    customers = read_sheet(FOLDER / WORKBOOK, "客户表")
    assert customers[-1][9] == round(sum(float(str(row[9] or 0)) for row in customers[3:-1]), 2)
