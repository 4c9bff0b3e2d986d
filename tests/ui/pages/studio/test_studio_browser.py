"""The studio in a browser: a module is made, found again after a reload, a line edited by keyboard, a file saved; narrow and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lang.languages import LANGUAGES
from tests.training.test_edit import opened
from tests.ui.browsing import Browse, fits
from tests.ui.components.test_axe import broken
from tools.screenshots import chromium, served, settled
from ui.components.i18n import strings

pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]

EN = strings("en")
WIDE: Any = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}
NARROW: Any = {"viewport": {"width": 390, "height": 900}, "color_scheme": "dark", "locale": "en-US"}


def test_a_module_is_made_edited_and_saved_as_a_file_and_has_its_headings_in_four_languages(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, browse: Browse
) -> None:
    with opened(tmp_path, tmp_path_factory):
        pass
    with served(tmp_path / "home") as address:
        with browse(**WIDE) as page:
            page.goto(f"{address}/studio?lang=en")
            settled(page)
            page.get_by_label(EN("studio.topic"), exact=True).fill("tide gauges")
            with page.expect_navigation(url="**making=**"):  # which may be over in a moment
                page.get_by_role("button", name=EN("studio.make")).click()
            page.reload()
            page.wait_for_url("**module=**")
            page.get_by_role("heading", name="tide gauges", exact=True).wait_for()

            settled(page)
            page.locator('[class*="st-key-chip-studio-"] button').first.click()
            page.locator("#setu-mark").wait_for()
            settled(page)
            page.get_by_role("button", name=EN("source.close")).click()
            page.locator("#setu-mark").wait_for(state="detached")

            settled(page)
            page.get_by_role("button", name=EN("studio.edit"), exact=True).first.press("Enter")
            box = page.get_by_label(EN("studio.wording"), exact=True)
            box.wait_for()
            settled(page)
            box.fill("Say who has to do what within ninety-nine days.")
            page.get_by_role("button", name=EN("studio.save"), exact=True).click()
            page.get_by_text(EN("studio.reworded")).wait_for()
            page.get_by_text(EN("studio.origin.edited")).first.wait_for()

            settled(page)
            page.get_by_role("button", name=EN("studio.take_away")).click()
            settled(page)
            page.get_by_role("button", name=EN("studio.make_file")).click()
            save = page.locator(".st-key-studio-save-file button")
            save.wait_for()
            settled(page)
            with page.expect_download() as coming:
                save.click()
            assert coming.value.suggested_filename.startswith("setu-tide-gauges-en.")
            coming.value.save_as(tmp_path / "module")
            assert (tmp_path / "module").stat().st_size > 100
            where = page.url.split("?", 1)[1].split("module=")[1].split("&")[0]

        with browse(**NARROW) as page:
            for language in LANGUAGES:
                words = strings(language)
                page.goto(f"{address}/studio?lang={language}")
                page.get_by_role("heading", name=words("studio.title"), exact=True).wait_for()
                page.get_by_role("heading", name=words.count("studio.kept", 1), exact=True).wait_for()
                page.goto(f"{address}/studio?lang={language}&module={where}&part=slides")
                page.get_by_role("heading", name=words("module.part.slides"), exact=True).wait_for()
                assert fits(page, 390), language
                assert broken(page, language) == []
