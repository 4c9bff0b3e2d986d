"""A reply as it comes, within what one answer may cost (tokens and time), tried again where the fault may pass."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import regex

from kb.generate.chat_model import Chat, ChatError, Message, Piece

_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_DEVANAGARI = regex.compile(r"\p{Devanagari}")


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few: 1 to a kanji or kana, 1 to 2 Devanagari signs, 1 to 3.5 others."""
    dense, devanagari = len(_DENSE.findall(text)), len(_DEVANAGARI.findall(text))
    return int(dense + devanagari / 2 + (len(text) - dense - devanagari) / 3.5) + 1


class OutOfTimeError(Exception):
    """The time of the answer is over."""


class Purse(Protocol):
    """What may be spent today; see `kb.store.user_data.model_usage.DayBudget`."""

    @property
    def again(self) -> str:
        """When there is more, as people read it."""

    def take(self, most: int) -> int:
        """Set tokens aside: so many at most, 0 where too few are left."""

    def settle(self, taken: int, spent: int) -> None:
        """Give back what was set aside and not spent."""


class Unlimited:
    """A purse of which nothing is counted."""

    again = ""

    def take(self, most: int) -> int:
        """All that is asked for."""
        return most

    def settle(self, taken: int, spent: int) -> None:
        """Nothing is given back."""


@dataclass(slots=True)
class Budget:
    """Counts what was spent. ``clock`` is in seconds."""

    most_tokens: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    spent: int = 0
    received: int = 0
    """Of what was spent, the output."""
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def spend(self, count: int, received: int = 0) -> None:
        """Take tokens off, of which so many were output."""
        self.spent += count
        self.received += received

    def check(self) -> None:
        """Go on while there is time.

        Raises:
            OutOfTimeError: it is over.
        """
        if not self.seconds_left:
            raise OutOfTimeError

    @property
    def prompted(self) -> int:
        """Of what was spent, the prompts."""
        return self.spent - self.received

    @property
    def tokens_left(self) -> int:
        """Tokens that may still be spent."""
        return max(0, self.most_tokens - self.spent)

    @property
    def seconds_left(self) -> float:
        """Seconds that remain."""
        return max(0.0, self.seconds - (self.clock() - self._started))

    @property
    def seconds_spent(self) -> float:
        """Seconds since it began."""
        return self.clock() - self._started

    @property
    def for_evidence(self) -> int:
        """Tokens for the passages of one prompt: a third, since a second try or a repair sends them again."""
        return self.most_tokens // 3

    @property
    def for_output(self) -> int:
        """Tokens that one reply may have: a sixth of the whole, or what is left."""
        return min(self.most_tokens // 6, self.tokens_left)


TRIES = 3
MOST_CHARS = 1000
"""Of a part that is handed on at once."""
BEAT_S = 1.0
"""How long nobody who waits for a reply, or for their turn, is left without a word."""
FIRST_WAIT_S = 0.5
"""Before the second try; doubled before the third, and drawn from the upper half so that many clients do not return together."""


def reply(chat: Chat, messages: Sequence[Message], budget: Budget) -> Generator[str, None, None]:
    """Yield the pieces of one reply; "" for each `BEAT_S` in which none came, so that whoever reads can leave.

    A fault that may pass is tried again while nothing was received; after that it ends the reply. Closing the iterator ends the request.

    Raises:
        ChatError: no reply, or it broke off.
        OutOfTimeError: the time is over; what was yielded counts.
    """
    for attempt in range(TRIES):
        received = False
        try:
            for text in _once(chat, messages, budget):
                received = received or bool(text)
                yield text
            return
        except ChatError as error:
            wait = error.wait if error.wait is not None else FIRST_WAIT_S * 2**attempt * random.uniform(0.5, 1)
            hopeless = not error.passing or received or attempt == TRIES - 1
            if hopeless or wait >= budget.seconds_left or not budget.tokens_left:
                raise
        time.sleep(wait)


def _once(chat: Chat, messages: Sequence[Message], budget: Budget) -> Iterator[str]:
    """One request. A thread reads it, so that a server that says nothing can be left when the time is over."""
    most = budget.for_output
    budget.check()
    prompt = sum(tokens(text) for _, text in messages)
    pieces: queue.SimpleQueue[Piece | ChatError | None] = queue.SimpleQueue()
    left = threading.Event()

    def seconds_left() -> float:
        return 0.0 if left.is_set() else budget.seconds_left

    def read() -> None:
        stream = chat.stream(messages, most, seconds_left)
        try:
            for piece in stream:
                if left.is_set():
                    return
                pieces.put(piece)
            pieces.put(None)
        except ChatError as error:
            pieces.put(error)
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()

    threading.Thread(target=read, name="setu-llm", daemon=True).start()
    told: int | None = None
    output: int | None = None
    written = 0
    try:
        while True:
            try:
                piece = pieces.get(timeout=min(max(budget.seconds_left, 1e-3), BEAT_S))
            except queue.Empty:
                budget.check()
                yield ""
                continue
            if piece is None:
                return
            if isinstance(piece, ChatError):
                budget.check()  # what ended it may have been the time
                raise piece
            if piece.tokens is not None:
                told, output = piece.tokens, piece.output
            # In short parts: whoever reads them is stopped between two of them when the time is over.
            for start in range(0, len(piece.text), MOST_CHARS):
                text = piece.text[start : start + MOST_CHARS]
                written += max(1, tokens(text) - 1)
                yield text
                if written > 2 * most:
                    # A server that does not keep to the limit it was given.
                    return
                budget.check()
            budget.check()
    finally:
        left.set()
        budget.spend(told if told is not None else prompt + written, output if output is not None else written)
