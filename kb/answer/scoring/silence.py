"""Whether the papers speak of what a sentence says at all: by the rule that decides when a question is refused, asked of a statement."""

from __future__ import annotations

from kb.answer.scoring.candidates import Budget
from kb.answer.scoring.refusals import margin
from kb.answer.scoring.sentence_ranking import rank_sentences
from kb.ports import Ports
from kb.records import Filters
from lang.languages import detect

LOOKED_AT = 60
"""Hits that are compared: those far down tell how near any text is to any other."""


def is_silent(statement: str, filters: Filters, ports: Ports) -> bool:
    """Whether neither the documents in the statement's language nor those in others speak of it (`kb.answer.scoring.refusals.margin`).

    Args:
        statement: one sentence.
        filters: which documents are looked at.
        ports: the knowledge base.
    """
    language = detect(statement, "en")
    with ports.turn():
        result = ports.search(statement, LOOKED_AT, filters)
        query = ports.embedder.query(statement)
        for across in (False, True):
            hits = [hit for hit in result.hits if (hit.language != language) == across]
            ranked, _ = rank_sentences(statement, query, hits, ports, Budget(), result.terms) if hits else ([], None)
            if not ranked:
                continue
            clear = margin(statement, language, query, ports.embedder.name, ranked, hits, across=across, fetched=len(result.hits))
            if clear >= 0:
                return False
    return True
