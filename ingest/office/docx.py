"""A Word document (DOCX): opened safely, its body read as blocks on pages."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from ingest.errors import DamagedFileError, EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.office.docx_body import Body
from ingest.office.docx_styles import Numbering, Styles
from ingest.office.docx_text import BREAKS, ParagraphTexts
from ingest.office.ooxml_packages import plain_package
from ingest.parse.archive import AGAIN, inspect_package
from ingest.parse.lines import MOST_MARGINS, squeeze
from ingest.records import Hints, Limits, RawDocument, RawPage, Source

_RUNNING = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)
_NO_TITLES = frozenset({"word document", "document", "untitled", "powerpoint presentation"})


def read_docx(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read a DOCX file.

    Pages are those that the word processor recorded when it last saved (rendered, manual and section breaks); a file without any is one
    page. Tracked insertions count, deletions do not; comments, hidden text and a generated table of contents
    are left out, running headers and footers are hints. Footnotes and endnotes stand behind the paragraphs of the page that refers to them.

    Raises:
        DamagedFileError: not a sound ZIP or XML, or one that declares entities.
        EmptyFileError: no text.
        EncryptedFileError: an encrypted ZIP entry.
        TooLargeError: it would expand beyond ``limits.max_expanded_bytes``, or has more than ``limits.max_pages`` pages.
        UnsupportedFormatError: a Word format that is not plain DOCX (macros, a template).
    """
    inspect_package(data, source, limits)
    try:
        package = docx.Document(io.BytesIO(plain_package(data)))
        numbering = _part(package, RELATIONSHIP_TYPE.NUMBERING)
        styles = Styles.read(package.styles.element)
        notes = _notes(package)
        body = package.element.find(qn("w:body"))
        properties = package.core_properties
        running = _running(package)
    # python-docx 1.2 looks up parts and elements without checking, so a damaged package surfaces as a missing key or attribute.
    except (PackageNotFoundError, KeyError, AttributeError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedFileError(source.uri, f"The DOCX file is corrupt ({error}).", AGAIN) from error
    except (ValueError, NotImplementedError) as error:
        raise UnsupportedFormatError(source.uri, f"It is not a plain DOCX file ({error}).", "Save it as DOCX, without macros.") from error
    if body is None:
        raise DamagedFileError(source.uri, "The DOCX file is corrupt (it has no body).", AGAIN)
    try:
        margins = _margins(running, styles)
        pages = Body(ParagraphTexts(styles, notes), Numbering.read(numbering), package.part.rels).pages(body)
    except RecursionError as error:
        raise DamagedFileError(source.uri, "Its tables or formulas are nested beyond reason.", AGAIN) from error
    if len(pages) > limits.max_pages:
        raise TooLargeError(
            source.uri, f"It has {len(pages)} pages, over the limit of {limits.max_pages}.", "Split it, or raise the limit."
        )
    if not any(pages):
        raise _no_text(source, body)
    title = squeeze(properties.title or "")
    author = squeeze(properties.author or "")
    return RawDocument(
        source,
        tuple(RawPage(at, str(at), tuple(blocks), "markup") for at, blocks in enumerate(pages, start=1)),
        Hints(
            title=title if title and title.lower() not in _NO_TITLES else None,
            authors=(author,) if author not in {"", "python-docx"} else (),
            margins=margins,
        ),
    )


def _running(package: Any) -> list[Any]:
    """The roots of the running headers, then of the footers."""
    parts = [relation for relation in package.part.rels.values() if not relation.is_external]
    return [parse_xml(one.target_part.blob) for kind in _RUNNING for one in parts if one.reltype == kind]


def _margins(running: list[Any], styles: Styles) -> tuple[str, ...]:
    """The lines of running headers and footers, each once; page numbers and other fields are no lines."""
    texts = ParagraphTexts(styles, {})
    lines = (squeeze(BREAKS.sub(" ", texts.of(paragraph))) for root in running for paragraph in root.iter(qn("w:p")))
    return tuple(dict.fromkeys(line for line in lines if any(map(str.isalpha, line))))[:MOST_MARGINS]


def _part(package: Any, kind: str) -> Any | None:
    """The root of the part that the main part refers to by relationship type."""
    for relation in package.part.rels.values():
        if relation.reltype == kind and not relation.is_external:
            return parse_xml(relation.target_part.blob)
    return None


def _notes(package: Any) -> dict[tuple[str, str], Any]:
    """Footnotes and endnotes; the separators that Word keeps among them have a type of their own."""
    notes: dict[tuple[str, str], Any] = {}
    for kind, name in ((RELATIONSHIP_TYPE.FOOTNOTES, "footnote"), (RELATIONSHIP_TYPE.ENDNOTES, "endnote")):
        root = _part(package, kind)
        for note in () if root is None else root.iterchildren(qn(f"w:{name}")):
            if note.get(qn("w:type"), "normal") == "normal":
                notes[name, note.get(qn("w:id"), "")] = note
    return notes


def _no_text(source: Source, body: Any) -> EmptyFileError:
    pictures = len(body.findall(f".//{qn('w:drawing')}")) + len(body.findall(f".//{qn('w:pict')}"))
    if pictures:
        return EmptyFileError(
            source.uri, f"It has no text, only {pictures} pictures.", "Export it as PDF, so that they can be read by OCR."
        )
    return EmptyFileError(source.uri, "There is no text in it.", "Check that it is the file you meant.")
