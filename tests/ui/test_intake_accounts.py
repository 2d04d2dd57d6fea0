"""The account on the data page: every row of the files once, by what its sheet is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Reading, Upload
from segmentation.ui import intake_accounts as accounts

LINE = "O1,Acme,2026-01-05,100,a\n"
ORDERS = f"Order No,Customer,Order date,Amount,Note\n{LINE}{LINE}O2,Beta,2026-02-07,x,\n\n"
CARRIED = "Order No,Customer,Region,Order date,Amount\n" + "".join(
    f"O{n},C{n % 4},R{n % 4},2026-01-{n % 28 + 1:02d},{n}\n" for n in range(1, 41)
)
COLOURS = "Colour,Shade\nred,dark\nblue,light\ngreen,dark\n"
DATA = Path(__file__).parents[3] / "shared" / "data"


def read(folder: Path, *files: tuple[str, bytes | Path]) -> tuple[Reading, Upload]:
    reading = recognise(open_files(list(files), folder))
    return reading, read_upload(reading, None)


def total(account: dict[str, int]) -> int:
    return sum(count for name, count in account.items() if name != "read")


def test_the_account_closes(tmp_path: Path) -> None:
    reading, upload = read(tmp_path, ("orders.csv", ORDERS.encode()))
    account = accounts.row_account(upload, reading)
    assert account["read"] == total(account)
    assert account["rejected"] == accounts.refused_count(upload) == 1
    assert "skipped" not in account


def test_a_sheet_that_feeds_two_tables_counts_as_the_orders_it_is_for(tmp_path: Path) -> None:
    reading, upload = read(tmp_path, ("orders.csv", CARRIED.encode()))
    assert {account.table for account in upload.accounts} == {"customers", "orders"}
    account = accounts.row_account(upload, reading)
    assert (account["accepted"], account["duplicate"], account["read"]) == (40, 0, 40)
    assert accounts.also_found(upload) == {"customers": 4}
    assert accounts.main_tables(upload) == {"orders"}


def test_rows_of_skipped_sheets_are_in_the_sum(tmp_path: Path) -> None:
    reading, upload = read(tmp_path, ("orders.csv", ORDERS.encode()), ("colours.csv", COLOURS.encode()))
    account = accounts.row_account(upload, reading)
    alone = accounts.row_account(*read(tmp_path, ("orders.csv", ORDERS.encode()))[::-1])
    assert account["skipped"] == 3
    assert account["read"] == alone["read"] + 3 == total(account)
    assert next(issue.rows for issue in upload.issues if issue.code == "i.skipped") == 3


@pytest.mark.skipif(not DATA.exists(), reason="the real data sets are not here")
@pytest.mark.parametrize(
    ("names", "accepted", "rows"),
    [
        (("uci_bank_marketing/bank-additional-full.csv",), 41_188, 41_188),
        (("tableau_superstore_zh/derived_订单_gb18030.csv",), 10_000, 10_000),
        (
            tuple(
                f"crm_maven/{name}.csv" for name in ("accounts", "products", "sales_pipeline", "sales_teams")
            ),
            8_920,
            8_927,
        ),
    ],
)
def test_real_files_add_up(tmp_path: Path, names: tuple[str, ...], accepted: int, rows: int) -> None:
    reading, upload = read(tmp_path, *((Path(name).name, DATA / name) for name in names))
    account = accounts.row_account(upload, reading)
    assert account["read"] == total(account) == rows
    assert account["accepted"] + account["corrected"] == accepted
