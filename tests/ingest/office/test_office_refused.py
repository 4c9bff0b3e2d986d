"""A bad Word file is refused before it can hurt."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.enum.text import WD_BREAK

from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.records import Limits
from tests.ingest.word_files import read, rezipped, saved


def test_a_document_without_text_is_empty() -> None:
    with pytest.raises(EmptyFileError):
        read(docx.Document())


def text_document() -> bytes:
    document = docx.Document()
    document.add_paragraph("The sides cooperate.")
    return saved(document)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_damaged(share: float) -> None:
    data = text_document()
    with pytest.raises(DamagedFileError, match=r"agreement\.docx"):
        read(data[: int(len(data) * share)])


def test_a_file_with_a_broken_part_is_damaged() -> None:
    with pytest.raises(DamagedFileError):
        read(rezipped(text_document(), lambda name, part: part[:300] if name == "word/document.xml" else part))


def test_a_file_without_a_document_part_is_damaged() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/other.xml", "<x/>")
    with pytest.raises(DamagedFileError):
        read(stream.getvalue())


def test_a_file_whose_zip_directory_points_before_its_start_is_damaged() -> None:
    data = text_document()
    with pytest.raises(DamagedFileError):
        read(data[:100] + data[400:])


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO(text_document())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", b"\x00" * 5_000_000)
    data = stream.getvalue()
    assert len(data) < 100_000
    with pytest.raises(TooLargeError, match="expand"):
        read(data, Limits(max_expanded_bytes=1_000_000))
    assert read(data, Limits(max_expanded_bytes=10_000_000)).pages


def test_a_file_that_declares_entities_is_refused() -> None:
    def attack(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        start = part.index(b"<w:document")
        return part[:start] + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + part[start:].replace(b"The sides", b"&e;")

    with pytest.raises(DamagedFileError, match="entities"):
        read(rezipped(text_document(), attack))


def test_an_encrypted_entry_needs_a_password() -> None:
    data = bytearray(text_document())
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    with pytest.raises(EncryptedFileError):
        read(bytes(data))


def test_a_file_with_macros_is_unsupported() -> None:
    plain, macro = b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml"

    def with_macros(name: str, part: bytes) -> bytes:
        return part.replace(b"application/vnd.openxmlformats-officedocument." + plain, b"application/vnd." + macro)

    with pytest.raises(UnsupportedFormatError, match="DOCX"):
        read(rezipped(text_document(), with_macros))


def test_tables_nested_two_hundred_deep_are_read_or_refused_but_never_crash() -> None:
    inner = "<w:p><w:r><w:t>core</w:t></w:r></w:p>"
    for _ in range(200):
        inner = f"<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"

    def nest(name: str, part: bytes) -> bytes:
        return part.replace(b"<w:body>", b"<w:body>" + inner.encode()) if name == "word/document.xml" else part

    with pytest.raises(IngestError, match=r"agreement\.docx"):
        read(rezipped(text_document(), nest))


def test_more_pages_than_the_limit_are_too_large() -> None:
    document = docx.Document()
    for _ in range(4):
        document.add_paragraph("page").add_run().add_break(WD_BREAK.PAGE)
    assert len(read(document, Limits(max_pages=4)).pages) == 4
    with pytest.raises(TooLargeError):
        read(document, Limits(max_pages=3))
