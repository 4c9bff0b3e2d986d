"""The footnotes part of a Word document, which python-docx 1.2 can read past but not write (ECMA-376-1, 17.11)."""

from __future__ import annotations

from typing import Any, Final

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from kb.printable import visible
from ui.export.source import Marks, Reference
from ui.i18n import Strings

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
