"""The chance of each word of a page to be misread, and whether words are words that a language could have.

The weights are in ``doubt.json``, which ``python -m eval doubt --write`` fitted on bad pages whose text is known. A word counts as
doubtful where it is at least as likely to be wrong as right. A word counts as possible when each run of three of its letters, with its
two ends, occurs in a word of running text. The runs come from `letters_devanagari.txt` (Marathi and Hindi) and `letters_latin.txt`
(English), made by ``tools/letter_statistics.py``. No word list is needed, and none would do: a quarter of the words of a Marathi page
are inflected or compounded in a way that no list has. Names, other languages in the same script, and romanised Marathi keep half of
their words or more; text in the code of a legacy font keeps a tenth.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from statistics import median
from typing import Final, Literal, TypeAlias

import regex

from ingest.ocr.reading_order import Word

Script: TypeAlias = Literal["Devanagari", "Latin", "Japanese", ""]

START, END = "^", "$"
_HERE = Path(__file__).parent
_DEVANAGARI = regex.compile(r"[\u0900-\u0963\u0971-\u097f\u200c\u200d]+")
_LATIN = regex.compile(r"\p{Latin}+")
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}々ー]+")
_LEAST_LATIN = 3
_OUTER = "()[]{}<>\"'“”‘’«».,;:!?…–—-*·•|/।॥"
_ADDRESS = regex.compile(r"://|www\.|@|\w[_=(./&?]\w", regex.I)
_ODD_WORD = regex.compile(
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
        if _ODD_WORD.search(bare) and not _ADDRESS.search(bare):
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


Signals: TypeAlias = tuple[float, ...]
"""What tells of a word whether it is right; a number for each of `NAMES`."""
NAMES: Final = (
    "sure", "page", "near", "impossible", "strange", "short", "digits", "mixed", "odd", "foreign", "again", "wide", "high", "devanagari",
    "japanese", "sure devanagari", "sure japanese", "near japanese", "read again", "agreed", "agreed japanese",
)  # fmt: skip
"""Logits of Tesseract's confidence in the word, of the quality of the page, of the confidence in its neighbours on the line; whether no
language has the word, and how much of it; 1 over its letters; digits, digits among letters, signs inside; another script than the page's;
that the page has it elsewhere too; how far its letters are from the page's usual width and height; the script, by itself and with others;
whether the page was read in other ways too, and the share of those that have the word at its place."""
Seen: TypeAlias = tuple[str, tuple[float, float, float, float]]
"""A word and its box on the picture of the page."""
_LEAST, _MOST = 0.02, 0.98
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_DIGIT = regex.compile(r"\p{N}")
_ODD_CHARACTER = regex.compile(r"[^\p{L}\p{M}\p{N}\s.,:;()'\"/।॥、。・「」（）\-–—\u200c\u200d]")
_LONG_ENOUGH = 2
_BESIDE, _LEVEL = 0.3, 0.5
"""Shares of the narrower and of the lower of two boxes that they have in common where they hold the same word."""


def chances(seen: Sequence[Signals]) -> list[float]:
    """The chance of each word to be wrong; 0 for all where nothing was fitted."""
    weights = _weights()
    return (
        [1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, (*row, 1.0), strict=True)))) for row in seen]
        if weights
        else [0.0] * len(seen)
    )


def agreed(words: Sequence[Seen], others: Sequence[Sequence[Seen]]) -> list[float | None]:
    """For each word the share of other readings of the page that have it at its place; None where there are no others."""
    if not others:
        return [None] * len(words)
    return [sum(_has(other, word) for other in others) / len(others) for word in words]


def _has(reading: Sequence[Seen], word: Seen) -> bool:
    text, (left, top, right, bottom) = word
    there = []
    for said, box in reading:
        wide, high = min(right, box[2]) - max(left, box[0]), min(bottom, box[3]) - max(top, box[1])
        if wide > _BESIDE * min(right - left, box[2] - box[0]) and high > _LEVEL * min(bottom - top, box[3] - box[1]):
            there.append((box[0], box[1], said))
    return text in "".join(said for *_, said in sorted(there))


def signals(words: Sequence[Word], quality: float, elsewhere: Sequence[float | None]) -> tuple[Signals, ...]:
    """What tells of each word of a page whether it is right, a row for each of ``words``.

    Args:
        words: of one page, with their boxes in any unit, in Tesseract's order.
        quality: the share of its words that are thought to be right.
        elsewhere: for each word what `agreed` says.
    """
    page = vocabulary("\n".join(word.text for word in words)).script
    met = Counter(word.text for word in words)
    wide = _usual([(word.x1 - word.x0) / len(word.text) for word in words])
    high = _usual([word.y1 - word.y0 for word in words])
    near = _neighbours(words, _logit(quality))
    return tuple(
        _row(word, page, quality, beside, met[word.text], wide, high, share)
        for word, beside, share in zip(words, near, elsewhere, strict=True)
    )


def _row(word: Word, page: Script, quality: float, near: float, met: int, wide: float, high: float, share: float | None) -> Signals:
    text, sure = word.text, _logit(word.confidence)
    judged = vocabulary(text)
    letters, digits = len(_LETTER.findall(text)), len(_DIGIT.findall(text))
    devanagari, japanese = float(page == "Devanagari"), float(page == "Japanese")
    return (
        sure, _logit(quality), near, float(judged.possible < 1), strange(text), 1 / max(1, letters), float(digits > 0),
        float(0 < digits < letters), float(_ODD_CHARACTER.search(text) is not None), float(judged.script not in {page, ""}),
        float(met > 1 and letters >= _LONG_ENOUGH), _apart((word.x1 - word.x0) / len(text), wide), _apart(word.y1 - word.y0, high),
        devanagari, japanese, sure * devanagari, sure * japanese, near * japanese,
        float(share is not None), share or 0.0, (share or 0.0) * japanese,
    )  # fmt: skip


def _neighbours(words: Sequence[Word], default: float) -> list[float]:
    """The mean logit of the words before and after each on its line; ``default`` for one that stands alone."""
    lines: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        lines[word.line].append(at)
    found = [default] * len(words)
    for line in lines.values():
        for place, at in enumerate(line):
            beside = [_logit(words[other].confidence) for other in (*line[max(0, place - 1) : place], *line[place + 1 : place + 2])]
            if beside:
                found[at] = sum(beside) / len(beside)
    return found


def _usual(sizes: Sequence[float]) -> float:
    return median(sizes) if sizes else 1.0


def _apart(size: float, usual: float) -> float:
    return abs(math.log(max(size, 1e-6) / max(usual, 1e-6)))


def _logit(share: float) -> float:
    held = min(_MOST, max(_LEAST, share))
    return math.log(held / (1 - held))


@cache
def _weights() -> tuple[float, ...]:
    """One for each of `NAMES`, and the bias; none where nothing was fitted."""
    file = resources.files("ingest.ocr") / "doubt.json"
    if not file.is_file():
        return ()
    stored = json.loads(file.read_text(encoding="utf-8"))
    return (*(stored["weights"][name] for name in NAMES), stored["bias"])
