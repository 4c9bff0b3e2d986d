"""A module on the page is edited, held against its sources again, kept up to date and taken away as a file, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.errors import KnowledgeBaseError
from tests.training.test_edit import MEMORANDUM
from tests.ui.pages.studio.test_studio import EN, address_of, home, kept, line_with, made, module_id, press, said, shown, studio
from training import module_store
from training.freshness import stale
from training.records import BLANK
from ui.export.training_modules.module_formats import MODULE_FORMATS
from ui.pages.studio import module_header

__all__ = ["home", "made", "module_id"]

FORTY = "will install forty tide gauges"


def write(app: AppTest, text: str) -> AppTest:
    """Put text into the form that is open, and save it."""
    app.text_area[0].set_value(text)
    app = next(button for button in app.button if button.label == EN("studio.save")).click().run()
    assert not app.exception, app.exception
    return app


def test_a_line_in_other_words_is_held_against_its_source_at_once(home: Path, module_id: str) -> None:
    line = line_with(kept(home, module_id), FORTY, "briefing")
    app = studio(home, module=module_id, part="briefing", edit=line.id)
    app = write(app, line.text.replace("forty", "ninety"))
    assert EN("studio.reworded") in said(app)
    edited = line_with(kept(home, module_id), "ninety", "briefing")
    assert (edited.id, edited.origin, edited.status == "verified") == (line.id, "edited", False)
    page = shown(app)
    assert EN("studio.origin.edited") in page
    assert EN(f"status.{edited.status}") in page
    assert EN.count("studio.unborne", 1) in page
    app = press(app, "studio-quote-")
    assert line_with(kept(home, module_id), FORTY, "briefing") == line
    assert app.text_area[0].value == line.text
    assert not [button for button in app.button if button.key and button.key.startswith("studio-quote-")]


def test_an_empty_wording_is_told_and_the_line_stays(home: Path, module_id: str) -> None:
    line = line_with(kept(home, module_id), FORTY, "briefing")
    app = write(studio(home, module=module_id, part="briefing", edit=line.id), "   ")
    assert said(app) == EN("studio.no_wording")
    assert line_with(kept(home, module_id), FORTY, "briefing") == line


def test_a_question_without_its_gap_is_told(home: Path, module_id: str) -> None:
    item = next(item for item in kept(home, module_id).quiz if item.kind in ("cloze", "choice"))
    app = write(studio(home, module=module_id, part="quiz", edit=item.id), "How many gauges are there?")
    assert EN("studio.one_gap", gap=BLANK) in said(app)
    assert item in kept(home, module_id).quiz


def test_lines_are_dropped_brought_back_pinned_and_moved(home: Path, module_id: str) -> None:
    first, second = kept(home, module_id).objectives[:2]
    app = press(studio(home, module=module_id, part="objectives"), f"studio-edit-{first.id}")
    app = press(app, "studio-drop-")
    assert EN("studio.dropped") in shown(app)
    assert kept(home, module_id).objectives[0].dropped
    app = press(app, "studio-restore-")
    app = press(app, "studio-pin-")
    assert EN("studio.pinned") in shown(app)
    app = press(app, "studio-down-")
    now = kept(home, module_id).objectives
    assert [line.id for line in now[:2]] == [second.id, first.id]
    assert (now[1].dropped, now[1].pinned) == (False, True)
    app = press(app, "studio-unpin-")
    press(app, "studio-up-")
    assert kept(home, module_id).objectives[0] == first


@pytest.mark.parametrize("part", ["slides", "quiz", "glossary"])
def test_slides_questions_and_entries_are_dropped_as_a_whole(home: Path, module_id: str, part: str) -> None:
    one = getattr(kept(home, module_id), part)
    if not one:
        pytest.skip("the papers of this test have no term of the glossary")
    press(studio(home, module=module_id, part=part, edit=one[0].id), "studio-drop-")
    assert getattr(kept(home, module_id), part)[0].dropped


def test_a_line_that_is_gone_meanwhile_is_told_and_nothing_is_changed(home: Path, module_id: str) -> None:
    line = kept(home, module_id).objectives[0]
    app = studio(home, module=module_id, part="objectives", edit=line.id)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        module = module_store.load(kb, module_id)
        module_store.save(kb, replace(module, objectives=module.objectives[1:]))
    app = press(app, "studio-drop-")
    assert EN("studio.line_gone") in said(app)
    assert line not in kept(home, module_id).objectives


def test_slides_are_turned_one_by_one(home: Path, module_id: str) -> None:
    slides = kept(home, module_id).slides
    app = studio(home, module=module_id, part="slides")
    assert EN("studio.slide_of", number=1, total=len(slides)) in [box.label for box in app.selectbox]
    app = press(app, "studio-after")
    assert EN("studio.slide_of", number=2, total=len(slides)) in [box.label for box in app.selectbox]
    assert slides[1].title.text.replace("“", "") in shown(app).replace("“", "")


def test_the_module_is_renamed_copied_and_deleted(home: Path, module_id: str) -> None:
    app = studio(home, module=module_id)
    next(box for box in app.text_input if box.label == EN("studio.name")).set_value("Gauges for ward 7")
    app = next(button for button in app.button if button.label == EN("studio.rename")).click().run()
    assert EN("studio.renamed") in said(app)
    assert kept(home, module_id).title == "Gauges for ward 7"
    app = press(app, "studio-copy")
    copy = address_of(app)
    assert (copy != module_id, kept(home, copy).title) == (True, EN("studio.copy_of", title="Gauges for ward 7"))
    app = press(app, "studio-delete")
    assert EN("studio.deleted") in said(app)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        assert [info.id for info in module_store.listed(kb)] == [module_id]


def test_what_a_new_version_says_is_offered_beside_the_old_and_taken(home: Path, module_id: str, made: tuple[Path, str]) -> None:
    paper = made[0] / "papers" / "memorandum.md"
    try:
        paper.write_text(MEMORANDUM.replace("forty tide gauges", "fifty-five tide gauges"), encoding="utf-8")
        with KnowledgeBase.open(Settings(home=home)) as kb:
            assert kb.ingest([paper]).updated
            found = stale(kb, module_store.load(kb, module_id))
    finally:
        paper.write_text(MEMORANDUM, encoding="utf-8")
    lines = len({one.id for one in found if one.reason != "moved"})
    assert EN.count("studio.stale", lines) in shown(studio(home))
    app = press(studio(home, module=module_id), "studio-changed")
    page = shown(app)
    assert EN("studio.reason.changed") in page
    assert "fifty-five tide gauges" in page
    asked = {one.id for one in found if one.reason == "changed" and one.part == "quiz"}
    app = press(app, "studio-take-0")
    assert EN("studio.taken") in said(app)
    module = kept(home, module_id)
    assert line_with(module, "fifty-five", "briefing").status == line_with(module, "fifty-five", "handout").status == "verified"
    assert all(item.dropped for item in module.quiz if item.proof.id in asked)
    assert EN.count("studio.stale", lines) not in shown(app)
    app = press(app, "studio-take-moved")
    assert EN("studio.moved_taken") in said(app)
    assert EN("studio.nothing_changed") in shown(app)


def test_what_only_stands_at_another_place_is_no_warning(home: Path, module_id: str, made: tuple[Path, str]) -> None:
    paper = made[0] / "papers" / "memorandum.md"
    try:
        paper.write_text(MEMORANDUM.replace("## Article 1", "A preamble goes first.\n\n## Article 1"), encoding="utf-8")
        with KnowledgeBase.open(Settings(home=home)) as kb:
            assert kb.ingest([paper]).updated
            assert {one.reason for one in stale(kb, module_store.load(kb, module_id))} == {"moved"}
    finally:
        paper.write_text(MEMORANDUM, encoding="utf-8")
    assert EN("studio.all_borne") in shown(studio(home))
    app = studio(home, module=module_id, part="changed")
    assert EN("studio.which") in shown(app)
    assert EN("studio.reason.moved") not in shown(app)


def test_a_line_of_a_withdrawn_source_is_named_and_can_only_be_dropped(home: Path, module_id: str) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.delete(next(info.id for info in kb.documents() if "waits" in info.title))
        line = stale(kb, module_store.load(kb, module_id))[0]
    app = studio(home, module=module_id, part="changed")
    assert EN("studio.reason.withdrawn") in shown(app)
    assert EN("studio.nothing_offered") in shown(app)
    assert not [button for button in app.button if button.key and button.key.startswith("studio-take")]
    app = press(app, "studio-drop-stale-0")
    assert EN("studio.line_dropped") in said(app)
    assert line.id not in {button.key for button in app.button}


@pytest.mark.parametrize("into", MODULE_FORMATS)
def test_every_kind_of_file_is_named_made_and_offered(home: Path, module_id: str, into: str) -> None:
    app = studio(home, module=module_id)
    box = next(box for box in app.selectbox if box.label == EN("studio.file_kind"))
    assert EN(f"studio.file.{into}") in box.options
    app = press(box.set_value(into).run(), "studio-make-file")
    assert not app.error, said(app)
    (save,) = [button for button in app.get("download_button") if button.proto.id.endswith("studio-save-file")]
    assert MODULE_FORMATS[into].ending in save.proto.label.replace("\\", "")


def test_a_second_language_stands_in_a_column_of_the_kinds_that_have_one(home: Path, module_id: str) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        module = module_store.load(kb, module_id)
        module_store.save(kb, replace(module, request=replace(module.request, languages=("en", "mr"))))
    app = studio(home, module=module_id)
    app = next(box for box in app.selectbox if box.label == EN("studio.file_kind")).set_value("csv").run()
    assert EN("studio.second_column") not in [box.label for box in app.selectbox]
    app = next(box for box in app.selectbox if box.label == EN("studio.file_kind")).set_value("docx").run()
    app = press(next(box for box in app.selectbox if box.label == EN("studio.second_column")).set_value("mr").run(), "studio-make-file")
    assert not app.error, said(app)
    assert "-en-mr.docx" in app.get("download_button")[0].proto.label.replace("\\", "")


def test_a_file_that_could_not_be_made_is_told_and_the_module_is_as_it_was(
    home: Path, module_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> bytes:
        raise KnowledgeBaseError("The disk is full.")

    monkeypatch.setattr(module_header, "export_module", broken)
    before = kept(home, module_id)
    app = studio(home, module=module_id)
    box = next(box for box in app.selectbox if box.label == EN("studio.file_kind"))
    app = press(box.set_value("csv").run(), "studio-make-file")
    assert EN("studio.no_file", reason="The disk is full.") in said(app)
    assert not app.get("download_button")
    assert kept(home, module_id) == before


def test_a_module_without_questions_says_so_before_a_quiz_is_written(home: Path, module_id: str) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        module_store.save(kb, replace(module_store.load(kb, module_id), quiz=()))
    app = studio(home, module=module_id)
    box = next(box for box in app.selectbox if box.label == EN("studio.file_kind"))
    app = press(box.set_value("gift").run(), "studio-make-file")
    assert EN("studio.no_questions") in said(app)
