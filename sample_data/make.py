"""Write the invented sample company: `python sample_data/make.py` gives the same bytes every time.

Six CSVs and one Chinese workbook of months 1–23 (December 2024 to October 2026); month 24 in `next_month/`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from books import YEAR_ON, Book, build_company
from seasons import CLOSED_ON, FIRST_ON, NEXT_ON
from workbook import write_workbook

WORKBOOK = "客户订单跟进.xlsx"
ONLY_IN_WORKBOOK = ["sales_2025", "unit_price"]
CENTS = ("amount", "paid_amount")


def as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell as the text the CSV holds: order amounts with two decimals, whole numbers plain, blank for unknown."""
    texts = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        column = frame[name]
        if name in CENTS and "order_id" in frame:
            texts[name] = column.map(lambda value: "" if pd.isna(value) else f"{value:.2f}")
        elif column.dtype.kind == "f":
            texts[name] = column.map(lambda value: "" if pd.isna(value) else f"{value:.0f}")
        else:
            texts[name] = column.map(lambda value: "" if pd.isna(value) else str(value))
    return texts


def write_csvs(book: Book, folder: Path) -> None:
    """The six CSVs of one book: UTF-8, comma, `\\n`, canonical English headers."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in book.items():
        as_texts(frame.drop(columns=ONLY_IN_WORKBOOK, errors="ignore")).to_csv(
            folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8"
        )


def write_sample(folder: Path) -> None:
    """Write all generated files below `folder`."""
    company = build_company()
    write_csvs(company.october, folder)
    write_workbook(company.october, folder / WORKBOOK, FIRST_ON, CLOSED_ON)
    write_csvs(company.november, folder / "next_month")
    write_workbook(company.year, folder / "next_month" / WORKBOOK, YEAR_ON, NEXT_ON)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where to write")
    write_sample(parser.parse_args().out)
