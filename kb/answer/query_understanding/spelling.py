"""What people type, made into what the papers write: romanised Hindi, Marathi and Japanese, misspelt words, homophones.

A romanised question is known by the words that ask and join (``spelling.toml``). Every other word is looked for, by its sound, among the
words of the passages that a search for it finds; so nothing is put in that the papers do not say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

import regex
from rapidfuzz.distance import OSA, Levenshtein, Prefix

from kb.document_records import Filters, Hit, SearchResult
from kb.search.follow_up import IDLE
from lang.data_files import toml_of
from lang.languages import Language
from lang.words import japanese, names, phonetics, search_tokens
from lang.words.phonetics import keys
from lang.words.search_tokens import script

LOOKED_IN = 20
"""Hits among whose words those of a question are looked for."""
FEWEST = 2
"""Words that ask or join, by which a question is known to be romanised; a short question needs one, and that its words are not English."""
ALIKE = 0.75
"""Least share of letters that a misspelt word has in common with the word that is meant."""
SURELY_ALIKE = 0.85
"""The same for one that begins with another letter: देणार is no misspelt येणार."""
LOANED = 0.8
"""How much alike a word of English and one of the papers must sound to be one: *parking* is पार्किंग, *table* is not तिवारी."""
HEARD = 0.7
"""How much alike a word in Latin letters and the papers' word for it must sound: *milegi* is no मार्ग, though both have m, l or r, g."""
SHORTEST = 4
LONG_ENOUGH = 5
"""Letters of a word that is taken for a misspelt one; of shorter ones too many are alike (*fine*, *fire*)."""
_LATIN = regex.compile(r"[\p{Latin}\p{M}'’-]+")
_WORD = regex.compile(r"[\p{L}\p{M}\u200c\u200d]+")
_DEVANAGARI = regex.compile(r"[\u0900-\u0963\u0970-\u097F\u200C\u200D]+")
_KANJI = regex.compile(r"[\p{Han}々]{2,8}")
_ASKING = ("when", "what", "where", "which", "whose", "how", "who", "why", "does", "first", "many", "much", "the")
"""Short words that are missed by one letter more often than they are looked for as something else."""

Search = Callable[[str, int, Filters], SearchResult]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A question in the words of the papers, and its language."""

    question: str
    language: Language


def romanised(question: str) -> Language | None:
    """The language of a question in Latin letters that is not English; None for any other."""
    if script(question) != "latin":
        return None
    words = [word.casefold() for word in _LATIN.findall(question)]
    scores: dict[Language, float] = {}
    for language, known in _known().items():
        own = [word for word in words if word in known and word not in names.common_latin()]
        shared = [word for word in words if word in known and word in names.common_latin()]
        scores[language] = len(own) + 0.25 * len(shared)
    best = max(scores, key=lambda one: scores[one])
    english = sum(word in names.common_latin() and word not in _known()[best] for word in words)
    least = FEWEST if english else 1
    return best if scores[best] >= least and scores[best] > english / 2 else None


def in_own_script(question: str, language: Language, search: Search, filters: Filters) -> Repaired:
    """A romanised question in the script of its language, each word as the papers write it; words they do not have stay as they are."""
    hits = search(question, LOOKED_IN, filters).hits
    own = search(question, LOOKED_IN, replace(filters, languages=(language,))).hits
    vocabulary = _by_sound([*own, *hits], language)
    known = _known()[language]
    found: list[str] = []
    for piece in regex.findall(r"[\p{Latin}\p{M}'’]+|[^\p{Latin}\s]+", question):
        word = piece.casefold()
        if word in known:
            found.append(known[word])
            continue
        meant = _nearest(word, vocabulary) if _LATIN.fullmatch(piece) and word not in names.common_latin() else None
        if meant is not None and len(word) >= SHORTEST and search_tokens.is_english_word(word) and _sound_alike(word, meant) < LOANED:
            meant = None
        found.append(meant or _small_word(word, language) or piece)
    joined = ("" if language == "ja" else " ").join(one for one in found if one)
    return Repaired(regex.sub(r" (?=[?？।.,!])", "", joined), language)


def respelt(question: str, language: Language, hits: Sequence[Hit], knows: Callable[[str], bool] = lambda _word: False) -> str | None:
    """A question with its misspelt words as the passages that were found for it write them; None where none is misspelt.

    ``knows`` says of a word that it is one. It is asked of words in Devanagari, which few languages share: *efect* is a word of some, so
    for those in Latin script there is a list.
    """
    texts = [hit.text for hit in hits[:LOOKED_IN]]
    swapped = _homophones(question, texts) if script(question) == "japanese" else _respelt_words(question, texts, knows)
    return swapped if swapped != question else None


def _respelt_words(question: str, texts: Sequence[str], knows: Callable[[str], bool]) -> str:
    counts = Counter(word.casefold() for text in texts for word in _WORD.findall(text))
    written = script(question)
    common = names.common_latin() if written == "latin" else names.common_devanagari("hi") | names.common_devanagari("mr")
    stems = {word[:SHORTEST] for word in counts}
    candidates = [word for word in counts if len(word) >= SHORTEST and script(word) == written]

    def meant(match: regex.Match[str]) -> str:
        word = match.group()
        form = word.casefold()
        if script(word) != written or form in counts or form in common or (word[:1].isupper() and match.start()):
            return word
        if written == "devanagari" and knows(word):
            return word
        asks = next((one for one in _ASKING if one[0] in form[:2] and OSA.distance(form, one) == 1 and len(form) >= len(one) - 1), None)
        if asks is not None or len(form) < LONG_ENOUGH or search_tokens.is_english_word(form) or _inflected(form, stems, candidates):
            return asks or word
        scored = [(Levenshtein.normalized_similarity(form, one), counts[one], one) for one in candidates if abs(len(one) - len(form)) <= 3]
        best = max(scored, default=(0.0, 0, ""))
        if _ends_otherwise(form, best[2]):
            return word
        return best[2] if best[0] >= (ALIKE if best[2][:1] == form[:1] else SURELY_ALIKE) else word

    return _WORD.sub(meant, question)


def _inflected(word: str, stems: set[str], candidates: Sequence[str]) -> bool:
    """Whether a word is another form of one that is there, and no misspelling."""
    return word[:SHORTEST] in stems and any(one.startswith(word) or word.startswith(one) for one in candidates)


def _ends_otherwise(one: str, other: str) -> bool:
    """Whether two words begin alike and end differently, as forms of one word do (*employees*, *employed*).

    Who misspells a word mostly ends it right.
    """
    alike = Prefix.similarity(one, other)
    return alike >= SHORTEST and (one[-1:] != other[-1:] or alike >= min(len(one), len(other)) - 1)


def _homophones(question: str, texts: Sequence[str]) -> str:
    """Runs of kanji that no passage has, as the passages write what sounds the same."""
    held = "\n".join(texts)
    sounds: dict[str, str] = {}
    for run in dict.fromkeys(_KANJI.findall(held)):
        sounds.setdefault(_reading(run), run)

    def meant(match: regex.Match[str]) -> str:
        run = match.group()
        return run if run in held else sounds.get(_reading(run), run)

    return _KANJI.sub(meant, question)


@cache
def _reading(run: str) -> str:
    return "".join(japanese.readings(run))


def _by_sound(hits: Sequence[Hit], language: Language) -> Mapping[str, Sequence[str]]:
    """The words of the passages in a language by the keys of their sound, the most frequent first."""
    counts = Counter(word for hit in hits if hit.language == language for word in _words(hit.text, language))
    found: dict[str, list[str]] = {}
    for (surface, sound), _ in counts.most_common():
        for key in keys(sound):
            found.setdefault(key, []).append(surface)
    return found


def _words(text: str, language: Language) -> Iterator[tuple[str, str]]:
    """Each word of a text, and what it sounds like in letters of its script."""
    if language == "ja":
        yield from (one for one in japanese.surfaces(text) if not any(map(str.isdigit, one[0])))
        return
    for word in _DEVANAGARI.findall(text):
        yield word, word


def _nearest(word: str, vocabulary: Mapping[str, Sequence[str]]) -> str | None:
    found = dict.fromkeys(surface for key in keys(word) for surface in vocabulary.get(key, ()))
    breathed = phonetics.aspirates(word)
    best = max(found, key=lambda one: (_sound_alike(word, one), -abs(phonetics.aspirates(one) - breathed)), default=None)
    return best if best is not None and _sound_alike(word, best) >= HEARD else None


def _small_word(word: str, language: Language) -> str | None:
    """The word that only points or joins (उसमें, उनको) which a word in Latin letters sounds like; None for a word of English."""
    if word in names.common_latin() or search_tokens.is_english_word(word):
        return None
    alike = {one: _sound_alike(word, one) for key in keys(word) for one in _small_words(language).get(key, ())}
    best = max(alike, key=lambda one: alike[one], default=None)
    return best if best is not None and alike[best] >= LOANED else None


@cache
def _small_words(language: Language) -> Mapping[str, Sequence[str]]:
    """Words that carry no topic, by the keys of their sound."""
    found: dict[str, list[str]] = {}
    for word in sorted(IDLE.get(language, ())):
        for key in keys(word) if script(word) == "devanagari" else ():
            found.setdefault(key, []).append(word)
    return found


def _sound_alike(word: str, surface: str) -> float:
    """How much of the sound of a word in Latin letters one in another script has, 0 to 1."""
    said = _reading(surface) if script(surface) == "japanese" else surface
    return max(Levenshtein.normalized_similarity(phonetics.spoken(word), heard) for heard in phonetics.spellings(said))


@cache
def _known() -> Mapping[Language, Mapping[str, str]]:
    stored = toml_of("kb.answer.query_understanding", "spelling.toml")
    return {cast(Language, language): words for language, words in stored.items()}
