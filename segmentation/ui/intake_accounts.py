"""The account of an upload as the page shows it: every row of the files once, by the table its sheet is for."""

from __future__ import annotations

from segmentation.intake.parsed import RawSheet
from segmentation.intake.uploads import Reading, RowAccount, Upload

# A sheet that feeds two tables is *for* the first of them here: customers are found on its rows, not the other way.
MAIN_FIRST = ("orders", "deals", "touches", "spend", "reps", "customers")


def main_accounts(upload: Upload) -> tuple[RowAccount, ...]:
    """One account per sheet: that of its main table."""
    found: dict[tuple[str, str], RowAccount] = {}
    for account in sorted(upload.accounts, key=lambda account: MAIN_FIRST.index(account.table)):
        found.setdefault((account.file, account.sheet), account)
    return tuple(found.values())


def main_tables(upload: Upload) -> frozenset[str]:
    """The tables at least one sheet is for."""
    return frozenset(account.table for account in main_accounts(upload))


def also_found(upload: Upload) -> dict[str, int]:
    """Table → rows found on the rows of sheets that are for another table."""
    mine = main_accounts(upload)
    found: dict[str, int] = {}
    for account in upload.accounts:
        if account not in mine:
            found[account.table] = found.get(account.table, 0) + account.accepted
    return found


def skipped_rows(reading: Reading) -> int:
    """Rows below the header of all sheets that feed no table."""
    fed = {(sheet.file, sheet.sheet) for sheet in reading.sheets if sheet.parts or sheet.contacts}
    headers = {(sheet.file, sheet.sheet): sheet.header_row for sheet in reading.sheets}
    total = 0
    for file in reading.parsed.files:
        for raw in file.sheets:
            if (file.name, raw.name) not in fed:
                total += max(0, _held(raw, file.line_feeds) - headers.get((file.name, raw.name), 0))
    return total


def _held(raw: RawSheet, line_feeds: int | None) -> int:
    """Rows of a sheet; the grid of a big CSV holds only its head."""
    return line_feeds if raw.is_head_only and line_feeds is not None else raw.rows


def row_account(upload: Upload, reading: Reading) -> dict[str, int]:
    """read = accepted + corrected + duplicate + excluded + rejected + skipped, each row of the files in one of them."""
    mine, skipped = main_accounts(upload), skipped_rows(reading)
    corrected = sum(account.corrected for account in mine)
    return {
        "accepted": sum(account.accepted for account in mine) - corrected,
        "corrected": corrected,
        "duplicate": sum(account.duplicate for account in mine),
        "excluded": sum(account.excluded for account in mine),
        "rejected": sum(account.rejected for account in mine),
        **({"skipped": skipped} if skipped else {}),
        "read": sum(account.read for account in mine) + skipped,
    }


def refused_count(upload: Upload) -> int:
    """Rows of the files from which something stays out, whichever table it was meant for."""
    return len(upload.rejected[["file", "sheet", "row"]].drop_duplicates())
