from __future__ import annotations

import string
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.read.pdf_layout import Typography, blocks, join
from ingest.read.pdf_lines import Line
from ingest.read.pdf_margins import Sheet, without_running_lines
from ingest.read.pdf_text import Glyph
from ingest.read.pdf_trust import trust
from ingest.read.pdf_weave import woven
from ingest.read.radicals import fold


def line(text: str, x: float, y: float, *, size: float = 10.0, follows: bool = False, artifact: bool = False, width: float = 0) -> Line:
    return Line(text, x, y, x + (width or 5 * len(text)), y + size, size, follows=follows, artifact=artifact)


def plain(lines: Sequence[Line]) -> list[str]:
    return [block.text for block in blocks(lines, Typography.of([lines]))]


def test_japanese_lines_join_without_a_space_and_devanagari_lines_with_one() -> None:
    assert join(["国土交", "通省"], frozenset()) == "国土交通省"
    assert join(["保存期間は24", "時間"], frozenset()) == "保存期間は24時間"
    assert join(["सेवा मिळाव्यात", "यासाठी"], frozenset()) == "सेवा मिळाव्यात यासाठी"


@pytest.mark.parametrize(
    ("parts", "words", "joined"),
    [
        (["infor-", "mation"], set(), "information"),
        (["infor\u00ad", "mation"], set(), "information"),
        (["best-", "practice"], {"best-practice"}, "best-practice"),
        (["co-", "operation"], {"co-operation", "cooperation"}, "cooperation"),
        (["2025-", "26"], set(), "2025-26"),
        (["Majiwada-", "Manpada"], set(), "Majiwada-Manpada"),
        (["ज्ञान-", "विनिमय"], set(), "ज्ञान-विनिमय"),
        (["one -", "two"], set(), "one - two"),
    ],
)
def test_hyphens_at_line_ends(parts: list[str], words: set[str], joined: str) -> None:
    assert join(parts, words) == joined


def test_a_cell_of_two_lines_stays_one_cell() -> None:
    # As LibreOffice writes it: the second line of a cell comes before the next cell.
    lines = [
        line("No.", 50, 100), line("Category of", 120, 100, follows=True), line("record", 120, 112), line("Period", 260, 100),
        line("1", 50, 130), line("Birth and", 120, 130, follows=True), line("death", 120, 142), line("Permanent", 260, 130),
    ]  # fmt: skip
    assert plain(lines) == ["No.\tCategory of record\tPeriod", "1\tBirth and death\tPermanent"]


def test_a_loosely_set_line_is_no_table() -> None:
    lines = [
        line("The Corporation recognises", 50, 100), line("that efficient services depend", 195, 100, follows=True),
        line("on the trust of all residents of the city and its wards.", 50, 114, width=295),
    ]  # fmt: skip
    assert plain(lines) == [
        "The Corporation recognises that efficient services depend on the trust of all residents of the city and its wards."
    ]


def test_a_marker_set_apart_from_its_item_stays_with_it() -> None:
    assert plain([line("(1)", 50, 100), line("The purpose is peace.", 110, 100, follows=True)]) == ["(1) The purpose is peace."]


def test_rows_that_count_on_are_not_run_together() -> None:
    rows = [f"{number} W-{number:02} 10371 12401 {number}.7" for number in (8, 9, 10, 11)]
    assert plain([line(row, 50, 100 + 12 * at, width=120) for at, row in enumerate(rows)]) == rows


def test_a_bullet_is_taken_off_a_list_item() -> None:
    lines = [line("• pumps", 50, 100)]
    assert [(block.role, block.text) for block in blocks(lines, Typography.of([lines]))] == [("list_item", "pumps")]


def test_lines_that_the_file_marks_as_artifacts_are_dropped_only_in_the_margins() -> None:
    lines = (line("Gazette", 50, 20, artifact=True), line("DRAFT", 50, 400, artifact=True), line("Text.", 50, 420))
    assert [kept.text for kept in without_running_lines([Sheet(lines, 600, 800)])[0]] == ["DRAFT", "Text."]


def test_a_header_that_ocr_misread_on_one_page_is_still_a_header() -> None:
    pages = [
        Sheet((line(text, 50, 30), line("Text that stays.", 50, 400)), 600, 800, scanned=True)
        for text in ("Municipal Digital Governance", "Municipa1 Digital Govemance")
    ]
    assert [[kept.text for kept in page] for page in without_running_lines(pages)] == [["Text that stays."]] * 2


@pytest.mark.parametrize("number", ["7", "- 7 -", "Page 7 of 12", "पृष्ठ 1 / 2", "पृष्ठ ७", "ページ 3", "xii", "A-1", "3/10"])
def test_page_numbers_are_known_in_our_languages(number: str) -> None:
    sheet = Sheet((line("Text that stays.", 50, 400), line(number, 290, 780)), 600, 800)
    assert [kept.text for kept in without_running_lines([sheet])[0]] == ["Text that stays."]


@pytest.mark.parametrize("text", ["कलम ३", "Article 4", "附則", "2025 saw 3 floods", "第3条"])
def test_other_short_lines_at_the_edge_are_kept(text: str) -> None:
    sheet = Sheet((line("Text that stays.", 50, 400), line(text, 290, 780)), 600, 800)
    assert [kept.text for kept in without_running_lines([sheet])[0]] == ["Text that stays.", text]


def glyphs(text: str, x: float, *, before: str = "") -> list[Glyph]:
    """A run of letters, each 5 points wide."""
    return [
        Glyph(letter, x + 5 * at, 90, x + 5 * at + 5, 100, 100, 10, False, False, "" if at else before) for at, letter in enumerate(text)
    ]


def shown(run: Sequence[Glyph]) -> str:
    return "".join(glyph.before + glyph.text for glyph in run)


def test_a_word_written_after_the_brackets_around_it_is_put_between_them() -> None:
    run = [*glyphs("से", 50), *glyphs("(", 70, before=" "), *glyphs(")", 95, before=" "), *glyphs("MLIT", 75), *glyphs("झ", 110, before=" ")]
    assert shown(woven(run)) == "से (MLIT) झ"


def test_a_run_that_goes_back_over_other_letters_keeps_its_place() -> None:
    run = [*glyphs("abcdef", 50), *glyphs("xy", 55)]
    assert shown(woven(run)) == "abcdefxy"


@given(st.lists(st.tuples(st.text("abcकि", min_size=1, max_size=4), st.integers(0, 100), st.sampled_from(["", " ", "\n"])), max_size=8))
def test_weaving_loses_and_repeats_no_glyph(parts: list[tuple[str, int, str]]) -> None:
    run = [glyph for text, x, before in parts for glyph in glyphs(text, x, before=before)]
    place = [(glyph.text, glyph.x0) for glyph in run]
    assert sorted((glyph.text, glyph.x0) for glyph in woven(run)) == sorted(place)


@given(
    st.lists(
        st.tuples(
            st.text(string.ascii_letters + "कखगमािी् 国交通、(1)", min_size=1, max_size=30).map(str.strip).filter(bool),
            st.floats(0, 500),
            st.floats(0, 780),
            st.sampled_from([9.0, 10.0, 14.0]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_layout_loses_and_repeats_no_letter(parts: list[tuple[str, float, float, float, bool]]) -> None:
    lines = [line(text, x, y, size=size, follows=follows and at > 0) for at, (text, x, y, size, follows) in enumerate(parts)]
    before = sorted("".join(text for text, *_ in parts).replace(" ", ""))
    assert sorted("".join(plain(lines)).replace(" ", "").replace("\t", "")) == before


def test_only_radicals_and_latin_ligatures_are_folded() -> None:
    assert fold("⽇本国⺠の⾦") == "日本国民の金"
    assert fold("ﬁnal eﬀort") == "final effort"
    assert fold("㎡ ① ｱ Ａ ２") == "㎡ ① ｱ Ａ ２"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


SOUND_MARATHI = "ठाण्यातील नागरिकांना कार्यक्षम, पारदर्शक व सुरक्षित सेवा मिळाव्यात यासाठी महानगरपालिकेने हे धोरण स्वीकारले आहे. ॲप, अ‍ॅप, दऱ्या"


def test_sound_text_is_trusted() -> None:
    judged = trust(SOUND_MARATHI, 100, 0)
    assert (judged.is_sound, judged.quality, judged.reason) == (True, 1.0, "")


def test_devanagari_in_glyph_order_is_not_trusted() -> None:
    garbled = SOUND_MARATHI.replace("रि", "िर").replace("मि", "ि म").replace("कि", " ि क").replace("सेवा", "सवेाा")
    judged = trust(garbled, 100, 0)
    assert not judged.is_sound
    assert "garbled" in judged.reason


def test_unmapped_characters_lower_trust_sooner_in_devanagari() -> None:
    assert trust("plain English text", 1000, 15).is_sound
    assert not trust("plain English text", 1000, 30).is_sound
    assert not trust(SOUND_MARATHI, 100, 1).is_sound
    assert trust("plain English text", 100, 1).quality == pytest.approx(0.95)
    assert trust(SOUND_MARATHI, 100, 1).quality == pytest.approx(0.75)
