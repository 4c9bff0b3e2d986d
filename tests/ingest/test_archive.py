"""A ZIP archive: its members are documents, and nothing it holds can do harm."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.containers import contents
from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError, TooLargeError
from ingest.parse.archive import members
from ingest.records import Limits, Source

WORDS = b"Article 1. The Parties shall meet twice a year."


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def found(folder: Path, data: bytes, name: str = "papers.zip", limits: Limits = Limits()) -> list[Source | IngestError]:
    path = folder / name
    path.write_bytes(data)
    return list(discover([path], limits))


def names(items: list[Source | IngestError], folder: Path) -> list[str]:
    return [(item.file if isinstance(item, IngestError) else item.uri).removeprefix(f"{folder}/") for item in items]


def test_members_become_documents_named_by_archive_and_path(tmp_path: Path) -> None:
    items = found(
        tmp_path, packed({"a/": b"", "a/one.txt": WORDS, "करार.md": b"# Agreement\n", "a/two.html": b"<html><p>Words</p></html>"})
    )
    assert names(items, tmp_path) == ["papers.zip › a/one.txt", "papers.zip › करार.md", "papers.zip › a/two.html"]
    assert [item.media for item in items if isinstance(item, Source)] == ["text", "markdown", "html"]
    first = items[0]
    assert isinstance(first, Source)
    assert contents(first, Limits()) == WORDS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["papers.zip"]


def test_a_bad_member_is_rejected_by_name_and_the_others_go_on(tmp_path: Path) -> None:
    data = packed({"one.txt": WORDS, "empty.pdf": b"", "bad.txt": b"BAD" * 30, "four.txt": WORDS}, zipfile.ZIP_STORED)
    items = found(tmp_path, data.replace(b"BADBAD", b"BADbad", 1))
    assert [type(item).__name__ for item in items] == ["Source", "EmptyFileError", "DamagedFileError", "Source"]
    assert names(items, tmp_path)[2] == "papers.zip › bad.txt"


def test_what_is_no_document_is_passed_over(tmp_path: Path) -> None:
    data = packed({"__MACOSX/._a.txt": b"x", ".hidden.txt": b"x", "code/a.py": b"x = 1", "Thumbs.db": b"x", "a.txt": WORDS})
    assert names(found(tmp_path, data), tmp_path) == ["papers.zip › a.txt"]
    assert isinstance(found(tmp_path, packed({"a.py": b"x = 1"}))[0], EmptyFileError)
    assert isinstance(found(tmp_path, packed({}))[0], EmptyFileError)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/srv/.ssh/../a.txt", None),
        ("C:\\Users\\x\\a.txt", "Users/x/a.txt"),
        ("..\\..\\a.txt", "a.txt"),
        ("a\x1b[31m.txt", "a[31m.txt"),
    ],
)
def test_a_name_with_steps_out_of_the_archive_is_only_a_name(tmp_path: Path, name: str, shown: str | None) -> None:
    before = set(tmp_path.parent.rglob("*"))
    items = found(tmp_path, packed({name: WORDS}))
    assert set(tmp_path.parent.rglob("*")) - before == {tmp_path / "papers.zip"}
    if shown is None:
        assert isinstance(items[0], EmptyFileError)
    else:
        assert names(items, tmp_path) == [f"papers.zip › {shown}"]


def test_two_members_of_one_name_are_numbered(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", b"first words")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", b"other words")
    items = found(tmp_path, stream.getvalue())
    assert names(items, tmp_path) == ["papers.zip › a.txt", "papers.zip › a (2).txt"]
    assert [contents(item, Limits()) for item in items if isinstance(item, Source)] == [b"first words", b"other words"]


def renamed(data: bytes, placeholder: bytes, name: bytes) -> bytes:
    """The archive with a member's name in other bytes, unmarked as programs of old write them."""
    if len(placeholder) != len(name):
        raise ValueError("the placeholder must be as long as the name")
    return data.replace(placeholder, name)


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "करार.txt"), ("cp932", "協定書.txt"), ("cp932", "ごみ処理.txt"), ("cp437", "Überblick né.txt")]
)
def test_names_are_read_in_the_encoding_they_were_written_in(tmp_path: Path, encoding: str, name: str) -> None:
    raw = name.encode(encoding)
    data = renamed(packed({"x" * len(raw): WORDS}), b"x" * len(raw), raw)
    assert names(found(tmp_path, data), tmp_path) == [f"papers.zip › {name}"]


def test_an_encrypted_archive_is_a_clear_error_and_one_encrypted_member_is_rejected_alone(tmp_path: Path) -> None:
    data = bytearray(packed({"a.txt": WORDS}))
    whole = found(tmp_path, encrypted(bytes(data), [0]))
    assert [type(item) for item in whole] == [EncryptedFileError]
    assert names(whole, tmp_path) == ["papers.zip"]
    one = found(tmp_path, encrypted(packed({"a.txt": WORDS, "b.txt": WORDS}), [0]))
    assert [type(item).__name__ for item in one] == ["EncryptedFileError", "Source"]


def encrypted(data: bytes, which: list[int]) -> bytes:
    """Sets the flag of encryption in the headers of some members."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at, count = -1, -1
        while (at := changed.find(signature, at + 1)) >= 0:
            count += 1
            if count in which:
                changed[at + offset] |= 1
    return bytes(changed)


def test_a_member_that_expands_beyond_reason_is_refused(tmp_path: Path) -> None:
    items = found(tmp_path, packed({"bomb.txt": b"0" * 20_000_000, "a.txt": WORDS}))
    assert [type(item).__name__ for item in items] == ["TooLargeError", "Source"]


def test_members_that_are_too_much_together_are_refused(tmp_path: Path) -> None:
    data = packed({f"{at}.txt": b"w" * 1000 for at in range(5)}, zipfile.ZIP_STORED)
    assert isinstance(found(tmp_path, data, limits=Limits(max_expanded_bytes=4000))[0], TooLargeError)
    assert isinstance(found(tmp_path, data, limits=Limits(max_members=4))[0], TooLargeError)
    assert isinstance(found(tmp_path, data, limits=Limits(max_bytes=10_000))[0], Source)


def test_a_size_that_lies_does_not_unpack_more_than_it_says(tmp_path: Path) -> None:
    data = bytearray(packed({"a.txt": b"0" * 50_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(signature) + offset, 100)
    items = found(tmp_path, bytes(data))
    assert [type(item) for item in items] == [DamagedFileError]


def test_archives_in_archives_are_read_to_a_depth_and_no_further(tmp_path: Path) -> None:
    inner = packed({"deep.txt": WORDS})
    items = found(tmp_path, packed({"inner.zip": inner, "z.txt": WORDS}))
    assert names(items, tmp_path) == ["papers.zip › inner.zip › deep.txt", "papers.zip › z.txt"]
    deep = items[0]
    assert isinstance(deep, Source)
    assert contents(deep, Limits()) == WORDS
    for level in range(5):
        inner = packed({f"{level}.zip": inner})
    (refused,) = found(tmp_path, inner)
    assert isinstance(refused, TooLargeError)


def test_what_nested_archives_expand_to_counts_together(tmp_path: Path) -> None:
    inner = packed({"a.txt": bytes(range(256)) * 4})
    data = packed({f"{at}.zip": inner for at in range(6)})
    items = found(tmp_path, data, limits=Limits(max_expanded_bytes=4000))
    assert any(isinstance(item, TooLargeError) for item in items)
    assert sum(isinstance(item, Source) for item in items) < 6


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_archive_is_damaged(tmp_path: Path, share: float) -> None:
    data = packed({"a.txt": WORDS, "b.txt": WORDS})
    (item,) = found(tmp_path, data[: int(len(data) * share)])
    assert isinstance(item, DamagedFileError)


def test_a_page_saved_under_the_name_of_an_archive_is_a_failed_download(tmp_path: Path) -> None:
    (item,) = found(tmp_path, b"<!DOCTYPE html><html><p>Please sign in.</p></html>")
    assert isinstance(item, DamagedFileError)


def test_a_member_of_an_archive_that_changed_since_is_not_taken_for_another(tmp_path: Path) -> None:
    (item,) = found(tmp_path, packed({"a.txt": WORDS}))
    assert isinstance(item, Source)
    (tmp_path / "papers.zip").write_bytes(packed({"a.txt": b"other words"}))
    with pytest.raises(DamagedFileError, match="changed"):
        contents(item, Limits())


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_damage_to_an_archive_escapes_as_anything_but_our_errors(junk: bytes, at: int) -> None:
    data = packed({"a.txt": WORDS, "b/c.txt": WORDS * 5})
    damaged = data[:at] + junk + data[at + len(junk) :]
    with contextlib.suppress(IngestError):
        for member in members(io.BytesIO(damaged), "/a.zip", Limits()):
            assert isinstance(member, IngestError) or member.name
