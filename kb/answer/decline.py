"""Kinds of refusal beyond silence: an opinion in law, several papers that could be meant, other languages only, nothing for such papers.

Each comes with what serves the asker: the nearest passages, the papers to choose from, or the passages in the other language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.records import Language
from kb.answer import refuse
from kb.answer.kinds import legal_opinion, out_of_scope
from kb.answer.words import content_words
from kb.records import Conflict, Filters, Hit, Refusal, SearchResult, Statement
from kb.represent.references import references
from prompts.phrases import phrase, spoken

_MOST_NAMED = 4


def opinion(question: str, language: Language, hits: Sequence[Hit]) -> Refusal | None:
    """A refusal for a question of law or advice, with the nearest passages: what papers say can be asked, what follows cannot."""
    if not legal_opinion(question, language):
        return None
    return Refusal("legal_opinion", phrase("refusal.legal_opinion", language), tuple(hits[: refuse.NEAREST]))


def ambiguous(question: str, language: Language, hits: Sequence[Hit], conflicts: Sequence[Conflict]) -> Refusal | None:
    """A question back where several agreements answer differently, or have the clause that is asked for, and the question names none.

    Language versions of one agreement are one; so are a paper and the one that took its place.
    """
    apart = [(c.one, c.other) for c in conflicts if c.one.kind == c.other.kind == "agreement" and c.one.language == c.other.language]
    meant = {c.document_id: c.document for pair in apart for c in pair if c.superseded_by is None}
    if not meant and references(question):
        same = [h for h in hits if h.kind == "agreement" and h.channels.get("clause") and h.language == hits[0].language]
        meant = {h.document_id: h.document for h in same}
        for hit in same:
            for other in hit.counterparts:
                meant.pop(other.document_id, None)
    if len(meant) < 2 or _names_one(question, list(meant.values())):
        return None
    nearest = tuple(next((h for h in hits if h.document_id == document), None) for document in meant)
    names = [f"“{title}”" for title in meant.values()][:_MOST_NAMED]
    message = phrase("refusal.ambiguous", language, names=phrase("refusal.or", language).join(names))
    return Refusal("ambiguous", message, tuple(h for h in nearest if h is not None))


def _names_one(question: str, titles: Sequence[str]) -> bool:
    """Whether the question has a word that some of the titles have and others have not."""
    words = [set(content_words(title, "en" if title.isascii() else "mr")) for title in titles]
    asked = set(content_words(question, "en")) | set(content_words(question, "mr"))
    everywhere = set.intersection(*words)
    return any(asked & (of_one - everywhere) for of_one in words)


def silent(
    question: str,
    language: Language,
    hits: Sequence[Hit],
    filters: Filters,
    search: Callable[[Filters], SearchResult],
    speaks: Callable[[Sequence[Hit]], Sequence[Statement]],
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
    """
    if out_of_scope(question, language):
        return Refusal("out_of_scope", phrase("refusal.out_of_scope", language), tuple(hits[: refuse.NEAREST]))
    if filters.languages:
        wider = search(replace(filters, languages=())).hits
        cited = {c.document_id for s in speaks(wider) for c in s.citations}
        offered = [h for h in wider if h.document_id in cited and h.language not in filters.languages]
        if offered:
            names = dict.fromkeys(phrase(f"language.{h.language}", language) for h in offered)
            message = phrase("refusal.only_in_other_language", language, languages=phrase("refusal.and", spoken(language)).join(names))
            return Refusal("only_in_other_language", message, tuple(offered[: refuse.NEAREST]))
    return refuse.not_in_documents(language, hits)
