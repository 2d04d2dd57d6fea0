"""What a file is by its first bytes and its zip directory, before anything parses it."""

from __future__ import annotations

import codecs
import struct
import zipfile
from pathlib import Path

from segmentation.errors import FileError
from segmentation.intake import compound
from segmentation.intake.compound import stream_names
from segmentation.intake.parsed import FileKind
from segmentation.settings import Limits

HEAD_BYTES = 8_192
_ENTRY_BYTES = 128
_MEGABYTE = 2**20
_ZIP, _OLE, _GZIP = b"PK\x03\x04", compound.MAGIC, b"\x1f\x8b"
# A workbook has some dozens of parts; a directory of millions would fill the memory of whoever lists it.
_END, _END_64, _TAIL_BYTES = b"PK\x05\x06", b"PK\x06\x06", 2**16 + 512
# What strangers send under a spreadsheet's name: shown as it is, a format's name needs no translation.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"PAR1", "Parquet"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"SQLite format 3", "SQLite"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x00\x00\x00\x20ftyp", "MP4"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<body", b"<div")
_OFFICE = {"word/": "Word", "ppt/": "PowerPoint", "Index/": "Numbers"}


def check_file(path: Path, limits: Limits) -> FileKind:
    """The kind of file by content, whatever its name says.

    Raises FileError: e.empty (no bytes), e.format (something else), e.password, e.damaged, e.limit.size,
    e.limit.unpacked.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileError("e.empty.file")
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    if head.startswith(_ZIP):
        _check_size(size, limits.xlsx_bytes)
        return _check_zip(path, size, limits)
    if head.startswith(_OLE):
        _check_size(size, limits.xlsx_bytes)
        return _check_ole(path)
    _check_size(size, limits.csv_bytes)
    if not head.startswith(_GZIP):
        check_text(head)
    return "csv"


def check_text(head: bytes) -> None:
    """Raise FileError e.format where the first bytes of a supposed CSV are another format or no text at all."""
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise FileError("e.format", found=name)
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ")[:200].lower()
    if start.startswith(_MARKUP):
        raise FileError("e.format", found="HTML")
    if start.startswith(b"<?xml"):
        raise FileError("e.format", found="HTML" if b"<html" in head.lower() else "XML")
    # In UTF-16 every byte value is at home; in any other text controls are rare.
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or wide_encoding(head):
        return
    odd = len(head) - len(head.translate(None, bytes((*range(1, 9), *range(14, 27), *range(28, 32)))))
    if odd > len(head) // 20 + 8:
        raise FileError("e.format.unknown")


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark shows in NULs at every other byte; None where there is no such pattern."""
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    # A stray NUL is damage, not an encoding: in UTF-16 line ends have one too.
    ends = head.count(b"\n")
    if odd > pairs * 0.05 and even <= odd // 10 and head.count(b"\n\x00") * 2 >= ends:
        return "utf-16-le"
    if even > pairs * 0.05 and odd <= even // 10 and head.count(b"\x00\n") * 2 >= ends:
        return "utf-16-be"
    return None


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        shown = max(-(-size // _MEGABYTE), limit // _MEGABYTE + 1)
        raise FileError("e.limit.size", value=shown, limit=limit // _MEGABYTE)


def _check_zip(path: Path, size: int, limits: Limits) -> FileKind:
    """Read the directory only: nothing is unpacked before its sizes are known."""
    members = _member_count(path, size)
    if members > limits.members:
        raise FileError("e.limit.members", value=members, limit=limits.members)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            kind = _zip_kind(archive, {entry.filename for entry in entries})
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        raise FileError("e.damaged") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileError("e.password")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        shown = max(unpacked // _MEGABYTE, limits.unpacked_bytes // _MEGABYTE + 1)
        raise FileError("e.limit.unpacked", value=shown, limit=limits.unpacked_bytes // _MEGABYTE)
    if unpacked > _MEGABYTE and unpacked > size * limits.unpacked_ratio:
        raise FileError("e.limit.ratio", value=unpacked // size, limit=limits.unpacked_ratio)
    return kind


def _member_count(path: Path, size: int) -> int:
    """How many parts the end of the zip says there are, or its directory could hold; 0 where it has no end."""
    with path.open("rb") as handle:
        handle.seek(max(0, size - _TAIL_BYTES))
        tail = handle.read()
    place, wide = tail.rfind(_END), tail.rfind(_END_64)
    if place < 0 or len(tail) < place + 22:
        return 0
    count, directory_bytes = struct.unpack_from("<HI", tail, place + 10)
    if wide >= 0 and len(tail) >= wide + 56:
        count, directory_bytes = struct.unpack_from("<QQ", tail, wide + 32)
    # `zipfile` lists by the bytes, whatever the count says; an entry with its name has a hundred of them.
    return max(int(count), int(directory_bytes) // _ENTRY_BYTES)


def _zip_kind(archive: zipfile.ZipFile, names: set[str]) -> FileKind:
    lowered = {name.lower() for name in names}
    if "xl/workbook.xml" in lowered:
        return "xlsx"
    if "xl/workbook.bin" in lowered:
        return "xlsb"
    if "mimetype" in names:
        mime = _part(archive, "mimetype")[:200]
        if b"opendocument.spreadsheet" in mime:
            if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
                raise FileError("e.password")
            return "ods"
        raise FileError("e.format", found="OpenDocument")
    for prefix, found in _OFFICE.items():
        if any(name.startswith(prefix) for name in names):
            raise FileError("e.format", found=found)
    raise FileError("e.format", found="ZIP")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(_MEGABYTE)
    except KeyError:
        return b""


def _check_ole(path: Path) -> FileKind:
    """Old Excel, or a new one with a password: told apart by the names of the streams."""
    try:
        names = stream_names(path)
    except ValueError:
        raise FileError("e.damaged") from None
    if "EncryptedPackage" in names:
        raise FileError("e.password")
    if names & {"Workbook", "Book"}:
        return "xls"
    if "WordDocument" in names:
        raise FileError("e.format", found="Word")
    if "PowerPoint Document" in names:
        raise FileError("e.format", found="PowerPoint")
    if any(name.startswith(("__substg1", "__properties")) for name in names):
        raise FileError("e.format", found="Outlook")
    raise FileError("e.format.unknown")
