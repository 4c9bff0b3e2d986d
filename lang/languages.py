"""The languages that papers and questions are in, what is known of each, and language identification: which of them a text is in.

What differs between languages is data, one file for each (``lang/data/<code>.toml``). The script decides first what a text is in;
Marathi and Hindi, which share one, are told apart by function words, word endings and letters that only one of them uses, the
languages in Latin script by their function words. Weights are counts of evidence, not probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeAlias, get_args

import regex

from lang.data_files import toml_of

Language: TypeAlias = Literal["mr", "hi", "en", "ja", "und"]
"""ISO 639-1 code of a language that papers may be in, or ``und`` where a text has too few letters to tell."""
Script: TypeAlias = Literal["latin", "devanagari", "japanese", "none"]

PAPER_LANGUAGES: tuple[Language, ...] = tuple(code for code in get_args(Language) if code != "und")
"""The languages that papers and questions may be in."""
LANGUAGES: tuple[Language, ...] = ("mr", "hi", "en", "ja")
"""Those of them that Setu speaks too, and for which it was fitted: words of pages and answers, patterns of questions, weights."""


def known_of(language: Language) -> Mapping[str, Any]:
    """What is known of a language: the tables of its file; nothing of ``und``.

    Raises:
        FileNotFoundError: it has no file.
    """
    return {} if language == "und" else toml_of("lang.data", f"{language}.toml")


def script_of(language: Language) -> Script:
    """The script that a language is written in; "none" for ``und``."""
    script: Script = known_of(language).get("script", "none")
    return script


def names_of_unspoken() -> Mapping[str, str]:
    """What the languages are called that Setu does not speak, under ``language.<code>``, where its words name those that it speaks."""
    return {f"language.{code}": str(known_of(code)["name"]) for code in PAPER_LANGUAGES if code not in LANGUAGES}


def entries(table: str, key: str, script: Script | None = None) -> Iterator[Any]:
    """What the languages (of a script) have under a key of a table of their files, English first."""
    for language in sorted(PAPER_LANGUAGES, key=lambda code: code != "en"):
        if script in (None, script_of(language)) and key in known_of(language).get(table, ()):
            yield known_of(language)[table][key]


def words_of(table: str, key: str, script: Script | None = None) -> tuple[str, ...]:
    """The words that the languages (of a script) have under a key of a table, English first, each once."""
    return tuple(dict.fromkeys(word for found in entries(table, key, script) for word in found.split()))


_RUNS = regex.compile(
    r"(?P<deva>[\u0900-\u0963\u0970-\u097F\u200C\u200D]+)"
    r"|(?P<cjk>[\p{Hiragana}\p{Katakana}\p{Han}ー々〆]+)"
    r"|(?P<latin>\p{Latin}+)"
    r"|(?P<other>\p{L}[\p{L}\p{M}]*)"
)

# Devanagari writes a vowel as a sign of its own and Japanese packs a syllable or a word into one character: the weights
# make "MLITचा करार" Marathi and "PLATEAUとは何か" Japanese although Latin letters outnumber the others.
_WEIGHT = {"deva": 1.5, "cjk": 2.5, "latin": 1.0, "other": 1.0}
_MIN_LATIN = 3
_MIN_DEVANAGARI = 2
_CERTAIN = 2.0
_ENOUGH_WORDS = 60
_WORDS = {"words": 3.0, "weak_words": 1.0, "nouns": 2.0}
_ENDINGS = {"endings": 2.0, "strong_endings": 3.0, "weak_endings": 0.5}
_LETTER = 2.0
_SIGNS: tuple[tuple[Language, float], ...] = (("mr", 1.0), ("hi", -1.0))


@cache
def _word_scores() -> Mapping[str, float]:
    """Devanagari word → evidence, positive for Marathi, negative for Hindi; nouns decide where a word is in several lists."""
    scores: dict[str, float] = {}
    for kind, weight in _WORDS.items():
        for language, sign in _SIGNS:
            for word in known_of(language)["identification"][kind].split():
                scores[word] = sign * weight
    return scores


@cache
def _ending_scores() -> Mapping[str, float]:
    """Ending → evidence, positive for Marathi, negative for Hindi."""
    scores: dict[str, float] = {}
    for language, sign in _SIGNS:
        for kind, weight in _ENDINGS.items():
            for ending in known_of(language)["identification"].get(kind, "").split():
                scores[ending] = scores.get(ending, 0.0) + sign * weight
    return scores


@cache
def _letters(language: Language) -> regex.Pattern[str]:
    return regex.compile(known_of(language)["identification"]["letters"])


def _marathi_evidence(spoken: list[str]) -> float:
    """Evidence for Marathi (positive) against Hindi (negative) in Devanagari words."""
    words, endings = _word_scores(), _ending_scores()
    longest = max(map(len, endings))
    total = 0.0
    for word in spoken:
        known = words.get(word)
        if known is not None:
            total += known
            continue
        for size in range(min(longest, len(word) - 1), 0, -1):
            score = endings.get(word[-size:])
            if score is not None:
                total += score
                break
        for language, sign in _SIGNS:
            if _letters(language).search(word):
                total += sign * _LETTER
                break
    return total


@cache
def _latin_words() -> Mapping[Language, frozenset[str]]:
    """The function words of each language in Latin script."""
    latin = [language for language in PAPER_LANGUAGES if script_of(language) == "latin"]
    return {language: frozenset(known_of(language)["function_words"].split()) for language in latin}


def _latin_language(words: Sequence[str], default: Language) -> Language:
    """The language in Latin script of which the words hold most function words; where it is as likely, ``default``, else English."""
    known = _latin_words()
    if len(known) == 1:
        return "en"
    spoken = [word.casefold() for word in words]
    counts = {language: sum(word in own for word in spoken) for language, own in known.items()}
    best = max(counts.values())
    return default if counts.get(default) == best else max(counts, key=lambda language: (counts[language], language == "en"))


def detect(text: str, default: Language = "und") -> Language:
    """The language that most of ``text`` is written in.

    ``default`` is the answer where there are too few letters to tell, and where nothing tells Marathi from Hindi, or one language in
    Latin script from another, and ``default`` is one of them; Devanagari that could be either is otherwise ``und``. So is another script.
    """
    size = {"deva": 0.0, "cjk": 0.0, "latin": 0.0, "other": 0.0}
    found_words: dict[str, list[str]] = {"deva": [], "cjk": [], "latin": [], "other": []}
    for run in _RUNS.finditer(text):
        script = run.lastgroup or "other"
        found = run.group()
        size[script] += len(found) * _WEIGHT[script]
        found_words[script].append(found)
    script = max(size, key=size.__getitem__)
    if size[script] == 0:
        return default
    if script == "cjk":
        return "ja"
    if script == "latin":
        return _latin_language(found_words["latin"], default) if size["latin"] >= _MIN_LATIN else default
    if script == "other":
        return "und"
    if sum(map(len, found_words["deva"])) < _MIN_DEVANAGARI:
        return default
    evidence = _marathi_evidence(found_words["deva"][:_ENOUGH_WORDS])
    # One weak ending ("प्रस्तावना") must not turn a heading of a Marathi paper into Hindi.
    if default in ("mr", "hi") and abs(evidence) < _CERTAIN:
        return default
    if evidence > 0:
        return "mr"
    if evidence < 0:
        return "hi"
    return default if default in ("mr", "hi") else "und"
