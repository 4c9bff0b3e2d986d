"""Without a mouse: a question is asked, a source read and closed; the tour goes along with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ui.i18n import strings
from ui.screenshots import ANSWER_MS, CHIPS, QUESTIONS, SAMPLES, ask, browsed, chromium, served, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest.importorskip("playwright")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

WIDE: Any = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}


@pytest.fixture(scope="module")
def address(sampled: Path) -> Iterator[str]:
    with served(sampled) as address:
        yield address


def focus(page: Page) -> str:
    """The control that has the focus: its accessible name, or its class where it has none."""
    said: str = page.evaluate(
        """() => {
            let at = document.activeElement;
            while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
            if (!at.matches("a, button, input, textarea, summary, [role]")) return "";  // what scrolls can have the focus too
            return at.getAttribute("aria-label") || at.innerText || at.getAttribute("placeholder") || at.className;
        }"""
    )
    return said.strip()


def tab_to(page: Page, name: str, *, most: int = 80) -> None:
    """Press Tab until what has this name has the focus; whatever has it on the way must show it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in focus(page):
            assert page.evaluate(
                """() => {
                    let at = document.activeElement;
                    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                    for (let up = 0; at && up < 5; up += 1, at = at.parentElement) {
                        const look = getComputedStyle(at);
                        if ((look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none") return true;
                    }
                    return false;
                }"""
            ), f"{name} has the focus and does not show it"
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard; the last was {focus(page)}")


def test_one_asks_opens_a_source_turns_its_page_and_closes_it_by_keyboard_alone(address: str) -> None:
    words = strings("en")
    with browsed(**WIDE) as page:
        page.goto(f"{address}/?lang=en")
        page.get_by_role("heading", name=words("chat.welcome")).wait_for(timeout=ANSWER_MS)
        settled(page)
        tab_to(page, words("chat.placeholder"))
        page.keyboard.type(QUESTIONS["en"])
        page.keyboard.press("Enter")
        page.locator(CHIPS).first.wait_for(timeout=ANSWER_MS)
        settled(page)
        tab_to(page, "[1]")
        chip = focus(page)
        for closing in ("Escape", "Close"):
            page.keyboard.press("Enter")
            page.wait_for_function("document.activeElement.classList.contains('setu-title')", timeout=ANSWER_MS)
            settled(page)
            tab_to(page, words("source.next"))
            number = page.locator(".setu-pageno").inner_text()
            page.keyboard.press("Enter")
            page.wait_for_function("(was) => document.querySelector('.setu-pageno').innerText !== was", arg=number, timeout=ANSWER_MS)
            settled(page)
            if closing == "Escape":
                page.keyboard.press("Escape")
            else:
                while not focus(page).endswith(words("source.close")):
                    page.keyboard.press("Shift+Tab")
                page.keyboard.press("Enter")
            page.locator(".st-key-source").wait_for(state="detached", timeout=ANSWER_MS)
            page.wait_for_function("document.activeElement.closest('.st-key-chip-0-1') !== null", timeout=ANSWER_MS)
            assert focus(page) == chip


def test_the_tour_goes_along_with_what_one_does_is_ended_and_comes_back_only_when_asked_for(address: str) -> None:
    words = strings("en")
    with browsed(**WIDE) as page:
        page.goto(f"{address}/?lang=en")
        for step in ("ask", "open", "take"):
            page.get_by_role("heading", name=words(f"tour.{step}.title"), exact=True).wait_for(timeout=ANSWER_MS)
            if step == "ask":
                ask(page, QUESTIONS["en"])
            elif step == "open":
                page.locator(CHIPS).first.click()
        page.get_by_role("button", name=words("tour.done"), exact=True).click()
        page.get_by_role("heading", name=words("tour.take.title"), exact=True).wait_for(state="hidden", timeout=ANSWER_MS)
        page.goto(f"{address}/?lang=hi")  # another day
        page.get_by_role("heading", name=strings("hi")("chat.welcome")).wait_for(timeout=ANSWER_MS)
        settled(page)
        assert page.get_by_role("heading", name=strings("hi")("tour.ask.title"), exact=True).count() == 0
        page.get_by_role("button", name=strings("hi")("tour.again")).click()
        page.get_by_role("heading", name=strings("hi")("tour.ask.title"), exact=True).wait_for(timeout=ANSWER_MS)
        page.wait_for_function("document.activeElement.shadowRoot?.activeElement?.tagName === 'SECTION'", timeout=ANSWER_MS)
        page.keyboard.press("Escape")
        page.get_by_role("heading", name=strings("hi")("tour.ask.title"), exact=True).wait_for(state="hidden", timeout=ANSWER_MS)
