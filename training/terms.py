"""The glossary: terms that the papers name, in all four languages, each name with the places where a paper calls it so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import regex

from ingest.records import LANGUAGES, Language
from kb.represent.glossary import FILE, Found, Glossary, Term, own_terms, read
from kb.settings import Settings
from training.papers import Sentence
from training.records import Entry, Line, Listed, Name
from training.sources import Scribe, line_id

MOST: Final = 20
PLACES: Final = 2
"""Citations of one name."""

_DEFINES: Final = regex.compile(
    r"\b(?:means|is defined as|refers to|shall mean|stands for)\b|म्हणजे(?!\p{L})|का अर्थ|से तात्पर्य|से अभिप्राय"
    r"|とは、?.{2,}(?:をいう|を指す|である|のこと)",
    regex.I,
)


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
    """The sentence that says what the term is, else the best one that names it, in the module's language where there is one."""
    all_of = [(one, name) for named in seen.places.values() for name, found in named.items() for one in found if one.alone]
    if not all_of:
        return None
    own = scribe.language

    def rank(pair: tuple[Sentence, str]) -> tuple[bool, bool, float]:
        one, name = pair
        at = one.text.casefold().find(name.casefold())
        defines = _DEFINES.search(one.text, max(0, at)) is not None
        return defines, one.language == own, one.score

    return scribe.quote("glossary", max(all_of, key=rank)[0])


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


def pairs(entries: Sequence[Entry]) -> Iterator[tuple[Mapping[Language, str], Entry]]:
    """Each entry's names that a paper bears out, by language."""
    for entry in entries:
        yield {name.language: name.text for name in entry.names if name.listed == "paper"}, entry
