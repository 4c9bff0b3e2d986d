"""Whether a passage answers a question: both are read together, by the bundled model's upper layers, trained for it.

Nogueira and Cho (2019), *Passage Re-ranking with BERT*: question and passage are one text, and its first token tells whether the one
answers the other. The layers below `MIDDLE` are those of the embedder; ``python -m eval reader`` trained the others (docs/answers.md
says on what).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from kb.represent.e5 import BundledEmbedder, batches
from kb.represent.e5_file import open_reader_file
from kb.represent.graphs import opened

WEIGHTS = "reader.npz"
ASKED, TITLED, READ = 64, 16, 200
"""Tokens of the question, of the title and of a window of the passage that are read together."""
SHARED = 30
"""Tokens that two windows of a long passage share."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A window of a passage: the passage's place in the list, and the tokens that are read."""

    passage: int
    tokens: list[int]


class PassageReader:
    """Reads passages for a question with the layers of ``model`` and its own; graphs are kept in ``cache``."""

    def __init__(self, model: BundledEmbedder, cache: Path, weights: Path | None = None) -> None:
        path = weights or Path(str(resources.files("kb.represent").joinpath(WEIGHTS)))
        self._model = model
        release = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"

        def make() -> bytes:
            from kb.represent.e5_graph import build_reader

            return build_reader(open_reader_file(path), model.weights.shape)

        self._upper = opened(cache, "reader", release, "upper", make)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[float]:
        """The log-odds that each passage, a title and a text, answers a question; of a long passage the window that answers best tells.

        Time goes with the tokens of question and passages: some 0.4 s for 1,000 on two cores.
        """
        asked = self._model.encoded(f"query: {question}")[0][:ASKED]
        windows: list[_Window] = []
        for at, (title, text) in enumerate(passages):
            head = [*asked, self._model.end, self._model.end, *self._model.encoded(f"passage: {title[:80]}. ")[0][:TITLED]]
            ids = self._model.encoded(text)[0]
            windows += [_Window(at, [*head, *ids[start : start + READ]]) for start in _starts(len(ids))]
        found = [-math.inf] * len(passages)
        for batch in batches(sorted(windows, key=lambda one: len(one.tokens)), lambda one: one.tokens):
            middle, mask = self._model.halfway([one.tokens for one in batch])
            scores = self._upper.run(None, {"embeddings": middle, "mask": mask})[0]
            for one, score in zip(batch, scores.tolist(), strict=True):
                found[one.passage] = max(found[one.passage], score)
        return found


def _starts(tokens: int) -> list[int]:
    """Where the windows of a passage begin."""
    return [0] if tokens <= READ else list(range(0, tokens - SHARED, READ - SHARED))
