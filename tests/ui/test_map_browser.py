"""The exchange map in a browser: a cell is opened, its source beside it, and the chat is asked about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.map.papers import base
from ui.screenshots import browsed, chromium, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_the_matrix_to_the_source_and_to_the_chat(tmp_path: Path) -> None:
    if chromium() is None:
        pytest.skip("there is no Chromium; set CHROMIUM to its path")
    with base(tmp_path):
        pass
    with served(tmp_path / "home") as address, browsed(viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}/map?lang=en")
        page.get_by_text("tide warning for fishing boats").first.wait_for(timeout=60_000)
        page.get_by_role("button", name="Partner’s practice: 2 passages").first.click()
        page.get_by_role("button", name="Back to the map").wait_for(timeout=30_000)
        assert "cell=" in page.url
        page.locator('[class*="st-key-chip-map-0"] button').first.click()
        page.locator("mark").first.wait_for(timeout=30_000)
        page.get_by_role("button", name="Ask about this").click()
        page.locator(".setu-question").first.wait_for(timeout=60_000)
        assert "tide warning for fishing boats" in page.locator(".setu-question").first.inner_text()
        assert "document=" in page.url
