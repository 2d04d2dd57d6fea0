"""S10, S16, S17: files larger than is read, by bytes, unpacked bytes, parts, rows, columns or sheets."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

from segmentation.errors import FileError
from segmentation.intake.preflight import check_file
from segmentation.settings import Limits
from tests.promises.crafted import rewritten, sheet, written
from tests.promises.promise import Brought, Promise
from tests.promises.table import ORDERS, csv_file
from tests.promises.workbooks import PLAIN, ROWS, book, both_orders, refused


def _bomb(name: str = "xl/sharedStrings.xml", size: int = 30 * 2**20) -> bytes:
    return rewritten(PLAIN, {name: lambda part: bytes(size)})


def _many_members() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", b"")
        for number in range(20_000):
            archive.writestr(f"{number}", b"")
    return buffer.getvalue()


def _lying_bomb() -> bytes:
    """The directory says 300 bytes, the stream holds 40 MB."""
    content = bytearray(_bomb(size=40 * 2**20))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        item = archive.getinfo("xl/sharedStrings.xml")
    struct.pack_into("<I", content, item.header_offset + 22, 300)
    place = content.rindex(b"xl/sharedStrings.xml") - 46
    struct.pack_into("<I", content, place + 24, 300)
    struct.pack_into("<I", content, place + 16, zlib.crc32(bytes(300)))
    return bytes(content)


def _quick(brought: Brought) -> None:
    """A bomb is refused by its directory: nothing is unpacked, no child is started."""
    path = brought.store.path.parent / "bomb"
    path.write_bytes(_bomb())
    begun = time.process_time()
    with pytest.raises(FileError) as caught:
        check_file(path, Limits())
    assert time.process_time() - begun < 0.1
    assert caught.value.facts["value"] > 200


def _wide(columns: int) -> Callable[[], bytes]:
    head = [*ROWS[0], *[f"x{n}" for n in range(columns - 4)]]
    return lambda: written(sheet([head, *[[*row, *range(columns - 4)] for row in ROWS[1:]]]))


PROMISES = (
    Promise("S10", "STOP", book(_bomb), ("e.limit.ratio",), _quick, name="ratio"),
    Promise(
        "S10",
        "STOP",
        book(_bomb),
        ("e.limit.unpacked",),
        refused(limit=20),
        limits=Limits(unpacked_bytes=20 * 2**20),
        name="size",
    ),
    Promise("S10", "STOP", book(_many_members), ("e.limit.members",), name="members"),
    Promise("S10", "STOP", book(_lying_bomb), ("e.damaged",), name="a directory that lies"),
    Promise(
        "S16",
        "STOP",
        book(PLAIN),
        ("e.limit.size",),
        refused(limit=0),
        limits=Limits(xlsx_bytes=len(PLAIN) - 1),
        name="bytes of a workbook",
    ),
    Promise(
        "S16",
        "OK",
        book(PLAIN),
        then=both_orders,
        limits=Limits(xlsx_bytes=len(PLAIN)),
        name="bytes just allowed",
    ),
    Promise(
        "S16",
        "STOP",
        lambda: csv_file(ORDERS + "O1,A,2026-03-01,10\n" * 5),
        ("e.limit.rows",),
        refused(limit=5, value=6),
        limits=Limits(rows=5),
        name="rows of a text",
    ),
    Promise(
        "S16",
        "STOP",
        book(PLAIN),
        ("e.limit.rows",),
        refused(limit=2, value=3),
        limits=Limits(rows=2),
        name="rows of a workbook",
    ),
    Promise("S16", "OK", book(PLAIN), then=both_orders, limits=Limits(rows=3), name="rows just allowed"),
    Promise(
        "S16",
        "STOP",
        book(written(sheet(ROWS), sheet(ROWS, "b"))),
        ("e.limit.sheets",),
        refused(limit=1, value=2),
        limits=Limits(sheets=1),
        name="sheets",
    ),
    Promise("S17", "OK", book(_wide(500)), then=both_orders),
    Promise("S17", "STOP", book(_wide(501)), ("e.far",), refused(limit=500), name="501 columns"),
    Promise(
        "S17",
        "STOP",
        lambda: csv_file("\n".join(",".join(map(str, range(501))) for _ in range(3))),
        ("e.limit.columns",),
        refused(limit=500, value=501),
        name="501 columns of a text",
    ),
)
