"""The library in a real browser: from an upload to the deletion of what was uploaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.records import LANGUAGES, Language
from ui.i18n import strings
from ui.screenshots import ANSWER_MS, SAMPLES, browsed, chromium, served, settled

pytest.importorskip("playwright")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

PAPER = """# Rules of the lighthouse

## Article 1 Lamps

The lighthouse at Dimmock Head has nineteen lamps.

## Article 2 Keepers

Three keepers watch over the lighthouse at Dimmock Head by night.
"""
VIEW = {"width": 1280, "height": 1000}


@pytest.fixture(scope="module")
def address(sampled: Path) -> Iterator[str]:
    with served(sampled) as address:
        yield address


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_is_uploaded_corrected_read_by_articles_asked_alone_and_deleted(address: str, tmp_path: Path, language: Language) -> None:
    words = strings(language)
    publisher = words("library.fact.publisher")
    good, broken, empty = tmp_path / "lighthouse.md", tmp_path / "broken.pdf", tmp_path / "empty.docx"
    good.write_text(PAPER, encoding="utf-8")
    broken.write_bytes(b"%PDF-1.7 and then nothing")
    empty.write_bytes(b"")
    with browsed(viewport=VIEW) as page:
        page.goto(f"{address}/library?lang={language}")
        page.get_by_role("table").wait_for(timeout=ANSWER_MS)
        page.get_by_text(words("documents.upload"), exact=True).click()
        page.locator('input[type="file"]').set_input_files([good, broken, empty])
        page.locator("[data-testid=stFileChipName]").nth(2).wait_for(timeout=ANSWER_MS)
        page.get_by_text(words("documents.upload_button")).click()
        page.locator(".setu-job").wait_for(timeout=ANSWER_MS)
        assert "job=" in page.url
        page.reload()  # the work goes on, and the page shows it again
        page.get_by_text(words("library.job.done", done=1, total=3)).wait_for(timeout=ANSWER_MS)
        told = page.locator(".setu-job > li").all_inner_texts()
        assert [text.split("\n")[0] for text in told] == ["lighthouse.md", "broken.pdf", "empty.docx"]
        assert words("documents.added") in told[0]
        assert words("library.item.rejected") in told[1]
        assert len(told[2].split("\n")) > 1  # the reason, and what to do

        settled(page)
        page.get_by_role("link", name="Rules of the lighthouse").click()
        page.locator(".setu-page").wait_for(timeout=ANSWER_MS)
        settled(page)
        page.get_by_role("radio", name=words("library.view.facts")).click()
        page.locator(".st-key-library-fix-publisher button:visible").first.click()
        page.get_by_role("textbox", name=publisher).fill("Dimmock Head Harbour Office")
        page.get_by_role("button", name=words("library.facts.save"), exact=True).click()
        page.get_by_text(words("library.facts.corrected", fact=publisher)).wait_for(timeout=ANSWER_MS)
        settled(page)

        page.get_by_role("radio", name=words("library.view.read"), exact=True).first.click()
        articles = page.get_by_role("navigation", name=words("library.document.outline"))
        articles.get_by_role("button", name="Article 2 Keepers").press("Enter")
        page.locator("#setu-mark").wait_for(timeout=ANSWER_MS)
        assert page.locator("#setu-mark").inner_text() == "Article 2 Keepers"
        box = page.get_by_label(words("library.document.ask"))
        box.and_(page.locator('[value^="Article 2 Keepers: "]')).wait_for(timeout=ANSWER_MS)
        here = page.url
        box.fill("Article 2 Keepers: how many keepers watch by night?")
        page.get_by_role("button", name=words("library.document.ask_button"), exact=True).click()
        page.locator(".setu-quote").first.wait_for(timeout=ANSWER_MS)
        assert "Three keepers watch" in page.locator(".setu-quote").first.inner_text()
        assert page.locator(".setu-active").inner_text().endswith("Rules of the lighthouse")
        assert "/library" not in page.url

        page.goto(here)
        page.locator("#setu-mark").wait_for(timeout=ANSWER_MS)  # the address alone opens the article again
        settled(page)
        page.get_by_role("radio", name=words("library.view.versions")).click()
        page.get_by_text(words("library.delete.title"), exact=True).click()
        page.get_by_text(words("library.delete.sure")).click()
        settled(page)
        page.get_by_role("button", name=words("library.delete.button")).click()
        page.get_by_text(words("library.delete.done", title="Rules of the lighthouse")).wait_for(timeout=ANSWER_MS)
        page.get_by_role("link", name="Memorandum of Cooperation").wait_for(timeout=ANSWER_MS)
        assert page.get_by_role("link", name="Rules of the lighthouse").count() == 0


def test_the_list_is_sorted_and_opened_by_the_keyboard_and_fits_a_narrow_screen_in_four_languages(address: str) -> None:
    for language in LANGUAGES:
        words = strings(language)
        with browsed(viewport={"width": 390, "height": 844}) as page:
            page.goto(f"{address}/library?lang={language}")
            table = page.get_by_role("table", name=words("library.caption"))
            table.wait_for(timeout=ANSWER_MS)
            assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
            table.get_by_role("button", name=words("library.column.date")).press("Enter")
            page.wait_for_url("**sort=-date**", timeout=ANSWER_MS)
            page.locator('th[aria-sort="descending"]').wait_for(timeout=ANSWER_MS)
            assert page.evaluate("document.activeElement.shadowRoot.activeElement.dataset.key") == "sort-date"
            first = table.get_by_role("row").nth(1).get_by_role("link")
            assert first.inner_text() == "First nine river sensors go live before the rains"
            first.press("Enter")
            page.get_by_text(words("library.document.back")).wait_for(timeout=ANSWER_MS)
            page.locator(".setu-page").wait_for(timeout=ANSWER_MS)
            assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
