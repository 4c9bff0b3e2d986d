"""Terms of the field in four languages: a question that says सांडपाणी also finds sewage, 下水 and मलजल; and their passages.

The terms stand in ``glossary.tsv`` beside this module; an office adds its own. The file has a column for each language and a line
for each thing; a cell holds the names of the thing, the usual one first, parted by semicolons. Lines that begin with # are remarks.

A thing counts by its rarity among all passages, and a passage holds of it what its best name has of words in the passage, squared: half
of a name of two words is a chance hit. The score is the share of all the question's things, or of `FEWEST` rare ones where that is more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

import numpy as np
import regex
from numpy.typing import NDArray
from sqlalchemy import Connection

from kb.errors import SettingsError
from kb.index import inverted_index
from kb.index.bm25 import Ranking, idf
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.words.search_tokens import analyse

FILE = "glossary.tsv"
_MOST_WORDS = 12
"""Longest name of a term, in words."""
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_DEVANAGARI = regex.compile(r"\p{Devanagari}")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing and its names in each language, the usual one first."""

    names: Mapping[Language, tuple[str, ...]]

    def usual(self, language: Language) -> str:
        """Its usual name in a language; empty where it has none."""
        return next(iter(self.names.get(language, ())), "")


@dataclass(frozen=True, slots=True)
class Found:
    """A term that a text names: ``surface`` is the name of it that was recognised, in ``language``."""

    term: Term
    surface: str
    language: Language


class Glossary:
    """Finds the terms of a text, the longest first, inflected forms included."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._by_first: dict[tuple[Language, str], list[tuple[tuple[str, ...], Found]]] = defaultdict(list)
        self._japanese: dict[str, list[Found]] = defaultdict(list)
        for term in self.terms:
            for language, names in term.names.items():
                for name in names:
                    found = Found(term, name, language)
                    if language == "ja" and _JAPANESE.search(name):
                        self._japanese[search_form(name).text].append(found)
                    elif words := analyse(name, language).words:
                        self._by_first[language, words[0]].append((words, found))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str, language: Language) -> tuple[Found, ...]:
        """The terms that a text names, in order, each once. Of names that overlap the longest counts."""
        found: dict[int, Found] = {}
        if _JAPANESE.search(text):
            for one in self._in_japanese(search_form(text).text):
                found.setdefault(id(one.term), one)
        written: Iterator[Language] = iter(())
        if _DEVANAGARI.search(text):
            written = iter(("hi", "mr") if language == "hi" else ("mr", "hi"))
        for tried in (*written, "en", "ja"):
            words = analyse(text, tried).words
            for one in self._in_words(words, tried):
                found.setdefault(id(one.term), one)
        return tuple(found.values())

    def _in_words(self, words: Sequence[str], language: Language) -> Iterator[Found]:
        at = 0
        while at < len(words):
            ahead = tuple(words[at : at + _MOST_WORDS])
            matching = [(name, one) for name, one in self._by_first.get((language, words[at]), ()) if ahead[: len(name)] == name]
            longest = len(matching[0][0]) if matching else 1
            yield from (one for name, one in matching if len(name) == longest)
            at += longest

    def _in_japanese(self, form: str) -> Iterator[Found]:
        """Names written without spaces: any that stand in the text, longest first; a single character is too little to tell."""
        free = [True] * len(form)
        for name in sorted((n for n in self._japanese if len(n) > 1 and n in form), key=lambda n: (-len(n), n)):
            for match in regex.finditer(regex.escape(name), form):
                if all(free[match.start() : match.end()]):
                    free[match.start() : match.end()] = [False] * len(name)
                    yield from self._japanese[name]


def parse(text: str, file: str) -> tuple[Term, ...]:
    """The terms of a glossary file.

    Raises:
        SettingsError: a line is malformed; the message names the file and the line.
    """
    languages: tuple[Language, ...] | None = None
    terms: list[Term] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if languages is None:
            languages = _header(cells, f"{file}, line {number}")
            continue
        terms.append(_term(cells, languages, f"{file}, line {number}"))
    return tuple(terms)


def read(file: Path) -> tuple[Term, ...]:
    """The terms of an office's own file.

    Raises:
        SettingsError: the file cannot be read, or a line of it is malformed.
    """
    try:
        return parse(file.read_text(encoding="utf-8-sig"), str(file))
    except OSError as error:
        raise SettingsError(f"The glossary {file} cannot be read: {error.strerror}. Correct SETU_GLOSSARY or restore the file.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"The glossary {file} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error


@cache
def own_terms() -> tuple[Term, ...]:
    """The terms that come with Setu."""
    return parse(resources.files("kb.index").joinpath(FILE).read_text(encoding="utf-8"), FILE)


def open_glossary(named: Path | None, home: Path) -> Glossary:
    """Setu's terms and the office's: those of ``named``, or of ``glossary.tsv`` in the home where there is one.

    Raises:
        SettingsError: the office's file cannot be read or is malformed.
    """
    file = named if named is not None else home / FILE
    office = read(file) if named is not None or file.exists() else ()
    return Glossary((*office, *own_terms())) if office else _own()


@cache
def _own() -> Glossary:
    return Glossary(own_terms())


def _header(cells: Sequence[str], where: str) -> tuple[Language, ...]:
    wrong = [cell for cell in cells if cell not in LANGUAGES]
    if wrong or len(set(cells)) != len(cells) or len(cells) < 1:
        raise SettingsError(f"{where}: the first line must name the languages of the columns, of {', '.join(LANGUAGES)}, parted by tabs.")
    return tuple(language for cell in cells for language in LANGUAGES if language == cell)


def _term(cells: Sequence[str], languages: Sequence[Language], where: str) -> Term:
    if len(cells) != len(languages):
        raise SettingsError(f"{where}: {len(cells)} columns, but the first line has {len(languages)}. Part the columns by single tabs.")
    names = {
        language: tuple(dict.fromkeys(name.strip() for name in cell.split(";") if name.strip()))
        for language, cell in zip(languages, cells, strict=True)
    }
    if sum(map(len, names.values())) < 2:
        raise SettingsError(f"{where}: a term needs at least two names, in one language or in several.")
    for name in (name for group in names.values() for name in group):
        if not 0 < len(analyse(name, "en").words) <= _MOST_WORDS:
            raise SettingsError(f"{where}: “{name}” is no name of a term: it must hold from one to {_MOST_WORDS} words.")
    return Term({language: group for language, group in names.items() if group})


FEWEST = 2
MOST_TERMS = 24
"""Terms of a question that are looked up."""
_WHOLE = 0.99


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a term of the question becomes in one pool: the words of each of its names there."""

    term: Found
    names: tuple[tuple[str, ...], ...]


def expand(found: Sequence[Found], pool: Language) -> tuple[Expansion, ...]:
    """The terms of a question in a pool, without the name by which the question calls them itself."""
    expanded = []
    for one in found[:MOST_TERMS]:
        names = [analyse(name, pool).words for name in one.term.names.get(pool, ()) if (name, pool) != (one.surface, one.language)]
        if kept := tuple(dict.fromkeys(name for name in names if name)):
            expanded.append(Expansion(one, kept))
    return tuple(expanded)


def rank_terms(
    conn: Connection,
    found: Sequence[Found],
    pools: Sequence[Language],
    shown: Mapping[Language, inverted_index.Shown] = MappingProxyType({}),
) -> dict[Language, Ranking]:
    """Score whole pools, or what is ``shown`` of them; rarity is taken from the passages of all ``pools`` together."""
    sizes = {pool: inverted_index.statistics(conn, pool, shown.get(pool)).size for pool in pools}
    size = sum(sizes.values())
    held = {pool: _held(conn, expand(found, pool), pool, sizes[pool], shown.get(pool)) for pool in pools}
    order = list(dict.fromkeys(id(one.term) for one in found))
    holding = dict.fromkeys(order, 0)
    for _, rows in held.values():
        for term, row in rows.items():
            holding[term] += int(np.count_nonzero(row >= _WHOLE))
    rarity = {term: idf(size, min(holding[term], size)) for term in order}
    total = max(sum(rarity.values()), FEWEST * idf(size, 1)) if order else 1.0
    return {pool: _weighed(pool, first, rows, rarity, total) for pool, (first, rows) in held.items()}


def _weighed(pool: Language, first: int, rows: Mapping[int, NDArray[np.float32]], rarity: Mapping[int, float], total: float) -> Ranking:
    if not rows:
        return Ranking(pool, 0, np.zeros(0, dtype=np.float32))
    weights = np.array([rarity[term] / total for term in rows], dtype=np.float32)
    return Ranking(pool, first, weights @ np.stack(list(rows.values())))


def _held(
    conn: Connection, expanded: Sequence[Expansion], pool: Language, size: int, shown: inverted_index.Shown | None
) -> tuple[int, dict[int, NDArray[np.float32]]]:
    """The first chunk, and for each term how much of it that chunk and every later one hold."""
    words = {word for one in expanded for name in one.names for word in name}
    columns = inverted_index.lookup(conn, pool, sorted(words), shown)
    if not columns:
        return 0, {}
    first = min(int(column["chunk"].min()) for column in columns.values())
    last = max(int(column["chunk"].max()) for column in columns.values())
    weight = {word: idf(size, min(len(columns[word]), size)) if word in columns else idf(size, 0) for word in words}
    rows: dict[int, NDArray[np.float32]] = {}
    for one in expanded:
        best = np.zeros(last - first + 1, dtype=np.float32)
        for name in one.names:
            share = np.zeros(last - first + 1, dtype=np.float32)
            whole = sum(weight[word] for word in set(name))
            for word in set(name) & columns.keys():
                share[columns[word]["chunk"] - first] += np.float32(weight[word] / whole)
            best = np.maximum(best, np.minimum(share, 1.0) ** 2)
        known = rows.get(id(one.term.term))
        rows[id(one.term.term)] = best if known is None else np.maximum(known, best)
    return first, rows
