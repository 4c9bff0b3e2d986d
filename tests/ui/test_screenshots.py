"""The pictures of the documents: each is made by the command, small, and shown somewhere."""

from __future__ import annotations

import pytest
import regex

from tests.support import PROJECT
from tools.screenshots import SHOTS

IMAGES = PROJECT / "docs" / "images"
PAGES = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_that_a_page_shows_is_there(page) -> None:
    shown = regex.findall(r"!\[[^]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert [name for name in shown if not (page.parent / name).is_file()] == []


def test_every_picture_is_made_by_the_command_is_small_and_is_shown() -> None:
    told = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for picture in IMAGES.glob("*.png"):
        assert picture.stem in {shot.name for shot in SHOTS}
        assert picture.stat().st_size <= 150 * 1024, picture.name
        assert f"images/{picture.name})" in told
