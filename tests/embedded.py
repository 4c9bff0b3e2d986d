"""Of a text that any worker of a test run has embedded, the vectors are read and not made again.

Many homes of tests hold the same few papers. It serves tests whose subject is not embedding; what is kept goes with the run.
"""

from __future__ import annotations

import pickle
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.embed import embedder
from kb.embed.e5_model import BundledEmbedder, FloatMatrix, FloatVector, TokenStates
from kb.embed.embedder import text_key
from tests.once import once


class Remembered:
    """The bundled model (`kb.embed.embedder.Embedder`) with a memory in a file that several processes share. Thread-safe."""

    def __init__(self, embedder: BundledEmbedder, memory: sqlite3.Connection) -> None:
        self._embedder = embedder
        self._memory = memory
        self._lock = threading.Lock()
        self.name = embedder.name
        self.dimension = embedder.dimension

    def query(self, text: str) -> FloatVector:
        """See `Embedder.query`."""
        found: FloatVector = self._through("query", [text], lambda missing: [self._embedder.query(t) for t in missing])[0]
        return found

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        """See `Embedder.passages`; ``progress`` is told at the end."""
        found = self._through("passages", texts, self._embedder.passages)
        if progress is not None:
            progress(len(texts))
        return np.stack(found) if found else np.empty((0, self.dimension), dtype=np.float32)

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        """See `Embedder.tokens`."""
        return self._through("tokens", texts, self._embedder.tokens)

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        """See `Embedder.contextual`."""
        found = self._through("contextual", texts, lambda missing: list(zip(*self._embedder.contextual(missing), strict=True)))
        vectors = np.stack([vector for vector, _ in found]) if found else np.empty((0, self.dimension), dtype=np.float32)
        return vectors, [states for _, states in found]

    def knows(self, word: str) -> bool:
        """See `Embedder.knows`."""
        return self._embedder.knows(word)

    def __getattr__(self, name: str) -> Any:
        """What the reader takes of the bundled model: its weights, tokens and lower layers."""
        return getattr(self._embedder, name)

    def _through(self, kind: str, texts: Sequence[str], compute: Callable[[list[str]], Any]) -> list[Any]:
        keys = {text: f"{kind} {text_key(text)}" for text in texts}
        with self._lock:
            rows = {text: self._memory.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone() for text, key in keys.items()}
        found = {text: pickle.loads(row[0]) for text, row in rows.items() if row is not None}
        missing = [text for text in keys if text not in found]
        if missing:
            made = dict(zip(missing, compute(missing), strict=True))
            with self._lock:
                self._memory.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", [(keys[t], pickle.dumps(made[t])) for t in missing])
            found |= made
        return [found[text] for text in texts]


@contextmanager
def embedded_once(factory: pytest.TempPathFactory) -> Iterator[None]:
    """Meanwhile the knowledge bases that are opened with the bundled model have one memory."""

    def begin(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "kept.sqlite")) as file:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")

    file = once(factory, "embedded", begin) / "kept.sqlite"
    made = embedder._bundled
    opened: list[Remembered] = []
    with (
        closing(sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)) as memory,
        pytest.MonkeyPatch.context() as patch,
    ):
        memory.execute("PRAGMA synchronous=OFF")

        def bundled(cache: Path) -> Remembered:
            if not opened:
                opened.append(Remembered(made(cache), memory))
            return opened[0]

        patch.setattr(embedder, "_bundled", bundled)
        yield
