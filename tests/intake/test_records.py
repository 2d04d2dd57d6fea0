"""Delimited text → raw grid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from segmentation.errors import FileError
from segmentation.intake.decode import decode_file
from segmentation.intake.parsed import HEAD_RECORDS, WHOLE_RECORDS, open_files, read_whole
from segmentation.intake.records import sniff, write_text
from segmentation.settings import Limits


def grid(
    tmp_path: Path, content: str | bytes, limits: Limits | None = None
) -> tuple[dict[str, Any], list[Any]]:
    source = tmp_path / "upload"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = write_text(decode_file(source, tmp_path, None, limits or Limits()), tmp_path, limits or Limits())
    rows = pq.read_table(tmp_path / found["sheets"][0]["path"]).to_pylist()
    return found, [[row["row"], row["kinds"], *list(row.values())[2:]] for row in rows]


def refusal(tmp_path: Path, content: str, limits: Limits | None = None) -> FileError:
    with pytest.raises(FileError) as caught:
        grid(tmp_path, content, limits)
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    lines = [delimiter.join(("id", "name", "amount"))]
    lines += [delimiter.join((str(n), "Smith & Co", "12.50")) for n in range(60)]
    found, rows = grid(tmp_path, "\n".join(lines))
    assert found["delimiter"] == delimiter
    assert rows[60] == [61, "ttt", "59", "Smith & Co", "12.50"]


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path) -> None:
    found, rows = grid(tmp_path, "Kunde;Betrag\n" + "".join(f"K{n};1.234,{n:02}\n" for n in range(60)))
    assert found["delimiter"] == ";"
    assert rows[3][2:] == ["K2", "1.234,02"]


def test_titles_and_lists_in_cells_do_not_mislead(tmp_path: Path) -> None:
    lines = ["Report; all; regions; 2026", "", "id,name,tags"] + [f"{n},Acme,a;b;c" for n in range(60)]
    assert grid(tmp_path, "\n".join(lines))[0]["delimiter"] == ","


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_separator_line_is_obeyed_and_dropped(tmp_path: Path, line: str) -> None:
    found, rows = grid(tmp_path, f"{line}\r\na,b;c\r\n1,5;2\r\n")
    assert (found["delimiter"], found["skipped_lines"]) == (";", 1)
    assert rows == [[1, "tt", "a,b", "c"], [2, "tt", "1,5", "2"]]


def test_quotes_hold_line_ends_delimiters_and_quotes(tmp_path: Path) -> None:
    _, rows = grid(tmp_path, 'a,b\n"one\ntwo","say ""hi"", ok"\n3,4\n')
    assert rows == [[1, "tt", "a", "b"], [2, "tt", "one\ntwo", 'say "hi", ok'], [3, "tt", "3", "4"]]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ('a,b\n1,2\n3,"4\n5,6\n', 3),
        ('a,b\n"x\ny",2\n3,"4\n5,"6"\n', 4),
        ('a,b\n1,"2" x\n', 2),
        ('sep=,\na,b\n1,"2\n', 3),
    ],
)
def test_a_quote_never_swallows_the_rest(tmp_path: Path, content: str, row: int) -> None:
    error = refusal(tmp_path, content)
    assert (error.code, error.facts) == ("e.quote", {"row": row})


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert grid(tmp_path, end.join(["a,b", "1,2", "3,4", ""]))[1][2] == [3, "tt", "3", "4"]


def test_mixed_line_ends(tmp_path: Path) -> None:
    assert [row[2] for row in grid(tmp_path, "a,b\r\n1,2\n3,4\r5,6")[1]] == ["a", "1", "3", "5"]


def test_ragged_rows_keep_their_cells_and_their_length(tmp_path: Path) -> None:
    _, rows = grid(tmp_path, "a,b\n1,2,3\n4\n,5\n")
    assert rows == [
        [1, "tt", "a", "b", None],
        [2, "ttt", "1", "2", "3"],
        [3, "t", "4", None, None],
        [4, " t", None, "5", None],
    ]


def test_blank_lines_count_and_trailing_ones_go(tmp_path: Path) -> None:
    _, rows = grid(tmp_path, "a,b\n\n1,2\n  ,\n\n\n")
    assert [row[:2] for row in rows] == [[1, "tt"], [2, ""], [3, "tt"]]


@pytest.mark.parametrize("content", ["\n\n\n", " , ,\n,,\n", "\ufeff"])
def test_nothing_but_blanks(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, content).code == "e.empty.file"


def test_words_that_other_readers_lose(tmp_path: Path) -> None:
    cells = [
        "000123",
        "NA",
        "None",
        "null",
        "1.10101E+17",
        "=cmd|' /C calc'!A0",
        "😀𠮷",
        'a""; drop table t; --',
    ]
    _, rows = grid(tmp_path, "h1,h2,h3,h4,h5,h6,h7,h8\n" + ",".join(f'"{cell}"' for cell in cells) + "\n")
    assert rows[1][2:] == [cell.replace('""', '"') for cell in cells]


def test_row_and_column_limits(tmp_path: Path) -> None:
    four = "a,b,c\n" + "1,2,3\n" * 3
    assert grid(tmp_path, four, Limits(rows=4, columns=3))[0]["sheets"][0]["rows"] == 4
    error = refusal(tmp_path, four, Limits(rows=3))
    assert (error.code, error.facts) == ("e.limit.rows", {"value": 4, "limit": 3})
    assert refusal(tmp_path, four, Limits(columns=2)).code == "e.limit.columns"


def test_big_files_show_their_head_and_are_read_whole_on_demand(tmp_path: Path) -> None:
    text = "id,note\n" + "".join(f'{n},"x, {n}"\n' for n in range(WHOLE_RECORDS)) + "last,,extra\n\n"
    file = open_files([("big.csv", text.encode())], tmp_path).files[0]
    sheet = file.sheets[0]
    assert (sheet.is_head_only, sheet.rows, sheet.columns) == (True, HEAD_RECORDS, 2)
    whole = read_whole(file)
    table = pq.read_table(whole.path).to_pylist()
    assert (whole.is_head_only, whole.rows, whole.columns) == (False, WHOLE_RECORDS + 2, 3)
    assert table[-1] == {"row": WHOLE_RECORDS + 2, "kinds": "t t", "c0": "last", "c1": None, "c2": "extra"}
    assert table[:HEAD_RECORDS] == [row | {"c2": None} for row in pq.read_table(sheet.path).to_pylist()]


def test_the_largest_small_file_is_whole_at_once(tmp_path: Path) -> None:
    text = "id\n" + "".join(f"{n}\n" for n in range(WHOLE_RECORDS - 1))
    sheet = open_files([("a.csv", text.encode())], tmp_path).files[0].sheets[0]
    assert (sheet.is_head_only, sheet.rows) == (False, WHOLE_RECORDS)


def test_a_bad_quote_far_down_is_found_by_the_careful_path(tmp_path: Path) -> None:
    text = "id,note\n" + "".join(f"{n},x\n" for n in range(WHOLE_RECORDS + 500)) + '7,"open\n8,x\n'
    file = open_files([("big.csv", text.encode())], tmp_path).files[0]
    with pytest.raises(FileError) as caught:
        read_whole(file)
    assert (caught.value.code, caught.value.facts["row"]) == ("e.quote", WHOLE_RECORDS + 502)


def test_sniffing_needs_no_second_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("only", "utf-8")
    assert sniff(path) == (",", 0)
