"""How the names in a quote are spelled in the reader's script, by papers of the base that name them in the reader's language.

A name is spelled anew in each script; its sound is the same (`lang.lexical.names`), and its letters, romanised, are
nearly so. No spelling is made up: what no paper that the reader may see has is not given.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

import regex

from kb.answer.rendering import joined
from kb.answer.skills.summaries.written import written_in
from kb.ports import Ports
from kb.records import Cell, DocumentInfo, Filters
from lang.codes import Language
from lang.lexical.content_words import script
from lang.lexical.names import names
from lang.values.calendars import MONTH_NAMES
from prompts.phrases import phrase

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
_CAPITAL = regex.compile(r"\p{Lu}\p{Ll}")
_BEGINS = regex.compile(r"(?:^|[.!?:\n]\s*)$")
_SCRIPTS: Mapping[Language, str] = {"en": "latin", "hi": "devanagari", "mr": "devanagari", "ja": "japanese"}
_SOUNDS = (("zh", "j"), ("jh", "j"), ("z", "j"), ("w", "v"), ("ch", "c"), ("sh", "s"), ("ph", "f"), ("h", ""))


def spellings(texts: Sequence[str], language: Language, reader: Language, ports: Ports) -> dict[str, str]:
    """The names of texts, each with its spelling in the reader's script, where some paper in the reader's language has it.

    Japanese readers get none: how a name is written in kanji cannot be told from its sound.
    """
    if reader == "ja" or _SCRIPTS.get(language) == _SCRIPTS.get(reader):
        return {}
    wanted = {name: keys for text in texts for name, keys in names_of(text, language).items() if keys}
    sought = list(wanted)[:MOST]
    if not sought:
        return {}
    hits = ports.search(" ".join(sought), READ, Filters(languages=(reader,))).hits
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hit in hits:
        for there, keys in names_of(hit.text, reader).items():
            if script(there) != _SCRIPTS[reader]:
                continue
            for name in sought:
                if keys & wanted[name] and alike(name, there):
                    counted[name][there] += 1
    return {name: min(seen, key=lambda one: (len(one), -seen[one], one)) for name, seen in counted.items()}


def spelled_in(text: str, language: Language, known: Mapping[str, str]) -> tuple[str, ...]:
    """The names of a text as ``known`` spells them, each once."""
    return tuple(dict.fromkeys(known[name] for name in names_of(text, language) if name in known))[:MOST_SHOWN] if known else ()


def names_of(text: str, language: Language) -> dict[str, frozenset[str]]:
    """The words of a text that may be names, with the keys of their sounds; in Latin letters those with a capital within a sentence."""
    found: dict[str, frozenset[str]] = {}
    for name in names(text, language):
        latin = name.surface[:1].isascii()
        if name.surface.casefold() in _MONTHS or len(name.surface) < LEAST or (latin and not _CAPITAL.match(name.surface)):
            continue
        if latin and not any(not _BEGINS.search(text, 0, m.start()) for m in regex.finditer(regex.escape(name.surface), text)):
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


def gloss(paper: DocumentInfo, text: str, known: Mapping[str, str], reader: Language, cited: tuple[int, ...]) -> tuple[Cell, ...]:
    """Names, terms, dates and amounts of a text as the reader writes them; () where they read the paper's language, or it has none."""
    if paper.language == reader:
        return ()
    values = dict.fromkeys((*spelled_in(text, paper.language, known), *written_in(text, paper.language, reader)))
    return (Cell(phrase("summary.gloss", reader, values=joined(values, reader)), cited),) if values else ()
