"""Where the page stands when an answer has come: at the question, not at the end of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kb import Filters, KnowledgeBase, Settings
from kb.records import Answer, Block, Cell, Timings
from kb.user_records import Conversation, Exchange
from tests.ui.browsing import Browse, becomes
from tools.screenshots import CHIPS, QUESTIONS, SAMPLES, ask, chromium, settled

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytest.importorskip("playwright")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

TALK = "scrolledscrolledscrolled"
SCREENS: dict[str, Any] = {
    "desktop": {"viewport": {"width": 1280, "height": 720}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
SEEN = """() => {
  const main = document.querySelector(".stMain"), question = [...document.querySelectorAll(".setu-question")].pop();
  const bottom = document.querySelector('[data-testid="stBottom"]').getBoundingClientRect().top;
  const top = question.getBoundingClientRect().top, end = main.scrollHeight - main.clientHeight;
  return top >= 0 && (top < 120 || main.scrollTop >= end - 2) && question.getBoundingClientRect().bottom < bottom;
}"""
"""Whether the last question is seen, at the top of the page or as far up as what stands below it lets it go."""

BESIDE = """() => {
  const seen = (found) => { const box = found.getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight - 60; };
  const pressed = document.querySelector('[class*="st-key-chip-"] button[kind="primary"]');
  return [pressed, document.querySelector(".st-key-source .setu-title"), document.querySelector("#setu-mark")].every(seen);
}"""
"""Whether what was pressed, the head of the source that it opened and the marked quote are all seen."""

WHERE = """() => ['[class*="st-key-chip-"] button[kind="primary"]', ".st-key-source .setu-title", "#setu-mark"]
  .map((found) => document.querySelector(found)?.getBoundingClientRect().top)"""
"""How far below the top of the screen each of the three stands, for who reads that one of them is not seen."""


def long_talk(home: Path) -> str:
    """A conversation whose last answer is longer than any screen; its address."""
    rows = tuple((Cell(f"Point {at}"), Cell("What is long folds or scrolls. " * 6)) for at in range(30))
    said = Answer(
        "Say it at length", "en", "extractive", (), None, Timings(0, 0, 900), skill="summary", blocks=(Block("points", rows=rows),)
    )
    one = Exchange("Say it at length", Filters(), said, True)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.conversations.save(Conversation(TALK, (one, one)))
    return f"?c={TALK}"


def at_top(page: Page) -> float:
    """How far the last question is from the top of the page, in pixels."""
    where: float = page.evaluate("[...document.querySelectorAll('.setu-question')].pop().getBoundingClientRect().top")
    return where


def swipe(page: Page, down: int) -> None:
    """Draw the page down with a finger, by this many pixels."""
    page.locator(".stMain").dispatch_event("touchmove")
    page.locator(".stMain").evaluate("(main, down) => { main.scrollTop -= down; }", down)


@pytest.mark.parametrize("screen", SCREENS)
def test_an_answer_opens_at_its_top_and_stays_where_one_goes(sampled: Path, address: str, browse: Browse, screen: str) -> None:
    talk = long_talk(sampled)
    with browse(**SCREENS[screen], locale="en-US") as page:
        page.goto(f"{address}/{talk}&lang=en")
        page.locator(".setu-block").nth(1).wait_for()
        settled(page)
        assert becomes(page, SEEN)
        assert at_top(page) < 120  # the answer is longer than the screen, so it can
        page.locator(".stMain").evaluate("(main) => { main.scrollTop = 0; }")
        ask(page, QUESTIONS["en"])
        assert becomes(page, SEEN)
        height = SCREENS[screen]["viewport"]["height"]
        assert page.locator(".setu-quote").first.bounding_box()["y"] < height  # type: ignore[index]
        page.mouse.wheel(0, -300) if screen == "desktop" else swipe(page, 300)
        before = page.locator(".stMain").evaluate("(main) => new Promise((done) => setTimeout(() => done(main.scrollTop), 600))")
        page.evaluate("document.body.append(document.createElement('i'))")  # whatever is drawn later does not lead back
        settled(page)
        assert page.locator(".stMain").evaluate("(main) => main.scrollTop") == before


def test_a_source_opens_in_view_beside_what_it_was_opened_from(sampled: Path, address: str, browse: Browse) -> None:
    talk = long_talk(sampled)
    with browse(**SCREENS["desktop"], locale="en-US") as page:
        page.goto(f"{address}/{talk}&lang=en")
        page.locator(".setu-block").nth(1).wait_for()
        ask(page, QUESTIONS["en"])
        seen = page.locator(f"{CHIPS} >> visible=true")
        last = seen.count() - 1
        for at in (last, 0):  # where the page ends, and at the first answer that has any
            chip = seen.nth(at)
            chip.scroll_into_view_if_needed()
            chip.click()
            page.locator("#setu-mark").wait_for()
            settled(page)
            assert becomes(page, BESIDE), (at, page.evaluate(WHERE))
            page.locator(".st-key-close button").click()
            page.locator(".st-key-source").wait_for(state="detached")
            settled(page)
