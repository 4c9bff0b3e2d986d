"""A table of what stands in one paper: its amounts of money, the rows of its table, the items of its list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ingest.records import Block as PaperBlock
from kb.answer.question import Question
from kb.answer.skills.evidence import Evidence, Made
from kb.answer.skills.paper_selection.editions import Edition, short_title
from kb.answer.skills.paper_selection.selection import matter_left
from kb.answer.skills.tables.aspects import Aspect, aspects
from kb.answer.skills.tables.cells import Sheet
from kb.answer.skills.tables.telling import fitting
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo
from prompts.phrases import phrase

MOST = 30
"""Rows."""
FEWEST = 2
ROOM = 200
"""Characters of an item."""
SAID = 400
"""Characters of a list by which it is compared with what is asked."""
BREAK = "\t"
HEADINGS = " · "
"""Between the column headings of a table in the path of its rows (`ingest.understand.tables`)."""


def items_table(question: Question, edition: Edition, columns: Sequence[Aspect], ports: Ports, evidence: Evidence) -> Made | None:
    """The items of one paper that are asked for; where facts of the paper are, those, one below the other. None where there is nothing."""
    language = question.said_in
    paper = edition.shown(language)
    sheet = Sheet(ports, evidence, question.language, language, lenient=True)
    keys = {aspect.key for aspect in columns}
    block: Block | None = None
    if keys & {"amount", "cost_of", "money"}:
        block = _amounts(edition, sheet, question)
    known = [aspect for aspect in columns if aspect.key or aspect.asked]
    if block is None and len(known) >= FEWEST:
        rows = [(Cell(aspect.label(language)), filled.cell) for aspect in known if (filled := sheet.fill(edition, aspect)) is not None]
        heads = (phrase("table.item", language), phrase("table.says", language))
        block = Block("table", columns=heads, rows=tuple(rows)) if len(rows) >= FEWEST else None
    if block is None:
        block = _listed(question, paper, ports, evidence)
    if block is None:
        return None
    head = Block("text", phrase("table.items", language, title=short_title(paper)))
    return Made(evidence.statements, (head, block))


def _amounts(edition: Edition, sheet: Sheet, question: Question) -> Block | None:
    """One row for each amount of money that the paper names, and for what it is."""
    rows = next((rows for paper in edition.readable(question.said_in) if (rows := sheet.amounts(paper, MOST))), [])
    if len(rows) < FEWEST:
        return None
    heads = tuple(aspects()[key].label(question.said_in) for key in ("amount", "cost_of"))
    return Block("table", columns=heads, rows=tuple(rows))


def _listed(question: Question, paper: DocumentInfo, ports: Ports, evidence: Evidence) -> Block | None:
    """The rows of the table, or the items of the list, that is nearest to what is asked."""
    text, outline = evidence.text(paper), evidence.outline(paper)
    groups = [group for group in _groups(outline, text) if len(group) >= FEWEST]
    if not groups:
        return None
    asked = question.matter if matter_left(question.matter) else question.text
    about = []
    for group in groups:
        said = " ".join(text[block.start : block.end] for block in group)
        about.append(" ".join((*group[0].path[:-1], _lead_in(outline, group, text), said))[:SAID])
    near = ports.embedder.passages(about) @ ports.embedder.query(asked)
    group = groups[int(near.argmax())][:MOST]
    return _rows(group, paper, text, question, evidence)


def _rows(group: Sequence[PaperBlock], paper: DocumentInfo, text: str, question: Question, evidence: Evidence) -> Block:
    split = [text[b.start : b.end].split(BREAK) for b in group]
    width = max(len(row) for row in split)
    if width > 1:
        heads = next((p for b in group for p in reversed(b.path) if HEADINGS in p), "").rpartition(" / ")[2].split(HEADINGS)
        body = list(zip(group, split, strict=True))
        if len(heads) != width:
            heads = [" ".join(cell.split()) for cell in (*split[0], *[""] * (width - len(split[0])))]
            body = body[1:]
        elif [cell.strip() for cell in split[0]] == [head.strip() for head in heads]:
            body = body[1:]
        rows = []
        for block, row in body:
            cited = evidence.cite(paper, block.start, block.end)
            rows.append(tuple(Cell(" ".join(cell.split()), cited) for cell in (*row, *[""] * (width - len(row)))))
        return Block("table", columns=tuple(heads), rows=tuple(rows))
    heads = [phrase("table.item", question.said_in), phrase("table.says", question.said_in)]
    rows = []
    for at, block in enumerate(group, 1):
        said = text[block.start : block.end]
        start, end = fitting(said, ROOM)
        rows.append((Cell(str(at)), evidence.quote(paper, block.start + start, block.start + end)))
    return Block("table", columns=tuple(heads), rows=tuple(rows))


def _groups(outline: Sequence[PaperBlock], text: str) -> list[list[PaperBlock]]:
    """The runs of table rows, and of list items under one heading."""

    def key(block: PaperBlock) -> tuple[str, tuple[str, ...]]:
        if block.role == "table_row" and BREAK in text[block.start : block.end]:
            return "table", ()
        return ("list", block.path[:-1]) if block.role == "list_item" else ("", ())

    return [list(group) for (kind, _), group in groupby(outline, key=key) if kind]


def _lead_in(outline: Sequence[PaperBlock], group: Sequence[PaperBlock], text: str) -> str:
    before = [b for b in outline if b.end <= group[0].start]
    return text[before[-1].start : before[-1].end] if before else ""
