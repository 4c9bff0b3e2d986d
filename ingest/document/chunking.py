"""Blocks → Chunks: passages of one article each, of a size an embedding model reads whole.

Sizes are estimated tokens of a multilingual subword vocabulary: Devanagari 4.2, Latin 4.3, kana and kanji 1.6 characters a token.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from ingest.parse.tables import CELL_BREAK, is_headings
from ingest.records import Block, Chunk
from lang.labels import is_article_entry, is_item_entry
from lang.languages import Language
from lang.sentences import sentence_spans

TARGET = 270
SOFT_MAX = 320
WHOLE = 380
"""A paragraph or an article up to this size stays one chunk."""
HARD_MAX = 400

_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー、。「」（）！？]")
_WIDE_CHARS, _OTHER_CHARS = 1.6, 4.25
_ENDS = regex.compile(r"[\p{P}\p{N}]$")
_SHORT_LINE = 90
_COST_IN_PARAGRAPH = 0.25
_COST_IN_TABLE = 0.4
_COST_IN_SUBSECTION = 0.05
_COST_AFTER_LEAD_IN = 1.0
_COST_AFTER_HEADING = 100.0


def estimate_tokens(text: str) -> float:
    """Estimated subword tokens of ``text``."""
    wide = len(_WIDE.findall(text))
    return wide / _WIDE_CHARS + (len(text) - wide) / _OTHER_CHARS


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a block, or a sentence of a block that is too long. ``first`` marks the first unit of its block."""

    start: int
    end: int
    tokens: float
    block: Block
    first: bool

    @property
    def heading(self) -> bool:
        return self.block.role in ("heading", "title")


def _place(block: Block) -> tuple[str, ...]:
    """The path without the column headings of a table row, which stands where the text around it does."""
    return block.path[:-1] if block.role == "table_row" and block.path and is_headings(block.path[-1]) else block.path


def article_key(path: tuple[str, ...]) -> tuple[str, ...]:
    """The part of a path that no chunk may cross: down to the article, or the two outer headings where there are no articles."""
    headings = path
    while headings and is_item_entry(headings[-1]):
        headings = headings[:-1]
    for depth in range(len(headings), 0, -1):
        if is_article_entry(headings[depth - 1]):
            return headings[:depth]
    return headings[:2]


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of a sentence that is over the hard maximum: at a space or a comma near the limit, else in mid-word."""
    # No piece is longer than `reach`; to look at all that is left for each piece takes quadratic time (a cell of a million quotes: 30 s).
    reach = int(HARD_MAX * _OTHER_CHARS) + 1
    while (tokens := estimate_tokens(text[start : min(end, start + reach)])) > HARD_MAX:
        share = HARD_MAX / tokens
        stop = start + max(1, int((min(end, start + reach) - start) * share * 0.9))
        while stop > start + 1 and estimate_tokens(text[start:stop]) > HARD_MAX:
            stop = start + max(1, (stop - start) * 9 // 10)
        soft = max(text.rfind(mark, start + (stop - start) // 2, stop) for mark in ("; ", ", ", "、", "，", ";", " ", "\t"))
        if soft > start:
            stop = soft + 1
        piece = text[start:stop]
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _units(text: str, block: Block) -> Iterator[_Unit]:
    tokens = estimate_tokens(block.text)
    if tokens <= WHOLE or (block.role in ("table_row", "title", "heading") and tokens <= HARD_MAX):
        yield _Unit(block.start, block.end, tokens, block, True)
        return
    first = True
    for left, right in sentence_spans(block.text, block.language):
        for start, end in _cut(text, block.start + left, block.start + right):
            if start < end:
                yield _Unit(start, end, estimate_tokens(text[start:end]), block, first)
                first = False


def _leads_in(text: str) -> bool:
    """Whether a block announces what follows: "in the following areas:", or a short line that no sentence end closes."""
    return text[-1] in ":：" or (len(text) <= _SHORT_LINE and not _ENDS.search(text))


def _names_columns(block: Block) -> bool:
    """Whether a block is the row of column headings of a printed table."""
    if _place(block) == block.path:
        return False
    return all(cell in block.path[-1] for cell in block.text.split(CELL_BREAK))


def _break_cost(before: _Unit, after: _Unit) -> float:
    """What it costs to end a chunk between two neighbours."""
    if before.heading:
        return _COST_AFTER_HEADING
    if _names_columns(before.block):
        return _COST_AFTER_HEADING
    if before.block.role == "caption" or (before.end == before.block.end and _leads_in(before.block.text)):
        return _COST_AFTER_LEAD_IN
    if not after.first:
        return _COST_IN_PARAGRAPH
    if after.heading:
        return 0.0
    if before.block.role == after.block.role == "table_row":
        return _COST_IN_TABLE
    return _COST_IN_SUBSECTION


def _size_cost(tokens: float) -> float:
    if tokens < TARGET:
        return ((TARGET - tokens) / TARGET) ** 2
    return max(0.0, (tokens - SOFT_MAX) / (HARD_MAX - SOFT_MAX)) ** 2


def _partition(units: Sequence[_Unit]) -> list[Sequence[_Unit]]:
    """The cheapest way to part units into chunks of at most HARD_MAX tokens, by dynamic programming over the break points."""
    if sum(u.tokens for u in units) <= WHOLE:
        return [units]
    count = len(units)
    breaks = [0.0, *(_break_cost(before, after) for before, after in pairwise(units))]
    best = [0.0] + [float("inf")] * count
    previous = [0] * (count + 1)
    for end in range(1, count + 1):
        size = 0.0
        for start in range(end - 1, -1, -1):
            size += units[start].tokens
            if size > HARD_MAX and start < end - 1:
                break
            cost = best[start] + _size_cost(size) + breaks[start]
            if cost < best[end]:
                best[end], previous[end] = cost, start
    cuts = [count]
    while cuts[-1]:
        cuts.append(previous[cuts[-1]])
    cuts.reverse()
    return [units[a:b] for a, b in pairwise(cuts)]


def _sections(units: Sequence[_Unit]) -> list[list[_Unit]]:
    """Units of one article each; a heading without a body of its own joins the article that follows under it."""
    sections: list[list[_Unit]] = []
    keys: list[tuple[str, ...]] = []
    for unit in units:
        key = article_key(_place(unit.block))
        if sections and key == keys[-1]:
            sections[-1].append(unit)
        elif sections and all(u.heading for u in sections[-1]) and key[: len(keys[-1])] == keys[-1]:
            sections[-1].append(unit)
            keys[-1] = key
        else:
            sections.append([unit])
            keys.append(key)
    return sections


def _common_path(units: Sequence[_Unit]) -> tuple[str, ...]:
    """The place all of the units share; headings count only where there is nothing else."""
    paths = [u.block.path for u in units if not u.heading] or [units[-1].block.path]
    shared = paths[0]
    for path in paths[1:]:
        size = 0
        while size < min(len(shared), len(path)) and shared[size] == path[size]:
            size += 1
        shared = shared[:size]
    return shared


def _language(units: Sequence[_Unit]) -> Language:
    sizes: dict[Language, float] = defaultdict(float)
    for unit in units:
        sizes[unit.block.language] += unit.tokens
    return max(sizes, key=lambda language: (sizes[language], language != "und"))


def chunk_id(sha256: str, start: int, end: int) -> str:
    """The name of the passage ``[start, end)`` of the file with this content."""
    return hashlib.sha256(f"{sha256}:{start}:{end}".encode()).hexdigest()[:32]


def chunk_document(text: str, blocks: Sequence[Block], sha256: str) -> tuple[Chunk, ...]:
    """The chunks of a document, in order; ``text[c.start:c.end] == c.text``; together they cover all that is not white space.

    Args:
        text: The document's text.
        blocks: Its blocks, in order, with their offsets into ``text``.
        sha256: The content hash of the file; with the span it makes the id.
    """
    units = [unit for block in blocks for unit in _units(text, block)]
    chunks: list[Chunk] = []
    for section in _sections(units):
        for part in _partition(section):
            start, end = part[0].start, part[-1].end
            chunks.append(
                Chunk(
                    id=chunk_id(sha256, start, end),
                    ordinal=len(chunks),
                    start=start,
                    end=end,
                    text=text[start:end],
                    page_first=part[0].block.page,
                    page_last=part[-1].block.page,
                    path=_common_path(part),
                    language=_language(part),
                )
            )
    return tuple(chunks)
