"""Conversations and feedback in a real browser: they outlive a refresh and the server, and need no mouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.apps import copied
from tests.ui.browsing import Browse, fits, tab_to
from tools.screenshots import ask, chromium, served, settled

pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]

QUESTION = "Who will bear the cost of the tide gauges?"
QUOTE = "The Ministry of Tides will bear the cost of the forty tide gauges."
NAME = "Costs of the gauges"


def test_a_conversation_outlives_the_server_and_is_named_found_and_deleted_by_keyboard(
    stocked: Path, tmp_path: Path, browse: Browse
) -> None:
    home = copied(stocked, tmp_path / "home")
    with browse(viewport={"width": 1280, "height": 900}) as page:
        with served(home) as address:
            page.goto(f"{address}/?lang=en")
            ask(page, QUESTION)
            page.get_by_role("radio", name="No").click()
            page.get_by_text("Incomplete", exact=True).wait_for()
            settled(page)
            page.get_by_text("Incomplete", exact=True).click()
            page.locator("summary", has_text="Incomplete").wait_for()
            settled(page)
            page.get_by_label("Remark").fill("Who houses them?")
            page.get_by_label("Remark").press("Tab")
            settled(page)
            page.reload()
            page.get_by_role("radio", name="No", checked=True).wait_for()
            settled(page)
            page.locator("summary", has_text="Incomplete").click()
            page.locator("textarea", has_text="Who houses them?").wait_for()
        with served(home) as address:
            page.goto(f"{address}/?lang=en")
            page.get_by_role("button", name=QUESTION).wait_for()  # one of the last conversations, beside the chat
            tab_to(page, "All conversations")
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="History").wait_for()
            tab_to(page, f"Rename: {QUESTION}")
            page.keyboard.press("Enter")
            page.get_by_role("dialog").wait_for()
            tab_to(page, "Name")
            page.keyboard.press("Control+a")
            page.keyboard.type(NAME)
            page.keyboard.press("Enter")
            page.get_by_role("link", name=NAME).wait_for()
            page.get_by_role("dialog").wait_for(state="detached")
            settled(page)
            page.get_by_label("Search the conversations").fill("submarine")
            page.get_by_label("Search the conversations").press("Enter")
            page.get_by_role("link", name=NAME).wait_for(state="detached")
            settled(page)
            page.get_by_label("Search the conversations").fill("ministry gauges")
            page.get_by_label("Search the conversations").press("Enter")
            page.get_by_role("link", name=NAME).wait_for()
            page.reload()
            page.get_by_role("link", name=NAME).wait_for()
            tab_to(page, NAME)
            page.keyboard.press("Enter")
            page.locator(".setu-quote", has_text=QUOTE).first.wait_for()
            page.wait_for_url("**/?*c=*")
            ask(page, "When was it signed?")
            page.locator(".setu-question").nth(1).wait_for()
            page.goto(f"{address}/history?lang=en")
            page.get_by_text("2 questions").wait_for()
            tab_to(page, f"Delete: {NAME}")
            page.keyboard.press("Enter")
            page.get_by_role("dialog").wait_for()
            tab_to(page, "Delete for good")
            page.keyboard.press("Enter")
            page.get_by_text("No conversation yet").wait_for()


@pytest.mark.slow
def test_on_a_narrow_screen_the_history_fits_by_day_and_by_night(stocked: Path, tmp_path: Path, browse: Browse) -> None:
    with served(copied(stocked, tmp_path / "home")) as address:
        for scheme in ("light", "dark"):
            with browse(viewport={"width": 390, "height": 800}, color_scheme=scheme) as page:
                page.goto(f"{address}/?lang=hi")
                if scheme == "light":
                    ask(page, QUESTION)
                page.goto(f"{address}/history?lang=hi")
                page.get_by_role("link", name=QUESTION).wait_for()
                assert fits(page, 390), scheme
                boxes = [page.get_by_role("button", name=f"{act}: {QUESTION}").bounding_box() for act in ("नाम बदलिए", "हटाइए")]
                assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes), scheme
