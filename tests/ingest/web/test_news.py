"""A newspaper's page keeps the story and loses what stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.text import read_text
from ingest.records import Limits, RawBlock, Source
from ingest.web import news
from ingest.web.html_page import read_html
from tests.support import shared

HEADLINE = "Harbour city signs water memorandum with northern ministry"
BODY = [
    "The harbour city signed a water memorandum with the northern ministry on Friday, officials of both sides said in a statement.",
    "Under the memorandum the ministry will send engineers who install water gauges, and the city will share its flood records.",
    "The commissioner said that the gauges would be ready before the monsoon and that the city would publish the records.",
]


def clean(*lines: str, marked: bool = False) -> list[str]:
    return [block.text for block in news.clean([RawBlock(line) for line in lines], marked=marked)]


def roles(*lines: str) -> list[tuple[str, str]]:
    return [(block.role, block.text) for block in news.clean([RawBlock(line) for line in lines], marked=False)]


@pytest.mark.parametrize(
    "line",
    [
        "Published on",
        "Updated on: 15 Nov 2025, 9:00 am",
        "Download our app for Android and iOS",
        "ताज्या बातम्यांसाठी डाऊनलोड करा आमचे Android आणि iOS मोबाईल App.",
        "ニュースアプリをダウンロード",
        "The paper is excited to announce the relaunch of its Android and iOS apps.",
        "Also read: Bridge opens after two years",
        "हे पण वाचा : नवी मुंबईतील पाणीपुरवठा बंद",
        "यह भी पढ़ें: पुल दो साल बाद खुला",
        "あわせて読みたい：橋が二年ぶりに開通",
        "Join our WhatsApp channel",
        "Follow us on",
        "जाहिरात",
        "Advertisement",
        "(pudhari photo)",
    ],
)
def test_furniture_between_paragraphs_goes(line: str) -> None:
    assert clean(HEADLINE, BODY[0], line, *BODY[1:]) == [HEADLINE, *BODY]


@pytest.mark.parametrize(
    "sentence",
    [
        "The app that the city published lets residents report leaks, and engineers read the water gauges from it.",
        "प्रकाशित अहवालात पाण्याच्या मोजमापाची माहिती देण्यात आली असून तो अहवाल सर्वांसाठी खुला आहे.",
        "Photo identity cards will be issued to the engineers of the ministry.",
    ],
)
def test_sentences_of_the_story_that_use_such_words_stay(sentence: str) -> None:
    assert sentence in clean(HEADLINE, *BODY, sentence)


@pytest.mark.parametrize("footer", ["संबंधित बातम्या", "Related stories", "関連記事", "संबंधित खबरें"])
def test_everything_from_the_related_stories_on_goes(footer: str) -> None:
    assert clean(HEADLINE, *BODY, footer, "No stories found.", "logo", "Bridge opens after two years", "Example News") == [HEADLINE, *BODY]


def test_a_box_of_related_stories_inside_the_story_does_not_cut_the_story_off() -> None:
    assert clean(HEADLINE, BODY[0], "Related stories", "Bridge opens after two years", *BODY[1:]) == [HEADLINE, *BODY]


def test_a_lead_in_alone_takes_the_headline_under_it_along() -> None:
    assert clean(HEADLINE, BODY[0], "Also read", "Bridge opens after two years", *BODY[1:]) == [HEADLINE, *BODY]


def test_a_repeated_caption_goes_with_the_headline_of_its_link() -> None:
    lines = (HEADLINE, "Harbour city water", *BODY[:1], "Harbour city water", "Strike at the mill enters third week", *BODY[1:])
    assert clean(*lines) == [HEADLINE, *BODY]


def test_a_photo_credit_glued_to_the_repeated_headline_goes() -> None:
    assert clean(HEADLINE, f"{HEADLINE} file photo", "जल करारावर स्वाक्षऱ्या झाल्या.", *BODY)[:2] == [HEADLINE, "जल करारावर स्वाक्षऱ्या झाल्या."]


def test_the_headline_is_the_title_and_a_line_about_the_story_is_a_subhead() -> None:
    assert roles(HEADLINE, "Ministry sends engineers", BODY[0], "City to share flood records", *BODY[1:]) == [
        ("title", HEADLINE),
        ("paragraph", "Ministry sends engineers"),
        ("paragraph", BODY[0]),
        ("heading", "City to share flood records"),
        ("paragraph", BODY[1]),
        ("paragraph", BODY[2]),
    ]


def test_a_bare_foreign_headline_goes_only_where_headings_are_marked() -> None:
    foreign = "Mill strike enters third week amid talks"
    blocks = [RawBlock(HEADLINE, "title"), RawBlock(BODY[0]), RawBlock(foreign), RawBlock("Next steps", "heading", 2), RawBlock(BODY[1])]
    assert foreign not in [block.text for block in news.clean(blocks, marked=True)]
    assert foreign in clean(HEADLINE, BODY[0], foreign, *BODY[1:])


def test_signals_of_a_news_page_are_counted_by_kind() -> None:
    assert news.signals(["Published on", "Updated on", *BODY]) == 1
    assert news.signals(["Published on", *BODY, "Related stories"]) == 2
    assert news.signals(BODY) == 0


def test_the_publisher_stands_above_its_own_domain() -> None:
    assert news.publisher([*BODY, "Example News", "example.news"]) == "Example News"
    assert news.publisher([*BODY, "logo", "example.news"]) is None


@given(st.lists(st.sampled_from([*BODY, HEADLINE, "Related stories", "Also read", "Published on", "logo", "Bridge opens"]), max_size=12))
def test_cleaning_keeps_order_and_changes_no_words(lines: list[str]) -> None:
    kept = clean(*lines)
    rest = iter(lines)
    assert all(text in rest for text in kept)


@pytest.mark.shared
def test_the_reference_article_keeps_its_story_and_loses_its_furniture() -> None:
    data = shared("corpus", "pudhari-mlit-thane.txt").read_bytes()
    document = read_text(data, Source("/a.txt", "0" * 64, "text", len(data)), Limits())
    (page,) = document.pages
    lines = [line.strip() for line in data.decode().split("\n") if line.strip()]
    story = [line for line in lines if len(line) > 150]
    assert [block.text for block in page.blocks if len(block.text) > 150] == story
    assert len(story) == 7
    assert [block.text for block in page.blocks if block.role == "heading"] == [
        "भारत-जपान सहकार्यातीलनवे पर्व सुरू",
        "नाविन्यपूर्ण प्रकल्प अंमलबजावणीत सहकार्य",
    ]
    assert page.blocks[0] == RawBlock(lines[0], "title")
    assert page.blocks[1].text == "स्मार्ट इन्फ्रास्ट्रक्चर विकासाला मिळणार नवी गती"
    assert len(page.blocks) == 11
    assert (document.hints.kind, document.hints.title, document.hints.publisher) == ("news", lines[0], "Pudhari News")


@pytest.mark.shared
@pytest.mark.parametrize("template", ["aside", "div", "p", "plain", "ptext"])
def test_each_template_of_a_news_site_gives_the_same_story(template: str) -> None:
    data = shared("corpus", "html", f"news_{template}.html").read_bytes()
    document = read_html(data, Source("/a.html", "0" * 64, "html", len(data)), Limits())
    blocks = document.pages[0].blocks
    assert [(block.role, block.text[:24]) for block in blocks] == [
        ("title", "एमएलआयटी-जपान, ठाणे महान"),
        ("paragraph", "स्मार्ट इन्फ्रास्ट्रक्चर"),
        ("paragraph", "ठाणे : जपानच्या भूमी, पा"),
        ("paragraph", "जपानमध्ये पार पडलेल्या स"),
        ("paragraph", "या सहकार्य कराराअंतर्गत "),
        ("heading", "भारत-जपान सहकार्यातील नव"),
        ("paragraph", "भारत-जपान सहकार्यातील नव"),
    ]
    hints = document.hints
    assert (hints.kind, hints.publisher, hints.authors, str(hints.published)) == ("news", "दैनिक वार्ता", ("राजेश मोरे",), "2025-11-14")
