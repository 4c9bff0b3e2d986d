"""A walk through the whole app in each language: what an official does with it in a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import regex

from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES, Language
from tests.ui.browsing import Browse, becomes
from tools.screenshots import CHIPS, QUESTIONS, SAMPLES, ask, chromium, served, settled, speaks
from ui.components.i18n import NAMES, Strings, strings
from ui.components.permalinks import Passage
from ui.pages.navigation import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

WIDE: Any = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}
FOUND_BY: Final[dict[Language, str]] = {"en": "flood-warning", "mr": "पथदर्शी", "hi": "प्रशिक्षण", "ja": "避難指示"}
"""A word of each question, by which its conversation is found again."""
OUT_OF_SCOPE: Final[dict[Language, str]] = {
    "en": "Who won the cricket World Cup final in 2011?",
    "mr": "कालच्या क्रिकेट सामन्यात भारताने किती धावा केल्या?",
    "hi": "ताजमहल किसने बनवाया था?",
    "ja": "明日の東京の天気はどうですか。",
}
UNTRANSLATED: Final = """(own) => {
  const skipped = "script, style, code, pre, [lang=en], .setu-quote, .setu-page, .setu-question, .setu-near, [class*='st-key-chip-'], "
    + "[class*='st-key-recent'], [class*='st-key-paper-'], [class*='st-key-next-'], [class*='st-key-history-row'], "
    + "[class*='st-key-library-overview-question-'], "
    + "[data-testid='stTable'], table td, [class*='st-key-document'], "
    + "select, option";
  const words = (text) => (text.match(/[A-Za-z]{3,}/g) ?? []).filter((word) => !own.includes(word));
  const found = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest(skipped) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const icon = getComputedStyle(element).fontFamily.includes("Material");
    if (!icon) for (const node of element.childNodes) if (node.nodeType === 3) words(node.data).forEach((word) => found.add(word));
    for (const name of ["aria-label", "title", "placeholder"]) words(element.getAttribute(name) ?? "").forEach((word) => found.add(word));
  }
  return [...found];
}"""
OWN: Final = [
    "English", "Setu", "setu", "PDF", "DOCX", "Word", "PowerPoint", "Excel", "PPTX", "XLSX", "CSV", "HTML", "EML", "MSG", "EPUB", "ZIP",
    "Markdown", "Enter", "Esc", "https", "http", "OCR", "JSON", "YYYY", "nDCG", "MRR", "ICS", "XQuAD", "YAML", "TOML",
    "Chroma", "SQLite", "Tesseract", "yyyy", "evaluations",
]  # fmt: skip
"""Latin words that all four languages have; Streamlit writes the parts of a day that is not chosen as "yyyy-mm-dd"."""
TINTED: Final = """() => {
  const image = document.querySelector(".st-key-source img");
  if (!image?.complete || !image.naturalWidth) return NaN;
  const pen = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight }).getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.naturalWidth, image.naturalHeight);
  let tinted = 0;
  for (let at = 0; at < data.length; at += 4) tinted += data[at] - data[at + 2] > 40;
  return tinted;
}"""
"""How many points of the picture of a page are yellow (`ingest.pdf.render.FILL`); our pages are printed in black.

Not a number before the picture is there.
"""
HIGHER: Final = "(height) => [...document.images].some((one) => one.checkVisibility() && one.getBoundingClientRect().height > height)"


@dataclass(frozen=True, slots=True)
class Papers:
    """Of the sample papers: what the memorandum, a PDF, says of the costs, and which Latin words are names of theirs."""

    passage: Passage
    names: frozenset[str]


@pytest.fixture(scope="module")
def known(sampled: Path) -> Papers:
    with KnowledgeBase.open(Settings.load(home=sampled)) as base:
        passage = Passage.of(base.answer(QUESTIONS["en"]).statements[0].citations[0])
        text = "".join(base.text(one.id, one.version) for one in base.documents())
    names = {word for word in regex.findall("[A-Za-z]{3,}", text) if word[0].isupper()}  # of people, offices and articles
    return Papers(passage, frozenset(names | {word for file in SAMPLES.iterdir() for word in regex.findall("[A-Za-z]{3,}", file.name)}))


class Walk:
    """Somebody who uses the app in one language, and notes which words of another language they met on the way."""

    def __init__(self, page: Page, address: str, language: Language, known: Papers) -> None:
        self.page, self.address, self.language = page, address, language
        self.own = sorted({*OWN, "and", "for", "the"} | known.names)
        self.words: Strings = strings(language)
        self.foreign: dict[str, list[str]] = {}

    def look(self, what: str) -> None:
        speaks(self.page, self.language)
        if self.language == "en":
            return
        if self.page.evaluate(UNTRANSLATED, self.own):
            speaks(self.page, self.language)  # what is put in only now has not been given its words yet
        if found := self.page.evaluate(UNTRANSLATED, self.own):
            self.foreign[what] = found

    def go(self, place: str, heading: str) -> None:
        self.page.goto(f"{self.address}/{place}{'&' if '?' in place else '?'}lang={self.language}")
        self.page.get_by_role("heading", name=self.words(heading), exact=True).first.wait_for()

    def press(self, name: str, **said: object) -> None:
        settled(self.page)
        self.page.get_by_role("button", name=self.words(name, **said), exact=True).first.click()

    def turned(self) -> None:
        """Turn the page of the source, whichever way it goes."""
        settled(self.page)
        number = self.page.locator(".setu-pageno")
        before = number.inner_text()
        self.page.locator(".st-key-next button:enabled, .st-key-previous button:enabled").last.click()
        expect(number).not_to_have_text(before)


@pytest.fixture(params=[LANGUAGES[0], *(pytest.param(language, marks=pytest.mark.slow) for language in LANGUAGES[1:])])
def walk(request: pytest.FixtureRequest, address: str, known: Papers, browse: Browse) -> Iterator[Walk]:
    with browse(**WIDE, permissions=["clipboard-read", "clipboard-write"], accept_downloads=True) as page:
        yield Walk(page, address, request.param, known)


def test_a_question_is_asked_its_source_read_and_the_answer_taken_away_rated_and_found_again(walk: Walk, tmp_path: Path) -> None:
    page, words, question = walk.page, walk.words, QUESTIONS[walk.language]
    walk.go("", "chat.welcome")
    settled(page)
    page.get_by_text(words("filters.title"), exact=True).click()
    walk.look("the empty chat, with its filters open")
    ask(page, question)
    walk.look("the answer")
    page.locator(CHIPS).first.click()
    page.locator("#setu-mark").wait_for()
    walk.look("the source")
    walk.press("source.close")
    page.locator(".st-key-source").wait_for(state="detached")

    walk.press("takeaway.copy")
    page.get_by_text(words("takeaway.copied"), exact=True).wait_for()
    settled(page)
    note: str = page.evaluate("navigator.clipboard.readText()")
    assert words("note.question", question=question) in note
    assert f"{walk.address}/?passage=" in note
    page.get_by_role("button", name=words("takeaway.menu")).click()
    for into, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        settled(page)
        with page.expect_download() as coming:
            page.get_by_role("button", name=words(f"takeaway.{into}"), exact=True).click()
        coming.value.save_as(tmp_path / into)
        assert (tmp_path / into).read_bytes().startswith(begins)
    page.keyboard.press("Escape")

    settled(page)
    page.get_by_role("radio", name=words("feedback.bad")).click()
    settled(page)
    page.get_by_text(words("feedback.reason.incomplete"), exact=True).click()
    page.locator("summary", has_text=words("feedback.reason.incomplete")).wait_for()
    walk.look("what was wrong with the answer")

    walk.go(f"history?q={FOUND_BY[walk.language]}", "history.title")
    found = page.get_by_role("link", name=question).first
    found.wait_for()
    walk.look("the history")
    found.click()
    page.locator(".setu-quote").first.wait_for()
    expect(page.locator(".setu-question").first).to_contain_text(question)

    link = next(word for word in note.split() if word.startswith(f"{walk.address}/?answer="))
    page.goto(f"{link}&lang={walk.language}")
    page.get_by_text(words("permalink.answer")).wait_for()
    page.locator(".setu-quote").first.wait_for()
    walk.look("the link to an answer")
    assert walk.foreign == {}


def test_a_link_to_a_passage_opens_the_printed_page_with_the_words_boxed(walk: Walk, known: Papers, tmp_path: Path) -> None:
    page, words = walk.page, walk.words
    page.goto(f"{walk.address}/?passage={known.passage}&lang={walk.language}")
    page.locator("#setu-mark").wait_for()
    settled(page)
    page.get_by_role("radio", name=words("source.image")).click()
    picture = page.locator(".st-key-source img")
    picture.wait_for()
    walk.look("the printed page")
    assert becomes(page, f"() => ({TINTED})() > 5000")
    small = picture.bounding_box()
    picture.hover()
    page.get_by_role("button", name=words("manners.full") if walk.language != "en" else "Fullscreen").click()
    ending = page.get_by_role("button", name=words("manners.full_end") if walk.language != "en" else "Close fullscreen")
    ending.wait_for()
    assert small is not None
    assert becomes(page, HIGHER, 1.2 * small["height"])
    page.keyboard.press("Escape")
    ending.wait_for(state="detached")
    walk.turned()
    settled(page)
    assert becomes(page, f"() => ({TINTED})() < 50")  # the words stand on another page
    walk.press("source.quote_page")
    page.get_by_text(words("source.quote_page"), exact=True).wait_for(state="detached")
    settled(page)
    with page.expect_download() as coming:
        walk.press("source.download")
    assert coming.value.suggested_filename == "memorandum-of-cooperation.pdf"
    assert walk.foreign == {}


@pytest.mark.slow
def test_a_refusal_names_the_nearest_passages_and_they_open(walk: Walk) -> None:
    page = walk.page
    walk.go("", "chat.welcome")
    ask(page, OUT_OF_SCOPE[walk.language])
    page.locator(".setu-refusal").wait_for()
    expect(page.locator(".setu-refusal")).to_have_attribute("lang", walk.language)
    expect(page.locator(".setu-quote")).to_have_count(0)
    near = page.locator(".setu-near").first.inner_text()
    walk.look("the refusal")
    page.locator(CHIPS).first.click()
    page.locator("#setu-mark").wait_for()
    settled(page)
    assert "".join(near.split())[:20] in "".join(page.locator("#setu-mark").inner_text().split())
    assert walk.foreign == {}


@pytest.mark.slow
def test_every_page_speaks_the_language_and_the_switch_is_remembered(walk: Walk, known: Papers) -> None:
    page = walk.page
    for one in PAGES[1:]:
        walk.go(one.key, f"{one.key}.title")
        walk.look(one.key)
    for view in ("read", "facts", "versions"):
        page.goto(f"{walk.address}/library?document={known.passage.document}&view={view}&lang={walk.language}")
        page.get_by_role("radio", name=walk.words(f"library.view.{view}"), checked=True).first.wait_for()
        walk.look(f"a document: {view}")
    other = LANGUAGES[(LANGUAGES.index(walk.language) + 1) % len(LANGUAGES)]
    walk.go("", "chat.welcome")
    settled(page)
    page.get_by_role("radio", name=NAMES[other]).click()
    page.get_by_text(strings(other)("chat.welcome"), exact=True).wait_for()
    speaks(page, other)
    page.get_by_role("button", name=strings(other)("manners.send") if other != "en" else "Send message").wait_for()
    page.goto(walk.address)  # another day, by the bare address
    page.get_by_text(strings(other)("chat.welcome"), exact=True).wait_for()
    assert walk.foreign == {}


def test_every_character_of_the_four_languages_has_a_glyph(address: str, browse: Browse) -> None:
    said = "".join(strings(language)("tour.ask.text") + QUESTIONS[language] for language in LANGUAGES)
    with browse(**WIDE) as page:
        page.goto(f"{address}/?lang=ja")
        page.locator(".setu-welcome").wait_for()
        settled(page)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        missing = page.evaluate(
            """(said) => {
                // A character without a glyph is drawn as the same box as one that no font can have.
                const pen = Object.assign(document.createElement("canvas"), { width: 64, height: 64 }).getContext("2d");
                pen.font = "40px " + getComputedStyle(document.querySelector(".setu-welcome h2")).fontFamily;
                const drawn = (text) => {
                    pen.clearRect(0, 0, 64, 64);
                    pen.fillText(text, 8, 48);
                    return pen.getImageData(0, 0, 64, 64).data.join();
                };
                const none = new Set([drawn("\\u{10FFFE}"), drawn("\\u{E0FFF}"), drawn("\\uFFFF"), drawn("")]);
                return [...said].filter((one) => none.has(drawn(one)));
            }""",
            "".join(sorted({one for one in said if one.isalpha()})),
        )
    assert missing == []


@pytest.mark.slow
def test_a_conversation_and_its_open_source_are_there_again_after_a_restart(address: str, sampled: Path, browse: Browse) -> None:
    with browse(**WIDE) as page:
        page.goto(f"{address}/?lang=ja")
        ask(page, QUESTIONS["ja"])
        page.locator(CHIPS).first.click()
        page.locator("#setu-mark").wait_for()
        settled(page)
        marked, query = page.locator("#setu-mark").inner_text(), page.url.split("?", 1)[1]
        with served(sampled) as again:
            page.goto(f"{again}/?{query}")
            page.locator("#setu-mark").wait_for()
            page.locator(".setu-quote").first.wait_for()
            settled(page)
            assert page.locator("#setu-mark").inner_text() == marked
