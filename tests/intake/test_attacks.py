"""What strangers do to an upload: files given twice or by one name, overlapping months, rows without any id."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from segmentation.errors import FileError
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import SheetMapping, Upload
from tests.intake.grids_of import codes, stored

ORDERS = "order id,customer id,order date,amount\n"
NAMELESS = "customer id,order date,amount\n"


def upload(tmp_path: Path, *files: tuple[str, str]) -> Upload:
    """The files as bytes through the whole intake; every account closes."""
    given = [(name, text.encode()) for name, text in files]
    found = read_upload(recognise(open_files(given, tmp_path)))
    assert [account.difference for account in found.accounts] == [0] * len(found.accounts)
    return found


def amounts(found: Upload, table: str = "orders") -> list[Decimal]:
    return sorted(row["amount"] for row in stored(found, table))


def test_one_file_given_twice_is_read_once_and_said(tmp_path: Path) -> None:
    text = NAMELESS + "A,2026-01-01,1\nA,2026-01-01,1\nB,2026-01-02,5\n"
    found = upload(tmp_path, ("a.csv", text), ("b.csv", text), ("a.csv", text))
    assert amounts(found) == [1, 1, 5]
    issues = [issue for issue in found.issues if issue.code == "i.same_file"]
    assert [(i.facts["file"], i.facts["same"]) for i in issues] == [("b.csv", "a.csv"), ("a.csv", "a.csv")]


def test_two_files_of_one_name_are_two_files(tmp_path: Path) -> None:
    other = "amount,order date,customer id,order id\n7,2026-02-01,B,O3\n8,2026-02-01,B,O4\n"
    found = upload(tmp_path, ("o.csv", ORDERS + "O1,A,2026-01-01,1\nO2,A,2026-01-01,2\n"), ("o.csv", other))
    assert amounts(found) == [1, 2, 7, 8]
    assert {source.file for source in found.sources} == {"o.csv", "o.csv (2)"}
    people = "customer id,name,region\nA,x,1\nB,y,2\n"
    found = upload(tmp_path, ("data.csv", people), ("data.csv", ORDERS + "O1,A,2026-01-01,1\n"))
    assert {part.table: part.rows for part in found.tables} == {"customers": 2, "orders": 1}


def test_two_files_of_one_name_are_no_sellers(tmp_path: Path) -> None:
    files = [("o.csv", f"{ORDERS}O{n},A,2026-0{n}-01,1\n") for n in (1, 2)]
    reading = recognise(open_files([(name, text.encode()) for name, text in files], tmp_path))
    assert reading.questions == ()


def test_months_that_overlap_in_two_files_count_once(tmp_path: Path) -> None:
    january = NAMELESS + "A,2026-01-30,1\nA,2026-01-31,2\nA,2026-01-31,2\n"
    february = NAMELESS + "A,2026-01-31,2\nA,2026-01-31,2\nA,2026-01-31,2\nA,2026-02-01,4\n"
    found = upload(tmp_path, ("jan.csv", january), ("feb.csv", february))
    assert amounts(found) == [1, 2, 2, 2, 4]
    assert [account.duplicate for account in found.accounts] == [0, 2]
    (issue,) = [issue for issue in found.issues if issue.code == "i.repeated"]
    assert (issue.rows, issue.severity) == (2, "check")


def test_a_deal_without_number_in_two_files_is_one_deal(tmp_path: Path) -> None:
    header = "customer id,opened on,stage,amount,product,rep\n"
    same = "A,2026-01-01,won,5,p,r\nA,2026-01-01,won,5,p,r\n"
    found = upload(tmp_path, ("a.csv", header + same), ("b.csv", header + same + "B,2026-01-03,lost,7,p,r\n"))
    assert amounts(found, "deals") == [5, 5, 7]


def test_people_without_number_of_two_flat_sheets_stay_apart(tmp_path: Path) -> None:
    header = "age,job,converted\n"
    first = header + "".join(f"{20 + i},j{i % 3},{'yes' if i % 3 else 'no'}\n" for i in range(30))
    second = header + "".join(f"{50 + i},j{i % 3},{'yes' if i % 2 else 'no'}\n" for i in range(20))
    found = upload(tmp_path, ("f1.csv", first), ("f2.csv", second))
    people = [row["customer_id"] for row in stored(found, "customers")]
    assert len(people) == len(set(people)) == 50
    assert sorted(row["customer_id"] for row in stored(found, "deals")) == sorted(people)


@pytest.mark.parametrize("number", [123456789012345678, 1234567890123456])
def test_an_id_of_more_than_15_digits_in_a_number_cell_is_refused(tmp_path: Path, number: int) -> None:
    book = openpyxl.Workbook()
    book.active.append(["order id", "customer id", "order date", "amount"])
    book.active.append([number, "A", "2026-01-01", 1])
    book.active.append([number + 100, "A", "2026-01-02", 2])
    book.save(tmp_path / "ids.xlsx")
    reading = recognise(open_files([("ids.xlsx", tmp_path / "ids.xlsx")], tmp_path / "work"))
    with pytest.raises(FileError) as error:
        read_upload(reading)
    assert error.value.code == "e.digits"


def test_an_id_of_18_digits_in_a_csv_is_text(tmp_path: Path) -> None:
    found = upload(tmp_path, ("o.csv", ORDERS + "123456789012345678,A,2026-01-01,1\n"))
    assert [row["order_id"] for row in stored(found, "orders")] == ["123456789012345678"]


def test_a_short_customer_list_may_repeat_itself(tmp_path: Path) -> None:
    found = upload(tmp_path, ("customers.csv", "customer id,name,region\nA,x,n\nA,x,n\nB,y,s\nB,z,s\n"))
    assert [row["name"] for row in stored(found, "customers")] == ["x", "z"]
    assert found.accounts[0].duplicate == 2
    assert "i.conflict" in codes(found)


def test_a_column_that_is_gone_is_not_said_to_be_read_instead(tmp_path: Path) -> None:
    headers = ("order id", "customer id", "order date", "amount", "region")
    columns = {"order_id": "order id", "customer_id": "customer id", "ordered_on": "order date",
               "amount": "amount", "product": "region"}  # fmt: skip
    remembered = {"x": SheetMapping(headers, {"orders": columns})}
    parsed = open_files([("o.csv", (ORDERS + "O1,A,2026-01-01,1\n").encode())], tmp_path)
    assert [issue.code for issue in recognise(parsed, remembered).issues] == ["i.gone"]
    undated = open_files([("o.csv", b"order id,customer id,amount\nO1,A,1\nO2,A,2\n")], tmp_path)
    assert [issue.code for issue in recognise(undated, remembered).issues] == ["i.skipped"]


def months(*numbers: int, header: str = "订单编号,客户,日期,金额\n") -> list[tuple[str, str]]:
    """Monthly lists of ten orders each, numbered from 1 in every one."""
    lines = {
        m: "".join(f"{i},客户{i % 5},2026-{m:02d}-{i:02d},{m * i}\n" for i in range(1, 11)) for m in numbers
    }
    return [(f"{m}月.csv", header + text) for m, text in lines.items()]


@pytest.mark.parametrize("is_rent", [False, True])
def test_numbers_that_begin_anew_lose_no_order(tmp_path: Path, is_rent: bool) -> None:
    """Also where every customer pays the same every month."""
    texts = [(name, re.sub(r",\d+\n", ",10\n", text) if is_rent else text) for name, text in months(1, 2, 3)]
    given = [(name, text.encode()) for name, text in texts]
    reading = recognise(open_files(given, tmp_path))
    (question,) = [q for q in reading.questions if q.code == "ask.numbers"]
    assert question.proposed == "yes"
    found = read_upload(reading)
    assert len(amounts(found)) == 30
    assert sum(amounts(found)) == (300 if is_rent else 55 * (1 + 2 + 3))
    assert [account.difference for account in found.accounts] == [0, 0, 0]
    joined = read_upload(reading, {question.id: "no"})
    assert len(amounts(joined)) == 30, "whose number it is the store decides, file after file"
    (next_month,) = months(4)
    later = recognise(open_files([(next_month[0], next_month[1].encode())], tmp_path), found.mapping)
    assert [q.code for q in later.questions] == ["ask.numbers"]


def test_order_numbers_that_go_on_or_come_again_as_they_were_ask_nothing(tmp_path: Path) -> None:
    january, february = months(1, 2)
    corrected = january[1].replace(",7\n", ",8\n")
    otherwise = (
        corrected.replace("-01-0", "/1/").replace("-01-", "/1/").replace("\n", ".00\n").replace("额.00", "额")
    )
    for second in (corrected, otherwise, february[1].replace("\n", "\nF").removesuffix("F")):
        given = [("a.csv", january[1].encode()), ("b.csv", second.encode())]
        assert recognise(open_files(given, tmp_path)).questions == ()


def test_customer_numbers_that_differ_in_zeros_are_shown_and_stay_apart(tmp_path: Path) -> None:
    found = upload(
        tmp_path, ("o.csv", ORDERS + "1,00123,2026-01-01,1\n2,123,2026-01-01,2\n3, 123 ,2026-01-02,3\n")
    )
    (issue,) = [issue for issue in found.issues if issue.code == "i.zeros"]
    assert issue.facts["ids"] == "00123 / 123"
    assert {row["customer_id"] for row in stored(found, "orders")} == {"00123", "123"}
