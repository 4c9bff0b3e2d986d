"""The dispatcher reads a file once and gives it to the reader of its media."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.errors import EmptyFileError, NotFoundError, TooLargeError
from ingest.parse.dispatch import read
from ingest.records import Limits, Source
from tests.ingest.test_discover import HTML, docx_bytes


def source(path: Path, media: str, data: bytes) -> Source:
    path.write_bytes(data)
    return Source(str(path), hashlib.sha256(data).hexdigest(), media, len(data))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("media", "data", "role", "text"),
    [
        ("text", b"Plain words.", "paragraph", "Plain words."),
        ("markdown", b"## Scope", "heading", "Scope"),
        ("html", HTML, "paragraph", "Please sign in."),
        ("docx", docx_bytes("Article 1. Purpose"), "paragraph", "Article 1. Purpose"),
    ],
)
def test_each_media_has_its_reader(tmp_path: Path, media: str, data: bytes, role: str, text: str) -> None:
    given = source(tmp_path / "file", media, data)
    document = read(given, Limits())
    (page,) = document.pages
    assert document.source is given
    assert (page.number, page.label, page.method) == (1, "1", "markup")
    assert [(block.role, block.text) for block in page.blocks] == [(role, text)]


def test_a_file_that_went_away_is_not_found(tmp_path: Path) -> None:
    given = source(tmp_path / "a.txt", "text", b"words")
    Path(given.uri).unlink()
    with pytest.raises(NotFoundError, match="No such file"):
        read(given, Limits())


def test_a_file_that_changed_to_nothing_is_empty(tmp_path: Path) -> None:
    given = source(tmp_path / "a.txt", "text", b"")
    with pytest.raises(EmptyFileError):
        read(given, Limits())


def test_a_file_that_grew_over_the_limit_is_too_large(tmp_path: Path) -> None:
    given = source(tmp_path / "a.txt", "text", b"x" * 11)
    with pytest.raises(TooLargeError):
        read(given, Limits(max_bytes=10))
