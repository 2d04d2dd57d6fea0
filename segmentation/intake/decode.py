"""Bytes of a text file → clean UTF-8, strictly: every byte is understood before anything else looks at the file."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from segmentation.errors import FileError
from segmentation.intake.encodings import PREVIEW_CHARACTERS, SINGLE_BYTES, Scored, is_sure, rank_encodings
from segmentation.intake.preflight import check_text, wide_encoding
from segmentation.settings import Limits

BLOCK_BYTES = 2**20
SAMPLE_BYTES = 200_000
_HEAD_BYTES = 65_536
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
_NO_BREAK, _DAMAGED = "\u00a0".encode(), "\ufffd".encode()
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x841\x953", "gb18030"),
)
_LONG_UTF8 = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_DELIMITERS = re.compile("[,;\t|，]")
_LINE_END = re.compile(rb"[\r\n]")


@dataclass
class Decoded:
    """Clean UTF-8 text: no BOM, no NULs or controls, plain spaces; the source itself where it already was so.

    `lines` counts line feeds; `is_ascii` True is sure, False may only mean that nobody looked; `controls` and
    `damaged` (U+FFFD) what was removed or found; `mark`: 12 hex digits of the first line's bytes, the same next month.
    """

    text_path: Path
    encoding: str
    guesses: list[dict[str, Any]] = field(default_factory=list)
    is_sure: bool = True
    lines: int = 0
    is_ascii: bool = False
    controls: int = 0
    damaged: int = 0
    mark: str = ""


def decode_file(source: Path, folder: Path, encoding: str | None, limits: Limits) -> Decoded:
    """Find the encoding of a text file and write it as clean UTF-8 into the folder.

    `encoding` is what a person chose, None = find out. Raises FileError: e.encoding (with the line that does not
    fit), e.damaged (broken gzip), e.limit.size (gzip too big), e.format (gzip of something else).
    """
    plain = _unpack(source, folder, limits)
    with plain.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    check_text(head)
    found = _decode(plain, head, folder, encoding)
    found.mark = hashlib.sha256(_LINE_END.split(head, maxsplit=1)[0]).hexdigest()[:12]
    return found


def _decode(plain: Path, head: bytes, folder: Path, encoding: str | None) -> Decoded:
    for mark, name in _MARKS:
        if head.startswith(mark) and encoding is None:
            return _convert(plain, folder, name, len(mark))
    if encoding is not None:
        mark = next((mark for mark, name in _MARKS if name == encoding and head.startswith(mark)), b"")
        return _convert(plain, folder, encoding, len(mark))
    if wide := wide_encoding(head):
        return _guessed(_convert(plain, folder, wide, 0), False)
    clean = _check_utf8(plain)
    if clean is not None:
        return clean if clean.controls == 0 else _convert(plain, folder, "utf-8", 0)
    return _convert_guessing(plain, folder)


def _unpack(source: Path, folder: Path, limits: Limits) -> Path:
    with source.open("rb") as handle:
        if handle.read(2) != b"\x1f\x8b":
            return source
    target, size = folder / "unpacked", 0
    try:
        with gzip.open(source) as packed, target.open("wb") as out:
            while block := packed.read(BLOCK_BYTES):
                size += len(block)
                if size > limits.csv_bytes:
                    limit = limits.csv_bytes >> 20
                    raise FileError("e.limit.size", value=limit + 1, limit=limit)
                out.write(block)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise FileError("e.damaged") from None
    if size == 0:
        raise FileError("e.empty.file")
    return target


def _blocks(handle: IO[bytes]) -> Iterator[bytes]:
    """The file in blocks that end at a line end, so that no character is cut."""
    rest = b""
    while block := handle.read(BLOCK_BYTES):
        block = rest + block
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        rest = block[cut:]
        if cut:
            yield block[:cut]
    if rest:
        yield rest


def _check_utf8(path: Path) -> Decoded | None:
    """The file as it stands if all of it is UTF-8, else None; `controls` > 0 says that it needs cleaning."""
    found = Decoded(path, "utf-8", is_ascii=True)
    with path.open("rb") as handle:
        for block in _blocks(handle):
            if not block.isascii():
                found.is_ascii = False
                try:
                    block.decode("utf-8")
                except UnicodeDecodeError:
                    return None
                found.damaged += block.count(_DAMAGED)
                found.controls += _NO_BREAK in block
            found.controls += len(block) - len(block.translate(None, _CONTROLS))
            found.lines += block.count(b"\n")
    return found


def _convert(path: Path, folder: Path, encoding: str, skipped_bytes: int) -> Decoded:
    """Write the whole file as clean UTF-8; FileError e.encoding at the first byte that does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    found = Decoded(folder / "text.csv", encoding)
    whole_lines = not encoding.startswith("utf-16")
    with path.open("rb") as handle, found.text_path.open("wb") as out:
        handle.seek(skipped_bytes)
        blocks = _blocks(handle) if whole_lines else iter(lambda: handle.read(BLOCK_BYTES), b"")
        for block in blocks:
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError:
                raise _refusal(path, found.lines, block, encoding) from None
            _write(text, found, out)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise FileError("e.encoding", row=found.lines + 1, encoding=encoding, column="") from None
    return found


def _write(text: str, found: Decoded, out: IO[bytes]) -> None:
    raw = text.encode("utf-8", "replace")
    clean = raw.translate(None, _CONTROLS)
    found.controls += len(raw) - len(clean)
    found.damaged += clean.count(_DAMAGED)
    found.lines += clean.count(b"\n")
    out.write(clean.replace(_NO_BREAK, b" "))


def _convert_guessing(path: Path, folder: Path) -> Decoded:
    """Not UTF-8: take the best candidate that reads the whole file, and remember the others."""
    sample = _survey(path)
    ranked = rank_encodings(sample)
    if not ranked:
        raise _mixed_refusal(path, "utf-8")
    _check_one_encoding(path, ranked[0].encoding)
    refused: FileError | None = None
    for position, scored in enumerate(ranked[:3]):
        try:
            found = _convert(path, folder, scored.encoding, 0)
        except FileError as error:
            refused = refused or error
            continue
        kept = ranked[position:]
        return _guessed(found, refused is None and is_sure(kept), kept)
    raise refused or FileError("e.damaged")


def _guessed(found: Decoded, sure: bool, ranked: list[Scored] | None = None) -> Decoded:
    found.is_sure = sure
    for scored in (ranked or [])[:3]:
        preview = scored.text[:PREVIEW_CHARACTERS]
        found.guesses.append({"encoding": scored.encoding, "score": scored.score, "preview": preview})
    if ranked is None:
        with found.text_path.open(encoding="utf-8", newline="") as text:
            preview = text.read(PREVIEW_CHARACTERS)
        found.guesses.append({"encoding": found.encoding, "score": 1.0, "preview": preview})
    return found


def _survey(path: Path) -> bytes:
    """Whole lines with non-ASCII bytes from anywhere in the file, at most `SAMPLE_BYTES`."""
    lines, size = list[bytes](), 0
    with path.open("rb") as handle:
        for block in _blocks(handle):
            if block.isascii():
                continue
            for line in block.splitlines(keepends=True):
                if not line.isascii():
                    lines.append(line)
                    size += len(line)
                    if size > SAMPLE_BYTES:
                        return b"".join(lines)
    return b"".join(lines)


def _is_surely_utf8(line: bytes, single_bytes: bool) -> bool:
    """Whether a line can only be UTF-8: two long sequences, or any sequence where the rest is single bytes."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return single_bytes or len(_LONG_UTF8.findall(line)) >= 2


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """(line number from 1, line) of all lines with non-ASCII bytes."""
    number = 0
    with path.open("rb") as handle:
        for block in _blocks(handle):
            parts = block.splitlines()
            if not block.isascii():
                for offset, line in enumerate(parts, 1):
                    if not line.isascii():
                        yield number + offset, line
            number += len(parts)


def _check_one_encoding(path: Path, encoding: str) -> None:
    """FileError e.encoding where UTF-8 lines and others stand in one file: two exports glued together."""
    single_bytes = encoding in SINGLE_BYTES
    first: bool | None = None
    for number, line in _lines(path):
        is_utf8 = _is_surely_utf8(line, single_bytes)
        first = is_utf8 if first is None else first
        if is_utf8 != first:
            name = "utf-8" if first else encoding
            raise FileError("e.encoding", row=number, encoding=name, column=_column(path, line, name))


def _mixed_refusal(path: Path, encoding: str) -> FileError:
    """The refusal at the first line that is not in the encoding."""
    for number, line in _lines(path):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            return FileError(
                "e.encoding", row=number, encoding=encoding, column=_column(path, line, encoding)
            )
    return FileError("e.damaged")


def _refusal(path: Path, lines_before: int, block: bytes, encoding: str) -> FileError:
    for offset, line in enumerate(block.splitlines(), 1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            column = _column(path, line, encoding)
            return FileError("e.encoding", row=lines_before + offset, encoding=encoding, column=column)
    return FileError("e.encoding", row=lines_before + 1, encoding=encoding, column="")


def _column(path: Path, line: bytes, encoding: str) -> str:
    """The first line's text above the first byte of `line` that does not fit; "" where it cannot be told."""
    try:
        line.decode(encoding)
        position = next(index for index, byte in enumerate(line) if byte > 127)
    except UnicodeDecodeError as error:
        position = error.start
    with path.open("rb") as handle:
        first = handle.readline(_HEAD_BYTES)
    titles = _DELIMITERS.split(first.decode(encoding, "replace").strip("\ufeff\r\n"))
    place = len(_DELIMITERS.findall(line[:position].decode(encoding, "replace")))
    return titles[place].strip('" ') if place < len(titles) else ""
