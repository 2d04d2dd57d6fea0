"""The fast path says what the careful path would have said, or leaves the file to it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

import pytest

from segmentation.intake import layouts, recognised
from segmentation.intake import reading as reading_module
from segmentation.intake.fast_csv import customers_named
from segmentation.intake.layouts import Layout
from segmentation.intake.parsed import WHOLE_RECORDS, open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Reading, SheetReading
from tests.intake.grids_of import stored

ROWS = WHOLE_RECORDS + 500
CUSTOMERS = (
    "customers.csv",
    b"customer_id,name,region\n" + b"".join(b"C%d,Name %d,N\n" % (i, i) for i in range(100)),
)


def _orders(extra: str = "", customer: str = "C") -> tuple[str, bytes]:
    lines = [f"O{i // 2},{customer}{i % 100},2026-01-{i % 28 + 1:02d},{i}.25,P{i % 7}" for i in range(ROWS)]
    return "orders.csv", (
        "order_id,customer_id,ordered_on,amount,product\n" + "\n".join(lines) + "\n" + extra
    ).encode()


def _careful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "plain_sheet", lambda *_: None)


def test_both_paths_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = recognise(open_files([CUSTOMERS, _orders("O9999999,C1,2026-02-03,-5.5,P\n")], tmp_path))
    assert not reading.questions
    monkeypatch.setattr(recognised, "read_whole", lambda *_: pytest.fail("the careful path was taken"))
    fast = read_upload(reading)
    monkeypatch.undo()
    _careful(monkeypatch)
    slow = read_upload(reading)
    key = itemgetter("source_row")
    assert sorted(stored(fast, "orders"), key=key) == stored(slow, "orders")
    assert fast.accounts == slow.accounts
    assert fast.sources == slow.sources
    assert fast.issues == slow.issues
    assert [issue.facts["n"] for issue in fast.issues if issue.code == "i.negative"] == [1]
    assert [t.mode for t in fast.tables] == [t.mode for t in slow.tables]


@pytest.mark.parametrize(
    ("extra", "customer", "code"),
    [
        ("O9999999,C1,2026-02-30,5,P\n", "C", "i.rejected"),
        ("O9999999,C1,2026-02-03,约5,P\n", "C", "i.mark.about"),
        ("O9999999,NaN,2026-02-03,5,P\n", "C", "i.unmatched.orders"),
        (",C1,2026-02-03,5,P\n", "C", "i.rejected"),
        ("O9999999,C1,2026-02-03,12%,P\n", "C", "i.rejected"),
    ],
)
def test_anything_odd_is_left_to_the_careful_path(
    tmp_path: Path, extra: str, customer: str, code: str
) -> None:
    upload = read_upload(recognise(open_files([CUSTOMERS, _orders(extra, customer)], tmp_path)))
    assert code in {issue.code for issue in upload.issues}
    assert [account.difference for account in upload.accounts] == [0, 0]


def _tail(*odd: str, delimiter: str = ",") -> list[tuple[str, bytes]]:
    """A list of orders whose last lines are unlike all others: as a big file, and as a small one."""
    lines = [
        delimiter.join((f"O{i}", f"C{i % 100:03d}", f"2026-01-{i % 28 + 1:02d}", f"{i}", "A Person"))
        for i in range(ROWS)
    ]
    heading = delimiter.join(("order_id", "customer_id", "ordered_on", "amount", "rep"))
    return [("orders.csv", "\n".join([heading, *lines[:count], *odd, ""]).encode()) for count in (ROWS, 40)]


@pytest.mark.parametrize(
    ("odd", "delimiter", "topic"),
    [
        (("X1;C001;2026-03-01;1,234;P", "X2;C001;2026-03-01;12,5;P"), ";", "decimal"),
        (("X1;C001;2026-03-01;1.234;P",), ";", "decimal"),
        (("X1,C001,2026-03-01,$5,P", "X2,C001,2026-03-01,€7,P"), ",", "currency"),
        (("X1,C001,03/04/2026,5,P",), ",", "order"),
        (("X1,C001,3月5日,5,P",), ",", "year"),
        (("X1,C001,46000,5,P",), ",", "serial"),
        (("X1,C001;C002,2026-03-01,5,P",), ",", "ids"),
        (("X1,C001,2026-03-01,5,P (inactive)",), ",", "rep"),
    ],
)
def test_what_only_the_tail_says_is_asked_as_of_a_small_file(
    tmp_path: Path, odd: tuple[str, ...], delimiter: str, topic: str
) -> None:
    big, small = (
        recognise(open_files([one], tmp_path / str(place)))
        for place, one in enumerate(_tail(*odd, delimiter=delimiter))
    )
    assert {question.code for question in big.questions} == {question.code for question in small.questions}
    assert topic in {question.id.partition(":")[0] for question in big.questions}
    assert big.proposed() == small.proposed()
    if topic == "decimal":
        told = [
            {row["order_id"]: row["amount"] for row in stored(read_upload(one), "orders")}
            for one in (big, small)
        ]
        assert told[0]["X1"] == told[1]["X1"] == Decimal("1234" if "1.234" in odd[0] else "1.234")


def test_customers_only_the_tail_names_are_asked_about(tmp_path: Path) -> None:
    customers = ("customers.csv", "customer_id,name\nK1,海昌五金有限公司\nK2,Beta\n".encode())
    lines = "".join(f"O{i},Beta,2026-01-{i % 28 + 1:02d},{i}\n" for i in range(ROWS))
    orders = "order_id,customer_id,ordered_on,amount\n" + lines + "X1,海昌五金,2026-03-01,5\n"
    reading = recognise(open_files([customers, ("orders.csv", orders.encode())], tmp_path))
    assert "ask.alias" in {question.code for question in reading.questions}


def test_what_columns_hold_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = recognise(open_files([CUSTOMERS, _orders()], tmp_path))
    before = [sheet.layout for sheet in recognised.reopened(replace(reading, sheets=_unseen(reading)))]
    monkeypatch.setattr(layouts, "profile", lambda *_: pytest.fail("the columns were looked at again"))
    after = [sheet.layout for sheet in recognised.reopened(reading)]
    assert [(_seen(one), one.ranked, one.header) for one in after] == [
        (_seen(one), one.ranked, one.header) for one in before
    ]
    assert read_upload(reading).table("orders") is not None


def _seen(layout: Layout) -> list[tuple[object, ...]]:
    """What was found in each column."""
    return [
        (
            dict(one.counts),
            one.filled_share,
            one.number_share,
            one.date_share,
            one.written_date_share,
            one.state_share,
        )
        for one in layout.profiles
    ]


def _unseen(reading: Reading) -> tuple[SheetReading, ...]:
    return tuple(replace(sheet, looks=()) for sheet in reading.sheets)


def test_customers_are_named_once_and_blanks_name_nobody(tmp_path: Path) -> None:
    reading = recognise(open_files([_orders("O9999999,,2026-02-03,5,P\n")], tmp_path))
    assert reading.fast is not None
    assert customers_named(reading.fast.path) == {f"C{number}" for number in range(100)}
