"""What a request is about, and what of it only says in what form, how long or how the answer is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex

from kb.answer.document_selection.document_mentions import Named, without
from kb.answer.query_understanding.intent import asking_words, asks_shorter
from kb.answer.query_understanding.query_parsing import lead_words, skill_words, trimmed, without_points
from kb.search.follow_up import content
from lang.languages import Language

BRIEF: Final = 2
"""Words of its own that a message has at most that only says how the answer is to be put."""


def without_form(question: str, language: Language) -> str:
    """A question without a last clause that only says in what form the answer is wanted: ", in a table please"."""
    head, comma, tail = (*regex.split(r"([,、，])(?=[^,、，]*$)", question, maxsplit=1), "", "")[:3]
    only_form = bool(comma) and tail.strip() != "" and not in_matter(tail, language, asking()) and not asking_words(tail)
    return head if only_form and content(head, language) else question


def without_lead(question: str, language: Language) -> str:
    """A question without a first clause that only says how long the answer is to be: "In one line: when does it end?"."""
    lead, colon, rest = question.partition(":")
    return rest.strip() if colon and asks_shorter(lead) and len(content(lead, language)) <= BRIEF and content(rest, language) else question


def asking() -> tuple[str, ...]:
    """The words that say what is to be done."""
    return (*(word for name in skill_words().values() for word in name), *lead_words())


def matter_of(question: str, language: Language, named: Named) -> str:
    """What a message is about: what is left without the words that say what is to be done, and those of kinds and languages of papers."""
    return in_matter(question, language, (*named.kind_words, *asking()))


def in_matter(question: str, language: Language, words: Sequence[str]) -> str:
    """What is left of a question without some words and the number of points; "" where that says nothing."""
    left = trimmed(without(without_points(question), words), language)
    return left if content(left, language) else ""
