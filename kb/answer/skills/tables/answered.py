"""What one paper says to a question: the stretches that looking it up in this paper alone finds, for a reader who names the paper."""

from __future__ import annotations

from ingest.records import Language
from kb.answer.candidates import Budget
from kb.answer.extract import rank_sentences
from kb.answer.ports import Ports
from kb.answer.ranking import Stretch, rank_stretches
from kb.answer.refuse import margin
from kb.answer.skills.tables.editions import Edition
from kb.records import DocumentInfo, Filters

FETCHED = 30
AMONG = 60
"""Hits that the margin takes for granted: with one paper there are few, but the others are held out by us, not missing."""
SILENT = -2.5
"""The margin below which a paper says nothing to a question; see `kb.answer.quoting.NEAR`."""
READ = Budget(passages=5, tokens=280, tokens_across=360)


def answered(
    asked: str, language: Language, edition: Edition, reader: Language, ports: Ports, most: int
) -> tuple[DocumentInfo, list[Stretch]] | None:
    """The best stretches of the first version that says anything to it, those in the reader's language first; None where none does."""
    for paper in edition.readable(reader):
        result = ports.search(asked, FETCHED, Filters(documents=(paper.id,)))
        hits = [hit for hit in result.hits if hit.document_id == paper.id]
        if not hits:
            continue
        query = ports.embedder.query(asked)
        scored, _ = rank_sentences(asked, query, hits, ports, READ, result.terms)
        across = paper.language != language
        if not scored or margin(asked, language, query, ports.embedder.name, scored, hits, across=across, fetched=AMONG) < SILENT:
            continue
        found = rank_stretches(asked, hits, scored, ports)[:most]
        if found:
            return paper, found
    return None
