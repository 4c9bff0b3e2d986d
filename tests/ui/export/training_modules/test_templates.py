"""Slides in the institute's own template, with its logo: opened with python-pptx, measured, and what cannot be used refused."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Emu

from kb import KnowledgeBase, Settings
from lang.languages import Language
from tests.ui import links
from tests.ui.export.training_modules import templates
from tests.ui.export.training_modules.conftest import DAY, Made
from tests.ui.export.training_modules.test_slides import frames, overflowing
from training.records import Module
from ui.components.i18n import strings
from ui.export.formats import ExportError
from ui.export.training_modules.deck.office_files import forget, keep_logo, keep_template, logo_of, look_of, template_of
from ui.export.training_modules.deck.office_logo import checked_logo
from ui.export.training_modules.deck.office_template import template_look
from ui.export.training_modules.module_formats import export_module

KINDS = {
    "plain": (lambda _presentation: None, "template"),
    "renamed": (templates.renamed, "presentation"),
    "textless": (templates.textless, "slideshow"),
    "crowded": (templates.crowded, "template"),
}


def written(kb: KnowledgeBase, module: Module, folder: Path, kind: str, logo: bytes | None = None):
    change, called = KINDS[kind]
    file = folder / f"{kind}.potx"
    file.write_bytes(templates.template(change, kind=called))
    picture = folder / "logo.png"
    if logo is not None:
        picture.write_bytes(logo)
    data = export_module(
        kb, module, "pptx", strings(module.language), today=DAY, address=links.AT, template=file, logo=picture if logo is not None else None
    )  # fmt: skip
    return Presentation(BytesIO(data))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "mr", "ja"])
def test_a_deck_in_a_template_says_all_and_fits(kb: KnowledgeBase, made: Made, tmp_path: Path, kind: str, language: Language) -> None:
    module = made(language)
    deck = written(kb, module, tmp_path, kind, templates.picture())
    text = "".join(shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)
    plain = "".join(text.split())
    for slide in module.slides:
        for line in (slide.title, *(() if slide.columns else slide.bullets)):
            shown = line.in_language(language) or line
            assert "".join(shown.text.split()) in plain, shown.text
    assert "Delete" not in text
    assert not any("Delete" in slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide)
    assert not overflowing(deck)
    for slide in deck.slides:
        inside = [shape for shape in slide.shapes if shape.has_table or shape.has_text_frame]
        assert all(shape.left >= 0 and shape.left + shape.width <= deck.slide_width for shape in inside)
        assert all(shape.has_table or shape.top + shape.height <= deck.slide_height for shape in inside)
        assert not [shape for shape in slide.placeholders if shape.has_text_frame and not shape.text_frame.text.strip()]
        ids = [shape.shape_id for shape in slide.shapes]
        assert len(ids) == len(set(ids))


def test_fonts_colours_size_layouts_and_footer_are_those_of_the_template(kb: KnowledgeBase, made: Made, tmp_path: Path) -> None:
    deck = written(kb, made("en"), tmp_path, "renamed")
    theme = etree.fromstring(deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    assert templates.GREEN in etree.tostring(theme).decode()
    assert {each.get("typeface") for each in theme.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}latin")} == {templates.FONT}
    assert not [run for slide in deck.slides for frame in frames(slide) for p in frame.paragraphs for run in p.runs if run.font.name]
    assert [slide.slide_layout.name for slide in list(deck.slides)[:3]] == ["विन्यास 0", "विन्यास 1", "विन्यास 1"]
    assert list(deck.slides)[-1].slide_layout.name == "विन्यास 5"
    assert all("Institute of Public" in "".join(shape.text_frame.text for shape in slide.placeholders) for slide in deck.slides)
    four_by_three = written(kb, made("en"), tmp_path, "plain")
    assert Emu(four_by_three.slide_width).inches == 10.0
    assert four_by_three.slides[0].slide_layout.name == "Title Slide"


def test_the_package_is_no_template_any_more_and_holds_nothing_of_its_slides(kb: KnowledgeBase, made: Made, tmp_path: Path) -> None:
    deck = written(kb, made("en"), tmp_path, "plain")
    out = BytesIO()
    deck.save(out)
    with zipfile.ZipFile(out) as package:
        assert b"presentationml.presentation.main" in package.read("[Content_Types].xml")
        assert not any(b"Delete this slide" in package.read(name) for name in package.namelist())
        assert not any("thumbnail" in name for name in package.namelist())


@pytest.mark.parametrize("kind", [*KINDS, None])
def test_the_logo_stands_on_every_slide_and_on_no_text(kb: KnowledgeBase, made: Made, tmp_path: Path, kind: str | None) -> None:
    logo = templates.picture(size=(400, 200))
    if kind is None:
        (tmp_path / "logo.png").write_bytes(logo)
        data = export_module(kb, made("en"), "pptx", strings("en"), today=DAY, address=links.AT, logo=tmp_path / "logo.png")
        deck = Presentation(BytesIO(data))
    else:
        deck = written(kb, made("en"), tmp_path, kind, logo)
    for slide in deck.slides:
        (picture,) = [shape for shape in slide.slide_layout.shapes if shape.name == "Logo"]
        assert picture.width == pytest.approx(2 * picture.height, rel=0.01)
        assert 0 <= picture.left <= deck.slide_width - picture.width
        assert 0 <= picture.top <= deck.slide_height - picture.height
        for shape in slide.shapes:
            apart = (
                shape.left >= picture.left + picture.width or picture.left >= shape.left + shape.width
                or shape.top >= picture.top + picture.height or picture.top >= shape.top + shape.height
            )  # fmt: skip
            assert apart, shape.name


BAD = {
    "cut off": (lambda: templates.template()[:4000], "cut off"),
    "a Word document": (lambda: templates.as_kind(_word(), "template"), "no PowerPoint template"),
    "protected": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
    "text": (lambda: b"not a presentation", "cut off or corrupt"),
    "without titles": (lambda: templates.template(templates.titleless), "no layout of the template has a title"),
    "huge": (lambda: bytes(51 * 2**20), "over the limit of 50 MB"),
    "a bomb": (lambda: _with("ppt/media/image1.bmp", bytes(210 * 2**20)), "would expand to"),
    "with macros": (lambda: _with("ppt/vbaProject.bin", b"Sub AutoOpen"), "macros"),
    "with entities": (lambda: _with("ppt/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "entities"),
}


def _word() -> bytes:
    from docx import Document

    out = BytesIO()
    Document().save(out)
    return out.getvalue()


def _with(name: str, data: bytes) -> bytes:
    out = BytesIO(templates.template())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("bad", BAD)
def test_a_template_that_cannot_be_used_is_refused_by_name_and_reason(bad: str) -> None:
    data, reason = BAD[bad]
    with pytest.raises(ExportError, match=reason) as error:
        template_look(data(), "office.potx")
    assert str(error.value).startswith("office.potx: ")


def test_a_logo_is_a_png_or_jpeg_and_all_else_is_refused_with_a_reason() -> None:
    assert checked_logo(templates.picture(), "logo.png") == (".png", 3.0)
    assert checked_logo(templates.picture("JPEG", (200, 100)), "logo.jpeg") == (".jpg", 2.0)
    for data, reason in (
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (templates.picture("GIF"), "of the kind GIF"),
        (templates.picture()[:40], "cannot be read"),
        (bytes(6 * 2**20), "over the limit of 5 MB"),
    ):
        with pytest.raises(ExportError, match=reason):
            checked_logo(data, "logo")


def test_what_the_office_keeps_is_used_until_it_is_removed_and_a_bad_file_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert (template_of(settings), logo_of(settings)) == (None, None)
    keep_template(settings, templates.template(), "a.potx")
    keep_logo(settings, templates.picture(), "a.png")
    keep_logo(settings, templates.picture("JPEG"), "b.jpg")
    assert template_of(settings) == tmp_path / "slide-template.potx"
    assert logo_of(settings) == tmp_path / "slide-logo.jpg"
    assert not (tmp_path / "slide-logo.png").exists()
    with pytest.raises(ExportError):
        keep_template(settings, b"broken", "b.potx")
    assert look_of(template_of(settings), logo_of(settings)).wide == 10.0
    forget(settings, template=True, logo=True)
    assert (template_of(settings), logo_of(settings)) == (None, None)
    with pytest.raises(ExportError, match=r"gone\.potx: the template for slides cannot be read"):
        look_of(tmp_path / "gone.potx", None)


def test_a_template_is_for_slides_alone(kb: KnowledgeBase, made: Made, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="slides alone"):
        export_module(kb, made("en"), "docx", strings("en"), today=DAY, address=links.AT, template=tmp_path / "x.potx")
