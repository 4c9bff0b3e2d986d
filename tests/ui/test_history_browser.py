"""Conversations and feedback in a real browser: they outlive a refresh and the server, and need no mouse."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ui.screenshots import ANSWER_MS, ask, browsed, chromium, served

pytest.importorskip("playwright")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]

QUESTION = "Who will bear the cost of the tide gauges?"
QUOTE = "The Ministry of Tides will bear the cost of the forty tide gauges."
NAME = "Costs of the gauges"


def tab_to(page: Any, name: str) -> None:
    """Press Tab until what has this accessible name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
                const at = document.activeElement;
                return at.matches("a, button, input") ? (at.getAttribute("aria-label") || at.innerText).trim() : "";
            }"""
        )
        if name in focused:
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard")


def test_a_conversation_outlives_the_server_and_is_named_found_and_deleted_by_keyboard(stocked: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(stocked, home, ignore=shutil.ignore_patterns("*.lock", "service*"))
    with browsed(viewport={"width": 1280, "height": 900}) as page:
        with served(home) as address:
            page.goto(f"{address}/?lang=en")
            ask(page, QUESTION)
            page.get_by_role("radio", name="No").click()
            page.get_by_text("Incomplete", exact=True).click()
            page.get_by_label("Remark").fill("Who houses them?")
            page.keyboard.press("Tab")
            page.locator("summary", has_text="Incomplete").wait_for(timeout=ANSWER_MS)
            page.wait_for_load_state("networkidle")
            page.reload()
            page.get_by_role("radio", name="No", checked=True).wait_for(timeout=ANSWER_MS)
            page.locator("summary", has_text="Incomplete").click()
            page.locator("textarea", has_text="Who houses them?").wait_for(timeout=ANSWER_MS)
        with served(home) as address:
            page.goto(f"{address}/?lang=en")
            page.get_by_role("button", name=QUESTION).wait_for(timeout=ANSWER_MS)  # one of the last conversations, beside the chat
            tab_to(page, "All conversations")
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="History").wait_for(timeout=ANSWER_MS)
            tab_to(page, f"Rename: {QUESTION}")
            page.keyboard.press("Enter")
            page.get_by_role("dialog").wait_for(timeout=ANSWER_MS)
            tab_to(page, "Name")
            page.keyboard.press("Control+a")
            page.keyboard.type(NAME)
            page.keyboard.press("Enter")
            page.get_by_role("link", name=NAME).wait_for(timeout=ANSWER_MS)
            page.get_by_role("dialog").wait_for(state="detached", timeout=ANSWER_MS)
            page.get_by_label("Search the conversations").fill("submarine")
            page.keyboard.press("Enter")
            page.get_by_role("link", name=NAME).wait_for(state="detached", timeout=ANSWER_MS)
            page.get_by_label("Search the conversations").fill("ministry gauges")
            page.keyboard.press("Enter")
            page.get_by_role("link", name=NAME).wait_for(timeout=ANSWER_MS)
            page.reload()
            page.get_by_role("link", name=NAME).wait_for(timeout=ANSWER_MS)
            tab_to(page, NAME)
            page.keyboard.press("Enter")
            page.locator(".setu-quote", has_text=QUOTE).first.wait_for(timeout=ANSWER_MS)
            page.wait_for_url("**/?*c=*", timeout=ANSWER_MS)
            ask(page, "When was it signed?")
            page.locator(".setu-question").nth(1).wait_for(timeout=ANSWER_MS)
            page.goto(f"{address}/history?lang=en")
            page.get_by_text("2 questions").wait_for(timeout=ANSWER_MS)
            tab_to(page, f"Delete: {NAME}")
            page.keyboard.press("Enter")
            page.get_by_role("dialog").wait_for(timeout=ANSWER_MS)
            tab_to(page, "Delete for good")
            page.keyboard.press("Enter")
            page.get_by_text("No conversation yet").wait_for(timeout=ANSWER_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_narrow_screen_the_history_fits(stocked: Path, tmp_path: Path, scheme: Any) -> None:
    home = tmp_path / "home"
    shutil.copytree(stocked, home, ignore=shutil.ignore_patterns("*.lock", "service*"))
    with served(home) as address, browsed(viewport={"width": 390, "height": 800}, color_scheme=scheme) as page:
        page.goto(f"{address}/?lang=hi")
        ask(page, QUESTION)
        page.goto(f"{address}/history?lang=hi")
        page.get_by_role("link", name=QUESTION).wait_for(timeout=ANSWER_MS)
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
        boxes = [page.get_by_role("button", name=f"{act}: {QUESTION}").bounding_box() for act in ("नाम बदलिए", "हटाइए")]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
        page.screenshot(path=tmp_path / f"history-{scheme}.png")
