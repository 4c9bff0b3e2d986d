"""A sheet as a Word document: headings, quotes, real footnotes whose links open the source."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from lang.codes import Language
from ui.export.footnotes import Footnotes, follow, xml
from ui.export.sheet import Entry, Line, Sheet
from ui.export.source import Marks
from ui.export.word_blocks import add_blocks

TAGS: Final[dict[Language, str]] = {"mr": "mr-IN", "hi": "hi-IN", "ja": "ja-JP", "en": "en-GB"}
GREY: Final = RGBColor(0x46, 0x54, 0x63)
BLUE: Final = RGBColor(0x1F, 0x5F, 0x8B)
FONTS: Final = {"ascii": "Noto Serif", "hAnsi": "Noto Serif", "eastAsia": "Noto Serif CJK JP", "cs": "Noto Serif Devanagari"}
"""Font by kind of script; Word puts one of its own where a machine lacks it, and shapes Devanagari with that."""


def docx(sheet: Sheet) -> bytes:
    """The file, for Word, LibreOffice and Pages."""
    document = Document()
    styled(document, sheet.language)
    document.core_properties.title = xml(sheet.title)[:255]  # all that the part may hold
    document.core_properties.author = sheet.words("app.title")
    document.core_properties.language = TAGS.get(sheet.language, "en-GB")
    document.core_properties.created = document.core_properties.modified = datetime.now(UTC)
    notes = Footnotes(document, sheet.words)
    if not sheet.bare:
        document.add_heading(xml(sheet.title), 1)
    for fact in sheet.facts:
        document.add_paragraph(xml(fact), "Setu Small")
    for entry in sheet.entries:
        if sheet.bare:
            add_blocks(document, notes, entry.blocks)
        else:
            _entry(document, notes, entry, sheet)
    if sheet.basis:
        document.add_paragraph(xml(sheet.basis), "Setu Small")
    notes.write()
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _entry(document: Any, notes: Footnotes, entry: Entry, sheet: Sheet) -> None:
    document.add_heading(xml(entry.question), 2)
    for note in entry.before:
        document.add_paragraph(xml(note), "Setu Small")
    if entry.message:
        document.add_paragraph().add_run(xml(entry.message)).bold = True
    add_blocks(document, notes, entry.blocks)
    for group in entry.groups:
        if group.heading:
            document.add_heading(xml(group.heading), 3)
        for line in group.lines:
            _line(document, notes, line)
    for note in entry.after:
        document.add_paragraph(xml(note), "Setu Small")
    link = document.part.relate_to(entry.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    document.add_paragraph(style="Setu Small")._p.append(follow(link, entry.follow or sheet.words("note.link")))


def _line(document: Any, notes: Footnotes, line: Line) -> None:
    paragraph = document.add_paragraph(style="Setu Quote" if line.quoted else "Normal")
    run = paragraph.add_run(xml(line.text))
    run._r.get_or_add_rPr().append(spoken(line.language))
    for at, mark in enumerate(line.marks):
        marked(paragraph, notes, mark, comma=at > 0)
    if line.standing:
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(2)
        document.add_paragraph(xml(line.standing), "Setu Standing")


def marked(paragraph: Any, notes: Footnotes, mark: Marks, *, comma: bool) -> None:
    """Put a mark at the end of a paragraph."""
    if comma:
        paragraph.add_run(",").font.superscript = True
    paragraph._p.extend(notes.mark(mark))


def spoken(language: Language) -> Any:
    """The language of a run, which chooses the spelling checker, the shaping and the form of shared kanji."""
    tag = OxmlElement("w:lang")
    name = {"ja": "w:eastAsia", "mr": "w:bidi", "hi": "w:bidi"}.get(language, "w:val")
    tag.set(qn(name), TAGS.get(language, "en-GB"))
    return tag


def styled(document: Any, language: Language) -> None:
    """Set the page and the styles of a new document, in the fonts of the four languages."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin = section.bottom_margin = Cm(2.2)
    styles = document.styles
    normal = styles["Normal"]
    normal.font.size = Pt(10.5)
    for name, size in (("Normal", 10.5), ("Heading 1", 16), ("Heading 2", 12), ("Heading 3", 10.5)):
        _fonts(styles[name], size)
    styles["Normal"].element.get_or_add_rPr().append(spoken(language))
    for name in ("Heading 1", "Heading 2"):
        styles[name].font.color.rgb = RGBColor(0x1D, 0x27, 0x33)
    styles["Heading 3"].font.color.rgb = BLUE
    quote = _style(styles, "Setu Quote", "Normal", 10.5)
    quote.paragraph_format.left_indent = Cm(0.7)
    quote.paragraph_format.space_after = Pt(6)
    for name, indent in (("Setu Small", 0.0), ("Setu Standing", 0.7)):
        style = _style(styles, name, "Normal", 9)
        style.font.color.rgb = GREY
        style.paragraph_format.left_indent = Cm(indent)
    text = _style(styles, "footnote text", "Normal", 8.5)
    text.paragraph_format.space_after = Pt(2)
    text.element.styleId = "FootnoteText"
    reference = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True
    reference.element.styleId = "FootnoteReference"
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline = True
    link.font.color.rgb = BLUE


def _style(styles: Any, name: str, base: str, size: float) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles[base]
    _fonts(style, size)
    return style


def _fonts(style: Any, size: float) -> None:
    style.font.size = Pt(size)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for name, font in FONTS.items():
        fonts.set(qn(f"w:{name}"), font)
    # Word takes the size of Devanagari from szCs, which python-docx leaves alone.
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), str(int(size * 2)))
    properties.find(qn("w:sz")).addnext(complex_size)
    if style.font.bold and properties.find(qn("w:bCs")) is None:
        properties.find(qn("w:b")).addnext(OxmlElement("w:bCs"))
