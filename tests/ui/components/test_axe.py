"""No page breaks a rule of accessibility that axe-core calls serious or critical: light and dark, wide and narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kb import Filters, KnowledgeBase, Settings
from kb.records import Answer, Block, Cell, Timings
from kb.user_records import Conversation, Exchange
from lang.languages import LANGUAGES, Language
from tests.ui.browsing import Browse, becomes, fits
from tools.screenshots import CHIPS, QUESTIONS, SAMPLES, ask, chromium, settled, speaks
from ui.auth.sign_in import signin_page
from ui.components.i18n import strings
from ui.pages.navigation import PAGES

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

LOOKS: list[tuple[str, int, Language]] = [("light", 1280, "en"), ("dark", 1280, "hi"), ("light", 390, "mr"), ("dark", 390, "ja")]
DOCUMENT_VIEWS = ("text", "facts", "versions")


def broken(page: Page, what: str) -> list[str]:
    """The serious and critical violations on the page, each with the elements that have it.

    One that is gone when the page has come to rest is none.
    """
    drawn_by_script = page.locator('[data-testid="stApp"]').count() > 0
    if drawn_by_script:
        settled(page)
    found = _violations(page, what)
    if found and drawn_by_script:
        settled(page)
        found = _violations(page, what)
    return found


def _violations(page: Page, what: str) -> list[str]:
    found: list[dict[str, Any]] = axe.Axe().run(page).response["violations"]
    return [
        f"{what}: {one['id']} ({one['impact']}) at {node['target']}: {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "width", "language"),
    [pytest.param(*look, id=f"{look[0]}-{look[1]}", marks=() if look == LOOKS[0] else pytest.mark.slow) for look in LOOKS],
)
def test_no_page_breaks_a_serious_rule(address: str, browse: Browse, scheme: Any, width: int, language: Language) -> None:
    wrong: list[str] = []
    with browse(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-US") as page:

        def look(what: str) -> None:
            speaks(page, language)
            assert fits(page, width), f"{what} is wider than the screen"
            wrong.extend(broken(page, what))

        page.goto(f"{address}/?lang={language}")
        page.locator(".setu-welcome").wait_for()
        page.get_by_role("heading", name=strings(language)("tour.ask.title"), exact=True).wait_for()
        look("chat, empty, with the tour")
        ask(page, QUESTIONS[language])
        look("chat with an answer")
        page.locator(CHIPS).first.click()
        page.locator("#setu-mark").wait_for()
        look("chat with a source")
        for one in PAGES[1:]:
            page.goto(f"{address}/{one.key}?lang={language}")
            page.get_by_role("heading", name=strings(language)(f"{one.key}.title"), exact=True).first.wait_for()
            look(one.key)
        for view in DOCUMENT_VIEWS:
            page.goto(f"{address}/library?document=5&view={view}&lang={language}")
            page.locator(".setu-title, .setu-page-title, h2").first.wait_for()
            look(f"document, {view}")
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_no_answer_that_is_laid_out_breaks_a_serious_rule(sampled: Path, address: str, browse: Browse, scheme: Any) -> None:
    said = (Cell("Costs"), Cell("see the [name of the paper]", (0,)))
    blocks = (
        Block("table", "A table", columns=("", "Says"), rows=(said,)),
        Block("points", rows=(said,)),
        Block("letter", rows=(said,)),
        Block("options", "Which?", items=("This one?",)),
    )
    with KnowledgeBase.open(Settings(home=sampled)) as kb:
        quoted = kb.answer(QUESTIONS["en"]).statements
        said_so = Answer("Lay it out", "en", "extractive", quoted, None, Timings(0, 0, 9), skill="table", blocks=blocks)
        kb.conversations.save(Conversation("laidoutlaidoutlaidout", (Exchange("Lay it out", Filters(), said_so, True),)))
    allowed = ["clipboard-read", "clipboard-write"]
    with browse(viewport={"width": 390, "height": 844}, color_scheme=scheme, locale="en-US", permissions=allowed) as page:
        page.goto(f"{address}/?c=laidoutlaidoutlaidout&lang=en")
        page.locator(".setu-table").wait_for()
        assert fits(page, 390)
        assert broken(page, "folded") == []
        page.locator('[class*="st-key-sources-"] summary').first.click()
        page.locator(CHIPS).first.wait_for()
        assert broken(page, "unfolded") == []
        page.locator(".setu-copy").click()
        page.get_by_text(strings("en")("takeaway.copied"), exact=True).wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == "Costs\nsee the [name of the paper]"
        page.locator(".setu-cite").first.click()
        page.locator("#setu-mark").wait_for()
        settled(page)
        page.keyboard.press("Escape")
        page.locator(".st-key-source").wait_for(state="detached")
        assert becomes(page, "() => document.activeElement.classList.contains('setu-cite')")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_the_form_to_sign_in_breaks_no_serious_rule(browse: Browse, scheme: Any) -> None:
    with browse(viewport={"width": 390, "height": 800}, color_scheme=scheme) as page:
        wrong = []
        for language in LANGUAGES:
            page.set_content(signin_page(strings(language), "/signin", "/", told="wrong", name="asha"))
            assert page.evaluate("document.documentElement.lang") == language
            wrong += broken(page, language)
    assert wrong == []


def test_the_rules_are_heard_when_something_breaks_them(browse: Browse) -> None:
    with browse() as page:
        page.set_content('<html lang="en"><title>x</title><main><h1>A</h1><p style="color:#ccc;background:#fff">faint</p></main></html>')
        assert [line for line in broken(page, "page") if "color-contrast" in line]
