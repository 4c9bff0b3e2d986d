"""A Word document (DOCX): opened safely, read by ``wordbody``."""

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

from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, TooLargeError, UnsupportedFormatError
from ingest.read.lines import MOST_MARGINS, squeeze
from ingest.read.numbering import Numbering
from ingest.read.styles import Styles
from ingest.read.wordbody import Body
from ingest.records import Hints, Limits, RawDocument, RawPage, Source

_AGAIN = "Copy or download it again, or open it in Word and save it anew."
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
        UnsupportedFormatError: a Word format that is not plain DOCX (macros, strict OOXML).
    """
    _inspect(data, source, limits)
    try:
        package = docx.Document(io.BytesIO(data))
        numbering = _part(package, RELATIONSHIP_TYPE.NUMBERING)
        notes = _notes(package)
        body = package.element.find(qn("w:body"))
        properties = package.core_properties
        margins = _margins(package)
    # python-docx 1.2 looks up parts and elements without checking, so a damaged package surfaces as a missing key or attribute.
    except (PackageNotFoundError, KeyError, AttributeError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedFileError(source.uri, f"The DOCX file is corrupt ({error}).", _AGAIN) from error
    except ValueError as error:
        raise UnsupportedFormatError(source.uri, f"It is not a plain DOCX file ({error}).", "Save it as DOCX, without macros.") from error
    if body is None:
        raise DamagedFileError(source.uri, "The DOCX file is corrupt (it has no body).", _AGAIN)
    try:
        pages = Body(Styles.read(package.styles.element), Numbering.read(numbering), notes).pages(body)
    except RecursionError as error:
        raise DamagedFileError(source.uri, "Its tables are nested beyond reason.", _AGAIN) from error
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


def _inspect(data: bytes, source: Source, limits: Limits) -> None:
    """Refuse a package that would hurt before any of it is parsed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise EncryptedFileError(source.uri, "The document is protected by a password.", "Save a copy without the password.")
            # zipfile never yields more bytes than an entry declares, so the declared sum bounds the memory.
            total = sum(entry.file_size for entry in entries)
            if total > limits.max_expanded_bytes:
                size = f"{total / 1e6:.1f} MB, over the limit of {limits.max_expanded_bytes / 1e6:.1f} MB"
                raise TooLargeError(source.uri, f"It would expand to {size}.", "Check that it is genuine, or split it.")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        start = part.read(4096)
                    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                        raise DamagedFileError(source.uri, "It declares XML entities; Word never does.", "Do not trust it.")
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise DamagedFileError(source.uri, f"The DOCX file is cut off or corrupt ({error}).", _AGAIN) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnsupportedFormatError(source.uri, f"Its ZIP cannot be unpacked ({error}).", "Open it in Word and save it anew.") from error


def _margins(package: Any) -> tuple[str, ...]:
    """The lines of the running headers, then of the footers, each once; page numbers and other fields are no lines."""
    parts = [relation for relation in package.part.rels.values() if not relation.is_external]
    roots = [parse_xml(one.target_part.blob) for kind in _RUNNING for one in parts if one.reltype == kind]
    lines = (
        squeeze("".join(run.text or " " for run in one.iter(qn("w:t"), qn("w:tab")))) for root in roots for one in root.iter(qn("w:p"))
    )
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
