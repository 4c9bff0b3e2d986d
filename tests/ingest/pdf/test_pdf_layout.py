from __future__ import annotations

import string
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pdf.glyphs import Glyph, woven
from ingest.pdf.headers_and_footnotes import Sheet, without_running_lines
from ingest.pdf.layout import Typography, blocks, join
from ingest.pdf.text_layer_trust import trust
from ingest.pdf.text_lines import Line
from ingest.pdf.text_lines import lines as read_lines
from lang.normalise import fold_radicals


def line(text: str, x: float, y: float, *, size: float = 10.0, follows: bool = False, artifact: bool = False, width: float = 0) -> Line:
    return Line(text, x, y, x + (width or 5 * len(text)), y + size, size, follows=follows, artifact=artifact)


def plain(lines: Sequence[Line]) -> list[str]:
    return [block.text for block in blocks(lines, Typography.of([lines]))]


def test_japanese_lines_join_without_a_space_and_devanagari_lines_with_one() -> None:
    assert join(["国土交", "通省"], frozenset()) == "国土交通省"
    assert join(["保存期間は24", "時間"], frozenset()) == "保存期間は24時間"
    assert join(["सेवा मिळाव्यात", "यासाठी"], frozenset()) == "सेवा मिळाव्यात यासाठी"


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
    assert fold_radicals("⽇本国⺠の⾦") == "日本国民の金"
    assert fold_radicals("ﬁnal eﬀort") == "final effort"
    assert fold_radicals("㎡ ① ｱ Ａ ２") == "㎡ ① ｱ Ａ ２"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold_radicals(fold_radicals(text)) == fold_radicals(text)


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


def test_the_halves_of_a_broken_word_are_no_words_of_the_document() -> None:
    lines = [line("the works that it under-", 50, 100), line("takes every year", 50, 112)]
    assert "under" not in Typography.of([lines]).words
    assert {"works", "every", "year"} <= Typography.of([lines]).words


def test_words_driven_apart_in_a_narrow_column_are_a_line_and_no_table() -> None:
    lines = [
        line("between many people of", 50, 100, width=120),
        line("acknowledge", 50, 112, width=50), line("efficient,", 130, 112, follows=True, width=40),
        line("official", 50, 124, width=30), line("and", 100, 124, follows=True, width=12),
        line("strong", 140, 124, follows=True, width=30),
        line("offices and their heads", 50, 136, width=120),
    ]  # fmt: skip
    assert plain(lines) == ["between many people of acknowledge efficient, official and strong offices and their heads"]


def test_single_words_that_stand_in_columns_stay_a_table() -> None:
    lines = [
        part
        for at, (ward, chief) in enumerate([("Ward", "Chief"), ("North", "Nila"), ("South", "Ravi"), ("East", "Mira")])
        for part in (line(ward, 50, 100 + 14 * at, width=25), line(chief, 145, 100 + 14 * at, follows=True, width=25))
    ]
    assert plain(lines) == ["Ward\tChief", "North\tNila", "South\tRavi", "East\tMira"]


def only_page(*margin: Line, way: str = "across") -> list[str]:
    text = [line(f"Text of the only page, line {letter}.", 50, 100 + 14 * at, size=11) for at, letter in enumerate("abcdefgh")]
    return [kept.text for kept in without_running_lines([Sheet((*margin, *text), 600, 800)])[0] if not kept.text.startswith("Text of")]


@pytest.mark.parametrize(
    "text", ["Harbour Office", "लहरगड महानगरपालिका · अहवाल", "港湾部年次報告", "Harbour Office · Page 1 of 4", "- 3 -", "पृष्ठ ३"]
)
def test_a_small_line_far_above_the_text_of_a_single_page_is_a_header(text: str) -> None:
    assert only_page(line(text, 50, 25, size=8)) == []


@pytest.mark.parametrize(
    ("text", "y", "size"),
    [
        ("Harbour Office", 25, 11),  # as large as the text: it may be the letterhead
        ("Harbour Office", 78, 8),  # close to the text
        ("Ref. 117/2026, 22 May 2026", 25, 8),  # a date and a number
        ("This note is for officers only.", 25, 8),  # a sentence
        ("1 Measured in March", 770, 8),  # a note
    ],
)
def test_what_may_be_more_than_a_header_stays(text: str, y: float, size: float) -> None:
    assert only_page(line(text, 50, y, size=size)) == [text]


def test_headers_that_alternate_between_left_and_right_pages_go() -> None:
    pages = [
        Sheet((line(["Harbour Office", "The yearly account"][at % 2], 50, 25, size=8), line("Text.", 50, 300)), 600, 800) for at in range(4)
    ]
    assert [[kept.text for kept in page] for page in without_running_lines(pages)] == [["Text."]] * 4


def glyph(text: str, x: float, y: float, size: float) -> Glyph:
    return Glyph(text, x, y - size, x + size, y, y, size, False, False, "")


def test_ruby_is_left_out_of_the_line_under_it() -> None:
    base = [glyph(text, 100 + 12 * at, 200, 12) for at, text in enumerate("港湾の堤防")]
    ruby = [glyph(text, 100 + 6 * at, 187, 6) for at, text in enumerate("こうわん")]
    assert [found.text for found in read_lines([*base[:2], *ruby, *base[2:]])] == ["港湾の堤防"]
    assert [found.text for found in read_lines([*base, *ruby])] == ["港湾の堤防"]


def test_small_kana_that_stand_on_a_line_of_their_own_stay() -> None:
    base = [glyph(text, 100 + 12 * at, 200, 12) for at, text in enumerate("港湾の堤防")]
    caption = [glyph(text, 100 + 6 * at, 230, 6) for at, text in enumerate("ひらがな")]
    assert [found.text for found in read_lines([*base, *caption])] == ["港湾の堤防", "ひらがな"]


def test_a_raised_number_is_shown_as_one() -> None:
    letters = [glyph(text, 100 + 6 * at, 200, 10) for at, text in enumerate("area m")]
    raised = Glyph("2", 136, 190, 140, 196, 196, 6, False, False, "")
    assert [found.text for found in read_lines([*letters, raised])] == ["area m²"]


def noted(*lines: Line) -> list[tuple[str, str]]:
    return [(block.role, block.text) for block in blocks(lines, Typography(10.0, (), frozenset()))]


def test_footnotes_stand_behind_the_text_and_their_numbers_leave_the_sentence() -> None:
    found = noted(
        line("The wall was raised¹ after the storm,", 50, 100, width=200), line("1 By two metres, as the", 50, 700, size=8),
        line("surveyor found.", 50, 710, size=8), line("* See the annex.", 50, 722, size=8), line("which came in May.", 50, 112),
    )  # fmt: skip
    assert found == [
        ("paragraph", "The wall was raised after the storm, which came in May."),
        ("footnote", "1 By two metres, as the surveyor found."),
        ("footnote", "* See the annex."),
    ]


def test_a_raised_number_that_calls_no_note_of_the_page_stays() -> None:
    assert noted(line("An area of 40 m² was drained.", 50, 100)) == [("paragraph", "An area of 40 m² was drained.")]


def test_small_type_with_text_below_it_or_in_a_table_is_no_footnote() -> None:
    above = noted(line("1 Figures of May", 50, 100, size=8), line("The text goes on below it.", 50, 130))
    assert [role for role, _ in above] == ["paragraph", "paragraph"]
    table = noted(
        line("The text stands above it.", 50, 100),
        line("1 North", 50, 700, size=8, width=30), line("120", 200, 700, size=8, follows=True),
        line("2 South", 50, 710, size=8, width=30), line("80", 200, 710, size=8, follows=True),
    )  # fmt: skip
    assert "footnote" not in {role for role, _ in table}
