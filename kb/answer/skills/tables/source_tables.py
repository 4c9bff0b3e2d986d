"""The tables, lists and numbered items that stand in papers, which of them fits what is asked best, and the answer that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TypeAlias

import regex

from ingest.records import Block as PaperBlock
from kb.answer.document_selection.document_filters import word_pattern
from kb.answer.document_selection.language_versions import short_title
from kb.answer.document_selection.topic_relevance import HALF, matter_of
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.tables.answering_sentences import fitting
from kb.answer.skills.tables.cell_values import says_money
from kb.answer.skills.tables.table_columns import MONEY, Aspect, named_in, without_aspects
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Filters
from kb.verify.fact_check import facts_in
from lang.data_files import toml_of
from lang.languages import Language
from lang.normalise import search_form
from lang.sentences import sentence_spans
from lang.words.search_tokens import content_words
from prompts.phrases import phrase

FEWEST = 2
"""Rows of a table, items of a list, columns by which a table is known."""
SEARCHED = 30
"""Passages that are fetched for what is asked."""
PAPERS = 5
"""Papers that are read for their tables, those whose passages are nearest and those that the question names."""
SAID = 600
"""Characters of a table by which it is compared with what is asked."""
LIKE, LIKE_ACROSS = 0.81, 0.83
"""Cosine from which a table may be shown; the second where its language shares no word with the question. Chosen by eye."""
NAMED = 0.3
"""Share of the matter that a table of a paper holds which the question names."""
BY_WORDS, BY_NAME, BY_COLUMNS, BY_ROWS = 0.3, 0.1, 0.3, 0.05
"""What holding all words of the matter, being named, having all columns asked for, being a table and no list count beside the cosine."""
BREAK = "\t"
HEADINGS = " · "
"""Between the column headings of a table in the path of its rows (`ingest.parse.tables`), and between the cells of a sheet's row."""
_Cells: TypeAlias = tuple[dict[str, str] | None, list[str]]
_PAIR = regex.compile(r"\s*(?P<head>[^:：]{1,60})[:：]\s+(?P<value>.*)", regex.S)
_NUMBERED = regex.compile(
    r"^\s*(?P<label>\p{L}[\p{L}\p{M}]*(?:[ .][\p{L}\p{M}]+){0,2}?[ .]*?)"
    r"(?:(?<=\p{Han})第|[ .]*(?:[Nn]o\.?|क्र\.?|#)?\s*)(?P<number>\p{N}{1,3})(?:号|回|条)?(?![\p{N}/-])"
)
"""The line of an item that a word counts through, up to its number."""


@dataclass(frozen=True, slots=True)
class Span:
    """``[start, end)`` of a paper."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row as its cells say it, and where it stands."""

    cells: tuple[str, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered item of a paper: its line, and the sentences that follow up to the next."""

    line: Span
    body: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A table (``heads``, ``rows``), or numbered items (``items``) of a paper; ``about`` is what it is told by."""

    paper: DocumentInfo
    about: str
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    items: tuple[Item, ...] = ()


def best_stored(
    question: Question,
    asked: str,
    columns: Sequence[Aspect],
    papers: Sequence[DocumentInfo],
    ports: Ports,
    evidence: Evidence,
    *,
    meant: bool = False,
) -> Stored | None:
    """Of what stands in the papers that speak of a matter, the table or numbered items that fit it best; None where none does.

    Where one paper is ``meant``, its nearest table is the one that is asked for. One that has half of two or more ``columns`` is it
    wherever it stands.
    """
    known = {paper.id: paper for paper in papers}
    result = ports.search(asked, SEARCHED, Filters(documents=tuple(sorted(known))))
    near = [known[at] for at in dict.fromkeys(hit.document_id for hit in result.hits) if at in known]
    named = {paper.id for paper in question.named}
    read = list({paper.id: paper for paper in (*(p for p in question.named if p.id in known), *near[:PAPERS])}.values())
    found = [one for paper in read for one in stored_in(paper, evidence)]
    if not found:
        return None
    matter = matter_of(without_aspects(asked), question.language, result.terms)
    cosines = ports.embedder.passages([one.about for one in found]) @ ports.embedder.query(question.text)
    best: tuple[float, Stored] | None = None
    for one, cosine in zip(found, cosines, strict=True):
        share = matter.held(one.about, one.paper.language)
        sure = share is not None and (share > HALF or (one.paper.id in named and share >= NAMED))
        fits = float(cosine) >= LIKE or one.paper.id in named if sure else share is None and float(cosine) >= LIKE_ACROSS
        headed = sum(column_of(one.heads, column, one.paper.language, question.language) is not None for column in columns)
        of_columns = headed / len(columns) if columns else 0.0
        fits = fits or (meant and bool(one.rows)) or (headed >= FEWEST and of_columns >= HALF and float(cosine) >= LIKE)
        score = float(cosine) + BY_WORDS * (share or 0.0) + BY_NAME * (one.paper.id in named)
        score += BY_COLUMNS * of_columns + BY_ROWS * bool(one.rows)
        if fits and (best is None or score > best[0]):
            best = score, one
    return best[1] if best is not None else None


def column_of(heads: Sequence[str], aspect: Aspect, of: Language, asked_in: Language) -> int | None:
    """Which column is asked for: one of that name, or one that shares a word of it; None where none does."""
    if aspect.key:
        alike = MONEY if aspect.key in MONEY else {aspect.key}
        return next((at for at, head in enumerate(heads) if any(one.key in alike for _, _, one in named_in(head))), None)
    words = set(content_words(aspect.asked, asked_in))
    return next((at for at, head in enumerate(heads) if words & set(content_words(head, of))), None)


def stored_in(paper: DocumentInfo, evidence: Evidence) -> list[Stored]:
    """What a paper lays out in rows or numbers through."""
    text, outline = evidence.text(paper), evidence.outline(paper)
    return [*tables_in(paper, text, outline), *_numbered(paper, text, outline)]


def tables_in(paper: DocumentInfo, text: str, outline: Sequence[PaperBlock]) -> Iterator[Stored]:
    """What a paper lays out in rows, from its text and its blocks."""

    def key(block: PaperBlock) -> tuple[bool, tuple[str, ...]]:
        return block.role == "table_row", block.path

    for (is_table, path), group in groupby(outline, key=key):
        for blocks, split in _alike([(block, _cells(text[block.start : block.end])) for block in group]) if is_table else ():
            heads, rows = _by_name(blocks, split) if _mostly_named(split) else _by_place(blocks, split, path)
            if len(rows) >= FEWEST and len(heads) > 1:
                yield Stored(paper, _about(paper, text, outline, blocks), heads, tuple(rows))


def _alike(rows: Sequence[tuple[PaperBlock, _Cells]]) -> Iterator[tuple[list[PaperBlock], list[_Cells]]]:
    """The rows in runs of one kind; a lone row of another kind, such as a sum, stays where it is."""
    runs: list[list[tuple[PaperBlock, _Cells]]] = []
    for _, group in groupby(rows, key=lambda row: row[1][0] is not None):
        run = list(group)
        if runs and len(run) < FEWEST:
            runs[-1] += run
        else:
            runs.append(run)
    for run in runs:
        yield [block for block, _ in run], [cells for _, cells in run]


def _mostly_named(split: Sequence[_Cells]) -> bool:
    """Whether the rows name the column of each cell themselves, as those of a sheet do."""
    return sum(pairs is not None for pairs, _ in split) * 2 > len(split)


def _by_name(blocks: Sequence[PaperBlock], split: Sequence[_Cells]) -> tuple[tuple[str, ...], list[Row]]:
    heads = tuple(dict.fromkeys(head for pairs, _ in split for head in pairs or {}))
    rows = []
    for block, (pairs, cells) in zip(blocks, split, strict=True):
        named = pairs if pairs is not None else {heads[0]: " ".join(cells)}
        rows.append(Row(tuple(named.get(head, "") for head in heads), Span(block.start, block.end)))
    return heads, rows


def _by_place(blocks: Sequence[PaperBlock], split: Sequence[_Cells], path: Sequence[str]) -> tuple[tuple[str, ...], list[Row]]:
    width = max(len(row) for _, row in split)
    above = next((part for part in reversed(path) if HEADINGS in part), "").rpartition(" / ")[2].split(HEADINGS)
    rows = [Row((*row, *[""] * (width - len(row))), Span(b.start, b.end)) for b, (_, row) in zip(blocks, split, strict=True)]
    heads = tuple(head.strip() for head in above) if len(above) == width else rows[0].cells
    return heads, rows[1:] if rows[0].cells == heads else rows


def cells_of(row: str, heads: Sequence[str]) -> tuple[str, ...]:
    """The cells of a row under the heads of its table."""
    pairs, cells = _cells(row)
    return tuple(pairs.get(head, "") for head in heads) if pairs is not None else (*cells, *[""] * len(heads))[: len(heads)]


def _cells(row: str) -> _Cells:
    """The cells of a row by their columns, where it names them itself, and in order."""
    parts = row.split(BREAK) if BREAK in row else row.split(HEADINGS)
    pairs = [_PAIR.fullmatch(part) for part in parts] if BREAK not in row else []
    if len(parts) > 1 and pairs and all(pairs):
        return {pair["head"].strip(): " ".join(pair["value"].split()) for pair in pairs if pair is not None}, parts
    if len(parts) == 1 and pairs and pairs[0] is not None:  # a table of two columns: what, and what of it
        return None, [pairs[0]["head"].strip(), " ".join(pairs[0]["value"].split())]
    return None, [" ".join(cell.split()) for cell in parts]


def _about(paper: DocumentInfo, text: str, outline: Sequence[PaperBlock], blocks: Sequence[PaperBlock]) -> str:
    """The name of the paper, the headings, the line that leads in and the rows themselves."""
    before = next((b for b in reversed(outline) if b.end <= blocks[0].start and b.role != "table_row"), None)
    lead = text[before.start : before.end] if before is not None else ""
    title = next((text[b.start : b.end] for b in outline if b.role == "title"), "")
    said = " ".join(text[block.start : block.end] for block in blocks)
    return " ".join(" ".join(dict.fromkeys((paper.title, title, *blocks[0].path, lead, said))).split())[:SAID]


def _numbered(paper: DocumentInfo, text: str, outline: Sequence[PaperBlock]) -> Iterator[Stored]:
    """Items that one word counts through: *Item 1*, मद 2, 議案第3号."""
    found: dict[str, list[int]] = {}
    numbers: dict[str, int] = {}
    for at, block in enumerate(outline):
        match = _NUMBERED.match(text[block.start : block.end]) if block.role in ("heading", "paragraph", "list_item") else None
        if match is None:
            continue
        label = search_form(match["label"]).text.strip()
        if int(match["number"]) == numbers.get(label, 0) + 1:
            found.setdefault(label, []).append(at)
            numbers[label] = int(match["number"])
    starts = {at for places in found.values() if len(places) >= FEWEST for at in places}
    for places in found.values():
        if len(places) >= FEWEST:
            items = tuple(_item(at, text, outline, starts) for at in places)
            blocks = [outline[at] for at in places]
            yield Stored(paper, _about(paper, text, outline, blocks), items=items)


def _item(at: int, text: str, outline: Sequence[PaperBlock], starts: set[int]) -> Item:
    line, body = outline[at], list[Span]()
    for place, block in enumerate(outline[at + 1 :], at + 1):
        if place in starts or block.role in ("heading", "title"):
            break
        said = text[block.start : block.end]
        body += [Span(block.start + start, block.start + end) for start, end in sentence_spans(said, block.language)]
    return Item(Span(line.start, line.end), tuple(body))


MOST = 40
"""Rows."""
WIDEST = 8
"""Columns that are all shown; of more the first, and those that are asked for."""
ROOM = 130
"""Characters of a cell."""
CELL = 200
"""Characters of a cell that a paper's own table has."""


def laid_out(stored: Stored, question: Question, columns: Sequence[Aspect], ports: Ports, evidence: Evidence) -> SkillResult:
    """What stands in a paper as it is laid out there, each row cited."""
    language = question.said_in
    block = _items(stored, columns, language, ports, evidence) if stored.items else _rows(stored, question, columns, evidence)
    lines = [phrase("table.items", language, title=short_title(stored.paper))]
    left = max(len(stored.items), len(stored.rows)) - MOST
    if left > 0:
        lines.append(phrase("table.rows_left", language, n=left))
    return SkillResult(evidence.statements, (Block("text", " ".join(lines)), block))


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
    stored = toml_of("kb.answer.skills.tables", "source_tables.toml")
    return word_pattern(stored["decided"])
