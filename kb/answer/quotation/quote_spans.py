"""A stretch, not a sentence: what is quoted can be read by itself.

A sentence that answers is quoted with what it stands in, as the paper's blocks part it: a clause, a list with the words that lead it in, a
row of a table with its neighbours, a question with its reply, a paragraph, or `LEAST` to `MOST` characters of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.records import Block
from kb.errors import UnknownDocumentError
from kb.records import Statement
from kb.verify.citations import inside
from lang.sentences import sentence_spans

Span = tuple[int, int]
MOST = 600
"""Characters of a stretch; a list may have `MOST_LIST`."""
LEAST = 0.75
"""Part of them: a clause that is shorter takes in the one that follows it, or stands before it, under the same heading."""
MOST_LIST = 1200
TITLE = 80
"""Characters of a line that may be the heading of the numbered paragraphs below it."""
LEAST_STEPS = 2
"""Numbered paragraphs beside the answering one from which they are steps or short rules, quoted whole and alone."""
_LEADS_IN = (":", "：", ":-", ":–", "：－")
_ASKS = ("?", "？")


def stretch_of(text: str, outline: Sequence[Block], start: int, end: int, passage_end: int | None = None, most: int = MOST) -> Span:
    """The stretch ``[start, end)`` that a sentence is quoted with; never less than the sentence.

    Args:
        text: of the document.
        outline: the blocks that may be taken in, in order: those of the sentence's passage, and some that follow it.
        start: of the sentence.
        end: of the sentence.
        passage_end: where the passage ends; only a list that begins in it goes on beyond. None where all of the outline is of it.
        most: characters of the stretch, if it is no list.
    """
    touched = [at for at, block in enumerate(outline) if block.start < end and block.end > start]
    if not touched:
        return start, end
    first, last = touched[0], touched[-1]
    if outline[last].end - outline[first].start > most:
        return _sentences(text, outline[first : last + 1], start, end, most)
    listed = _list_at(text, outline, first, last)
    if listed is not None:
        first, last = listed
    inside = [b for b in outline if passage_end is None or b.end <= passage_end]
    run = _numbered_run(text, inside, first, last, most) if listed is None else None
    if run is not None:
        return min(start, inside[run[0]].start), max(end, inside[run[1]].end)
    while last < len(inside) and (wider := _wider(text, inside, first, last, most)) is not None:
        first, last = wider
    return min(start, outline[first].start), max(end, outline[last].end)


def as_stretches(
    statements: Sequence[Statement], text_of: Callable[[int, int], str], outline_of: Callable[[int, int, int, int], Sequence[Block]]
) -> list[Statement]:
    """The statements with each quote widened to its stretch, and without those that then stand in one above them.

    ``text_of(document_id, version)`` is the stored text, ``outline_of(document_id, version, start, end)`` the blocks of the passage that
    holds the span. What a language model wrote stays as it is. ``Statement.answering`` says where in its text the sentence stands.
    """
    shown: list[Statement] = []
    for statement in statements:
        wide = _widened(statement, text_of, outline_of)
        at = next((i for i, above in enumerate(shown) if _inside(wide, above)), None)
        if at is None:
            shown.append(wide)
        else:
            shown[at] = _also(shown[at], wide)
    return shown


def answering_alone(statement: Statement) -> Statement:
    """A statement cut to the first sentence of its stretch that answers, for what compares sentence with sentence."""
    if not statement.answering or not statement.citations:
        return statement
    (start, end), first = statement.answering[0], statement.citations[0]
    alone = replace(first, start=first.start + start, end=first.start + end, quote=first.quote[start:end])
    return replace(statement, text=alone.quote, citations=(alone, *statement.citations[1:]), marks=(), answering=())


def _widened(
    statement: Statement, text_of: Callable[[int, int], str], outline_of: Callable[[int, int, int, int], Sequence[Block]]
) -> Statement:
    if statement.verdict is not None or not statement.citations or statement.citations[0].quote != statement.text:
        return statement
    first = statement.citations[0]
    try:
        text = text_of(first.document_id, first.version)
        start, end = stretch_of(text, outline_of(first.document_id, first.version, first.start, first.end), first.start, first.end)
    except UnknownDocumentError:
        return statement
    lead = first.start - start
    quote = text[start:end]
    wide = replace(first, start=start, end=end, quote=quote, context=None)
    marks = tuple((a + lead, b + lead) for a, b in statement.marks)
    return replace(
        statement, text=quote, citations=(wide, *statement.citations[1:]), marks=marks, answering=((lead, lead + first.end - first.start),)
    )


def _also(above: Statement, inside: Statement) -> Statement:
    """The stretch above with what else answers in it marked as well."""
    moved = inside.citations[0].start - above.citations[0].start
    answering = {*above.answering, *((a + moved, b + moved) for a, b in inside.answering)}
    marks = {*above.marks, *((a + moved, b + moved) for a, b in inside.marks)}
    return replace(above, answering=tuple(sorted(answering)), marks=tuple(sorted(marks)))


def _inside(statement: Statement, above: Statement) -> bool:
    if not statement.citations or not above.citations or statement.side != above.side or above.verdict is not None:
        return False
    one, other = statement.citations[0], above.citations[0]
    return one.version == other.version and inside(one, other)


def _list_at(text: str, outline: Sequence[Block], first: int, last: int) -> Span | None:
    """The blocks of a list with its lead-in, where the blocks lead one in or are of one; as many items as there is room for."""
    if leads_in(text, outline[last]) and last + 1 < len(outline):
        begin, item = first, last + 1
    elif outline[first].role in ("list_item", "table_row"):
        item = first
        while item and outline[item - 1].role == outline[first].role and outline[last].end - outline[item - 1].start <= MOST_LIST:
            item -= 1
        begin = item - 1 if item and (leads_in(text, outline[item - 1]) or outline[item - 1].role == "heading") else item
    else:
        return None
    kind, stop = outline[item], max(item, last)
    while (
        stop + 1 < len(outline)
        and outline[stop + 1].role == kind.role
        and len(outline[stop + 1].path) >= len(kind.path)
        and outline[stop + 1].path[:-1][:1] == kind.path[:-1][:1]
        and outline[stop + 1].end - outline[begin].start <= MOST_LIST
    ):
        stop += 1
    return begin, stop


def _section(text: str, block: Block) -> tuple[str, ...]:
    """The place of a block without the number that its own text begins with."""
    return block.path[:-1] if _is_numbered(text, block) else block.path


def _is_numbered(text: str, block: Block) -> bool:
    return bool(block.path) and text.startswith(block.path[-1], block.start)


def _numbered_run(text: str, outline: Sequence[Block], first: int, last: int, most: int) -> Span | None:
    """The numbered paragraphs that these blocks are of, steps or short rules, with the line above them, if there is room for all."""
    if last >= len(outline) or not all(_is_numbered(text, block) for block in outline[first : last + 1]):
        return None
    section, begin, end = _section(text, outline[first]), first, last
    while begin and _is_numbered(text, outline[begin - 1]) and _section(text, outline[begin - 1]) == section:
        begin -= 1
    while end + 1 < len(outline) and _is_numbered(text, outline[end + 1]) and _section(text, outline[end + 1]) == section:
        end += 1
    several = end - begin >= LEAST_STEPS
    begin -= begin > 0 and outline[begin - 1].end - outline[begin - 1].start <= TITLE
    return (begin, end) if several and outline[end].end - outline[begin].start <= most else None


def _wider(text: str, outline: Sequence[Block], first: int, last: int, most: int) -> Span | None:
    """One block more on one side, where a stretch is not whole yet or too short; None where it is enough.

    First comes what belongs to it: what a heading, a lead-in or a question announces, and the question or lead-in itself. Then, up to
    `LEAST` of ``most``, what follows or stands before it under the same heading on the same page.
    """
    after = outline[last + 1] if last + 1 < len(outline) else None
    before = outline[first - 1] if first else None
    size = outline[last].end - outline[first].start
    if after is not None and (after.page != outline[first].page or after.end - outline[first].start > most):
        after = None
    if before is not None and (before.page != outline[last].page or outline[last].end - before.start > most):
        before = None
    open_end = outline[last].role in ("heading", "title") or _announces(text, outline[last])
    if after is not None and open_end:
        return first, last + 1
    if before is not None and _announces(text, before):
        return first - 1, last
    if size >= LEAST * most:
        return None
    if after is not None and after.role != "heading" and _section(text, after)[:1] == _section(text, outline[last])[:1]:
        return first, last + 1
    if before is not None and _section(text, before)[:1] == _section(text, outline[first])[:1]:
        return first - 1, last
    return None


def _sentences(text: str, blocks: Sequence[Block], start: int, end: int, most: int) -> Span:
    """Whole sentences of a long block around one, those after it first."""
    spans = [(b.start + s, b.start + e) for b in blocks for s, e in sentence_spans(text[b.start : b.end], b.language)]
    before = [s for s, e in spans if e <= start]
    after = [e for s, e in spans if s >= end]
    while after and after[0] - start <= LEAST * most:
        end = after.pop(0)
    while before and end - before[-1] <= most:
        start = before.pop()
    while after and after[0] - start <= most:
        end = after.pop(0)
    return start, end


def leads_in(text: str, block: Block) -> bool:
    """Whether a block ends with the words that lead in what follows it."""
    return text[block.start : block.end].rstrip().endswith(_LEADS_IN)


def _announces(text: str, block: Block) -> bool:
    """Whether a block leads in what follows, or asks what that replies to."""
    return leads_in(text, block) or text[block.start : block.end].rstrip().endswith(_ASKS)
