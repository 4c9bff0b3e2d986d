"""Which papers the facts of a draft are looked up in: what is likely meant, else what names whom it is for or speaks of its matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from ingest.records import Block
from kb.answer.question import Question
from kb.answer.skills.drafts.wording import Wanted
from kb.answer.skills.evidence import Evidence
from kb.ports import Ports
from kb.records import DocumentInfo
from lang.normalise import search_form

FETCHED = 60
NAMING = 20
"""Passages that are found for a name in which it is looked for."""
FEW = 3
"""Papers that may have a name which tells the paper; what more have is the name of the asker's own city."""
_LEAD = regex.compile(r"^(?:(?:mr|mrs|ms|dr|prof|hon|shri|smt|m/s)\b\.?|श्री\.?|श्रीमती|सौ\.|डॉ\.?|मे\.|मेसर्स)\s*", regex.I)
_TRAIL = regex.compile(r"\s*(?:御中|様|殿|各位)$|\s*[,(（、].*$")
_CAPITALS = regex.compile(r"(?<![\p{L}'’-])\p{Lu}[\p{L}]{3,}(?: \p{Lu}[\p{L}]+)*")
_SHORTEST = 4


def papers_for(asked: Wanted, matter: str, question: Question, ports: Ports) -> tuple[DocumentInfo, ...]:
    """The papers of a draft.

    Those that are likely meant; where none is, the one that speaks most of the matter, of those that name the addressee, or somebody of
    the message, where few do.
    """
    if question.papers:
        return question.papers
    known = {paper.id: paper for paper in ports.papers()}
    named = next((papers for name in _names(asked, question) if 0 < len(papers := _naming(name, question, ports)) <= FEW), set())
    filters = replace(question.filters, documents=tuple(sorted(named))) if named else question.filters
    hits = ports.search(" ".join((asked.addressee, matter)).strip(), FETCHED, filters).hits
    order = list(dict.fromkeys(hit.document_id for hit in hits if hit.document_id in known))
    return tuple(known[at] for at in order[:1])


def row_of(asked: Wanted, paper: DocumentInfo, evidence: Evidence) -> Block | None:
    """The row of a register that names the addressee: a letter to one vendor quotes no row of another."""
    name, text = search_form(_bare(asked.addressee)).text, evidence.text(paper)
    rows = (block for block in evidence.outline(paper) if block.role == "table_row") if len(name) >= _SHORTEST else ()
    return next((block for block in rows if name in search_form(text[block.start : block.end]).text), None)


def _bare(said: str) -> str:
    """A name without what stands before and after it: *Mr*, 御中, an office."""
    return _TRAIL.sub("", _LEAD.sub("", said)).strip()


def _names(asked: Wanted, question: Question) -> Iterator[str]:
    """Whom a draft is for and from, and the names in Latin capitals that the message has."""
    for said in (asked.addressee, asked.sender, *_CAPITALS.findall(question.text)):
        name = _bare(said)
        if len(name) >= _SHORTEST and (name != name.casefold() or not name.isascii()):
            yield name


def _naming(name: str, question: Question, ports: Ports) -> set[int]:
    """The papers in which a name stands as it is."""
    form = search_form(name).text
    return {hit.document_id for hit in ports.search(name, NAMING, question.filters).hits if form in search_form(hit.text).text}
