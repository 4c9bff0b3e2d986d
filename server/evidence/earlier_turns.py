"""The conversation so far, where a client keeps it as text: earlier questions, each with the answer it got."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from kb.document_records import Filters
from kb.records import Answer, Turn

if TYPE_CHECKING:
    from kb import KnowledgeBase

MOST_TURNS: Final = 4
"""Earlier questions that are taken into account, the last ones: a follow-up leans on what was just said."""
MOST_KEPT: Final = 500
KEPT_S: Final = 1800.0

Key = tuple[object, ...]


class EarlierTurns:
    """Remembers for half an hour what each asker was answered; what is not remembered is answered again, by quotes. Thread-safe.

    An answer is kept under who asked, what they may see and the questions before it, so that nobody is given that of another.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[float, Answer]] = OrderedDict()

    def of(self, kb: KnowledgeBase, questions: Sequence[str], filters: Filters, identity: str = "") -> list[Turn]:
        """The last questions of a conversation, oldest first, each with its answer."""
        turns: list[Turn] = []
        for at in range(max(0, len(questions) - MOST_TURNS), len(questions)):
            key = _key(kb, questions[: at + 1], filters, identity)
            answer = self._found(key)
            if answer is None:
                answer = kb.answer(questions[at], history=turns, filters=filters, engine="extractive")
                self._keep(key, answer)
            turns.append(Turn(questions[at], answer))
        return turns

    def keep(self, kb: KnowledgeBase, questions: Sequence[str], filters: Filters, answer: Answer, identity: str = "") -> None:
        """Remember what the last of the questions of a conversation was answered."""
        self._keep(_key(kb, questions, filters, identity), answer)

    def _keep(self, key: Key, answer: Answer) -> None:
        with self._lock:
            self._kept[key] = self._clock(), answer
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def _found(self, key: Key) -> Answer | None:
        with self._lock:
            at, answer = self._kept.get(key, (0.0, None))
            if answer is not None and self._clock() - at > KEPT_S:
                del self._kept[key]
                return None
            return answer


def _key(kb: KnowledgeBase, questions: Sequence[str], filters: Filters, identity: str) -> Key:
    reader = kb.reader
    return identity, reader.id, reader.role, reader.groups, filters, tuple(questions)
