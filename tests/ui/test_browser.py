"""The page in a real browser, with the sample papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.browsing import Browse, fits
from tools.screenshots import CHIPS, QUESTIONS, SAMPLES, ask, chromium, printed, settled

pytest.importorskip("playwright")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

MARKED = {
    "en": "60 per cent",
    "mr": "६० टक्के",
    "hi": "होशिमोरी",
    "ja": "平均45分から2時間10分に延びた",
}
"""What one of the first two quotes says, read off the papers."""


@pytest.mark.slow
def test_questions_in_four_languages_are_answered_cited_and_survive_a_refresh(address: str, browse: Browse) -> None:
    with browse(viewport={"width": 1280, "height": 900}) as page:
        elsewhere: list[str] = []
        page.on("request", lambda r: elsewhere.append(r.url) if r.url.startswith("http") and not r.url.startswith(address) else None)
        for language, question in QUESTIONS.items():
            page.goto(f"{address}/?lang={language}")
            ask(page, question)
            quotes = page.locator(".setu-quote").all_inner_texts()
            at = next((n for n, quote in enumerate(quotes[:2]) if MARKED[language] in quote), None)
            assert at is not None, quotes
            page.locator(CHIPS).nth(at).click()
            page.locator("#setu-mark").wait_for()
            settled(page)
            marked = page.locator("#setu-mark").inner_text()
            assert MARKED[language] in marked
            page.reload()
            page.locator("#setu-mark").wait_for()
            page.locator(".setu-quote").nth(len(quotes) - 1).wait_for(state="attached")  # the page may be drawn before the answer
            settled(page)
            assert page.locator(".setu-question").inner_text().endswith(question)
            assert page.locator(".setu-quote").all_inner_texts() == quotes
            assert page.locator("#setu-mark").inner_text() == marked
        assert elsewhere == []


def test_the_page_image_is_shown_for_a_pdf_and_the_original_can_be_had(address: str, browse: Browse, tmp_path: Path) -> None:
    with browse(viewport={"width": 1280, "height": 900}, accept_downloads=True) as page:
        page.goto(f"{address}/?lang=en")
        ask(page, QUESTIONS["en"])
        page.locator(CHIPS).first.click()
        page.locator("#setu-mark").wait_for()
        settled(page)
        page.get_by_text("Page image", exact=True).click()
        page.locator(".st-key-source img").wait_for()
        settled(page)
        with page.expect_download() as coming:
            page.get_by_text("Download the original").click()
        saved = tmp_path / "original.pdf"
        coming.value.save_as(saved)
        assert coming.value.suggested_filename.endswith(".pdf")
        assert saved.read_bytes().startswith(b"%PDF")


PLACES = ("history", "library", "library?document=1", "map", "cards", "studio", "evaluation", "feedback", "admin")
REPORTS = "document.addEventListener('securitypolicyviolation', (e) => console.error('forbidden', e.violatedDirective, e.blockedURI))"


def test_no_page_needs_what_its_security_policy_forbids(address: str, browse: Browse) -> None:
    with browse(viewport={"width": 1280, "height": 900}) as page:
        forbidden: list[str] = []
        page.on("console", lambda said: forbidden.append(said.text) if said.text.startswith("forbidden") else None)
        page.add_init_script(REPORTS)
        page.goto(f"{address}/?lang=en")
        printed(page, "en")
        for place in PLACES:
            page.goto(f"{address}/{place}{'&' if '?' in place else '?'}lang=en")
            page.locator(".stMain h2").first.wait_for()
            settled(page)
        assert forbidden == []
        page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:1/x.png' }))")
        page.evaluate("new Promise((done) => setTimeout(done, 200))")
        assert len(forbidden) == 1  # they are reported


def test_the_language_switch_works_at_once_and_stays_after_a_refresh(address: str, browse: Browse) -> None:
    with browse(viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}/?lang=en")
        settled(page)
        page.get_by_text("日本語", exact=True).click()
        page.get_by_text("何をお調べしますか").wait_for()
        settled(page)
        page.reload()
        page.get_by_text("何をお調べしますか").wait_for()


def test_on_a_narrow_screen_nothing_is_wider_than_the_screen(address: str, browse: Browse) -> None:
    with browse(viewport={"width": 400, "height": 800}) as page:
        page.goto(f"{address}/?lang=mr")
        page.locator('[data-testid="stSidebar"]').wait_for(state="attached")
        ask(page, QUESTIONS["mr"])
        page.locator(CHIPS).first.click()
        page.locator("#setu-mark").wait_for()
        assert fits(page, 400)
