"""The exchange map in a browser: a cell is opened, its source beside it, and the chat is asked about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.training.exchange_map.papers import base
from tests.ui.browsing import Browse, fits
from tests.ui.components.test_axe import broken
from tools.screenshots import chromium, served, settled, speaks
from ui.components.i18n import strings

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("map")
    with base(folder):
        pass
    with served(folder / "home") as address:
        yield address


def test_from_the_matrix_to_the_source_and_to_the_chat(address: str, browse: Browse) -> None:
    with browse(viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}/map?lang=en")
        page.get_by_text("tide warning for fishing boats").first.wait_for()
        settled(page)
        row = page.locator('[class*="st-key-map-row-"]').filter(has_text="tide warning for fishing boats").first
        row.get_by_role("button", name="Partner’s practice").click()
        page.get_by_role("button", name="Back to the map").wait_for()
        page.wait_for_url("**cell=**")
        settled(page)
        page.locator('[class*="st-key-chip-map-0"] button').first.click()
        page.locator("mark").first.wait_for()
        settled(page)
        page.get_by_role("button", name="Ask about this").click()
        expect(page.locator(".setu-question").first).to_contain_text("tide warning for fishing boats")
        page.wait_for_url("**document=**")


@pytest.mark.slow
def test_a_filtered_overview_breaks_no_serious_rule_in_the_dark_and_fits_a_phone(address: str, browse: Browse) -> None:
    with browse(viewport={"width": 390, "height": 844}, color_scheme="dark") as page:
        page.goto(f"{address}/map?lang=ja&view=brief&gap=no_report")
        page.get_by_text(strings("ja")("map.missing.reported")).locator("visible=true").first.wait_for()
        speaks(page, "ja")
        assert fits(page, 390)
        assert broken(page, "the map, filtered") == []
