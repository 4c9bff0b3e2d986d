"""The glossary: terms that the papers name, in all four languages, each name with the places where a paper calls it so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex

from kb.index.glossary import FILE, Found, Glossary, Term, own_terms, read
from kb.settings import Settings
from lang.languages import LANGUAGES, Language
from training.cited_lines import Scribe, line_id
from training.records import Entry, Line, Listed, Name
from training.source_sentences import Sentence

MOST: Final = 20
PLACES: Final = 2
"""Citations of one name."""

_BEFORE: Final = r"(?:^|[\"“”‘’'(（「『,:;，：；、]\s*|\b(?:an?|the|term|word|phrase)\s+)"
"""What stands before a name that is defined: nothing, a mark or an article. *Drain* is not what "storm-water drain means" defines."""
_AFTER: Final = r"(?:e?s)?[\"”’」』]?(?:\s?[(（][^)）]{1,60}[)）])?[\"”’」』]?"
_SAYS: Final = (
    r"(?:,?\s+(?:means\b(?!\s+of\b)|shall mean\b|(?:is|are) defined as\b|refers? to\b|stands? for\b)"
    r"|\s+म्हणजे(?![\p{L}\p{M}]|\s+काय)|\s+(?:का अर्थ|से (?:तात्पर्य|अभिप्राय|अभिप्रेत))(?![\p{L}\p{M}])"
    r"|とは、?(?!別|異な|違|限ら|言え|いえ|何).{2,}(?:をいう|を指す|である|です|のこと)[。．]?$)"
)
_IS_A: Final = r"\s+(?:is|are)\s+(?:an?\s+|any\s+)?[^,;]{3,80}?\b(?:that|which|who|whose|where|used|by which|in which)\b"
"""A class and what tells the thing from others of it: "a gauge is an instrument that …". "The gauge is …" speaks of one gauge."""


def glossary(scribe: Scribe) -> tuple[Entry, ...]:
    """The terms of the topic's papers, those that more languages of the papers name first, then as the papers rank."""
    own, office = _glossaries(scribe.kb.settings)
    seen: dict[int, _Seen] = {}
    ranked = sorted(scribe.material.evidence, key=lambda one: -one.score)
    for one in ranked:
        for found in own.find(one.text, one.language):
            name = _as_written(found, one)
            if name:
                seen.setdefault(id(found.term), _Seen(found.term)).add(one, name)
    order = {key: at for at, key in enumerate(seen)}
    best = sorted(seen.values(), key=lambda each: (-len(each.languages), order[id(each.term)]))[:MOST]
    return tuple(_entry(scribe, each, office) for each in sorted(best, key=lambda each: order[id(each.term)]))


class _Seen:
    """A term and the sentences that name it, by language and name."""

    def __init__(self, term: Term) -> None:
        self.term = term
        self.places: dict[Language, dict[str, list[Sentence]]] = {}

    def add(self, one: Sentence, name: str) -> None:
        self.places.setdefault(one.language, {}).setdefault(name, []).append(one)

    @property
    def languages(self) -> tuple[Language, ...]:
        return tuple(self.places)


def _entry(scribe: Scribe, seen: _Seen, office: frozenset[int]) -> Entry:
    names: list[Name] = []
    for language in LANGUAGES:
        named = seen.places.get(language)
        if named:
            usual = seen.term.usual(language)
            text = usual if usual in named else max(named, key=lambda name: len(named[name]))
            cited = tuple(scribe.cite(one) for one in _apart(named[text])[:PLACES])
            names.append(Name(language, text, "paper", cited))
        elif usual := seen.term.usual(language):
            listed: Listed = "office" if id(seen.term) in office else "setu"
            names.append(Name(language, usual, listed))
    return Entry(line_id("glossary", *(name.text for name in names)), tuple(names), _meaning(scribe, seen))


def _meaning(scribe: Scribe, seen: _Seen) -> Line | None:
    """The best sentence that says what the term is, in the module's language where there is one; None where the papers do not say it."""
    found = [
        one for named in seen.places.values() for name, places in named.items() for one in places if one.alone and defines(one.text, name)
    ]
    if not found:
        return None
    return scribe.quote("glossary", max(found, key=lambda one: (one.language == scribe.language, one.score)))


def defines(text: str, name: str) -> bool:
    """Whether a sentence says what the thing called ``name`` is (“… means …”, “… म्हणजे …”, “…とは…をいう”), not only names it."""
    called = regex.escape(name)
    says = f"{_BEFORE}{called}{_AFTER}{_SAYS}|^(?:an?\\s+)?{called}{_AFTER}{_IS_A}"
    return regex.search(says, text.strip(), regex.I) is not None


def _as_written(found: Found, one: Sentence) -> str:
    """The name, where it is one of the sentence's own language; "" otherwise: Marathi and Hindi share words."""
    own = found.language == one.language or found.surface in found.term.names.get(one.language, ())
    return found.surface if own else ""


def _apart(found: Sequence[Sentence]) -> list[Sentence]:
    """Of sentences in several papers, those of different papers first."""
    first = {one.info.id: one for one in reversed(found)}
    return [*first.values(), *(one for one in found if one not in first.values())]


def _glossaries(settings: Settings) -> tuple[Glossary, frozenset[int]]:
    """The office's terms before ours, and which are the office's."""
    file = settings.glossary if settings.glossary is not None else settings.home / FILE
    office = read(file) if settings.glossary is not None or file.exists() else ()
    return Glossary((*office, *own_terms())), frozenset(id(term) for term in office)
