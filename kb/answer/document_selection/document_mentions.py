"""Which papers a question means: by what they are called, whom they are of, and of what kind they are.

A paper is known by the words and names of its title, publisher, parties and place, in any of the scripts. The words of a question that
some papers have and others have not are explained by as few papers as it takes: "the Malaysia memorandum and the Thailand one" by two.
A day names those that are dated so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from pathlib import PurePath
from typing import cast

import regex

from kb.answer.query_understanding.query_parsing import CJK, forms, lead_words, met, pattern, skill_words
from kb.index.bm25 import idf, worth
from kb.records import DocumentInfo, KnownBy
from kb.search.follow_up import idle
from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.references import references
from lang.values.calendars import When
from lang.values.dates import dates_in
from lang.words.names import common_devanagari, common_latin, name_keys, names
from lang.words.search_tokens import analyse, is_function_word

NAMING = 0.6
"""Least idf-weighted evidence that names a paper: one telling word that at most half of the papers have."""
ALIKE = 0.75
"""Papers that have at least this share of the best one's evidence are meant as much as it is."""
OF_KIND = 0.5
"""What it counts for that a paper is of the kind that the question speaks of."""
SOUNDS, SOUNDS_ALONE = 0.5, 1.0
"""What a sound must tell to name a paper, where the question says of what kind it is, and where it does not: ट्रेन sounds like much."""
TELLING = 0.6
"""What finding a key must say for a name that two papers share."""
CONSONANTS = 4
"""Consonants of a name that tell it without its last vowel."""
MOST_NAMED = 6
FIRST_LINES = 400
"""Characters in which a paper says of what kind it is."""
_CERTAIN = ("agreement", "news")
"""Kinds of which a paper is called by no other: an agreement may speak of reports, and news of agreements."""
BRIEF = 2
"""A message of so many words says little else than which paper it means ("the Thane one")."""
_LATIN = "latin:"
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u200c\u200d]+(?:['’][\p{L}\p{M}\p{N}]+)*")


@dataclass(frozen=True, slots=True)
class Named:
    """The papers that a question names.

    ``papers`` are those whose words it has; ``of_kind`` those of the kind it speaks of ("the agreement"), none where it speaks of none;
    ``genres`` are the kinds; ``words`` the words by which papers were named, kinds and languages; ``many`` is whether it speaks of
    several; ``languages`` are the languages of papers it speaks of.
    """

    papers: tuple[DocumentInfo, ...] = ()
    of_kind: tuple[DocumentInfo, ...] = ()
    genres: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    many: bool = False
    languages: tuple[Language, ...] = ()
    kind_words: tuple[str, ...] = ()
    """Those of ``words`` that name no paper, but a kind or a language."""
    by_name: bool = False
    """Whether a name of a party, a place or a publisher of any paper stands there, and not only words of titles."""
    evidence: Mapping[int, float] = field(default_factory=dict)
    """How much the words that papers are known by tell for each, by document id: the rarer a word, the more."""
    names: Mapping[int, float] = field(default_factory=dict)
    """The same of words that are names of parties, places and publishers."""
    dated: frozenset[int] = frozenset()
    """The ids of the papers of the kind it speaks of that are dated on a day it names: "the circular of 10 October"."""
    known: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """The ids of the papers that are known by each word of a name or title; without what only says what kind of place a name is of."""


@dataclass(frozen=True, slots=True)
class _Known:
    """By what a paper is known: stems, each with its language, and keys of sounds, of all its words and of its names alone."""

    words: frozenset[tuple[Language, str]]
    keys: frozenset[str]
    called: frozenset[tuple[Language, str]]
    calls: frozenset[str]


@dataclass(slots=True)
class _Asked:
    """A word of the question, and how much of it each paper has."""

    surface: str
    held: dict[int, float] = field(default_factory=dict)
    names: set[int] = field(default_factory=set)
    """The papers whose names it is one of, and not only a word of their titles."""


def named_papers(question: str, language: Language, papers: Sequence[DocumentInfo], known_by: Mapping[int, KnownBy]) -> Named:
    """The papers that a question names; ``known_by`` says by what each is called beside its title, by document id."""
    form = search_form(question).text
    found = {genre: hits for genre, (words, _) in _genres().items() if (hits := met(words, form))}
    anything = met(_list("any"), form)
    languages = tuple(one for one in LANGUAGES if met(_in_language()[one], form))
    of_kind = [paper for paper in papers if found.keys() & genres_of(paper, known_by.get(paper.id, KnownBy()))] if found else []
    spoken = {word for one in languages for word in met(_in_language()[one], form)}
    least = SOUNDS if found else SOUNDS_ALONE
    days = _days(question, papers, months=bool(found))
    undated = without_day(question) if days else question
    asked = _asked(undated, language, papers, known_by, least, {*(word for words in found.values() for word in words), *spoken, *_said()})
    asked += days
    by_a_word = len(question.split()) <= BRIEF and not CJK.search(question)
    named = _cover(asked, papers, frozenset(paper.id for paper in (papers if by_a_word else of_kind)))
    kinds = dict.fromkeys([*(word for hits in found.values() for word in hits), *anything, *spoken])
    words = kinds | dict.fromkeys(one.surface for one in asked if named and one.held)
    many = bool(met(_list("many"), form))
    by_name = any(one.names for one in asked)
    evidence, called = Counter[int](), Counter[int]()
    generic = {*_list("places"), *common_devanagari("hi"), *common_devanagari("mr")}
    for one in asked:
        evidence.update(one.held)
        if search_form(one.surface).text not in generic:
            called.update({at: told for at, told in one.held.items() if at in one.names})
    known = {one.surface: frozenset(one.held) for one in asked if search_form(one.surface).text not in generic}
    dated = frozenset(paper.id for paper in of_kind if any(paper.id in day.held for day in days))
    return Named(named, tuple(of_kind), tuple(found), tuple(words), many, languages, tuple(kinds), by_name, evidence, called, dated, known)


def naming(named: Named, papers: Sequence[DocumentInfo], known_by: Mapping[int, KnownBy]) -> Named:
    """The same with those words alone that name these papers: *notice* names no agreement, nor what others are called by."""
    ids = {paper.id for paper in papers}
    called = {genre for paper in papers for genre in genres_of(paper, known_by.get(paper.id, KnownBy()))}
    strange = {word for genre in named.genres if genre not in called for word in _genres()[genre][0]}
    words = tuple(word for word in named.words if word not in strange and not (word in named.known and named.known[word].isdisjoint(ids)))
    return replace(named, words=words, kind_words=tuple(word for word in named.kind_words if word not in strange))


def sharing_names(papers: Sequence[DocumentInfo], known_by: Mapping[int, KnownBy]) -> Callable[[int, int], bool]:
    """What tells of two papers, by id, whether one names what the other is known by.

    That is a party, a place or a publisher of the other in its title or first lines. A name by which many are known (*Government of the
    United States*) tells nothing. Where one of the two is not among the papers, or is known by no name, nothing is known against it.
    """
    called = {paper.id: _keys(paper.language, (paper.publisher or "", *known_by.get(paper.id, KnownBy()).names)) for paper in papers}
    heads = {paper.id: known_by.get(paper.id, KnownBy()).head[:FIRST_LINES] for paper in papers}
    heard = {paper.id: _keys(paper.language, (paper.title, heads[paper.id])) | called[paper.id] for paper in papers}
    many = {key for key, n in Counter(key for keys in called.values() for key in keys).items() if n > max(2, len(called) / 4)}

    def share(one: int, other: int) -> bool:
        if one not in called or other not in called or not (called[one] or called[other]):
            return True
        return bool(((called[one] & heard[other]) | (called[other] & heard[one])) - many)

    return share


@lru_cache(maxsize=10_000)
def _keys(language: Language, texts: tuple[str, ...]) -> frozenset[str]:
    """The keys of the names in some texts that tell something."""
    return frozenset(key for key in name_keys(" \n ".join(texts), language) if worth(key) >= TELLING)


def genres_of(paper: DocumentInfo, known: KnownBy) -> frozenset[str]:
    """What a paper is called: by its kind, or by the words of its title and of its first lines."""
    return _called(paper.kind, f"{paper.title}\n{known.head[:FIRST_LINES]}")


def speaks_of(genre: str, text: str) -> bool:
    """Whether a text has a word for papers of a kind."""
    return bool(met(_genres()[genre][0], search_form(text).text))


def without_day(question: str) -> str:
    """A question without the days, months and years that stand in it."""
    return without(question, [read.text for read in dates_in(question)])


def without(question: str, words: Collection[str]) -> str:
    """A question without some of its words, which are given as they stand in it or by how they begin in the search form."""
    held = sorted({search_form(word).text.strip() for word in words} - {""}, key=lambda w: (-len(w), w))
    form = search_form(question)
    held = list(met(held, form.text))  # one expression of all words takes longer to compile than to look for each
    if not held:
        return " ".join(question.split())
    cut = [False] * len(question)
    for match in regex.finditer("|".join(pattern(word) for word in held), form.text):
        start, end = form.span(*match.span())
        cut[start:end] = [True] * (end - start)
    left = "".join(" " if out else letter for letter, out in zip(question, cut, strict=True))
    return " ".join(left.split())


@lru_cache(maxsize=20_000)
def _called(kind: str, text: str) -> frozenset[str]:
    form = search_form(text).text
    by_kind = {genre for genre, (_, kinds) in _genres().items() if kind in kinds}
    by_words = {genre for genre, (words, _) in _genres().items() if met(words, form)}
    of_certain = {genre for genre in by_words if _stored()["genre"][genre].get("within") == kind}
    return frozenset(by_kind | of_certain if kind in _CERTAIN else by_kind | by_words)


def _asked(
    question: str,
    language: Language,
    papers: Sequence[DocumentInfo],
    known_by: Mapping[int, KnownBy],
    least: float,
    genres: Collection[str],
) -> list[_Asked]:
    """The words of a question that some of the papers are known by and others are not, with what each paper has of them."""
    known = {paper.id: _known(paper, known_by.get(paper.id, KnownBy())) for paper in papers}
    cited = {search_form(question[r.start : r.end]).text for r in references(question)}
    found: dict[str, _Asked] = {}
    for surface, stems, keys in _words(question, language):
        form = search_form(surface).text
        if any(form.startswith(word) for word in genres) or any(form in one for one in cited):
            continue
        one = _Asked(surface)
        for paper in papers:
            there = known[paper.id]
            by_word = not stems.isdisjoint(there.words)
            by_name = max((worth(key.removeprefix(_LATIN)) for key in keys if key in there.keys), default=0.0)
            if share := 1.0 if by_word else by_name if by_name >= least else 0.0:
                one.held[paper.id] = share
                called = not stems.isdisjoint(there.called) or any(
                    key in there.calls and worth(key.removeprefix(_LATIN)) >= least for key in keys
                )
                if called or (surface[:1].isupper() and not question.startswith(surface)):
                    one.names.add(paper.id)
        if one.held and surface not in found:
            rare = idf(len(papers), len(one.held))
            one.held = {at: rare * share for at, share in one.held.items()}
            found[surface] = one
    return list(found.values())


def _days(question: str, papers: Sequence[DocumentInfo], *, months: bool) -> list[_Asked]:
    """The days of a question on which some papers are dated and others are not: "the letter of 12 December"; ``months`` as well."""
    found: list[_Asked] = []
    for read in dates_in(question):
        exact = read.when.precision in ("day", "month_day") or (months and read.when.precision == "month")
        if exact and (of_day := [one for one in papers if _is_of(one, read.when)]):
            rare = idf(len(papers), len(of_day))
            found.append(_Asked(read.text, {paper.id: rare for paper in of_day}, {paper.id for paper in of_day}))
    return found


def _is_of(paper: DocumentInfo, when: When) -> bool:
    """Whether a paper is dated on a day, or in a month, as far as it is told."""
    if paper.date is None or when.calendar not in ("gregorian", "japanese"):
        return False
    told = ((when.year, paper.date.year), (when.month, paper.date.month), (when.day, paper.date.day))
    return all(said in (None, held) for said, held in told)


def _cover(asked: Sequence[_Asked], papers: Sequence[DocumentInfo], of_kind: frozenset[int]) -> tuple[DocumentInfo, ...]:
    """As few papers as it takes to explain the words, each with those that explain them as well; one of the kind that is meant first."""
    left = list(asked)
    taken: dict[int, DocumentInfo] = {}
    while left and len(taken) < MOST_NAMED:
        evidence = {paper.id: sum(one.held.get(paper.id, 0.0) for one in left) for paper in papers if paper.id not in taken}
        evidence = {at: value for at, value in evidence.items() if _is_named(at, left, of_kind)}
        if max(evidence.values(), default=0.0) < NAMING:
            break
        evidence = {at: value + OF_KIND * (value > 0 and at in of_kind) for at, value in evidence.items()}
        best = max(evidence.values())
        alike = [paper for paper in papers if evidence.get(paper.id, 0.0) >= ALIKE * best and paper.id not in taken]
        taken |= {paper.id: paper for paper in alike}
        left = [one for one in left if not any(paper.id in one.held for paper in alike)]
    return tuple(taken.values())


def _is_named(paper: int, asked: Sequence[_Asked], of_kind: frozenset[int]) -> bool:
    """Whether a paper is named: by a name of it, by a word of its title and its kind, or by two words; one may stand there by chance."""
    return any(paper in one.names for one in asked) or sum(paper in one.held for one in asked) > (0 if paper in of_kind else 1)


def _words(question: str, language: Language) -> list[tuple[str, frozenset[tuple[Language, str]], tuple[str, ...]]]:
    """Each word that may name a paper: as it stands, its stem in the pool of each language, the keys of its sound."""
    keyed = {name.surface: name.keys for name in names(question, language)}
    skip = idle(language if language != "und" else "en")
    found = []
    surfaces = [m.group() for m in _WORD.finditer(question)]
    if CJK.search(question):
        surfaces = list(dict.fromkeys([*regex.findall(r"[\p{Han}々〆ヶ]+|[\p{Katakana}ー]+|[\p{Latin}\p{N}]+", question), *keyed]))
    for surface in surfaces:
        if is_function_word(surface.casefold(), language) or surface.casefold() in common_latin() or surface.casefold() in skip:
            continue
        stems = frozenset((pool, stem) for pool in LANGUAGES for stem in analyse(surface, pool).words)
        keys = tuple(_heard(key for name, of in keyed.items() if name in surface or surface in name for key in of))
        keys = keys if surface.isascii() else (*keys, *(_LATIN + key for key in keys))
        if stems or keys:
            found.append((surface, stems, keys))
    return found


def _heard(keys: Iterable[str]) -> list[str]:
    """Keys of sounds, the long ones also without their last vowel: *Lindale* ends in none, リンデール in one."""
    found = dict.fromkeys(keys)
    bare = (regex.sub(r"\p{Ll}+$", "", key) for key in found if "=" not in key)
    return list(found | dict.fromkeys(key for key in bare if len(key) >= CONSONANTS))


def _known(paper: DocumentInfo, of: KnownBy) -> _Known:
    return _known_by(paper.title, paper.publisher or "", PurePath(paper.source).stem, of.names, of.head, paper.language)


@lru_cache(maxsize=5_000)
def _known_by(title: str, publisher: str, stem: str, told: tuple[str, ...], head: str, language: Language) -> _Known:
    called, opening = " \n ".join((publisher, *told)), " \n ".join(_opening_names(head))
    words, keys = _indexed(" \n ".join((title, regex.sub(r"[-_\d.]+", " ", stem), called, opening)), language)
    # A word of the opening that looks like a name may be an office: from its own script it names the paper only beside another word.
    return _Known(words, keys, _indexed(called, language)[0], _indexed(f"{called} \n {opening}", language)[1])


_NAMES = (
    # A capital inside a sentence; what follows "the" is a role as often as a name.
    regex.compile(r"(?<=(?<!\b(?:the|this|each|any|an?|both|its|their|such|all))\b\p{Ll}+[ ,] ?)\p{Lu}\p{Ll}[\p{L}\p{M}-]+"),
    regex.compile(r"\p{Katakana}[\p{Katakana}ー・]{2,}(?=[市県町村区府都省庁州国])|\p{Han}{1,4}?[市県町村区府都省庁](?=[^\p{Han}]|$)"),
)


def _opening_names(head: str) -> list[str]:
    """The names of places and bodies in the first lines of a paper."""
    return list(dict.fromkeys(match.group() for pattern in _NAMES for match in pattern.finditer(head)))


def _indexed(text: str, language: Language) -> tuple[frozenset[tuple[Language, str]], frozenset[str]]:
    """The stems of a text, and the keys of its names; those in Latin letters have a mark, for they are found from other scripts only."""
    own = regex.sub(r"[\p{Latin}\p{M}]+", " ", text)
    latin = regex.sub(r"[^\p{Latin}\p{M}\s]+", " ", text)
    found = [*_heard(name_keys(own, language)), *(_LATIN + key for key in _heard(name_keys(latin, "en")))]
    return frozenset((pool, stem) for pool in LANGUAGES for stem in analyse(text, pool).words), frozenset(found)


@cache
def _said() -> frozenset[str]:
    """What says what is to be done: it names no paper."""
    return frozenset((*lead_words(), *(word for words in skill_words().values() for word in words if len(word) > 3)))


_stored = partial(toml_of, "kb.answer.document_selection", "document_mentions.toml")


@cache
def _genres() -> Mapping[str, tuple[tuple[str, ...], frozenset[str]]]:
    return {genre: (forms(held["words"]), frozenset(held.get("kinds", ()))) for genre, held in _stored()["genre"].items()}


@cache
def _list(name: str) -> tuple[str, ...]:
    return forms(_stored()[name]["words"])


@cache
def _in_language() -> Mapping[Language, tuple[str, ...]]:
    return {cast(Language, one): forms(words) for one, words in _stored()["in_language"].items()}
