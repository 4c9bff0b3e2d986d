"""A presentation (PPTX): each slide is a page, with its tables, charts, diagrams and notes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pptx
from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import InvalidXmlError, PackageNotFoundError, PythonPptxError
from pptx.oxml import parse_xml

from ingest.errors import DamagedFileError, EmptyFileError, TooLargeError
from ingest.office.charts import CHART, chart_blocks
from ingest.office.equations import formula_text
from ingest.office.ooxml_packages import plain_package
from ingest.office.slide_text import paragraphs
from ingest.parse.archive import AGAIN, inspect_package
from ingest.parse.lines import ends_sentence, squeeze, without_bullet
from ingest.parse.tables import table_rows
from ingest.records import Hints, Limits, RawBlock, RawDocument, RawPage, Source

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_A14 = "{http://schemas.microsoft.com/office/drawing/2010/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_HOLDERS = frozenset({f"{_P}spTree", f"{_P}grpSp", f"{_A}p"})
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE})
_MARGINS = frozenset({PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER})
_NO_TITLES = frozenset({"powerpoint presentation", "presentation", "untitled"})
_MAX_GROUPS = 40


def read_pptx(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read a presentation, slide by slide: the title as a heading, text, tables, charts and diagrams in their order, then the notes.

    A slide's label is the number that it shows. Dates, footers, slide numbers and hidden shapes are left out. A hidden slide keeps its
    place without its text, a slide of pictures alone is marked as unread; both carry a note.

    Raises:
        DamagedFileError: not a sound ZIP or XML, or one that declares entities.
        EmptyFileError: no slide has text or a picture.
        EncryptedFileError: an encrypted ZIP entry.
        TooLargeError: it would expand beyond ``limits.max_expanded_bytes``, or has more than ``limits.max_pages`` slides.
        UnsupportedFormatError: a way of packing that cannot be unpacked.
    """
    inspect_package(data, source, limits)
    try:
        presentation = pptx.Presentation(io.BytesIO(plain_package(data)))
        first = int(presentation.element.get("firstSlideNum", "1"))
        count = len(presentation.slides)
        if count > limits.max_pages:
            raise TooLargeError(
                source.uri, f"It has {count} slides, over the limit of {limits.max_pages}.", "Split it, or raise the limit."
            )
        pages = [_page(slide, at, str(first + at - 1)) for at, slide in enumerate(presentation.slides, start=1)]
        title, author = squeeze(presentation.core_properties.title or ""), squeeze(presentation.core_properties.author or "")
    # python-pptx 1.0 looks up parts and elements without checking, so a damaged package surfaces as a missing key or attribute.
    except (
        PackageNotFoundError,
        PythonPptxError,
        InvalidXmlError,
        KeyError,
        AttributeError,
        TypeError,
        etree.XMLSyntaxError,
        RecursionError,
    ) as error:
        raise DamagedFileError(source.uri, f"The PPTX file is corrupt ({type(error).__name__}: {error}).", AGAIN) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, IndexError, NotImplementedError) as error:
        raise DamagedFileError(source.uri, f"The PPTX file is cut off or corrupt ({error}).", AGAIN) from error
    if not any(page.blocks or page.method == "none" for page in pages):
        raise EmptyFileError(source.uri, "No slide has text.", "Check that it is the file you meant.")
    headline = next((block.text for page in pages[:1] for block in page.blocks if block.role == "title"), None)
    declared = title if title and title.lower() not in _NO_TITLES else None
    return RawDocument(source, tuple(pages), Hints(title=headline or declared, authors=(author,) if author else ()))


def _page(slide: Any, number: int, label: str) -> RawPage:
    if slide.element.get("show") in {"0", "false"}:
        note = "This slide is hidden in the presentation and was left out. Show it and add the file again if it belongs to the document."
        return RawPage(number, label, (), "markup", note=note)
    tree = slide.shapes.element
    _show(tree)
    pictures = _has_picture(tree)
    _drop_wordless(tree)
    blocks = list(_blocks(slide.shapes, 0))
    titles = [block for block in blocks if block.role == "title"]
    first = titles[0] if titles else None
    heading = [] if first is None else [first if number == 1 else RawBlock(first.text, "heading", 1)]
    body = [block for block in blocks if block is not first]
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        body += [RawBlock(one.text) for one in paragraphs(slide.notes_slide.notes_text_frame)]
    if not heading and not body and pictures:
        note = "This slide holds only pictures, whose text was not read. Export the presentation as PDF, so that they can be read by OCR."
        return RawPage(number, label, (), "none", 0.0, note)
    return RawPage(number, label, (*heading, *body), "markup")


def _blocks(shapes: Any, depth: int) -> Iterator[RawBlock]:
    for shape in shapes:
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind in _MARGINS:
            continue
        if hasattr(shape, "shapes"):
            if depth < _MAX_GROUPS:
                yield from _blocks(shape.shapes, depth + 1)
        elif getattr(shape, "has_table", False) and shape.has_table:
            yield from _table(shape.table)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            for reference in shape.element.iter(CHART):
                yield from chart_blocks(shape.part.rels, reference)
        elif shape.has_text_frame:
            yield from _text(shape.text_frame, kind in _TITLES)
        else:
            yield from _diagram(shape)


def _text(frame: Any, title: bool) -> Iterator[RawBlock]:
    shown = list(paragraphs(frame))
    if title:
        text = squeeze(" ".join(one.text for one in shown))
        if text:
            yield RawBlock(text, "title")
        return
    for one in shown:
        plain, bullet = without_bullet(one.text)
        item = bullet or one.numbered or one.level > 0 or (len(shown) > 1 and not ends_sentence(one.text))
        yield RawBlock(plain, "list_item" if item else "paragraph")


def _table(table: Any) -> Iterator[RawBlock]:
    """Rows with their headings; a cell that spans rows is repeated in each, one that spans columns stands in its first."""
    grid: list[list[str]] = []
    for at, row in enumerate(table.rows):
        cells = []
        for column, cell in enumerate(row.cells):
            above = grid[at - 1][column] if at and column < len(grid[at - 1]) else ""
            vertical = cell.is_spanned and cell._tc.get("vMerge") in {"1", "true"}
            cells.append(above if vertical else "" if cell.is_spanned else _cell(cell))
        grid.append(cells)
    yield from table_rows(grid, header=True if table.first_row and len(grid) > 1 else None)


def _cell(cell: Any) -> str:
    return squeeze("\n".join(one.text for one in paragraphs(cell.text_frame)))


def _diagram(shape: Any) -> Iterator[RawBlock]:
    """The words of a diagram (SmartArt), which stand in a part of their own, one point after the other."""
    for reference in shape.element.iter(f"{_DGM}relIds"):
        identity = reference.get(f"{_R}dm")
        if identity not in shape.part.rels:
            continue
        root = parse_xml(shape.part.related_part(identity).blob)
        for point in root.iter(f"{_DGM}pt"):
            if point.get("type", "node") in {"node", "asst"}:
                for paragraph in point.iter(f"{_A}p"):
                    text = squeeze("".join(run.text or "" for run in paragraph.iter(f"{_A}t")))
                    if text:
                        yield RawBlock(text, "list_item")


def _show(tree: Any) -> None:
    """Take what a slide hides out of its tree; put what stands in alternatives, and formulas, where the library looks for it."""
    for properties in list(tree.iter(f"{_P}cNvPr")):
        shape = properties.getparent().getparent()
        if properties.get("hidden") in {"1", "true"} and shape is not tree:
            shape.getparent().remove(shape)
    for alternatives in list(tree.iter(f"{_MC}AlternateContent")):
        around = alternatives.getparent()
        if around.tag in _HOLDERS:
            for child in list(next(alternatives.iterchildren(f"{_MC}Choice", f"{_MC}Fallback"), ())):
                alternatives.addprevious(child)
            around.remove(alternatives)
    for formula in list(tree.iter(f"{_A14}m")):
        run = formula.getparent().makeelement(f"{_A}r")
        etree.SubElement(run, f"{_A}t").text = formula_text(formula)
        formula.getparent().replace(formula, run)


def _drop_wordless(tree: Any) -> None:
    """Take out shapes without text, of which a slide may have thousands: the library needs 0.1 ms for each."""
    for shape in list(tree.iter(f"{_P}sp", f"{_P}cxnSp", f"{_P}pic")):
        if not any(text.text for text in shape.iter(f"{_A}t")):
            shape.getparent().remove(shape)
    for group in reversed(list(tree.iter(f"{_P}grpSp"))):
        if next(group.iter(f"{_P}sp", f"{_P}graphicFrame"), None) is None:
            group.getparent().remove(group)


def _has_picture(tree: Any) -> bool:
    return next(tree.iter(f"{_P}pic", f"{_A}blip"), None) is not None
