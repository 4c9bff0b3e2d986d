"""Taking an answer away in a real browser: copied as a file note, saved as a file, opened again by its link."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import regex

from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES
from tests.ui.apps import copied
from tests.ui.browsing import Browse
from tests.ui.export.conftest import COST, QUESTIONS, footnotes
from tools.screenshots import ask, chromium, served, settled
from ui.components.i18n import strings
from ui.components.permalinks import Passage, trace

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
]

QUESTION = QUESTIONS[0]
READ = """async () => {
  const [item] = await navigator.clipboard.read();
  const read = async (kind) => await (await item.getType(kind)).text();
  return [await read("text/plain"), await read("text/html")];
}"""
VIEW: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, stocked: Path) -> Path:
    return copied(stocked, tmp_path_factory.mktemp("takeaway") / "home")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with served(home) as address:
        yield address


def followed(home: Path, links: list[str]) -> list[str]:
    """The stored words at each link to a passage."""
    with KnowledgeBase.open(Settings(home=home)) as kb:
        passages = [Passage.parse(link) for link in links]
        return [trace(kb, passage).text for passage in passages if passage is not None]


@pytest.mark.slow
def test_an_answer_is_copied_as_text_and_html_and_its_links_lead_back_in_four_languages(home: Path, address: str, browse: Browse) -> None:
    with browse(**VIEW) as page:
        for language in LANGUAGES:
            words = strings(language)
            page.goto(f"{address}/?lang={language}")
            ask(page, QUESTION)
            page.get_by_role("button", name=words("takeaway.copy")).click()
            page.get_by_text(words("takeaway.copied"), exact=True).wait_for()
            settled(page)
            text, html = page.evaluate(READ)
            assert words("note.title") in text
            assert QUESTION in text
            links = regex.findall(r"https?://\S+passage=\S+", text)
            assert links
            assert all(link.startswith(address) for link in links)
            quotes = followed(home, links)
            assert any(COST in quote for quote in quotes)
            assert all("".join(quote.split()) in "".join(text.split()) for quote in quotes)
            assert sorted(set(regex.findall(r'href="([^"]+passage=[^"]+)"', html))) == sorted(set(links))
            (back,) = regex.findall(r"https?://\S+answer=\S+", text)
            page.goto(f"{back}&lang={language}")
            page.locator(".setu-quote").first.wait_for()
            expect(page.get_by_text(words("permalink.answer"))).to_be_visible()
            page.goto(f"{links[0]}&lang={language}")
            page.locator("mark").wait_for()
            settled(page)
            assert "".join(page.locator("mark").inner_text().split()) == "".join(quotes[0].split())


def test_where_the_new_clipboard_is_not_to_be_had_the_older_way_copies_and_failing_that_the_text_is_shown(
    address: str, browse: Browse
) -> None:
    words = strings("en")
    with browse(**VIEW) as page:
        page.add_init_script("navigator.clipboard.write = () => Promise.reject(new Error('refused'));")
        page.goto(f"{address}/?lang=en")
        ask(page, QUESTION)
        page.get_by_role("button", name=words("takeaway.copy")).click()
        page.get_by_text(words("takeaway.copied"), exact=True).wait_for()
        settled(page)
        text, html = page.evaluate(READ)
        assert words("note.title") in text
        assert "<blockquote>" in html
        page.evaluate("document.execCommand = () => false")
        page.get_by_role("button", name=words("takeaway.copy")).click()
        page.get_by_text(words("takeaway.not_copied"), exact=True).wait_for()
        expect(page.get_by_role("textbox", name=words("takeaway.copy"))).to_have_value(text)


def test_a_conversation_is_saved_as_word_document_and_pdf_whose_footnotes_lead_to_the_page(
    home: Path, address: str, browse: Browse, tmp_path: Path
) -> None:
    words = strings("mr")
    with browse(**VIEW, accept_downloads=True) as page:
        page.goto(f"{address}/?lang=mr")
        ask(page, QUESTION)
        page.get_by_role("button", name=words("takeaway.menu")).click()
        saved = {}
        for ending in ("docx", "pdf"):
            settled(page)
            with page.expect_download() as coming:
                page.get_by_role("button", name=words(f"takeaway.{ending}")).click()
            assert coming.value.suggested_filename.endswith(f".{ending}")
            coming.value.save_as(tmp_path / ending)
            saved[ending] = (tmp_path / ending).read_bytes()
        links = [link for _, link in footnotes(saved["docx"]).values()]
        assert any(COST in quote for quote in followed(home, links))
        annotations = [a.get_object() for p in pypdf.PdfReader(BytesIO(saved["pdf"])).pages for a in p.get("/Annots") or []]
        assert {a["/A"]["/URI"] for a in annotations if "passage" in str(a.get("/A"))} == set(links)
        page.goto(links[0])
        page.locator("mark").wait_for()
