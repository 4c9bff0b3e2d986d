"""The same story in several papers: how alike two texts are, whatever their titles, cuts and small edits.

A text is the set of its overlapping runs of letters and digits ("shingles"). A sketch (MinHash: A. Broder, "On the resemblance and
containment of documents", 1997) estimates how alike two sets are without looking at either; what it finds likely is then compared in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import regex
from numpy.typing import NDArray

from lang.normalise import clean

SKETCH = 128
"""Numbers in a sketch: the estimate's standard error is at most 0.045."""
LIKELY = 0.15
"""Estimated resemblance from which two texts are compared in full: four standard errors below `RESEMBLANCE`."""
RESEMBLANCE = 0.33
"""Least share of common shingles among all. One paragraph in three cut and another added leaves 0.4; stories that quote the same
statement have 0.1 to 0.2; a digest of five stories has 0.2 with each of them."""
CONTAINMENT = 0.55
"""Least share of the shorter text that stands in the longer one: what was cut from a story takes nothing off this."""
SHORTEST = 120
"""Letters below which a text is a headline with a line, too little to tell."""
DAYS = 10
"""Agency copy is printed within days; the same words at another time are a form that is filled in daily, weekly, yearly."""
NUMBERS = 0.6
"""Least share of the numbers of the text that has fewer of them that stand in the other: bulletins of one form differ in these."""

_LETTERS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_NUMBER = regex.compile(r"\p{Nd}+(?:[.,٬٫]\p{Nd}+)*")
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LENGTH, _LENGTH_JAPANESE = 9, 5
_BASE = np.uint64(0x9E3779B97F4A7C15)

Shingles = NDArray[np.uint64]
Sketch = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of two texts' shingles and numbers: the share in common among all, and the share of the smaller set in the larger one.

    ``numbers`` is None where either text has fewer than three different numbers.
    """

    resemblance: float
    containment: float
    numbers: float | None


@dataclass(frozen=True, slots=True)
class Story:
    """A text prepared for comparison."""

    shingles: Shingles
    numbers: frozenset[str]
    letters: int
    day: date | None

    @classmethod
    def of(cls, body: str, day: date | None = None) -> Story:
        """The story of a body text, without its title; ``day`` is when it was published."""
        plain = squash(body)
        return cls(shingles(plain), numbers(body), len(plain), day)

    @property
    def sketch(self) -> Sketch:
        """Shape ``(SKETCH,)``; of a text without letters, all ones."""
        return sketch(self.shingles)


def is_same_story(one: Story, other: Story) -> bool:
    """Whether two texts in one language are one story: see the constants above for why."""
    if min(one.letters, other.letters) < SHORTEST:
        return False
    if one.day is not None and other.day is not None and abs((one.day - other.day).days) > DAYS:
        return False
    like = likeness(one, other)
    if like.numbers is not None and like.numbers < NUMBERS:
        return False
    return like.resemblance >= RESEMBLANCE and like.containment >= CONTAINMENT


def likeness(one: Story, other: Story) -> Likeness:
    """How alike two stories are, exactly."""
    common = len(np.intersect1d(one.shingles, other.shingles, assume_unique=True))
    union = len(one.shingles) + len(other.shingles) - common
    fewer = min(len(one.numbers), len(other.numbers))
    return Likeness(
        common / union if union else 0.0,
        common / max(1, min(len(one.shingles), len(other.shingles))),
        len(one.numbers & other.numbers) / fewer if fewer >= 3 else None,
    )


def covered(part: Shingles, whole: Shingles) -> float:
    """The share of ``part`` that stands in ``whole``."""
    return len(np.intersect1d(part, whole, assume_unique=True)) / max(1, len(part))


def estimates(one: Sketch, many: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Estimated resemblance of a sketch with each row of ``many``, shape ``(n, SKETCH)``."""
    return np.asarray((many == one).mean(axis=1), dtype=np.float64)


def squash(text: str) -> str:
    """Letters, marks and digits alone, in one form and case: what is left of a text when it is set by another paper."""
    return "".join(_LETTERS.findall(clean(text).casefold()))


def numbers(text: str) -> frozenset[str]:
    """The different numbers of a text, in ASCII digits without separators of thousands."""
    found = (_ascii(match) for match in _NUMBER.findall(text))
    return frozenset(regex.sub(r"[,٬](?=\d{2,3}(?!\d))", "", number) for number in found)


def shingles(plain: str) -> Shingles:
    """Sorted distinct hashes of the overlapping runs of a squashed text: 9 characters, of Japanese 5; of a shorter text, itself."""
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if not len(codes):
        return np.empty(0, dtype=np.uint64)
    length = _LENGTH_JAPANESE if 3 * len(_JAPANESE.findall(plain)) > len(plain) else _LENGTH
    length = min(length, len(codes))
    hashes = np.zeros(len(codes) - length + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for at in range(length):
            hashes = hashes * _BASE + codes[at : at + len(hashes)]
    return np.unique(_mixed(hashes))


def sketch(found: Shingles) -> Sketch:
    """The least value of each of ``SKETCH`` hash functions over a set of shingles."""
    if not len(found):
        return np.full(SKETCH, 0xFFFFFFFF, dtype=np.uint32)
    least = np.array([_mixed(found ^ seed).min() for seed in _seeds()], dtype=np.uint64)
    return (least >> np.uint64(32)).astype(np.uint32)


@lru_cache(maxsize=1)
def _seeds() -> NDArray[np.uint64]:
    return np.random.default_rng(20250312).integers(1, 2**63, SKETCH, dtype=np.uint64)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64: every bit of the input stirs every bit of the output."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _ascii(number: str) -> str:
    return "".join(str(int(character)) if character.isdecimal() else character for character in number)
