"""Files no spreadsheet program writes: workbooks with parts rewritten, Microsoft's container built byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter
import xlwt

Cells = Sequence[Sequence[Any]]
Make = Callable[[Any], None]
SHEET1 = "xl/worksheets/sheet1.xml"
_SECTOR, _FREE, _END, _TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def written(*makes: Make) -> bytes:
    """A workbook made by these acts on it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for make in makes:
            make(book)
    return buffer.getvalue()


def sheet(rows: Cells, name: str = "orders", then: Callable[[Any], None] | None = None) -> Make:
    """One sheet of rows, and what else is done to it."""

    def make(book: Any) -> None:
        made = book.add_worksheet(name)
        for number, row in enumerate(rows):
            made.write_row(number, 0, row)
        if then is not None:
            then(made)

    return make


def rewritten(
    content: bytes, parts: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes] = {}
) -> bytes:
    """The workbook with parts changed and parts added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            change = parts.get(item.filename, lambda part: part)
            new.writestr(item.filename, change(old.read(item)))
        for name, part in more.items():
            new.writestr(name, part)
    return buffer.getvalue()


def with_row(xml: str) -> Callable[[bytes], bytes]:
    """Put one more row at the end of a sheet."""
    return lambda part: part.replace(b"</sheetData>", xml.encode() + b"</sheetData>")


def old_workbook(rows: Cells, far: Mapping[tuple[int, int], Any] | None = None) -> bytes:
    """An .xls of Excel 97, with single cells far below."""
    book = xlwt.Workbook()
    made = book.add_sheet("orders")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            made.write(number, place, value)
    for (number, place), value in (far or {}).items():
        made.write(number, place, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def compound(streams: Sequence[str], padding: int = 4096) -> bytes:
    """Microsoft's compound file with empty-handed streams of these names: what a workbook with a password is outside.

    One sector of allocation table, one of directory for every four names, then the bytes of the streams.
    """
    names = ["Root Entry", *streams]
    directory = b"".join(_entry(name, place) for place, name in enumerate(names))
    directory += b"\x00" * (-len(directory) % _SECTOR)
    count = len(directory) // _SECTOR
    chain = [_TABLE, *range(2, count + 1), _END]
    table = struct.pack("<128I", *chain, *([_FREE] * (128 - len(chain))))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    head += struct.pack("<108I", *([_FREE] * 108))
    return head + table + directory + b"\x07" * padding


def _entry(name: str, place: int) -> bytes:
    """One directory entry: the root knows its first child, every other its next sibling."""
    text = (name + "\x00").encode("utf-16-le")
    kind, child, right = (5, 1, _FREE) if place == 0 else (2, _FREE, _FREE)
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<II4x", _END, 4096)
    )


def locked_old_workbook() -> bytes:
    """An .xls whose stream begins with the record of a password."""
    content = bytearray(old_workbook([["order id", "order date", "amount"]]))
    start = content.index(b"\x09\x08\x10\x00")
    second = start + 4 + struct.unpack_from("<H", content, start + 2)[0]
    struct.pack_into("<H", content, second, 0x2F)
    return bytes(content)
