"""Collections on the pages, without a browser: chosen and kept in the address, told on the start page, changed in the library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.roles import Reader
from kb.documents.sample_papers import held
from lang.languages import LANGUAGES, Language
from tests.support import PROJECT
from tests.ui.apps import button, keys, page, shown
from tests.ui.conftest import Setu
from tests.ui.pages.library.test_library import html, library, listed
from ui.components.i18n import strings

QUESTION = "Who will bear the cost of the tide gauges?"
QUOTE = "will bear the cost of the forty tide gauges"
SAMPLE = str(PROJECT / "samples" / "documents" / "lahargad-ledger.html")


def open_base(home: Path) -> KnowledgeBase:
    return KnowledgeBase.open(Settings(home=home))


@pytest.fixture
def pact(home: Path) -> int:
    """A collection that holds the memorandum."""
    with open_base(home) as kb:
        made = kb.collections.make("Tide pact", "Gauges in the harbour")
        kb.collections.put([info.id for info in kb.documents() if info.kind == "agreement"], [made.id])
        return made.id


@pytest.fixture
def with_samples(home: Path) -> Path:
    assert Setu(home)("samples", "add", SAMPLE).exit_code == 0
    return home


def of_address(app: AppTest, key: str) -> str:
    """One value of the address, which is a list of one where the page put it there as one."""
    found = app.query_params[key]
    return found if isinstance(found, str) else found[0]


def said_of(app: AppTest) -> str:
    """What the page says was done, as a person reads it."""
    return str(app.success[0].value).replace("\\", "")


def box(app: AppTest, key: str) -> Any:
    return app.checkbox(key=f"collection-{key}-en")


def test_the_start_page_says_whose_papers_are_asked_and_what_is_in_them(home: Path, pact: int) -> None:
    app = page()
    said = shown(app)
    assert "3 papers · " in said
    assert "Agreement 1" in said
    assert "English 2, Hindi 1" in said
    assert 'newest: <span lang="hi">ओटरमुहाना बंदरगाह में नया प्रशिक्षण</span>, 9 March 2025' in said
    button(app, f"collection-ask-{pact}").click().run()
    assert of_address(app, "collection") == str(pact)
    said = shown(app)
    assert "Tide pact" in said
    assert "Gauges in the harbour" in said
    assert '1 paper · Agreement 1 · English 1 · newest: <span lang="en">MEMORANDUM' in said


def test_a_chosen_collection_is_what_answers_and_all_papers_is_a_choice(home: Path, pact: int) -> None:
    app = page(collection="0")
    assert not box(app, "all").value
    app.chat_input[0].set_value(QUESTION).run()
    assert QUOTE not in shown(app).replace("<strong>", "").replace("</strong>", "")
    app = page()
    assert box(app, "all").value
    box(app, str(pact)).check().run()
    assert of_address(app, "collection") == str(pact)
    app.chat_input[0].set_value(QUESTION).run()
    assert QUOTE in shown(app).replace("<strong>", "").replace("</strong>", "")
    assert "Tide pact" in shown(app).split('class="setu-active"')[1]
    box(app, "all").check().run()
    assert of_address(app, "collection") == "all"
    assert not box(app, str(pact)).value


def test_an_opened_conversation_asks_the_collection_that_it_asked(home: Path, pact: int) -> None:
    app = page(collection=str(pact))
    app.chat_input[0].set_value(QUESTION).run()
    talk = of_address(app, "c")
    again = page(c=talk)
    assert of_address(again, "collection") == str(pact)
    assert box(again, str(pact)).value
    assert "collection" not in page().query_params
    assert box(page(c=talk, collection="all"), "all").value


def test_a_collection_that_is_not_there_is_not_chosen(home: Path, pact: int) -> None:
    for wrong in ("4711", "x", "-1", "all"):
        app = page(collection=wrong)
        assert box(app, "all").value
        assert "3 papers · " in shown(app)


def test_without_collections_there_is_no_choice(home: Path) -> None:
    assert not [one for one in page().checkbox if (one.key or "").startswith("collection-")]


def test_samples_are_named_as_such_and_go_with_one_click(with_samples: Path) -> None:
    app = page()
    assert "3 papers · " in shown(app)
    assert "1 invented sample paper is kept apart and is not asked." in shown(app)
    button(app, "samples-ask").click().run()
    assert "These papers are invented" in shown(app)
    button(app, "samples-remove").click().run()
    assert said_of(app) == "1 sample paper is removed."
    assert "samples-remove" not in keys(app)
    with open_base(with_samples) as kb:
        assert held(kb) == ()
        assert len(kb.documents()) == 3


def test_a_sample_that_is_asked_alone_answers_and_is_named(with_samples: Path) -> None:
    with open_base(with_samples) as kb:
        (number,) = held(kb)
        title = kb.document(number).title
    app = page(document=str(number))
    assert app.checkbox(key=f"paper-{number}-en").value
    app.chat_input[0].set_value("What does the paper report?").run()
    assert title in shown(app).split('class="setu-active"')[1]


def test_who_may_only_read_cannot_remove_the_samples(with_samples: Path) -> None:
    def drawn(home: str) -> None:
        from pathlib import Path

        from kb import KnowledgeBase, Settings
        from kb.auth.roles import Reader
        from ui.components.collection_choice import start_page
        from ui.components.i18n import strings

        reader = Reader("vani", "viewer", frozenset())
        with KnowledgeBase.open(Settings(home=Path(home))) as kb:
            view = kb.seen_by(reader)
            start_page(view, reader, view.documents(), (), strings("en"))

    app = AppTest.from_function(drawn, args=(str(with_samples),), default_timeout=60).run()
    assert "kept apart" in shown(app)
    assert "samples-ask" in keys(app)
    assert "samples-remove" not in keys(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_speaks_each_language(with_samples: Path, pact: int, language: Language) -> None:
    said = shown(page(lang=language, collection=str(pact)))
    words = strings(language)
    assert words.count("collections.papers", 1) in said
    assert words.count("collections.samples_apart", 1) in said


def test_the_list_of_the_library_is_that_of_the_collection_and_names_it(home: Path, pact: int) -> None:
    assert len(listed(library(home, collection=str(pact)))) == 1
    rows = listed(library(home))
    assert {row["title"][:10]: row["cells"][-1] for row in rows} == {"MEMORANDUM": "Tide pact", "Notice of ": "", "ओटरमुहाना ": ""}


def test_samples_are_not_in_the_list_unless_they_are_chosen(with_samples: Path) -> None:
    assert len(listed(library(with_samples))) == 3
    with open_base(with_samples) as kb:
        apart = next(one.id for one in kb.collections.list() if one.role == "samples")
    assert [row["file"].split(" ")[0] for row in listed(library(with_samples, collection=str(apart)))] == ["lahargad-ledger.html"]


def test_a_collection_is_made_renamed_and_removed_in_the_library(home: Path) -> None:
    app = library(home)
    app.text_input(key="collections-name-0-en").set_value("Harbour")
    app.text_input(key="collections-line-0-en").set_value("Since 2023")
    next(b for b in app.button if b.label == "Make").click().run()
    assert "Harbour" in said_of(app)
    app.selectbox(key="collections-which-en").set_value(1).run()
    assert app.text_input(key="collections-line-1-en").value == "Since 2023"
    app.text_input(key="collections-name-1-en").set_value("Port")
    next(b for b in app.button if b.label == "Save").click().run()
    with open_base(home) as kb:
        assert kb.collections.named("port").description == "Since 2023"
    button(app, "collections-remove-en").click().run()
    with open_base(home) as kb:
        assert [one.role for one in kb.collections.list()] == ["default"]


def test_a_paper_is_put_into_collections_on_its_page(home: Path, pact: int) -> None:
    with open_base(home) as kb:
        chosen = next(info.id for info in kb.documents() if info.title.startswith("Notice"))
    app = library(home, document=str(chosen), view="facts")
    app.multiselect(key=f"library-collections-{chosen}-en").set_value([str(pact)])
    button(app, "library-collections-save").click().run()
    assert "Tide pact" in said_of(app)
    with open_base(home) as kb:
        assert kb.document(chosen).collections == (pact,)


def bulk_chosen(home: Path, **address: str) -> AppTest:
    """The library with the notice and the Hindi paper ticked."""
    with open_base(home) as kb:
        ids = tuple(info.id for info in kb.documents() if info.kind != "agreement")
    app = library(home, **address)
    app.session_state["library_ticked"] = ids
    return app.run()


def test_ticked_papers_are_moved_and_deleted_at_once(home: Path, pact: int) -> None:
    app = bulk_chosen(home)
    assert "2 papers are chosen" in html(app)
    assert [row["ticked"] for row in listed(app)] == [False, True, True]
    app.selectbox(key="library-into-en").set_value(pact)
    button(app, "library-bulk-move").click().run()
    assert "2 papers are now in: Tide pact" in said_of(app)
    assert len(listed(library(home, collection=str(pact)))) == 3
    app = bulk_chosen(home)
    assert button(app, "library-bulk-delete").disabled
    app.checkbox(key="library-bulk-sure-0-en").check().run()
    button(app, "library-bulk-delete").click().run()
    assert len(listed(app)) == 1


def test_who_may_only_read_has_no_boxes(home: Path, pact: int) -> None:
    app = library(home, "viewer")
    (table,) = [e for e in app.get("bidi_component") if "library-table" in e.proto.id]
    assert json.loads(table.proto.json)["tick_all"] == ""
    assert not [key for key in keys(app) if key.startswith(("library-bulk", "collections-remove"))]


def test_a_collection_of_papers_that_a_reader_does_not_see_is_named_on_no_page(home: Path, pact: int) -> None:
    with open_base(home) as kb:
        for number in kb.collections.documents(pact):
            kb.put_in_groups(number, ("finance",))
        assert not [one for one in kb.seen_by(Reader("otto", "viewer", frozenset({"water"}))).collections.list() if one.name]
    for address in ({}, {"collection": str(pact)}):
        app = library(home, "editor", groups=frozenset({"water"}), **address)
        said = html(app) + repr([(b.label, b.key) for b in app.button]) + repr(app.selectbox) + repr(app.multiselect) + repr(app.checkbox)
        assert "Tide" not in said
        assert "Gauges" not in said
        assert len(listed(app)) == 2
