"""The stretches that looking a question up finds, short enough to be quoted in a text that a skill makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from kb.answer.question import Question
from kb.answer.quoting import FETCHED, quoted
from kb.answer.skills.evidence import Evidence
from kb.answer.stretches import Span, stretch_of
from kb.answer.understand.scope import among
from kb.ports import Ports
from kb.records import DocumentInfo, Grade, Statement
from lang.codes import Language

LENGTH = 400
"""Characters of a stretch; a list may be longer (`kb.answer.stretches`)."""
_NUMBERING = regex.compile(r"(?:\p{Nd}{1,3}[.)．、]|[(（](?:\p{Nd}{1,3}|\p{Latin}{1,3}|\p{Devanagari}\p{M}?)[)）])\s+")


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


def looked_up(asked: str, question: Question, papers: Sequence[DocumentInfo], ports: Ports, evidence: Evidence) -> tuple[list[Said], Grade]:
    """The stretches that looking up ``asked`` finds, in some papers or, where there are none, in all that may answer; best first."""
    filters = among(question.filters, papers)
    statements, grade = quoted(asked, question.language, ports.search(asked, FETCHED, filters), ports, named=bool(papers))
    known = {paper.id: paper for paper in ports.papers()}
    held = ((known.get(statement.citations[0].document_id), statement) for statement in statements)
    return [_said(paper, statement, ports, evidence) for paper, statement in held if paper is not None], grade


def _said(paper: DocumentInfo, statement: Statement, ports: Ports, evidence: Evidence) -> Said:
    cited = statement.citations[0]
    first, last = statement.answering[0] if statement.answering else (0, len(cited.quote))
    answering = cited.start + first, cited.start + last
    start, end = short_of(paper, (cited.start, cited.end), answering, ports, evidence)
    return Said(paper, start, end, evidence.text(paper)[start:end], cited.language, cited.path, cited.page_label, answering[0])


def short_of(paper: DocumentInfo, stretch: Span, answering: Span, ports: Ports, evidence: Evidence) -> Span:
    """A stretch of a paper, cut to `LENGTH` around the sentence that answers, without the heading above it and its own number."""
    text, outline = evidence.text(paper), ports.outline(paper.id, paper.version, *stretch)
    start, end = stretch_of(text, outline, *answering, stretch[1], LENGTH)
    said = [block for block in outline if start <= block.start < end and block.role not in ("heading", "title")]
    start = max(start, said[0].start) if said and said[0].start <= answering[0] else start
    return start + numbering(text[start:end]), end


def numbering(text: str) -> int:
    """Where a sentence begins after the number of its clause."""
    found = _NUMBERING.match(text)
    return found.end() if found is not None else 0
