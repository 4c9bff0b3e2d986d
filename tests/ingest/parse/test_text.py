"""Plain text and Markdown, in the encodings that people save them in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.parse.markdown import read_markdown
from ingest.parse.text import decode, read_text
from ingest.records import Hints, Limits, RawDocument, Source

JAPANESE = "両国は、水道の技術を共有する。\nこの協定は、署名の日に効力を生ずる。\n"
MARATHI = "दोन्ही पक्ष पाणीपुरवठ्याचे तंत्रज्ञान सामायिक करतील.\nहा करार स्वाक्षरीच्या दिवशी अंमलात येईल.\n"


def text(data: str | bytes, limits: Limits = Limits()) -> RawDocument:
    raw = data.encode() if isinstance(data, str) else data
    return read_text(raw, Source("/papers/a.txt", "0" * 64, "text", len(raw)), limits)


def markdown(data: str) -> RawDocument:
    raw = data.encode()
    return read_markdown(raw, Source("/papers/a.md", "0" * 64, "markdown", len(raw)), Limits())


def lines(document: RawDocument) -> list[str]:
    return [block.text for page in document.pages for block in page.blocks]


def blocks(document: RawDocument) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.text) for page in document.pages for block in page.blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "iso2022_jp"])
def test_japanese_is_read_in_any_of_its_encodings(encoding: str) -> None:
    decoded = decode(JAPANESE.encode(encoding))
    assert decoded is not None
    assert (decoded.text, decoded.lost, decoded.guessed) == (JAPANESE, 0, False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marathi_is_read_in_any_of_its_encodings(encoding: str) -> None:
    decoded = decode(MARATHI.encode(encoding))
    assert decoded is not None
    assert decoded.text == MARATHI


def test_windows_1252_is_a_guess_and_the_page_says_so() -> None:
    document = text("Café in Zürich – “agreed”.".encode("cp1252"))
    assert lines(document) == ["Café in Zürich – “agreed”."]
    assert "UTF-8" in document.pages[0].note


def test_a_few_broken_bytes_in_utf_8_are_counted_and_do_not_turn_the_rest_into_rubbish() -> None:
    data = MARATHI.encode()
    document = text(data[:100] + b"\xff" + data[100:] if data[100] & 0xC0 != 0x80 else data[:99] + b"\xff" + data[99:])
    (page,) = document.pages
    assert "पाणीपुरवठ्याचे" in page.blocks[0].text
    assert page.note.startswith("1 characters are damaged")
    assert 0.9 < page.quality < 1


def test_a_stray_zero_byte_does_not_make_a_text_unreadable() -> None:
    damaged = (MARATHI * 3).encode() + b"\x00"
    assert lines(text(damaged)) == [line for line in MARATHI.split("\n") if line] * 3


def test_a_mostly_ascii_text_with_a_damaged_byte_is_read_and_says_so() -> None:
    document = text(b"The sides \xe2\x80\x9cshall\xe2\x80\x9d cooperate. \x8d" + b" More words." * 50)
    assert "“shall”" in document.pages[0].blocks[0].text
    assert document.pages[0].note.startswith("1 characters are damaged (utf-8)")


def test_binary_data_is_not_text() -> None:
    assert decode(bytes(range(256)) * 20) is None
    with pytest.raises(UnsupportedFormatError, match=r"a\.txt"):
        text(bytes(range(256)) * 20)


@given(st.text(alphabet=st.characters(categories=["L", "Mn", "Mc", "Nd", "Zs"]), min_size=1))
def test_utf_8_text_is_always_read_as_it_is(original: str) -> None:
    decoded = decode(original.encode())
    assert decoded is not None
    assert decoded.text == original.removeprefix("\ufeff")


@pytest.mark.parametrize("empty", [" \n\t\n ", "\ufeff", "\f\f"])
def test_white_space_is_empty(empty: str) -> None:
    with pytest.raises(EmptyFileError):
        text(empty)


def test_more_pages_than_the_limit_are_too_large() -> None:
    with pytest.raises(TooLargeError):
        text("a\fb\fc", Limits(max_pages=2))


def test_plain_text_is_not_taken_for_news_by_a_single_sign() -> None:
    assert text("Published on\n\nThe report.").hints == Hints()
