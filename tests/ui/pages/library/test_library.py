"""The page of the library without a browser."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.roles import Reader, Role
from lang.languages import LANGUAGES, Language
from tests.ui.apps import alone, button, keys
from ui.components.i18n import strings
from ui.pages.library import fact_corrections

TITLE = "MEMORANDUM OF COOPERATION between the Port of Ottermouth and the Ministry of Tides"


def drawn(home, reader, language):
    """The page alone, as `ui.pages.navigation.open_page` has it drawn."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from ui.components.i18n import strings
    from ui.pages.library.library_page import library_page

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    library_page(base().seen_by(reader), reader, strings(language))


def library(home: Path, role: Role = "editor", lang: Language = "en", groups: frozenset[str] | None = None, **address: str) -> AppTest:
    reader = Reader("" if groups is None else "asha", role, groups)
    return alone(drawn, str(home), reader, lang, **address)


def listed(app: AppTest, name: str = "library-table") -> list[dict[str, Any]]:
    assert not app.exception, app.exception
    (table,) = [e for e in app.get("bidi_component") if name in e.proto.id]
    rows: list[dict[str, Any]] = json.loads(table.proto.json)["rows"]
    return rows


def html(app: AppTest) -> str:
    assert not app.exception, app.exception
    return "\n".join(str(e.proto.body) for e in app.get("html"))


def document(home: Path, title: str) -> int:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        return next(d.id for d in kb.documents() if d.title.startswith(title))


def test_every_document_is_listed_with_what_is_known_of_it(home: Path) -> None:
    rows = listed(library(home))
    assert [r["title"] for r in rows] == [TITLE, "Notice of the harbour office", "ओटरमुहाना बंदरगाह में नया प्रशिक्षण"]
    memorandum = rows[0]
    assert memorandum["cells"] == ["Agreement", "English", "5 March 2025", "1", "text of the file", "1", "✓ in use"]
    assert memorandum["file"] == "memorandum.txt"
    assert memorandum["href"] == f"?document={memorandum['id']}"


def test_search_filters_and_order_are_in_the_address_and_are_kept_on_the_way_back(home: Path) -> None:
    assert [r["lang"] for r in listed(library(home, q="बन्दरगाह"))] == ["hi"]
    assert [r["cells"][2] for r in listed(library(home, sort="-date"))] == ["9 March 2025", "5 March 2025", ""]
    app = library(home, language="en")
    assert [r["title"] for r in listed(app)] == [TITLE, "Notice of the harbour office"]
    app.text_input(key="library-q-en").set_value("harbour").run()
    assert app.query_params["q"] == "harbour"
    assert [r["title"] for r in listed(app)] == ["Notice of the harbour office"]
    app = library(home, q="harbour", document=str(document(home, "Notice")))
    button(app, "library-back").click().run()
    assert [r["title"] for r in listed(app)] == ["Notice of the harbour office"]
    app = library(home, q="no such words")
    assert strings("en")("library.none_found") in html(app)
    button(app, "library-clear-en").click().run()
    assert len(listed(app)) == 3


def test_an_address_that_is_not_of_our_making_is_survived(home: Path) -> None:
    assert len(listed(library(home, sort="-colour", state="x", p="99", **{"from": "yesterday"}))) == 3
    for wrong in ({"document": "999"}, {"document": "1", "version": "77", "at": "a.b", "page": "-1"}, {"document": "1", "view": "x"}):
        app = library(home, **wrong)
        assert not app.exception, wrong
    assert [w.value for w in library(home, document="999").warning] == [strings("en")("library.document.gone")]


def test_a_viewer_may_look_and_an_editor_may_change(home: Path) -> None:
    chosen = str(document(home, "MEMORANDUM"))
    looking = library(home, "viewer")
    assert len(listed(looking)) == 3
    assert not looking.get("file_uploader")
    assert library(home, "editor").get("file_uploader")
    assert not [k for k in keys(library(home, "viewer", document=chosen, view="facts", fix="title")) if k.startswith("library-fix")]
    assert "library-fix-title" in keys(library(home, "editor", document=chosen, view="facts"))
    assert "library-delete" not in keys(library(home, "viewer", document=chosen, view="versions"))
    assert "library-delete" in keys(library(home, "editor", document=chosen, view="versions"))


def test_a_fact_is_corrected_beside_its_place_and_the_correction_taken_back(home: Path) -> None:
    chosen = str(document(home, "MEMORANDUM"))
    app = library(home, document=chosen, view="facts", fix="signed")
    assert '<mark id="setu-mark">5 March 2025</mark>' in html(app)
    assert "<div>5 March 2025</div>" in html(app)  # as the page says it
    assert '<div lang="en">Port of Ottermouth' in html(app)  # as the paper does
    assert app.text_input(key="library-value-signed-en").value == "2025-03-05"
    app.text_input(key="library-value-signed-en").set_value("tomorrow")
    next(b for b in app.button if b.label == "Save").click().run()
    assert "it must be one date" in app.error[0].value.replace("\\", "")
    app.text_input(key="library-value-signed-en").set_value("६ मार्च २०२५")
    next(b for b in app.button if b.label == "Save").click().run()
    assert "Signed on: corrected" in app.success[0].value.replace("\\", "")
    assert "6 March 2025" in html(app)
    assert "read: 5 March 2025" in html(app)
    assert "fix" not in app.query_params
    app = library(home, document=chosen, view="facts", fix="signed")
    button(app, "library-take-back").click().run()
    assert "6 March 2025" not in html(app)


def test_what_is_typed_on_the_page_is_read_as_in_the_terminal() -> None:
    assert fact_corrections.typed("parties", "Port of Ottermouth\n\nMinistry of Tides;\n") == "Port of Ottermouth; Ministry of Tides"
    assert fact_corrections.typed("title", "  ") == "none"


def test_versions_are_compared_word_by_word_and_an_old_one_opens_as_it_was(home: Path, papers: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        chosen = next(d for d in kb.documents() if d.title.startswith("MEMORANDUM"))
        text = papers.joinpath("memorandum.txt").read_text(encoding="utf-8")
        changed = tmp_path / "memorandum.txt"
        changed.write_text(text.replace("forty tide gauges", "fifty tide gauges"), encoding="utf-8")
        from dataclasses import replace

        from ingest.pipeline import read_documents
        from ingest.records import Document

        (document,) = [d for d in read_documents([changed]) if isinstance(d, Document)]
        kb.ingest_documents([replace(document, source=replace(document.source, uri=chosen.source))])
    app = library(home, document=str(chosen.id), view="versions")
    assert "<del>forty</del><ins>fifty</ins>" in html(app)
    assert '<div class="setu-page setu-diff" lang="en" ' in html(app)
    assert "1 paragraph differs" in html(app)
    button(app, "library-open-1").click().run()
    assert "the forty tide gauges" in html(app)
    assert "Version 2 is in use" in app.info[0].value.replace("\\", "")


def test_deleting_names_what_is_lost_asks_once_more_and_takes_the_sent_file_along(home: Path) -> None:
    sent = home / "uploads" / "lamps.txt"
    sent.parent.mkdir()
    sent.write_text("The lighthouse at Dimmock Head\n\nIt has nineteen lamps.\n", encoding="utf-8")
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.ingest([sent])
    app = library(home, document=str(document(home, "The lighthouse")), view="versions")
    assert "“The lighthouse at Dimmock Head” will be deleted with 1 version (1 page)" in app.warning[0].value.replace("\\", "")
    assert button(app, "library-delete").disabled
    app.checkbox[0].check().run()
    button(app, "library-delete").click().run()
    assert "was deleted" in app.success[0].value
    assert len(listed(app)) == 3
    assert not sent.exists()


def test_sent_files_become_a_job_that_a_reload_shows_again(home: Path) -> None:
    app = library(home)
    app.get("file_uploader")[0].set_value(
        [("lamps.txt", b"The lighthouse at Dimmock Head\n\nIt has nineteen lamps.\n", "text/plain"), ("empty.pdf", b"", "application/pdf")]
    )
    next(b for b in app.button if b.label == "Add to the knowledge base").click().run()
    job = app.query_params["job"]
    end = time.monotonic() + 60
    while "Finished" not in html(app) and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    told = html(app)
    assert "Finished: 1 of 2 taken in" in told
    assert "lamps.txt</strong>" in told
    assert "The file has no bytes. Copy or download it again." in told
    assert "Finished: 1 of 2" in html(library(home, job=job))
    assert [i.value for i in library(home, job="nonsense").info] == [strings("en")("library.job.gone")]
    rejected = next(r for r in listed(app, "library-rejects") if r["title"] == "empty.pdf")
    assert "Not taken in (1)" in html(app)
    assert rejected["note"] == "The file has no bytes. Copy or download it again."
    assert "library-again" in keys(library(home, document=str(rejected["id"])))


def test_an_editor_ticks_that_a_paper_is_not_to_leave_the_house_and_everybody_sees_that_it_is_so(home: Path) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        number = kb.documents()[0].id
    app = library(home, document=str(number), view="facts")
    app.checkbox(key=f"library-house-{number}-en").check().run()
    assert "stays in the house" in app.success[0].value
    assert "stays in the house" in html(app)
    viewer = library(home, "viewer", document=str(number), view="facts")
    assert "stays in the house" in html(viewer)
    assert not [box for box in viewer.checkbox if box.key == f"library-house-{number}-en"]
    assert [r["id"] for r in listed(library(home, "viewer")) if "stays in the house" in r["file"]] == [number]
    app = library(home, document=str(number), view="facts")
    app.checkbox(key=f"library-house-{number}-en").uncheck().run()
    assert "may leave the house" in app.success[0].value


def test_what_a_member_of_a_group_adds_is_seen_by_that_group_until_it_is_opened_to_all(home: Path) -> None:
    app = library(home, groups=frozenset({"water"}))
    assert app.multiselect(key="library-groups-en").value == ["water"]
    app.get("file_uploader")[0].set_value([("plan.txt", b"Plan of the sluice gates\n\nThe gates will be closed in May.\n", "text/plain")])
    next(b for b in app.button if b.label == "Add to the knowledge base").click().run()
    end = time.monotonic() + 60
    while "Finished" not in html(app) and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    assert (home / "uploads" / "water" / "plan.txt").exists()
    plan = next(r for r in listed(app) if r["title"] == "Plan of the sluice gates")
    assert plan["cells"][-1] == "water"
    others = library(home, groups=frozenset({"legal"}))
    assert "Plan of the sluice gates" not in [r["title"] for r in listed(others)]
    hidden = library(home, groups=frozenset({"legal"}), document=str(plan["id"]))
    assert [w.value for w in hidden.warning] == [strings("en")("library.document.gone")]
    own = library(home, groups=frozenset({"water"}), document=str(plan["id"]), view="facts")
    own.multiselect(key=f"library-groups-{plan['id']}-en").set_value([]).run()
    button(own, "library-groups-save").click().run()
    assert "everybody" in own.success[0].value
    assert "Plan of the sluice gates" in [r["title"] for r in listed(library(home, groups=frozenset({"legal"})))]


def test_a_wrong_web_address_is_told_and_nothing_begins(home: Path) -> None:
    app = library(home)
    app.text_input(key="library-address-en").set_value("office.example/paper")
    next(b for b in app.button if b.label == "Add to the knowledge base").click().run()
    assert [e.value for e in app.error] == [strings("en")("library.upload.address_bad")]
    assert "job" not in app.query_params


def test_the_library_of_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    app = library(tmp_path / "home")
    assert strings("en")("library.empty") in html(app)
    assert app.expander[0].proto.expanded


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_library_speaks_each_language(home: Path, language: Language) -> None:
    words = strings(language)
    app = library(home, lang=language)
    assert words("library.about") in html(app)
    assert listed(app)[0]["cells"][0] == words("kind.agreement")
    chosen = str(document(home, "MEMORANDUM"))
    assert words("library.fact.parties") in html(library(home, lang=language, document=chosen, view="facts"))
    assert words("library.delete.sure") in [c.label for c in library(home, lang=language, document=chosen, view="versions").checkbox]
