"""Real files through the intake, explained to the last row, against figures recomputed independently (skipped where the
data are absent).

In every run the sets below; with TIERBOARD_LONG=1 also those that take long or repeat another (`LONG`). The account of
each in words: `python -m tests.intake.real_data`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pyarrow.compute as pc
import pytest

from segmentation.intake.fast_csv import load_rows
from tests.intake.grids_of import codes, stored
from tests.intake.real_data import DATA, IMPORTS, Explained, explain

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data is absent"),
    pytest.mark.xdist_group("real data"),  # each import is read once
]
LONG = {"online_retail", "bank", "superstore/xls", "completejourney", "completejourney/told"}
IS_LONG = os.environ.get("TIERBOARD_LONG") == "1"
# Rows of each kind of every import, counted from the files: what is not named is accepted.
ACCOUNTS: Mapping[str, Mapping[str, int]] = {
    "rfm_r": {"read": 4_906},
    "crm_maven": {"read": 8_927, "skipped": 7},
    "superstore/xls": {"read": 10_302, "corrected": 6_740, "skipped": 296},
    "superstore/csv": {"read": 10_302, "corrected": 6_740, "skipped": 296},
    "completejourney/told": {"read": 75_801, "corrected": 1, "skipped": 801},
    "bank": {"read": 41_188},
    "online_retail": {"read": 541_909},
}
# Blanks instead of a delimiter, twice; no date and no amount; one receipt number of 75,000 shortened by Excel.
REFUSED = {
    "cdnow/master": "e.delimiter",
    "cdnow/sample": "e.delimiter",
    "cdnow/summary": "e.nottable",
    "completejourney": "e.digits",
}


@cache
def _once(name: str) -> Explained:
    if name in LONG and not IS_LONG:
        pytest.skip("a longer run: TIERBOARD_LONG=1")
    return explain(name, Path(mkdtemp(prefix="tierboard-real-")))


def _explained(name: str) -> Explained:
    """The import with its account closed: every row of the files in exactly one place, every place with its reason."""
    found = _once(name)
    assert found.error is None, found.error
    account = dict(found.account)
    assert account.pop("read") == found.rows == sum(account.values()), str(found)
    assert found.upload is not None
    assert [one.difference for one in found.upload.accounts] == [0] * len(found.upload.accounts)
    told = {
        part: found.reasons.get(code, 0)
        for part, code in (("rejected", "i.rejected"), ("skipped", "i.skipped"))
    }
    assert told == {part: account.get(part, 0) for part in told}, str(found)
    left_out = sum(count for code, count in found.reasons.items() if code.startswith("i.excluded."))
    assert left_out == account["excluded"], str(found)
    return found


def test_every_import_is_looked_at() -> None:
    assert {*ACCOUNTS, *REFUSED} == {*IMPORTS}
    listed = {file for files in IMPORTS.values() for file in files}
    here = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.*") if path.name != "INDEX.md"}
    assert here == listed, "a file of the shared data nobody brings"


@pytest.mark.parametrize("name", ACCOUNTS)
def test_an_import_is_explained_to_the_last_row(name: str) -> None:
    account = _explained(name).account
    expected = {"read": 0, "corrected": 0, "duplicate": 0, "excluded": 0, "rejected": 0, **ACCOUNTS[name]}
    assert {part: count for part, count in account.items() if part != "accepted"} == expected


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_no_table_are_refused_as_a_whole(name: str) -> None:
    found = _once(name)
    assert found.error is not None and found.error.code == REFUSED[name]


def test_maven() -> None:
    upload = _explained("crm_maven").upload
    assert upload is not None
    deals = stored(upload, "deals")
    states = [row["state"] for row in deals]
    assert (states.count("won"), states.count("lost"), states.count("open")) == (4238, 2473, 2089)
    assert sum(row["amount"] for row in deals if row["state"] == "won") == Decimal(10_005_534)
    assert sum(row["customer_id"] is None for row in deals) == 1425
    assert not any(row["closed_on"] for row in deals if row["state"] == "open")
    assert (len(stored(upload, "customers")), len(stored(upload, "reps"))) == (85, 35)
    (skipped,) = [issue for issue in upload.issues if issue.code == "i.skipped"]
    assert skipped.facts["sheet"] == "products"


def test_superstore_is_the_same_from_both_files() -> None:
    book = _explained("superstore/xls").upload
    text = _explained("superstore/csv").upload
    assert book is not None and text is not None
    for table in ("orders", "customers", "reps"):
        left, right = stored(book, table), stored(text, table)
        for row in (*left, *right):
            row.pop("source_id")
        assert left == right


def test_superstore() -> None:
    upload = _explained("superstore/csv").upload
    assert upload is not None
    orders = stored(upload, "orders")
    assert (len(orders), len({row["customer_id"] for row in orders})) == (10_000, 790)
    assert len({row["order_id"] for row in orders}) == 2_773
    assert sum(row["amount"] for row in orders) == Decimal("16117548.237")
    assert sum(row["margin"] for row in orders) == Decimal("2156559.517")
    assert len(stored(upload, "customers")) == 790


def test_complete_journey() -> None:
    upload = _explained("completejourney/told").upload
    assert upload is not None
    orders = stored(upload, "orders")
    assert (len(orders), len({row["customer_id"] for row in orders})) == (75_000, 2_377)
    (told,) = [issue for issue in upload.issues if issue.code == "i.rows_as_orders"]
    assert told.facts["n"] == 75_000 and told.facts["days"] == len(
        {(r["customer_id"], r["ordered_on"]) for r in orders}
    )


def test_online_retail() -> None:
    upload = _explained("online_retail").upload
    part = upload.table("orders") if upload else None
    assert part is not None and upload is not None
    table = load_rows(part.path, part.table)
    assert pc.sum(table.column("amount")).as_py() == Decimal("9747747.934")
    assert table.num_rows == 541_909
    assert pc.count_distinct(table.column("row_key")).as_py() == 541_909
    assert table.column("customer_id").null_count == 135_080
    assert "i.unmatched.orders" in codes(upload)
    assert len(stored(upload, "customers")) == 4372
    bought = table.filter(
        pc.and_(pc.is_valid(table.column("customer_id")), pc.greater(table.column("amount"), 0))
    )
    invoices = pc.starts_with(bought.column("order_id"), "C")
    kept = bought.filter(pc.and_(pc.invert(invoices), pc.greater(bought.column("quantity"), 0)))
    assert (kept.num_rows, pc.sum(kept.column("amount")).as_py()) == (397_884, Decimal("8911407.904"))
    assert pc.count_distinct(kept.column("customer_id")).as_py() == 4_338


def test_orders_by_name_with_apostrophes() -> None:
    upload = _explained("rfm_r").upload
    assert upload is not None
    orders = stored(upload, "orders")
    names = {row["customer_id"] for row in orders}
    assert (len(orders), len(names)) == (4906, 995)
    assert "Abbey O'Reilly" in names
    assert sum(row["amount"] for row in orders if row["customer_id"] == "Abbey O'Reilly") == Decimal(472)


def test_bank() -> None:
    upload = _explained("bank").upload
    assert upload is not None
    states = [row["state"] for row in stored(upload, "deals")]
    assert (states.count("won"), states.count("lost")) == (4640, 36_548)
    customers = stored(upload, "customers")
    assert len({row["customer_id"] for row in customers}) == 41_188
    assert '"education": "basic.4y"' in str(customers[0]["attributes"])
    assert "i.recorded" in codes(upload)
