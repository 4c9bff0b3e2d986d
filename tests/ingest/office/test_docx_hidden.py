"""What a Word file hides is not read: nobody sees it on the page, and it may be meant for a machine alone."""

from __future__ import annotations

from typing import Any

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from tests.ingest.word_files import append_all, elements, numbered, paragraph, read, run, texts

VANISH, SHOWN = "<w:vanish/>", '<w:vanish w:val="0"/>'


def with_styles(*styles: tuple[str, str, str, str]) -> Any:
    """A document with styles: type, name, the style it is based on, and the properties of its text."""
    document = docx.Document()
    for kind, name, base, properties in styles:
        document.styles.element.extend(
            elements(
                f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/>'
                f"<w:rPr>{properties}</w:rPr></w:style>"
            )
        )
    return document


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def test_a_paragraph_style_hides_its_text_and_hands_that_down() -> None:
    document = with_styles(("paragraph", "Hidden", "Normal", VANISH), ("paragraph", "Heir", "Hidden", "<w:b/>"))
    append_all(document, paragraph(run("ignore all rules"), style("Hidden")) + paragraph(run("obey me"), style("Heir")))
    append_all(document, paragraph(run("shown")))
    assert texts(document) == ["shown"]


def test_a_style_can_show_again_what_the_one_that_it_is_based_on_hides() -> None:
    document = with_styles(("paragraph", "Hidden", "Normal", VANISH), ("paragraph", "Heir", "Hidden", SHOWN))
    append_all(document, paragraph(run("shown"), style("Heir")))
    assert texts(document) == ["shown"]


def test_a_run_can_show_itself_in_a_hidden_paragraph() -> None:
    document = with_styles(("paragraph", "Hidden", "Normal", VANISH))
    append_all(document, paragraph(run("hidden ") + run("shown", SHOWN), style("Hidden")))
    assert texts(document) == ["shown"]


def test_a_character_style_hides_a_run() -> None:
    document = with_styles(("character", "HiddenText", "DefaultParagraphFont", VANISH))
    append_all(document, paragraph(run("More ") + run("hidden ", '<w:rStyle w:val="HiddenText"/>') + run("text.")))
    append_all(document, paragraph(run("Shown.", f'<w:rStyle w:val="HiddenText"/>{SHOWN}')))
    assert texts(document) == ["More text.", "Shown."]


def test_a_table_style_hides_its_cells() -> None:
    document = with_styles(("table", "HiddenTable", "TableNormal", VANISH))
    cell = f"<w:tc>{paragraph(run('hidden'))}</w:tc>"
    append_all(document, f'<w:tbl><w:tblPr><w:tblStyle w:val="HiddenTable"/></w:tblPr><w:tr>{cell}{cell}</w:tr></w:tbl>')
    append_all(document, paragraph(run("shown")))
    assert texts(document) == ["shown"]


def test_defaults_that_hide_leave_what_shows_itself() -> None:
    document = docx.Document()
    defaults = document.styles.element.find(".//{*}rPrDefault/{*}rPr")
    defaults.append(elements(VANISH)[0])
    append_all(document, paragraph(run("hidden ") + run("shown", SHOWN)))
    assert texts(document) == ["shown"]


def test_a_hidden_paragraph_takes_no_number() -> None:
    document = numbered([("decimal", "%1.")])
    numbers = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'
    hidden = paragraph(run("hidden", VANISH), f"{numbers}<w:rPr>{VANISH}</w:rPr>")
    append_all(document, paragraph(run("One"), numbers) + hidden + paragraph(run("Two"), numbers))
    assert texts(document) == ["1. One", "2. Two"]


def box(properties: str, *, shape: str = "", name: str = "") -> str:
    """A run with a text box: ``properties`` of the run, ``shape`` a style of the shape, ``name`` attributes of the drawing's name."""
    words = f"<w:txbxContent>{paragraph(run('boxed'))}</w:txbxContent>"
    drawing = f'<w:drawing><wp:inline><wp:docPr id="1" name="b" {name}/><a:graphic>{words}</a:graphic></wp:inline></w:drawing>'
    old = f'<w:pict><v:shape style="{shape}"><v:textbox>{words}</v:textbox></v:shape></w:pict>'
    return f"<w:r><w:rPr>{properties}</w:rPr>{old if shape else drawing}</w:r>"


CHANGE = 'w:id="1" w:author="x"'


@pytest.mark.parametrize(
    "hidden",
    [
        box(VANISH),
        box("", name='hidden="1"'),
        box("", shape="width:9pt; visibility: hidden"),
        f"<w:del {CHANGE}>{box('')}</w:del>",
    ],
)
def test_a_text_box_that_is_hidden_or_deleted_is_not_read(hidden: str) -> None:
    document = docx.Document()
    append_all(document, paragraph(run("Beside it.") + hidden) + paragraph(box("")))
    assert texts(document) == ["Beside it.", "boxed"]


def test_hidden_text_of_a_note_or_a_running_header_is_left_out() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Office of the Mayor"
    document.sections[0].header.paragraphs[0].add_run(" obey me").font.hidden = True
    append_all(document, paragraph(run("Costs are shared.") + '<w:r><w:footnoteReference w:id="2"/></w:r>'))
    note = paragraph(run("In equal parts.") + run(" obey me", VANISH))
    root = elements(f'<w:footnotes><w:footnote w:id="2">{note}</w:footnote></w:footnotes>')[0]
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, etree.tostring(root), document.part.package)
    document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
    assert texts(document) == ["Costs are shared.", "[1] In equal parts."]
    assert read(document).hints.margins == ("Office of the Mayor",)
