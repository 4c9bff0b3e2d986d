"""What the bundled model's upper layers tell that were trained for it: whether a passage answers a question, and what a message wants.

Nogueira and Cho (2019), *Passage Re-ranking with BERT*: question and passage are one text, and its first token tells whether the one
answers the other. The layers below `MIDDLE` are those of the embedder; ``python -m eval reader`` trained the others (docs/answers.md
says on what).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from kb.represent.e5 import BundledEmbedder, FloatVector, batches
from kb.represent.e5_file import open_reader_file
from kb.represent.graphs import opened, release_of

WEIGHTS, REQUESTS = "reader.npz", "requests.npz"
MOST = 110
"""Tokens of a message that are read."""
ASKED, TITLED, READ = 64, 16, 200
"""Tokens of the question, of the title and of a window of the passage that are read together."""
SHARED = 30
"""Tokens that two windows of a long passage share."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a passage answers: the log-odds that it does, and ``[start, end)`` of its text, the window that answers best."""

    odds: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Window:
    """A window of a passage: the passage's place in the list, the characters it stands for, and the tokens that are read."""

    passage: int
    start: int
    end: int
    tokens: list[int]


class PassageReader:
    """Reads passages for a question with the layers of ``model`` and its own; graphs are kept in ``cache``."""

    def __init__(self, model: BundledEmbedder, cache: Path, weights: Path | None = None) -> None:
        path = weights or Path(str(resources.files("kb.represent").joinpath(WEIGHTS)))
        self._model = model

        def make() -> bytes:
            from kb.represent.e5_graph import build_reader

            return build_reader(open_reader_file(path), model.weights.shape)

        self._upper = opened(cache, "reader", release_of(path), "upper", make)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """How each passage, a title and a text, answers a question; of a long passage the window that answers best tells.

        Time goes with the tokens of question and passages: some 0.4 s for 1,000 on two cores.
        """
        asked = self._model.encoded(f"query: {question}")[0][:ASKED]
        windows: list[_Window] = []
        for at, (title, text) in enumerate(passages):
            head = [*asked, self._model.end, self._model.end, *self._model.encoded(f"passage: {title[:80]}. ")[0][:TITLED]]
            ids, spans = self._model.encoded(text)
            for start in _starts(len(ids)):
                held = spans[start : start + READ] or [(0, len(text))]
                windows.append(_Window(at, held[0][0], held[-1][1], [*head, *ids[start : start + READ]]))
        found = [Reading(-math.inf, 0, len(text)) for _, text in passages]
        for batch in batches(sorted(windows, key=lambda one: len(one.tokens)), lambda one: one.tokens):
            middle, mask = self._model.halfway([one.tokens for one in batch])
            scores = self._upper.run(None, {"embeddings": middle, "mask": mask})[0]
            for one, score in zip(batch, scores.tolist(), strict=True):
                if score > found[one.passage].odds:
                    found[one.passage] = Reading(score, one.start, one.end)
        return found


def _starts(tokens: int) -> list[int]:
    """Where the windows of a passage begin."""
    return [0] if tokens <= READ else list(range(0, tokens - SHARED, READ - SHARED))


class RequestReader:
    """Tells what a message wants: a number for each class, and what a class is others know (``python -m eval intent`` trained it).

    It reads messages with the layers of ``model`` and its own; graphs are kept in ``cache``.
    """

    def __init__(self, model: BundledEmbedder, cache: Path, weights: Path | None = None) -> None:
        path = weights or Path(str(resources.files("kb.represent").joinpath(REQUESTS)))
        self._model = model

        def make() -> bytes:
            from kb.represent.e5_graph import build_request_reader

            return build_request_reader(open_reader_file(path), model.weights.shape)

        self._upper = opened(cache, "requests", release_of(path), "upper", make)

    def read(self, message: str) -> FloatVector:
        """The log-odds of each class up to a constant, shape ``(classes,)``."""
        middle, mask = self._model.halfway([tokens_of(self._model, message)])
        totals: FloatVector = self._upper.run(None, {"embeddings": middle, "mask": mask})[0][0]
        return np.asarray(totals, dtype=np.float32)


def tokens_of(model: BundledEmbedder, message: str) -> list[int]:
    """The tokens of a message, without those that begin and end a text."""
    return model.encoded(f"query: {message}")[0][:MOST]
