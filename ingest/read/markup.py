"""An HTML tree becomes blocks, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import regex
from lxml import etree, html

from ingest.errors import DamagedFileError
from ingest.read.lines import ends_sentence, join, squeeze, without_bullet
from ingest.read.numbers import spell
from ingest.read.rows import table_rows
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


def fragment_blocks(text: str, file: str) -> list[RawBlock]:
    """Blocks of an HTML fragment, such as a table inside Markdown.

    Raises:
        DamagedFileError: as ``parse``.
    """
    tree = parse(text, file)
    return [] if tree is None else walk(tree)


def walk(root: Any) -> list[RawBlock]:
    """Blocks of the text under ``root``.

    Headings keep their level, an ordered list its numbers, a table row its column headings, a caption its role. ``<br>`` parts lines only
    where the next one starts an item or the last one ended a sentence. Ruby annotations, scripts, form fields and hidden elements are
    left out.
    """
    walker = _Walker()
    walker.visit(root, "paragraph", 0, 0)
    walker.flush("paragraph", 0)
    return walker.blocks


def hidden(element: Any) -> bool:
    """Whether a browser would not show ``element``."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


@dataclass(slots=True)
class _Walker:
    blocks: list[RawBlock] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    prefix: str = ""

    def visit(self, element: Any, role: Role, level: int, depth: int) -> None:
        if not isinstance(element.tag, str):
            return
        tag = element.tag.lower()
        if tag in _SKIPPED or hidden(element):
            return
        if depth > _MAX_DEPTH:
            self.inline.append(" ".join(element.itertext()))
        elif tag == "br":
            self.inline.append(_BREAK)
        elif tag == "table":
            self.flush(role, level)
            self.blocks.extend(_table(element))
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
        elif tag in {"ul", "ol", "dl", "dt", "blockquote"}:
            role = "paragraph"
        self._children(element, role, level, depth)
        self.flush(role, level)
        if tag == "li":
            self.prefix = ""

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
    return spell(number, _LIST_TYPES.get(kind, "decimal")) or str(number)


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
