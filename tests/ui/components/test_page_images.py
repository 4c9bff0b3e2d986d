"""The picture of a page beside an answer and in the library, where it can be drawn, and what is shown where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from ingest.processes.messages import Drawn, DrawPage
from ingest.processes.page_images import ImageLimits, PageImages
from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES, Language
from tests.ingest.hostile_pdfs import nested_tilings
from tests.ingest.pdfs import drawn, text_page
from tests.ui.apps import page, shown
from tests.ui.conftest import opened
from tests.ui.pages.library.test_library import library
from ui.components import source_panel
from ui.components.i18n import strings

WORDS = "The Parties shall establish a Joint Committee."


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a-sound.pdf").write_bytes(drawn(text_page([WORDS])))
    (papers / "b-endless.pdf").write_bytes(nested_tilings())
    home = tmp_path / "home"
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.ingest([papers / "a-sound.pdf"])
        kb.ingest([papers / "b-endless.pdf"])
    images = PageImages()
    monkeypatch.setattr(source_panel, "images", lambda: images)
    yield from opened(home, monkeypatch)
    images.close()


def as_picture(app: AppTest) -> AppTest:
    (choice,) = [group for group in app.button_group if group.key.startswith(("view-", "library-as-"))]
    return choice.set_value("image").run()


def pictures(app: AppTest) -> int:
    assert not app.exception, app.exception
    return len(app.get("image"))


def test_a_page_is_shown_as_a_picture(home: Path) -> None:
    app = as_picture(page(src="1.1.0.46.1"))
    assert pictures(app) == 1
    assert not app.warning
    app = as_picture(library(home, document="1"))
    assert pictures(app) == 1
    assert not app.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_cannot_be_drawn_is_said_to_be_so_in_ones_language_and_its_text_is_shown(home: Path, language: Language) -> None:
    source_panel.images().limits = ImageLimits(seconds=1.0)
    for app in (as_picture(page(src="2.1.0.46.1", lang=language)), as_picture(library(home, lang=language, document="2", at="0.46"))):
        assert pictures(app) == 0
        assert [warning.value for warning in app.warning] == [strings(language)("source.image_slow")]
        assert f'<mark id="setu-mark">{WORDS}</mark>' in shown(app)


def test_who_moves_on_while_a_page_is_drawn_waits_for_it_no_longer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []

    class Busy(PageImages):
        def image(self, page: DrawPage, person: str, tick: Callable[[], None] = lambda: None) -> Drawn:
            context = get_script_run_ctx()
            assert context is not None
            assert context.script_requests is not None
            tick()
            waited.append(person)
            context.script_requests.request_stop()  # as when the tab is closed, or another button pressed
            tick()
            waited.append("in vain")
            raise AssertionError

    monkeypatch.setattr(source_panel, "images", Busy)
    as_picture(page(src="1.1.0.46.1"))
    assert len(waited) == 1
    assert waited[0].startswith("session ")
