"""What a spreadsheet parser does not tell: looked up in the XML of an .xlsx before the parser sees it.

Found by patterns over the unpacked stream, a block at a time: cells far out (they make parsers allocate the whole
sheet), error values and formulas saved without a result (parsers give both as blank), filters, pivot tables.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from segmentation.errors import FileError
from segmentation.intake.parsed import NO_RESULT
from segmentation.settings import Limits

_BLOCK_BYTES = 2**20
_LONGEST_CELL = 2**18
_HEAD_BYTES = 2**16
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:(?!</(?:\w+:)?c>).){0,8192}?'
    rb"<(?:\w+:)?v>([^<]{1,40})</",
    re.DOTALL,
)
_NO_RESULT_CELL = re.compile(
    rb'<(?:\w+:)?c\s([^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*\bhidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s[^>]*\bhidden="(?:1|true)"[^>]*>')
_SPAN = re.compile(rb'\b(min|max)="(\d{1,5})"')
_COMMENTS = re.compile(r"xl/(threadedcomments/|comments/|comments\d*\.xml)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class SheetFacts:
    """Beside the values: (row 1-based, column 0-based) → text of cells a parser loses, and what else is there."""

    lost: dict[tuple[int, int], str] = field(default_factory=dict)
    has_filter: bool = False
    hidden_rows: int = 0
    hidden_spans: tuple[tuple[int, int], ...] = ()
    is_pivot: bool = False

    def hidden_columns(self, width: int) -> int:
        """How many of the first `width` columns are hidden; spans count from 1 and go as far as the sheet does."""
        return sum(max(0, min(last, width) - first + 1) for first, last in self.hidden_spans)


@dataclass
class BookFacts:
    """Facts per sheet name, the date system, whether there are macros, and marks (coloured cells, comments)."""

    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    is_1904: bool = False
    has_macros: bool = False
    has_marks: bool = False


def scan_book(archive: zipfile.ZipFile, limits: Limits) -> BookFacts:
    """Scan an .xlsx. Raises FileError: e.doctype, e.far (cell beyond the column limit), e.damaged."""
    try:
        return _scan(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, ElementTree.ParseError, KeyError, OSError):
        raise FileError("e.damaged") from None


def _scan(archive: zipfile.ZipFile, limits: Limits) -> BookFacts:
    names = {name.lower(): name for name in archive.namelist()}
    check_doctypes(archive)
    _check_texts(archive, names)
    book = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))
    targets = _targets(archive, names, "xl/workbook.xml")
    facts = BookFacts(has_macros=any(name.endswith("vbaproject.bin") for name in names))
    facts.has_marks = any(_COMMENTS.match(name) for name in names) or _has_fills(archive, names)
    letters = beyond(limits.columns).encode()
    # The short pattern is a quick look over everything, the long one a closer look where it found something.
    far = (
        re.compile(rb' r="' + letters + rb"[0-9]"),
        re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=\"(" + letters + rb')(\d{1,7})"[^>]*(?<!/)>'),
    )
    for element in book.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            facts.is_1904 = element.get("date1904") in {"1", "true"}
        if tag == "sheet":
            path = targets.get(element.get(_RELATION, ""), "").lower()
            if path in names and "worksheets/" in path:
                facts.sheets[element.get("name", "")] = _scan_sheet(archive, names, path, far, limits)
    return facts


def _has_fills(archive: zipfile.ZipFile, names: dict[str, str]) -> bool:
    """Whether a cell style fills its cells: the first two fills are those every workbook has."""
    if "xl/styles.xml" not in names:
        return False
    try:
        styles = ElementTree.fromstring(archive.read(names["xl/styles.xml"]))
    except ElementTree.ParseError:
        return False
    parts = {element.tag.rpartition("}")[2]: element for element in styles}
    filled = set[int]()
    for place, fill in enumerate(parts.get("fills", ())):
        kinds = [(child.tag.rpartition("}")[2], child.get("patternType")) for child in fill]
        if place > 1 and any(tag == "gradientFill" or kind not in {None, "none"} for tag, kind in kinds):
            filled.add(place)
    used = {style.get("fillId", "0") for style in parts.get("cellXfs", ())}
    return any(str(place) in used for place in filled)


def _check_texts(archive: zipfile.ZipFile, names: dict[str, str]) -> None:
    """Unpack the shared texts once for their length and CRC: a directory may lie, and the parser would believe it."""
    if "xl/sharedstrings.xml" in names:
        with archive.open(names["xl/sharedstrings.xml"]) as part:
            while part.read(_BLOCK_BYTES):
                pass


def _targets(archive: zipfile.ZipFile, names: dict[str, str], part: str) -> dict[str, str]:
    """Relation id → path of the part it leads to."""
    folder, base = posixpath.split(part)
    relations = names.get(f"{folder}/_rels/{base}.rels".lower())
    if relations is None:
        return {}
    found = {}
    for element in ElementTree.fromstring(archive.read(relations)):
        target = element.get("Target", "")
        joined = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        found[element.get("Id", "")] = posixpath.normpath(joined)
    return found


def check_doctypes(archive: zipfile.ZipFile) -> None:
    """FileError e.doctype: no spreadsheet needs a document type, and entity bombs begin with one."""
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(name) as part:
                head = part.read(_HEAD_BYTES).replace(b"\x00", b"")
            if _DOCTYPE.search(head):
                raise FileError("e.doctype")


def _scan_sheet(
    archive: zipfile.ZipFile,
    names: dict[str, str],
    path: str,
    far: tuple[re.Pattern[bytes], ...],
    limits: Limits,
) -> SheetFacts:
    facts = SheetFacts()
    targets = _targets(archive, names, names[path]).values()
    facts.is_pivot = any("pivottable" in target.lower() for target in targets)
    spans = list[tuple[int, int]]()
    for block in _cell_blocks(archive, names[path]):
        if far[0].search(block) and (found := far[1].search(block)):
            cell = (found.group(1) + found.group(2)).decode()
            raise FileError("e.far", cell=cell, limit=limits.columns)
        if b't="e"' in block:
            for error in _ERROR_CELL.finditer(block):
                facts.lost[_place(error.group(1), error.group(2))] = error.group(3).decode("utf-8", "replace")
        if b"<f" in block or b":f" in block:
            for formula in _NO_RESULT_CELL.finditer(block):
                # A formula that gives "" is saved as a string with an empty value: that is a result.
                if not (b't="str"' in formula.group(1) and formula.group(4)):
                    facts.lost[_place(formula.group(2), formula.group(3))] = NO_RESULT
        facts.has_filter = facts.has_filter or b"autoFilter" in block
        if b'hidden="' in block:
            facts.hidden_rows += len(_HIDDEN_ROW.findall(block))
            spans += [_span(found) for found in _HIDDEN_COLUMN.findall(block)]
    facts.hidden_spans = tuple(spans)
    return facts


def _span(element: bytes) -> tuple[int, int]:
    ends = dict(_SPAN.findall(element))
    return int(ends.get(b"min", 1)), int(ends.get(b"max", 0))


def _cell_blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part in blocks that end at the end of a cell; its CRC is checked on the way."""
    rest = b""
    with archive.open(name) as part:
        while block := part.read(_BLOCK_BYTES):
            block = rest + block
            cut = block.rfind(b"</row>") + 6
            if cut < 6:
                cut = len(block) - _LONGEST_CELL if len(block) > 8 * _BLOCK_BYTES else 0
            rest = block[cut:]
            if cut:
                yield block[:cut]
    if rest:
        yield rest


def _place(letters: bytes, row: bytes) -> tuple[int, int]:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return int(row), column - 1


def column_letters(column: int) -> str:
    """Letters of a column counted from 0: 0 → A, 26 → AA."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def beyond(columns: int) -> str:
    """A pattern for the letters of all columns after the first `columns`, as far as XFD."""
    last = column_letters(columns - 1)
    parts = [f"[A-Z]{{{length}}}" for length in range(len(last) + 1, 4)]
    for place, letter in enumerate(last):
        if letter != "Z":
            tail = len(last) - place - 1
            parts.append(f"{last[:place]}[{chr(ord(letter) + 1)}-Z]" + (f"[A-Z]{{{tail}}}" if tail else ""))
    return "(?:" + "|".join(parts) + ")"
