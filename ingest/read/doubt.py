"""The chance of each word of a page that OCR read to be misread, from how sure Tesseract is and what the word looks like.

The weights are in ``doubt.json``, which ``python -m eval doubt --write`` fitted on bad pages whose text is known. A word counts as doubtful
where it is at least as likely to be wrong as right.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from importlib import resources
from statistics import median
from typing import Final, TypeAlias

import regex

from ingest.read.ocr_lines import Word
from ingest.read.vocabulary import Script, strange, vocabulary

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
_ODD = regex.compile(r"[^\p{L}\p{M}\p{N}\s.,:;()'\"/।॥、。・「」（）\-–—\u200c\u200d]")
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
        float(0 < digits < letters), float(_ODD.search(text) is not None), float(judged.script not in {page, ""}),
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
    file = resources.files("ingest.read") / "doubt.json"
    if not file.is_file():
        return ()
    stored = json.loads(file.read_text(encoding="utf-8"))
    return (*(stored["weights"][name] for name in NAMES), stored["bias"])
