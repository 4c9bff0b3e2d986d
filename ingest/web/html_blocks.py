"""An HTML tree becomes blocks, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from typing import Any

import regex
from lxml import etree, html

from ingest.errors import DamagedFileError
from ingest.parse.lines import ends_sentence, join, spell_number, squeeze, without_bullet
from ingest.parse.tables import table_rows
from ingest.records import RawBlock, Role

_SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "button",
        "select",
        "input",
        "textarea",
        "label",
        "rt",
        "rp",
        "rtc",
        "map",
    }
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(_HEADINGS) | frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "html",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_NEW_LINE = regex.compile(
    r"^\s*(?:[-–*•●○■・]\s|[(（〔\[]?[\p{N}]{1,3}[)）〕\].:、．]|[(（][\p{L}\p{M}]{1,4}[)）]|第[\p{N}一二三四五六七八九十百]+[条章節項])"
)
_LIST_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MAX_DEPTH = 150  # Three Python frames an element; no page that a person wrote nests half as deep.
_BREAK = "\x0b"
_NOTES = frozenset({"footnote", "endnote", "rearnote"})
_TYPE = "{http://www.idpf.org/2007/ops}type"
_PROLOGUE = regex.compile(r"^[\ufeff\s]*<\?xml[^>]*>")
_ENTITY = regex.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_CONTROL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # Not allowed in XML; trafilatura fails on them.


def parse(text: str, file: str) -> Any | None:
    """An ``lxml.html`` tree of ``text`` without comments; None when it holds no element. Nothing is fetched, no entity is expanded.

    Raises:
        DamagedFileError: elements nested deeper than libxml2 reads (2048), below which text would be lost.
    """
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(_CONTROL.sub(" ", text).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DamagedFileError(file, "Its elements are nested too deeply to be a page.", "Print the page to PDF from a browser.")
    return tree


def parse_xhtml(text: str, file: str) -> Any | None:
    """As ``parse``, for text that is meant to be XML; what is not well-formed is read as HTML. Namespaces are taken off the tags.

    An HTML parser would take ``<title/>`` for the beginning of a title that the rest of the page belongs to.

    Raises:
        DamagedFileError: as ``parse``.
    """
    plain = _ENTITY.sub(lambda found: found[0] if found[1] in _XML_ENTITIES else html5.get(found[1], found[0]), _PROLOGUE.sub("", text))
    parser = html.XHTMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(_CONTROL.sub(" ", plain).encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError:
        return parse(_PROLOGUE.sub("", text), file)
    for element in tree.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return tree


def types(element: Any) -> frozenset[str]:
    """What an element says it is, by ``epub:type`` and ``role`` (there without the prefix ``doc-``)."""
    said = f"{element.get(_TYPE) or element.get('epub:type') or ''} {element.get('role') or ''}"
    return frozenset(word.removeprefix("doc-") for word in said.lower().split())


def fragment_blocks(text: str, file: str) -> list[RawBlock]:
    """Blocks of an HTML fragment, such as a table inside Markdown.

    Raises:
        DamagedFileError: as ``parse``.
    """
    tree = parse(text, file)
    return [] if tree is None else walk(tree)


def walk(root: Any) -> list[RawBlock]:
    """Blocks of the text under ``root``.

    Headings keep their level, an ordered list its numbers, a table row its column headings, a caption and a footnote their roles. ``<br>``
    parts lines only where the next one starts an item or the last one ended a sentence. Ruby annotations, scripts, form fields and hidden
    elements are left out.
    """
    return walk_marked(root, {}, {})[0]


def walk_marked(root: Any, notes: Mapping[Any, str], marks: Mapping[Any, str]) -> tuple[list[RawBlock], list[tuple[int, str]]]:
    """As ``walk``, for a text with notes and marks in it.

    Args:
        root: As for ``walk``.
        notes: Elements that are footnotes, each with its number ("" where it has none).
        marks: Elements at which something begins, such as a printed page, each with its name.

    Returns:
        The blocks, and each mark that was passed: how many blocks stand before it, and its name. A block that goes on over a mark
        stands before it.
    """
    walker = _Walker(notes, marks)
    walker.visit(root, "paragraph", 0, 0)
    walker.flush("paragraph", 0)
    return walker.blocks, walker.passed


def hidden(element: Any) -> bool:
    """Whether a browser would not show ``element``."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


@dataclass(slots=True)
class _Walker:
    notes: Mapping[Any, str]
    marks: Mapping[Any, str]
    passed: list[tuple[int, str]] = field(default_factory=list)
    blocks: list[RawBlock] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    prefix: str = ""

    def visit(self, element: Any, role: Role, level: int, depth: int) -> None:
        if not isinstance(element.tag, str):
            return
        tag = element.tag.lower()
        if element in self.marks:
            self._pass(element)
        if tag in _SKIPPED or hidden(element):
            return
        if depth > _MAX_DEPTH:
            self.inline.append(" ".join(element.itertext()))
        elif tag == "br":
            self.inline.append(_BREAK)
        elif tag == "table":
            self.flush(role, level)
            self.blocks.extend(_table(element))
            for inner in element.iterdescendants() if self.marks else ():
                if inner in self.marks:
                    self._pass(inner)
        elif tag == "pre":
            self.flush(role, level)
            self.blocks.extend(RawBlock(squeeze(line)) for line in "".join(element.itertext()).split("\n") if line.strip())
        elif tag in _BLOCKS:
            self.flush(role, level)
            self._block(element, tag, role, depth)
        else:
            self._children(element, role, level, depth)

    def _block(self, element: Any, tag: str, role: Role, depth: int) -> None:
        level = _HEADINGS.get(tag, 0)
        if level:
            role = "heading"
        elif tag in {"li", "dd"}:
            role = "list_item"
            self.prefix = _number(element) if tag == "li" else ""
        elif tag in {"figcaption", "caption"}:
            role = "caption"
        elif tag in {"ul", "ol", "dl", "dt", "blockquote"} and role != "footnote":
            role = "paragraph"
        number = self.notes.get(element)
        if number is not None or types(element) & _NOTES:
            role, level = "footnote", 0
            self.prefix = f"[{number}] " if number else self.prefix
        self._children(element, role, level, depth)
        self.flush(role, level)
        if tag == "li":
            self.prefix = ""

    def _pass(self, element: Any) -> None:
        self.passed.append((len(self.blocks) + any(not text.isspace() for text in self.inline if text), self.marks[element]))

    def _children(self, element: Any, role: Role, level: int, depth: int) -> None:
        self.inline.append(element.text or "")
        for child in element:
            self.visit(child, role, level, depth + 1)
            self.inline.append(child.tail or "")

    def flush(self, role: Role, level: int) -> None:
        """End the run of inline text and make blocks of it."""
        text = "".join(self.inline)
        self.inline.clear()
        if not text.strip():
            return
        for piece in [join(text.split(_BREAK))] if role == "heading" else _lines(text):
            stripped, bullet = without_bullet(piece)
            own: Role = "list_item" if bullet and role == "paragraph" else role
            self.blocks.append(RawBlock(f"{self.prefix}{stripped}", own, level))
            self.prefix = ""


def _lines(text: str) -> list[str]:
    lines = [squeeze(line) for line in text.split(_BREAK)]
    result: list[str] = []
    fresh = True
    for line in lines:
        if not line:
            fresh = True
        elif fresh or ends_sentence(result[-1]) or _NEW_LINE.match(line):
            result.append(line)
            fresh = False
        else:
            result[-1] = join([result[-1], line])
    return result


def _number(item: Any) -> str:
    """``3. `` for the third item of an ordered list, in the list's own kind of number; empty for a bullet or a number typed by hand."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol" or _NEW_LINE.match("".join(item.itertext()).strip()[:12]):
        return ""
    number = _integer(parent.get("start"), 1)
    for sibling in parent.iterchildren("li"):
        number = _integer(sibling.get("value"), number)
        if sibling is item:
            break
        number += 1
    return f"{_spelled(number, parent.get('type') or '1')}. "


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and regex.fullmatch(r"-?[0-9]{1,6}", text.strip()) else default


def _spelled(number: int, kind: str) -> str:
    return spell_number(number, _LIST_TYPES.get(kind, "decimal")) or str(number)


def _table(table: Any) -> Iterator[RawBlock]:
    """Rows of a data table; a table that only lays out a page (one column, or blocks in its cells) is walked like any element."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table and not hidden(row)]
    cells = [[cell for cell in row if cell.tag in {"td", "th"}] for row in rows]
    for caption in table.iterchildren("caption"):
        yield RawBlock(squeeze(caption.text_content()), "caption")
    layout = any(cell.find(".//table") is not None or cell.find(".//h2") is not None for row in cells for cell in row)
    if layout or all(len(row) <= 1 for row in cells):
        for row in cells:
            for cell in row:
                yield from walk(cell)
        return
    grid = _grid(cells)
    head = [all(cell.tag == "th" for cell in row) for row in cells]
    in_head = bool(cells and cells[0]) and rows[0].getparent().tag == "thead"
    yield from table_rows(grid, header=True if in_head or (head and head[0]) else None)


def _grid(cells: list[list[Any]]) -> list[list[str]]:
    """Texts by row and column; a cell that spans rows is repeated in each, one that spans columns stands in its first."""
    carried: dict[int, tuple[int, str]] = {}
    grid: list[list[str]] = []
    for row in cells:
        line: dict[int, str] = {}
        column = 0
        for cell in row:
            while column in carried:
                column += 1
            text = " ".join(block.text for block in walk(cell))
            line[column] = text
            width = max(1, min(_integer(cell.get("colspan"), 1), 100))
            height = max(1, min(_integer(cell.get("rowspan"), 1), 1000))
            for at in range(column + 1, column + width):
                line[at] = ""
            if height > 1:
                carried[column] = (height, text)
            column += width
        for at, (left, text) in list(carried.items()):
            line.setdefault(at, text)
            if left <= 1:
                del carried[at]
            else:
                carried[at] = (left - 1, text)
        grid.append([line.get(at, "") for at in range(max(line, default=-1) + 1)])
    return grid
