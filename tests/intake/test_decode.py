"""Bytes to text: nothing guessed silently, nothing half read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from segmentation.errors import FileError
from segmentation.intake.decode import Decoded, decode_file
from segmentation.settings import Limits

CHINESE = "客户编号,客户名称,金额\n" + "".join(f"{n:04},苏州恒拓机械有限公司{n},{n}.50\n" for n in range(60))
TAIWAN = "客戶編號,客戶名稱,金額\n" + "".join(f"{n:04},臺北精密機械股份有限公司{n},{n}\n" for n in range(60))
JAPANESE = "顧客番号,顧客名,金額\n" + "".join(
    f"{n:04},株式会社ヤマダ製作所の東京支店{n},{n}\n" for n in range(60)
)
KOREAN = "고객번호,고객명,금액\n" + "".join(
    f"{n:04},주식회사 한국정밀기계 서울지점{n},{n}\n" for n in range(60)
)
GERMAN = "Kunde;Ort;Betrag\n" + "".join(f"Müller & Söhne {n};Köln;1.234,{n:02}\n" for n in range(60))
POLISH = "Klient;Miasto;Kwota\n" + "".join(f"Zakład Łódź {n};Gdańsk;{n}\n" for n in range(60))


def decode(
    tmp_path: Path, content: bytes, encoding: str | None = None, limits: Limits | None = None
) -> Decoded:
    source = tmp_path / "upload"
    source.write_bytes(content)
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    return decode_file(source, folder, encoding, limits or Limits())


def text(found: Decoded) -> str:
    return found.text_path.read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8"),
        (CHINESE.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("gbk"), "gb18030"),
    ],
)
def test_sure_encodings(tmp_path: Path, content: bytes, encoding: str) -> None:
    found = decode(tmp_path, content)
    assert text(found) == CHINESE
    assert (found.encoding, found.is_sure) == (encoding, True)


@pytest.mark.parametrize(
    ("original", "encoding"),
    [(TAIWAN, "big5"), (JAPANESE, "cp932"), (KOREAN, "cp949"), (GERMAN, "cp1252"), (POLISH, "cp1250")],
)
def test_scored_encodings(tmp_path: Path, original: str, encoding: str) -> None:
    found = decode(tmp_path, original.encode(encoding))
    assert (found.encoding, text(found)) == (encoding, original)
    assert found.guesses[0]["encoding"] == encoding


def test_single_byte_alphabets_are_asked_about(tmp_path: Path) -> None:
    russian = decode(tmp_path, ("Клиент;Город\n" + "Механический завод;Москва\n" * 60).encode("cp1251"))
    assert (russian.encoding, russian.is_sure) == ("cp1251", False)
    found = decode(tmp_path, GERMAN.encode("cp1252"))
    assert not found.is_sure
    assert "Müller" in found.guesses[0]["preview"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read_and_asked_about(tmp_path: Path, encoding: str) -> None:
    found = decode(tmp_path, CHINESE.encode(encoding))
    assert (found.encoding, found.is_sure, text(found)) == (encoding, False, CHINESE)


def test_a_chosen_encoding_wins(tmp_path: Path) -> None:
    found = decode(tmp_path, TAIWAN.encode("big5"), "big5")
    assert (found.encoding, found.is_sure, text(found)) == ("big5", True, TAIWAN)
    with pytest.raises(FileError) as caught:
        decode(tmp_path, CHINESE.encode("gb18030"), "utf-8")
    assert (caught.value.code, caught.value.facts["row"]) == ("e.encoding", 1)


def test_late_bytes_decide_like_early_ones(tmp_path: Path) -> None:
    late = "id,name,amount\n" + "".join(f"{n},plain,1\n" for n in range(5_000)) + "5001,上海客户,2\n"
    found = decode(tmp_path, late.encode("gb18030"))
    assert (found.encoding, text(found)) == ("gb18030", late)


@pytest.mark.parametrize(
    ("first", "second"), [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("cp1252", "utf-8")]
)
def test_glued_files_are_refused_with_the_row(tmp_path: Path, first: str, second: str) -> None:
    head, tail = (GERMAN, GERMAN) if first == "cp1252" else (CHINESE, CHINESE)
    with pytest.raises(FileError) as caught:
        decode(tmp_path, head.encode(first) + tail.split("\n", 1)[1].encode(second))
    assert caught.value.code == "e.encoding"
    assert caught.value.facts["row"] == 62
    assert caught.value.facts["column"] == ("Kunde" if first == "cp1252" else "客户名称")


def test_one_broken_byte_in_utf8_is_refused(tmp_path: Path) -> None:
    content = CHINESE.encode()
    at = content.index("苏".encode())
    with pytest.raises(FileError) as caught:
        decode(tmp_path, content[: at + 1] + content[at + 2 :])
    assert (caught.value.code, caught.value.facts["row"]) == ("e.encoding", 2)


def test_controls_go_and_are_counted(tmp_path: Path) -> None:
    found = decode(tmp_path, b"a,b\n1\x00\x07,2\xc2\xa03\n")
    assert (text(found), found.controls) == ("a,b\n1,2 3\n", 2)


def test_damage_from_before_is_counted(tmp_path: Path) -> None:
    assert decode(tmp_path, "a\n\ufffd\ufffd\n".encode()).damaged == 2


def test_clean_text_is_not_copied(tmp_path: Path) -> None:
    found = decode(tmp_path, CHINESE.encode())
    assert found.text_path == tmp_path / "upload"
    assert found.lines == 61


def test_gzip(tmp_path: Path) -> None:
    packed = gzip.compress(CHINESE.encode("gb18030"))
    assert text(decode(tmp_path, packed)) == CHINESE
    size = len(CHINESE.encode("gb18030"))
    assert text(decode(tmp_path, packed, limits=Limits(csv_bytes=size))) == CHINESE
    for content, limits, code in (
        (packed, Limits(csv_bytes=size - 1), "e.limit.size"),
        (packed[:-20], Limits(), "e.damaged"),
        (gzip.compress(b"%PDF-1.4"), Limits(), "e.format"),
        (gzip.compress(b""), Limits(), "e.empty.file"),
    ):
        with pytest.raises(FileError) as caught:
            decode(tmp_path, content, limits=limits)
        assert caught.value.code == code
