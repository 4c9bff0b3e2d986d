"""Which stretches of the passages answer: one linear ranker, in every language.

What a stretch is, `kb.answer.stretches` says. Four things speak for one: how well the search ranks its passage, how many of the question's
words it holds, how well its best sentence answers by itself, and how much it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest.records import Language
from ingest.understand.duplicates import squash
from kb.answer.candidates import Candidate, sentences_of
from kb.answer.cite import cite_span
from kb.answer.extract import tells_again
from kb.answer.instructions import addressed_from
from kb.answer.lexical import standardise, words_shared
from kb.answer.marks import asks_for_list, marks_in
from kb.answer.ports import FloatVector, Ports
from kb.answer.score import Scored
from kb.answer.signatures import with_signatures
from kb.answer.stretches import MOST, MOST_LIST, Span, stretch_of
from kb.answer.words import script
from kb.errors import UnknownDocumentError
from kb.records import STANDING, Hit, Statement
from kb.search.prior import AUTHORITY

READ = 8
"""Passages whose stretches are ranked."""
SHOWN = 5
"""Stretches that an answer shows at most; the page folds those after the second."""
NEAREST = 3
"""Stretches that are shown where it is not sure that any answers."""
PASSAGE, PLACE, WORDS, SENTENCE, SIZE, WEIGHT, CLEAR = 2.0, 0.5, 1.0, 0.5, 2.0, 1.0, 2.0
"""What a standard deviation of the passage's score, a place lower in the search, a standard deviation of shared words and of the best
sentence's score, a full length, a signed text beside a newspaper, and a language whose passages speak more clearly by 1 count for.

Round numbers, not fitted: other mixes of them hold the answer as often (docs/answers.md).
"""
KIND = 4.0
"""What a paper of the kind that the question speaks of ("the circular") counts for."""
TITLE, LISTED, FEW_ITEMS = 2.0, 2.0, 3
"""What a paper's title in a stretch counts against it, for what names the paper says nothing else; what so many items of a list count for
where a list is asked for."""
MOST_UNCLEAR = 4.0
SIGNED = 20.0
"""What the names below a signing line count for, where it is asked who signed: they go before all else (`kb.answer.signatures`)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """``[start, end)`` of a hit's document, and in it the sentence that answers best; offsets are those of the document."""

    hit: Hit
    start: int
    end: int
    sentence: Span
    text: str
    score: float = 0.0


def rank_stretches(
    question: str,
    hits: Sequence[Hit],
    scored: Sequence[Scored],
    clear: Callable[[Hit], float],
    ports: Ports,
    of_kind: Collection[int] = (),
    matter: str = "",
) -> list[Stretch]:
    """The stretches of the first passages, best first; they may overlap.

    Args:
        question: as it is searched for.
        hits: what was found, best first, in all languages.
        scored: the sentences that were embedded, best first.
        clear: how clearly the passages in a hit's language speak to the question (`kb.answer.refuse.margin`).
        ports: the knowledge base.
        of_kind: the papers of the kind that the question speaks of.
        matter: the question without the words that name papers, for these stand in their titles; "" where it has no others.
    """
    read = hits[:READ]
    known = {(s.candidate.hit.document_id, s.candidate.start): (place, s.score) for place, s in enumerate(scored)}
    groups: dict[tuple[int, int, int], list[Candidate]] = defaultdict(list)
    texts: dict[int, str] = {}
    items: dict[tuple[int, int, int], int] = {}
    titles: set[tuple[int, int, int]] = set()
    for hit in read:
        if hit.document_id not in texts:
            try:
                texts[hit.document_id] = ports.text(hit.document_id, hit.version)
            except UnknownDocumentError:
                continue  # deleted by another process since the search
        text, limit = texts[hit.document_id], addressed_from(hit.text)
        # A list may go on in the next passage; what speaks to a program, and what follows it, is not quoted.
        outline = ports.outline(hit.document_id, hit.version, hit.start, hit.end + MOST_LIST)
        clean = [b for b in outline if addressed_from(text[b.start : b.end]) is None and (limit is None or b.end - hit.start <= limit)]
        for candidate in with_signatures(question, sentences_of([hit]), [hit]):
            span = stretch_of(text, clean, candidate.start, candidate.end, hit.end)
            key = (hit.document_id, *span)
            if key not in groups:
                whole = [block for block in clean if span[0] <= block.start and block.end <= span[1]]
                items[key] = sum(block.role in ("list_item", "table_row") for block in whole)
                if any(block.role == "title" for block in whole):
                    titles.add(key)
            groups[key].append(candidate)
    said = any(not c.heading for held in groups.values() for c in held)
    spans = [(span, held) for span, held in groups.items() if not said or any(not c.heading for c in held)]
    found = [_stretch(span[1], span[2], held, known, texts[span[0]]) for span, held in spans]
    if not found:
        return []
    places = {hit.chunk: place for place, hit in enumerate(read)}
    passages = standardise(np.array([s.hit.score for s in found], dtype=np.float32))
    words = _words(matter or question, found)
    keys = [(s.hit.document_id, s.start, s.end) for s in found]
    inside = [groups[s.hit.document_id, s.start, s.end] for s in found]
    scores = [[known[k][1] for c in one if (k := (c.hit.document_id, c.start)) in known] for one in inside]
    sentences = _sentences(found, {at: max(held) for at, held in enumerate(scores) if held})
    sizes = np.array([min(len(s.text), MOST) / MOST for s in found], dtype=np.float32)
    order = np.array([places[s.hit.chunk] for s in found], dtype=np.float32)
    signed = np.array([any(c.signed for c in one) for one in inside], dtype=np.float32)
    total = PASSAGE * passages - PLACE * order + WORDS * words + SENTENCE * sentences + SIZE * sizes + SIGNED * signed
    spoken = np.array([clear(s.hit) for s in found], dtype=np.float32)
    total += CLEAR * np.maximum(spoken - spoken.max(), -MOST_UNCLEAR)
    total += WEIGHT * np.array([AUTHORITY[s.hit.kind] for s in found], dtype=np.float32)
    total -= TITLE * np.array([key in titles for key in keys], dtype=np.float32)
    if asks_for_list(question):
        total += LISTED * np.array([min(items[key], FEW_ITEMS) / FEW_ITEMS for key in keys], dtype=np.float32)
    total += KIND * np.array([s.hit.document_id in of_kind for s in found], dtype=np.float32)
    ranked = [replace(s, score=float(t)) for s, t in zip(found, total, strict=True)]
    return sorted(ranked, key=lambda s: (-s.score, places[s.hit.chunk], s.start))


def statements_of(question: str, language: Language, ranked: Sequence[Stretch], ports: Ports, most: int = SHOWN) -> list[Statement]:
    """The best stretches as statements, each told once, in the question's language where a version of the paper has it."""
    taken: list[Stretch] = []
    again: dict[int, list[Stretch]] = defaultdict(list)
    for one in ranked:
        stretch = _own_version(one, language, ranked)
        if any(_overlap(stretch, t) or _version_of(stretch, t) for t in taken):
            continue
        same = next((at for at, t in enumerate(taken) if squash(t.text) == squash(stretch.text)), None)
        if same is not None:
            again[same].append(stretch)
        elif not any(t.hit.document_id != stretch.hit.document_id and tells_again(t.text, stretch.text) for t in taken):
            taken.append(stretch)
        if len(taken) == most:
            break
    found = [_statement(question, stretch, again[at], ports) for at, stretch in enumerate(taken)]
    return [statement for statement in found if statement is not None]


def _statement(question: str, stretch: Stretch, again: Sequence[Stretch], ports: Ports) -> Statement | None:
    citations = [cite_span(s.hit, s.start, s.end, ports, s.sentence[0]) for s in (stretch, *again)]
    good = tuple(replace(c, counterparts=stretch.hit.counterparts) for c in citations if c is not None and c.status == "verified")
    if not good:
        return None
    answering = stretch.sentence[0] - stretch.start, stretch.sentence[1] - stretch.start
    said = stretch.text[slice(*answering)]
    marks = tuple((a + answering[0], b + answering[0]) for a, b in marks_in(question, said))
    if asks_for_list(question):  # its items stand below the sentence that leads them in
        marks = marks_in(question, stretch.text) or marks
    return Statement(good[0].quote, STANDING[stretch.hit.kind], good, marks=marks, answering=(answering,))


def _stretch(start: int, end: int, inside: Sequence[Candidate], known: dict[tuple[int, int], tuple[int, float]], text: str) -> Stretch:
    best = min(inside, key=lambda c: (known.get((c.hit.document_id, c.start), (len(known), 0.0))[0], c.heading, c.start))
    return Stretch(best.hit, start, end, (best.start, best.end), text[start:end])


def _words(question: str, found: Sequence[Stretch]) -> FloatVector:
    """Standardised BM25 among the stretches in the question's script; 0, the mean, for all others."""
    written = script(question)
    same = [at for at, s in enumerate(found) if script(s.text) == written]
    values = np.zeros(len(found), dtype=np.float32)
    shared = words_shared(question, [(found[at].text, found[at].hit.language) for at in same])
    values[same] = standardise(np.array(shared, dtype=np.float32))
    return values


def _sentences(found: Sequence[Stretch], best: dict[int, float]) -> FloatVector:
    """The score of the best sentence (`kb.answer.score`), standardised within each language; 0 where none was embedded."""
    values = np.zeros(len(found), dtype=np.float32)
    for language in {found[at].hit.language for at in best}:
        rows = [at for at in best if found[at].hit.language == language]
        values[rows] = standardise(np.array([best[at] for at in rows], dtype=np.float32))
    return values


def _own_version(stretch: Stretch, language: Language, ranked: Sequence[Stretch]) -> Stretch:
    """The best stretch of the same passage in the question's language, where that was found as well."""
    if stretch.hit.language == language:
        return stretch
    return next((s for s in ranked if s.hit.language == language and _version_of(s, stretch)), stretch)


def _version_of(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches are of passages that are language versions of each other."""
    return any(c.document_id == one.hit.document_id and c.start < one.hit.end and one.hit.start < c.end for c in other.hit.counterparts)


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one.hit.document_id == other.hit.document_id and one.start < other.end and other.start < one.end
