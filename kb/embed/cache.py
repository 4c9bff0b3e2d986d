"""What was just computed is not computed again, and of many questions at once only as many are read as there are processors.

A question is embedded by the search and by the answer, and the sentences of a much-asked document come up with every question about it.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

import numpy as np

from kb.embed.cross_encoders import PassageReader, Reading
from kb.embed.embedder import Embedder, FloatMatrix, FloatVector, TokenStates

MOST = 20_000
"""Vectors kept: about 30 MB at 384 dimensions."""
MOST_STATES = 500
"""Sentences whose token states are kept: about 50 MB."""
MOST_READINGS = 2000
"""Passages whose readings are kept: a question is asked again where its answer is one of several parts."""
MOST_TOKENS = 64
"""Texts whose token states with spans are kept: the question, and a statement with the quotes that it is compared with."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """What was computed for the last keys, the least recently used going first. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def through(self, keys: Sequence[K], compute: Callable[[list[K]], Iterable[V]]) -> list[V]:
        """The value of each key; ``compute`` is called once, for those that are not kept, each once."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            found |= dict(zip(missing, compute(missing), strict=True))
        with self._lock:
            for key in keys:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [found[key] for key in keys]


class CachedEmbedder:
    """An embedder that remembers the vectors and token states of questions and sentences. Thread-safe."""

    def __init__(self, embedder: Embedder, most: int = MOST, most_states: int = MOST_STATES, most_tokens: int = MOST_TOKENS) -> None:
        self._embedder = embedder
        self._queries: Recent[str, FloatVector] = Recent(most)
        self._passages: Recent[str, FloatVector] = Recent(most)
        self._contextual: Recent[str, tuple[FloatVector, TokenStates]] = Recent(most_states)
        self._tokens: Recent[str, TokenStates] = Recent(most_tokens)
        self.name = embedder.name
        self.dimension = embedder.dimension

    def query(self, text: str) -> FloatVector:
        """The vector of a question, shape ``(dimension,)``."""
        return self._queries.through([text], lambda missing: [self._embedder.query(t) for t in missing])[0]

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        """The vectors of texts, shape ``(len(texts), dimension)``; ``progress`` counts those that had to be computed."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack(self._passages.through(texts, lambda missing: self._embedder.passages(missing, progress)))

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        """See `Embedder.tokens`; of few texts, for a text's states take a hundred times the room of its vector."""
        return self._tokens.through(texts, self._embedder.tokens)

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        """See `Embedder.contextual`."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32), []
        found = self._contextual.through(texts, lambda missing: zip(*self._embedder.contextual(missing), strict=True))
        return np.stack([vector for vector, _ in found]), [states for _, states in found]

    def knows(self, word: str) -> bool:
        """See `Embedder.knows`."""
        return self._embedder.knows(word)


class CachedReader:
    """A reader that is opened at the first question, and remembers how the last passages answered. Thread-safe."""

    def __init__(self, opened: Callable[[], PassageReader], most: int = MOST_READINGS) -> None:
        self._opened = opened
        self._readings: Recent[tuple[str, str, str], Reading] = Recent(most)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """See `PassageReader.read`."""
        keys = [(question, title, text) for title, text in passages]
        return self._readings.through(keys, lambda missing: self._opened().read(question, [key[1:] for key in missing]))


PATIENCE_S: Final = 10.0
"""How long a question waits for its turn; then it is read all the same, so that nothing that holds a turn can stop the others."""


class Turns:
    """More threads than processors only make each other wait: twenty questions at once take half as long again when all are read at once.

    Args:
        at_once: how many may have a turn; as many as there are processors where nothing is said.
        patience_s: as `PATIENCE_S`.
    """

    def __init__(self, at_once: int | None = None, patience_s: float = PATIENCE_S) -> None:
        self._free = threading.Semaphore(at_once or os.cpu_count() or 1)
        self._patience_s = patience_s

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and give it back at the end."""
        held = self._free.acquire(timeout=self._patience_s)
        try:
            yield
        finally:
            if held:
                self._free.release()
