"""Without a mouse: a question is asked, a source read and closed; the tour goes along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.ui.browsing import Browse, becomes, focused, tab_to
from tools.screenshots import CHIPS, QUESTIONS, SAMPLES, ask, chromium, settled
from ui.components.i18n import strings

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

WIDE: Any = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}


SHOWN = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  for (let up = 0; at && up < 5; up += 1, at = at.parentElement) {
    const look = getComputedStyle(at);
    if ((look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none") return true;
  }
  return false;
}"""
"""Whether what has the focus shows it."""


def reach(page: Page, name: str) -> str:
    """Go to a control by Tab; it must show that it has the focus."""
    said = tab_to(page, name)
    assert becomes(page, SHOWN), f"{name} has the focus and does not show it"
    return said


def test_one_asks_opens_a_source_turns_its_page_and_closes_it_by_keyboard_alone(address: str, browse: Browse) -> None:
    words = strings("en")
    with browse(**WIDE) as page:
        page.goto(f"{address}/?lang=en")
        page.get_by_role("heading", name=words("chat.welcome")).wait_for()
        reach(page, words("chat.placeholder"))
        page.keyboard.type(QUESTIONS["en"])
        page.keyboard.press("Enter")
        page.locator(CHIPS).first.wait_for()
        chip = reach(page, "[1]")
        for closing in ("Escape", "Close"):
            page.keyboard.press("Enter")
            page.wait_for_function("() => document.activeElement.classList.contains('setu-title')")
            reach(page, words("source.next"))
            number = page.locator(".setu-pageno").inner_text()
            page.keyboard.press("Enter")
            page.wait_for_function("(was) => document.querySelector('.setu-pageno').innerText !== was", arg=number)
            settled(page)
            if closing == "Escape":
                page.keyboard.press("Escape")
            else:
                tab_to(page, words("source.close"), back=True)
                page.keyboard.press("Enter")
            page.locator(".st-key-source").wait_for(state="detached")
            page.wait_for_function("() => document.activeElement.closest('.st-key-chip-0-1') !== null")
            settled(page)
            assert focused(page) == chip


def test_the_tour_goes_along_with_what_one_does_is_ended_and_comes_back_only_when_asked_for(address: str, browse: Browse) -> None:
    words = strings("en")
    with browse(**WIDE) as page:
        page.goto(f"{address}/?lang=en")
        for step in ("ask", "open", "take"):
            page.get_by_role("heading", name=words(f"tour.{step}.title"), exact=True).wait_for()
            if step == "ask":
                ask(page, QUESTIONS["en"])
            elif step == "open":
                page.locator(CHIPS).first.click()
                page.locator("#setu-mark").wait_for()
        settled(page)
        page.get_by_role("button", name=words("tour.done"), exact=True).click()
        page.get_by_role("heading", name=words("tour.take.title"), exact=True).wait_for(state="hidden")
        page.goto(f"{address}/?lang=hi")  # another day
        page.get_by_role("heading", name=strings("hi")("chat.welcome")).wait_for()
        settled(page)
        expect(page.get_by_role("heading", name=strings("hi")("tour.ask.title"), exact=True)).to_have_count(0)
        page.get_by_role("button", name=strings("hi")("tour.again")).click()
        page.get_by_role("heading", name=strings("hi")("tour.ask.title"), exact=True).wait_for()
        page.wait_for_function("() => document.activeElement.shadowRoot?.activeElement?.tagName === 'SECTION'")
        page.keyboard.press("Escape")
        page.get_by_role("heading", name=strings("hi")("tour.ask.title"), exact=True).wait_for(state="hidden")
