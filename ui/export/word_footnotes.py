"""Footnotes of a Word document, whose links open the source.

python-docx 1.2 can read past the footnotes part but not write it (ECMA-376-1, 17.11); it is written here.
"""

from __future__ import annotations

from typing import Any, Final

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from kb.sanitize import visible
from ui.components.i18n import Strings
from ui.export.citations import Marks, Reference

_EMPTY: Final = f"""<w:footnotes {nsdecls("w", "r")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""
"""The lines between text and footnotes; notes themselves are numbered from 1."""


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
        number = str(mark.reference.number)
        if not mark.first:
            return _again(number)
        self._root.append(self._footnote(mark.reference))
        note = _run(element("footnoteReference", id=number), style="FootnoteReference")
        return [element("bookmarkStart", id=number, name=f"source{number}"), note, element("bookmarkEnd", id=number)]

    def write(self) -> None:
        """Put the part into the document, and its separators into the settings."""
        self._document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = self._document.settings.element
        properties = element("footnotePr", *(element("footnote", id=separator) for separator in ("-1", "0")))
        after = settings.find(qn("w:compat"))
        if after is None:
            settings.append(properties)
        else:
            after.addprevious(properties)

    def _footnote(self, reference: Reference) -> Any:
        said = " ".join(part for part in (reference.place, reference.quote, f"{reference.check} · ") if part)
        paragraph = element(
            "p",
            element("pPr", element("pStyle", val="FootnoteText")),
            _run(element("footnoteRef"), style="FootnoteReference"),
            _run(_text("t", f" {said}")),
            hyperlink(self._part, reference.link, self._words("note.open")),
        )
        return element("footnote", paragraph, id=str(reference.number))


def element(tag: str, *children: Any, **attributes: str) -> Any:
    """An element of a Word document, with what it holds and its attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    made.extend(children)
    return made


def hyperlink(part: Any, address: str, text: str) -> Any:
    """A link from a part of the package to an address."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.set(qn("w:history"), "1")
    link.append(_run(_text("t", text), style="Hyperlink"))
    return link


def _again(number: str) -> list[Any]:
    parts = (
        element("fldChar", fldCharType="begin"),
        _text("instrText", f" NOTEREF source{number} \\f \\h "),
        element("fldChar", fldCharType="separate"),
        _text("t", number),
        element("fldChar", fldCharType="end"),
    )
    return [_run(part, style="FootnoteReference") for part in parts]


def _run(*children: Any, style: str = "") -> Any:
    properties = [element("rPr", element("rStyle", val=style))] if style else []
    return element("r", *properties, *children)


def _text(tag: str, text: str) -> Any:
    made = element(tag)
    made.set(qn("xml:space"), "preserve")
    made.text = visible(text)
    return made
