"""Which papers an answer may be of: those that the filters let through, taken together where they are one text in several languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answer.understand.paper_mentions import Named, named_papers
from kb.ports import Ports
from kb.records import Answer, DocumentInfo, Filters


def held(papers: Sequence[DocumentInfo], filters: Filters) -> list[DocumentInfo]:
    """The papers that the filters let through."""
    return [paper for paper in papers if _passes(paper, filters)]


def _passes(paper: DocumentInfo, filters: Filters) -> bool:
    since, until = filters.date_from, filters.date_to
    return (
        (not filters.documents or paper.id in filters.documents)
        and filters.collected(paper.collections)
        and (not filters.kinds or paper.kind in filters.kinds)
        and (not filters.languages or paper.language in filters.languages)
        and (since is None or (paper.date is not None and paper.date >= since))
        and (until is None or (paper.date is not None and paper.date <= until))
    )


def texts_of(papers: Sequence[DocumentInfo], ports: Ports) -> set[frozenset[int]]:
    """The papers, those that are one text in several languages taken together."""
    together = {at: group for group in ports.parallels() for at in group}
    return {together.get(paper.id, frozenset((paper.id,))) for paper in papers}


def cited_of(answer: Answer, papers: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Those of some papers that an answer cites, in the order in which it does."""
    known = {paper.id: paper for paper in papers}
    cited = dict.fromkeys(c.document_id for statement in answer.statements for c in statement.citations if c.document_id in known)
    return [known[at] for at in cited]


def among(filters: Filters, papers: Sequence[DocumentInfo]) -> Filters:
    """The filters, for these papers alone where there are any."""
    return replace(filters, documents=tuple(paper.id for paper in papers)) if papers else filters


def papers_before(answer: Answer, papers: Sequence[DocumentInfo], ports: Ports, *, every: bool) -> tuple[DocumentInfo, ...]:
    """The papers that the answer before was about: those that its question named, else those it cites; of a look-up the first."""
    looked_up = answer.skill in ("lookup", "clarify", "decline")
    asked = named_papers(answer.asked_as or answer.question, answer.language, papers, ports.known_by()) if looked_up else Named()
    if asked.papers and asked.genres and len(texts_of(asked.papers, ports)) == 1:
        return asked.papers
    found = sorted(cited_of(answer, papers), key=lambda paper: paper not in asked.of_kind)
    return tuple(found if every or not looked_up else found[:1])
