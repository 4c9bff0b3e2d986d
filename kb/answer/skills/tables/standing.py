"""The table of an answer that shows what stands in one paper: the rows of its table, or its numbered items."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import regex

from kb.answer.question import Question
from kb.answer.skills.evidence import Evidence, Made
from kb.answer.skills.paper_selection.editions import short_title
from kb.answer.skills.paper_selection.selection import word_pattern
from kb.answer.skills.tables.amounts import says_money
from kb.answer.skills.tables.aspects import MONEY, Aspect
from kb.answer.skills.tables.stored import Item, Row, Span, Stored, column_of
from kb.answer.skills.tables.telling import fitting
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo
from kb.verify.facts import facts_in
from lang.codes import Language
from lang.data_files import toml_of
from lang.normalise import search_form
from prompts.phrases import phrase

MOST = 40
"""Rows."""
WIDEST = 8
"""Columns that are all shown; of more the first, and those that are asked for."""
ROOM = 130
"""Characters of a cell."""
CELL = 200
"""Characters of a cell that a paper's own table has."""


def laid_out(stored: Stored, question: Question, columns: Sequence[Aspect], ports: Ports, evidence: Evidence) -> Made:
    """What stands in a paper as it is laid out there, each row cited."""
    language = question.said_in
    block = _items(stored, columns, language, ports, evidence) if stored.items else _rows(stored, question, columns, evidence)
    lines = [phrase("table.items", language, title=short_title(stored.paper))]
    left = max(len(stored.items), len(stored.rows)) - MOST
    if left > 0:
        lines.append(phrase("table.rows_left", language, n=left))
    return Made(evidence.statements, (Block("text", " ".join(lines)), block))


def _rows(stored: Stored, question: Question, columns: Sequence[Aspect], evidence: Evidence) -> Block:
    heads = stored.heads
    wanted = {at for aspect in columns if (at := column_of(heads, aspect, stored.paper.language, question.language)) is not None}
    chosen = sorted({0, 1, *wanted}) if len(heads) > WIDEST and wanted else list(range(len(heads)))
    rows = [_row(row, chosen, stored.paper, evidence) for row in stored.rows[:MOST]]
    return Block("table", columns=tuple(heads[at] for at in chosen), rows=tuple(rows))


def _row(row: Row, chosen: Sequence[int], paper: DocumentInfo, evidence: Evidence) -> tuple[Cell, ...]:
    cited = evidence.cite(paper, row.at.start, row.at.end)
    return tuple(Cell(_short(row.cells[at]), cited if row.cells[at] else ()) for at in chosen)


def _items(stored: Stored, columns: Sequence[Aspect], language: Language, ports: Ports, evidence: Evidence) -> Block:
    """Each item, what stands first under it or on what is asked, and what was decided, where that stands there."""
    text = evidence.text(stored.paper)
    items = stored.items[:MOST]
    asked = [aspect for aspect in columns if aspect.key not in ("results", "subject", "title")]
    outcomes = [_outcome(item, text) for item in items]
    heads = [phrase("table.item", language), *([aspect.label(language) for aspect in asked] or [phrase("table.says", language)])]
    heads += [phrase("table.outcome", language)] if any(outcomes) else []
    rows = []
    for item, outcome in zip(items, outcomes, strict=True):
        told = [_told(aspect, item, text, ports) for aspect in asked] or [next(iter(item.body), None)]
        row = [item.line, *told, *([outcome] if any(outcomes) else [])]
        rows.append(tuple(_quoted(span, stored.paper, text, language, evidence) for span in row))
    return Block("table", columns=tuple(heads), rows=tuple(rows))


def _outcome(item: Item, text: str) -> Span | None:
    """The last sentence of an item that says what was decided."""
    return next((span for span in reversed(item.body) if _decided().search(search_form(text[span.start : span.end]).text)), None)


def _told(aspect: Aspect, item: Item, text: str, ports: Ports) -> Span | None:
    """The sentence of an item that tells what is asked."""
    body = [item.line, *item.body]
    if aspect.value == "date":
        body = [span for span in body if facts_in(text[span.start : span.end]).dates]
    elif aspect.key in MONEY:
        body = [span for span in body if says_money(text[span.start : span.end])]
    elif aspect.cues is not None:
        body = [span for span in body if aspect.cues.search(search_form(text[span.start : span.end]).text)]
    else:
        body = list(item.body)
    if len(body) < 2:
        return next(iter(body), None)
    near = ports.embedder.passages([text[span.start : span.end] for span in body]) @ ports.embedder.query(
        aspect.asked or aspect.label("en")
    )
    return body[int(near.argmax())]


def _quoted(span: Span | None, paper: DocumentInfo, text: str, language: Language, evidence: Evidence) -> Cell:
    if span is None:
        return Cell(phrase("table.not_stated", language))
    start, end = fitting(text[span.start : span.end], ROOM)
    shown = " ".join(text[span.start + start : span.start + end].split())
    after = "…" if regex.search(r"[\p{L}\p{N}]", text[span.start + end : span.end]) else ""
    return Cell(shown + after, evidence.cite(paper, span.start, span.end))


def _short(cell: str) -> str:
    if len(cell) <= CELL:
        return cell
    start, end = fitting(cell, CELL)
    return cell[start:end] + "…"


@cache
def _decided() -> regex.Pattern[str]:
    stored = toml_of("kb.answer.skills.tables", "standing.toml")
    return word_pattern(stored["decided"])
