"""Whether words are words: the share of a text's letters that stand in words which a language could have.

A word counts as possible when each run of three of its letters, with its two ends, occurs in a word of running text. The runs come from
two lists, `letters_devanagari.txt` (Marathi and Hindi) and `letters_latin.txt` (English), made by ``scripts/letter_statistics.py``. No
word list is needed, and none would do: a quarter of the words of a Marathi page are inflected or compounded in a way that no list has.
Names, other languages in the same script, and romanised Marathi keep half of their words or more; text in the code of a legacy font
keeps a tenth.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

import regex

Script: TypeAlias = Literal["Devanagari", "Latin", "Japanese", ""]

START, END = "^", "$"
_HERE = Path(__file__).parent
_DEVANAGARI = regex.compile(r"[\u0900-\u0963\u0971-\u097f\u200c\u200d]+")
_LATIN = regex.compile(r"\p{Latin}+")
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}々ー]+")
_LEAST_LATIN = 3
_OUTER = "()[]{}<>\"'“”‘’«».,;:!?…–—-*·•|/।॥"
_ADDRESS = regex.compile(r"://|www\.|@|\w[_=(./&?]\w", regex.I)
_ODD = regex.compile(
    r"\p{Latin}[;\[\]{}<>|~^`\\=+#$%\"\u00a1-\u00bf\u00d7\u00f7\u0192\u2020-\u2022\u2026\u2030\u02c6]"
    r"|[;\[\]{}<>|~^`\\=+#$%\"\u00a1-\u00bf\u00d7\u00f7\u0192\u201a\u201e\u2020-\u2022\u2026\u2030\u02c6]\p{Latin}"
)
_BROKEN = regex.compile(r"\p{Ll}[0-9#$%*<>=\"!]\p{Ll}|^[0-9#$%*]\p{Ll}{4}|\p{Ll}{2}[#$%*]$")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a text's words look like.

    ``script`` is that of most of its letters; ``letters`` counts those of the script that were judged, ``possible`` is the share of them in
    possible words (1 without letters), ``broken`` the share of Latin words with a digit or sign inside (a ligature mapped wrong).
    """

    script: Script
    letters: int
    possible: float
    broken: float = 0.0


def vocabulary(text: str) -> Vocabulary:
    """Judge the words of a text in the script that has most of its letters."""
    counts: dict[Script, int] = {
        "Devanagari": sum(map(len, _DEVANAGARI.findall(text))),
        "Latin": sum(map(len, _LATIN.findall(text))),
        "Japanese": 2 * sum(map(len, _JAPANESE.findall(text))),
    }
    script = max(counts, key=lambda name: counts[name])
    if not counts[script]:
        return Vocabulary("", 0, 1.0)
    if script == "Japanese":
        return Vocabulary(script, counts[script] // 2, 1.0)
    if script == "Devanagari":
        return _share(script, ((len(word), _is_possible(word, "devanagari")) for word in devanagari_words(text)))
    latin = _share(script, _judged_latin(text))
    return Vocabulary(script, latin.letters, latin.possible, _broken(text))


def devanagari_words(text: str) -> Iterator[str]:
    """Runs of two or more Devanagari letters and marks, joiners left out, NFC."""
    for found in _DEVANAGARI.findall(unicodedata.normalize("NFC", text)):
        word = found.replace("\u200c", "").replace("\u200d", "")
        if len(word) > 1:
            yield word


def latin_words(text: str) -> Iterator[str]:
    """Runs of three or more Latin letters in lower case without their accents; those in capitals are left out as abbreviations."""
    letters = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    for word in _LATIN.findall(letters):
        if len(word) >= _LEAST_LATIN and not word.isupper():
            yield word.casefold()


def runs(word: str) -> Iterator[str]:
    """The runs of three of a word between its ends."""
    bounded = f"{START}{word}{END}"
    return (bounded[at : at + 3] for at in range(len(bounded) - 2))


def strange(word: str) -> float:
    """The share of a word's runs of three that no word of its script has; 0 for one in another script than Devanagari and Latin."""
    found = [("devanagari", one) for one in devanagari_words(word)] or [("latin", one) for one in latin_words(word)]
    judged = [run in _known(script) for script, one in found for run in runs(one)]
    return judged.count(False) / len(judged) if judged else 0.0


def _share(script: Script, judged: Iterator[tuple[int, bool]]) -> Vocabulary:
    letters = possible = 0
    for size, is_possible in judged:
        letters += size
        possible += size * is_possible
    return Vocabulary(script, letters, possible / letters if letters else 1.0)


def _judged_latin(text: str) -> Iterator[tuple[int, bool]]:
    """Sizes of words and whether they are possible; a word with a sign inside that no spelling has is not, addresses left aside."""
    for token in text.split():
        bare = token.strip(_OUTER)
        if _ODD.search(bare) and not _ADDRESS.search(bare):
            yield sum(map(len, _LATIN.findall(bare))), False
        else:
            yield from ((len(word), _is_possible(word, "latin")) for word in latin_words(bare))


def _broken(text: str) -> float:
    words = [token.strip(_OUTER) for token in text.split() if _LATIN.search(token) and not _ADDRESS.search(token)]
    return sum(bool(_BROKEN.search(word)) for word in words) / len(words) if words else 0.0


def _is_possible(word: str, script: str) -> bool:
    known = _known(script)
    return all(run in known for run in runs(word))


@cache
def _known(script: str) -> frozenset[str]:
    """The runs of three of a script. A line of the file is two letters and all that may follow them."""
    lines = (_HERE / f"letters_{script}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line[:2] + last for line in lines if not line.startswith("#") for last in line[2:])
