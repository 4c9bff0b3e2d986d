"""Books that are locked, broken or made to do harm: each is refused with the reason and a remedy, or read within the limits."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.pipeline import read_documents
from ingest.records import Document, Limits, RawDocument, Source
from tests.ingest.books import CONTAINER, OBFUSCATED, chapter, epub, nav
from tests.ingest.web.test_epub import COSTS, GAUGES, labels, read, texts

ONE = {"one.xhtml": chapter(GAUGES)}
LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(12)) + "]>"


def refused(data: bytes, error: type[IngestError], limits: Limits = Limits()) -> IngestError:
    with pytest.raises(error) as found:
        read(data, limits)
    assert found.value.file == "/papers/plan.epub"
    assert len(found.value.remedy) > 8
    return found.value


@pytest.mark.parametrize("method", ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"])
def test_a_book_whose_fonts_alone_are_obfuscated_is_read(method: str) -> None:
    more = {"META-INF/encryption.xml": OBFUSCATED.format(method=method, part="font.otf")}
    assert len(texts(read(epub(ONE, more=more)))) == 2


def test_a_book_under_rights_management_is_refused() -> None:
    method = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
    error = refused(epub(ONE, more={"META-INF/encryption.xml": OBFUSCATED.format(method=method, part="one.xhtml")}), EncryptedFileError)
    assert "DRM" in error.reason
    assert "publisher" in error.remedy
    unnamed = OBFUSCATED.format(method=method, part="one.xhtml").replace(f'<enc:EncryptionMethod Algorithm="{method}"/>', "")
    refused(epub(ONE, more={"META-INF/encryption.xml": unnamed}), EncryptedFileError)
    refused(epub(ONE, more={"META-INF/encryption.xml": "\0\1"}), DamagedFileError)


def test_a_book_without_its_container_is_read_from_its_only_package_document_or_refused() -> None:
    assert len(texts(read(epub(ONE, container=None)))) == 2
    assert len(texts(read(epub(ONE, container="<container/>")))) == 2
    error = refused(epub(ONE, container=None, more={"OEBPS/other.opf": "<package/>"}), DamagedFileError)
    assert "META-INF/container.xml" in error.reason


def test_paths_that_lead_out_of_the_book_give_nothing_and_are_said(tmp_path: Path) -> None:
    outside = tmp_path / "secret.xhtml"
    outside.write_text(chapter("<p>the secret of another file</p>"), encoding="utf-8")
    refused(epub(ONE, container=CONTAINER.format(path=f"../..{tmp_path}/x.opf"), more={"OEBPS/other.opf": "<package/>"}), DamagedFileError)
    for href in (f"../../../..{outside}", f"file://{outside}", f"/{outside}", "http://192.0.2.1/x.xhtml"):
        items = f'<item id="i-out" href="{href}" media-type="application/xhtml+xml"/>'
        document = read(epub(ONE, items=items, package=None, more={f"..{outside}": outside.read_bytes()}))
        assert len(texts(document)) == 2
        package = (
            '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>'
            f'{items}</manifest><spine><itemref idref="i-out"/><itemref idref="a"/></spine></package>'
        )
        document = read(epub(ONE, package=package, more={f"..{outside}": outside.read_bytes()}))
        assert [bool(page.note) for page in document.pages] == [True, False]
        assert "secret of another" not in " ".join(texts(document))


def test_a_chapter_that_is_missing_is_said_on_its_page_and_the_others_are_read() -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    document = read(epub(ONE, package=package))
    assert [(page.method, "gone.xhtml is missing" in page.note) for page in document.pages] == [("markup", False), ("none", True)]
    refused(epub({}, package=package), DamagedFileError)


def test_a_book_of_pictures_says_what_to_do_and_a_page_that_is_a_picture_is_counted() -> None:
    picture = chapter('<svg xmlns="http://www.w3.org/2000/svg"><image href="1.jpg"/></svg>')
    error = refused(epub({"one.xhtml": picture, "two.xhtml": chapter('<img src="2.jpg"/>')}), EmptyFileError)
    assert "2 pages" in error.reason
    assert "OCR" in error.remedy
    note = read(epub({**ONE, "two.xhtml": picture})).pages[0].note
    assert "1 page" in note


def test_entities_are_refused_in_each_part_and_never_expanded() -> None:
    bomb = LAUGHS + "<html><body><p>&a11;</p></body></html>"
    for data in (
        epub({"one.xhtml": bomb}),
        epub({"one.xhtml": " " * 9000 + bomb}),
        epub(ONE, package=LAUGHS + "<package>&a11;</package>"),
        epub(ONE, nav_document=LAUGHS + "<nav>&a11;</nav>"),
        epub(ONE, container=LAUGHS + "<container>&a11;</container>"),
        epub({"one.xhtml": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p></body></html>'}),
    ):
        assert "entities" in refused(data, DamagedFileError).reason


def test_bombs_and_books_over_a_limit_are_too_large() -> None:
    refused(epub({"one.xhtml": chapter("<p>" + " " * 30_000_000 + "</p>")}), TooLargeError)
    refused(epub(ONE, more={"OEBPS/font.otf": b"x" * 5000}), TooLargeError, Limits(max_expanded_bytes=4000))
    many = {f"{at}.xhtml": chapter(f"<h1>{at}</h1><p>Words.</p>") for at in range(12)}
    refused(epub(many), TooLargeError, Limits(max_pages=11))
    assert len(read(epub(many), Limits(max_pages=12)).pages) == 12


def test_an_encrypted_zip_and_a_book_without_text_are_refused() -> None:
    data = bytearray(epub(ONE))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + offset] |= 1
    refused(bytes(data), EncryptedFileError)
    refused(epub({"one.xhtml": chapter("<p> </p>")}), EmptyFileError)
    refused(epub({}), DamagedFileError)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_book_is_refused_and_the_batch_goes_on(tmp_path: Path, share: float) -> None:
    data = epub({**ONE, "two.xhtml": chapter(COSTS)})
    (tmp_path / "a.epub").write_bytes(data[: int(len(data) * share)])
    (tmp_path / "b.epub").write_bytes(data)
    first, second = read_documents([tmp_path])
    assert isinstance(first, DamagedFileError)
    assert "EPUB" in first.reason
    assert first.file == str(tmp_path / "a.epub")
    assert isinstance(second, Document)


def test_a_chapter_with_a_broken_checksum_is_named() -> None:
    data = bytearray(epub(ONE))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("OEBPS/one.xhtml")
    data[info.header_offset + 30 + len(info.filename) + 5] ^= 0xFF
    assert "one.xhtml" in refused(bytes(data), DamagedFileError).reason


@pytest.mark.parametrize("name", ["plan.epub", "plan.docx", "plan", "plan.zip", "plan.txt"])
def test_a_book_is_a_book_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(epub(ONE))
    (source,) = discover([path], Limits())
    assert isinstance(source, Source)
    assert source.media == "epub"


def test_what_is_only_named_like_a_book_is_refused(tmp_path: Path) -> None:
    files = {"a.epub": b"plain words of a memo", "b.epub": b"<html><body>Please sign in.</body></html>", "c.epub": bytes(range(256)) * 40}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("readme.txt", "words")
    for name, data in {**files, "d.epub": held.getvalue()}.items():
        (tmp_path / name).write_bytes(data)
    for error in discover([tmp_path], Limits()):
        assert isinstance(error, DamagedFileError)
        assert "EPUB" in error.reason


def test_another_package_of_that_kind_is_no_book(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", "application/vnd.adobe.indesign-idml-package")
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("META-INF/MANIFEST.MF", "")
    (tmp_path / "a.idml").write_bytes(held.getvalue())
    (error,) = discover([tmp_path / "a.idml"], Limits())
    assert isinstance(error, UnsupportedFormatError)


def test_a_book_in_an_archive_counts_with_what_it_expands_to(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("plan.epub", epub({"one.xhtml": chapter(GAUGES * 300)}))
    (tmp_path / "papers.zip").write_bytes(held.getvalue())
    (found,) = discover([tmp_path / "papers.zip"], Limits())
    assert isinstance(found, Source)
    assert (found.uri.rpartition(" › ")[2], found.media) == ("plan.epub", "epub")
    assert isinstance(list(discover([tmp_path / "papers.zip"], Limits(max_expanded_bytes=15_000)))[-1], TooLargeError)


def test_a_table_of_contents_nested_thousands_deep_is_no_harm() -> None:
    deep = chapter('<nav epub:type="toc">' + "<ol><li>" * 3000 + '<a href="one.xhtml">x</a>' + "</li></ol>" * 3000 + "</nav>")
    document: RawDocument = read(epub(ONE, nav_document=deep))
    assert labels(document) == ["1"]
    assert nav([]) != deep
