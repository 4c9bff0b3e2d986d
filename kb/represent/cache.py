"""Vectors that were just computed are not computed again.

A question is embedded by the search and by the answer, and the sentences of a much-asked document come up with every question about it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from kb.represent.embed import Embedder, FloatMatrix, FloatVector, TokenStates

MOST = 20_000
"""Vectors kept: about 30 MB at 384 dimensions."""
MOST_STATES = 500
"""Sentences whose token states are kept: about 25 MB."""


class CachedEmbedder:
    """An embedder that remembers the vectors of questions and sentences, the least recently used going first. Thread-safe."""

    def __init__(self, embedder: Embedder, most: int = MOST, most_states: int = MOST_STATES) -> None:
        self._embedder = embedder
        self._most = most
        self._most_states = most_states
        self._kept: OrderedDict[tuple[str, str], FloatVector] = OrderedDict()
        self._states: OrderedDict[str, tuple[FloatVector, TokenStates]] = OrderedDict()
        self._lock = threading.Lock()
        self.name = embedder.name
        self.dimension = embedder.dimension

    def query(self, text: str) -> FloatVector:
        """The vector of a question, shape ``(dimension,)``."""
        return self._through("query", [text], lambda missing: np.stack([self._embedder.query(t) for t in missing]))[0]

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        """The vectors of texts, shape ``(len(texts), dimension)``; ``progress`` counts those that had to be computed."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack(self._through("passage", texts, lambda missing: self._embedder.passages(missing, progress)))

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        """See `Embedder.tokens`; not remembered, for a text's states take a hundred times the room of its vector."""
        return self._embedder.tokens(texts)

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        """See `Embedder.contextual`; the states of the last `MOST_STATES` texts are remembered."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32), []
        with self._lock:
            found = {t: self._states[t] for t in texts if t in self._states}
        missing = [t for t in dict.fromkeys(texts) if t not in found]
        if missing:
            found |= dict(zip(missing, zip(*self._embedder.contextual(missing), strict=True), strict=True))
        with self._lock:
            for text in texts:
                self._states[text] = found[text]
                self._states.move_to_end(text)
            while len(self._states) > self._most_states:
                self._states.popitem(last=False)
        return np.stack([found[t][0] for t in texts]), [found[t][1] for t in texts]

    def _through(self, role: str, texts: Sequence[str], compute: Callable[[Sequence[str]], FloatMatrix]) -> list[FloatVector]:
        with self._lock:
            found = {t: self._kept[role, t] for t in texts if (role, t) in self._kept}
        missing = [t for t in dict.fromkeys(texts) if t not in found]
        if missing:
            found |= dict(zip(missing, compute(missing), strict=True))
        with self._lock:
            for text in texts:
                self._kept[role, text] = found[text]
                self._kept.move_to_end((role, text))
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [found[t] for t in texts]
