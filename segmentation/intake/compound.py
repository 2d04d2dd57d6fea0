"""Names of the streams in Microsoft's compound files (.xls, workbooks with a password), from the directory alone."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY_BYTES = 128
_MOST_SECTORS = 2_000
_HEAD_TABLES = 109


def stream_names(path: Path) -> set[str]:
    """Names of all streams and folders; ValueError where the directory is broken. Reads a few sectors only."""
    with path.open("rb") as handle:
        head = handle.read(512)
        if len(head) < 512:
            raise ValueError("no header")
        shift, first = struct.unpack_from("<H", head, 30)[0], struct.unpack_from("<I", head, 48)[0]
        if shift not in {9, 12}:
            raise ValueError("no such sector size")
        tables = struct.unpack_from(f"<{_HEAD_TABLES}I", head, 76)
        names, sector = set[str](), first
        for _ in range(_MOST_SECTORS):
            if sector >= _LAST_SECTOR:
                return names
            names |= _names(_sector(handle, sector, shift))
            sector = _next(handle, sector, shift, tables)
    raise ValueError("the directory never ends")


def _sector(handle: IO[bytes], number: int, shift: int) -> bytes:
    handle.seek((number + 1) << shift)
    content = handle.read(1 << shift)
    if not content:
        raise ValueError("cut off")
    return content.ljust(1 << shift, b"\x00")


def _next(handle: IO[bytes], sector: int, shift: int, tables: tuple[int, ...]) -> int:
    """The sector after this one, by the allocation table."""
    per_table = (1 << shift) // 4
    place, offset = divmod(sector, per_table)
    if place >= len(tables) or tables[place] >= _LAST_SECTOR:
        raise ValueError("outside the table")
    return int(struct.unpack_from("<I", _sector(handle, tables[place], shift), offset * 4)[0])


def _names(content: bytes) -> set[str]:
    found = set()
    for start in range(0, len(content), _ENTRY_BYTES):
        length, kind = struct.unpack_from("<HB", content, start + 64)
        if kind and 2 <= length <= 64:
            found.add(content[start : start + length - 2].decode("utf-16-le", "replace"))
    return found
