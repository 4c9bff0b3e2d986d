"""Which stretches of the passages answer: of each passage, in the order in which they answer best, the stretch of its best sentence.

What a stretch is, `kb.answer.stretches` says; how passages are ordered, `kb.answer.scoring.reading`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.understand.duplicates import squash
from kb.answer.scoring.candidates import Budget, Candidate, sentences_of
from kb.answer.scoring.extract import rank_sentences, tells_again
from kb.answer.scoring.reading import Read
from kb.answer.spans.marks import asks_for_list, marks_in
from kb.answer.spans.signatures import with_signatures
from kb.answer.stretches import MOST_LIST, Span, stretch_of
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import STANDING, ExpandedTerm, Hit, Statement
from kb.verify.citations import cite_span, overlap
from kb.verify.instructions import addressed_from
from lang.codes import Language

SHOWN = 5
"""Stretches that an answer shows at most; the page folds those after the second."""
NEAREST = 3
"""Stretches that are shown where it is not sure that any answers."""
POINTED = Budget(passages=NEAREST, tokens=240, tokens_across=300)
"""Of which passages the sentences are compared, to say which answers, and how much of them."""
WHOLE, WHOLE_UNSURE = 900, 1300
"""Characters up to which a passage is shown whole, where it is sure that the papers answer and where it is not.

Then the sentence around which a longer one would be cut may not be the one that answers.
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """``[start, end)`` of a hit's document, and in it the sentence that answers best; offsets are those of the document."""

    hit: Hit
    start: int
    end: int
    sentence: Span
    text: str

    @property
    def document_id(self) -> int:
        """Of the hit's document."""
        return self.hit.document_id


def rank_stretches(
    question: str, read: Sequence[Read], ports: Ports, terms: Sequence[ExpandedTerm] = (), whole: int = WHOLE
) -> list[Stretch]:
    """A stretch of each passage that was read, best first; where it is asked who signed, that with the signatures before all others.

    Args:
        question: as it is searched for.
        read: the passages, best first, in all languages.
        ports: the knowledge base.
        terms: those of the glossary that the question names.
        whole: characters up to which a passage is shown whole.
    """
    scored, _ = rank_sentences(question, ports.embedder.query(question), [one.hit for one in read], ports, POINTED, terms)
    known = {(one.candidate.hit.document_id, one.candidate.start): place for place, one in enumerate(scored)}
    found: list[tuple[Candidate, Stretch]] = []
    for one in read:
        short = one.hit.end - one.hit.start <= whole
        pointed = replace(one, start=one.hit.start, end=one.hit.end) if short else one
        told = with_signatures(question, sentences_of([one.hit]), [one.hit])
        best = min(told, key=lambda c: _key(c, known, pointed), default=None)
        stretch = _stretch(pointed, best, ports) if best is not None else None
        if best is not None and stretch is not None:
            found.append((best, stretch))
    said = [one for one in found if not one[0].heading] or found  # a heading by itself answers only where there is nothing else
    return [stretch for _, stretch in sorted(said, key=lambda one: not one[0].signed)]


def _key(candidate: Candidate, known: dict[tuple[int, int], int], read: Read) -> tuple[bool, bool, bool, int, int]:
    """The best sentence of a passage has the least: signatures, then what stands where was read, no heading, found to answer best."""
    place = known.get((candidate.hit.document_id, candidate.start), len(known))
    outside = candidate.start < read.start or candidate.start >= read.end
    return not candidate.signed, outside, candidate.heading, place, candidate.start


def _stretch(read: Read, best: Candidate, ports: Ports) -> Stretch | None:
    """What of a passage was read to answer, in whole blocks, with the stretch of its best sentence.

    None where the paper was deleted since the search. A list may go on in the next passage. What speaks to a program, and what follows it,
    is not quoted.
    """
    hit = read.hit
    hit_span = hit.start, hit.end
    try:
        text = ports.text(hit.document_id, hit.version)
    except UnknownDocumentError:
        return None
    limit = addressed_from(hit.text)
    blocks = ports.outline(hit.document_id, hit.version, hit.start, hit.end + MOST_LIST)
    clean = [b for b in blocks if addressed_from(text[b.start : b.end]) is None and (limit is None or b.end - hit.start <= limit)]
    start, end = stretch_of(text, clean, best.start, best.end, hit.end)
    if limit is None and not best.signed:
        inside = [b for b in clean if read.start < (b.start + b.end) / 2 < read.end]
        held = [(max(b.start, hit.start), min(b.end, hit.end)) for b in inside] if (read.start, read.end) != hit_span else [hit_span]
        if held and held[-1][1] - held[0][0] <= WHOLE_UNSURE:
            start, end = min(start, held[0][0]), max(end, held[-1][1])
    return Stretch(hit, start, end, (best.start, best.end), text[start:end])


def statements_of(question: str, language: Language, ranked: Sequence[Stretch], ports: Ports, most: int = SHOWN) -> list[Statement]:
    """The best stretches as statements, each told once, in the question's language where a version of the paper has it."""
    taken: list[Stretch] = []
    again: dict[int, list[Stretch]] = defaultdict(list)
    for one in ranked:
        stretch = _own_version(one, language, ranked)
        if any(overlap(stretch, t) or _version_of(stretch, t) for t in taken):
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


def _own_version(stretch: Stretch, language: Language, ranked: Sequence[Stretch]) -> Stretch:
    """The best stretch of the same passage in the question's language, where that was found as well."""
    if stretch.hit.language == language:
        return stretch
    return next((s for s in ranked if s.hit.language == language and _version_of(s, stretch)), stretch)


def _version_of(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches are of passages that are language versions of each other."""
    return any(overlap(counterpart, one.hit) for counterpart in other.hit.counterparts)
