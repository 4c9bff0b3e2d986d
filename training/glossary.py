"""The glossary: terms that the sentences on the topic define, abbreviations, and what the topic is called in several languages.

Each stands with the places where the papers have it. A term that no paper defines and the topic does not speak of is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from kb.answer.skills.definition_forms import abbreviations, definition_in
from kb.index.glossary import FILE, Found, Glossary, Term, own_terms, read
from kb.settings import Settings
from lang.languages import LANGUAGES, Language
from lang.references import after_label
from lang.words.search_tokens import content_words
from training.cited_lines import Scribe, line_id
from training.exchange_map.relevance import generic
from training.material.source_sentences import Sentence
from training.records import Entry, Line, Name

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
LONGEST: Final = 6
"""Words of a term that is defined."""
_MARKS: Final = " \"“”‘’'「」『』"
_NO_TERM: Final = r"(?!(?:this|that|it|which|these|here)\b|यह |ये |हे |ते |これ|それ|ここ)"
_DEFINES: Final = regex.compile(rf"^{_NO_TERM}(?:an?\s+|the\s+)?(?P<term>[^,;:.。、()（）]{{2,60}}?){_AFTER}{_SAYS}", regex.I)
"""A sentence that begins with what it defines."""
_CLOSING: Final = regex.compile(r"[\"”’」』]?[)）]?")
_IS_A: Final = r"\s+(?:is|are)\s+(?:an?\s+|any\s+)?[^,;]{3,80}?\b(?:that|which|who|whose|where|used|by which|in which)\b"
"""A class and what tells the thing from others of it: "a gauge is an instrument that …". "The gauge is …" speaks of one gauge."""


def glossary(scribe: Scribe) -> tuple[Entry, ...]:
    """The terms of the topic's papers: those that they define first, then those that more of their languages name."""
    own, office = _glossaries(scribe.kb.settings)
    seen: dict[int, _Seen] = {}
    about = {one.key for one in scribe.material.all()}
    ranked = sorted(scribe.material.evidence, key=lambda one: (one.key not in about, -one.score))
    for one in ranked:
        for found in own.find(one.text, one.language):
            name = _as_written(found, one)
            if name and not _generic(found.term) and (one.key in about or id(found.term) in seen):
                seen.setdefault(id(found.term), _Seen(found.term)).add(one, name)
    entries = [(each, _entry(scribe, each, office)) for each in seen.values()]
    # The other names of a thing are there to be found by: two of them are no counterparts ("school", शिक्षण).
    wanted = {id(one) for one in _of_topic(scribe, own)} | office
    entries = [(each, one) for each, one in entries if one.meaning is not None or (len(one.names) > 1 and id(each.term) in wanted)]
    told = [(each, one) for each, one in entries if one.names]
    best = [entry for _, entry in sorted(told, key=lambda pair: (pair[1].meaning is None, -len(pair[0].languages)))]
    known = {name.text.casefold() for entry in best for name in entry.names}
    own_words = [entry for entry in (*_defined(scribe, ranked), *_short_names(scribe)) if entry.names[0].text.casefold() not in known]
    return (*own_words, *best)[:MOST]


def _of_topic(scribe: Scribe, terms: Glossary) -> Iterator[Term]:
    """The terms that the topic names, or shares a word with: no word of every office, which nobody looks up without a meaning."""
    topic, language = scribe.material.request.topic, scribe.language
    yield from (found.term for found in terms.find(topic, language))
    asked = set(content_words(topic, language))
    yield from (term for term in terms.terms if asked & set(content_words(term.usual(language), language)))


def _short_names(scribe: Scribe) -> Iterator[Entry]:
    """The abbreviations of the lines on the topic beside which their paper writes the long name, each with that stretch."""
    seen: set[str] = set()
    for one in scribe.material.all():
        for short in () if one.language != scribe.language else abbreviations(one.text):
            text = scribe.kb.text(one.info.id, one.info.version)
            found = definition_in(short, text, scribe.kb.outline(one.info.id, one.info.version)) if short not in seen else None
            seen.add(short)
            if found is None or not found.name or found.name_end > found.term:
                continue
            closing = _CLOSING.match(text, found.term_end)
            end = closing.end() if closing is not None else found.term_end
            named = replace(one, start=found.name_start, end=end, text=text[found.name_start : end], items=())
            name = Name(one.language, short, "paper", (scribe.cite(named),))
            yield Entry(line_id("glossary", short), (name,), scribe.quote("glossary", named))


def _defined(scribe: Scribe, ranked: Sequence[Sentence]) -> Iterator[Entry]:
    """The terms that the papers define and no list names, each with the sentence that says what it is; one of each."""
    seen: set[str] = set()
    for one in ranked:
        term = defined_term(one) if one.language == scribe.language else ""
        if term and term.casefold() not in seen:
            seen.add(term.casefold())
            name = Name(one.language, term, "paper", (scribe.cite(one),))
            yield Entry(line_id("glossary", term), (name,), scribe.quote("glossary", one))


def defined_term(one: Sentence) -> str:
    """The term that a sentence begins with and defines; "" where it defines none."""
    found = _DEFINES.search(one.text.strip()) if one.alone else None
    term = found["term"].strip(_MARKS) if found is not None else ""
    term = term[after_label(term) :].strip(_MARKS) if regex.match(r"[\p{L}\p{M}]", term) else ""
    return term if len(term.split()) <= LONGEST else ""


def _generic(term: Term) -> bool:
    """Whether a term is called by a word of every office (*officer*, *report*, *cost*), which nobody looks up."""
    words = set(content_words(term.usual("en"), "en"))
    return bool(words) and words <= generic()


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
        usual = seen.term.usual(language)
        named = seen.places.get(language, {}).get(usual)
        if named:
            names.append(Name(language, usual, "paper", tuple(scribe.cite(one) for one in _apart(named)[:PLACES])))
        elif id(seen.term) in office and usual:
            names.append(Name(language, usual, "office"))
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
