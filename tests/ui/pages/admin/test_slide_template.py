"""The office's template and logo on the page of administration: sent, refused with the reason, removed, and only by who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.roles import Reader
from lang.languages import LANGUAGES, Language
from tests.ui.export.training_modules import templates
from ui.components.i18n import strings


def drawn(home, reader, language, files):
    from pathlib import Path
    from unittest.mock import patch

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from ui.components.i18n import strings
    from ui.pages.admin import slide_template

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    sent = iter(files)
    with (
        patch.object(st, "file_uploader", lambda *_args, **_more: next(sent, None)),
        patch.object(slide_template, "refused", lambda *_args: False),
    ):
        slide_template.slide_template(base().seen_by(reader), strings(language))


class Sent:
    """A file as Streamlit hands it over."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._data = data

    def getvalue(self) -> bytes:
        return self._data


@pytest.fixture
def home(tmp_path: Path) -> Path:
    import streamlit as st

    st.cache_resource.clear()
    with KnowledgeBase.open(Settings(home=tmp_path)):
        return tmp_path


def page(home: Path, template: Sent | None = None, logo: Sent | None = None, language: Language = "en", groups=None) -> AppTest:
    reader = Reader("", "admin", groups)
    return AppTest.from_function(drawn, default_timeout=60, args=(str(home), reader, language, (template, logo))).run()


def keep(app: AppTest) -> AppTest:
    button = next(one for one in app.button if one.label == strings("en")("admin.save"))
    app = button.click().run()
    assert not app.exception, app.exception
    return app


def test_a_template_and_a_logo_are_kept_in_the_home_and_shown(home: Path) -> None:
    app = keep(page(home, Sent("a.potx", templates.template()), Sent("logo.jpg", templates.picture("JPEG"))))
    assert strings("en")("admin.slides_saved") in [one.value.replace("\\", "") for one in app.success]
    assert (home / "slide-template.potx").exists()
    assert (home / "slide-logo.jpg").exists()
    app = next(one for one in page(home).button if one.key == "slides-remove").click().run()
    assert not (home / "slide-template.potx").exists()
    assert not (home / "slide-logo.jpg").exists()


def test_a_file_that_cannot_be_used_is_refused_with_its_name_and_nothing_is_kept(home: Path) -> None:
    app = keep(page(home, Sent("broken.potx", b"no presentation")))
    assert "broken.potx" in app.error[0].value.replace("\\", "")
    app = keep(page(home))
    assert app.error[0].value == strings("en")("admin.slides_nothing")
    assert not list(home.glob("slide-*"))


def test_an_admin_of_some_groups_sees_and_changes_nothing(home: Path) -> None:
    app = page(home, groups=frozenset({"water"}))
    assert app.info[0].value == strings("en")("admin.slides_of_all")
    assert not app.button


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(home: Path, language: Language) -> None:
    app = page(home, language=language)
    assert not app.exception
    assert any(strings(language)("admin.slides_about") in str(one.proto.body).replace("&#x27;", "'") for one in app.get("html"))
