"""The fast path gives what the careful path gives, or nothing."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from segmentation.intake.fast_csv import FastResult, load_rows, read_fast
from segmentation.intake.fast_statement import FastFile, FastMapping
from segmentation.intake.parsed import WHOLE_RECORDS, open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.tables import TABLES, storage_types

HEADER = "order_id,line,customer_id,ordered_on,amount,product"
COLUMNS = {name: index for index, name in enumerate(HEADER.split(","))}
GOOD = [
    "SO1,1,C1,2026-11-03,12.50,Bearing",
    "SO1,2,C1,2026-11-03,-3,",
    'SO2,1,,2026-11-04,0.0001,"a ""b"", c"',
]


def fast(
    tmp_path: Path,
    lines: list[str],
    columns: dict[str, int] | None = None,
    table: str = "orders",
    header: str = HEADER,
    **more: Any,
) -> tuple[FastResult | None, list[dict[str, Any]]]:
    path = tmp_path / "text.csv"
    path.write_bytes(("\n".join([header, *lines]) + "\n").encode())
    source = FastFile(path, "订单's.csv", "s", ",", 1, len(header.split(",")))
    result = read_fast(source, FastMapping(table, columns or COLUMNS, **more), tmp_path)
    return result, load_rows(result.path, table).to_pylist() if result else []


def test_rows_are_typed_in_order_with_keys_and_places(tmp_path: Path) -> None:
    result, rows = fast(tmp_path, GOOD)
    assert result is not None
    assert list(rows[0]) == list(storage_types(TABLES["orders"]))
    assert [row["amount"] for row in rows] == [Decimal("12.5"), Decimal("-3"), Decimal("0.0001")]
    assert [row["source_row"] for row in rows] == [2, 3, 4]
    assert [row["row_key"] for row in rows] == ["SO1|1", "SO1|2", "SO2|1"]
    assert [row["customer_id"] for row in rows] == ["C1", "C1", None]
    assert [row["product"] for row in rows] == ["Bearing", None, 'a "b", c']
    assert rows[0]["ordered_on"] == dt.date(2026, 11, 3)
    assert (result.rows, dict(result.ranges)) == (
        3,
        {"ordered_on": (dt.date(2026, 11, 3), dt.date(2026, 11, 4))},
    )
    assert dict(result.blanks) == dict.fromkeys(COLUMNS, 0) | {"customer_id": 1, "product": 1}


@pytest.mark.parametrize(
    "line",
    [
        "SO3,1,C1,2026-11-03,1_000,",
        "SO3,1,C1,2026-11-03,infinity,",
        "SO3,1,C1,2026-11-03,1e3,",
        "SO3,1,C1,2026-11-03,0x10,",
        "SO3,1,C1,2026-11-03,'5',",
        'SO3,1,C1,2026-11-03,"1,000",',
        "SO3,1,C1,2026-11-03,1.2万,",
        "SO3,1,C1,2026-11-03,1.23456,",
        "SO3,1,C1,2026-11-03,123456789012345,",
        "SO3,1,C1,2026-11-03,１２,",
        "SO3,1,C1,2026-11-03,,",
        "SO3,1,C1,epoch,1,",
        "SO3,1,C1,2026-02-30,1,",
        "SO3,1,C1,2026-11-03Z,1,",
        "SO3,1,C1,2026/11/03,1,",
        "SO3,1,C1,,1,",
        ",1,C1,2026-11-03,1,",
        "SO3,,C1,2026-11-03,1,",
        "SO1,1,C1,2026-11-03,12.50,Bearing",
        "SO3,1,-,2026-11-03,1,",
        "SO3,1,1.38E+10,2026-11-03,1,",
        "SO3,1,123456789012345000,2026-11-03,1,",
        "SO3,1,ＡＢ,2026-11-03,1,",
        "SO3,1,C  1,2026-11-03,1,",
        "SO3,1,#N/A,2026-11-03,1,",
        "SO3,1,C1,2026-11-03,1,#REF!",
        "SO3,1,C1,2026-11-03,1,a\u200bb",
        "SO3,1,C1,2026-11-03,1,a\u3000b",
        "SO3,1,C1,2026-11-03,1",
        "SO3,1,C1,2026-11-03,1,x,y",
        'SO3,1,C1,2026-11-03,1,"open',
        'SO3,1,C1,2026-11-03,1,"a" b',
        'SO3,1,C1,2026-11-03,1,"a\nb"',
        "",
        ",,,,,",
        HEADER,
        "合计,,,,100,",
        "SO3,1,,2026-11-03,1,昆山鸿特 小计",
    ],
)
def test_anything_strange_is_left_to_the_careful_path(tmp_path: Path, line: str) -> None:
    assert fast(tmp_path, GOOD)[0] is not None
    assert fast(tmp_path, [*GOOD, line, "SO9,1,C1,2026-11-03,1,"])[0] is None
    assert not list(tmp_path.glob("*.parquet"))


def test_words_that_only_contain_a_total_are_fine(tmp_path: Path) -> None:
    lines = ["SO3,1,,2026-11-03,1,summer totals bag", "SO4,1,C1,2026-11-03,1,合计"]
    assert fast(tmp_path, lines)[0] is not None


def test_other_columns_and_forms(tmp_path: Path) -> None:
    header = "no,who,when,pieces,price,colour,big"
    columns = {"order_id": 0, "customer_id": 1, "ordered_on": 2, "quantity": 3, "unit_price": 4}
    lines = ["A,张 三,3/11/2026 08:05,2,1.2505,red,", 'A,B1,13/11/2026 23:59,-1,10,,"x ""y"" \\"']
    attributes, formats = {'col"our': 5, "大": 6}, {"ordered_on": "%d/%m/%Y %H:%M"}
    result, rows = fast(
        tmp_path,
        lines,
        columns,
        header=header,
        formats={"ordered_on": "%d/%m/%Y %H:%M"},
        attributes=attributes,
    )
    assert result is not None
    assert [(r["amount"], r["line"], r["row_key"]) for r in rows] == [
        (Decimal("2.501"), "1", "A|1"),
        (Decimal("-10"), "2", "A|2"),
    ]
    assert [r["ordered_on"] for r in rows] == [dt.date(2026, 11, 3), dt.date(2026, 11, 13)]
    assert [r["attributes"] for r in rows] == ['{"col\\"our": "red"}', '{"大": "x \\"y\\" \\\\"}']
    for line in ("A,B,3/11/2026 08:05,0.5,0.3333,,", "A,B,31/2/2026 08:05,3,1,,"):
        assert fast(tmp_path, [line], columns, header=header, formats=formats)[0] is None


def test_compact_dates_need_all_their_digits(tmp_path: Path) -> None:
    columns, formats = {"customer_id": 0, "ordered_on": 1, "amount": 2}, {"ordered_on": "%Y%m%d"}
    _, rows = fast(tmp_path, ["C1,20261103,1"], columns, header="a,b,c", formats=formats)
    assert rows[0]["ordered_on"] == dt.date(2026, 11, 3)
    assert fast(tmp_path, ["C1,2026113,1"], columns, header="a,b,c", formats=formats)[0] is None


def test_values_are_mapped_and_a_new_one_is_not_clean(tmp_path: Path) -> None:
    columns, values = {"deal_id": 0, "state": 1, "closed_on": 2}, {"state": {"Won": "won", "Lost": "lost"}}
    result, rows = fast(
        tmp_path, ["1,Won,2026-11-03", "2,Lost,"], columns, "deals", "id,stage,closed", values=values
    )
    assert result is not None
    assert [(row["state"], row["closed_on"], row["row_key"]) for row in rows] == [
        ("won", dt.date(2026, 11, 3), "1"),
        ("lost", None, "2"),
    ]
    assert fast(tmp_path, ["1,Verbal,"], columns, "deals", "id,stage,closed", values=values)[0] is None


def test_a_table_without_numbers_may_not_have_blank_customers(tmp_path: Path) -> None:
    columns = {"customer_id": 0, "ordered_on": 1, "amount": 2}
    assert fast(tmp_path, ["C1,2026-11-03,1"], columns, header="a,b,c")[0] is not None
    assert fast(tmp_path, ["C1,2026-11-03,1", ",2026-11-03,1"], columns, header="a,b,c")[0] is None


@pytest.mark.parametrize("table", ["customers", "reps"])
def test_tables_without_a_strict_column_are_never_fast(tmp_path: Path, table: str) -> None:
    columns = {"customer_id" if table == "customers" else "rep_id": 0}
    assert fast(tmp_path, ["C1,x"], columns, table, "id,name")[0] is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_a_missing_last_one(tmp_path: Path, end: str, last: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((end.join(["sep=,", "title,,,,,", HEADER, *GOOD]) + (end if last else "")).encode())
    source = FastFile(path, "a.csv", "a", ",", 2, 6, skipped_lines=1)
    result = read_fast(source, FastMapping("orders", COLUMNS), tmp_path)
    assert result is not None
    assert load_rows(result.path, "orders")["source_row"].to_pylist() == [3, 4, 5]


def orders(path: Path, with_ids: bool) -> None:
    """A clean random export just too big to be read whole at once."""
    chance = random.Random(5)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(
            "order_id,line,customer_id,ordered_on,amount,product\n"
            if with_ids
            else "customer_id,ordered_on,amount\n"
        )
        for number in range(WHOLE_RECORDS + 50):
            day = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(900))
            amount = f"{chance.randrange(-500, 100_000) / 100:.2f}"
            row = [f"C{chance.randrange(900):04}", day.isoformat(), amount]
            product = chance.choice(["Bearing 6204", "机械密封", '"seal, ""x"""', ""])
            out.write(
                ",".join([f"SO{number // 2:06}", str(number % 2 + 1), *row, product] if with_ids else row)
                + "\n"
            )


@pytest.mark.parametrize("with_ids", [True, False])
def test_fast_equals_careful(tmp_path: Path, with_ids: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "orders.csv"
    orders(path, with_ids)
    parsed = open_files([("orders.csv", path)], tmp_path / "work")
    reading = recognise(parsed)
    part = next(part for part in reading.sheets[0].parts if part.table == "orders")
    source = FastFile.of(parsed.files[0], reading.sheets[0].header_row)
    assert source is not None
    result = read_fast(source, FastMapping("orders", part.columns), tmp_path)
    assert result is not None
    monkeypatch.setattr("segmentation.intake.express.read_fast", lambda *_, **__: None)
    careful = read_upload(reading).table("orders")
    assert careful is not None
    left, right = load_rows(result.path, "orders"), load_rows(careful.path, "orders")
    assert left.column_names == right.column_names
    for name in left.column_names:
        assert left[name].to_pylist() == right[name].to_pylist(), name


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("name", ["Bearing", "轴承"])
def test_lines_counted_once_are_not_counted_again(tmp_path: Path, end: str, name: str) -> None:
    """What opening the file counted stands for the lines, for plain ASCII only: other texts are looked through."""
    path = tmp_path / "orders.csv"
    rows = [f"SO{i},1,C1,2026-11-03,12.50,{name}" for i in range(WHOLE_RECORDS + 50)]
    path.write_bytes(("\n".join([HEADER, *rows]) + end).encode())
    file = open_files([("orders.csv", path)], tmp_path / "work").files[0]
    assert file.line_feeds == (path.read_bytes().count(b"\n") if name.isascii() else None)
    source = FastFile.of(file, 1)
    assert source is not None
    result = read_fast(source, FastMapping("orders", COLUMNS), tmp_path)
    assert result is not None and result.rows == len(rows)
    if name.isascii():
        assert (
            read_fast(replace(source, line_feeds=len(rows) + 5), FastMapping("orders", COLUMNS), tmp_path)
            is None
        )
