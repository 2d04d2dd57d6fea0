"""The fast path says what the careful path would have said, or leaves the file to it."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path

import pytest

from segmentation.intake import reading as reading_module
from segmentation.intake import recognised
from segmentation.intake.parsed import WHOLE_RECORDS, open_files
from segmentation.intake.reading import read_upload, recognise
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
        ("", "X", "i.unknown.orders"),
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
