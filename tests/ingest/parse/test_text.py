"""Plain text and Markdown, in the encodings that people save them in."""

from __future__ import annotations

from datetime import date

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


def test_blank_lines_part_paragraphs_and_form_feeds_part_pages() -> None:
    document = text("One.\r\n\r\nTwo.\f\nThree.\f")
    assert [(page.number, page.label, page.method, [block.text for block in page.blocks]) for page in document.pages] == [
        (1, "1", "markup", ["One.", "Two."]),
        (2, "2", "markup", ["Three."]),
    ]


def test_lines_that_an_editor_wrapped_are_joined_again() -> None:
    wrapped = (
        "The Government of the first country and the Government of the second\n"
        "country, wishing to cooperate in the field of water supply, have\n"
        "agreed as follows:\n"
        "(1) The sides shall exchange engineers, reports and the results of\n"
        "measurements once in every quarter.\n"
        "(2) Costs are shared.\n"
    )
    assert lines(text(wrapped)) == [
        "The Government of the first country and the Government of the second country, wishing to cooperate in the field of water supply,"
        " have agreed as follows:",
        "(1) The sides shall exchange engineers, reports and the results of measurements once in every quarter.",
        "(2) Costs are shared.",
    ]


def test_lines_that_are_paragraphs_of_their_own_stay_apart() -> None:
    assert lines(text("第一条\nこの協定は署名の日に効力を生ずる。\n第二条\n両国は費用を分担する。\n")) == [
        "第一条",
        "この協定は署名の日に効力を生ずる。",
        "第二条",
        "両国は費用を分担する。",
    ]


def test_wrapped_japanese_is_joined_without_spaces() -> None:
    line = "両国は水道の技術を共有し技術者を交換し報告を四半期ごとに行うものとし費用を"
    assert lines(text(f"{line}\n{line}\n{line}\n分担する。\n")) == [line * 3 + "分担する。"]


def test_bullets_become_list_items_and_numbers_stay() -> None:
    assert blocks(text("- water\n• roads\n(a) staff\n")) == [
        ("list_item", 0, "water"),
        ("list_item", 0, "roads"),
        ("paragraph", 0, "(a) staff"),
    ]


def test_lines_with_tabs_are_a_table() -> None:
    assert lines(text("No.\tRecord\tYears\n1\tBirths\t30\n2\tDeaths\t20\n")) == [
        "No.: 1 · Record: Births · Years: 30",
        "No.: 2 · Record: Deaths · Years: 20",
    ]


@pytest.mark.parametrize("empty", [" \n\t\n ", "\ufeff", "\f\f"])
def test_white_space_is_empty(empty: str) -> None:
    with pytest.raises(EmptyFileError):
        text(empty)


def test_more_pages_than_the_limit_are_too_large() -> None:
    with pytest.raises(TooLargeError):
        text("a\fb\fc", Limits(max_pages=2))


def test_plain_text_is_not_taken_for_news_by_a_single_sign() -> None:
    assert text("Published on\n\nThe report.").hints == Hints()


def test_markdown_headings_lists_tables_and_links() -> None:
    document = markdown(
        "# Policy\n\nScope\n-----\n\nSee the [agreement](http://x.test/a) of\n*both* sides.\n\n3. water\n4. roads\n\n- staff\n\n"
        "| No. | Record |\n|---|---|\n| 1 | Births |\n\n```\ncode line\n```\n\n| **x** |\n"
    )
    assert blocks(document)[:8] == [
        ("heading", 1, "Policy"),
        ("heading", 2, "Scope"),
        ("paragraph", 0, "See the agreement of both sides."),
        ("list_item", 0, "3. water"),
        ("list_item", 0, "4. roads"),
        ("list_item", 0, "staff"),
        ("table_row", 0, "No.: 1 · Record: Births"),
        ("paragraph", 0, "code line"),
    ]
    assert document.hints.title == "Policy"


def test_an_html_table_in_markdown_is_read() -> None:
    assert lines(markdown("Text.\n\n<table><tr><th>City</th><th>Area</th></tr><tr><td>Thane</td><td>water</td></tr></table>\n")) == [
        "Text.",
        "City: Thane · Area: water",
    ]


def test_a_bold_line_before_text_is_a_heading_and_a_bold_title_page_is_not() -> None:
    title_page = "**MEMORANDUM**\n\n**between**\n\n**A and B**\n\n"
    document = markdown(f"{title_page}The sides agree.\n\n**OBJECTIVE**\n\nTo share water.\n\n**Signed.**\n")
    assert blocks(document) == [
        ("paragraph", 0, "MEMORANDUM"),
        ("paragraph", 0, "between"),
        ("paragraph", 0, "A and B"),
        ("paragraph", 0, "The sides agree."),
        ("heading", 2, "OBJECTIVE"),
        ("paragraph", 0, "To share water."),
        ("paragraph", 0, "Signed."),
    ]


def test_a_bold_lead_before_a_hard_break_is_a_heading() -> None:
    assert blocks(markdown("Intro.\n\n**I. Purpose**  \nTo share water.\n")) == [
        ("paragraph", 0, "Intro."),
        ("heading", 2, "I. Purpose"),
        ("paragraph", 0, "To share water."),
    ]


def test_front_matter_becomes_hints_and_no_text() -> None:
    document = markdown(
        "---\ntitle: \"Leaders\\u2019 Joint\\_Statement\"\ndate: '2025-02-07'\npublisher: Example Ministry\nauthor: [A. Rao, B. Ito]\n"
        "lang: en\nkind: agreement\n---\nText.\n"
    )
    assert lines(document) == ["Text."]
    assert document.hints == Hints(
        "Leaders’ Joint Statement", "Example Ministry", ("A. Rao", "B. Ito"), date(2025, 2, 7), "en", "agreement"
    )


def test_front_matter_may_go_on_over_lines_and_holds_no_impossible_date() -> None:
    hints = markdown("---\ntitle: Memorandum of\n  Understanding\ndate: 2025-02-30\nkind: poem\n---\nText.\n").hints
    assert hints == Hints(title="Memorandum of Understanding")


def test_columns_parted_by_blanks_are_rows() -> None:
    drawn = "Prices\n\n  Berth     Boat        Fee a month\n  --------------------------------\n"
    drawn += "  1 to 4    dinghy      Rs 300\n  5         trawler     Rs 2,400\n"
    assert blocks(text(drawn)) == [
        ("paragraph", 0, "Prices"),
        ("table_row", 0, "Berth: 1 to 4 · Boat: dinghy · Fee a month: Rs 300"),
        ("table_row", 0, "Berth: 5 · Boat: trawler · Fee a month: Rs 2,400"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        "Asha Rao      For the Port\nDirector      Harbour Master\nSalmora       Tindavi\n",  # signatures side by side
        "It rains.  It rains on.  It never stops.\nThe sun came out.\n",
    ],
)
def test_blanks_alone_make_no_table(data: str) -> None:
    assert all(role == "paragraph" for role, _, _ in blocks(text(data)))
