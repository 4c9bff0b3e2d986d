"""What stands beside a quote for a reader of another language: its dates, amounts, terms and names, without translating the quote.

The values are rendered (`kb.answer.presentation.rendering`), and a term of the glossary, or of agreements and offices
(``office_terms.tsv``), is its name there. A name is spelled anew in each script; its sound is the same (`lang.words.names`), and its
letters, romanised, are nearly so: the spelling is that of papers of the base that name it in the reader's language. What no paper that
the reader may see has is not given.
"""

from __future__ import annotations

import calendar
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib import resources

import regex

from kb.answer.presentation.rendering import gloss, joined
from kb.index.glossary import Found, Glossary, own_terms, parse
from kb.ports import Ports
from kb.records import Cell, DocumentInfo, Filters
from kb.verify.fact_check import facts_in
from lang.languages import Language, script_of
from lang.values.calendars import MONTH_NAMES
from lang.values.numerals import scale_words
from lang.words.names import names
from lang.words.search_tokens import script
from prompts.phrases import phrase, spoken

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


READ = 12
"""Passages in the reader's language among which names are looked for."""
MOST = 8
"""Names of a paper that are looked for."""
LEAST = 4
"""Letters of a name: shorter ones are too much like other words. Romanised it has one more."""
LEAST_KEY = 3
MOST_SHOWN = 3
"""Names beside one quote."""
ALIKE = 0.8
"""How much of two romanised names must be the same: Mizuhara and मिझुहारा share .94, Northern and नीलतरंग .47."""
_MONTHS = frozenset(name for month in MONTH_NAMES for name in month)
_SOUNDS = (("zh", "j"), ("jh", "j"), ("z", "j"), ("w", "v"), ("ch", "c"), ("sh", "s"), ("ph", "f"), ("h", ""))


def spellings(texts: Sequence[str], language: Language, reader: Language, ports: Ports) -> dict[str, str]:
    """The names of texts, each with its spelling in the reader's script, where some paper in the reader's language has it.

    Japanese readers get none: how a name is written in kanji cannot be told from its sound.
    """
    if reader == "ja" or script_of(language) == script_of(reader):
        return {}
    wanted = {name: keys for text in texts for name, keys in names_of(text, language).items() if keys}
    sought = list(wanted)[:MOST]
    if not sought:
        return {}
    hits = ports.search(" ".join(sought), READ, Filters(languages=(reader,))).hits
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hit in hits:
        for there, keys in names_of(hit.text, reader).items():
            if script(there) != script_of(reader):
                continue
            for name in sought:
                if keys & wanted[name] and alike(name, there):
                    counted[name][there] += 1
    return {name: min(seen, key=lambda one: (len(one), -seen[one], one)) for name, seen in counted.items()}


def spelled_in(text: str, language: Language, known: Mapping[str, str]) -> tuple[str, ...]:
    """The names of a text as ``known`` spells them, each once."""
    return tuple(dict.fromkeys(known[name] for name in names_of(text, language) if name in known))[:MOST_SHOWN] if known else ()


def names_of(text: str, language: Language) -> dict[str, frozenset[str]]:
    """The words of a text that may be names, with the keys of their sounds; in Latin letters those with a capital."""
    found: dict[str, frozenset[str]] = {}
    for name in names(text, language):
        small = name.surface[:1].isascii() and not name.surface[:2].istitle()
        if small or name.surface.casefold() in _MONTHS or len(name.surface) < LEAST:
            continue
        found[name.surface] = frozenset(key for key in name.keys if len(key) >= LEAST_KEY and not key.endswith("~"))
    return found


def alike(one: str, other: str) -> bool:
    """Whether two names of different scripts are spelled alike when both are romanised."""
    left, right = romanised(one), romanised(other)
    return min(len(left), len(right)) > LEAST and SequenceMatcher(None, left, right, autojunk=False).ratio() >= ALIKE


@lru_cache(maxsize=4096)
def romanised(word: str) -> str:
    """A word in Latin letters, roughly, by what Unicode calls its letters; long vowels and aspiration are left out."""
    letters: list[str] = []
    for char in word:
        named = unicodedata.name(char, "")
        if "VIRAMA" in named and letters:
            letters[-1] = letters[-1].removesuffix("a")
        elif "VOWEL SIGN" in named and letters:
            letters[-1] = letters[-1].removesuffix("a") + named.split("VOWEL SIGN ")[1].split()[-1].lower()
        elif "LETTER " in named and not char.isascii():
            letters.append(named.split("LETTER ")[1].split()[-1].lower())
        elif "ANUSVARA" in named or "CANDRABINDU" in named:
            letters.append("n")
        else:
            letters.append(char.lower())
    said = "".join(letters)
    for written, plain in _SOUNDS:
        said = said.replace(written, plain)
    return regex.sub(r"(.)\1+", r"\1", said).rstrip("a")


def names_gloss(paper: DocumentInfo, text: str, known: Mapping[str, str], reader: Language, cited: tuple[int, ...]) -> tuple[Cell, ...]:
    """Names, terms, dates and amounts of a text as the reader writes them; () where they read the paper's language, or it has none."""
    if paper.language == reader:
        return ()
    values = dict.fromkeys((*spelled_in(text, paper.language, known), *written_in(text, paper.language, reader)))
    return (Cell(phrase("summary.gloss", reader, values=joined(values, reader)), cited),) if values else ()


OFFICE_TERMS = "office_terms.tsv"


def office_terms_in(text: str, language: Language) -> tuple[Found, ...]:
    """The terms that a text names in its language, in order; an acronym only where it is written as one: *its* is no ITS."""
    return tuple(
        f for f in _office_glossary().find(text, language) if f.language == language and (not f.surface.isupper() or f.surface in text)
    )


@cache
def _office_glossary() -> Glossary:
    stored = resources.files("kb.answer.presentation").joinpath(OFFICE_TERMS).read_text(encoding="utf-8")
    return Glossary((*parse(stored, OFFICE_TERMS), *own_terms()))
