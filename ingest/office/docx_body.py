"""The body of a Word file read as blocks on pages: paragraphs with their numbers, tables, text boxes, charts, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from ingest.office.charts import chart_blocks
from ingest.office.docx_styles import Numbering, Style, integer, on, value
from ingest.office.docx_text import BOX, BREAKS, PAGE, RENDERED, ParagraphTexts, contents
from ingest.parse.lines import squeeze, without_bullet
from ingest.parse.tables import labelled_rows
from ingest.records import RawBlock, Role

_MOST_SPANNED = 100


@dataclass(slots=True)
class Body:
    """Reads a ``w:body`` once, counting pages as it goes. ``relations`` are those of the part in which it stands."""

    texts: ParagraphTexts
    numbering: Numbering
    relations: Mapping[str, Any]
    _blocks: list[tuple[int, RawBlock]] = field(default_factory=list)
    _page: int = 1
    _after_break: bool = False
    _sections: list[Any] = field(default_factory=list)
    _noted: int = 0

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
        for element in contents(container, "w:p", "w:tbl"):
            if element.tag == qn("w:p"):
                self._paragraph(element)
            else:
                self._table(element)

    def _paragraph(self, paragraph: Any) -> None:
        properties = paragraph.find(qn("w:pPr"))
        style = self.texts.styles.of(properties)
        if not style.contents:
            if style.page_break:
                self._turn(manual=True)
            text = self.texts.of(paragraph)
            self._pieces(text, style, self._label(properties, style, text))
            for drawn in self.texts.drawn(paragraph):
                if drawn.tag == BOX:
                    self._read(drawn)
                else:
                    self._blocks.extend((self._page, block) for block in chart_blocks(self.relations, drawn))
        if properties is not None and (section := properties.find(qn("w:sectPr"))) is not None and self._starts_page(section):
            self._turn(manual=True)

    def _pieces(self, text: str, style: Style, label: str | None) -> None:
        role, level = _role(style, listed=label is not None)
        prefix = label or ""
        whole = role in {"title", "heading"}
        seen = False
        pieces = BREAKS.split(text)
        for at, piece in enumerate(pieces):
            if piece == RENDERED and seen and any(rest.strip() for rest in pieces[at + 1 :]):
                # The sentence goes on over the page; it stays whole, on the page where it begins.
                joined = "".join(rest for rest in pieces[at + 1 :] if rest not in {PAGE, RENDERED})
                page, block = self._blocks.pop()
                self._blocks.append(
                    (page, RawBlock(squeeze(f"{block.text}{_gap(pieces[at - 1], joined)}{joined}"), block.role, block.level))
                )
                self._turn(manual=False)
                return
            if piece in {PAGE, RENDERED}:
                self._turn(manual=piece == PAGE)
            elif piece.strip():
                self._after_break = False
                for line in [" ".join(piece.split("\n"))] if whole else piece.split("\n"):
                    stripped, bullet = without_bullet(squeeze(line))
                    if stripped:
                        own: Role = "list_item" if bullet and role == "paragraph" else role
                        self._blocks.append((self._page, RawBlock(f"{prefix} {stripped}".strip(), own, level)))
                        prefix, seen = "", True

    def _label(self, properties: Any | None, style: Style, text: str) -> str | None:
        """The number in front of a paragraph, which is counted by asking for it; an empty one counts if its mark stands on the page."""
        if style.list_id is None or not (BREAKS.sub("", text).strip() or self.texts.styles.shows_mark(properties)):
            return None
        at = style.list_level if style.list_level is not None else self.numbering.level_of(style.list_id, style.id)
        return self.numbering.label(style.list_id, at)

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

    def _flush_notes(self) -> None:
        referred, self.texts.referred = self.texts.referred, []
        for note in referred:
            self._noted += 1
            text = squeeze(" ".join(self.texts.of(paragraph) for paragraph in note.iter(qn("w:p"))))
            if text := BREAKS.sub(" ", text).strip():
                self._blocks.append((self._page, RawBlock(f"[{self._noted}] {text}", "footnote")))

    def _table(self, table: Any) -> None:
        rows = [row for row in contents(table, "w:tr") if not on(row.find(qn("w:trPr")), "w:del")]
        cells = [list(contents(row, "w:tc")) for row in rows]
        first = [_columns_before(row) for row in rows]
        if all(len(row) <= 1 for row in cells):
            for cell in (cell for row in cells for cell in row):
                self._read(cell)
            return
        grid: list[list[str]] = []
        pages: list[int] = []
        merged: dict[int, str] = {}
        for row, before_it in zip(cells, first, strict=True):
            line = self._row(row, before_it, merged)
            turns = [text for text in line if BREAKS.search(text)]
            before = any(BREAKS.match(text) for text in turns)
            if before:
                self._turn(manual=False)
            pages.append(self._page)
            if turns and not before:
                self._turn(manual=False)
            self._after_break = False
            grid.append([BREAKS.sub(" ", text) for text in line])
        header = on(rows[0].find(qn("w:trPr")), "w:tblHeader") or (len(cells) > 1 and _bold(cells[0]) and not _bold(cells[1]))
        self._blocks.extend((pages[at], block) for at, block in labelled_rows(grid, header=True if header else None))

    def _row(self, cells: list[Any], first: int, merged: dict[int, str]) -> list[str]:
        """Texts by column; a cell that continues the one above repeats its text, one that spans columns stands in its first."""
        line = [""] * first
        for cell in cells:
            properties = cell.find(qn("w:tcPr"))
            span = integer(value(properties, "w:gridSpan") if properties is not None else None, 1)
            down = properties.find(qn("w:vMerge")) if properties is not None else None
            column = len(line)
            goes_on = down is not None and down.get(qn("w:val")) != "restart" and column in merged
            text = merged[column] if goes_on else self._cell(cell)
            merged[column] = BREAKS.sub(" ", text) if down is not None else ""
            line.extend([text, *[""] * (min(span, _MOST_SPANNED) - 1)])
        return line

    def _cell(self, cell: Any) -> str:
        parts: list[str] = []
        for element in contents(cell, "w:p", "w:tbl"):
            if element.tag == qn("w:p"):
                properties = element.find(qn("w:pPr"))
                text = self.texts.of(element)
                prefix = self._label(properties, self.texts.styles.of(properties), text)
                parts.append(f"{prefix} {text}" if prefix else text)
                for drawn in self.texts.drawn(element):
                    parts.extend([self._cell(drawn)] if drawn.tag == BOX else [one.text for one in chart_blocks(self.relations, drawn)])
            else:
                parts.extend(self._cell(inner) for row in contents(element, "w:tr") for inner in contents(row, "w:tc"))
        return "\n".join(part for part in parts if part.strip())


def _role(style: Style, *, listed: bool) -> tuple[Role, int]:
    if style.title:
        return "title", 0
    if style.heading:
        return "heading", style.heading
    if style.caption:
        return "caption", 0
    return "list_item" if listed or style.listed else "paragraph", 0


def _columns_before(row: Any) -> int:
    """Columns of the grid that a row leaves free in front of its first cell."""
    properties = row.find(qn("w:trPr"))
    return 0 if properties is None else min(integer(value(properties, "w:gridBefore"), 0), _MOST_SPANNED)


def _bold(cells: list[Any]) -> bool:
    runs = [run for cell in cells for run in cell.iter(qn("w:r")) if "".join(text.text or "" for text in run.iter(qn("w:t"))).strip()]
    return bool(runs) and all(on(run.find(qn("w:rPr")), "w:b") for run in runs)


def _gap(before: str, after: str) -> str:
    """A space where the white space between two halves of a sentence was trimmed."""
    return " " if before[-1:].isspace() or after[:1].isspace() else ""
