"""Kinds of refusal beyond silence: an opinion in law, other languages only, nothing for such papers.

Each comes with what serves the asker: the nearest passages, or the passages in the other language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kb.answer.scoring import abstention
from kb.answer.understand.question_kinds import out_of_scope
from kb.records import Filters, Hit, Refusal, SearchResult, Statement
from lang.codes import Language
from prompts.phrases import phrase, spoken


def opinion(language: Language, hits: Sequence[Hit]) -> Refusal:
    """The refusal of a question for law or advice on which the papers say nothing, with the nearest passages."""
    return Refusal("legal_opinion", phrase("refusal.legal_opinion", language), tuple(hits[: abstention.NEAREST]))


def silent(
    question: str,
    language: Language,
    hits: Sequence[Hit],
    filters: Filters,
    search: Callable[[Filters], SearchResult],
    speaks: Callable[[Sequence[Hit]], Sequence[Statement]],
    *,
    outside: bool = False,
) -> Refusal:
    """The refusal for a question on which the papers are silent.

    Where the asker limited the languages and papers in others speak, these are offered.

    Args:
        question: as it was asked.
        language: that of the question.
        hits: what was found.
        filters: the limits of the search.
        search: searches again under other limits.
        speaks: the statements that hits give.
        outside: whether the question is about something that no papers hold.
    """
    if outside or out_of_scope(question, language):
        return Refusal("out_of_scope", phrase("refusal.out_of_scope", language), tuple(hits[: abstention.NEAREST]))
    if filters.languages:
        wider = search(replace(filters, languages=())).hits
        cited = {c.document_id for s in speaks(wider) for c in s.citations}
        offered = [h for h in wider if h.document_id in cited and h.language not in filters.languages]
        if offered:
            names = dict.fromkeys(phrase(f"language.{h.language}", language) for h in offered)
            message = phrase("refusal.only_in_other_language", language, languages=phrase("refusal.and", spoken(language)).join(names))
            return Refusal("only_in_other_language", message, tuple(offered[: abstention.NEAREST]))
    return abstention.not_in_documents(language, hits)
