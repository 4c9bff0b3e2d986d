"""When to say no, and what to offer instead."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from ingest.records import Language
from kb.answer.score import Scored
from kb.records import Hit, Refusal
from prompts.phrases import phrase

NEAREST = 3

_WORD = regex.compile(r"[\p{L}\p{N}]")


def bad_question(question: str, language: Language, limit: int) -> Refusal | None:
    """A refusal for a question that cannot be searched for: empty, without a letter or digit, or longer than ``limit``; else None."""
    if not question.strip():
        return Refusal("bad_question", phrase("refusal.bad_question.empty", language))
    if not _WORD.search(question):
        return Refusal("bad_question", phrase("refusal.bad_question.no_words", language))
    if len(question) > limit:
        return Refusal("bad_question", phrase("refusal.bad_question.too_long", language, length=len(question), limit=limit))
    return None


def empty_knowledge_base(language: Language) -> Refusal:
    """The refusal for a knowledge base without documents."""
    return Refusal("empty_knowledge_base", phrase("refusal.empty_knowledge_base", language))


def not_in_documents(language: Language, hits: Sequence[Hit]) -> Refusal:
    """The refusal for a question on which the documents are silent, with the nearest hits."""
    key = "refusal.not_in_documents" if hits else "refusal.nothing_found"
    return Refusal("not_in_documents", phrase(key, language), tuple(hits[:NEAREST]))


def silent(question: str, language: Language, ranked: Sequence[Scored]) -> bool:
    """Whether the best sentences do not answer the question."""
    return not ranked or max(s.dense for s in ranked) < 0.80
