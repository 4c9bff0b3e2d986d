"""A reply as it comes, within the time and tokens of the answer, tried again where the fault may pass."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Generator, Iterator, Sequence

from kb.generate.budget import Budget, OutOfTimeError, tokens
from kb.generate.chat import Chat, ChatError, Message, Piece

TRIES = 3
MOST_CHARS = 1000
"""Of a part that is handed on at once."""
FIRST_WAIT_S = 0.5
"""Before the second try; doubled before the third, and drawn from the upper half so that many clients do not return together."""


def reply(chat: Chat, messages: Sequence[Message], budget: Budget) -> Generator[str, None, None]:
    """Yield the pieces of one reply.

    A fault that may pass is tried again while nothing was received; after that it ends the reply. Closing the iterator ends the request.

    Raises:
        ChatError: no reply, or it broke off.
        OutOfTimeError: the time is over; what was yielded counts.
    """
    for attempt in range(TRIES):
        received = False
        try:
            for text in _once(chat, messages, budget):
                received = True
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
    written = 0
    try:
        while True:
            try:
                piece = pieces.get(timeout=max(budget.seconds_left, 1e-3))
            except queue.Empty:
                raise OutOfTimeError from None
            if piece is None:
                return
            if isinstance(piece, ChatError):
                budget.check()  # what ended it may have been the time
                raise piece
            told = piece.tokens if piece.tokens is not None else told
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
        budget.spend(told if told is not None else prompt + written)
