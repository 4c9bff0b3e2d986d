"""Where a glossary term of the question stands in a sentence under another name: in another script, or a second one of its own language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kb.records import ExpandedTerm
from lang.codes import Language
from lang.lexical.analyse import analyse
from lang.lexical.content_words import script
from lang.normalise import search_form

LEAST_STEM = 3
"""Characters of a surface that must stand in the question where its inflected form does not."""


def bridged(question: str, sentence: str, language: Language, terms: Sequence[ExpandedTerm]) -> tuple[tuple[int, int], ...]:
    """The spans of the question whose term the sentence names otherwise.

    In one script only a second name in the question's own language counts: the word itself, and that of a sister language, are compared
    as they stand.
    """
    if not terms:
        return ()
    beside = script(question) == script(sentence)
    return tuple(
        span
        for term in terms
        if (span := _span(question, term.surface)) is not None
        and not (beside and (term.surface not in term.names.get(language, ()) or _names(sentence, term.surface, language)))
        and any(_names(sentence, name, language) for name in term.names.get(language, ()))
    )


def _names(sentence: str, name: str, language: Language) -> bool:
    if language == "ja":
        return search_form(name).text in search_form(sentence).text
    wanted = _words(name, language)
    words = _words(sentence, language)
    return bool(wanted) and any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1))


@lru_cache(maxsize=4096)
def _words(text: str, language: Language) -> tuple[str, ...]:
    return tuple(analyse(text, language).words)


def _span(question: str, surface: str) -> tuple[int, int] | None:
    form, wanted = search_form(question), search_form(surface).text
    for size in range(len(wanted), min(LEAST_STEM, len(wanted)) - 1, -1):
        at = form.text.find(wanted[:size])
        if at >= 0:
            return form.span(at, at + size)
        if size <= max(LEAST_STEM, len(wanted) - 4):
            break
    return None
