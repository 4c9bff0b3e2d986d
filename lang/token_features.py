"""What fitted models see of a text: its tokens with the features of each, and hashed character n-grams.

A token is a run of Latin or Devanagari letters, a run of katakana or digits, a single kanji or kana, or a mark. Line and cell breaks
are no tokens; they show in the features. N-grams are runs of two to five letters, counted in columns by a hash, so that no list of
words is kept: Weinberger et al. (2009), *Feature hashing for large scale multitask learning*.
"""

from __future__ import annotations

import tomllib
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from lang.data_files import words as words_of

_WORD = regex.compile(
    r"\p{Latin}(?:[\p{Latin}\p{M}'’]|-(?=\p{Latin}))*|[\p{Devanagari}--[।॥०-९]][\p{Devanagari}\p{Join_Control}--[।॥०-९]]*|[\p{Katakana}ー・]+|\p{Nd}+|_+|\.{2,}|…+|[^\s|·]",
    regex.V1,
)
_BREAK = regex.compile(r"\n+|\t+|\s[|·]\s|\s{3,}")
_PARTICLES = frozenset("とのはがをにで")
_JOINING = words_of("आणि व और तथा एवं यांच्या यांच्यात यांचे यांनी के की का ने मध्ये दरम्यान बीच मध्य 及 並 間")
"""Words that join or end names."""
_LONG, _MIDDLE = 60, 25
_NEAR = 2
_FEW = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A word, ``[start, end)`` of it in the stretch; ``cell`` counts lines and cells of table rows."""

    text: str
    start: int
    end: int
    cell: int


def tokens(text: str) -> list[Token]:
    """The words of a stretch, in order."""
    found: list[Token] = []
    at = cell = 0
    for stop in (*_BREAK.finditer(text), None):
        end = len(text) if stop is None else stop.start()
        found += [Token(m.group(), m.start(), m.end(), cell) for m in _WORD.finditer(text, at, end)]
        if stop is not None:
            if found and found[-1].cell == cell:
                cell += 1
            at = stop.end()
    return found


def features(text: str, words: Sequence[Token]) -> list[list[str]]:
    """The features of each word: itself, its letters, its neighbours, and what the lines around it speak of."""
    if not words:
        return []
    said = _lexicon_of(text, words)
    cells = _cells(words, said)
    own = [_own(word.text) for word in words]
    lefts, rights = _bounds(words, own, -1), _bounds(words, own, 1)
    out = []
    last = words[-1].cell
    for at, word in enumerate(words):
        found = ["b", *own[at], *(f"l={name}" for name in said[at])]
        for step in (-3, -2, -1, 1, 2, 3):
            near = at + step
            if not 0 <= near < len(words):
                found.append(f"{step}:edge")
            elif words[near].cell != word.cell:
                found.append(f"{step}:cell")
            else:
                found += [f"{step}:{own[near][0]}", f"{step}:{own[near][1]}", *(f"{step}:l={name}" for name in said[near])]
        if at and words[at - 1].cell == word.cell:
            found.append(f"-1,0={own[at - 1][0]},{own[at][0]}")
            found.append(f"-1,0k={own[at - 1][1]},{own[at][1]},{words[at - 1].end < word.start}")
        if at + 1 < len(words) and words[at + 1].cell == word.cell:
            found.append(f"0,1={own[at][0]},{own[at + 1][0]}")
            found.append(f"0,1k={own[at][1]},{own[at + 1][1]},{word.end < words[at + 1].start}")
        found += [f"{side}={one}" for side, one in (("from", lefts[at]), ("to", rights[at]))]
        found += [f"from={lefts[at]}&to={rights[at]}"]
        here = cells[word.cell]
        place = at - here.first
        left = here.last - at
        found += [f"at={min(place, _FEW)}", f"left={min(left, _FEW)}", f"long={_bucket(here.last - here.first + 1)}"]
        found += [f"at={min(place, _FEW)}&{own[at][1]}", f"end={min((last - word.cell) // 3, 5)}", f"beg={min(word.cell // 3, 5)}"]
        found += [f"c={name}" for name in here.said]
        for step in (-2, -1, 1, 2):
            near = word.cell + step
            if 0 <= near < len(cells):
                found += [f"c{step}={name}" for name in cells[near].said] or [f"c{step}=plain"]
                found.append(f"c{step}:{_bucket(cells[near].last - cells[near].first + 1)}")
            else:
                found.append(f"c{step}=edge")
        found += [
            f"under={here.under}",
            f"under={here.under}&{own[at][1]}",
            f"pattern={here.pattern}",
            f"pattern={here.pattern}&{min(place, 6)}",
        ]
        found += [f"since={here.since}", f"since={here.since}&{here.pattern}", *(f"above={name}" for name in here.above)]
        found += [f"like={here.alike}", f"numbered={here.numbered}&{here.under}"]
        for step in (-1, 1):
            if 0 <= word.cell + step < len(cells):
                found.append(f"pattern{step}={cells[word.cell + step].pattern}")
        out.append(found)
    return out


def _bounds(words: Sequence[Token], own: Sequence[Sequence[str]], step: int) -> list[str]:
    """Of each word the mark or small word that bounds its phrase on one side, with the word beyond it; or the edge of its cell."""
    out = [""] * len(words)
    order = range(len(words)) if step < 0 else range(len(words) - 1, -1, -1)
    bound = "edge"
    cell = -1
    for at in order:
        if words[at].cell != cell:
            bound, cell = "edge", words[at].cell
        out[at] = bound
        if own[at][1] in ("k=mark", "k=aa") or (own[at][1] == "k=kana" and words[at].text in _PARTICLES) or own[at][0][2:] in _JOINING:
            beyond = at + step if step > 0 else at
            near = own[beyond][0] if step > 0 and beyond < len(words) and words[beyond].cell == cell and own[at][1] == "k=mark" else ""
            bound = own[at][0] + near
    return out


@dataclass(slots=True)
class _Cell:
    first: int
    last: int
    said: list[str]
    under: str = "none"
    pattern: str = ""
    """The shapes of its words, of a short one."""
    since: int = 0
    """Cells since the last line of running text, at most nine."""
    above: frozenset[str] = frozenset()
    """What the four cells above it speak of."""
    alike: int = 0
    """How many of the six cells around it have its pattern."""
    numbered: bool = False


def _cells(words: Sequence[Token], said: Sequence[frozenset[str]]) -> list[_Cell]:
    cells: list[_Cell] = []
    for at, word in enumerate(words):
        if word.cell == len(cells):
            cells.append(_Cell(at, at, []))
        cells[-1].last = at
    under = "none"
    for cell in cells:
        names = frozenset().union(*said[cell.first : cell.last + 1])
        cell.said = sorted(names)
        if cell.last - cell.first < _MIDDLE:
            under = next((name for name in ("witness", "copy", "contact", "behalf", "sign", "field") if name in names), under)
        else:
            under = "text"
        cell.under = under
        cell.pattern = _pattern([word.text for word in words[cell.first : cell.last + 1]])
        cell.numbered = words[cell.first].text.isdecimal() and cell.last > cell.first
    since = 0
    for at, cell in enumerate(cells):
        since = 0 if cell.last - cell.first >= _MIDDLE else min(since + 1, 9)
        cell.since = since
        cell.above = frozenset(name for near in cells[max(0, at - 4) : at] for name in near.said)
        cell.alike = sum(near.pattern == cell.pattern for near in cells[max(0, at - 3) : at + 4]) - 1
    return cells


def _pattern(parts: Sequence[str]) -> str:
    return " ".join(_shape(part) if _shape(part) != "mark" else part for part in parts) if len(parts) <= 8 else "long"


def _own(word: str) -> list[str]:
    """A word as itself and as its shape first, then its first and last letters."""
    flat = unicodedata.normalize("NFKC", word).casefold()
    kind = _shape(word)
    if kind == "digits":
        return [f"w=0{len(flat)}", f"k={kind}"]
    parts = [f"w={flat}", f"k={kind}"]
    if len(flat) > 2 and kind not in ("mark", "han", "kana"):
        parts += [f"p={flat[:2]}", f"p={flat[:3]}", f"s={flat[-2:]}", f"s={flat[-3:]}"]
    return parts


def _shape(word: str) -> str:
    first = word[0]
    if regex.match(r"\p{Devanagari}", first):
        return "dev1" if len(word) <= 2 else "dev"
    if regex.match(r"\p{Latin}", first):
        if len(word) == 1:
            return "A" if first.isupper() else "a"
        return "AA" if word.isupper() else "Aa" if first.isupper() else "aa"
    for kind, pattern in (("han", r"\p{Han}|々"), ("kata", r"[\p{Katakana}ー・]"), ("kana", r"\p{Hiragana}"), ("digits", r"\p{Nd}")):
        if regex.match(pattern, first):
            return kind
    return "mark"


def _bucket(count: int) -> str:
    return str(count) if count <= _FEW else "8" if count <= 8 else "short" if count <= _MIDDLE else "long" if count <= _LONG else "text"


def _lexicon_of(text: str, words: Sequence[Token]) -> list[frozenset[str]]:
    """Of each word the classes of the word list that it belongs to."""
    found: list[set[str]] = [set() for _ in words]
    starts = {index: at for at, word in enumerate(words) for index in range(word.start, word.end)}
    for name, patterns in _lexicon().items():
        for pattern in patterns:
            for match in pattern.finditer(text):
                for index in {starts[i] for i in range(match.start(), match.end()) if i in starts}:
                    found[index].add(name)
    return [frozenset(one) for one in found]


def speaks_of(line: str, *classes: str) -> bool:
    """Whether a line holds a word of one of these classes of the word list."""
    return any(pattern.search(line) for name in classes for pattern in _lexicon()[name])


@cache
def _lexicon() -> Mapping[str, Sequence[regex.Pattern[str]]]:
    stored = tomllib.loads((resources.files("lang") / "word_classes.toml").read_text(encoding="utf-8"))
    return {name: [regex.compile(one, regex.I | regex.M) for one in parts.values()] for name, parts in stored.items()}


Floats: TypeAlias = NDArray[np.float64]

_LENGTHS = (2, 3, 4, 5)
_SIGN = 1 << 20
_DIGIT = regex.compile(r"\d")


def count_ngrams(found: Floats, place: str, text: str) -> None:
    """Add the pieces of a text, whose squares sum to 1, to the columns ``found``; a text of another ``place`` has others."""
    pieces = _pieces(text)
    for piece in pieces:
        at = zlib.crc32(f"{place}{piece}".encode("utf-8", "surrogatepass"))
        found[at % len(found)] += (1 if at & _SIGN else -1) / len(pieces) ** 0.5


def _pieces(text: str) -> set[str]:
    flat = " ".join(_DIGIT.sub("0", unicodedata.normalize("NFKC", text).casefold()).split())
    bounded = f" {flat} "
    return {bounded[at : at + n] for n in _LENGTHS for at in range(len(bounded) - n + 1)} if flat else set()
