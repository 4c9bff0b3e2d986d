"""The studio's page: a training of half a day, parts of a module as files, and what a trainer adds of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lang.languages import LANGUAGES, Language
from tests.ui.pages.studio.test_studio import address_of, home, kept, made, module_id, press, said, shown, studio, until  # noqa: F401
from ui.components.i18n import strings
from ui.export.training_modules.module_formats import CONTENTS

EN = strings("en")


def field(app: AppTest, kind: str, name: str):
    return next(one for one in getattr(app, kind) if one.key and f"own-{name}-" in one.key)


def test_a_training_of_half_a_day_says_before_and_after_that_the_papers_are_too_few(home: Path) -> None:  # noqa: F811
    app = studio(home)
    app.text_input[0].set_value("tide gauges")
    next(box for box in app.selectbox if box.key == "studio-length-en").set_value("half_day")
    app = next(button for button in app.button if button.label == EN("studio.preview")).click().run()
    assert EN("studio.lacking.length") in "".join(one.value.replace("\\", "") for one in app.caption)
    app = until(press(app, "studio-preview-make"), lambda app: "module" in app.query_params)
    module = kept(home, address_of(app))
    assert (module.request.length, module.request.slides, module.request.items) == ("half_day", 24, 20)
    app.query_params["part"] = "plan"
    page = shown(app.run())
    assert EN("module.long.half_day") in page
    assert EN("module.activity.open") in page
    assert "0:00–0:10" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_a_module_can_be_made_into_a_file_in_every_language(home: Path, module_id: str, language: Language) -> None:  # noqa: F811
    words = strings(language)
    app = studio(home, language=language, module=module_id)
    for contents in CONTENTS:
        box = next(box for box in app.selectbox if box.key == f"studio-contents-{language}")
        app = press(box.set_value(contents).run(), "studio-make-file")
        assert not said(app), said(app)
        assert any(words("studio.save_file", name="x").split("x")[0].strip() in one.label for one in app.get("download_button"))


def test_an_own_slide_and_an_own_question_are_added_and_marked(home: Path, module_id: str) -> None:  # noqa: F811
    app = studio(home, module=module_id, part="slides")
    field(app, "text_input", "title").set_value("Our own harbour")
    field(app, "text_area", "lines").set_value("Pier 4 is ours.\nPier 5 is theirs.")
    app = next(button for button in app.button if button.label == EN("studio.own_add")).click().run()
    assert EN("studio.own_added") in said(app)
    slide = kept(home, module_id).slides[1]
    assert [line.text for line in (slide.title, *slide.bullets)] == ["Our own harbour", "Pier 4 is ours.", "Pier 5 is theirs."]
    app.query_params["slide"] = slide.id
    page = shown(app.run())
    assert "the trainer" in page
    assert "Our own harbour" in page
    app = studio(home, module=module_id, part="quiz")
    for name, text in (("prompt", "Which pier is ours?"), ("right", "Pier 4")):
        field(app, "text_input", name).set_value(text)
    app = next(button for button in app.button if button.label == EN("studio.own_add")).click().run()
    assert kept(home, module_id).quiz[-1].answers == ("Pier 4",)
    assert "Answer in a few words." in shown(app)
    app = next(button for button in app.button if button.label == EN("studio.own_add")).click().run()
    assert EN("studio.own_no_question") in said(app)


def test_a_viewer_cannot_add_anything(home: Path, module_id: str) -> None:  # noqa: F811
    app = studio(home, role="viewer", module=module_id, part="slides")
    assert not [one for one in app.text_input if one.key and "own-" in one.key]
