"""Every importable file of the real data explained to the last row: what became of each, and why.

python -m tests.intake.real_data [FOLDER …]
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import FileError
from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Reading, Upload
from segmentation.ui.intake_accounts import row_account

DATA = Path(__file__).parents[2] / "../shared/data"
# Files a person would bring together, by the folder they stand in.
IMPORTS: Mapping[str, Sequence[str]] = {
    "cdnow/master": ("cdnow/CDNOW_master.txt",),
    "cdnow/sample": ("cdnow/CDNOW_sample.txt",),
    "cdnow/summary": ("cdnow/cdnow_customers_summary.csv",),
    "rfm_r": ("rfm_r/rfm_data_orders.csv",),
    "crm_maven": tuple(f"crm_maven/{n}.csv" for n in ("accounts", "products", "sales_pipeline", "sales_teams")),
    "superstore/xls": ("tableau_superstore_zh/示例-超市.xls",),
    "superstore/csv": tuple(f"tableau_superstore_zh/derived_{n}_gb18030.csv" for n in ("订单", "退货", "销售人员")),
    "completejourney": (
        "completejourney/transactions_sample.csv.gz", "completejourney/demographics.csv",
        "completejourney/campaigns.csv", "completejourney/campaign_descriptions.csv",
        "completejourney/coupon_redemptions.csv", "completejourney/products.csv.gz",
    ),
    "completejourney/told": (
        "completejourney/transactions_sample.csv.gz", "completejourney/demographics.csv",
    ),
    "bank": ("uci_bank_marketing/bank-additional-full.csv",),
    "online_retail": ("online_retail_uci/online_retail.csv.gz",),
}  # fmt: skip

# A receipt number that Excel has shortened to 4.0128e+10 stands in the file: refused until somebody does without it.
UNREAD: Mapping[str, Mapping[str, str]] = {"completejourney/told": {"order_id": "basket_id"}}


@dataclass(frozen=True)
class Explained:
    """One import: rows of the files counted without the program, the program's account of them, and its reasons.

    `error` is why the files were refused (then nothing was read); `reasons`: message id → rows.
    """

    name: str
    rows: int
    account: Mapping[str, int]
    reasons: Mapping[str, int]
    upload: Upload | None = None
    reading: Reading | None = None
    error: FileError | None = None

    def __str__(self) -> str:
        if self.error is not None:
            return f"{self.name:<18} {self.rows:>7} rows refused as a whole: {self.error.code}"
        parts = " + ".join(f"{count} {name}" for name, count in self.account.items() if name != "read")
        why = "".join(f"\n{'':<20}{count:>7} {code}" for code, count in self.reasons.items())
        return f"{self.name:<18} {self.rows:>7} rows = {parts}{why}"


def explain(name: str, folder: Path) -> Explained:
    """Bring one import and account for it."""
    paths = [DATA / file for file in IMPORTS[name]]
    rows = sum(count_rows(path) for path in paths)
    try:
        parsed = open_files([(path.name, path) for path in paths], folder)
        reading = recognise(parsed, corrections=_told(recognise(parsed), UNREAD.get(name, {})))
        upload = read_upload(reading)
    except FileError as error:
        return Explained(name, rows, {}, {}, error=error)
    reasons = Counter({issue.code: 0 for issue in upload.issues})
    for issue in upload.issues:
        reasons[issue.code] += issue.rows
    told = {code: count for code, count in sorted(reasons.items()) if count}
    told |= {f"reason.{code}": count for code, count in Counter(upload.rejected["reason"]).items()}
    return Explained(name, rows, row_account(upload, reading), told, upload, reading)


def _told(reading: Reading, unread: Mapping[str, str]) -> dict[str, str]:
    """The corrections of a person who says that columns are not what their headers say."""
    parts = [(sheet, part) for sheet in reading.sheets for part in sheet.parts]
    return {
        f"column:{sheet.signature}:{part.table}.{column}": ""
        for sheet, part in parts
        for column, index in part.columns.items()
        if unread.get(column) == sheet.headers[index]
    }


def count_rows(path: Path) -> int:
    """Records under the first line of a text, rows under the header of every sheet of a workbook."""
    if path.suffix == ".xls":
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_path(path)
        return sum(len(book.get_sheet_by_name(name).to_python()) - 1 for name in book.sheet_names)
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("gb18030" if "gb18030" in path.name else "utf-8")
    has_header = path.name != "CDNOW_sample.txt"
    delimiter = ";" if text.splitlines()[0].count(";") > 3 else ","
    return sum(bool(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)) - has_header


def main() -> int:
    names = [name for name in IMPORTS if not sys.argv[1:] or name.split("/")[0] in sys.argv[1:]]
    wrong = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            found = explain(name, Path(folder))
        difference = found.rows - found.account.get("read", found.rows)
        wrong += bool(difference)
        print(found, f"\n{'':<20}DIFFERENCE {difference}" if difference else "", flush=True)
    print(f"{len(names)} imports, {wrong} with a difference")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
