"""The library in a real browser: from an upload to the deletion of what was uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from lang.languages import LANGUAGES, Language
from tests.ui.browsing import Browse, becomes, fits
from tools.screenshots import SAMPLES, chromium, settled
from ui.components.i18n import strings

expect = pytest.importorskip("playwright.sync_api").expect
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


@pytest.mark.parametrize("language", [LANGUAGES[0], *(pytest.param(language, marks=pytest.mark.slow) for language in LANGUAGES[1:])])
def test_a_paper_is_uploaded_corrected_read_by_articles_asked_alone_and_deleted(
    address: str, browse: Browse, tmp_path: Path, language: Language
) -> None:
    words = strings(language)
    publisher = words("library.fact.publisher")
    good, broken, empty = tmp_path / "lighthouse.md", tmp_path / "broken.pdf", tmp_path / "empty.docx"
    good.write_text(PAPER, encoding="utf-8")
    broken.write_bytes(b"%PDF-1.7 and then nothing")
    empty.write_bytes(b"")
    with browse(viewport=VIEW) as page:
        page.goto(f"{address}/library?lang={language}")
        page.get_by_role("table").first.wait_for()
        settled(page)
        page.get_by_text(words("documents.upload"), exact=True).click()
        page.locator('input[type="file"]').set_input_files([good, broken, empty])
        page.locator("[data-testid=stFileChipName]").nth(2).wait_for()
        settled(page)
        page.get_by_text(words("documents.upload_button")).click()
        page.locator(".setu-job").wait_for()
        page.wait_for_url("**job=**")
        page.reload()  # the work goes on, and the page shows it again
        page.get_by_text(words("library.job.done", done=1, total=3)).wait_for()
        settled(page)
        told = page.locator(".setu-job > li").all_inner_texts()
        assert [text.split("\n")[0] for text in told] == ["lighthouse.md", "broken.pdf", "empty.docx"]
        assert words("documents.added") in told[0]
        assert words("library.item.rejected") in told[1]
        assert len(told[2].split("\n")) > 1  # the reason, and what to do

        page.get_by_role("link", name="Rules of the lighthouse").click()
        page.locator(".setu-page").wait_for()
        settled(page)
        page.get_by_role("radio", name=words("library.view.facts")).click()
        page.locator(".st-key-library-fix-publisher button:visible").first.wait_for()
        settled(page)
        page.locator(".st-key-library-fix-publisher button:visible").first.click()
        page.get_by_role("textbox", name=publisher).wait_for()
        settled(page)
        page.get_by_role("textbox", name=publisher).fill("Dimmock Head Harbour Office")
        page.get_by_role("button", name=words("library.facts.save"), exact=True).click()
        page.get_by_text(words("library.facts.corrected", fact=publisher)).wait_for()
        settled(page)

        page.get_by_role("radio", name=words("library.view.read"), exact=True).first.click()
        articles = page.get_by_role("navigation", name=words("library.document.outline"))
        articles.get_by_role("button", name="Article 2 Keepers").wait_for()
        settled(page)
        articles.get_by_role("button", name="Article 2 Keepers").press("Enter")
        expect(page.locator("#setu-mark")).to_have_text("Article 2 Keepers")
        box = page.get_by_label(words("library.document.ask"))
        box.and_(page.locator('[value^="Article 2 Keepers: "]')).wait_for()
        settled(page)
        here = page.url
        box.fill("Article 2 Keepers: how many keepers watch by night?")
        page.get_by_role("button", name=words("library.document.ask_button"), exact=True).click()
        expect(page.locator(".setu-quote").first).to_contain_text("Three keepers watch")
        settled(page)
        assert page.locator(".setu-active").inner_text().endswith("Rules of the lighthouse")
        assert "/library" not in page.url

        page.goto(here)
        page.locator("#setu-mark").wait_for()  # the address alone opens the article again
        settled(page)
        page.get_by_role("radio", name=words("library.view.versions")).click()
        page.get_by_text(words("library.delete.title"), exact=True).wait_for()
        settled(page)
        page.get_by_text(words("library.delete.title"), exact=True).click()
        settled(page)
        page.get_by_text(words("library.delete.sure")).click()
        settled(page)
        page.get_by_role("button", name=words("library.delete.button")).click()
        page.get_by_text(words("library.delete.done", title="Rules of the lighthouse")).wait_for()
        page.get_by_role("link", name="Memorandum of Cooperation").wait_for()
        expect(page.get_by_role("link", name="Rules of the lighthouse")).to_have_count(0)


def test_the_list_is_sorted_and_opened_by_the_keyboard_and_fits_a_narrow_screen_in_four_languages(address: str, browse: Browse) -> None:
    for language in LANGUAGES:
        words = strings(language)
        with browse(viewport={"width": 390, "height": 844}) as page:
            page.goto(f"{address}/library?lang={language}")
            table = page.get_by_role("table", name=words("library.caption"))
            table.wait_for()
            assert fits(page, 390), language
            table.get_by_role("button", name=words("library.column.date")).press("Enter")
            page.wait_for_url("**sort=-date**")
            page.locator('th[aria-sort="descending"]').wait_for()
            settled(page)
            assert becomes(page, "document.activeElement.shadowRoot?.activeElement?.dataset.key === 'sort-date'")
            first = table.get_by_role("row").nth(1).get_by_role("link")
            expect(first).to_have_text("First nine river sensors go live before the rains")
            first.press("Enter")
            page.get_by_text(words("library.document.back")).wait_for()
            page.locator(".setu-page").wait_for()
            assert fits(page, 390), language
