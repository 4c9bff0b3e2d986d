"""Dates, amounts and terms of a quote as another language writes them, without translating the quote.

The values are rendered (`kb.answer.rendering`), and a term of the glossary is its name there. The rest stays in the words of the paper.
"""

from __future__ import annotations

import calendar
from functools import cache
from importlib import resources

import regex

from kb.answer.rendering import gloss
from kb.represent.glossary import Found, Glossary, own_terms, parse
from kb.verify.facts import facts_in
from lang.codes import Language
from lang.values.numerals import scale_words
from prompts.phrases import spoken

MOST_TERMS = 3
MOST_VALUES = 5
_CALENDAR = frozenset({*calendar.month_name, *calendar.day_name})


def written_in(text: str, language: Language, reader: Language) -> tuple[str, ...]:
    """The dates, amounts with their units and terms of a text as the reader writes them, in the order in which they stand, each once.

    Args:
        text: a quote.
        language: of the quote.
        reader: the reader's language.
    """
    amounts = [(one.start, one.end) for one in facts_in(text).quantities if one.unit]
    bare = "".join(" " if any(start <= at < end for start, end in amounts) else letter for at, letter in enumerate(text))
    return (*terms_in(bare, language, reader), *gloss(text, reader)[:MOST_VALUES])


def terms_in(text: str, language: Language, reader: Language, most: int = MOST_TERMS) -> tuple[str, ...]:
    """The terms and places of the glossary that a text names, the longest first, by their usual names in the reader's language."""
    found = sorted((one for one in _glossary().find(text, language) if _surely(one, text)), key=lambda one: -len(one.surface))
    named = [one.term.usual(spoken(reader)) for one in found]
    kept = [name for name in dict.fromkeys(named) if len(name) > 1]
    return tuple(name for name in kept if not any(name != other and name in other for other in kept))[:most]


def _surely(found: Found, text: str) -> bool:
    """Whether a term stands in a text as it is written, and says something by itself.

    Terms are found by their stems, which is right for a search: “its” would be ITS, “60 a minute” the minutes of a meeting. Months and
    numbers say nothing without their date or thing.
    """
    english = found.term.names.get("en", ())
    if any(name in _CALENDAR or name in scale_words() for name in english):
        return False
    if found.language == "ja":
        return True
    if found.language == "en":
        name = regex.escape(found.surface)
        return regex.search(rf"(?<!\w){name}(?:s|es)?(?!\w)", text, 0 if found.surface.isupper() else regex.I) is not None
    starts = (regex.escape(word[: max(3, len(word) - 2)]) for word in found.surface.split())
    return all(regex.search(rf"(?<![\p{{L}}\p{{M}}]){start}", text) for start in starts)


@cache
def _glossary() -> Glossary:
    """The terms that come with Setu, and the countries and cities whose names do not sound alike.

    What follows the places there, parts of names such as *River*, is no term by itself.
    """
    places = resources.files("kb.verify").joinpath("exonyms.tsv").read_text(encoding="utf-8").split("\n# ")[0]
    return Glossary((*own_terms(), *parse(places, "exonyms.tsv")))
