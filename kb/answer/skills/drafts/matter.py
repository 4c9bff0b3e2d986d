"""What the papers say of a matter, stretch by stretch: what a draft quotes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex

from ingest.records import Language
from ingest.understand.sentences import sentence_spans
from kb.answer.ports import Ports
from kb.answer.question import Question
from kb.answer.quoting import FETCHED, quoted
from kb.answer.rendering import values
from kb.answer.skills.evidence import Evidence
from kb.answer.stretches import stretch_of
from kb.answer.verify.modality import claims
from kb.records import Citation, DocumentInfo, Grade, Statement, Turn

_NUMBERING = regex.compile(r"(?:\p{Nd}{1,3}[.)．、]|[(（](?:\p{Nd}{1,3}|\p{Latin}{1,3}|\p{Devanagari}\p{M}?)[)）])\s+")

LENGTH = 400
"""Characters of a stretch that a draft quotes; a list may be longer (`kb.answer.stretches`)."""
DECIDING = 3
"""Sentences of the quote that answered which are quoted beside the one that answers, because they decide something."""
FACTS = ("signed", "in_force", "term", "notice")
"""Stored facts whose sentences are quoted of a paper where nothing in particular is wanted."""


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch or sentence of a paper that speaks to the matter; ``answers`` is where the sentence begins that speaks to it most."""

    paper: DocumentInfo
    start: int
    end: int
    text: str
    language: Language
    path: tuple[str, ...]
    page_label: str
    answers: int = 0


def said_of(asked: str, question: Question, ports: Ports, evidence: Evidence, most: int) -> tuple[list[Said], Grade]:
    """The stretches that looking up ``asked`` in the papers that are meant finds, best first, and how sure it is that they answer it.

    Where none does, the sentences that hold the stored facts of these papers.
    """
    filters = question.filters
    if question.papers:
        filters = replace(filters, documents=tuple(paper.id for paper in question.papers))
    result = ports.search(asked, FETCHED, filters)
    statements, grade = quoted(asked, question.language, result, ports, named=bool(question.papers))
    papers = {paper.id: paper for paper in ports.papers()}
    found = [_stretch(papers[s.citations[0].document_id], s, ports, evidence) for s in statements if s.citations[0].document_id in papers]
    if found:
        return found[:most], grade
    facts = [said for paper in question.papers for said in told(paper, ports, evidence)][:most]
    return facts, "answers" if facts else "silent"


def _stretch(paper: DocumentInfo, statement: Statement, ports: Ports, evidence: Evidence) -> Said:
    """The stretch of a statement, cut to what a draft has room for around the sentence that answers."""
    cited, text = statement.citations[0], evidence.text(paper)
    first, last = statement.answering[0] if statement.answering else (0, len(cited.quote))
    outline = ports.outline(paper.id, cited.version, cited.start, cited.end)
    start, end = stretch_of(text, outline, cited.start + first, cited.start + last, cited.end, LENGTH)
    start += numbering(text[start:end])
    return Said(paper, start, end, text[start:end], cited.language, cited.path, cited.page_label, cited.start + first)


def told(paper: DocumentInfo, ports: Ports, evidence: Evidence) -> list[Said]:
    """The sentences of a paper that hold its stored facts: when it was signed, from when and for how long it is in force."""
    text, outline = evidence.text(paper), evidence.outline(paper)
    known = {fact.field: (fact.start, fact.end) for fact in ports.facts(paper.id) if fact.start is not None and fact.origin == "text"}
    found: dict[int, Said] = {}
    for start in (known[name][0] for name in FACTS if name in known):
        block = next((b for b in outline if start is not None and b.start <= start < b.end), None)
        for a, b in sentence_spans(text[block.start : block.end], block.language) if block is not None else ():
            if block is not None and start is not None and block.start + a <= start < block.start + b:
                first = block.start + a + numbering(text[block.start + a : block.start + b])
                place = ports.place(paper.id, paper.version, first)
                words = text[first : block.start + b]
                found.setdefault(first, Said(paper, first, block.start + b, words, block.language, place.path, place.page_label))
    return list(found.values())


def items_of(said: Said, evidence: Evidence) -> list[Said]:
    """The items of the list that the answering sentence is of, where it is of one with labels; else the sentences of the stretch."""
    text, outline = evidence.text(said.paper), evidence.outline(said.paper)
    inside = max(said.start, said.answers)
    block = next((block for block in outline if block.start <= inside < block.end), None)
    if block is None or block.role != "list_item" or not block.path:
        spans = [(said.start + a, said.start + b) for a, b in sentence_spans(said.text, said.language)]
        paths = [next((b.path for b in outline if b.start <= start < b.end), said.path) for start, _ in spans]
    else:
        items = [one for one in outline if one.role == "list_item" and one.path[:-1] == block.path[:-1]]
        spans, paths = [(one.start, one.end) for one in items], [one.path for one in items]
    starts = [start + numbering(text[start:end]) for start, end in spans]
    return [
        replace(said, start=first, end=end, text=text[first:end], path=path)
        for first, (_, end), path in zip(starts, spans, paths, strict=True)
    ]


def answered(turn: Turn, ports: Ports, evidence: Evidence) -> list[Said]:
    """The sentences that an answer gave, as far as they still stand there, and what else its first quote decides.

    Of an answer that was not sure it is the first quote alone.
    """
    papers = {paper.id: paper for paper in ports.papers()}
    found = []
    spans = list(_spans(turn, 2 if turn.answer.grade == "answers" else 1))
    if spans:
        quote = spans[0][0]
        beside = [(quote, quote.start + a, quote.start + b) for a, b in sentence_spans(quote.quote, quote.language)]
        spans += [one for one in beside if _decides(quote.quote[one[1] - quote.start : one[2] - quote.start])][:DECIDING]
    for cited, start, end in spans:
        paper = papers.get(cited.document_id)
        if paper is not None and evidence.text(paper)[cited.start : cited.end] == cited.quote:
            first = start + numbering(cited.quote[start - cited.start : end - cited.start])
            found.append(Said(paper, first, end, evidence.text(paper)[first:end], cited.language, cited.path, cited.page_label))
    apart = {(said.paper.id, said.start): said for said in found}
    return sorted(apart.values(), key=lambda said: (said.paper.id != found[0].paper.id, said.start))


def _spans(turn: Turn, most: int) -> Iterator[tuple[Citation, int, int]]:
    """The sentences that answer in the first quotes of an answer, with the citation and their place in its document."""
    for statement in turn.answer.statements[:most]:
        for cited in statement.citations[:1]:
            yield from ((cited, cited.start + start, cited.start + end) for start, end in statement.answering)


def _decides(words: str) -> bool:
    """Whether a sentence names a day, an amount or a number, or says what must or may be done."""
    return bool(values(words, "en")) or bool({"must", "at_least", "at_most", "only"} & claims(words).keys())


def numbering(text: str) -> int:
    """Where a sentence begins after the number of its clause."""
    found = _NUMBERING.match(text)
    return found.end() if found is not None else 0
