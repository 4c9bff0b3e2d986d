"""Each block of a text stands under the headings and items that it belongs to."""

from __future__ import annotations

import pytest

from ingest.document.structure import place_blocks
from ingest.records import RawBlock
from lang.labels import read_label

BODY = "The Participants will cooperate on the basis of equality and mutual benefit in all of the areas named below."


def paths(*blocks: str | RawBlock) -> list[tuple[str, ...]]:
    return [p.path for p in place_blocks([b if isinstance(b, RawBlock) else RawBlock(b) for b in blocks])]


def roles(*blocks: str | RawBlock) -> list[str]:
    return [p.role for p in place_blocks([b if isinstance(b, RawBlock) else RawBlock(b) for b in blocks])]


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Article 4 Areas of Cooperation", 4),
        ("ARTICLE IV", 4),
        ("Article 1. Definitions", 1),
        ("Section 3: Funding", 3),
        ("Article 4 (2)(b)", 4),
        ("कलम ४ : तक्रार निवारण", 4),
        ("कलम १० सुधारणा", 10),
        ("अनुच्छेद 4", 4),
        ("अनुच्छेद-४", 4),
        ("धारा 12 : लागू होना", 12),
        ("第4条", 4),
        ("第４条（定義）", 4),
        ("第四条", 4),
        ("第二十三条　経費", 23),
        ("第4条第2項", 4),
    ],
)
def test_an_article_heading_is_known_by_its_label(heading: str, value: int) -> None:
    label = read_label(heading)
    assert label is not None
    assert (label.family, label.value) == ("article", value)
    assert roles("Title", heading, BODY)[1] == "heading"
    assert paths("Title", heading, BODY)[1:] == [(heading.replace("\u3000", " "),)] * 2


@pytest.mark.parametrize(
    "sentence",
    [
        "Article 4 of the Convention applies.",
        "Article 4 shall not be read to limit the rights of the Parties in any way.",
        "Articles of daily use are cheap",
        "कलम ३ च्या उल्लंघनाबद्दल दंड आकारला जाईल.",
        "धारा 3 के अनुसार शुल्क लगेगा।",
        "第4条の規定は、令和8年1月1日から施行する。",
        "第4条及び第5条の規定を準用する",
    ],
)
def test_a_sentence_that_speaks_of_an_article_is_no_heading(sentence: str) -> None:
    assert roles("Title", BODY, sentence, BODY)[2] == "paragraph"
    assert paths("Title", BODY, sentence, BODY)[3] == ()


@pytest.mark.parametrize(
    "text", ["2025 was a good year", "3.5 million people", "12 March 2025", "(see below) The", "(२)", "2,500 households"]
)
def test_a_number_that_begins_a_sentence_is_mostly_no_item(text: str) -> None:
    assert paths("Article 1", BODY, text, BODY)[2] in [("Article 1",), ("Article 1", "3.5")]
    assert text.startswith("3.5") or paths("Article 1", BODY, text, BODY)[2] == ("Article 1",)


def test_items_nest_and_return() -> None:
    got = paths(
        "Article 5 Pilot Projects",
        "1. The Participants will carry out two projects:",
        "(a) a flood-warning pilot; and",
        "(b) a data-platform pilot.",
        "2. The first is estimated to cost Rs 12 crore.",
        "Article 6 Costs",
        "Each Participant will bear its own costs.",
    )
    five = "Article 5 Pilot Projects"
    assert got == [
        (five,),
        (five, "1."),
        (five, "1.", "(a)"),
        (five, "1.", "(b)"),
        (five, "2."),
        ("Article 6 Costs",),
        ("Article 6 Costs",),
    ]


def test_a_bare_article_takes_the_name_on_the_next_line() -> None:
    both = "ARTICLE IV AREAS OF COOPERATION"
    assert paths("ARTICLE IV", "AREAS OF COOPERATION", BODY) == [(both,)] * 3
    assert roles("ARTICLE IV", "AREAS OF COOPERATION", BODY) == ["heading", "heading", "paragraph"]
    assert paths("Article 3", BODY, BODY) == [("Article 3",)] * 3


def test_a_japanese_caption_above_an_article_belongs_to_it() -> None:
    got = paths(
        "規程",
        "（目的）",
        "第1条 この規程は、必要な事項を定める。",
        "（定義）",
        "第2条 用語の意義は、次のとおりとする。",
        "2 前項の用語は、別に定める。",
    )
    assert got == [(), ("第1条（目的）",), ("第1条（目的）",), ("第2条（定義）",), ("第2条（定義）",), ("第2条（定義）", "2")]


def test_an_article_that_runs_into_its_text_keeps_only_its_label() -> None:
    got = place_blocks(
        [RawBlock("Policy on Data"), RawBlock("Article 2. This policy applies to all departments, hospitals and schools of the city.")]
    )
    assert got[1].path == ("Article 2",)
    assert got[1].role == "paragraph"


def test_an_annex_between_articles_does_not_swallow_them() -> None:
    got = paths("Article 4. Complaints", BODY, "Schedule A. Retention periods", BODY, "Article 5. Budget", BODY)
    assert got[3] == ("Schedule A. Retention periods",)
    assert got[5] == ("Article 5. Budget",)


def test_an_annex_that_numbers_its_own_articles_contains_them() -> None:
    assert paths("Article 9", BODY, "Annex A", BODY, "Article 1", BODY)[5] == ("Annex A", "Article 1")


def test_chapters_contain_articles_and_articles_follow_each_other() -> None:
    got = paths("第一章 総則", "第1条（目的）", "この規程は、必要な事項を定める。", "第2条（定義）", "第二章 雑則", "第3条（委任）")
    assert got[1] == ("第一章 総則", "第1条（目的）")
    assert got[3] == ("第一章 総則", "第2条（定義）")
    assert got[4] == ("第二章 雑則",)
    assert got[5] == ("第二章 雑則", "第3条（委任）")


def test_a_readers_heading_levels_nest() -> None:
    def heading(text: str, level: int) -> RawBlock:
        return RawBlock(text, "heading", level)

    blocks = [
        heading("Report on Platforms", 1),
        heading("1. Summary", 2),
        BODY,
        heading("1.1 Scope", 3),
        BODY,
        heading("2. Results", 2),
        BODY,
    ]
    assert paths(*blocks) == [
        (),
        ("1. Summary",),
        ("1. Summary",),
        ("1. Summary", "1.1 Scope"),
        ("1. Summary", "1.1 Scope"),
        ("2. Results",),
        ("2. Results",),
    ]
    assert roles(*blocks)[0] == "title"


def test_numbered_headings_in_plain_text_nest_by_their_numbers() -> None:
    got = paths("A Report", BODY, "3. Platform", BODY, "3.2 Data platform", BODY, "4. Costs", BODY)
    assert got[3] == ("3. Platform",)
    assert got[5] == ("3. Platform", "3.2 Data platform")
    assert got[7] == ("4. Costs",)


def test_a_title_page_of_several_lines_is_one_title() -> None:
    lines = ["MEMORANDUM OF COOPERATION", "between", "the Ministry", "and", "the City"]
    blocks = [RawBlock(t, "heading", 1) for t in lines] + [RawBlock(BODY), RawBlock("Article 1", "heading", 2), RawBlock(BODY)]
    got = place_blocks(blocks)
    assert [p.role for p in got[:5]] == ["title"] * 5
    assert got[-1].path == ("Article 1",)


def test_a_top_heading_that_repeats_the_declared_title_is_the_title() -> None:
    blocks = [RawBlock("Privacy Notice", "heading", 1), RawBlock("We care", "heading", 1), RawBlock(BODY), RawBlock("More", "heading", 1)]
    assert [p.role for p in place_blocks(blocks, "Privacy Notice")] == ["title", "heading", "paragraph", "heading"]
    assert [p.path for p in place_blocks(blocks, "Privacy Notice")] == [(), ("We care",), ("We care",), ("More",)]


def test_capitals_in_a_block_of_signatures_are_no_heading() -> None:
    got = paths("Article 1", BODY, "FOR THE GOVERNMENT OF", "THE UNITED KINGDOM OF", "GREAT BRITAIN AND NORTHERN", "IRELAND:")
    assert got[2:] == [("Article 1",)] * 4


def test_news_is_left_alone() -> None:
    story = (
        "लहरगड–मिझुहारा सहकार्य करारावर स्वाक्षरी",
        "पूर इशारा यंत्रणेसाठी दोन प्रकल्प",
        "होशिमोरी : दोन्ही बाजूंनी १८ फेब्रुवारी रोजी सहकार्य करारावर स्वाक्षरी केली. कलम ३ नुसार प्रशिक्षण दिले जाईल.",
        "२०२६ मध्ये पहिले संवेदक बसवण्यात येतील.",
        "42 sensors will follow.",
    )
    assert paths(*story) == [()] * 5
    assert roles(*story) == ["title", *["paragraph"] * 4]


def test_sections_inside_articles_nest_and_two_versions_of_a_text_do_not() -> None:
    assert paths("ARTICLE I Scope", "Section 1. Terms", BODY, "Section 2. Uses", BODY, "ARTICLE II Costs", "Section 1. Shares", BODY) == [
        ("ARTICLE I Scope",),
        ("ARTICLE I Scope", "Section 1. Terms"),
        ("ARTICLE I Scope", "Section 1. Terms"),
        ("ARTICLE I Scope", "Section 2. Uses"),
        ("ARTICLE I Scope", "Section 2. Uses"),
        ("ARTICLE II Costs",),
        ("ARTICLE II Costs", "Section 1. Shares"),
        ("ARTICLE II Costs", "Section 1. Shares"),
    ]
    assert paths("Article 1. Aim", BODY, "Article 2. Costs", BODY, "कलम १ : उद्देश", BODY)[-1] == ("कलम १ : उद्देश",)


def test_paragraphs_that_count_on_over_headings_keep_their_numbers() -> None:
    heading = RawBlock("Energy", "heading", 2)
    found = paths(f"1. {BODY}", f"2. {BODY}", heading, f"3. {BODY}", f"5. {BODY}")
    assert found == [("1.",), ("2.",), ("Energy",), ("Energy", "3."), ("Energy", "5.")]
    assert paths(heading, f"7. {BODY}") == [("Energy",), ("Energy",)]


def test_letters_count_up_like_numbers() -> None:
    items = [RawBlock(f"{letter}. {BODY}", "list_item") for letter in "abcd"]
    assert paths(*items) == [("a.",), ("b.",), ("c.",), ("d.",)]


def test_the_four_depths_of_a_japanese_report_nest() -> None:
    text = "市は、毎年の工事の状況を公表し、各部局はその所管する工事について責任を負うものとする。その結果は議事録に残す。"
    found = paths("第1　趣旨", text, "1 背景", text, "(1) 観測網", text, "(2) 警戒基準", text, "2 目的", text, "第2　経費", text)
    assert found[1::2] == [
        ("第1 趣旨",),
        ("第1 趣旨", "1 背景"),
        ("第1 趣旨", "1 背景", "(1) 観測網"),
        ("第1 趣旨", "1 背景", "(2) 警戒基準"),
        ("第1 趣旨", "2 目的"),
        ("第2 経費",),
    ]


def test_plain_lines_above_long_paragraphs_are_headings_where_two_look_so() -> None:
    found = paths("A report", BODY, "Traffic in the city", BODY, "Water and waste", BODY)
    assert found[2:] == [("Traffic in the city",), ("Traffic in the city",), ("Water and waste",), ("Water and waste",)]
    assert paths("A report", BODY, "Traffic in the city", BODY)[2:] == [(), ()]


def test_rows_of_a_printed_table_carry_their_column_headings_over_a_page_break_too() -> None:
    rows = [RawBlock(text, "table_row") for text in ("No.\tRecord\tKept for", "1\tBirths\tever", "2\tFootage\t90 days")]
    assert paths(RawBlock("Schedule A", "heading", 2), *rows) == [("Schedule A",), *[("Schedule A", "No. · Record · Kept for")] * 3]


def test_column_headings_on_two_lines_are_both_carried() -> None:
    rows = [
        RawBlock(text, "table_row") for text in ("Item\t2024\t2025", "Plan\tSpent\tPlan\tSpent", "Pumps\t1\t2\t3\t4", "Drains\t5\t6\t7\t8")
    ]
    assert paths(*rows) == [("Item · 2024 · 2025 / Plan · Spent · Plan · Spent",)] * 4


def test_a_table_without_headings_and_cells_with_their_labels_carry_none() -> None:
    office = [RawBlock(text, "table_row") for text in ("Office\tTown Hall, second floor.", "Hours\tNine to five.")]
    assert paths(*office) == [(), ()]
    assert paths(RawBlock("No.: 1 · Record: Births", "table_row"), RawBlock("No.: 2 · Record: Deaths", "table_row")) == [(), ()]
