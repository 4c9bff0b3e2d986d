"""The page of the trainers' studio without a browser: a module is made, shown in parts, edited, kept up to date and taken away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.roles import Reader, Role
from lang.languages import LANGUAGES, Language
from tests.once import copied
from tests.training.test_edit import opened
from training import module_store
from training.make import make
from training.records import PARTS, Line, Module, Request
from ui.components.i18n import strings

EN = strings("en")
FORTY = "The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth by 30 June 2026."


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with papers and a home that holds them and a module; and the module's id. Made once for all files of a worker."""
    folder = tmp_path_factory.getbasetemp() / "studio"
    named = folder / "module"
    if not named.exists():
        folder.mkdir()
        with opened(folder, tmp_path_factory) as kb:
            module = make(kb, Request("tide gauges", ("en",), slides=8, items=4))
            module_store.save(kb, module)
        named.write_text(module.id, encoding="utf-8")
    return folder, named.read_text(encoding="utf-8")


@pytest.fixture
def home(made: tuple[Path, str], tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "home"
    copied(made[0] / "home", copy)
    st.cache_resource.clear()
    yield copy
    st.cache_resource.clear()


@pytest.fixture
def module_id(made: tuple[Path, str]) -> str:
    return made[1]


def drawn(home, reader, language):
    """The page alone, as `ui.pages.navigation.open_page` has it drawn."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from ui.components.i18n import strings
    from ui.pages.studio.studio_page import studio_page

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    studio_page(base().seen_by(reader), reader, strings(language))


def studio(home: Path, role: Role = "trainer", language: Language = "en", name: str = "", **address: str) -> AppTest:
    app = AppTest.from_function(drawn, default_timeout=60, args=(str(home), Reader(name, role), language))
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def shown(app: AppTest) -> str:
    assert not app.exception, app.exception
    return "\n".join(str(one.proto.body) for one in app.get("html"))


def said(app: AppTest) -> str:
    """What is told in boxes, without the marks that keep it from being Markdown."""
    return "\n".join(str(one.value).replace("\\", "") for one in (*app.success, *app.info, *app.warning, *app.error))


def press(app: AppTest, key: str) -> AppTest:
    app = next(button for button in app.button if button.key and button.key.startswith(key)).click().run()
    assert not app.exception, app.exception
    return app


def until(app: AppTest, done: Callable[[AppTest], bool], seconds: float = 60.0) -> AppTest:
    end = time.monotonic() + seconds
    while not done(app):
        assert time.monotonic() < end, said(app)
        time.sleep(0.2)
        app = app.run()
        assert not app.exception, app.exception
    return app


def address_of(app: AppTest) -> str:
    """The id of the module that is open."""
    value = app.query_params["module"]
    return value if isinstance(value, str) else value[0]


def kept(home: Path, module_id: str) -> Module:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        return module_store.load(kb, module_id)


def line_with(module: Module, text: str, part: str) -> Line:
    return next(line for of, line in module.lines() if of == part and text in line.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_lists_the_kept_modules_and_has_a_form_for_a_new_one(home: Path, language: Language) -> None:
    words = strings(language)
    app = studio(home, language=language)
    page = shown(app)
    assert words("studio.title") in page
    assert words.count("studio.kept", 1) in page
    assert words("studio.all_borne") in page
    assert words("language.en") in page
    assert app.text_input[0].label == words("studio.topic")
    assert [box.label for box in app.number_input] == [words("studio.minutes"), words("studio.slides"), words("studio.items")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_shown_under_its_heading_with_statuses_and_places(home: Path, module_id: str, language: Language) -> None:
    words = strings(language)
    module = kept(home, module_id)
    app = studio(home, language=language, module=module_id)
    for part in PARTS:
        app.query_params["part"] = part
        page = shown(app.run())
        assert f'<h3 class="setu-studio-part">{words(f"module.part.{part}")}</h3>' in page
        assert (words("studio.nothing_here") in page) == (not getattr(module, part))
        if getattr(module, part):
            assert words("status.verified") in page
            assert [button for button in app.button if button.key and button.key.startswith("chip-studio-")]


def test_the_list_opens_a_module_and_a_place_opens_its_source_beside_it(home: Path) -> None:
    app = press(studio(home), "studio-open-")
    assert "module" in app.query_params
    app = press(app, "chip-studio-")
    assert 'id="setu-mark"' in shown(app)
    assert "tide gauges" in shown(app)


def test_a_module_is_made_from_the_form_and_opens_by_itself(home: Path) -> None:
    app = studio(home)
    app.text_input[0].set_value("training of officers")
    app.number_input[1].set_value(6)
    app.number_input[2].set_value(2)
    app = next(button for button in app.button if button.label == EN("studio.make")).click().run()
    assert "making" in app.query_params
    app = until(app, lambda app: "module" in app.query_params)
    assert EN("studio.made") in said(app)
    made = kept(home, address_of(app))
    assert (made.title, made.request.slides, made.request.items) == ("training of officers", 6, 2)


def test_what_a_module_would_be_made_of_is_shown_first_and_what_is_unticked_is_not_in_it(home: Path) -> None:
    app = studio(home)
    app.text_input[0].set_value("tide gauges")
    app.number_input[2].set_value(0)
    app = next(button for button in app.button if button.label == EN("studio.preview")).click().run()
    assert "making" not in app.query_params
    boxes = [box for box in app.checkbox if box.key and box.key.startswith("studio-stretch-")]
    ticked = [box for box in boxes if box.value]
    assert ticked
    out = ticked[-1]
    document, start = map(int, str(out.key).removeprefix("studio-stretch-").split("-"))
    app = out.uncheck().run()
    app = press(app, "studio-preview-make")
    app = until(app, lambda app: "module" in app.query_params)
    made = kept(home, address_of(app))
    assert made.request.without == ((document, start),)
    used = {(citation.document_id, path) for citation in made.citations() for path in citation.path}
    assert used
    assert not [one for one in app.checkbox if one.key and one.key.startswith("studio-stretch-")]


def test_a_preview_of_what_is_not_there_offers_nothing_to_make(home: Path) -> None:
    app = studio(home)
    app.text_input[0].set_value("high-speed railway timetable")
    app = next(button for button in app.button if button.label == EN("studio.preview")).click().run()
    assert EN("studio.not_covered", topic="high-speed railway timetable") in said(app)
    make = next(button for button in app.button if button.key == "studio-preview-make")
    assert make.disabled
    app = press(app, "studio-preview-close")
    assert not [button for button in app.button if button.key == "studio-preview-make"]


def test_an_empty_topic_is_told_and_nothing_begins(home: Path) -> None:
    app = studio(home)
    app = next(button for button in app.button if button.label == EN("studio.make")).click().run()
    assert said(app) == EN("studio.no_topic")
    assert "making" not in app.query_params


def test_a_topic_that_the_papers_do_not_cover_is_told_and_what_is_near_is_a_button(home: Path) -> None:
    app = studio(home)
    app.text_input[0].set_value("high-speed railway timetable")
    app = next(button for button in app.button if button.label == EN("studio.make")).click().run()
    app = until(app, lambda app: bool(app.warning))
    assert EN("studio.not_covered", topic="high-speed railway timetable") in said(app)
    near = [button for button in app.button if button.key and button.key.startswith("studio-near-")]
    assert near
    app = near[0].click().run()
    app = until(app, lambda app: "module" in app.query_params)
    assert kept(home, address_of(app)).title in near[0].label.replace("\\", "")


def test_a_viewer_reads_what_is_everybodys_and_can_change_nothing(home: Path, module_id: str) -> None:
    app = studio(home, role="viewer", name="vani", module=module_id, part="objectives")
    assert EN("status.verified") in shown(app)
    keys = [button.key for button in app.button if button.key]
    assert [key for key in keys if key.startswith("chip-studio-")]
    assert not [key for key in keys if key.startswith(("studio-edit-", "studio-again", "studio-delete", "studio-copy", "studio-share"))]
    assert not app.text_input
    assert not studio(home, role="viewer", name="vani").text_input


def test_a_module_of_somebody_else_is_not_there(home: Path, module_id: str) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        copy = module_store.copied(kb.seen_by(Reader("maya", "trainer")), module_id, "Maya's")
    app = studio(home, name="noor", module=copy.id)
    assert said(app) == EN("studio.gone")
    assert "Maya's" not in shown(studio(home, name="noor"))
    app = press(studio(home, name="maya", module=copy.id), "studio-share")
    assert EN("studio.shared") in said(app)
    theirs = studio(home, name="noor", module=copy.id)
    assert "Maya&#x27;s" in shown(theirs)
    assert "studio-unshare" not in {button.key for button in theirs.button}
    app = press(app, "studio-unshare")
    assert EN("studio.unshared") in said(app)
    assert said(studio(home, name="noor", module=copy.id)) == EN("studio.gone")
