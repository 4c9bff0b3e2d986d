"""Files are found in order, told by their bytes, and rejected with a reason and a remedy."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from pathlib import Path

import docx
import pytest

from ingest.discover import discover
from ingest.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    IngestError,
    NotFoundError,
    TooLargeError,
    UnsupportedFormatError,
)
from ingest.parse import file_types as sniffing
from ingest.records import Limits, Source

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
HTML = b"<!DOCTYPE html>\n<html><body><p>Please sign in.</p></body></html>"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def docx_bytes(text: str = "Article 1. Purpose") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zipped(*parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part in parts:
            archive.writestr(part, "application/vnd.oasis.opendocument.text" if part == "mimetype" else "<x/>")
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What files are does not depend on what is installed here."""
    monkeypatch.setattr(sniffing, "command", lambda: None)


def found(*paths: Path, limits: Limits = Limits()) -> list[Source | IngestError]:
    return list(discover(paths, limits))


def only(path: Path, limits: Limits = Limits()) -> Source | IngestError:
    (item,) = found(path, limits=limits)
    return item


def rejected(path: Path, kind: type[IngestError], limits: Limits = Limits()) -> IngestError:
    item = only(path, limits)
    assert type(item) is kind, item
    assert item.file == str(path)
    assert item.reason.endswith(".")
    assert item.remedy.endswith(".")
    return item


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_source_carries_the_hash_the_size_and_the_absolute_path(tmp_path: Path) -> None:
    path = write(tmp_path, "note.txt", b"Minutes of the meeting.\n")
    assert only(path) == Source(str(path), hashlib.sha256(b"Minutes of the meeting.\n").hexdigest(), "text", 24)


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("a.pdf", PDF, "pdf"),
        ("late-header.pdf", b"\n" * 900 + PDF, "pdf"),
        ("a.docx", docx_bytes(), "docx"),
        ("a.html", HTML, "html"),
        ("fragment.html", "<p>कलम १</p>".encode(), "html"),
        ("a.txt", "करार".encode(), "text"),
        ("sjis.txt", "この協定は署名の日に効力を生ずる。".encode("cp932"), "text"),
        ("a.md", b"# Agreement\n", "markdown"),
        ("pdf-named.docx", PDF, "pdf"),
        ("docx-named.pdf", docx_bytes(), "docx"),
        ("page.txt", HTML, "html"),
        ("no-suffix", b"Plain words.", "text"),
        ("a.csv", b"Ward,Litres\nNorth,4\n", "csv"),
        ("a.tsv", b"Ward\tLitres\nNorth\t4\n", "csv"),
        ("a.eml", b"From: a@x.example\nSubject: Water\n\nWords.\n", "mail"),
        ("saved-mail", b"Received: from x\nFrom: a@x.example\nSubject: Water\n\n%PDF-1.7\n", "mail"),
        ("memo.txt", b"From: the commissioner\nTo: all wards\n\nWater will be cut.\n", "text"),
    ],
)
def test_the_media_comes_from_the_bytes_not_from_the_name(tmp_path: Path, name: str, data: bytes, media: str) -> None:
    item = only(write(tmp_path, name, data))
    assert isinstance(item, Source)
    assert item.media == media


@pytest.mark.parametrize("name", ["report.pdf", "report.docx", "report.doc"])
def test_an_html_page_saved_as_a_document_is_a_failed_download(tmp_path: Path, name: str) -> None:
    error = rejected(write(tmp_path, name, HTML), DamagedFileError)
    assert "HTML page, not a" in error.reason
    assert ".html" in error.remedy


def test_a_missing_path_is_not_found(tmp_path: Path) -> None:
    rejected(tmp_path / "absent.pdf", NotFoundError)


def test_a_file_without_bytes_is_empty(tmp_path: Path) -> None:
    rejected(write(tmp_path, "a.pdf", b""), EmptyFileError)


def test_a_file_over_the_limit_is_too_large(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"x" * 101)
    rejected(path, TooLargeError, Limits(max_bytes=100))
    assert isinstance(only(path, Limits(max_bytes=101)), Source)


def test_a_huge_limit_is_no_problem(tmp_path: Path) -> None:
    assert isinstance(only(write(tmp_path, "a.txt", b"words"), Limits(max_bytes=10**18)), Source)


def test_a_truncated_docx_is_damaged(tmp_path: Path) -> None:
    rejected(write(tmp_path, "a.docx", docx_bytes()[:2000]), DamagedFileError)


@pytest.mark.parametrize("gap", [512, (1 << 20) - 7])
def test_an_encrypted_office_file_is_told_by_its_stream_wherever_it_lies(tmp_path: Path, gap: int) -> None:
    data = OLE + b"\x00" * gap + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 64
    error = rejected(write(tmp_path, "a.docx", data), EncryptedFileError)
    assert "password" in error.reason


def test_a_legacy_word_file_is_unsupported_and_says_what_to_do(tmp_path: Path) -> None:
    error = rejected(write(tmp_path, "a.doc", OLE + b"\x00" * 512 + "WordDocument".encode("utf-16-le")), UnsupportedFormatError)
    assert "Word 97-2003" in error.reason
    assert "DOCX" in error.remedy


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.rtf", b"{\\rtf1 words}", "RTF"),
        ("a.gif", b"GIF89a" + b"\x00" * 50, "GIF"),
        ("a.bin", bytes(range(256)) * 40, "unknown"),
        ("a.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n", "MHTML"),
    ],
)
def test_other_formats_are_unsupported_by_name(tmp_path: Path, name: str, data: bytes, what: str) -> None:
    assert what in rejected(write(tmp_path, name, data), UnsupportedFormatError).reason


def test_binary_garbage_that_claims_to_be_a_pdf_is_damaged(tmp_path: Path) -> None:
    rejected(write(tmp_path, "a.pdf", bytes(range(256)) * 40), DamagedFileError)


@pytest.mark.parametrize(
    ("name", "part", "media"),
    [("a.xlsx", "xl/workbook.xml", "xlsx"), ("a.pptx", "ppt/presentation.xml", "pptx"), ("slides.bin", "ppt/presentation.xml", "pptx")],
)
def test_an_office_package_is_told_by_its_main_part(tmp_path: Path, name: str, part: str, media: str) -> None:
    item = only(write(tmp_path, name, zipped(part)))
    assert isinstance(item, Source)
    assert item.media == media


@pytest.mark.parametrize(
    ("name", "part", "what"),
    [
        ("a.odt", "content.xml", "OpenDocument"),
        ("a.xlsb", "xl/workbook.bin", "binary Excel"),
        ("a.apk", "AndroidManifest.xml", "program"),
    ],
)
def test_other_packages_are_unsupported_by_name_and_say_what_to_save_as(tmp_path: Path, name: str, part: str, what: str) -> None:
    assert what in rejected(write(tmp_path, name, zipped("mimetype", part)), UnsupportedFormatError).reason


def test_a_package_without_its_main_part_is_damaged_not_an_archive(tmp_path: Path) -> None:
    rejected(write(tmp_path, "a.xlsx", zipped("readme.txt")), DamagedFileError)


@pytest.mark.parametrize(("stream", "save_as"), [("Workbook", "XLSX"), ("PowerPoint Document", "PPTX"), ("WordDocument", "DOCX")])
def test_a_legacy_office_file_says_what_to_save_it_as(tmp_path: Path, stream: str, save_as: str) -> None:
    error = rejected(write(tmp_path, "a.bin2", OLE + b"\x00" * 512 + stream.encode("utf-16-le")), UnsupportedFormatError)
    assert save_as in error.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_not_found(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"secret")
    path.chmod(0)
    rejected(path, NotFoundError)


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    rejected(path, UnsupportedFormatError)


def test_one_bad_file_among_twenty_does_not_stop_the_others(tmp_path: Path) -> None:
    for at in range(20):
        write(tmp_path, f"{at:02d}.txt", f"Paper number {at}.".encode())
    write(tmp_path, "07.txt", b"")
    items = found(tmp_path)
    assert [type(item).__name__ for item in items] == ["Source"] * 7 + ["EmptyFileError"] + ["Source"] * 12
    assert [Path(item.uri).stem for item in items if isinstance(item, Source)] == [f"{at:02d}" for at in range(20) if at != 7]


def test_a_folder_is_walked_in_order_without_hidden_temporary_and_code_files(tmp_path: Path) -> None:
    for name in ("b/two.txt", "a/one.md", "z.html", ".hidden.txt", "~$open.docx", ".git/config", "script.py", "data.json", "Thumbs.db"):
        write(tmp_path, name, b"# Words\n" if name != "z.html" else HTML)
    assert [Path(item.uri).name for item in found(tmp_path) if isinstance(item, Source)] == ["z.html", "one.md", "two.txt"]
    assert len(found(tmp_path)) == 3


def test_the_pictures_a_browser_saves_beside_a_page_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "page.html", HTML)
    write(tmp_path, "page_files/logo.png", b"\x89PNG\r\n\x1a\n")
    write(tmp_path, "other_files/scan.png", b"\x89PNG\r\n\x1a\n")
    assert [type(item).__name__ for item in found(tmp_path)] == ["Source", "Source"]


def test_the_data_folder_of_a_setu_is_not_read_as_documents(tmp_path: Path) -> None:
    home = tmp_path / "papers" / "setu"
    (home / "originals").mkdir(parents=True)
    (home / "catalogue.sqlite").write_bytes(b"SQLite format 3\0")
    (home / "originals" / "0a.txt").write_text("A copy of the notice.", encoding="utf-8")
    (tmp_path / "papers" / "notice.txt").write_text("The notice.", encoding="utf-8")
    assert [Path(item.uri).name for item in found(tmp_path / "papers") if isinstance(item, Source)] == ["notice.txt"]
    assert isinstance(only(home), NotFoundError)
    assert isinstance(only(home / "originals" / "0a.txt"), Source)


def test_a_code_file_is_passed_over_in_a_folder_but_rejected_when_named(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"words")
    path = write(tmp_path, "b.json", b"{}")
    assert len(found(tmp_path)) == 1
    rejected(path, UnsupportedFormatError)


def test_a_folder_without_documents_says_so(tmp_path: Path) -> None:
    rejected(tmp_path, NotFoundError)


def test_a_loop_of_links_ends_and_a_file_reached_twice_comes_once(tmp_path: Path) -> None:
    path = write(tmp_path, "a/one.txt", b"words")
    (tmp_path / "a" / "back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "same.txt").symlink_to(path)
    assert len(found(tmp_path, path, tmp_path)) == 1


def test_a_dangling_link_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"words")
    (tmp_path / "b.pdf").symlink_to(tmp_path / "gone.pdf")
    assert [type(item).__name__ for item in found(tmp_path)] == ["Source", "NotFoundError"]


def test_paths_keep_the_order_they_were_given_in(tmp_path: Path) -> None:
    late, early = write(tmp_path, "z.txt", b"z"), write(tmp_path, "a.txt", b"a")
    assert [Path(item.uri).name for item in found(late, early) if isinstance(item, Source)] == ["z.txt", "a.txt"]
