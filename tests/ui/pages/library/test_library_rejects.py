"""Files that were not taken in stand apart in the library, with the reason in the language of the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from streamlit.testing.v1 import AppTest

from ingest.errors import ErrorName
from kb import KnowledgeBase, Settings
from kb.records import IngestSummary, Reject
from lang.languages import LANGUAGES, Language
from tests.ui.pages.library.test_library import html, library, listed
from ui.components.i18n import strings
from ui.jobs.ingest_jobs import Item, _settled
from ui.pages.library.uploads import items_html, reject_words


def rejects(app: AppTest) -> list[dict[str, Any]]:
    assert not app.exception, app.exception
    tables = [e for e in app.get("bidi_component") if "library-rejects" in e.proto.id]
    return [row for table in tables for row in json.loads(table.proto.json)["rows"]]


@pytest.fixture
def broken(home: Path, tmp_path: Path) -> Path:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (tmp_path / "empty.txt").write_bytes(b"")
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.ingest([tmp_path / "broken.pdf", tmp_path / "empty.txt"])
    return home


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_that_were_not_taken_in_stand_apart_with_their_reason(broken: Path, language: Language) -> None:
    words = strings(language)
    app = library(broken, lang=language)
    assert len(listed(app)) == 3
    assert words("library.apart.title", n=2) in html(app)
    found = {row["title"]: row for row in rejects(app)}
    assert set(found) == {"broken.pdf", "empty.txt"}
    ours = {name: "" if language == "en" else words(f"library.why.{name}") for name in ("DamagedFileError", "EmptyFileError")}
    assert (found["broken.pdf"]["why"], found["empty.txt"]["why"]) == (ours["DamagedFileError"], ours["EmptyFileError"])
    assert found["empty.txt"]["note"] == "The file has no bytes. Copy or download it again."
    document = library(broken, lang=language, document=str(found["empty.txt"]["id"]))
    assert ours["EmptyFileError"] in str(document.error[0].value).replace("\\", "")


def test_where_they_are_looked_for_they_are_the_list(broken: Path) -> None:
    app = library(broken, state="rejected")
    assert (len(listed(app)), rejects(app)) == (2, [])


def test_a_reject_that_is_ticked_can_be_deleted_with_others(broken: Path) -> None:
    ids = [row["id"] for row in rejects(library(broken))]
    app = library(broken)
    app.session_state["library_ticked"] = tuple(ids)
    app.run()
    assert strings("en").count("collections.ticked", 2) in html(app)
    assert all(row["ticked"] for row in rejects(app))
    app.checkbox(key="library-bulk-sure-0-en").check().run()
    next(b for b in app.button if b.key == "library-bulk-delete").click().run()
    assert rejects(app) == []
    assert len(listed(app)) == 3


def test_an_upload_says_why_in_the_language_of_the_page_and_exactly_in_english() -> None:
    summary = IngestSummary(rejected=(Reject("/u/a.zip", "The archive holds no files.", "Check it.", "EmptyFileError"),))
    items = (_settled(Item("a.zip"), summary),)
    for language in LANGUAGES:
        said = items_html(items, {}, strings(language))
        assert "The archive holds no files. Check it." in said
        assert (strings(language)("library.why.EmptyFileError") in said) is (language != "en")


def test_every_kind_of_reject_has_words_in_each_language() -> None:
    kinds = (*get_args(ErrorName), "ChangedFileError")
    for language in ("mr", "hi", "ja"):
        assert len({reject_words(kind, strings(language)) for kind in kinds} - {""}) == len(kinds)
    assert reject_words("", strings("mr")) == reject_words("Other", strings("ja")) == ""
