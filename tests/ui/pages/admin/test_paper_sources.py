"""The sources on the page of administration: shown with their last run, previewed, synced in the background, and only by who may."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.sync.sync_records import SyncSource
from lang.languages import LANGUAGES, Language
from ui.components.i18n import strings
from ui.jobs.sync_jobs import ADMINS, sync_jobs


def drawn(home, groups, language):
    from pathlib import Path
    from unittest.mock import patch

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from kb.auth.roles import Reader
    from ui.components.i18n import strings
    from ui.pages.admin import paper_sources

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home), readers=1))

    with patch.object(paper_sources, "refused", lambda *_args: False):
        paper_sources.paper_sources(base().seen_by(Reader("", "admin", groups)), strings(language))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    import streamlit as st

    st.cache_resource.clear()
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "moc.txt").write_text("The committee meets twice a year in Kalpanagar.")
    with KnowledgeBase.open(Settings(home=tmp_path / "home")) as kb:
        kb.sources.add(SyncSource(0, "circulars", "folder", str(papers), every_minutes=15))
    return tmp_path / "home"


def page(home: Path, language: Language = "en", groups=None) -> AppTest:
    return AppTest.from_function(drawn, args=(str(home), groups, language), default_timeout=120)


def shown(app: AppTest) -> str:
    return " ".join(one.proto.body for one in app.get("html"))


def test_a_source_is_shown_previewed_and_synced(home: Path) -> None:
    app = page(home).run()
    words = strings("en")
    assert not app.exception
    assert words("sources.never") in shown(app)
    app.button(key="source-preview").click().run()
    assert "moc.txt" in shown(app)
    app.button(key="source-sync").click().run()
    until = time.monotonic() + 60
    while sync_jobs(str(home)).unfinished(ADMINS) is not None and time.monotonic() < until:
        time.sleep(0.1)
    app = page(home).run()
    assert not app.exception
    assert f"{words('sources.added')} 1" in shown(app)
    app.button(key="source-preview").click().run()
    assert [one.value for one in app.success] == [words("sources.nothing")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language_and_an_admin_of_groups_sees_no_source(home: Path, language: Language) -> None:
    app = page(home, language).run()
    assert not app.exception
    assert strings(language)("sources.sync") in [button.label for button in app.button]
    app = page(home, language, frozenset({"ports"})).run()
    assert [one.value for one in app.info] == [strings(language)("sources.of_all")]
    assert "circulars" not in shown(app)
