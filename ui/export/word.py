"""An answer as a Word document: headings, quotes, lists, real tables, and real footnotes whose links open the source.

python-docx 1.2 can read past the footnotes part but not write it (ECMA-376-1, 17.11); it is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from kb.sanitize import visible
from lang.languages import Language
from ui.components.i18n import Strings
from ui.export.answer_document import Entry, Laid, Line, Part, Sheet
from ui.export.citations import Marks, Reference

_FIRST_ID: Final = 1
"""Ids below are the lines between text and footnotes; Word itself writes -1 and 0 for them."""

_EMPTY: Final = f"""<w:footnotes {nsdecls("w", "r")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""


class Footnotes:
    """The footnotes of a document: make a mark where the text stands, then `write` them."""

    def __init__(self, document: Any, words: Strings) -> None:
        self._words = words
        self._document = document
        self._root = parse_xml(_EMPTY)
        package = document.part.package
        self._part = XmlPart(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, self._root, package)

    def mark(self, mark: Marks) -> list[Any]:
        """What stands in the text: the footnote itself at its first mark, a reference to its number (NOTEREF) at later ones."""
        number = mark.reference.number
        name = f"source{number}"
        if not mark.first:
            return _later(number, name)
        self._root.append(self._footnote(mark.reference))
        run = _run(style="FootnoteReference")
        note = OxmlElement("w:footnoteReference")
        note.set(qn("w:id"), str(number - 1 + _FIRST_ID))
        run.append(note)
        return [_bookmark("w:bookmarkStart", number, name), run, _bookmark("w:bookmarkEnd", number)]

    def write(self) -> None:
        """Put the part into the document, and its separators into the settings."""
        self._document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = self._document.settings.element
        properties = OxmlElement("w:footnotePr")
        for number in (-1, 0):
            separator = OxmlElement("w:footnote")
            separator.set(qn("w:id"), str(number))
            properties.append(separator)
        after = settings.find(qn("w:compat"))
        if after is None:
            settings.append(properties)
        else:
            after.addprevious(properties)

    def _footnote(self, reference: Reference) -> Any:
        footnote = OxmlElement("w:footnote")
        footnote.set(qn("w:id"), str(reference.number - 1 + _FIRST_ID))
        paragraph = OxmlElement("w:p")
        properties = OxmlElement("w:pPr")
        style = OxmlElement("w:pStyle")
        style.set(qn("w:val"), "FootnoteText")
        properties.append(style)
        own = _run(style="FootnoteReference")
        own.append(OxmlElement("w:footnoteRef"))
        said = " ".join(part for part in (reference.place, reference.quote, f"{reference.check} · ") if part)
        link = self._part.relate_to(reference.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        paragraph.extend([properties, own, _run(f" {said}"), follow(link, self._words("note.open"))])
        footnote.append(paragraph)
        return footnote


def follow(relationship: str, text: str) -> Any:
    """A link."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relationship)
    link.set(qn("w:history"), "1")
    link.append(_run(text, style="Hyperlink"))
    return link


def _later(number: int, name: str) -> list[Any]:
    begin, instruction, separate, shown, end = (_run(style="FootnoteReference") for _ in range(5))
    for run, kind in ((begin, "begin"), (separate, "separate"), (end, "end")):
        char = OxmlElement("w:fldChar")
        char.set(qn("w:fldCharType"), kind)
        run.append(char)
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" NOTEREF {name} \\f \\h "
    instruction.append(code)
    shown.append(_text(str(number)))
    return [begin, instruction, separate, shown, end]


def _bookmark(tag: str, number: int, name: str = "") -> Any:
    bookmark = OxmlElement(tag)
    bookmark.set(qn("w:id"), str(number))
    if name:
        bookmark.set(qn("w:name"), name)
    return bookmark


def _run(text: str = "", *, style: str = "") -> Any:
    run = OxmlElement("w:r")
    if style:
        properties = OxmlElement("w:rPr")
        named = OxmlElement("w:rStyle")
        named.set(qn("w:val"), style)
        properties.append(named)
        run.append(properties)
    if text:
        run.append(_text(text))
    return run


def _text(text: str) -> Any:
    element = OxmlElement("w:t")
    element.set(qn("xml:space"), "preserve")
    element.text = xml(text)
    return element


def xml(text: str) -> str:
    """Text that XML can hold."""
    return visible(text)


def add_blocks(document: Any, notes: Footnotes, blocks: Sequence[Laid]) -> None:
    """Append the blocks, their marks as footnotes."""
    for block in blocks:
        if block.heading:
            document.add_paragraph().add_run(xml(block.heading)).bold = block.kind != "text"
        if block.kind == "table":
            _table(document, notes, block)
            continue
        for item in block.items:
            _item(document, "•").add_run(xml(item))
        for at, row in enumerate(block.rows, 1):
            paragraph = document.add_paragraph() if block.kind == "letter" else _item(document, f"{at}." if block.kind == "steps" else "•")
            _parts(paragraph, notes, row, " " if block.kind == "letter" else ": ")


def _item(document: Any, mark: str) -> Any:
    """A paragraph of a list with a hanging mark; Word's own numbering would go on from one list to the next."""
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent, form.space_after = Cm(0.7), Cm(-0.5), Pt(3)
    paragraph.add_run(f"{mark} ")
    return paragraph


def _table(document: Any, notes: Footnotes, block: Laid) -> None:
    wide = max([len(block.columns), *(len(row) for row in block.rows)], default=0)
    if not wide:
        return
    table = document.add_table(rows=1, cols=wide, style="Table Grid")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=False):
        cell.paragraphs[0].add_run(xml(column)).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated on each page
    for row in block.rows:
        for cell, part in zip(table.add_row().cells, row, strict=False):
            _parts(cell.paragraphs[0], notes, [part], "")
    document.add_paragraph()


def _parts(paragraph: Any, notes: Footnotes, row: Sequence[Part], between: str) -> None:
    for at, part in enumerate(part for part in row if part.text):
        paragraph.add_run(xml((between if at == 1 else " · " if at > 1 else "") + part.text))
        for place, mark in enumerate(part.marks):
            if place:
                paragraph.add_run(",").font.superscript = True
            paragraph._p.extend(notes.mark(mark))


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
