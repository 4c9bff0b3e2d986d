"""What stands around a passage or a quote in its clause, in whole sentences, so that it can be read without opening the page."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from ingest.records import Block
from kb.auth.roles import Sight
from kb.document_records import Context
from kb.store.access_control import seen
from kb.store.schema import blocks, versions
from lang.sentences import sentence_spans

ROOM = 400
"""Characters shown on either side, as far as whole sentences fit."""
_WINDOW = 3000
"""Characters on either side that are looked at."""


def around(conn: Connection, document_id: int, version: int, start: int, end: int, sight: Sight = None) -> Context | None:
    """The neighbours of ``[start, end)`` in a version of a document; None when there are none, or no such version that is seen."""
    left = max(start - _WINDOW, 0)
    chosen = select(versions.c.id, func.substr(versions.c.text, left + 1, end + _WINDOW - left).label("text"))
    this = (versions.c.document_id == document_id, versions.c.number == version, seen(sight, versions.c.document_id))
    row = conn.execute(chosen.where(*this)).first()
    if row is None:
        return None
    near = select(blocks).where(blocks.c.version_id == row.id, blocks.c.end > left, blocks.c.start < left + len(row.text))
    found = [
        Block(b.page, b.role, tuple(json.loads(b.path)), "", b.start - left, b.end - left, b.language)
        for b in conn.execute(near.order_by(blocks.c.ordinal))
        if b.start >= left and b.end <= left + len(row.text)
    ]
    return neighbours(row.text, found, start - left, end - left)


def blocks_within(conn: Connection, document_id: int, version: int, start: int, end: int, sight: Sight = None) -> tuple[Block, ...]:
    """The blocks that lie within ``[start, end)`` of a version, in order, without their text; none where it is not seen."""
    held = (versions.c.document_id == document_id, versions.c.number == version, seen(sight, versions.c.document_id))
    near = select(blocks).join(versions, blocks.c.version_id == versions.c.id)
    rows = conn.execute(near.where(*held, blocks.c.start >= start, blocks.c.end <= end).order_by(blocks.c.ordinal))
    return tuple(Block(b.page, b.role, tuple(json.loads(b.path)), "", b.start, b.end, b.language) for b in rows)


def neighbours(text: str, outline: Sequence[Block], start: int, end: int) -> Context | None:
    """Whole sentences before and after ``[start, end)`` in its clause; where its clause says no more, in its article.

    A sentence that the span cuts is given with the rest of it. Headings are left out: the path names them.

    Args:
        text: of the document, or a window of it.
        outline: its blocks, in order, with offsets into ``text``.
        start: of the span.
        end: of the span.
    """
    touched = [b for b in outline if b.start < end and b.end > start and b.role != "heading"]
    if not touched:
        return None
    for clause in (touched[0].path, touched[0].path[:-1]):
        inside = [b for b in outline if b.path[: len(clause)] == clause and b.role != "heading"] if clause else touched
        spans = [span for b in inside for span in _sentences(text, b)]
        context = _context(text, spans, start, end)
        if context is not None:
            return context
    return None


def _context(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Context | None:
    first = bisect_right([s for s, _ in spans], start)
    first -= 1 if first and spans[first - 1][1] > start else 0
    last = bisect_left([s for s, _ in spans], end)
    before, after = text[spans[first][0] : start] if first < last and spans[first][0] < start else "", ""
    if first < last and spans[last - 1][1] > end:
        after = text[end : spans[last - 1][1]]
    before = _joined(text, spans[:first][::-1], before, backwards=True)
    after = _joined(text, spans[last:], after, backwards=False)
    return Context(before.strip(), after.strip()) if before.strip() or after.strip() else None


def _joined(text: str, spans: Sequence[tuple[int, int]], so_far: str, *, backwards: bool) -> str:
    """``so_far`` with sentences added, the nearest first, as long as there is room."""
    for start, end in spans:
        sentence = text[start:end]
        if len(so_far) + len(sentence) > ROOM:
            break
        so_far = f"{sentence} {so_far}" if backwards else f"{so_far} {sentence}"
    return so_far


def _sentences(text: str, block: Block) -> list[tuple[int, int]]:
    return [(block.start + s, block.start + e) for s, e in sentence_spans(text[block.start : block.end], block.language)]
