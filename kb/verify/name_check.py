"""Whether the names of a statement stand in its evidence, in whatever script: सौरभ राव is borne out by Saurabh Rao and by サウラブ・ラオ.

A name is borne out when the evidence holds it in its own spelling, or a word that sounds like it, or another name of the same place.
Which other words are names is told by the embedding model's states: a linear probe, fitted on parallel sentences to tell the words that
sound like a capitalised word of the English version. Across languages a name without a counterpart counts as missing when it also aligns
badly with every token of the evidence: a second fit, on sentences in which one name was exchanged. The figures are in
`docs/measurements/verification.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from kb.embed.embedder import TokenStates
from kb.index.glossary import Glossary, own_terms, parse
from kb.records import Finding
from kb.verify.entailment import TokenEncoder, probability
from lang.languages import Language, Script, detect
from lang.normalise import search_form
from lang.words import japanese
from lang.words.names import Name, names
from lang.words.search_tokens import analyse, script

NAME = 0.6
"""Probability of being a name from which a word is looked up in evidence of the statement's own language."""
NAME_VERBATIM = 0.05
"""The same in a statement that is the evidence's own words but for a few: there any odd word out is suspect."""
VERBATIM = 0.75
"""Share of a statement's words that stand in the evidence, from which it counts as the evidence's own words."""
MISSING = 0.3
"""Probability of being missing from which a word without a counterpart in evidence of another language is reported.

Below one half: that a wrong name passes is worse than that a right one is called doubtful (`docs/measurements/verification.md`).
"""
ALIKE = 0.7
"""Likeness of the consonants of two names in different scripts from which they are taken for one."""
ALIKE_AMONG_MANY = 0.9
"""The same where the name is looked for in much text, which holds something like any name."""
SPELLED_ALIKE = 0.8
"""Likeness of two words of one script from which they are taken for spellings or forms of one."""

WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{M}]*(?:['’]s\b)?|[\p{Devanagari}\u200c\u200d]+|[\p{Katakana}ー]+|\p{Han}[\p{Han}々ヶ]*")
_OKURIGANA = regex.compile(r"\p{Hiragana}{1,3}")
_DANDA = regex.compile(r"[।॥०-९]+")
_SURE = 6.0
"""Log odds where capitals or the dictionary alone tell a name."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text that may be a name: where it stands, its sounds, and the log odds of its being one."""

    surface: str
    start: int
    end: int
    sounds: frozenset[str]
    name: float

    @property
    def likely(self) -> float:
        """Probability of being a name."""
        return probability(self.name)


class NameChecker:
    """Looks names up. ``tokens`` are the states of ``model``; of a model that no probe was fitted for, only capitals tell names."""

    def __init__(self, tokens: TokenEncoder, model: str) -> None:
        self._tokens = tokens
        self._probe = _probe() if model.startswith("multilingual-e5-small-q4/") else None

    def check(self, statement: str, evidence: Sequence[str], context: Sequence[str] = ()) -> tuple[Finding, ...]:
        """The names of a statement that its evidence does not hold, in order, each with the name that may stand in its place there.

        In evidence of other languages a name can be there unrecognised: the finding is then of the check ``counterpart``.
        """
        language = _language(statement)
        # A text without letters, such as the date of a document, holds no name and is in no language.
        texts = [text for text in (*evidence, *context) if script(text) != "none"]
        shown = _Shown(tuple(texts))
        across = not shown.speaks(language)
        said = self._words(statement, language, across=across)
        missing = [word for word in said if not shown.holds(word, language)]
        verbatim = 1 - len(missing) / max(1, len(said)) >= VERBATIM and script(statement) in {script(text) for text in evidence}
        least = NAME_VERBATIM if verbatim else NAME
        suspects = [word for word in missing if not shown.names_otherwise(word, statement, language)]
        if not suspects:
            return ()
        instead = shown.unclaimed(said)
        told = next((name for name in instead if any(name in text for text in texts)), "")  # a reading in katakana tells nobody anything
        if across:
            suspects = [word for word in suspects if self._missing(word, statement, shown, bool(instead)) >= MISSING]
        else:
            suspects = [word for word in suspects if language == "ja" or word.likely >= least]
        return tuple(Finding("counterpart" if across else "name", word.surface, told) for word in suspects)

    def strangers(self, text: str, others: Sequence[str], least: float) -> tuple[str, ...]:
        """The words of a text that are names with at least that probability and that none of the others holds."""
        language, shown = _language(text), _Shown(tuple(others))
        return tuple(
            word.surface
            for word in self._words(text, language)
            if word.likely >= least
            and not shown.holds(word, language, ALIKE_AMONG_MANY)
            and not shown.names_otherwise(word, text, language)
        )

    def _missing(self, word: Word, statement: str, shown: _Shown, instead: bool) -> float:
        """The probability that the evidence, which is in other languages, has another name in its place; the least over its texts."""
        if self._probe is None:
            return word.likely
        found = []
        for text, alike in shown.likenesses(word):
            weights = fits()["missing"][pair(script(word.surface), script(text))]
            signs = self._signs(word, statement, text, alike, instead)
            found.append(probability(weights["constant"] + sum(weights[name] * value for name, value in signs.items())))
        return min(found, default=0.0)

    def signs(self, statement: str, evidence: str) -> list[tuple[Word, dict[str, float]]]:
        """The words that have no counterpart in evidence of another language, and what tells whether a name was exchanged."""
        language, shown = _language(statement), _Shown((evidence,))
        said = self._words(statement, language, across=True)
        missing = [word for word in said if not shown.holds(word, language) and not shown.names_otherwise(word, statement, language)]
        instead = bool(missing) and bool(shown.unclaimed(said))
        return [(word, self._signs(word, statement, evidence, shown.likenesses(word)[0][1], instead)) for word in missing]

    def _signs(self, word: Word, statement: str, text: str, alike: float, instead: bool) -> dict[str, float]:
        """Of a word and one text: its odds of being a name, how its tokens align, its likest sound, whether a name there is left over."""
        said = self._tokens([statement])[0]
        rows = said.rows(word.start, word.end)
        shown = self._tokens([text])[0].compared(across=True)
        nearest = (said.compared(across=True)[rows] @ shown.T).max(axis=1) if rows else np.ones(1)
        return {
            "name": word.name,
            "aligned": float(nearest.mean()),
            "nearest": float(nearest.max()),
            "alike": alike,
            "unclaimed": float(instead),
        }

    def _words(self, text: str, language: Language, *, across: bool = False) -> list[Word]:
        """The words of a text that may be names: of Japanese, the dictionary's proper nouns and katakana words."""
        states = self._tokens([text])[0]
        found = []
        for match in WORD.finditer(text):
            surface = _DANDA.sub("", match.group())
            odds = self._odds(text, match.start(), match.end(), states, across)
            # A verb's stem by itself ("行" of 行った) is a place's name to the dictionary.
            ending = _OKURIGANA.match(text, match.end()) if regex.fullmatch(r"\p{Han}+", surface) else None
            for name, sounds in sounds_of_word(surface + (ending[0] if ending is not None else ""), language):
                if name in surface:
                    found.append(Word(name, match.start(), match.end(), sounds, odds))
        return found

    def _odds(self, text: str, start: int, end: int, states: TokenStates, across: bool) -> float:
        """The log odds that the word at ``[start, end)`` is a name; beside evidence ``across`` languages by the middle states."""
        word = text[start:end]
        if self._probe is None or not states.spans:
            first = not text[:start].strip() or regex.search(r"[.!?:]\s*$", text[:start]) is not None
            name = regex.match(r"[\p{Katakana}\p{Han}]", word) or (word[:1].isupper() and not first)
            return _SURE if name else -_SURE
        rows = states.rows(start, end)
        weights = self._probe[across][script(word)]
        if not rows:
            return -_SURE
        meant = states.compared(across=across)[rows].mean(axis=0)
        return float(weights[:-2] @ meant) + float(weights[-2]) * word[:1].isupper() + float(weights[-1])


class _Shown:
    """The words and names of the evidence."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._texts = texts
        self._languages = [_language(text) for text in texts]
        self._folded = [_form(text) for text in texts]

    def speaks(self, language: Language) -> bool:
        """Whether any of the evidence is in that language."""
        return language in self._languages

    def likenesses(self, word: Word) -> list[tuple[str, float]]:
        """Each text, and how alike the consonants of the word and of its most similar name are."""
        own = _skeletons(word.sounds)
        return [(text, _alike(own, _sounds_of(text, its)[1])) for text, its in zip(self._texts, self._languages, strict=True)]

    def holds(self, word: Word, language: Language, alike: float = ALIKE) -> bool:
        """Whether a word stands in the evidence, in its own spelling or by its sound."""
        form = _form(word.surface)
        own = script(word.surface)
        for text, folded, its in zip(self._texts, self._folded, self._languages, strict=True):
            if form in folded if own == "japanese" else _stands(word.surface, language, text):
                return True
            if own == script(text) and its == language:
                continue
            sounds, skeletons = _sounds_of(text, its)
            if word.sounds & sounds or _alike(_skeletons(word.sounds), skeletons) >= alike:
                return True
        return False

    def names_otherwise(self, word: Word, statement: str, language: Language) -> bool:
        """Whether the word is part of a term or place that the evidence calls by another name."""
        form, stems = _form(word.surface), _forms(word.surface, language)
        own = {
            term
            for term, name in _terms(statement, language)
            if stems & _forms(name, language) or form in _form(name) or _form(name) in form
        }
        return any(term in own for text, its in zip(self._texts, self._languages, strict=True) for term, _ in _terms(text, its))

    def unclaimed(self, said: Sequence[Word]) -> list[str]:
        """Names of the evidence that no word of the statement sounds like: capitalised words, and names of Japanese."""
        sounds = frozenset(s for word in said for s in word.sounds)
        skeletons = _skeletons(sounds)
        found = []
        for text, its in zip(self._texts, self._languages, strict=True):
            for name in _names(text, its):
                if its != "ja" and not name.surface[:1].isupper():
                    continue
                if not sounds & set(name.keys) and _alike(_skeletons(frozenset(name.keys)), skeletons) < ALIKE:
                    found.append(name.surface)
        return found


def _language(text: str) -> Language:
    found = detect(text)
    if found != "und":
        return found
    return {"devanagari": "mr", "japanese": "ja"}.get(script(text), "en")  # type: ignore[return-value]


def sounds_of_word(surface: str, language: Language) -> Iterator[tuple[str, frozenset[str]]]:
    """The name-like parts of a word, each with the keys of its sound; of Japanese the dictionary's proper nouns and katakana words."""
    if regex.match(r"[\p{Katakana}\p{Han}]", surface):
        yield from _japanese_names(surface)
        return
    for name in names(surface, language):
        yield name.surface, frozenset(name.keys)


@lru_cache(maxsize=20_000)
def _japanese_names(run: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The proper nouns and katakana words of a run, with the keys of their readings."""
    found = []
    for surface, proper, reading in japanese.proper_nouns(run):
        if proper:
            keys = frozenset(key for name in names(reading, "ja") for key in name.keys)
            found.append((surface, keys))
    return tuple(found)


@lru_cache(maxsize=4096)
def _sounds_of(text: str, language: Language) -> tuple[frozenset[str], frozenset[str]]:
    sounds = frozenset(key for name in _names(text, language) for key in name.keys)
    return sounds, _skeletons(sounds)


@lru_cache(maxsize=4096)
def _names(text: str, language: Language) -> tuple[Name, ...]:
    return names(text, language)


@lru_cache(maxsize=4096)
def _form(text: str) -> str:
    """The form in which a text is compared with others letter by letter."""
    return search_form(text).text


def _skeletons(sounds: frozenset[str]) -> frozenset[str]:
    """The consonants of keys; of two or more, fewer say nothing."""
    return frozenset(s for s in ("".join(c for c in key if c.isupper()) for key in sounds) if len(s) >= 2)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return max((Levenshtein.normalized_similarity(a, b) for a in one for b in other), default=0.0)


def _stands(surface: str, language: Language, text: str) -> bool:
    """Whether a word stands in a text of its script, in some form."""
    words = _forms(text, language)
    own = _forms(surface, language)
    if any(word in words for word in own):
        return True
    return len(surface) >= 5 and any(
        Levenshtein.normalized_similarity(word, form) >= SPELLED_ALIKE for word in own for form in words if form[:1] == word[:1]
    )


@lru_cache(maxsize=4096)
def _forms(text: str, language: Language) -> frozenset[str]:
    return frozenset(analyse(text, language).words)


@lru_cache(maxsize=4096)
def _terms(text: str, language: Language) -> tuple[tuple[int, str], ...]:
    """The glossary terms and places that a text names: which, and how."""
    return tuple((id(found.term), found.surface) for found in _places().find(text, language))


@cache
def _places() -> Glossary:
    stored = resources.files("kb.verify").joinpath("exonyms.tsv").read_text(encoding="utf-8")
    return Glossary((*parse(stored, "exonyms.tsv"), *own_terms()))


def pair(said: Script, shown: Script) -> str:
    """Which fit applies to a word of one script and evidence of another."""
    if said == "japanese":
        return "japanese>other"
    return "other>japanese" if shown == "japanese" else f"{said}>{shown}" if said != "latin" or shown != "latin" else "latin>devanagari"


@cache
def fits() -> dict[str, Mapping[str, Any]]:
    """What ``tools/fit_verifier.py`` fitted.

    ``probe`` and ``probe_across``, weights of last and of middle states by script, and ``missing``, weights of signs by pair.
    """
    stored: dict[str, Mapping[str, Any]] = json.loads(resources.files("kb.verify").joinpath("names.json").read_text(encoding="utf-8"))
    return stored


@cache
def _probe() -> Mapping[bool, Mapping[str, NDArray[np.float32]]]:
    """Within a language (False) and across, per script the weights of the states, of a capital letter, and the constant."""
    return {
        across: {name: np.array(weights, dtype=np.float32) for name, weights in fits()[key].items()}
        for across, key in ((False, "probe"), (True, "probe_across"))
    }
