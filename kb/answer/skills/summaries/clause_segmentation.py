"""Papers that are built of clauses: numbered paragraphs, articles or sections, each with its label where it has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np
import regex

from ingest.records import Block
from kb.answer.scoring.candidates import is_fragment
from kb.answer.skills.summaries.summary_sentences import (
    APART,
    TOKENS,
    Sentence,
    after_number,
    label_of,
    most_of,
    rows_in,
    said_in,
    sentences_in,
    tokens_of,
    with_items,
)
from lang.languages import Language
from lang.words.search_tokens import script

FEWEST = 5
"""A paper of fewer clauses is told as any other."""
DEPTH = 2
"""Numbers of a path among which the one is looked for that parts a paper: articles may stand in numbered parts."""
MOST_WORDS = 5
"""Words of a label that stands before its clause on the same line."""
SHORT, SHORT_JAPANESE = 18, 8
"""Characters of what is no sentence though a stop ends it."""
_NUMBERED = regex.compile(
    r"^[(（\[]?\p{Nd}{1,3}(?:\s?[.)）．、\]:]|\s|$)|^第\s?[\p{Nd}一二三四五六七八九十百]+\s?[条章節項]"
    r"|^(?:article|section|clause|paragraph|part|chapter|कलम|अनुच्छेद|धारा|परिच्छेद|खंड|मुद्दा|प्रकरण|भाग)\s?\p{Nd}{1,3}",
    regex.I,
)
_LABEL = regex.compile(r"([^.:：।。;,、\n]{2,40}?)(?:\s?[:：]\s?[-–—]?\s*|[.।](?=\s(?!\p{Nd})|$)\s*)")
LINE = 50
"""Characters of a line that may break off a sentence; a shorter one is a line by itself."""
_WHOLE = regex.compile(r"[.!?。！？।॥;；]['\"”’」』）)\]]*$")
_STOPS = regex.compile(r"[.!?。！？।॥;；:：,、–—-]['\"”’」』）)\]]*$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its label ("" for none) and those of its sentences that say something; ``numbered`` where a number parts it off."""

    label: str
    numbered: bool
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """The blocks of a clause, and the headings above it down to its own."""

    path: tuple[str, ...]
    numbered: bool
    blocks: tuple[Block, ...]


def clauses_in(text: str, outline: Sequence[Block]) -> list[Clause]:
    """The clauses of a paper, and what stands before and after them, in order; [] where it is not built of clauses."""
    broken = _broken(text, outline)
    for depth in range(DEPTH):
        parts = _parts(outline, depth)
        on_line = sum(_label_on_line(text, part) is not None for part in parts if part.numbered)
        labelled = 2 * on_line >= sum(part.numbered for part in parts)  # else a short first sentence is no label
        found = [clause for part in parts if (clause := _clause(text, part, labelled, broken)).sentences]
        if sum(clause.numbered for clause in found) >= FEWEST:
            return found
    return []


def _broken(text: str, outline: Sequence[Block]) -> frozenset[int]:
    """Where blocks start that go on with a sentence of the block before: a page or a line ends in it."""
    said = [block for block in outline if block.role not in APART]
    return frozenset(
        after.start
        for block, after in pairwise(said)
        if len(whole := text[block.start : block.end].rstrip()) >= LINE and not _STOPS.search(whole) and not _numbered(text, after)
    )


def _parts(outline: Sequence[Block], depth: int) -> list[_Part]:
    found: list[_Part] = []
    for block in outline:
        numbers = [at for at, entry in enumerate(block.path) if _NUMBERED.match(entry)]
        path = block.path[: numbers[min(depth, len(numbers) - 1)] + 1] if numbers else block.path
        if found and found[-1].path == path:
            found[-1] = replace(found[-1], blocks=(*found[-1].blocks, block))
        else:
            found.append(_Part(path, bool(numbers), (block,)))
    return found


def _numbered(text: str, block: Block) -> bool:
    return bool(block.path) and _NUMBERED.match(block.path[-1]) is not None and text.startswith(block.path[-1], block.start)


def _clause(text: str, part: _Part, labelled: bool, broken: frozenset[int]) -> Clause:
    heading = part.path[-1] if part.path else ""
    label, begin = label_of(heading), 0
    on_line = _label_on_line(text, part) if part.numbered and labelled and not label else None
    if on_line is not None:
        label, begin = on_line
    said = [sentence for block in part.blocks for sentence in _sentences(text, block, heading, begin, broken)]
    told = with_items(said, text, most_of(part.blocks[0].language))
    return Clause(label, part.numbered, tuple(one for at, one in enumerate(told) if at == 0 or not one.text[:1].islower()))


def _label_on_line(text: str, part: _Part) -> tuple[str, int] | None:
    """The label that a clause begins with, "4. Inventory. The officer shall …", and where what it says begins; None where it has none."""
    block = part.blocks[0]
    said = text[block.start : block.end]
    number = after_number(said)
    match = _LABEL.match(said, number)
    if block.role in APART or not number or match is None or len(match[1].split()) > MOST_WORDS:
        return None
    goes_on = match.end() < len(said) or len(part.blocks) > 1
    return (match[1].strip(), block.start + match.end()) if goes_on else None


def _short(text: str) -> bool:
    """Whether a text is too short to order anything: the name of an office, a number."""
    return len(text) < (SHORT_JAPANESE if script(text) == "japanese" else SHORT)


def _sentences(text: str, block: Block, heading: str, begin: int, broken: frozenset[int]) -> Iterator[Sentence]:
    """The sentences of a block from an offset on: none that a page or line breaks off, and none that only leads to what follows.

    Of a sentence that is too long for a point, the first part.
    """
    found = list(said_in(text, block, heading)) if block.role not in APART else []
    for at, sentence in enumerate(found):
        if (
            sentence.end <= begin
            or not sentence.opens
            or is_fragment(sentence.text)
            or _short(sentence.text)
            or (at == 0 and block.start in broken)
        ):
            continue
        cut = at + 1 < len(found) and not found[at + 1].opens
        if cut or sentence.leads or _WHOLE.search(sentence.text) or (block.role == "list_item" and sentence.text.endswith((",", "、"))):
            start = max(sentence.start, begin)
            yield replace(sentence, start=start, text=text[start : sentence.end])


def parts_in(text: str, outline: Sequence[Block], language: Language) -> list[Clause]:
    """All that a paper tells, in order: its clauses where it is built of clauses, else its sections; and the rows of its tables.

    A row is shown with the names of its columns.
    """
    found = clauses_in(text, outline)
    if not found:
        sections = groupby(sentences_in(text, outline, language), key=lambda sentence: sentence.heading)
        found = [Clause(label_of(heading), False, tuple(sentences)) for heading, sentences in sections]
    known = {sentence.block for clause in found for sentence in clause.sentences if text.startswith(sentence.text, sentence.block)}
    rows = groupby((row for row in rows_in(text, outline) if row.block not in known), key=lambda row: (label_of(row.heading), row.heading))
    of_rows = [Clause(label, False, tuple(own)) for (label, _), own in rows]
    return affordable(sorted([*found, *of_rows], key=lambda clause: clause.sentences[0].start))


def affordable(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses with as many of their sentences as there is time to read, those of all clauses in turn."""
    turns = sorted(
        ((at, number, sentence) for number, clause in enumerate(clauses) for at, sentence in enumerate(clause.sentences)),
        key=lambda one: one[:2],
    )
    within = np.cumsum([tokens_of(sentence.text) for _, _, sentence in turns]) <= TOKENS
    kept = {(number, at) for (at, number, _), fits in zip(turns, within, strict=True) if fits}
    told = [
        replace(clause, sentences=tuple(one for at, one in enumerate(clause.sentences) if (number, at) in kept))
        for number, clause in enumerate(clauses)
    ]
    return [clause for clause in told if clause.sentences]
