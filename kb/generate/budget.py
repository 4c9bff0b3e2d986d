"""What one answer may cost: tokens and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import regex

_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_DEVANAGARI = regex.compile(r"\p{Devanagari}")


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few: 1 to a kanji or kana, 1 to 2 Devanagari signs, 1 to 3.5 others."""
    dense, devanagari = len(_DENSE.findall(text)), len(_DEVANAGARI.findall(text))
    return int(dense + devanagari / 2 + (len(text) - dense - devanagari) / 3.5) + 1


class OutOfTimeError(Exception):
    """The time of the answer is over."""


@dataclass(slots=True)
class Budget:
    """Counts what was spent. ``clock`` is in seconds."""

    most_tokens: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    spent: int = 0
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def spend(self, count: int) -> None:
        """Take tokens off."""
        self.spent += count

    def check(self) -> None:
        """Go on while there is time.

        Raises:
            OutOfTimeError: it is over.
        """
        if not self.seconds_left:
            raise OutOfTimeError

    @property
    def tokens_left(self) -> int:
        """Tokens that may still be spent."""
        return max(0, self.most_tokens - self.spent)

    @property
    def seconds_left(self) -> float:
        """Seconds that remain."""
        return max(0.0, self.seconds - (self.clock() - self._started))

    @property
    def for_evidence(self) -> int:
        """Tokens for the passages of one prompt: a third, since a second try or a repair sends them again."""
        return self.most_tokens // 3

    @property
    def for_output(self) -> int:
        """Tokens that one reply may have: a sixth of the whole, or what is left."""
        return min(self.most_tokens // 6, self.tokens_left)
