"""The overview of a paper in the library, after an upload and in the terminal: lines open their place, a question asks the paper alone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES, Language
from tests.ui.conftest import Setu
from tests.ui.pages.library.test_library import TITLE, document, html, library
from ui.components.i18n import strings

BELLS = b"""The bells of Dimmock Head

The harbour board hung nineteen bells on the pier in May 2025. The bells cost 4,000 pounds in all.

The keeper must ring the great bell before every storm. Nobody may ring a bell after ten at night.
"""


def made(home: Path, language: Language = "en") -> int:
    """The paper, whose overview is made already: a page under test has a minute, and a busy machine may need longer."""
    number = document(home, TITLE)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.overview(number, language)
    return number


def parts(app: AppTest, name: str) -> list[str]:
    return [button.key or "" for button in app.button if (button.key or "").startswith(f"library-overview-{name}-")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_paper_tells_what_it_is_its_lines_and_questions(home: Path, language: Language) -> None:
    app = library(home, lang=language, document=str(made(home, language)))
    words = strings(language)
    assert [e.label for e in app.expander if e.label == words("library.overview.title")]
    told = html(app)
    assert words("kind.agreement") in told
    assert "Port of Ottermouth; Ministry of Tides" in told
    assert parts(app, "chip")
    assert parts(app, "question")
    assert words("library.overview.questions") in told


def test_a_line_opens_the_paper_where_it_stands(home: Path) -> None:
    number = made(home)
    app = library(home, document=str(number))
    app.button(key=parts(app, "chip")[-1]).click().run()
    assert app.query_params["document"] in (str(number), [str(number)])
    assert "at" in app.query_params
    assert 'id="setu-mark"' in html(app)


def test_an_upload_of_one_paper_shows_its_overview_when_it_is_read(home: Path) -> None:
    app = library(home)
    app.get("file_uploader")[0].set_value([("bells.txt", BELLS, "text/plain")])
    next(b for b in app.button if b.label == "Add to the knowledge base").click().run()
    end = time.monotonic() + 120
    while not parts(app, "chip") and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    assert "nineteen bells" in html(app)
    assert parts(app, "chip")
    app.button(key=parts(app, "chip")[0]).click().run()
    assert "document" in app.query_params


def test_the_terminal_prints_it_and_gives_it_as_json(home: Path) -> None:
    setu = Setu(home)
    number = str(document(home, TITLE))
    shown = setu("docs", "show", number, "--overview").stdout
    assert shown.startswith(TITLE)
    assert "Port of Ottermouth; Ministry of Tides" in shown
    assert "[p.\N{NO-BREAK SPACE}1]" in shown
    told = json.loads(setu("docs", "show", number, "--overview", "--language", "hi", "--json").stdout)
    assert told["told_in"] == "hi"
    assert told["lines"]
    assert all(0 <= at < len(told["citations"]) for line in told["lines"] for at in line["cited"])
    assert all(citation["status"] == "verified" for citation in told["citations"])
    assert setu("docs", "show", number, "--overview", "--version", "1").exit_code != 0
