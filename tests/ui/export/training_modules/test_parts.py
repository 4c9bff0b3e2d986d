"""Parts of a module as files of their own: two tests, forms, the handout, and a source pack that claims no more than it is."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from docx import Document
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from kb import KnowledgeBase
from lang.languages import LANGUAGES, Language
from tests.ui import links
from tests.ui.export.training_modules import templates
from tests.ui.export.training_modules.conftest import DAY, Made, stands
from tests.ui.links import folded
from training.edit import add_question, add_slide, own_picture
from training.programme import FRAMES
from training.records import Module
from ui.components.i18n import strings
from ui.export.formats import ExportError
from ui.export.training_modules.module_formats import CONTENTS, Contents, ModuleFormat, export_module, file_name


def written(kb: KnowledgeBase, module: Module, into: ModuleFormat, contents: Contents, language: Language | None = None) -> bytes:
    words = strings(language or module.language)
    return export_module(kb, module, into, words, today=DAY, address=links.AT, contents=contents)


def text_of(data: bytes) -> str:
    """Everything that stands in a Word document, tables too."""
    body = Document(BytesIO(data)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in body.iter(f"{W}p"))


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.mark.parametrize("contents", [one for one in CONTENTS if one != "module"])
def test_each_part_is_written_in_each_of_its_kinds_under_a_name_of_its_own(kb: KnowledgeBase, made: Made, contents: Contents) -> None:
    module = made("en")
    names = {file_name(module, into, contents=contents) for into in CONTENTS[contents]}
    assert len(names) == len(CONTENTS[contents])
    assert all(f"-{contents}-en." in name for name in names)
    for into in CONTENTS[contents]:
        assert written(kb, module, into, contents)
    with pytest.raises(ExportError, match=f"no anki of this \\({contents}\\)"):
        written(kb, module, "anki", contents)


def test_the_tests_ask_for_the_same_facts_and_prove_every_answer(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    found = {contents: etree.fromstring(written(kb, module, "moodle", contents)) for contents in ("pre", "post")}
    for contents, root in found.items():
        questions = [one for one in root if one.get("type") != "category"]
        assert len(questions) == len(module.quiz)
        assert {one.findtext("idnumber").rpartition("-")[2] for one in questions} == {contents}
        for one in questions:
            assert "<blockquote" in one.findtext("generalfeedback/text")
    asked = [{"".join(one.findtext("questiontext/text").split()) for one in root[1:]} for root in found.values()]
    assert len(asked[0] - asked[1]) >= len(module.quiz) / 3
    proofs = [sorted(one.findtext("generalfeedback/text").partition("<blockquote")[2] for one in root[1:]) for root in found.values()]
    assert proofs[0] == proofs[1]
    assert written(kb, module, "gift", "pre") == written(kb, module, "gift", "pre")


def test_the_test_on_paper_has_a_place_for_a_name_and_its_answers_on_a_page_of_their_own(kb: KnowledgeBase, made: Made) -> None:
    module = made("mr")
    words = strings("mr")
    said = text_of(written(kb, module, "docx", "pre"))
    assert words("module.contents.pre") in said
    assert f"{words('module.person')}: ____" in said
    assert said.index(words("module.question", number=1)) < said.index(f"\n{words('module.answers')}\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_stand_in_every_language_of_the_module(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    assert len(module.request.languages) == 2
    for contents in ("attendance", "feedback"):
        said = text_of(written(kb, module, "docx", contents))
        for spoken in module.request.languages:
            assert strings(spoken)(f"module.contents.{contents}") in said
    for objective in module.objectives:
        assert folded(objective.text) in folded(said)
    assert said.count("☐") == 2 * 5 * (len(module.objectives) + 4)


def test_an_attendance_list_has_a_signature_for_each_day(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    for length, days in (("session", 1), *((length, frame.days) for length, frame in FRAMES.items())):
        form = Document(BytesIO(written(kb, replace(module, request=replace(module.request, length=length)), "docx", "attendance")))
        heads = [cell.text for cell in form.tables[0].rows[0].cells]
        assert len(heads) == 3 + days
        assert len(form.tables[0].rows) == 26


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_source_pack_says_what_it_is_and_holds_only_what_the_papers_say(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module, words = made(language), strings(language)
    data = written(kb, module, "docx", "pack")
    said = folded(text_of(data))
    assert folded(f"{words('module.contents.pack')}: {module.title}") in said
    assert folded(words("module.pack.about")) in said
    assert folded(words("module.sources")) in said
    assert folded(words("module.part.plan")) not in said
    for section in (*module.briefing, *module.handout):
        assert all(folded(line.text) in said for line in section.lines)
    assert not any(folded(objective.text) in said for objective in module.objectives)
    assert folded(words("module.pack.about_model")) in folded(text_of(written(kb, replace(module, model="a:b"), "docx", "pack")))


def test_a_source_pack_names_duties_with_their_days_and_facts_of_agreements(kb: KnowledgeBase, made: Made) -> None:
    document = Document(BytesIO(written(kb, made("en"), "docx", "pack")))
    words = strings("en")
    tables = {table.rows[0].cells[0].text: table for table in document.tables}
    duties = tables[words("cards.who")]
    assert len(duties.rows) > 2
    quotes = {" ".join(citation.quote.split()) for citation in made("en").citations()}
    assert all(row.cells[1].text for row in duties.rows[1:])
    assert quotes
    fields = {row.cells[1].text for table in document.tables if table.rows[0].cells[1].text == words("module.field") for row in table.rows}
    assert len(fields) > 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_handout_has_four_pages_at_most(kb: KnowledgeBase, made: Made, language: Language) -> None:
    assert 1 <= len(pypdfium2.PdfDocument(written(kb, made(language), "pdf", "handout"))) <= 4


def test_every_source_of_a_handout_opens_its_place(kb: KnowledgeBase, made: Made) -> None:
    said = written(kb, made("en"), "md", "handout").decode()
    found = [part.split(">")[0] for part in said.split("](<")[1:] if part.startswith(links.AT)]
    assert found
    assert all(stands(kb, link) for link in found[:20])


def test_what_a_trainer_added_is_marked_in_every_file_and_is_not_in_the_source_pack(kb: KnowledgeBase, made: Made) -> None:
    picture = own_picture(templates.picture(), "pier.png", "The pier at low tide")
    module = add_slide(made("en"), "Our own harbour", ["Pier 4 is ours."], picture)
    module = add_question(module, "Which pier is ours?", "Pier 4", ["Pier 2"])
    mark = f"✎\N{NO-BREAK SPACE}{strings('en')('module.own')}"
    deck = Presentation(BytesIO(written(kb, module, "pptx", "module")))
    text, shown = list(deck.slides)[-3:-1]
    assert text.shapes.title.text_frame.text == f"{mark}: Our own harbour"
    assert f"{mark}: Pier 4 is ours." in text.placeholders[1].text_frame.text
    (drawn,) = [shape for shape in shown.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert drawn._element.nvPicPr.cNvPr.get("descr") == "The pier at low tide"
    assert drawn.width == pytest.approx(3 * drawn.height, rel=0.01)
    assert "not borne out" not in deck.slides[0].placeholders[1].text_frame.text
    said = text_of(written(kb, module, "docx", "module"))
    assert "Choose the right answer." in said
    assert mark in said[: said.index("Which pier is ours?")].rpartition("Question")[2]
    for into in ("gift", "moodle", "md", "pdf", "anki", "csv"):
        assert written(kb, module, into, "module")
    assert "trainer" in written(kb, module, "gift", "post").decode()
    pack = written(kb, module, "md", "pack").decode()
    assert "Which pier is ours?" not in pack
    assert "✎" not in pack
