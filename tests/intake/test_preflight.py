"""What a file is, decided by its bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from segmentation.errors import FileError
from segmentation.intake.preflight import check_file
from segmentation.settings import Limits
from tests.promises.crafted import compound


def xlsx(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def check(tmp_path: Path, content: bytes, limits: Limits | None = None) -> str:
    path = tmp_path / "upload"
    path.write_bytes(content)
    return check_file(path, limits or Limits())


def refusal(tmp_path: Path, content: bytes, limits: Limits | None = None) -> FileError:
    with pytest.raises(FileError) as caught:
        check(tmp_path, content, limits)
    return caught.value


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (xlsx([["a"]]), "xlsx"),
        (xls(), "xls"),
        (zipped({"xl/workbook.bin": b""}), "xlsb"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "ods"),
        (b"id,name\n1,a\n", "csv"),
        ("编号,名称\n1,甲\n".encode("gb18030"), "csv"),
        ("编号,名称\n1,甲\n".encode("utf-16"), "csv"),
        ("编号,名称,电话\n1,甲,5\n".encode("utf-16-le"), "csv"),
        (b"\x1f\x8b\x08", "csv"),
    ],
)
def test_kind_is_decided_by_content(tmp_path: Path, content: bytes, kind: str) -> None:
    assert check(tmp_path, content) == kind


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<html><table><tr><td>1", "HTML"),
        (b"\xef\xbb\xbf\r\n  <!DOCTYPE html><html>", "HTML"),
        ("<html xmlns:x='excel'>".encode("utf-16"), "HTML"),
        (b'<?xml version="1.0"?><Workbook>', "XML"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1....", "Parquet"),
        (zipped({"word/document.xml": b""}), "Word"),
        (zipped({"a.csv": b"1,2"}), "ZIP"),
    ],
)
def test_other_formats_are_named(tmp_path: Path, content: bytes, found: str) -> None:
    error = refusal(tmp_path, content)
    assert (error.code, error.facts["found"]) == ("e.format", found)


def test_binary_noise_is_no_text(tmp_path: Path) -> None:
    assert refusal(tmp_path, bytes(range(1, 32)) * 50).code == "e.format.unknown"


def test_passwords_are_recognised_and_never_asked_for(tmp_path: Path) -> None:
    locked = compound(["EncryptionInfo", "EncryptedPackage"])
    assert refusal(tmp_path, locked).code == "e.password"
    assert refusal(tmp_path, locked[:700]).code == "e.damaged"
    assert refusal(tmp_path, compound(["WordDocument"])).facts["found"] == "Word"
    assert refusal(tmp_path, compound(["__properties_version1.0"])).facts["found"] == "Outlook"
    manifest = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<manifest:encryption-data/>",
    }
    assert refusal(tmp_path, zipped(manifest)).code == "e.password"


def test_truncated_zip_is_damaged(tmp_path: Path) -> None:
    content = xlsx([["a", "b"]] * 100)
    for share in (0.3, 0.7, 0.99):
        assert refusal(tmp_path, content[: int(len(content) * share)]).code == "e.damaged"


def test_nothing_in_it(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"").code == "e.empty.file"


def test_bombs_are_refused_by_the_directory(tmp_path: Path) -> None:
    bomb = zipped({"xl/workbook.xml": b"", "xl/sharedStrings.xml": bytes(5 * 2**20)})
    assert refusal(tmp_path, bomb).code == "e.limit.ratio"
    assert refusal(tmp_path, bomb, Limits(unpacked_bytes=5 * 2**20 - 1)).code == "e.limit.unpacked"
    assert check(tmp_path, bomb, Limits(unpacked_bytes=5 * 2**20, unpacked_ratio=10_000)) == "xlsx"


def test_size_limits_hold_to_the_byte(tmp_path: Path) -> None:
    text, book = b"a,b\n1,2\n", xlsx([["a"]])
    assert check(tmp_path, text, Limits(csv_bytes=len(text))) == "csv"
    assert refusal(tmp_path, text, Limits(csv_bytes=len(text) - 1)).code == "e.limit.size"
    assert check(tmp_path, book, Limits(xlsx_bytes=len(book))) == "xlsx"
    assert refusal(tmp_path, book, Limits(xlsx_bytes=len(book) - 1)).code == "e.limit.size"
