"""A Word document (DOCX): opened safely, its body read as blocks on pages."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import docx
import regex
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from ingest.errors import DamagedFileError, EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.office.docx_styles import Numbering, Style, Styles, on, value
from ingest.office.ooxml_packages import plain_package
from ingest.parse.archive import AGAIN, inspect_package
from ingest.parse.lines import MOST_MARGINS, squeeze, without_bullet
from ingest.parse.tables import labelled_rows
from ingest.records import Hints, Limits, RawBlock, RawDocument, RawPage, Role, Source

_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_REMOVED = frozenset(qn(tag) for tag in ("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:rt", "w:rPr", "w:pPr"))
_DRAWN = frozenset({_ALTERNATE, qn("w:drawing"), qn("w:pict"), qn("w:object")})
_WRAPPERS = frozenset(qn(tag) for tag in ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag"))
_NOTES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
_CHARACTERS = {qn("w:tab"): "\t", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_PAGE, _RENDERED = "\x0c", "\x0e"
_BREAKS = regex.compile(rf"([{_PAGE}{_RENDERED}])")


@dataclass(slots=True)
class Body:
    """Reads a ``w:body`` once, counting pages as it goes. ``notes`` maps ``(footnote | endnote, id)`` to the note's element."""

    styles: Styles
    numbering: Numbering
    notes: Mapping[tuple[str, str], Any]
    _blocks: list[tuple[int, RawBlock]] = field(default_factory=list)
    _page: int = 1
    _after_break: bool = False
    _sections: list[Any] = field(default_factory=list)
    _noted: int = 0
    _pending: list[tuple[int, Any]] = field(default_factory=list)

    def pages(self, body: Any) -> list[list[RawBlock]]:
        """Blocks by page, up to the last page with text."""
        self._sections = list(body.iter(qn("w:sectPr")))
        self._read(body)
        self._flush_notes()
        pages: list[list[RawBlock]] = [[] for _ in range(max((page for page, _ in self._blocks), default=0))]
        for page, block in self._blocks:
            pages[page - 1].append(block)
        return pages

    def _read(self, container: Any) -> None:
        for element in _contents(container, "w:p", "w:tbl"):
            if element.tag == qn("w:p"):
                self._paragraph(element)
            else:
                self._table(element)

    def _paragraph(self, paragraph: Any) -> None:
        properties = paragraph.find(qn("w:pPr"))
        style = self.styles.of(properties)
        if not style.contents:
            if style.page_break:
                self._turn(manual=True)
            self._pieces("".join(self._texts(paragraph)), style)
            for box in paragraph.iter(qn("w:txbxContent")):
                if next(box.iterancestors(_FALLBACK), None) is None and next(box.iterancestors(qn("w:txbxContent")), None) is None:
                    self._read(box)
        if properties is not None and (section := properties.find(qn("w:sectPr"))) is not None and self._starts_page(section):
            self._turn(manual=True)

    def _pieces(self, text: str, style: Style) -> None:
        shown = bool(_BREAKS.sub("", text).strip())
        role, level, prefix = self._role(style) if shown else ("paragraph", 0, "")
        whole = role in {"title", "heading"}
        seen = False
        pieces = _BREAKS.split(text)
        for at, piece in enumerate(pieces):
            if piece == _RENDERED and seen and any(rest.strip() for rest in pieces[at + 1 :]):
                # The sentence goes on over the page; it stays whole, on the page where it begins.
                joined = "".join(rest for rest in pieces[at + 1 :] if rest not in {_PAGE, _RENDERED})
                page, block = self._blocks.pop()
                self._blocks.append(
                    (page, RawBlock(squeeze(f"{block.text}{_gap(pieces[at - 1], joined)}{joined}"), block.role, block.level))
                )
                self._turn(manual=False)
                return
            if piece in {_PAGE, _RENDERED}:
                self._turn(manual=piece == _PAGE)
            elif piece.strip():
                self._after_break = False
                for line in [" ".join(piece.split("\n"))] if whole else piece.split("\n"):
                    stripped, bullet = without_bullet(squeeze(line))
                    if stripped:
                        own: Role = "list_item" if bullet and role == "paragraph" else role
                        self._blocks.append((self._page, RawBlock(f"{prefix} {stripped}".strip(), own, level)))
                        prefix, seen = "", True

    def _role(self, style: Style) -> tuple[Role, int, str]:
        label = None
        if style.list_id is not None:
            at = style.list_level if style.list_level is not None else self.numbering.level_of(style.list_id, style.id)
            label = self.numbering.label(style.list_id, at)
        if style.title:
            return "title", 0, label or ""
        if style.heading:
            return "heading", style.heading, label or ""
        if style.caption:
            return "caption", 0, label or ""
        return "list_item" if label is not None or style.listed else "paragraph", 0, label or ""

    def _turn(self, *, manual: bool) -> None:
        """Go to the next page. The break that Word renders right behind a manual one is the same break."""
        if not manual and self._after_break:
            self._after_break = False
            return
        self._flush_notes()
        self._page += 1
        self._after_break = manual

    def _starts_page(self, section: Any) -> bool:
        """Whether the section behind ``section`` begins on a new page; a section's type says how it begins itself."""
        following = self._sections.index(section) + 1
        return following < len(self._sections) and value(self._sections[following], "w:type") not in {"continuous", "nextColumn"}

    def _texts(self, element: Any) -> Iterator[str]:
        """Text, line breaks and page-break marks under ``element``, as the document reads with its tracked changes accepted."""
        for child in element:
            tag = child.tag
            if tag in _REMOVED or tag in _DRAWN or not isinstance(tag, str):
                continue  # Text boxes follow their paragraph.
            if tag == qn("w:r") and on(child.find(qn("w:rPr")), "w:vanish"):
                continue
            if tag in {qn("w:t"), _MATH_TEXT}:
                yield regex.sub(r"[\x0b-\x1f]", " ", child.text or "")
            elif tag in _CHARACTERS:
                yield _CHARACTERS[tag]
            elif tag == qn("w:br"):
                yield {"page": _PAGE, "column": " "}.get(child.get(qn("w:type"), ""), "\n")
            elif tag == qn("w:lastRenderedPageBreak"):
                yield _RENDERED
            elif tag in _NOTES:
                self._refer(_NOTES[tag], child.get(qn("w:id"), ""))
            else:
                yield from self._texts(child)

    def _refer(self, kind: str, number: str) -> None:
        note = self.notes.get((kind, number))
        if note is not None:
            self._noted += 1
            self._pending.append((self._noted, note))

    def _flush_notes(self) -> None:
        pending, self._pending = self._pending, []
        for number, note in pending:
            text = squeeze(" ".join("".join(self._texts(paragraph)) for paragraph in note.iter(qn("w:p"))))
            if text := _BREAKS.sub(" ", text).strip():
                self._blocks.append((self._page, RawBlock(f"[{number}] {text}", "footnote")))

    def _table(self, table: Any) -> None:
        rows = [row for row in _contents(table, "w:tr") if not on(row.find(qn("w:trPr")), "w:del")]
        cells = [list(_contents(row, "w:tc")) for row in rows]
        if all(len(row) <= 1 for row in cells):
            for cell in (cell for row in cells for cell in row):
                self._read(cell)
            return
        grid: list[list[str]] = []
        pages: list[int] = []
        merged: dict[int, str] = {}
        for row in cells:
            line = self._row(row, merged)
            turns = [text for text in line if _BREAKS.search(text)]
            before = any(_BREAKS.match(text) for text in turns)
            if before:
                self._turn(manual=False)
            pages.append(self._page)
            if turns and not before:
                self._turn(manual=False)
            self._after_break = False
            grid.append([_BREAKS.sub(" ", text) for text in line])
        header = on(rows[0].find(qn("w:trPr")), "w:tblHeader") or (len(cells) > 1 and _bold(cells[0]) and not _bold(cells[1]))
        self._blocks.extend((pages[at], block) for at, block in labelled_rows(grid, header=True if header else None))

    def _row(self, cells: list[Any], merged: dict[int, str]) -> list[str]:
        """Texts by column; a cell that continues the one above repeats its text, one that spans columns stands in its first."""
        line: list[str] = []
        for cell in cells:
            properties = cell.find(qn("w:tcPr"))
            span = (value(properties, "w:gridSpan") if properties is not None else None) or "1"
            down = properties.find(qn("w:vMerge")) if properties is not None else None
            column = len(line)
            text = self._cell(cell)
            if down is not None and down.get(qn("w:val")) != "restart":
                text = merged.get(column, text)
            merged[column] = text if down is not None else ""
            line.extend([text, *[""] * (min(int(span) if span.isdigit() else 1, 100) - 1)])
        return line

    def _cell(self, cell: Any) -> str:
        parts: list[str] = []
        for element in _contents(cell, "w:p", "w:tbl"):
            if element.tag == qn("w:p"):
                style = self.styles.of(element.find(qn("w:pPr")))
                text = "".join(self._texts(element))
                prefix = self._role(style)[2] if text.strip() else ""
                parts.append(f"{prefix} {text}" if prefix else text)
                boxes = element.iter(qn("w:txbxContent"))
                parts.extend(self._cell(box) for box in boxes if next(box.iterancestors(_FALLBACK), None) is None)
            else:
                parts.extend(self._cell(inner) for row in _contents(element, "w:tr") for inner in _contents(row, "w:tc"))
        return "\n".join(part for part in parts if part.strip())


def _contents(element: Any, *tags: str) -> Iterator[Any]:
    """Children with one of ``tags``, through content controls and tracked insertions, but not a generated table of contents."""
    wanted = {qn(tag) for tag in tags}
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS and not _is_contents(child):
            yield from _contents(child, *tags)


def _is_contents(control: Any) -> bool:
    gallery = control.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"


def _bold(cells: list[Any]) -> bool:
    runs = [run for cell in cells for run in cell.iter(qn("w:r")) if "".join(text.text or "" for text in run.iter(qn("w:t"))).strip()]
    return bool(runs) and all(on(run.find(qn("w:rPr")), "w:b") for run in runs)


def _gap(before: str, after: str) -> str:
    """A space where the white space between two halves of a sentence was trimmed."""
    return " " if before[-1:].isspace() or after[:1].isspace() else ""


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
        notes = _notes(package)
        body = package.element.find(qn("w:body"))
        properties = package.core_properties
        margins = _margins(package)
    # python-docx 1.2 looks up parts and elements without checking, so a damaged package surfaces as a missing key or attribute.
    except (PackageNotFoundError, KeyError, AttributeError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedFileError(source.uri, f"The DOCX file is corrupt ({error}).", AGAIN) from error
    except (ValueError, NotImplementedError) as error:
        raise UnsupportedFormatError(source.uri, f"It is not a plain DOCX file ({error}).", "Save it as DOCX, without macros.") from error
    if body is None:
        raise DamagedFileError(source.uri, "The DOCX file is corrupt (it has no body).", AGAIN)
    try:
        pages = Body(Styles.read(package.styles.element), Numbering.read(numbering), notes).pages(body)
    except RecursionError as error:
        raise DamagedFileError(source.uri, "Its tables are nested beyond reason.", AGAIN) from error
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
