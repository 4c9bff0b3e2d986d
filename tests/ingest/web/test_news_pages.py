"""What is left of the pages of eleven newspaper layouts in four languages: the story, and how much of what stands around it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from ingest.records import Hints, Limits, RawBlock, Source
from ingest.web import news
from ingest.web.html_page import read_html
from lang.languages import LANGUAGES, Language, detect
from tests.ingest import news_pages
from tests.ingest.news_pages import LAYOUTS, WORDS, Made, body_of
from tests.ingest.news_pages_held_out import HELD_OUT
from tests.support import shared


@dataclass(frozen=True)
class Left:
    """Of a page: furniture that survived and sentences of the story that were lost."""

    survived: tuple[str, ...]
    lost: tuple[str, ...]
    hints: Hints
    title: str


def left(made: Made) -> Left:
    data = made.html.encode()
    document = read_html(data, Source("/page.html", "0" * 64, "html", len(data)), Limits())
    blocks = document.pages[0].blocks
    lines = [line.strip() for block in blocks for line in block.text.split("\n")]
    text = "\n".join(lines)
    survived = tuple(f for f in made.furniture if any(f.strip() == line or (len(f) > 12 and f.strip() in line) for line in lines))
    title = next((block.text for block in blocks if block.role == "title"), "")
    return Left(survived, tuple(p for p in made.body if p not in text), document.hints, title)


def every() -> list[tuple[str, Language]]:
    return [(name, language) for name in (*LAYOUTS, *HELD_OUT) for language in LANGUAGES]


def made(name: str, language: Language) -> Made:
    return (LAYOUTS | HELD_OUT)[name](language)


@pytest.mark.parametrize(("name", "language"), every())
def test_a_page_keeps_its_whole_story_its_title_publisher_and_day(name: str, language: Language) -> None:
    page = made(name, language)
    found = left(page)
    assert found.lost == ()
    assert (found.title, found.hints.publisher, str(found.hints.published), found.hints.kind) == (
        page.headline,
        page.publisher,
        page.day,
        "news",
    )


@pytest.mark.parametrize(("name", "language"), every())
def test_what_stands_around_a_story_goes(name: str, language: Language) -> None:
    assert left(made(name, language)).survived == ()


@pytest.mark.parametrize(("name", "language"), [(name, language) for name in LAYOUTS for language in LANGUAGES])
def test_the_byline_stays_under_the_headline(name: str, language: Language) -> None:
    data = LAYOUTS[name](language).html.encode()
    blocks = read_html(data, Source("/page.html", "0" * 64, "html", len(data)), Limits()).pages[0].blocks
    assert blocks[0].role == "title"
    assert any(WORDS[language].desk in block.text for block in blocks[1:4])


def test_paragraphs_that_are_spans_in_divs_stay_paragraphs() -> None:
    page = made("app_shell", "en")
    data = page.html.encode()
    blocks = read_html(data, Source("/page.html", "0" * 64, "html", len(data)), Limits()).pages[0].blocks
    assert [block.text for block in blocks] == [page.headline, *page.body]


@pytest.mark.shared
@pytest.mark.parametrize(("language", "name"), [("mr", "mahmls21-mr"), ("ja", "jsquad-ja"), ("hi", "xquad-hi-hi"), ("en", "clapnq-en")])
def test_real_paragraphs_are_all_kept_in_every_layout(language: Language, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shared("benchmarks", "beir", name, "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    paragraphs = [text for line in lines if 60 <= len(text := " ".join(json.loads(line)["text"].split())) <= 1500]
    for start in (0, 60):
        monkeypatch.setattr(news_pages, "body_of", lambda language, at=start: tuple(paragraphs[at : at + 6]))
        assert [(layout, lost) for layout in LAYOUTS if (lost := left(LAYOUTS[layout](language)).lost)] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Citizens can log in to the portal of the corporation and subscribe to flood warnings by message from the first of June.",
        "The next story of the building, where the sensors hang, will be finished when the rains have gone.",
        "नागरिकांनी महापालिकेच्या संकेतस्थळावर नोंदणी करावी, असे आवाहन आयुक्तांनी बुधवारी पत्रकार परिषदेत केले.",
        "कंपनी ने बाढ़ की सूचना देने वाला ऐप बनाया है और नागरिक उसे जून से अपने फोन में रख सकेंगे।",
        "सर्वाधिक पाणी लहर नदीतून वाहते आणि त्याखालोखाल किनारा नदीतून वाहते, असे अहवालात नमूद आहे.",
        "市民は市のサイトに登録すると、増水の知らせを受け取ることができ、訓練の予定も確かめられる。",
        "ランキングでは、ラハル川の水位が過去十年で三番目に高かったことが示されている。",
    ],
)
def test_sentences_of_a_story_that_use_the_words_of_furniture_stay(sentence: str) -> None:
    language = detect(sentence)
    body = (*body_of(language)[:3], sentence, *body_of(language)[3:])
    blocks = news.clean([RawBlock(WORDS[language].headline, "title"), *(RawBlock(text) for text in body)], marked=False)
    assert [block.text for block in blocks[1:]] == list(body)


def test_three_short_lines_that_end_a_story_as_a_list_stay() -> None:
    lines = [RawBlock(WORDS["en"].headline, "title"), *(RawBlock(text) for text in body_of("en"))]
    items = [RawBlock(text, "list_item") for text in ("Kalpanagar bridge", "Harbour gate", "Old mill")]
    assert news.clean([*lines, *items], marked=False)[-3:] == items
    figures = [RawBlock(text) for text in ("Harbour ward 35 mm", "Old mill: no rain", "Canal ward 12 mm")]
    assert news.clean([*lines, *figures], marked=False)[-3:] == figures
