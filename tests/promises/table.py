"""Tables written as a stranger's program would write them: what the promises are made of."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

ORDERS = "order id,customer id,order date,amount\n"


def csv_file(text: str, encoding: str = "utf-8", name: str = "orders.csv") -> list[tuple[str, bytes]]:
    """One CSV of this text."""
    return [(name, text.encode(encoding))]


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]], name: str = "orders.xlsx"
) -> list[tuple[str, bytes]]:
    """One workbook of these sheets, cells as openpyxl writes them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return saved(book, name)


def saved(book: openpyxl.Workbook, name: str = "orders.xlsx") -> list[tuple[str, bytes]]:
    """The file of a workbook."""
    kept = io.BytesIO()
    book.save(kept)
    return [(name, kept.getvalue())]
