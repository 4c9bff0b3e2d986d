from __future__ import annotations

from pathlib import Path

import pytest

from ingest import pipeline
from ingest.errors import DamagedFileError, EmptyFileError, IngestError, NotFoundError
from ingest.pipeline import read_documents
from ingest.records import Document, Limits, RawBlock, RawDocument, RawPage, Source

TEXT = "The Ministry and the City agreed on flood warning along the river.\n"


def files(folder: Path, count: int) -> None:
    for n in range(count):
        (folder / f"paper{n:02}.txt").write_text(f"{TEXT} Paper {n}.", encoding="utf-8")


def test_one_bad_file_among_twenty_is_rejected_and_the_rest_is_read(tmp_path: Path) -> None:
    files(tmp_path, 19)
    (tmp_path / "paper10a.pdf").write_bytes(b"%PDF-1.7\ntruncated")
    found = list(read_documents([tmp_path]))
    assert sum(isinstance(f, Document) for f in found) == 19
    (error,) = [f for f in found if isinstance(f, IngestError)]
    assert error.file.endswith("paper10a.pdf")
    assert error.reason
    assert error.remedy


def test_a_path_that_does_not_exist_is_yielded_as_an_error(tmp_path: Path) -> None:
    (error,) = read_documents([tmp_path / "nowhere.pdf"])
    assert isinstance(error, NotFoundError)


def test_a_known_file_is_yielded_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, 2)
    monkeypatch.setattr(pipeline, "read", lambda *_: pytest.fail("a known file was read"))
    found = list(read_documents([tmp_path], known=lambda source: True))
    assert [Path(f.uri).name for f in found if isinstance(f, Source)] == ["paper00.txt", "paper01.txt"]


def test_what_a_reader_library_throws_becomes_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, 3)
    genuine = pipeline.read

    def read(source: Source, limits: Limits) -> RawDocument:
        if source.uri.endswith("paper01.txt"):
            raise ZeroDivisionError("font of no width")
        return genuine(source, limits)

    monkeypatch.setattr(pipeline, "read", read)
    first, second, third = read_documents([tmp_path])
    assert isinstance(first, Document)
    assert isinstance(third, Document)
    assert isinstance(second, DamagedFileError)
    assert isinstance(second.__cause__, ZeroDivisionError)
    assert "font of no width" in second.reason


def test_pages_that_nobody_has_read_are_kept_with_their_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, 1)
    page = RawPage(1, "i", (), "none", 0.0, "Install tesseract-ocr-mar to read this page.")
    monkeypatch.setattr(pipeline, "read", lambda source, limits: RawDocument(source, (page,)))
    (document,) = read_documents([tmp_path])
    assert isinstance(document, Document)
    assert document.chunks == ()
    assert document.pages[0].note == "Install tesseract-ocr-mar to read this page."
    assert document.facts.title == "paper00"


def test_a_document_without_text_and_without_images_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, 1)
    page = RawPage(1, "1", (RawBlock(" \u200b "),), "markup")
    monkeypatch.setattr(pipeline, "read", lambda source, limits: RawDocument(source, (page,)))
    (error,) = read_documents([tmp_path])
    assert isinstance(error, EmptyFileError)


def test_the_callers_kind_reaches_the_document(tmp_path: Path) -> None:
    files(tmp_path, 1)
    (document,) = read_documents([tmp_path], kind="agreement")
    assert isinstance(document, Document)
    assert document.facts.kind == "agreement"
