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


class CachedEmbedder:
    """An embedder that remembers the vectors of questions and sentences, the least recently used going first. Thread-safe."""

    def __init__(self, embedder: Embedder, most: int = MOST) -> None:
        self._embedder = embedder
        self._most = most
        self._kept: OrderedDict[tuple[str, str], FloatVector] = OrderedDict()
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
